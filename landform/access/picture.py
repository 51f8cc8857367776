"""The matrix as a picture: a row a principal, a column a resource, a bar for each access level.

Everything a cell stands for is in its tooltip (``<title>``); no other program is needed to see it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from landform.access.labels import accounts_label, by_principal, target_label
from landform.access.matrix import Row
from landform.access.rights import LEVELS, Level, State

_BAR, _CELL, _ROW = 6, 34, 20
_TOP, _LEFT, _HEAD = 64, 12, 230
_COLOURS: dict[Level, str] = {
    "list": "#9fb8ad",
    "read": "#3a7ca5",
    "write": "#d98e04",
    "tag": "#8a8f98",
    "permissions": "#b3261e",
}
_STYLE = """\
text { font-family: Helvetica, Arial, 'DejaVu Sans', sans-serif; font-size: 11px; fill: #1f2933 }
.top { font-size: 18px; font-weight: bold }
.quiet { fill: #52606d }
.grid { stroke: #e4e7eb }"""


def svg(rows: Sequence[Row], heading: str) -> str:
    """The picture of a matrix; rows that reach nothing are left out."""
    return "\n".join(_drawn([row for row in rows if row.reaches], heading)) + "\n"


def _drawn(rows: Sequence[Row], heading: str) -> Iterator[str]:
    principals = by_principal(tuple(rows))
    columns = sorted({(row.target.origin.type, target_label(row.target)) for row in rows})
    names = max((len(name) for _, name in principals), default=10)
    left = _LEFT + min(names, 60) * 6 + 12
    width = left + len(columns) * _CELL + 150
    height = _TOP + _HEAD + len(principals) * _ROW + 24
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}">'
    )
    yield f"<title>{escape(heading)}</title>"
    yield f"<style>\n{_STYLE}\n</style>"
    yield '<rect width="100%" height="100%" fill="#fff"/>'
    yield f'<text class="top" x="{_LEFT}" y="28">{escape(heading)}</text>'
    yield from _legend()
    for number, (type, name) in enumerate(columns):
        x = left + number * _CELL + _CELL / 2
        label = f"{type.removeprefix('aws_')} {name}"
        yield (
            f'<text transform="translate({x:.0f} {_TOP + _HEAD - 8}) rotate(-50)">'
            f"{escape(_short(label, 44))}<title>{escape(label)}</title></text>"
        )
    for number, ((kind, name), found) in enumerate(principals.items()):
        y = _TOP + _HEAD + number * _ROW
        yield f'<line class="grid" x1="{_LEFT}" x2="{width - 12}" y1="{y}" y2="{y}"/>'
        yield (
            f'<text x="{_LEFT}" y="{y + 14}">{escape(_short(name, 60))}'
            f"<title>{escape(f'{name}, {kind}')}</title></text>"
        )
        for column, cell in enumerate(columns):
            there = [row for row in found if (row.target.origin.type, target_label(row.target)) == cell]
            if there:
                yield from _cell(there, left + column * _CELL + 2, y + 3)
    yield "</svg>"


def _legend() -> Iterator[str]:
    for number, level in enumerate(LEVELS.values()):
        x = _LEFT + number * 100
        yield f'<rect x="{x}" y="42" width="10" height="12" fill="{_COLOURS[level]}"/>'
        yield f'<text class="quiet" x="{x + 15}" y="52">{level}</text>'
    x = _LEFT + len(LEVELS) * 100
    yield f'<rect x="{x}" y="42" width="10" height="12" fill="none" stroke="#52606d"/>'
    yield f'<text class="quiet" x="{x + 15}" y="52">hollow: under conditions</text>'


def _cell(rows: Sequence[Row], x: float, y: float) -> Iterator[str]:
    states = {level: _best(rows, level) for level in LEVELS.values()}
    accounts = tuple(dict.fromkeys(name for row in rows for name in row.accounts))
    told = "\n".join(f"{level}: {state}" for level, state in states.items() if state)
    yield f"<g><title>{escape(f'{told}{chr(10)}in {accounts_label(accounts, 8)}')}</title>"
    yield f'<rect x="{x}" y="{y}" width="{_CELL - 4}" height="{_ROW - 6}" fill="#f5f7fa"/>'
    for number, (level, state) in enumerate(states.items()):
        if state in ("allowed", "allowed if"):
            colour = _COLOURS[level]
            paint = f'fill="{colour}"' if state == "allowed" else f'fill="#fff" stroke="{colour}"'
            inset = 0 if state == "allowed" else 0.5
            yield (
                f'<rect x="{x + number * _BAR + inset:.1f}" y="{y + inset:.1f}" width="{_BAR - 1 - 2 * inset:.1f}" '
                f'height="{_ROW - 6 - 2 * inset:.1f}" {paint}/>'
            )
    yield "</g>"


def _best(rows: Sequence[Row], level: Level) -> State | None:
    order: tuple[State, ...] = ("allowed", "allowed if", "stopped")
    found = {row.state(level) for row in rows}
    return next((state for state in order if state in found), None)


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
