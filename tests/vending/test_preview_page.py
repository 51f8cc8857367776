"""The page of a preview: it needs nothing else, it holds everything, and what users write in it is text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest

from landform.page import page
from landform.vending.preview import AccessPreview, FindingPreview, Preview
from landform.vending.preview_html import html

from .previews import account, many, preview, stack

_EVIL = "<script>alert('x')</script> | `a` & \"b\""
_VOID = {"meta", "br"}


class _Page(HTMLParser):
    """What a page says, what in it is not closed, what it would load, and what its links point to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.loads: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.said: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in _VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name in ("src", "srcset", "action", "data", "xlink:href") or name.startswith("on"):
                self.loads.append(value or "")
            if name == "href":
                self.links.append(value or "")
            if name == "id":
                self.ids.append(value or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.said.append(data)

    @property
    def text(self) -> str:
        return "\n".join(self.said)


def leaves(value: Any) -> Iterator[Any]:
    """Every scalar in a document, and every key that is data."""
    if isinstance(value, dict):
        for each in value.values():
            yield from leaves(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from leaves(each)
    else:
        yield value


def section(shown: Preview, id: str) -> str:
    found = re.search(rf'<section id="{id}">(.*?)</section>', html(shown), re.DOTALL)
    assert found
    return found[1]


class TestHtml:
    """``html``."""

    @pytest.mark.parametrize(
        "shown",
        [
            preview(),
            many(20),
            preview(accounts=(), stacks=(), addresses=(), findings=(), access=(), plans=()),
        ],
        ids=["one", "many", "nothing"],
    )
    def test_a_whole_page_that_loads_nothing(self, shown: Preview) -> None:
        """No script, no frame, no picture from elsewhere; what opens closes; its links stay within it."""
        found = _Page(html(shown))
        assert found.open == []
        assert found.loads == []
        assert not {"script", "iframe", "img", "link", "object", "form"} & set(found.tags)
        assert all(link.removeprefix("#") in found.ids for link in found.links)
        assert len(found.ids) == len(set(found.ids))
        assert "default-src 'none'" in html(shown)

    def test_it_holds_every_fact(self) -> None:
        """Whatever the document has, the page says; yes and no in words of their own."""
        document = preview().document()
        del document["format"], document["tiers"]
        said = _Page(html(preview())).text.replace(",", "")
        for one in document["addresses"]:
            one["pool_share"] = f"{one['pool_share']:.1%}"
        for one in document["access"]:
            one["levels"] = [*one["levels"]]
        told = [str(leaf) for leaf in leaves(document) if leaf is not None and not isinstance(leaf, bool)]
        assert len(told) > 150
        assert [leaf for leaf in told if leaf not in said] == []

    def test_what_is_yes_or_no_is_a_word(self) -> None:
        """New or granted before, of the baseline or not, with an approval or without."""
        assert "Workloads/Prod, prod, new" in section(preview(), "accounts")
        assert "granted before" in section(preview(accounts=(account(is_new=False),)), "accounts")
        assert section(preview(), "stacks").count("<td>yes</td>") == 4
        assert "<td>needed</td>" in section(preview(), "sign-in")

    def test_levels_are_words(self) -> None:
        """A column each, in the order of the matrix."""
        shown = preview(
            access=(
                AccessPreview(
                    "r", "role", "b", {"list": "allowed", "write": "allowed if", "permissions": "stopped"}
                ),
            )
        )
        cells = re.findall("<td>(.*?)</td>", section(shown, "access"))
        assert "list, write on 1 resource<" in section(shown, "access")
        assert cells == ["<code>b</code>", "yes", "", "if", "", "no"]

    def test_a_type_of_each_stack_is_there(self) -> None:
        """By stack and by service."""
        shown = preview(
            stacks=(stack("ledger-prod.baseline", resources={"aws_sqs_queue": 4, "random_id": 1}),)
        )
        assert "<code>aws_sqs_queue</code> 4" in section(shown, "stacks")
        assert "<code>aws_sqs_queue</code> 4" in section(shown, "resources")
        assert "<td>terraform</td>" in section(shown, "resources")

    def test_what_users_write_is_text(self) -> None:
        """In whatever field it stands."""
        shown = preview(
            organization=_EVIL,
            accounts=(account(purpose=_EVIL, owner=_EVIL, quotas=(_EVIL,), requested_by=_EVIL),),
            findings=(FindingPreview(_EVIL, "high", _EVIL, "failing", 1, (_EVIL,), (_EVIL,)),),
            access=(AccessPreview(_EVIL, _EVIL, _EVIL, {"read": "allowed"}),),
            notes=(_EVIL,),
        )
        found = _Page(html(shown))
        assert "script" not in found.tags
        assert found.open == []
        assert found.said.count(_EVIL) > 8

    def test_open_findings_come_first(self) -> None:
        """As the report has them, each with its state in words."""
        said = section(preview(), "findings")
        assert said.index("failing") < said.index("waived")
        assert "983 checks passed" in said

    def test_the_verdict_is_a_word(self) -> None:
        """And not its colour alone."""
        assert '<strong class="fail">the checks do not pass</strong>' in html(preview())
        assert '<strong class="pass">the checks pass</strong>' in html(preview(ok=True))

    def test_few_accounts_are_open_and_many_are_folded(self) -> None:
        """A reader of twenty looks for one."""
        assert section(many(3), "accounts").count("<details open>") == 3
        assert section(many(20), "accounts").count("<details>") == 20

    def test_access_is_folded_by_principal(self) -> None:
        """Hundreds of rows are as many lines as there are principals, each of which says what is in it."""
        rows = tuple(
            AccessPreview(f"role-{number % 4}", "role", f"aws_s3_bucket.B{number}", {"read": "allowed"})
            for number in range(400)
        )
        said = section(preview(access=rows), "access")
        assert said.count("<details>") == 4
        assert "read on 100 resources" in said

    def test_stacks_that_stay_as_they_are_are_counted(self) -> None:
        """Where any were compared."""
        assert "Other accounts: 7 stacks compared" in html(preview())
        assert "Other accounts" not in html(preview(unchanged=0))

    def test_what_there_is_not_has_no_section(self) -> None:
        """Nor a link to it."""
        said = html(preview(plans=(), notes=(), addresses=()))
        assert not any(
            f'id="{name}"' in said or f"#{name}" in said for name in ("plans", "notes", "addresses")
        )

    def test_an_error_of_a_plan_is_told(self) -> None:
        """Beside the stacks that were planned."""
        assert "no credentials for 100000000001" in section(preview(), "plans")

    def test_the_picture_is_in_it(self) -> None:
        """One, within the page."""
        assert html(preview()).count("<svg ") == 1

    def test_the_same_preview_is_the_same_page(self) -> None:
        """Byte for byte."""
        assert html(preview()) == html(preview())


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def colours(text: str) -> dict[str, str]:
    """The variables of a rule, short colours written out."""
    found = dict(re.findall(r"--(\w+): (#[0-9a-f]+)", text))
    return {
        name: value if len(value) == 7 else "#" + "".join(2 * x for x in value[1:])
        for name, value in found.items()
    }


class TestContrast:
    """Text on its ground has a contrast of at least 4.5 to 1, WCAG 2.2's AA."""

    @pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
    def test_of_the_page(self, scheme: int) -> None:
        """Words in every colour, on the page and in what is raised from it."""
        rules = re.findall(r":root \{.*?\}", page("", []), re.DOTALL)
        found = colours(rules[scheme])
        for ink in ("ink", "soft", "critical", "high", "medium", "low", "good"):
            assert all(contrast(found[ink], found[ground]) >= 4.5 for ground in ("ground", "raised"))
        assert all(contrast(found["ink"], found[ground]) >= 4.5 for ground in ("gone", "new"))

    @pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
    def test_of_the_picture(self, scheme: int) -> None:
        """Its text on the page's ground, a panel, a column and a box."""
        rules = re.findall(r"\.vended \{.*?\}", html(preview()), re.DOTALL)
        found = colours(rules[scheme])
        for ink in ("ink", "soft"):
            assert all(
                contrast(found[ink], found[ground]) >= 4.5 for ground in ("ground", "panel", "column", "box")
            )
