"""One file of YAML, read with the place of everything in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from landform.errors import Code, LandformError, Place
from landform.org.document import MAX_BYTES, Spot, parse, read_document
from landform.org.nodes import MAX_DEPTH
from landform.org.quick import quick_value


def refusal(text: str) -> LandformError:
    with pytest.raises(LandformError) as caught:
        parse(text, "org/x.yaml")
    return caught.value


class TestParse:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("yes", "yes"),
            ("on", "on"),
            ("true", True),
            ("2026-11-01", "2026-11-01"),
            ("12", 12),
            ("-3", -3),
            ("0o17", 15),
            ("0x1F", 31),
            ("1_000", "1_000"),
            ("12:30:45", "12:30:45"),
            ("1.5", 1.5),
            ("1e3", 1000.0),
            ("~", None),
            ("", None),
            ('"012"', "012"),
            ("10.0.0.0/8", "10.0.0.0/8"),
        ],
    )
    def test_scalars_are_those_of_the_core_schema(self, text: str, value: object) -> None:
        """YAML 1.2's core schema decides what a plain scalar is."""
        assert parse(f"a: {text}\n", "x").value == {"a": value}

    def test_a_leading_zero_is_kept_in_what_the_user_wrote(self) -> None:
        """The text of a number is shown as written."""
        assert parse("a: 012345678901\n", "x").given("a") == "012345678901 (a number)"

    def test_nested_values(self) -> None:
        """Mappings and lists, in block and flow style, become dicts and lists."""
        assert parse("a:\n  - b: [1, {c: d}]\n", "x").value == {"a": [{"b": [1, {"c": "d"}]}]}

    def test_carriage_returns_and_a_byte_order_mark_are_fine(self) -> None:
        """Files written on Windows are read alike."""
        assert parse("\ufeffa: 1\r\nb: 2\r\n", "x").value == {"a": 1, "b": 2}

    @pytest.mark.parametrize(
        ("text", "code", "line", "column"),
        [
            ("a: [1", Code.SPEC_SYNTAX, 1, 6),
            ("a: 1\n b: 2\n", Code.SPEC_SYNTAX, 2, 3),
            ("a:\n\tb: 1\n", Code.SPEC_SYNTAX, 2, 1),
            ("a: 1\nb: 2\na: 3\n", Code.SPEC_DUPLICATE, 3, 1),
            ("a: &x 1\nb: 2\n", Code.SPEC_SYNTAX, 1, 4),
            ("a: 1\nb: *a\n", Code.SPEC_SYNTAX, 2, 4),
            ("a: !!python/object:os.system 1\n", Code.SPEC_SYNTAX, 1, 4),
            ("a: !!str 1\n", Code.SPEC_SYNTAX, 1, 4),
            ("%YAML 1.1\n---\na: 1\n", Code.SPEC_SYNTAX, 1, 1),
            ("\r%YAML 1.0", Code.SPEC_SYNTAX, 2, 1),
            ("\r\n\r\n%YAML 1.2\r\n---\r\na: 1\r\n", Code.SPEC_SYNTAX, 3, 1),
            ("\x85%YAML 1.0", Code.SPEC_SYNTAX, 2, 1),
            ("\u2028%YAML 1.0", Code.SPEC_SYNTAX, 2, 1),
            ("\ufeff%YAML 1.3\n", Code.SPEC_SYNTAX, 1, 2),
            ("\ud800", Code.SPEC_SYNTAX, 1, 1),
            ("a: 1\n---\nb: 2\n", Code.SPEC_SYNTAX, 2, 1),
            ("", Code.SPEC_SYNTAX, 1, 1),
            ("# only a comment\n", Code.SPEC_SYNTAX, 1, 1),
            ("- a\n- b\n", Code.SPEC_SYNTAX, 1, 1),
            ("text\n", Code.SPEC_SYNTAX, 1, 1),
            ("a: \x01\n", Code.SPEC_SYNTAX, 1, 4),
            ('a: 1\nb: "\\ud800"\n', Code.SPEC_SYNTAX, 2, 4),
            ("a: 1\n1: b\n", Code.SPEC_VALUE, 2, 1),
            ("? [a]\n: b\n", Code.SPEC_SYNTAX, 1, 3),
            ("a: .inf\n", Code.SPEC_VALUE, 1, 4),
            ("a: .nan\n", Code.SPEC_VALUE, 1, 4),
            ("a: 1e999\n", Code.SPEC_VALUE, 1, 4),
            (f"a: {'9' * 5000}\n", Code.SPEC_VALUE, 1, 4),
            ("a: " + "[" * 50_000, Code.SPEC_SYNTAX, 1, 36),
        ],
    )
    def test_what_is_refused(self, text: str, code: Code, line: int, column: int) -> None:
        """Each refusal has its code and stands at line and column, counted from 1."""
        error = refusal(text)
        assert (error.code, error.place) == (code, Place("org/x.yaml", line, column))

    def test_an_impossible_escape_is_a_syntax_error(self) -> None:
        """A code point beyond Unicode is told as bad YAML."""
        assert refusal('a: "\\U00ffffff"\n').code is Code.SPEC_SYNTAX

    def test_a_percent_sign_is_no_directive(self) -> None:
        """Only at the start of a line is it one."""
        assert parse("a: 50%\r\nb: c\n %c\n", "x").value == {"a": "50%", "b": "c %c"}

    def test_a_tab_is_named(self) -> None:
        """The message says tab, not what the scanner thinks of it."""
        assert refusal("a:\n\tb: 1\n").fix == "Indent with spaces."

    def test_two_duplicate_keys_are_told_together(self) -> None:
        """All duplicates of a file come in one go."""
        assert [each.place.line for each in refusal("a: 1\na: 2\nb: 1\nb: 2\n").each() if each.place] == [
            2,
            4,
        ]


class TestDocument:
    TEXT = "a: 1\nlist:\n  - x: 1\n  - x: 2\n    y:\n"

    @pytest.mark.parametrize(
        ("loc", "line", "column"),
        [
            ((), 1, 1),
            (("a",), 1, 4),
            (("list",), 3, 3),
            (("list", 1), 4, 5),
            (("list", 1, "x"), 4, 8),
            (("list", 1, "y"), 5, 5),
            (("list", 7, "x"), 3, 3),
            (("none",), 1, 1),
        ],
    )
    def test_place_of_a_value(self, loc: tuple[str | int, ...], line: int, column: int) -> None:
        """A value's place, or that of the deepest one there is; an empty value stands at its key."""
        assert parse(self.TEXT, "x").place(*loc) == Place("x", line, column)

    def test_place_of_a_key(self) -> None:
        """A key's own place."""
        assert parse(self.TEXT, "x").key_place("list", 1, "x") == Place("x", 4, 5)

    @pytest.mark.parametrize(
        ("text", "given"),
        [
            ("abc", '"abc"'),
            ("true", "true (true or false)"),
            ("null", "null (nothing)"),
            ("", "nothing"),
            ("[1]", "a list"),
            ("{b: 1}", "a mapping"),
            ("x" * 100, '"' + "x" * 77 + '..."'),
        ],
    )
    def test_given(self, text: str, given: str) -> None:
        """What the user wrote, with its kind where it is no text, and never endless."""
        assert parse(f"a: {text}\n", "x").given("a") == given


class TestQuickValue:
    def test_what_is_plain(self) -> None:
        """A file of mappings, lists and scalars needs nothing else."""
        assert quick_value('a: [1, {b: null}]\nc: "012"\n') == {"a": [1, {"b": None}], "c": "012"}

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "- a",
            "a: &x 1",
            "a: !!str 1",
            "a: 1\na: 2",
            "1: a",
            "a: .inf",
            "a: [",
            "a: 1\n---\nb: 1",
            "%X\n",
            "\r%YAML 1.2\n---\na: 1\n",
        ],
    )
    def test_what_only_the_nodes_can_tell(self, text: str) -> None:
        """Whatever may be an error is left to those who know where it stands."""
        assert quick_value(text) is None

    @pytest.mark.parametrize("levels", [MAX_DEPTH - 1, MAX_DEPTH, MAX_DEPTH + 1])
    def test_how_deep_it_goes(self, levels: int) -> None:
        """It goes as deep as the nodes do."""
        text = "a: " + "[" * levels + "1" + "]" * levels
        assert (quick_value(text) is not None) == (levels < MAX_DEPTH)


class TestSpot:
    def test_it_is_a_place_once_asked(self) -> None:
        """A location has the place of its value, and that of its key."""
        spot = Spot(parse("a:\n  b: 1\n", "x"), ("a", "b"))
        assert (spot.place, spot.key_place) == (Place("x", 2, 6), Place("x", 2, 3))


class TestReadDocument:
    def test_a_file_longer_than_most(self, tmp_path: Path) -> None:
        """A file that takes more than one reading is read whole."""
        (tmp_path / "x.yaml").write_text(f"a: {'x' * 200_000}\n")
        assert read_document(tmp_path, "x.yaml").value == {"a": "x" * 200_000}

    def test_a_file_that_is_not_utf8(self, tmp_path: Path) -> None:
        """The place is that of the first bad byte."""
        (tmp_path / "x.yaml").write_bytes(b"a: 1\nb: caf\xe9\n")
        with pytest.raises(LandformError) as caught:
            read_document(tmp_path, "x.yaml")
        assert (caught.value.code, caught.value.place) == (Code.SPEC_SYNTAX, Place("x.yaml", 2, 7))

    def test_a_file_that_is_too_large(self, tmp_path: Path) -> None:
        """More than 1 MiB is refused before it is parsed."""
        (tmp_path / "x.yaml").write_text("a: " + "x" * MAX_BYTES)
        with pytest.raises(LandformError, match="too large") as caught:
            read_document(tmp_path, "x.yaml")
        assert caught.value.code is Code.SPEC_SYNTAX

    def test_a_pipe_in_place_of_a_file(self, tmp_path: Path) -> None:
        """Nobody waits for what will never be written."""
        os.mkfifo(tmp_path / "x.yaml")
        with pytest.raises(LandformError) as caught:
            read_document(tmp_path, "x.yaml")
        assert (caught.value.code, caught.value.given) == (Code.SPEC_NOT_FOUND, "not a regular file")

    def test_a_folder_in_place_of_a_file(self, tmp_path: Path) -> None:
        """What cannot be read is told, not raised as an OSError."""
        (tmp_path / "x.yaml").mkdir()
        with pytest.raises(LandformError) as caught:
            read_document(tmp_path, "x.yaml")
        assert caught.value.code is Code.SPEC_NOT_FOUND
