"""The formatter: one form, nothing lost, and the second run changes nothing."""

import os
import stat

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from landform.errors import Code, LandformError
from landform.org.document import parse
from landform.org.format import format_spec, format_text, write_all
from landform.org.load import load
from landform.org.yaml_tree import comments, read_tree
from landform.org.yaml_write import write_tree

from .conftest import FILES


def formatted(text: str) -> str:
    return format_text(text, "org/x.yaml")


class TestForm:
    """What the one form is."""

    def test_keys_of_a_model_come_in_its_order(self):
        """The model's own keys, then those that every layer has, the other channels last."""
        text = "schema: landform/tier/v1\nenforce: {}\ntags: {}\nrank: 1\nname: dev\n"
        assert formatted(text) == "schema: landform/tier/v1\nname: dev\nrank: 1\ntags: {}\nenforce: {}\n"

    def test_keys_inside_lists_and_mappings_too(self):
        """The order holds at every depth."""
        head = "schema: landform/stacks/v1\nstacks:\n"
        text = f"{head}  - needs: [a]\n    select: {{ ous: [x], accounts: [y] }}\n    id: b\n"
        assert formatted(text) == (
            f"{head}  - id: b\n    select: {{ accounts: [y], ous: [x] }}\n    needs: [a]\n"
        )

    def test_keys_of_a_free_mapping_keep_their_order(self):
        """Tags, labels and parameters are the user's."""
        text = "schema: landform/account/v1\ntags: { b: x, a: y }\n"
        assert formatted(text) == text

    def test_a_comment_goes_where_its_key_goes(self):
        """Above it and behind it."""
        text = "schema: landform/tier/v1\n\n# how near to customers\nrank: 1 # low\n# what it is called\nname: dev\n"
        assert formatted(text) == (
            "schema: landform/tier/v1\n# what it is called\nname: dev\n\n# how near to customers\nrank: 1  # low\n"
        )

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("a:\n    b: 1\n", "a:\n  b: 1\n"),
            ("a:\n- 1\n- 2\n", "a:\n  - 1\n  - 2\n"),
            ("a: {b: 1,c: [1,2]}\n", "a: { b: 1, c: [1, 2] }\n"),
            ("a: 'x'\nb: 'it''s'\nc: '\"'\n", "a: \"x\"\nb: \"it's\"\nc: '\"'\n"),
            ('a: "012"\nb: 012x\n', 'a: "012"\nb: 012x\n'),
            ("a: 1   \n\n\n\nb: 2", "a: 1\n\nb: 2\n"),
            ("---\na: 1\n...\n", "a: 1\n"),
            ("a: 1\r\nb: 2\r\n", "a: 1\nb: 2\n"),
            ("a: |\n     x\n       y\n\nb: 1\n", "a: |\n  x\n    y\n\nb: 1\n"),
            ("a: |2-\n   x\n  y\n", "a: |2-\n   x\n  y\n"),
            ("a: |\n   \tx\n   y\n", "a: |\n  \tx\n  y\n"),
            ("a: >+\n x\n\n\nb: 1\n", "a: >+\n  x\n\n\nb: 1\n"),
            ("a:\n  one\n  two\n", "a: one two\n"),
            ("a:\nb:\n  -\n  - c:\n", "a:\nb:\n  -\n  - c:\n"),
            ("a: [ # why\n  1, 2 ]\n", "a:\n  # why\n  - 1\n  - 2\n"),
            ("a: { # none\n }\n", "# none\na: {}\n"),
            ("a:\n  - # why\n    b: 1\n", "a:\n  # why\n  - b: 1\n"),
            ("a:\n  - - 1\n    - 2\n", "a:\n  - - 1\n    - 2\n"),
            ("a:\n  b: 1\n  # in\n# out\nc: 2\n# end\n", "a:\n  b: 1\n  # in\n# out\nc: 2\n# end\n"),
            ("a:\n- 1\n# of b\nb: 2\n", "a:\n  - 1\n# of b\nb: 2\n"),
            ("a: # why\n  # how\n  b: 1\n", "a:  # why\n  # how\n  b: 1\n"),
            ("a: 'no # comment' # one\n", 'a: "no # comment"  # one\n'),
        ],
    )  # fmt: skip
    def test_one_thing(self, before, after):
        """Indentation, quotes, braces, blocks, blank lines, comments: one case each."""
        assert formatted(before) == after
        assert formatted(after) == after

    def test_braces_that_do_not_fit_become_indentation(self):
        """110 columns; what is inside stays in braces where that fits."""
        items = ", ".join(f"name-{number}" for number in range(20))
        lines = formatted(f"a: {{ b: [{items}], c: {{ d: 1 }} }}\n").splitlines()
        assert lines[:3] == ["a:", "  b:", "    - name-0"]
        assert lines[-1] == "  c: { d: 1 }"

    def test_a_long_text_over_several_lines_is_folded(self):
        """A text without quotes that was wrapped stays wrapped, as a block."""
        words = " ".join(["word"] * 40)
        text = "a: " + words[:99] + "\n   " + words[100:] + "\n"
        assert formatted(text).startswith("a: >-\n  word word")
        assert max(map(len, formatted(text).splitlines())) <= 110
        assert parse(formatted(text), "x").value == {"a": words}

    def test_a_file_that_would_say_something_else_is_refused(self):
        """A separator of lines inside a block is a line's end for one parser and a letter for another."""
        with pytest.raises(LandformError) as caught:
            formatted("a: |\n  x\u2028  # y\n")
        assert caught.value.code.slug == "spec-syntax"
        assert "cannot be written anew" in caught.value.message

    def test_a_file_that_is_no_spec_is_refused_as_when_it_is_read(self):
        """Duplicate keys, anchors and the rest have the same errors."""
        with pytest.raises(LandformError) as caught:
            formatted("a: 1\na: 2\n")
        assert caught.value.code.slug == "spec-duplicate"


NAMES = st.sampled_from(["schema", "name", "rank", "tags", "a", "b", "c-d", "e f", "yes", "42"])
TEXTS = st.one_of(
    st.text("ab #:-'\"\\,[]{}&*!|>%@`?~\n\té\N{GRINNING FACE}", max_size=12),
    st.sampled_from(["", "null", "true", "012", "1.5", "- a", "a: b", "# no", "word " * 30, "x" * 130]),
)
VALUES = st.recursive(
    st.one_of(TEXTS, st.integers(-5, 5), st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=8,
)


@st.composite
def written(draw) -> str:
    """A mapping written by hand, as it were: odd indentation, comments and blank lines wherever they may be."""
    lines: list[str] = []

    def remark(indent: int) -> None:
        for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
            text = draw(st.sampled_from(["", "# remark", "#", "#x: 'y"]))
            lines.append(" " * draw(st.sampled_from([indent, indent, 0, indent + 1])) * bool(text) + text)

    def behind() -> str:
        return draw(st.sampled_from(["", "", "", " # behind", "   #behind  ", "  "]))

    def scalar(value) -> str:
        import json

        if isinstance(value, str):
            plain = value.isalpha() and value not in ("null", "true", "word")
            single = "'" + value.replace("'", "''") + "'" if value.isprintable() else json.dumps(value)
            written = [json.dumps(value, ensure_ascii=False), single, value if plain else single]
            return draw(st.sampled_from(written))
        return json.dumps(value)

    def flow(value) -> str:
        gap = draw(st.sampled_from(["", " ", "  "]))
        if isinstance(value, dict):
            return "{" + gap + ", ".join(f"{scalar(k)}: {flow(v)}" for k, v in value.items()) + gap + "}"
        if isinstance(value, list):
            return "[" + gap + f",{gap}".join(map(flow, value)) + gap + "]"
        return scalar(value)

    def block(value, indent: int) -> None:
        step = draw(st.integers(1, 4))
        pairs = value.items() if isinstance(value, dict) else [(None, item) for item in value]
        for key, inner in pairs:
            remark(indent)
            start = " " * indent + (f"{scalar(key)}:" if isinstance(value, dict) else "-")
            if isinstance(inner, str) and inner.strip() and "\t" not in inner and draw(st.booleans()):
                style = draw(st.sampled_from(["|", "|-", "|+", ">", ">-", ">+"]))
                hint = str(step) if inner[0] in " \n" else ""
                lines.append(f"{start} {style[0]}{hint}{style[1:]}{behind()}")
                lines.extend(" " * (indent + step) + line if line else "" for line in inner.split("\n"))
            elif isinstance(inner, dict | list) and inner and draw(st.booleans()):
                lines.append(start + behind())
                block(inner, indent + step)
            elif isinstance(inner, list) and inner and draw(st.booleans()):
                lines.append(start + " [" + behind())
                for item in inner:
                    lines.append(" " * (indent + step) + flow(item) + "," + behind())
                    remark(indent + step)
                lines.append(" " * (indent + step) + "]" + behind())
            else:
                lines.append(f"{start} {flow(inner)}{behind()}")
        remark(indent)

    block(draw(st.dictionaries(NAMES, VALUES, min_size=1, max_size=4)), 0)
    return "\n".join(lines) + draw(st.sampled_from(["", "\n", "\n\n"]))


class TestProperties:
    """What holds for every file."""

    @settings(deadline=None)
    @given(written())
    def test_nothing_is_lost_and_the_second_run_changes_nothing(self, text):
        """The values are the same, every comment is there, and what is formatted stays as it is."""
        try:
            before = parse(text, "x").value
        except LandformError:
            event("no file of a spec")
            return
        once = write_tree(read_tree(text))
        assert parse(once, "x").value == before
        assert sorted(comments(once)) == sorted(comments(text))
        assert write_tree(read_tree(once)) == once
        assert once.endswith("\n")
        assert not once.endswith("\n\n") or "+" in once
        assert formatted(text) == formatted(formatted(text))

    @pytest.mark.parametrize("file", FILES)
    def test_every_file_of_a_spec(self, file):
        """What says the same before and after is the same spec."""
        assert parse(formatted(FILES[file]), file).value == parse(FILES[file], file).value


class TestFormatSpec:
    """The files of a project."""

    def test_only_what_is_not_in_form_is_named_and_written(self, project):
        """A formatted file keeps even its time."""
        project.write("org/ous.yaml", "schema: landform/ous/v1\nous:\n- path:   Security\n")
        write_all(project.root, format_spec(project.root)[0])
        project.write("org/ous.yaml", "schema: landform/ous/v1\nous:\n- path:   Workloads\n")
        before = os.stat(project.root / "org/org.yaml").st_mtime_ns
        changed, files = format_spec(project.root)
        write_all(project.root, changed)
        assert [each.file for each in changed] == ["org/ous.yaml"]
        assert files == len(FILES)
        assert (project.root / "org/ous.yaml").read_text().endswith("ous:\n  - path: Workloads\n")
        assert os.stat(project.root / "org/org.yaml").st_mtime_ns == before

    def test_a_files_mode_stays(self, project):
        """A file that others may not read is not opened to them."""
        path = project.root / "org/ous.yaml"
        project.write("org/ous.yaml", "schema: landform/ous/v1\nous:\n- path: Security\n")
        path.chmod(0o600)
        write_all(project.root, format_spec(project.root)[0])
        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def test_every_file_with_an_error_is_named_and_none_is_written(self, project):
        """All errors in one go; the files stay."""
        project.write("org/ous.yaml", "ous:\n- [\n")
        project.write("org/tiers/dev.yaml", "name: 'x'\nname: y\n")
        project.write("org/tiers/prod.yaml", "name:    x\n")
        with pytest.raises(LandformError) as caught:
            format_spec(project.root)
        assert [error.place.file for error in caught.value.each()] == ["org/ous.yaml", "org/tiers/dev.yaml"]
        assert (project.root / "org/tiers/prod.yaml").read_text() == "name:    x\n"

    def test_a_folder_without_a_spec_is_refused_as_by_every_reader(self, tmp_path):
        """In the words of who reads it all."""
        with pytest.raises(LandformError) as caught:
            format_spec(tmp_path)
        with pytest.raises(LandformError) as read:
            load(tmp_path)
        assert caught.value.code is Code.SPEC_NOT_FOUND
        assert str(caught.value) == str(read.value)
