"""The picture of the house: its rooms by floor, as ``pyproject.toml`` has import-linter hold them, and the journey."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"
LEFT, TOP, WIDTH, FLOOR, GAP = 40, 30, 780, 54, 8
COLOURS = (
    "#dbeafe",
    "#dbeafe",
    "#dbeafe",
    "#e0f2fe",
    "#e0f2fe",
    "#dcfce7",
    "#dcfce7",
    "#fef9c3",
    "#fef3c7",
    "#f3f4f6",
)
# What a floor is for, by its first room.
NOTES = {
    "cli": "typer commands; rich lives here alone",
    "vending": "account requests become a checked change of the spec; an account's life",
    "rollout": "approved plans put to work: waves, apply, resume, rollback, drift",
    "plan": "plans judged, folded into classes, reviewed, approved",
    "checks": "the gate; Terraform; who can what; bundles compared",
    "policies": "rules over stacks and plans, waivers; fleet to bundle",
    "stacks": "ready stacks; the beginning of a construct of one's own",
    "constructs": "secure constructs, a folder a service",
    "resources": "typed resources; policies written, read, decided; the spec",
    "core": "construct tree and JSON; provider schemas; ledger, signatures",
    "errors": "errors, digests",
}
MODULES = frozenset({"errors", "digest"})
SIDE = (
    ("interop/", ("cdktf in and out,", "byte parity")),
    ("testing/", ("what users test", "their stacks with")),
)
JOURNEY = (
    ("org/*.yaml", "load"),
    ("OrgSpec", "resolve"),
    ("Fleet", "synth"),
    ("Bundle", "check"),
    ("Report", "plan"),
    ("PlanSet", "approve"),
    ("Approval", "rollout"),
    ("Ledger", ""),
)


def house() -> str:
    """The picture, as SVG."""
    floors = _floors()
    height = TOP + len(floors) * (FLOOR + GAP) + 130
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1060 {height}" '
        'font-family="Helvetica, Arial, sans-serif" role="img" '
        'aria-label="The rooms of landform by floor, and the journey through them">',
        f'<rect width="1060" height="{height}" fill="#ffffff"/>',
        '<defs><marker id="a" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto">'
        '<path d="M0 0 L10 5 L0 10 z" fill="#334155"/></marker></defs>',
    ]
    for number, rooms in enumerate(floors):
        lines += _floor(rooms, TOP + number * (FLOOR + GAP), COLOURS[min(number, len(COLOURS) - 1)])
    bottom = TOP + len(floors) * (FLOOR + GAP) - GAP
    lines += _side(bottom)
    lines += _journey(bottom + 62)
    return "\n".join([*lines, "</svg>"])


def _floors() -> list[list[str]]:
    contracts = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    (layers,) = [one["layers"] for one in contracts if one["name"].startswith("the floors of the house")]
    return [[room.strip().removeprefix("landform.") for room in re.split("[|:]", layer)] for layer in layers]


def _floor(rooms: Sequence[str], y: int, colour: str) -> Iterator[str]:
    yield _box(LEFT, y, WIDTH, FLOOR, colour, "#64748b", 6)
    x = LEFT + 12
    for room in rooms:
        label = f"{room}.py" if room in MODULES else f"{room}/"
        width = 26 + 9 * len(label)
        yield _box(x, y + 12, width, 30, "#ffffff", "#94a3b8", 4)
        yield _text(x + width / 2, y + 32, label, 15, bold=True)
        x += width + 10
    yield _text(x + 8, y + 32, NOTES[rooms[0]], 13, anchor="start")


def _side(bottom: int) -> Iterator[str]:
    x = LEFT + WIDTH + 20
    yield _box(x, TOP, 180, bottom - TOP, "#faf5ff", "#64748b", 6)
    yield _text(x + 90, TOP + 30, "at the side", 14, bold=True)
    y = TOP + 70
    for room, words in SIDE:
        yield _text(x + 90, y, room, 15, bold=True)
        for number, line in enumerate(words):
            yield _text(x + 90, y + 22 + 18 * number, line, 13)
        y += 80
    yield _arrow(x + 90, bottom - 120, x + 90, bottom - 62)
    yield _text(x + 90, bottom - 40, "a room imports", 13)
    yield _text(x + 90, bottom - 22, "only downwards", 13)


def _journey(y: int) -> Iterator[str]:
    step, width = 130, 84
    for number, (name, verb) in enumerate(JOURNEY):
        x = 22 + number * step
        yield f'<rect x="{x}" y="{y}" width="{width}" height="36" rx="18" fill="#0f172a"/>'
        yield _text(x + width / 2, y + 23, name, 13, colour="#ffffff")
        if verb:
            yield _arrow(x + width + 2, y + 18, x + step - 4, y + 18)
            yield _text(x + (width + step) / 2, y + 8, verb, 12)


def _box(x: float, y: float, width: float, height: float, fill: str, stroke: str, radius: int) -> str:
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="{radius}" fill="{fill}" stroke="{stroke}"/>'


def _text(
    x: float,
    y: float,
    text: str,
    size: int,
    *,
    bold: bool = False,
    anchor: str = "middle",
    colour: str = "#334155",
) -> str:
    weight = ' font-weight="bold"' if bold else ""
    colour = "#0f172a" if bold else colour
    return (
        f'<text x="{x:g}" y="{y}" font-size="{size}" text-anchor="{anchor}" fill="{colour}"{weight}>'
        f"{escape(text)}</text>"
    )


def _arrow(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:g}" y1="{y1}" x2="{x2:g}" y2="{y2}" stroke="#334155" stroke-width="2" marker-end="url(#a)"/>'
