"""A difference for people, in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from landform.compare import words
from landform.compare.model import Ambiguity, Change, Difference, Entry, Gained

if TYPE_CHECKING:
    from rich.console import Console

_COLOURS = {"added": "green", "removed": "red", "changed": "yellow", "moved": "cyan"}
_MOST = 12


def show(console: Console, difference: Difference) -> None:
    """Print a difference: what every group of stacks has, then the access that is gained, then a sentence."""
    for group in words.groups(difference.changes):
        _line(console, f"{group.stack}  {words.where(group.members)}", style="bold")
        _changes(console, group.entries)
    _gained(console, difference.gained)
    for entry in difference.ambiguous:
        if isinstance(entry.difference, Ambiguity):
            _line(console, f"not decided in {words.where(entry.members)}", style="bold magenta")
            _line(console, f"  {words.ambiguity(entry.difference)}")
    for name, (before, after) in difference.inputs.items():
        _line(console, f"{name}: {before or 'none'} -> {after or 'none'}")
    if made_by := words.generators(difference):
        _line(console, made_by)
    _line(console, f"{difference.before.name} -> {difference.after.name}: {words.summary(difference)}")


def _changes(console: Console, entries: Sequence[Entry]) -> None:
    moves, left = words.plain_moves(entries)
    for line in moves:
        console.print(f"  {words.SIGNS['moved']}", style=_COLOURS["moved"], end=" ")
        _line(console, line)
    for entry in left:
        change = entry.difference
        if isinstance(change, Change):
            console.print(f"  {words.SIGNS[change.kind]}", style=_COLOURS[change.kind], end=" ")
            _line(console, words.title(change))
            for remark in words.remarks(change):
                _line(console, f"      {remark}", style="italic")
            for line in _first([words.text(line) for line in change.lines]):
                _line(console, f"      {line}")
            if change.source:
                _line(console, f"      {change.source}", style="dim")


def _gained(console: Console, entries: Sequence[Entry]) -> None:
    if entries:
        _line(console, "new access", style="bold red")
    for entry in entries:
        if isinstance(entry.difference, Gained):
            _line(console, f"  {entry.stack}  {words.where(entry.members)}", style="bold")
            _line(console, f"    {entry.difference}")


def _first(lines: Sequence[str]) -> list[str]:
    more = len(lines) - _MOST
    return [*lines[:_MOST], *([f"and {more} more"] if more > 0 else [])]


def _line(console: Console, text: str, style: str | None = None) -> None:
    console.print(text, style=style, highlight=False, markup=False, soft_wrap=True)
