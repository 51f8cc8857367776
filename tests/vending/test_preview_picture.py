"""The picture of a preview: everything in its place, nothing over anything else, no text outside its box."""

from __future__ import annotations

import dataclasses
import itertools
from xml.etree import ElementTree

import pytest

from landform.org.drawing import fitted, tier_colour, width_of
from landform.org.graph_layout import INSET, NORMAL, SMALL
from landform.vending.preview import Preview
from landform.vending.preview_layout import BOX_HEIGHT, HEAD, Box, Column, Panel, facts_of, lay_out
from landform.vending.preview_svg import picture

from .previews import GUARD, account, many, preview, stack

_SVG = "{http://www.w3.org/2000/svg}"
_LONG = "a-stack-of-which-the-name-is-as-long-as-a-name-may-be-and-then-some"
_SHAPES = {
    "one account, two regions, ten stacks": preview(),
    "twenty accounts": many(20),
    "an account without a stack": preview(stacks=(), addresses=()),
    "seventeen regions": preview(
        accounts=(account(regions=tuple(f"region-{number}" for number in range(17))),),
        stacks=tuple(stack(f"ledger-prod.region-{number}.network") for number in range(17)),
        addresses=(),
    ),
    "long names": preview(
        accounts=(
            account("ledger-prod", ou="/".join(["Workloads"] * 12), owner=_LONG, email=f"{_LONG}@w.example"),
        ),
        stacks=(stack(f"ledger-prod.{_LONG}"), stack(f"ledger-prod.eu-west-1.{_LONG.upper()}")),
    ),
    "no account": preview(accounts=(), stacks=(), addresses=()),
}
every_shape = pytest.mark.parametrize("shown", _SHAPES.values(), ids=_SHAPES.keys())


def parsed(shown: Preview) -> ElementTree.Element:
    return ElementTree.fromstring(picture(shown))


def titles(shown: Preview) -> list[str]:
    return [each.text or "" for each in parsed(shown).iter(f"{_SVG}title")]


def only(shown: Preview) -> Panel:
    return lay_out(shown).panels[0]


def named(panel: Panel) -> dict[str, Box]:
    return {box.stack.name: box for box in panel.boxes}


def apart(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    """Whether two rectangles (left, top, right, bottom) do not share an inner point."""
    return one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def within(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    """Whether a rectangle lies in another, with room on every side."""
    return one[0] > other[0] and one[1] > other[1] and one[2] < other[2] and one[3] < other[3]


def around(box: Box) -> tuple[float, float, float, float]:
    return box.x, box.y, box.x + box.width, box.y + BOX_HEIGHT


def of(panel: Panel | Column) -> tuple[float, float, float, float]:
    return panel.x, panel.y, panel.x + panel.width, panel.y + panel.height


class TestLayOut:
    """``lay_out``."""

    @every_shape
    def test_nothing_stands_over_anything_else(self, shown: Preview) -> None:
        """Panels on the page, columns in a panel, boxes in a column."""
        page = lay_out(shown)
        for each in (page.panels, *(panel.columns for panel in page.panels)):
            assert all(apart(of(one), of(other)) for one, other in itertools.combinations(each, 2))
        for panel in page.panels:
            boxes = map(around, panel.boxes)
            assert all(apart(one, other) for one, other in itertools.combinations(boxes, 2))

    @every_shape
    def test_everything_is_inside(self, shown: Preview) -> None:
        """A box in a column, a column in its panel, a panel on the page."""
        page = lay_out(shown)
        for panel in page.panels:
            assert within(of(panel), (0, 0, page.width, page.height))
            for column in panel.columns:
                assert within(of(column), (0, HEAD, panel.width, panel.height))
            for box in panel.boxes:
                assert any(within(around(box), of(column)) for column in panel.columns)
            assert all(HEAD < fact.y < min(column.y for column in panel.columns) for fact in panel.facts)

    @every_shape
    def test_no_text_is_wider_than_its_room(self, shown: Preview) -> None:
        """Names are as long as users like; what is cut off is in the tooltip."""
        for panel in lay_out(shown).panels:
            for box in panel.boxes:
                assert width_of(box.label, NORMAL) <= box.width - 2 * INSET
                assert width_of(box.detail, SMALL) <= box.width - 2 * INSET
            for fact in panel.facts:
                assert fact.x + width_of(fact.value, NORMAL) <= panel.width
            for column in panel.columns:
                head = width_of(column.title, NORMAL, bold=True) + width_of(column.count, SMALL)
                assert head <= column.width - 2 * INSET
            used = width_of(panel.title, NORMAL + 2, bold=True) + width_of(panel.remark, SMALL)
            assert max(used, width_of(panel.subtitle, SMALL)) <= panel.width

    @every_shape
    def test_no_line_runs_behind_a_box(self, shown: Preview) -> None:
        """A piece of a line touches the two boxes that it joins, and those at their edge alone."""
        for panel in lay_out(shown).panels:
            for route in panel.routes:
                for (x1, y1), (x2, y2) in itertools.pairwise(route.points):
                    piece = min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)
                    assert x1 == x2 or y1 == y2
                    assert all(apart(piece, around(box)) for box in panel.boxes)

    def test_what_is_needed_is_above_what_needs_it(self) -> None:
        """In whatever column it stands."""
        panel = only(preview())
        boxes = named(panel)
        assert panel.routes
        for box in boxes.values():
            assert all(boxes[need].y < box.y for need in box.stack.needs)

    def test_a_line_joins_the_two_stacks(self) -> None:
        """It begins at what is needed and ends at what needs it."""
        panel = only(preview())
        boxes = named(panel)
        for route in panel.routes:
            for (x, y), name in ((route.points[0], route.source), (route.points[-1], route.target)):
                assert x == boxes[name].x
                assert boxes[name].y < y < boxes[name].y + BOX_HEIGHT

    def test_a_need_that_follows_from_others_has_no_line(self) -> None:
        """The interface waits for its data, and that for the network."""
        lines = {(route.source, route.target) for route in only(preview()).routes}
        own = "ledger-prod.eu-west-1"
        assert (f"{own}.data", f"{own}.api") in lines
        assert (f"{own}.network", f"{own}.api") not in lines

    def test_a_column_a_region_and_one_for_the_account(self) -> None:
        """In the order of the request, each with its block; the account's own has its root address."""
        columns = only(preview()).columns
        assert [column.title for column in columns] == ["whole account", "eu-west-1", "eu-central-1"]
        assert [column.address and column.address.cidr for column in columns] == [
            None,
            "10.128.240.0/20",
            "10.64.0.0/20",
        ]
        assert [column.email for column in columns] == ["aws+ledger-prod@acme.example", "", ""]
        assert [column.count for column in columns] == ["12 resources", "9 resources", "9 resources"]

    def test_a_region_without_a_stack_has_its_column(self) -> None:
        """It was asked for."""
        columns = only(preview(stacks=(stack("ledger-prod.baseline"),))).columns
        assert [column.count for column in columns] == ["3 resources", "no stack", "no stack"]

    def test_stacks_of_other_accounts_have_a_panel_of_their_own(self) -> None:
        """Behind those that were asked for, without a tier."""
        panels = lay_out(preview()).panels
        assert [(panel.title, panel.subtitle, panel.tier) for panel in panels] == [
            ("ledger-prod", "Workloads / Prod", "prod"),
            ("management", "also changes", ""),
        ]

    def test_accounts_that_were_granted_before_say_so(self) -> None:
        """The others are new."""
        shown = preview(accounts=(account(), account("old", is_new=False)))
        assert [panel.remark for panel in lay_out(shown).panels][:2] == ["prod, new", "prod, granted before"]

    def test_rows_are_as_wide_as_a_page(self) -> None:
        """Twenty accounts are no ribbon; they stand in the order of the requests."""
        page = lay_out(many(20))
        assert page.width <= 1600
        assert [panel.title for panel in page.panels] == [f"team-{number}" for number in range(20)]
        assert len({panel.y for panel in page.panels}) <= 10


class TestFactsOf:
    """``facts_of``."""

    def test_what_matters(self) -> None:
        """Whose it is, what is in it, what it may cost, and what guards it."""
        assert {fact.label: fact.value for fact in facts_of(account())} == {
            "owner": "ledger-team",
            "data": "confidential",
            "budget": "12,000 USD a month",
            "wave": "4 customers",
            "approvals": "2 of platform-leads, security-leads",
            "gate": "strict, fails on low",
            "baseline": "workload 2",
        }

    def test_what_there_is_not_is_said(self) -> None:
        """An account without a stack has no guard."""
        facts = facts_of(account(guard=None, budget=None, baseline=None))
        assert {fact.label: fact.value for fact in facts} == {
            "owner": "ledger-team",
            "data": "confidential",
            "budget": "none",
            "baseline": "none",
        }


class TestPicture:
    """``picture``."""

    @every_shape
    def test_it_is_an_svg_with_a_title(self, shown: Preview) -> None:
        """Well formed, in SVG's namespace, said in words to who cannot see it."""
        root = parsed(shown)
        assert root.tag == f"{_SVG}svg"
        assert root.get("role") == "img"
        assert (root[0].text or "").endswith("the checks do not pass")

    def test_a_tooltip_has_all_of_a_stack(self) -> None:
        """Its whole name, what it needs, its resources by type."""
        told = f"ledger-prod.{_LONG}\nneeds ledger-prod.baseline\naws_sqs_queue 4"
        shown = preview(
            stacks=(stack(f"ledger-prod.{_LONG}", "ledger-prod.baseline", resources={"aws_sqs_queue": 4}),)
        )
        assert told in titles(shown)

    def test_what_users_write_is_text(self) -> None:
        """No name or purpose becomes an element."""
        shown = preview(accounts=(account(purpose="</title><script>alert(1)</script> & more"),))
        assert not list(parsed(shown).iter(f"{_SVG}script"))
        assert "ledger-prod\n</title><script>alert(1)</script> & more" in titles(shown)

    def test_the_bar_has_the_colour_of_the_tier(self) -> None:
        """The same as in every picture of the organisation."""
        drawn = picture(many(3))
        assert all(f'fill="{tier_colour(tier, preview().tiers)}"' in drawn for tier in preview().tiers)

    def test_a_pool_that_is_nearly_full_stands_out(self) -> None:
        """By its colour, and by the number beside it."""
        drawn = picture(preview())
        assert drawn.count('class="full"') == 1
        assert drawn.count('class="taken"') == 1
        assert "prod: 93% taken" in drawn

    def test_the_baseline_is_marked(self) -> None:
        """With a word."""
        assert picture(preview()).count("3 resources, baseline") == 4

    def test_every_rule_of_its_style_is_about_itself(self) -> None:
        """Or it would change the page that it stands in."""
        style = next(parsed(preview()).iter(f"{_SVG}style")).text or ""
        rules = [part.rpartition("}")[2].strip() for part in style.split("{")[:-1]]
        names = [name.strip() for rule in rules for name in rule.split(",")]
        assert all(name.startswith((".vended", "@media")) for name in names)

    def test_the_same_preview_is_the_same_picture(self) -> None:
        """Byte for byte."""
        assert picture(preview()) == picture(preview())

    def test_a_guard_without_a_wave(self) -> None:
        """An organisation need not have any."""
        shown = preview(accounts=(account(guard=dataclasses.replace(GUARD, wave="")),))
        assert "none" in {fact.value for fact in only(shown).facts}


class TestFitted:
    """``fitted`` and ``width_of``."""

    @pytest.mark.parametrize("words", ["WWWWWWWWWWWW", "iiiiiiiiiiiiiiiiiiii", "台帳台帳台帳台帳", _LONG])
    def test_what_is_too_long_ends_in_an_ellipsis(self, words: str) -> None:
        """And is no wider than its room, whatever its letters."""
        short = fitted(words, 10, 60)
        assert short.endswith("\N{HORIZONTAL ELLIPSIS}")
        assert words.startswith(short[:-1])
        assert width_of(short, 10) <= 60

    def test_what_fits_is_left_alone(self) -> None:
        """To the last letter."""
        assert fitted("network", 10, width_of("network", 10)) == "network"

    def test_bold_letters_are_wider(self) -> None:
        """So fewer fit."""
        assert width_of("network", 10, bold=True) > width_of("network", 10)
