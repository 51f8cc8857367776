"""A few lines of the user's Python, without the texts that stand there."""

from __future__ import annotations

import pytest

from landform.checks.excerpt import excerpt


class TestExcerpt:
    """``excerpt``."""

    def test_the_statement(self) -> None:
        """The lines of the statement are shown, without their indentation, and those of the next are not."""
        text = "class S:\n    def f(self):\n        Queue(\n            self,\n        )\n        other()\n"
        assert excerpt(text, 3, ()) == ("Queue(", "    self,", ")")

    def test_three_lines_at_most(self) -> None:
        """A long statement is cut."""
        assert excerpt("f(\n 1,\n 2,\n 3,\n 4)\n", 1, ()) == ("f(", " 1,", " 2,")

    @pytest.mark.parametrize(
        ("line", "shown"),
        [
            ('Secret(self, "Db", value="hunter2")', 'Secret(self, "Db", value="...")'),
            ("Secret(self, 'Db', value=b'hunter2')  # hunter2", "Secret(self, 'Db', value=\"...\")"),
            ('Secret(self, "Db", f"x{a[\'hunter2\']}hunter2", 1)', 'Secret(self, "Db", "...", 1)'),
            ('Secret(self, "Db", """hunter2', ""),
            (
                'Secret(self, "Db", r"hunter2" "hunter2", rb"hunter2")',
                'Secret(self, "Db", "..." "...", "...")',
            ),
        ],
    )
    def test_no_text_but_the_names_of_constructs(self, line: str, shown: str) -> None:
        """Literals and comments may be secrets: the construct's own id is the only text that is left."""
        found = "\n".join(excerpt(line + "\n", 1, {"Db", "prod-a.data"}))
        assert found == shown

    def test_a_text_of_several_lines(self) -> None:
        """A line within a long literal shows nothing of it."""
        text = 'Doc(self, "Db", """one\ntwo hunter2\nthree""", 1)\n'
        assert excerpt(text, 1, {"Db"}) == ('Doc(self, "Db", "...", 1)',)
        assert excerpt(text, 2, {"Db"}) == ("",)

    @pytest.mark.parametrize(("text", "line"), [("", 1), ("a = 1\n", 0), ("a = 1\n", 2), ("a = (\n", 1)])
    def test_no_such_line(self, text: str, line: int) -> None:
        """Where the code is no longer what it was, nothing is shown."""
        assert excerpt(text, line, ()) == ()
