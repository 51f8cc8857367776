import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landform.core.emit import terraform_json

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
SMALL_FLOATS = st.floats(min_value=0.001, max_value=1e15)
VALUES = st.recursive(
    st.booleans() | st.integers() | SMALL_FLOATS | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=20,
)


def reference(value, indent=""):
    """The same text by the plainest means: json.dumps for scalars, a sort by UTF-16 for keys."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if not isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    inner = indent + "  "
    if isinstance(value, list):
        lines = [f"{inner}{reference(item, inner)}" for item in value]
        left, right = "[]"
    else:
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        lines = [f"{inner}{json.dumps(k, ensure_ascii=False)}: {reference(value[k], inner)}" for k in keys]
        left, right = "{}"
    return left + "\n" + "".join(",\n".join(lines)) + ("\n" if lines else "") + indent + right


class TestTerraformJson:
    @given(VALUES)
    def test_equals_the_reference(self, value):
        """Any document is written as the plain reference writes it."""
        assert terraform_json(value) == reference(value)

    @given(VALUES)
    def test_is_json_of_the_same_value(self, value):
        """What is written reads back as what was given."""
        assert json.loads(terraform_json(value)) == value

    @pytest.mark.parametrize(
        ("value", "text"), [({}, "{\n}"), ([], "[\n]"), ({"a": {}}, '{\n  "a": {\n  }\n}')]
    )
    def test_empty_containers_take_two_lines(self, value, text):
        """A trait of the writer that cdktf uses."""
        assert terraform_json(value) == text

    def test_keys_are_sorted_by_utf16(self):
        """An emoji is written with surrogates, which sort below the letters of U+FB00."""
        assert list(json.loads(terraform_json({"\ufb00": 1, "\U0001f600": 2, "z": 3}))) == [
            "z",
            "\U0001f600",
            "\ufb00",
        ]

    @pytest.mark.parametrize(
        ("number", "text"),
        [
            (0.1, "0.1"),
            (-0.0, "0"),
            (1.0, "1"),
            (-2.5, "-2.5"),
            (1e15, "1000000000000000"),
            (1e16, "10000000000000000"),
            (1e20, "100000000000000000000"),
            (1e21, "1e+21"),
            (-1.5e300, "-1.5e+300"),
            (1.2345678901234568e20, "123456789012345680000"),
            (-9007199254740993.0, "-9007199254740992"),
            (0.0001, "0.0001"),
            (1.5e-5, "0.000015"),
            (1e-6, "0.000001"),
            (-1.25e-6, "-0.00000125"),
            (1e-7, "1e-7"),
            (1.5e-7, "1.5e-7"),
            (5e-324, "5e-324"),
        ],
    )
    def test_numbers_are_javascripts(self, number, text):
        """The shortest digits that read back, exponents only from 1e21 and below 1e-6."""
        assert terraform_json(number) == text

    def test_integers_stay_exact(self):
        """Terraform's numbers have more digits than JavaScript's."""
        assert terraform_json(2**64 + 1) == "18446744073709551617"

    @pytest.mark.parametrize(
        ("text", "written"),
        [
            ('"\\', r'"\"\\"'),
            ("\n\r\t\b\f", r'"\n\r\t\b\f"'),
            ("\x00\x1f", r'"\u0000\u001f"'),
            ("\x7f<>&", '"\x7f<>&"'),
        ],
    )
    def test_only_what_json_must_escape_is_escaped(self, text, written):
        """Control characters, quotes and backslashes."""
        assert terraform_json(text) == written

    def test_no_newline_at_the_end(self):
        """cdktf writes none."""
        assert not terraform_json({"a": 1}).endswith("\n")
