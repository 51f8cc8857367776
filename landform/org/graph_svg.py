"""A folded graph as SVG, written here so that no other program is needed to see it.

Everything the picture folds stands in tooltips (``<title>``): the accounts of a group, the stacks of a box.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from landform.org.graph import Group
from landform.org.graph_layout import (
    BOX_HEIGHT,
    GROUP_HEAD,
    LARGE,
    MARGIN,
    NORMAL,
    PADDING,
    SMALL,
    Box,
    Line,
    Page,
    Panel,
    Point,
    Section,
    lay_out,
)

_TOP = 40
# From cool to warm, as tiers come nearer to customers; each dark enough for white text on it.
_COLOURS = ("#4b6a88", "#2f7d6b", "#8a6d1f", "#a4452c", "#7d3c78", "#3d4f9f")
_STYLE = f"""\
text {{ font-family: Helvetica, Arial, 'DejaVu Sans', sans-serif; fill: #1f2933 }}
.top {{ font-size: 20px; font-weight: bold }}
.section {{ font-size: 17px; font-weight: bold }}
.title {{ font-size: {LARGE}px; font-weight: bold; fill: #fff }}
.subtitle {{ font-size: {SMALL}px; fill: #fff }}
.count, .detail {{ font-size: {SMALL}px; fill: #52606d }}
.count {{ font-weight: normal }}
.label {{ font-size: {NORMAL}px }}
.panel {{ fill: #f5f7fa; stroke: #cbd2d9 }}
.box {{ fill: #fff; stroke: #9aa5b1 }}
.line {{ fill: none; stroke: #616e7c; stroke-width: 1.3; marker-end: url(#arrow) }}"""


def svg(groups: Sequence[Group], heading: str, tiers: Sequence[str]) -> str:
    """The picture: groups in the order given, under one heading.

    Args:
        tiers: the organisation's tiers by rank, so that each has one colour in every picture of it.
    """
    page = lay_out(groups, top=_TOP)
    return "\n".join(_document(page, heading, tiers)) + "\n"


def _document(page: Page, heading: str, tiers: Sequence[str]) -> Iterator[str]:
    width, height = _n(page.width), _n(page.height)
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}">'
    )
    yield f"<title>{escape(heading)}</title>"
    yield f"<style>\n{_STYLE}\n</style>"
    yield (
        '<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" '
        'markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0 8 4 0 8z" fill="#616e7c"/></marker></defs>'
    )
    yield f'<rect width="{width}" height="{height}" fill="#fff"/>'
    yield _text("top", MARGIN, MARGIN + 12, heading)
    for section in page.sections:
        yield from _section(section)
    for panel in page.panels:
        yield from _panel(panel, _COLOURS[tiers.index(panel.group.tiers[-1]) % len(_COLOURS)])
    yield "</svg>"


def _section(section: Section) -> Iterator[str]:
    yield (
        f'<text class="section" x="{MARGIN}" y="{_n(section.y + 22)}">{escape(section.name)}'
        f'<tspan class="count" dx="12">{escape(section.subtitle)}</tspan></text>'
    )


def _panel(panel: Panel, colour: str) -> Iterator[str]:
    x, y, width = panel.x, panel.y, panel.width
    yield "<g>"
    yield f"<title>{escape(chr(10).join(panel.group.accounts))}</title>"
    yield (
        f'<rect class="panel" x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" '
        f'height="{_n(panel.height)}" rx="6"/>'
    )
    bar = GROUP_HEAD - PADDING + 4
    yield f'<path d="{_bar(x, y, width, bar)}" fill="{colour}"/>'
    yield _text("title", x + PADDING, y + 18, panel.title)
    yield _text("subtitle", x + PADDING, y + 33, panel.subtitle)
    for line in panel.lines:
        yield _line(line)
    for box in panel.boxes:
        yield from _box(box)
    yield "</g>"


def _bar(x: float, y: float, width: float, height: float) -> str:
    """A bar whose upper corners are round."""
    return f"M{_n(x)} {_n(y + height)}V{_n(y + 6)}a6 6 0 0 1 6 -6h{_n(width - 12)}a6 6 0 0 1 6 6V{_n(y + height)}z"


def _box(box: Box) -> Iterator[str]:
    yield f"<g><title>{escape(chr(10).join(box.node.keys))}</title>"
    yield (
        f'<rect class="box" x="{_n(box.x)}" y="{_n(box.y)}" width="{_n(box.width)}" '
        f'height="{BOX_HEIGHT}" rx="4"/>'
    )
    yield _text("label", box.x + 12, box.y + (19 if box.detail else 27), box.label)
    if box.detail:
        yield _text("detail", box.x + 12, box.y + 34, box.detail)
    yield "</g>"


def _line(line: Line) -> str:
    """Curves between layers, straight pieces where the line passes one."""
    pairs = list(zip(line.points[::2], line.points[1::2], strict=True))
    path = f"M{_point(line.points[0])}"
    for number, (start, end) in enumerate(pairs):
        middle = (start[0] + end[0]) / 2
        path += f"C{_n(middle)} {_n(start[1])} {_n(middle)} {_n(end[1])} {_point(end)}"
        if number + 1 < len(pairs):
            path += f"L{_point(pairs[number + 1][0])}"
    return (
        f'<path class="line" d="{path}"><title>{escape(f"{line.target} needs {line.source}")}</title></path>'
    )


def _text(kind: str, x: float, y: float, text: str) -> str:
    return f'<text class="{kind}" x="{_n(x)}" y="{_n(y)}">{escape(text)}</text>'


def _point(point: Point) -> str:
    return f"{_n(point[0])} {_n(point[1])}"


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
