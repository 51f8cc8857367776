"""What every SVG of an organisation shares: its type, its colours of tiers, its numbers and shapes."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from xml.sax.saxutils import escape

FONT = "Helvetica, Arial, 'DejaVu Sans', sans-serif"

# From cool to warm, as tiers come nearer to customers; each dark enough for white text on it.
_TIERS = ("#4b6a88", "#2f7d6b", "#8a6d1f", "#a4452c", "#7d3c78", "#3d4f9f")
_ROUND = 6
# Shares of the size of type in the widest face of FONT: letters are at most as wide, and most are narrower.
_NARROW, _LETTER, _CAPITAL, _WIDE, _BOLD = 0.42, 0.64, 0.78, 1.0, 1.13
_NARROW_LETTERS, _WIDE_LETTERS = frozenset("fijlrtI.,:;!|'()[]/ -"), frozenset("mwMWQOG@%&")
_LAST_LATIN = "\N{LATIN SMALL LETTER Z WITH CARON}"


def tier_colour(tier: str, tiers: Sequence[str]) -> str:
    """The colour of a tier; ``tiers`` are the organisation's by rank, so that each has one in every picture."""
    return _TIERS[tiers.index(tier) % len(_TIERS)]


def number(value: float) -> str:
    """A coordinate with at most one decimal."""
    return f"{value:.1f}".removesuffix(".0")


def text(kind: str, x: float, y: float, words: str) -> str:
    """Words of a class at a place."""
    return f'<text class="{kind}" x="{number(x)}" y="{number(y)}">{escape(words)}</text>'


def bar(x: float, y: float, width: float, height: float) -> str:
    """The path of a bar whose upper corners are round."""
    low, high, across = number(y + height), number(y + _ROUND), number(width - 2 * _ROUND)
    corner = f"a{_ROUND} {_ROUND} 0 0 1 {_ROUND}"
    return f"M{number(x)} {low}V{high}{corner} -{_ROUND}h{across}{corner} {_ROUND}V{low}z"


def width_of(words: str, size: float, *, bold: bool = False) -> float:
    """An upper bound of how wide words are in a sans-serif face of a size, letter by letter."""
    return sum(map(_share, words)) * size * (_BOLD if bold else 1)


def fitted(words: str, size: float, width: float, *, bold: bool = False) -> str:
    """The words, shortened to what fits into a width."""
    if width_of(words, size, bold=bold) <= width:
        return words
    left = width - width_of("\N{HORIZONTAL ELLIPSIS}", size, bold=bold)
    kept = ""
    for letter in words:
        left -= width_of(letter, size, bold=bold)
        if left < 0:
            break
        kept += letter
    return kept.rstrip() + "\N{HORIZONTAL ELLIPSIS}"


def _share(letter: str) -> float:
    if unicodedata.combining(letter):
        return 0.0
    if letter in _WIDE_LETTERS or letter > _LAST_LATIN:
        return _WIDE
    if letter in _NARROW_LETTERS:
        return _NARROW
    return _CAPITAL if letter.isupper() else _LETTER
