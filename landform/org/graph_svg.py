"""A folded graph as SVG, written here so that no other program is needed to see it.

Everything the picture folds stands in tooltips (``<title>``): the accounts of a group, the stacks of a box.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from landform.org.drawing import FONT, bar, number, text, tier_colour
from landform.org.graph import Group
from landform.org.graph_layout import (
    BOX_HEIGHT,
    GROUP_HEAD,
    INSET,
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
_STYLE = f"""\
text {{ font-family: {FONT}; fill: #1f2933 }}
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
    width, height = number(page.width), number(page.height)
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
    yield text("top", MARGIN, MARGIN + 12, heading)
    for section in page.sections:
        yield from _section(section)
    for panel in page.panels:
        yield from _panel(panel, tier_colour(panel.group.tiers[-1], tiers))
    yield "</svg>"


def _section(section: Section) -> Iterator[str]:
    yield (
        f'<text class="section" x="{MARGIN}" y="{number(section.y + 22)}">{escape(section.name)}'
        f'<tspan class="count" dx="12">{escape(section.subtitle)}</tspan></text>'
    )


def _panel(panel: Panel, colour: str) -> Iterator[str]:
    x, y, width = panel.x, panel.y, panel.width
    yield "<g>"
    yield f"<title>{escape(chr(10).join(panel.group.accounts))}</title>"
    yield (
        f'<rect class="panel" x="{number(x)}" y="{number(y)}" width="{number(width)}" '
        f'height="{number(panel.height)}" rx="6"/>'
    )
    head = GROUP_HEAD - PADDING + 4
    yield f'<path d="{bar(x, y, width, head)}" fill="{colour}"/>'
    yield text("title", x + PADDING, y + 18, panel.title)
    yield text("subtitle", x + PADDING, y + 33, panel.subtitle)
    for line in panel.lines:
        yield _line(line)
    for box in panel.boxes:
        yield from _box(box)
    yield "</g>"


def _box(box: Box) -> Iterator[str]:
    yield f"<g><title>{escape(chr(10).join(box.node.keys))}</title>"
    yield (
        f'<rect class="box" x="{number(box.x)}" y="{number(box.y)}" width="{number(box.width)}" '
        f'height="{BOX_HEIGHT}" rx="4"/>'
    )
    yield text("label", box.x + INSET, box.y + (19 if box.detail else 27), box.label)
    if box.detail:
        yield text("detail", box.x + INSET, box.y + 34, box.detail)
    yield "</g>"


def _line(line: Line) -> str:
    """Curves between layers, straight pieces where the line passes one."""
    pairs = list(zip(line.points[::2], line.points[1::2], strict=True))
    path = f"M{_point(line.points[0])}"
    for place, (start, end) in enumerate(pairs):
        middle = (start[0] + end[0]) / 2
        path += f"C{number(middle)} {number(start[1])} {number(middle)} {number(end[1])} {_point(end)}"
        if place + 1 < len(pairs):
            path += f"L{_point(pairs[place + 1][0])}"
    return (
        f'<path class="line" d="{path}"><title>{escape(f"{line.target} needs {line.source}")}</title></path>'
    )


def _point(point: Point) -> str:
    return f"{number(point[0])} {number(point[1])}"
