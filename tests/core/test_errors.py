import re

import pytest

from landform.digest import canonical_json, digest, sha256
from landform.errors import (
    Code,
    LandformError,
    LandformErrors,
    Place,
    did_you_mean,
    nearest,
    raise_all,
)


class TestCode:
    def test_slugs_are_unique(self):
        """A slug is what users search for and scripts compare."""
        slugs = [code.slug for code in Code]

        assert len(slugs) == len(set(slugs))
        assert len(slugs) == len(Code.__members__)

    @pytest.mark.parametrize("code", Code)
    def test_slug_follows_the_name(self, code):
        """One word for one thing, in code and on the screen."""
        assert code.slug == code.name.lower().replace("_", "-")

    @pytest.mark.parametrize("code", Code)
    def test_meaning_is_a_sentence(self, code):
        """It stands in the docs as it is."""
        assert re.fullmatch(r"[A-Za-z].*[.]", code.meaning)


class TestPlace:
    @pytest.mark.parametrize(
        ("place", "text"),
        [
            (Place(), ""),
            (Place("org.yaml"), "org.yaml"),
            (Place("org.yaml", 3), "org.yaml:3"),
            (Place("org.yaml", 3, 7), "org.yaml:3:7"),
            (Place(construct_path="net/x"), "net/x"),
            (Place("a.py", 3, construct_path="net/x"), "a.py:3 (net/x)"),
        ],
    )
    def test_text(self, place, text):
        """The form that editors and terminals make a link of."""
        assert str(place) == text


class TestLandformError:
    def test_text_has_everything_that_is_known(self):
        """Message and code, place, given, expected, fix: a line each."""
        error = LandformError(
            Code.USAGE, "Wrong.", place=Place("a.py", 3), given="x", expected="y", fix="Write y."
        )

        assert str(error).splitlines() == [
            "Wrong. [usage]",
            "  at a.py:3",
            "  given: x",
            "  expected: y",
            "  fix: Write y.",
        ]

    def test_json_leaves_out_what_is_not_known(self):
        """Scripts look for keys that are there."""
        error = LandformError(Code.USAGE, "Wrong.", place=Place("a.py", 3), given="")

        assert error.as_json() == {
            "code": "usage",
            "message": "Wrong.",
            "file": "a.py",
            "line": 3,
            "given": "",
        }


class TestRaiseAll:
    def test_nothing_for_none(self):
        """No error, no exception."""
        assert raise_all([]) is None

    def test_one_is_raised_as_it_is(self):
        """Not wrapped in a list of one."""
        error = LandformError(Code.USAGE, "Wrong.")

        with pytest.raises(LandformError) as caught:
            raise_all([error])

        assert caught.value is error

    def test_several_are_flattened(self):
        """A gathering of gatherings lists single errors; its code is the first one's."""
        one, two, three = (LandformError(code, "x") for code in (Code.VALUE, Code.USAGE, Code.REFERENCE))

        with pytest.raises(LandformErrors) as caught:
            raise_all([LandformErrors([one, two]), three])

        assert caught.value.each() == (one, two, three)
        assert caught.value.code is Code.VALUE


class TestNearest:
    def test_near_name(self):
        """A slip of the fingers."""
        assert nearest("buckt", ["bucket", "policy"]) == "bucket"

    def test_nothing_near(self):
        """No guess is better than a wild one."""
        assert nearest("zzz", ["bucket", "policy"]) is None
        assert did_you_mean("zzz", ["bucket"]) is None

    def test_question(self):
        """As it is shown."""
        assert did_you_mean("buckt", ["bucket"]) == "Did you mean 'bucket'?"


class TestDigest:
    def test_does_not_depend_on_the_order_of_keys(self):
        """Equal values, equal digests."""
        assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})

    def test_form(self):
        """The algorithm, and 64 digits."""
        assert re.fullmatch(r"sha256:[0-9a-f]{64}", digest([]))

    def test_sha256_of_text_is_of_its_utf8(self):
        """Text and its bytes are one thing."""
        assert sha256("é") == sha256("é".encode())

    def test_nan_is_refused(self):
        """It is no JSON, and equals nothing."""
        with pytest.raises(ValueError, match="not JSON compliant"):
            digest(float("nan"))

    def test_canonical_json(self):
        """Sorted, indented by two, Unicode kept, no newline at the end."""
        assert canonical_json({"b": 1, "a": "é"}) == '{\n  "a": "é",\n  "b": 1\n}'
