"""One text and all the patterns that it is compared with: which texts are worth looking at.

A dimension of ``region`` is one text (an action, a resource, the value of a context key), and each box says of it
that it must match one of some patterns, or none of them. ``Texts`` finds the texts with which every question about
the boxes is answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from landform.errors import LandformError
from landform.iam import pattern
from landform.iam.pattern import Token

Parts = tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A pattern and how a text is compared with it: by an ARN's segments, without regard to capitals."""

    parts: Parts
    arn: bool
    fold: bool

    def matches(self, text: str) -> bool:
        if self.arn:
            return pattern.arn_matches(self.parts, text)
        return pattern.matches(self.parts, text, fold=self.fold)

    @property
    def glob(self) -> pattern.Glob:
        return pattern.arn_glob(self.parts) if self.arn else pattern.glob(self.parts, self.fold)

    @property
    def plain(self) -> bool:
        """Whether it is a text rather than a pattern."""
        return not self.fold and pattern.prefix(self.parts)[1]

    def takes_all_of(self, other: _Pattern) -> bool:
        """Whether it can be seen that it matches whatever the other does."""
        return (
            not self.arn and pattern.takes_all(self.parts, pattern.prefix(other.parts)[0]) and not other.fold
        )


@dataclass(frozen=True, slots=True)
class _Use:
    """What one box says of the text: it matches one of these patterns, or none of them."""

    box: int
    patterns: tuple[int, ...]
    excluded: bool

    def holds(self, matched: frozenset[int]) -> bool:
        return matched.isdisjoint(self.patterns) == self.excluded


class Texts:
    """The patterns that one text is compared with, each of them once, and which box uses them how."""

    def __init__(self) -> None:
        self._index: dict[_Pattern, int] = {}
        self._uses: list[_Use] = []

    def add(
        self, box: int, patterns: Iterable[Parts], *, excluded: bool, arn: bool = False, fold: bool = False
    ) -> None:
        """Say of a box that its text matches one of some patterns, or none of them."""
        found = (self._index.setdefault(_Pattern(one, arn, fold), len(self._index)) for one in patterns)
        self._uses.append(_Use(box, tuple(found), excluded))

    def classes(self, needed: int) -> Iterator[tuple[list[tuple[int, bool]], str, tuple[str, ...]]]:
        """The texts that matter: for each use the box and whether the text is as it says, the text, and what is
        assumed of variables.

        A pattern with a variable may match, or not, a text that it matches for some value of the variable. It does
        match where a narrower one with the same variables does.

        Args:
            needed: the boxes that a text must be in, as bits.
        """
        known = tuple(self._index)
        free = [index for index, one in enumerate(known) if pattern.variables_of(one.parts)]
        wider = _wider(known, free)
        for text in self._witnesses(known, needed):
            matched = {index for index, one in enumerate(known) if one.matches(text)}
            maybe = [index for index in free if index in matched]
            for chosen in _subsets(maybe):
                if any(one in chosen and other in matched and other not in chosen for one, other in wider):
                    continue
                settled = frozenset(matched.difference(maybe) | chosen)
                assumed = tuple(_assumed(known[index].parts, index in chosen) for index in maybe)
                yield [(use.box, use.holds(settled)) for use in self._uses], text, assumed

    def _witnesses(self, known: tuple[_Pattern, ...], needed: int) -> Iterator[str]:
        """Texts of which one is as good as any other, to be in the boxes that are needed and in none else."""
        musts = [use.patterns for use in self._uses if needed >> use.box & 1 and not use.excluded]
        for must in musts:
            if all(known[index].plain for index in must):
                # A text that must be one of a few is compared as it is.
                yield from (pattern.prefix(known[index].parts)[0] for index in must)
                return
        avoided, sought = set[int](), set[int]()
        for use in self._uses:
            inside = bool(needed >> use.box & 1)
            if inside == use.excluded:
                avoided.update(use.patterns)
            elif use.excluded:
                sought.update(use.patterns)
        yield from _searched(known, tuple(_narrowest(known, musts)), frozenset(avoided), frozenset(sought))


class _Kept:
    """What a search finds, kept for who asks the same again, and searched no further than anybody asked."""

    def __init__(self, search: Iterator[str]) -> None:
        self._search = search
        self._found: list[str] = []
        self._failed: LandformError | None = None

    def __iter__(self) -> Iterator[str]:
        index = 0
        while True:
            if index == len(self._found) and not self._more():
                return
            yield self._found[index]
            index += 1

    def _more(self) -> bool:
        if self._failed:
            # A search that was given up is not one that found nothing more.
            raise self._failed
        try:
            self._found.append(next(self._search))
        except StopIteration:
            return False
        except LandformError as error:
            self._failed = error
            raise
        return True


# A policy says the same of many actions: its resources are then compared once.
@lru_cache(maxsize=16_384)
def _searched(
    known: tuple[_Pattern, ...],
    musts: tuple[tuple[int, ...], ...],
    avoided: frozenset[int],
    sought: frozenset[int],
) -> _Kept:
    return _Kept(pattern.witnesses([one.glob for one in known], musts, avoided, sought))


def _narrowest(known: Sequence[_Pattern], musts: Sequence[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """Of the groups of which a text must match a pattern, those that it does not match anyway."""
    kept: list[tuple[int, ...]] = []
    for must in sorted(musts, key=lambda must: -min(len(known[index].parts) for index in must)):
        taken = (
            all(any(known[wide].takes_all_of(known[index]) for wide in must) for index in other)
            for other in kept
        )
        if not any(taken):
            kept.append(must)
    return kept


def _wider(known: Sequence[_Pattern], free: Sequence[int]) -> list[tuple[int, int]]:
    """Pairs of patterns with variables, the first matching only what the second does, whatever the variables are."""
    plain = [index for index in free if not known[index].arn and not known[index].fold]
    pairs = [(one, other) for one in plain for other in plain if one != other]
    return [(one, other) for one, other in pairs if pattern.implied(known[other].parts, known[one].parts)]


def _subsets(of: Sequence[int]) -> Iterator[frozenset[int]]:
    """Every subset, the whole first."""
    for bits in reversed(range(1 << len(of))):
        yield frozenset(index for place, index in enumerate(of) if bits >> place & 1)


def _assumed(parts: Parts, matched: bool) -> str:
    return f"{pattern.written(parts)} {'is matched' if matched else 'is not matched'}"
