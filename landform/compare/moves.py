"""Resources whose address changed and whose content did not: moved, not destroyed and made anew.

A construct's path gives its resources' addresses, so a renamed scope renames everything below it. Content is compared
without what follows from the path: names that AWS sees, tags and metadata that repeat it, references to what moved as
well. Where equal content is at several places, the construct ids decide; where these do not, nothing is guessed
(``moved`` blocks, "Refactor modules" of Terraform's documentation).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from landform.compare.model import Ambiguity
from landform.compare.parts import Part, Stack
from landform.digest import digest
from landform.synth.bundle import StackRecord

_REFERENCE = re.compile(r"(?<![\w.-])((?:data\.)?[a-z]\w*\.[A-Za-z_][\w-]*)")
_WORDS = 3
"""The fewest characters of a construct id that is looked for in texts."""

Scopes = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Moves:
    """What moved: the address before, by the address now; and what may have."""

    pairs: Mapping[str, str]
    declared: frozenset[str]
    ambiguous: tuple[Ambiguity, ...]


@dataclass(frozen=True, slots=True)
class Renamed:
    """A scope of the tree that has another path now; below it everything has kept its own."""

    before: Scopes
    after: Scopes

    def apply(self, path: Scopes) -> Scopes | None:
        """Where a path below the scope is now; None for one that is not below it."""
        size = len(self.before)
        return (*self.after, *path[size:]) if path[:size] == self.before else None


def find_moves(before: Stack, after: Stack) -> Moves:
    """What moved between two states of one stack."""
    search = _Search(before, after)
    search.by_declaration()
    search.by_content(deep=True)
    search.by_content(deep=False)
    search.by_scope()
    return Moves(search.pairs, frozenset(search.declared), tuple(search.ambiguous()))


def renamed(before: Scopes, after: Scopes, *, least: int = 0) -> Renamed:
    """The outermost scopes whose renaming makes one path the other: what both end in is left out.

    Args:
        least: how many ids of each are left at least.
    """
    shared = 0
    while shared < min(len(before), len(after)) - least and before[-1 - shared] == after[-1 - shared]:
        shared += 1
    return Renamed(before[: len(before) - shared], after[: len(after) - shared])


def scopes(path: str) -> Scopes:
    """The ids of a construct path."""
    return tuple(path.split("/")) if path else ()


class _Search:
    def __init__(self, before: Stack, after: Stack) -> None:
        self._before, self._after = before, after
        self._gone = _candidates(before, after)
        self._new = _candidates(after, before)
        self.pairs: dict[str, str] = {}
        self.declared: set[str] = set()
        self._open: list[tuple[list[str], list[str]]] = []

    def by_declaration(self) -> None:
        """What ``moved`` blocks say holds before anything else."""
        for address, was in self._after.moved.items():
            if address in self._new and was in self._gone:
                self._pair(was, address)
                self.declared.add(address)

    def by_content(self, *, deep: bool) -> None:
        """Pairs of equal content, of which there is one each, or whose construct ids say which is which.

        Args:
            deep: compare what they refer to, too.
        """
        if not (self._gone and self._new):
            return
        gone, new = (
            _grouped(_Contents(stack, there).digests(deep=deep), there)
            for stack, there in ((self._before, self._gone), (self._after, self._new))
        )
        self._open = [(gone[key], new[key]) for key in gone if key in new]
        for one, other in self._open:
            if len(one) == len(other) == 1:
                self._pair(one[0], other[0])
        proven = set(self._renamings())
        for one, other in self._open:
            left = [address for address in one if address in self._gone]
            candidates = [address for address in other if address in self._new]
            for was, now in self._by_ids(left, candidates, proven):
                self._pair(was, now)

    def by_scope(self) -> None:
        """Below a scope that was renamed, what has the same path and type is the same, were its content another."""
        after = {scopes(self._after.path(address)) for address in self._after.record.resources}
        proven = [
            each
            for each in dict.fromkeys(self._renamings(least=1))
            if not any(path[: len(each.before)] == each.before for path in after)
        ]
        targets = {self._key(self._after, address): address for address in self._new}
        for each in sorted(proven, key=lambda each: (-len(each.before), each.before, each.after)):
            for address in sorted(self._gone):
                path = each.apply(scopes(self._before.path(address)))
                now = targets.get((self._gone[address].type, path)) if path else None
                if now in self._new and now is not None:
                    self._pair(address, now)

    def ambiguous(self) -> Iterator[Ambiguity]:
        """Equal content at several places, of which none could be told from the other."""
        for one, other in self._open:
            gone = tuple(sorted(address for address in one if address in self._gone))
            new = tuple(sorted(address for address in other if address in self._new))
            if gone and new and not gone[0].startswith("data."):
                yield Ambiguity(gone, new)

    def _pair(self, was: str, now: str) -> None:
        self.pairs[now] = was
        del self._gone[was], self._new[now]

    def _renamings(self, least: int = 0) -> Iterator[Renamed]:
        for now, was in self.pairs.items():
            paths = scopes(self._before.path(was)), scopes(self._after.path(now))
            if all(paths):
                yield renamed(*paths, least=least)

    def _by_ids(
        self, gone: Sequence[str], new: Sequence[str], proven: Iterable[Renamed]
    ) -> list[tuple[str, str]]:
        """Pairs of a group of equal content: by a renaming that others prove, else by the only one that fits all."""
        if not gone or not new:
            return []
        targets = {scopes(self._after.path(address)): address for address in new}
        sources = {address: scopes(self._before.path(address)) for address in gone}
        fitting = [pairs for each in proven if (pairs := _fitted(each, sources, targets))]
        if len({tuple(pairs) for pairs in fitting}) == 1:
            return fitting[0]
        if len(gone) != len(new):
            return []
        possible = {
            renamed(path, target) for path in sources.values() for target in targets if path and target
        }
        whole = [
            pairs
            for each in sorted(possible, key=lambda each: (each.before, each.after))
            if len(pairs := _fitted(each, sources, targets)) == len(gone) > 1
        ]
        return whole[0] if len({tuple(pairs) for pairs in whole}) == 1 else []

    def _key(self, stack: Stack, address: str) -> tuple[str, Scopes]:
        return stack.parts[address].type, scopes(stack.path(address))


def _fitted(
    each: Renamed, sources: Mapping[str, Scopes], targets: Mapping[Scopes, str]
) -> list[tuple[str, str]]:
    pairs = ((address, each.apply(path)) for address, path in sources.items())
    return [(address, targets[path]) for address, path in pairs if path in targets and path]


def _candidates(stack: Stack, other: Stack) -> dict[str, Part]:
    """Resources and data sources that the other state has not at that address."""
    return {
        address: part for address, part in stack.parts.items() if part.type and address not in other.parts
    }


def _grouped(digests: Mapping[str, str], there: Mapping[str, Part]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for address in sorted(there):
        found[digests[address]].append(address)
    return found


class _Contents:
    """The content of some resources of a stack, without what follows from where they stand in the tree."""

    def __init__(self, stack: Stack, there: Mapping[str, Part]) -> None:
        self._stack = stack
        self._name = derived_names(stack.record)
        self._bodies = {address: self._plain(address, part) for address, part in there.items()}

    def digests(self, *, deep: bool) -> dict[str, str]:
        """A digest of each content; ``deep`` looks into what it refers to, as far as that is here."""
        types = {address: address.rpartition(".")[0] for address in self._bodies}
        found = {address: digest([types[address], self._with(address, types)]) for address in self._bodies}
        groups = 0
        while deep and groups != (groups := len(set(found.values()))):
            found = {address: digest([found[address], self._with(address, found)]) for address in found}
        return found

    def _plain(self, address: str, part: Part) -> Any:
        ids = [re.escape(id) for id in scopes(self._stack.path(address)) if len(id) >= _WORDS]
        own = re.compile(rf"\b(?:{'|'.join(sorted(ids, key=len, reverse=True))})\b") if ids else None

        def text(value: str) -> str:
            masked = self._name.sub("<name>", value)
            return own.sub("<id>", masked) if own and "${" not in masked else masked

        return mapped(text, self._stack.bare(part))

    def _with(self, address: str, names: Mapping[str, str]) -> Any:
        """The content with other names in the place of the addresses that it refers to."""
        return mapped(
            lambda value: _REFERENCE.sub(lambda found: names.get(found[1], found[1]), value),
            self._bodies[address],
        )


def derived_names(record: StackRecord) -> re.Pattern[str]:
    """The names that AWS sees of what a stack makes, from the account on: account, Region, stack, construct path."""
    account, region, stack = map(re.escape, (record.account, record.region, record.stack))
    return re.compile(rf"{account}(?:-{region})?(?:-{stack})?(?:-[a-z0-9]+)+")


def rewritten(value: Any, pairs: Mapping[str, str]) -> Any:
    """A value with references to what moved as they are now. ``pairs`` has the address before, by that now."""
    now = {was: address for address, was in pairs.items()}
    return mapped(
        lambda text: _REFERENCE.sub(lambda found: now.get(found[1], found[1]), text), value
    ) if now else value  # fmt: skip


def mapped(text: Callable[[str], str], value: Any) -> Any:
    """A JSON value with a function of each text in its place; names stay."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, dict):
        return {name: mapped(text, one) for name, one in value.items()}
    if isinstance(value, list):
        return [mapped(text, one) for one in value]
    return value


def scope_entries(moves: Iterable[tuple[str, str]], others: Iterable[str]) -> tuple[Renamed, ...]:
    """The fewest renamed scopes that say some moves, and nothing of what did not move.

    Args:
        moves: construct paths below the stack, before and now.
        others: construct paths of what is there now and did not move.
    """
    pairs = [(scopes(before), scopes(after)) for before, after in moves]
    stay = [scopes(path) for path in others]
    wanted: list[Renamed] = []
    for before, after in pairs:
        found = renamed(before, after, least=1)
        # Wide enough to hold nothing that stayed, and no deeper than that.
        shared = len(before) - len(found.before)
        for depth in range(shared + 1):
            each = Renamed(before[: len(found.before) + depth], after[: len(found.after) + depth])
            if _says_only(each, pairs, stay):
                wanted.append(each)
                break
    kept = [
        each
        for each in dict.fromkeys(wanted)
        if not any(other != each and other.apply(each.before) == each.after for other in wanted)
    ]
    return tuple(sorted(kept, key=lambda each: (each.after, each.before)))


def _says_only(each: Renamed, pairs: Sequence[tuple[Scopes, Scopes]], stay: Sequence[Scopes]) -> bool:
    size = len(each.after)
    below = [(before, after) for before, after in pairs if after[:size] == each.after]
    return not any(path[:size] == each.after for path in stay) and all(
        each.apply(before) == after for before, after in below
    )
