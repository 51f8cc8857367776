"""The preview as the text of a pull request: within GitHub's limit, and nothing in it is markup that users wrote."""

from __future__ import annotations

import re

from landform.markdown import LIMIT
from landform.vending.preview import AccessPreview
from landform.vending.preview_markdown import markdown

from .previews import account, many, preview, stack

_EVIL = "<script>alert(1)</script> | `a`\n| b | [x](https://evil.example) ~~*_ & \\"


def rows(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("|")]


def cells(row: str) -> int:
    """How many cells GitHub sees in a row: a bar behind a backslash is text."""
    return len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) - 1


class TestMarkdown:
    """``markdown``."""

    def test_what_it_says(self) -> None:
        """What it comes to first, then each part under its heading."""
        text = markdown(preview())
        assert text.startswith(
            "ledger-prod in acme: 11 stacks, 33 resources, up to 12,000 USD a month; the checks do not pass.\n"
        )
        assert re.findall("^### (.*)$", text, re.MULTILINE) == [
            "ledger-prod",
            "Addresses",
            "Stacks",
            "Resources by service",
            "Plans",
            "Findings (983 checks passed)",
            "Notes",
            "Who can do what",
        ]
        for fact in (
            "| purpose | The books of the house |",
            "| approvals | 2 of platform-leads, security-leads, applied alone: none |",
            "| never destroyed | aws\\_dynamodb\\_table |",
            "| ledger-prod | eu-west-1 | 10.128.240.0/20 | prod | 93% |",
            "| landform-apply (role) | aws\\_s3\\_bucket.Books | read, tag: stopped |",
            "| signs in | ledger-developers as ReadOnlyAccess for at most PT4H after approval |",
        ):
            assert fact in text

    def test_what_users_write_is_text(self) -> None:
        """It breaks no table, opens no element and makes no link."""
        text = markdown(
            preview(
                accounts=(account(purpose=_EVIL, owner=_EVIL),),
                access=(AccessPreview(_EVIL, "role", _EVIL, {"read": "allowed"}),),
                notes=(_EVIL,),
            )
        )
        assert not re.search(r"(?<!\\)<", text.replace("<!-- -->", ""))
        assert not re.search(r"(?<!\\)\[", text)
        assert {cells(row) for row in rows(text) if "script" in row} == {2, 3}

    def test_it_tells_nobody_and_links_to_no_issue(self) -> None:
        """Who asks for an account could have the page tell the whole company, or close an issue by its merge."""
        said = "Fixes #12, octo/cat#3 and GH-4, @octo/team"
        text = markdown(preview(accounts=(account(purpose=said, owner="@octo"),), notes=(said,)))

        assert text.count("Fixes") == 2
        assert not re.search(r"@\w|#\d|GH-\d", text)

    def test_rows_have_the_cells_of_their_head(self) -> None:
        """In every table."""
        for part in markdown(many(3)).split("\n\n"):
            assert len({cells(row) for row in rows(part)}) <= 1

    def test_an_account_that_was_granted_before(self) -> None:
        """A request twice is no new account."""
        assert "### old (granted before)\n" in markdown(preview(accounts=(account("old", is_new=False),)))

    def test_many_accounts_are_within_the_limit(self) -> None:
        """What does not fit is left out from the end, between two parts, and said."""
        text = markdown(many(200))
        assert len(text) <= LIMIT
        assert text.endswith("**The rest does not fit here.** The preview's own files have all of it.\n")
        assert len(text) > LIMIT / 2

    def test_what_fits_is_whole(self) -> None:
        """Twenty accounts are no reason to leave anything out."""
        assert "does not fit" not in markdown(preview())
        assert "### team-19\n" in markdown(many(20))

    def test_hundreds_of_rights_are_cut_and_counted(self) -> None:
        """The first two hundred, and how many more there are."""
        access = tuple(
            AccessPreview(f"r-{number}", "role", "b", {"read": "allowed"}) for number in range(450)
        )
        text = markdown(preview(access=access))
        assert "| r-199 (role) |" in text
        assert "r-200" not in text
        assert "250 more rows are in the preview's own files." in text

    def test_one_long_part_does_not_hide_the_limit(self) -> None:
        """A table that is too long by itself is left out, and what stands before it stays."""
        shown = preview(stacks=tuple(stack(f"ledger-prod.s-{number:05}") for number in range(3_000)))
        text = markdown(shown)
        assert len(text) <= LIMIT
        assert "### Addresses" in text
        assert "### Stacks" not in text
        assert "does not fit" in text

    def test_notes_are_there(self) -> None:
        """What the matrix could not read is said to those who approve."""
        assert "A managed policy was not read." in markdown(preview())
