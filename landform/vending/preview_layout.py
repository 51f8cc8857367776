"""Where everything in the picture of a preview stands; ``preview_svg`` draws it.

A panel an account, in it a column for what is the account's own and one a region. Stacks stand in bands across all
columns: what is needed is in a band above what needs it. A line leaves its box to the left, runs down beside the
boxes, crosses to another column between two bands, and so passes behind no box.

A layout is numbers alone (pixels, y downwards); those of a panel count from its own corner.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from landform.org.drawing import fitted, width_of
from landform.org.graph import Group, Node, counted
from landform.org.graph_layout import INSET, LARGE, MARGIN, NORMAL, PADDING, SMALL, Point
from landform.vending import preview_words as words
from landform.vending.preview import AccountPreview, Address, Preview, StackPreview

HEAD = 46
TOP = 78
BOX_HEIGHT = 44
FACT_HEIGHT = 34
COLUMN_HEAD = 28
BLOCK_HEIGHT = 50

_PANEL_GAP, _COLUMN_GAP, _BOX_GAP = 20, 12, 10
# Wide enough for three accounts of one region beside each other.
_PAGE = 1600
_LANE = 7
_OUT, _IN = 30.5, 13.5
_LEAST_PANEL, _LEAST_BOX, _MOST_BOX, _FACT = 420, 150, 250, 62


@dataclass(frozen=True, slots=True)
class Fact:
    """A word on an account: what it is called, and below it what it is."""

    label: str
    value: str
    x: float = 0.0
    y: float = 0.0


@dataclass(frozen=True, slots=True)
class Box:
    """A stack in its place, with the two lines of text in it."""

    stack: StackPreview
    x: float
    y: float
    width: float
    label: str
    detail: str


@dataclass(frozen=True, slots=True)
class Column:
    """What is the account's own, with its root address, or one region with its address block."""

    title: str
    count: str
    address: Address | None
    email: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Route:
    """A line from a stack to one that needs it: its corners."""

    source: str
    target: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """An account in its place. ``tier`` is empty for an account that nobody asked for, of which stacks change."""

    title: str
    subtitle: str
    remark: str
    tier: str
    tooltip: str
    x: float
    y: float
    width: float
    height: float
    facts: tuple[Fact, ...]
    columns: tuple[Column, ...]
    boxes: tuple[Box, ...]
    routes: tuple[Route, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """The whole picture."""

    width: float
    height: float
    panels: tuple[Panel, ...]


def lay_out(preview: Preview) -> Picture:
    """Place the accounts that were asked for, in their order, and then those of which stacks change."""
    placed: list[Panel] = []
    row: list[Panel] = []
    x, y = float(MARGIN), float(TOP)
    for panel in _panels(preview):
        if row and x + panel.width > _PAGE - MARGIN:
            x, y, row = float(MARGIN), y + max(each.height for each in row) + _PANEL_GAP, []
        row.append(replace(panel, x=x, y=y))
        placed.append(row[-1])
        x += panel.width + _PANEL_GAP
    right = max((panel.x + panel.width for panel in placed), default=0.0)
    bottom = max((panel.y + panel.height for panel in placed), default=float(TOP))
    return Picture(max(right, _LEAST_PANEL + MARGIN) + MARGIN, bottom + MARGIN, tuple(placed))


def facts_of(account: AccountPreview) -> tuple[Fact, ...]:
    """What matters of an account before anything else."""
    guard = account.guard
    facts = [
        Fact("owner", account.owner),
        Fact("data", account.data_class),
        Fact("budget", f"{account.budget:,} USD a month" if account.budget else "none"),
    ]
    if guard:
        facts += [
            Fact("wave", guard.wave.removeprefix("wave ") or "none"),
            Fact("approvals", words.approvals(guard)),
            Fact("gate", f"{guard.level}, fails on {guard.fail_on}"),
        ]
    return (*facts, Fact("baseline", account.baseline or "none"))


def _panels(preview: Preview) -> Iterator[Panel]:
    stacks: dict[str, list[StackPreview]] = defaultdict(list)
    for stack in preview.stacks:
        stacks[stack.account].append(stack)
    for account in preview.accounts:
        addresses = {each.region: each for each in preview.addresses if each.account == account.name}
        own = stacks.pop(account.name, [])
        panel = _panel(facts_of(account), own, account.regions, addresses, account.email)
        yield _titled(
            panel,
            account.name,
            account.ou.replace("/", " / "),
            f"{account.tier}, {'new' if account.is_new else 'granted before'}",
            tier=account.tier,
            tooltip=f"{account.name}\n{account.purpose}",
        )
    for name, own in stacks.items():
        panel = _panel((), own, (), {}, "")
        yield _titled(panel, name, "also changes", counted(len(own), "stack"), tier="", tooltip=name)


def _titled(panel: Panel, title: str, subtitle: str, remark: str, *, tier: str, tooltip: str) -> Panel:
    inside = panel.width - 2 * PADDING
    remark = fitted(remark, SMALL, inside / 2)
    left = inside - width_of(remark, SMALL) - PADDING
    return replace(
        panel,
        title=fitted(title, LARGE, left, bold=True),
        subtitle=fitted(subtitle, SMALL, inside),
        remark=remark,
        tier=tier,
        tooltip=tooltip,
    )


def _panel(
    facts: Sequence[Fact],
    stacks: Sequence[StackPreview],
    regions: Sequence[str],
    addresses: Mapping[str, Address],
    email: str,
) -> Panel:
    """A panel without a place or a title."""
    grid = _Grid.of(stacks, regions)
    width = max(_LEAST_PANEL, grid.width + 2 * PADDING)
    placed = tuple(_flow(facts, width - 2 * PADDING))
    top = HEAD + 14 + (placed[-1].y + FACT_HEIGHT + 8 if placed else 0.0)
    spread = (width - 2 * PADDING - grid.width) // max(len(grid.scopes), 1)
    columns, boxes, routes, bottom = grid.placed(top, spread, addresses, email)
    return Panel(
        title="",
        subtitle="",
        remark="",
        tier="",
        tooltip="",
        x=0.0,
        y=0.0,
        width=width,
        height=bottom + PADDING,
        facts=tuple(replace(each, y=each.y + HEAD + 14) for each in placed),
        columns=columns,
        boxes=boxes,
        routes=routes,
    )


def _flow(facts: Sequence[Fact], width: float) -> Iterator[Fact]:
    """Facts in cells of one width, as many as they are long, and below where there is no more room."""
    cells = int(width // _FACT)
    cell = width / cells
    column = row = 0
    for fact in facts:
        wide = max(width_of(fact.value, NORMAL), width_of(fact.label, SMALL)) + INSET
        span = min(math.ceil(wide / cell), cells)
        if column + span > cells:
            column, row = 0, row + 1
        value = fitted(fact.value, NORMAL, span * cell - INSET)
        yield Fact(fact.label, value, PADDING + column * cell, row * (FACT_HEIGHT + 6))
        column += span


@dataclass(frozen=True, slots=True)
class _Grid:
    """The stacks of an account by column and band, and the lines between them.

    Attributes:
        scopes: the columns: nothing for what is the account's own, else a region.
        bands: for each band and column the stacks there.
        edges: from what is needed to what needs it, without those that follow from others.
        widths: how wide the boxes of a column are.
        lanes: of each stack that is needed, the lane its lines run in, in every column it reaches.
    """

    scopes: tuple[str, ...]
    bands: tuple[Mapping[str, tuple[StackPreview, ...]], ...]
    edges: tuple[tuple[str, str], ...]
    widths: Mapping[str, float]
    lanes: Mapping[str, Mapping[str, int]]

    @classmethod
    def of(cls, stacks: Sequence[StackPreview], regions: Sequence[str]) -> _Grid:
        """Of stacks in the order in which they can be applied; ``regions`` have a column though they be empty."""
        known = {stack.name for stack in stacks}
        depth: dict[str, int] = {}
        cells: dict[tuple[int, str], list[StackPreview]] = defaultdict(list)
        for stack in stacks:
            depth[stack.name] = max((depth[need] + 1 for need in stack.needs if need in depth), default=0)
            cells[depth[stack.name], _scope(stack)].append(stack)
        found = {_scope(stack) for stack in stacks}
        own = ("",) if "" in found else ()
        scopes = (*own, *regions, *sorted(found - {"", *regions}))
        edges = Group(
            section="",
            name="",
            tiers=(),
            accounts=(),
            nodes=tuple(Node(stack.name, (), ()) for stack in stacks),
            edges=tuple((need, stack.name) for stack in stacks for need in stack.needs if need in known),
        ).drawn_edges()
        of = {stack.name: _scope(stack) for stack in stacks}
        lanes: dict[str, dict[str, int]] = {scope: {} for scope in scopes}
        for source, target in edges:
            for scope in {of[source], of[target]}:
                lanes[scope].setdefault(source, len(lanes[scope]))
        return cls(
            scopes=scopes,
            bands=tuple(
                {scope: tuple(cells[band, scope]) for scope in scopes}
                for band in range(max(depth.values(), default=-1) + 1)
            ),
            edges=edges,
            widths={scope: _width(scope, [s for s in stacks if _scope(s) == scope]) for scope in scopes},
            lanes=lanes,
        )

    @property
    def width(self) -> float:
        """How much room it needs."""
        return sum(map(self._column_width, self.scopes)) + _COLUMN_GAP * max(len(self.scopes) - 1, 0)

    def placed(
        self, top: float, spread: float, addresses: Mapping[str, Address], email: str
    ) -> tuple[tuple[Column, ...], tuple[Box, ...], tuple[Route, ...], float]:
        """Columns, boxes and lines from ``top`` down, each column wider by ``spread``, and where they end."""
        at: dict[str, float] = {}
        x = float(PADDING)
        for scope in self.scopes:
            at[scope] = x
            x += self._column_width(scope) + spread + _COLUMN_GAP
        y = top + COLUMN_HEAD + (BLOCK_HEIGHT if addresses else 0)
        boxes: dict[str, Box] = {}
        gap: dict[str, float] = {}
        for band in self.bands:
            tallest = max(map(len, band.values()))
            names = [stack.name for scope in self.scopes for stack in band[scope]]
            ending = y + tallest * (BOX_HEIGHT + _BOX_GAP) - _BOX_GAP
            crossing = [name for name in names if self._crosses(name)]
            for place, name in enumerate(crossing):
                gap[name] = ending + _BOX_GAP + 0.5 + place * _LANE
            for scope in self.scopes:
                for place, stack in enumerate(band[scope]):
                    left = at[scope] + self._channel(scope)
                    wide = self.widths[scope] + spread
                    boxes[stack.name] = _box(stack, left, y + place * (BOX_HEIGHT + _BOX_GAP), wide)
            y = ending + 2 * _BOX_GAP + len(crossing) * _LANE
        bottom = y - (_BOX_GAP if self.bands else 0) + 2
        columns = tuple(
            Column(
                title=_title(scope),
                count=_count([stack for band in self.bands for stack in band[scope]]),
                address=addresses.get(scope),
                email="" if scope or not addresses else email,
                x=at[scope],
                y=top,
                width=self._column_width(scope) + spread,
                height=bottom - top,
            )
            for scope in self.scopes
        )
        routes = tuple(self._route(edge, boxes, at, gap) for edge in self.edges)
        return columns, tuple(boxes.values()), routes, bottom

    def _route(
        self,
        edge: tuple[str, str],
        boxes: Mapping[str, Box],
        at: Mapping[str, float],
        gap: Mapping[str, float],
    ) -> Route:
        source, target = boxes[edge[0]], boxes[edge[1]]
        scopes = _scope(source.stack), _scope(target.stack)
        out, into = (
            at[scope] + self._channel(scope) - INSET + 0.5 - _LANE * self.lanes[scope][edge[0]]
            for scope in scopes
        )
        start, end = source.y + _OUT, target.y + _IN
        corners = [(source.x, start), (out, start)]
        if scopes[0] != scopes[1]:
            corners += [(out, gap[edge[0]]), (into, gap[edge[0]])]
        return Route(*edge, (*corners, (into, end), (target.x, end)))

    def _crosses(self, name: str) -> bool:
        """Whether a line of a stack goes to another column."""
        return sum(name in lanes for lanes in self.lanes.values()) > 1

    def _channel(self, scope: str) -> float:
        """The room for lines left of a column's boxes."""
        lanes = len(self.lanes[scope])
        return INSET + (INSET + _LANE * (lanes - 1) if lanes else 0)

    def _column_width(self, scope: str) -> float:
        return self._channel(scope) + self.widths[scope] + INSET


def _title(scope: str) -> str:
    return scope or "whole account"


def _count(stacks: Sequence[StackPreview]) -> str:
    return counted(sum(stack.total for stack in stacks), "resource") if stacks else "no stack"


def _width(scope: str, stacks: Sequence[StackPreview]) -> float:
    """How wide the boxes of a column are: as wide as they must be, and so that its head has room above them."""
    head = width_of(_title(scope), NORMAL, bold=True) + width_of(_count(stacks), SMALL)
    return max([_LEAST_BOX, math.ceil(head), *map(_box_width, stacks)])


def _scope(stack: StackPreview) -> str:
    return stack.region if stack.regional else ""


def _box(stack: StackPreview, x: float, y: float, width: float) -> Box:
    inside = width - 2 * INSET
    return Box(stack, x, y, width, fitted(stack.stack, NORMAL, inside), fitted(_detail(stack), SMALL, inside))


def _box_width(stack: StackPreview) -> float:
    texts = max(width_of(stack.stack, NORMAL), width_of(_detail(stack), SMALL))
    return min(math.ceil(texts) + 2 * INSET, _MOST_BOX)


def _detail(stack: StackPreview) -> str:
    return counted(stack.total, "resource") + (", baseline" if stack.in_baseline else "")
