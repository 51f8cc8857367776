"""The picture of a preview as SVG: each account as it would be, before it is there.

Everything that a box or a panel is too small for stands in its tooltip (``<title>``). The colours follow the
reader's, light or dark; no colour says what a word does not. Every rule of its style is about its own class, so that
the picture can stand within a page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from xml.sax.saxutils import escape

from landform.org.drawing import FONT, bar, fitted, number, text, tier_colour
from landform.org.graph_layout import INSET, LARGE, MARGIN, NORMAL, PADDING, SMALL, Point
from landform.vending import preview_words as words
from landform.vending.preview import Address, Preview, StackPreview
from landform.vending.preview_layout import (
    BOX_HEIGHT,
    COLUMN_HEAD,
    HEAD,
    Box,
    Column,
    Fact,
    Panel,
    Route,
    lay_out,
)

_OTHERS = "#52606d"
_CORNER = 4.0
_ARROW, _GAUGE = 6, 6
_STYLE = f"""\
.vended {{ --ground: #fff; --ink: #1f2933; --soft: #52606d; --panel: #f5f7fa; --edge: #cbd2d9; --box: #fff;
  --rim: #9aa5b1; --column: #e9edf2; --line: #616e7c; --taken: #2f6f9f; --full: #a4452c; }}
@media (prefers-color-scheme: dark) {{ .vended {{ --ground: #14171a; --ink: #e6e8ea; --soft: #a2abb4; --panel: #1d2125;
  --edge: #363c43; --box: #2a3037; --rim: #59626c; --column: #23282d; --line: #8a95a1; --taken: #7cc7e8;
  --full: #ff9d93; }} }}
.vended text {{ font-family: {FONT}; fill: var(--ink) }}
.vended .top {{ font-size: 20px; font-weight: bold }}
.vended .title {{ font-size: {LARGE}px; font-weight: bold; fill: #fff }}
.vended .subtitle, .vended .remark {{ font-size: {SMALL}px; fill: #fff }}
.vended .remark, .vended .count {{ text-anchor: end }}
.vended .fact, .vended .count, .vended .detail {{ font-size: {SMALL}px; fill: var(--soft) }}
.vended .value, .vended .label {{ font-size: {NORMAL}px }}
.vended .email {{ font-size: {SMALL}px }}
.vended .scope {{ font-size: {NORMAL}px; font-weight: bold }}
.vended .ground {{ fill: var(--ground) }}
.vended .panel {{ fill: var(--panel); stroke: var(--edge) }}
.vended .column {{ fill: var(--column) }}
.vended .box {{ fill: var(--box); stroke: var(--rim) }}
.vended .line {{ fill: none; stroke: var(--line); stroke-width: 1 }}
.vended .arrow {{ fill: var(--line) }}
.vended .pool {{ fill: none; stroke: var(--rim) }}
.vended .taken {{ fill: var(--taken) }} .vended .full {{ fill: var(--full) }}"""


def picture(preview: Preview) -> str:
    """The picture, as the text of an SVG file that may as well stand within HTML."""
    return "\n".join(_document(preview)) + "\n"


def _document(preview: Preview) -> Iterator[str]:
    page = lay_out(preview)
    width, height = number(page.width), number(page.height)
    inside = page.width - 2 * MARGIN
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="vended" role="img" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}">'
    )
    yield f"<title>{escape(words.heading(preview))}: {escape(words.headline(preview))}</title>"
    yield f"<style>\n{_STYLE}\n</style>"
    yield f'<rect class="ground" width="{width}" height="{height}"/>'
    yield text("top", MARGIN, 40, fitted(words.heading(preview), 20, inside, bold=True))
    yield text("detail", MARGIN, 60, fitted(words.headline(preview), SMALL, inside))
    for panel in page.panels:
        yield from _panel(panel, preview.tiers)
    yield "</svg>"


def _panel(panel: Panel, tiers: Sequence[str]) -> Iterator[str]:
    colour = tier_colour(panel.tier, tiers) if panel.tier else _OTHERS
    yield f'<g transform="translate({number(panel.x)} {number(panel.y)})">'
    yield f'<rect class="panel" width="{number(panel.width)}" height="{number(panel.height)}" rx="6"/>'
    yield f'<g><title>{escape(panel.tooltip)}</title><path d="{bar(0, 0, panel.width, HEAD)}" fill="{colour}"/>'
    yield text("title", PADDING, 20, panel.title)
    yield text("subtitle", PADDING, 36, panel.subtitle)
    yield text("remark", panel.width - PADDING, 20, panel.remark)
    yield "</g>"
    for fact in panel.facts:
        yield from _fact(fact)
    for column in panel.columns:
        yield from _column(column)
    for route in panel.routes:
        yield _route(route)
    for box in panel.boxes:
        yield from _box(box, colour)
    yield "</g>"


def _fact(fact: Fact) -> Iterator[str]:
    yield text("fact", fact.x, fact.y + 11, fact.label)
    yield text("value", fact.x, fact.y + 28, fact.value)


def _column(column: Column) -> Iterator[str]:
    x, y, width = column.x, column.y, column.width
    yield (
        f'<rect class="column" x="{number(x)}" y="{number(y)}" width="{number(width)}" '
        f'height="{number(column.height)}" rx="4"/>'
    )
    yield text("scope", x + INSET, y + 20, column.title)
    yield text("count", x + width - INSET, y + 20, column.count)
    left, top, inside = x + INSET, y + COLUMN_HEAD, width - 2 * INSET
    if column.address:
        yield from _block(column.address, left, top, inside)
    elif column.email:
        yield f"<g><title>{escape(column.email)}</title>"
        yield text("email", left, top + 13, fitted(column.email, SMALL, inside))
        yield text("detail", left, top + 28, "root address")
        yield "</g>"


def _block(address: Address, x: float, y: float, width: float) -> Iterator[str]:
    """An address block, and how full its pool is with it."""
    said = f"{address.pool}: {address.pool_share:.0%} taken"
    yield f"<g><title>{escape(f'{address.cidr} of the pool {said}')}</title>"
    yield text("value", x, y + 13, fitted(address.cidr, NORMAL, width))
    yield text("detail", x, y + 28, fitted(said, SMALL, width))
    place = f'x="{number(x)}" y="{number(y + 34)}" height="{_GAUGE}" rx="{_GAUGE // 2}"'
    taken = max(width * min(address.pool_share, 1.0), _GAUGE)
    yield f'<rect class="pool" {place} width="{number(width)}"/>'
    yield f'<rect class="{"full" if address.nearly_full else "taken"}" {place} width="{number(taken)}"/>'
    yield "</g>"


def _box(box: Box, colour: str) -> Iterator[str]:
    x, y, width = number(box.x), number(box.y), number(box.width)
    yield f"<g><title>{escape(_tooltip(box.stack))}</title>"
    yield f'<rect class="box" x="{x}" y="{y}" width="{width}" height="{BOX_HEIGHT}" rx="4"/>'
    if box.stack.in_baseline:
        yield f'<rect x="{x}" y="{y}" width="4" height="{BOX_HEIGHT}" rx="2" fill="{colour}"/>'
    yield text("label", box.x + INSET, box.y + 19, box.label)
    yield text("detail", box.x + INSET, box.y + 34, box.detail)
    yield "</g>"


def _tooltip(stack: StackPreview) -> str:
    needs = [f"needs {', '.join(stack.needs)}"] if stack.needs else []
    return "\n".join([stack.name, *needs, *(f"{type} {count}" for type, count in stack.resources.items())])


def _route(route: Route) -> str:
    """Straight pieces with round corners, and a head where it ends."""
    first, *_, last = route.points
    path = f"M{_point(first)}"
    for (before, corner), (_, after) in pairwise(pairwise(route.points)):
        path += f"L{_point(_towards(corner, before))}Q{_point(corner)} {_point(_towards(corner, after))}"
    x, y = last
    path += f"L{_point((x - _ARROW, y))}"
    head = f"M{_point((x - _ARROW, y - 4))}L{_point(last)}L{_point((x - _ARROW, y + 4))}z"
    told = escape(f"{route.target} needs {route.source}")
    return f'<g><title>{told}</title><path class="line" d="{path}"/><path class="arrow" d="{head}"/></g>'


def _towards(corner: Point, other: Point) -> Point:
    """The point at which a line leaves its way to a corner, to go round it."""
    across, down = other[0] - corner[0], other[1] - corner[1]
    length = max(abs(across), abs(down))
    share = min(_CORNER, length / 2) / length if length else 0.0
    return corner[0] + across * share, corner[1] + down * share


def _point(point: Point) -> str:
    return f"{number(point[0])} {number(point[1])}"
