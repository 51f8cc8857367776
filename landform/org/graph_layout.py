"""Where the boxes and lines of a folded graph stand: each group in layers from left to right, groups in rows.

A layout is numbers alone (pixels, y downwards); ``graph_svg`` draws it. Lines that pass a layer get a lane of
their own there, so that no line runs behind a box.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from landform.org.drawing import fitted, width_of
from landform.org.graph import Group, Node, counted, detail, subtitle, title

PAGE_WIDTH = 1480
MARGIN = 32
HEADING = 44
GROUP_HEAD = 54
PADDING = 18
BOX_HEIGHT = 44
INSET = 12
SMALL, NORMAL, LARGE = 11, 13, 15

_LANE = 14
_ROW_GAP = 14
_LAYER_GAP = 48
_GROUP_GAP = 20
# The most of a text in a box.
_WIDEST = 312
_SWEEPS = 4

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A node in its place, with the two lines of text in it."""

    node: Node
    x: float
    y: float
    width: float
    label: str
    detail: str


@dataclass(frozen=True, slots=True)
class Line:
    """An edge: the points it goes through, in pairs of where it enters and leaves a straight piece."""

    source: str
    target: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """A group in its place."""

    group: Group
    x: float
    y: float
    width: float
    height: float
    title: str
    subtitle: str
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and where it stands."""

    name: str
    subtitle: str
    y: float


@dataclass(frozen=True, slots=True)
class Page:
    """The whole picture."""

    width: float
    height: float
    sections: tuple[Section, ...]
    panels: tuple[Panel, ...]


def lay_out(groups: Sequence[Group], *, top: float = 0) -> Page:
    """Place groups in rows under the headings of their sections, in the order given; ``top`` is left free."""
    sections, panels = [], []
    y = top + MARGIN
    right = float(PAGE_WIDTH)
    names = list(dict.fromkeys(group.section for group in groups))
    for name in names:
        here = [group for group in groups if group.section == name]
        accounts, stacks = sum(len(group.accounts) for group in here), sum(group.size for group in here)
        if name:
            sections.append(Section(name, f"{counted(accounts, 'account')}, {counted(stacks, 'stack')}", y))
            y += HEADING
        x, row = float(MARGIN), 0.0
        for group in here:
            width, height = _size(group)
            if x > MARGIN and x + width > PAGE_WIDTH - MARGIN:
                x, y, row = MARGIN, y + row + _GROUP_GAP, 0.0
            panels.append(_panel(group, x, y))
            right = max(right, x + width + MARGIN)
            x, row = x + width + _GROUP_GAP, max(row, height)
        y += row + MARGIN
    return Page(right, y, tuple(sections), tuple(panels))


@dataclass(frozen=True, slots=True)
class _Lane:
    """The place where an edge passes a layer."""

    source: str
    target: str


# What stands in a layer: the id of a node, or an edge that passes.
_Item = str | _Lane


def _layers(group: Group) -> list[list[_Item]]:
    """Nodes and passing edges, layer by layer, each so ordered that few lines cross."""
    depth = {node.id: 0 for node in group.nodes}
    edges = group.drawn_edges()
    before = defaultdict(list)
    for source, target in edges:
        before[target].append(source)
    for node in group.nodes:
        depth[node.id] = max((depth[source] + 1 for source in before[node.id]), default=0)
    layers: list[list[_Item]] = [[] for _ in range(max(depth.values()) + 1)]
    for node in group.nodes:
        layers[depth[node.id]].append(node.id)
    left: dict[_Item, list[_Item]] = defaultdict(list)
    right: dict[_Item, list[_Item]] = defaultdict(list)
    for source, target in edges:
        way: list[_Item] = [source]
        for layer in layers[depth[source] + 1 : depth[target]]:
            way.append(_Lane(source, target))
            layer.append(way[-1])
        way.append(target)
        for first, second in pairwise(way):
            # A lane that passes two layers is one item in both: its neighbours are at most itself.
            right[first].append(second)
            left[second].append(first)
    for _ in range(_SWEEPS):
        for number in range(1, len(layers)):
            layers[number] = _ordered(layers[number], layers[number - 1], left)
        for number in range(len(layers) - 2, -1, -1):
            layers[number] = _ordered(layers[number], layers[number + 1], right)
    return layers


def _ordered(
    layer: Sequence[_Item], beside: Sequence[_Item], neighbours: Mapping[_Item, list[_Item]]
) -> list[_Item]:
    """A layer by the mean place of each item's neighbours; one without neighbours keeps its own."""
    at = {item: place for place, item in enumerate(beside)}

    def mean(place: int) -> float:
        near = [at[item] for item in neighbours[layer[place]] if item in at] or [place]
        return sum(near) / len(near)

    return [layer[place] for place in sorted(range(len(layer)), key=mean)]


def _widths(group: Group, layers: Sequence[Sequence[_Item]]) -> list[float]:
    texts = {node.id: max(_node_width(group, node), 60) for node in group.nodes}
    return [max(texts.get(item, 0.0) for item in layer if isinstance(item, str)) for layer in layers]


def _node_width(group: Group, node: Node) -> float:
    label, below = _texts(group, node)
    return max(width_of(label, NORMAL), width_of(below, SMALL)) + 2 * INSET


def _texts(group: Group, node: Node) -> tuple[str, str]:
    """The two lines of a box, as much of them as fits into the widest."""
    return fitted(node.id, NORMAL, _WIDEST), fitted(detail(group, node), SMALL, _WIDEST)


def _heights(layer: Sequence[_Item]) -> list[float]:
    return [BOX_HEIGHT if isinstance(item, str) else _LANE for item in layer]


def _extent(heights: Sequence[float]) -> float:
    return sum(heights) + _ROW_GAP * (len(heights) - 1)


def _size(group: Group) -> tuple[float, float]:
    layers = _layers(group)
    widths = _widths(group, layers)
    inside = sum(widths) + _LAYER_GAP * (len(widths) - 1)
    head = max(width_of(title(group), LARGE, bold=True), width_of(subtitle(group), SMALL))
    return (
        max(inside, head) + 2 * PADDING,
        GROUP_HEAD + max(_extent(_heights(layer)) for layer in layers) + PADDING,
    )


def _panel(group: Group, x: float, y: float) -> Panel:
    layers = _layers(group)
    widths = _widths(group, layers)
    width, height = _size(group)
    nodes = {node.id: node for node in group.nodes}
    boxes: dict[str, Box] = {}
    lanes: dict[_Lane, list[Point]] = defaultdict(list)
    left = x + PADDING
    for layer, column in zip(layers, widths, strict=True):
        heights = _heights(layer)
        above = y + GROUP_HEAD + (height - GROUP_HEAD - PADDING - _extent(heights)) / 2
        for item, tall in zip(layer, heights, strict=True):
            if isinstance(item, _Lane):
                lanes[item] += [(left, above + tall / 2), (left + column, above + tall / 2)]
            else:
                boxes[item] = Box(nodes[item], left, above, column, *_texts(group, nodes[item]))
            above += tall + _ROW_GAP
        left += column + _LAYER_GAP
    return Panel(
        group=group,
        x=x,
        y=y,
        width=width,
        height=height,
        title=title(group),
        subtitle=subtitle(group),
        boxes=tuple(boxes[node.id] for node in group.nodes),
        lines=tuple(_line(edge, boxes, lanes.get) for edge in group.drawn_edges()),
    )


def _line(
    edge: tuple[str, str], boxes: Mapping[str, Box], lane: Callable[[_Lane], list[Point] | None]
) -> Line:
    source, target = boxes[edge[0]], boxes[edge[1]]
    start = (source.x + source.width, source.y + BOX_HEIGHT / 2)
    end = (target.x, target.y + BOX_HEIGHT / 2)
    return Line(*edge, (start, *(lane(_Lane(*edge)) or ()), end))
