"""Two bundles compared: what has the same digest is not read, what differs alike is told once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from landform.compare.access import Gains
from landform.compare.identity import Anonymous, own_networks
from landform.compare.model import Ambiguity, Change, Difference, Entry, Gained, Side, StackDifference
from landform.compare.parts import Stack
from landform.compare.stacks import compare_stacks, gone_stack, new_stack
from landform.digest import digest
from landform.errors import LandformError, raise_all
from landform.org.memory import collector_paused
from landform.org.select import matches, no_match
from landform.synth.bundle import Bundle, StackRecord


@dataclass(frozen=True, slots=True)
class Selection:
    """Which stacks are asked about: globs, any of one kind, all kinds."""

    accounts: Sequence[str] = ()
    tiers: Sequence[str] = ()
    stacks: Sequence[str] = ()
    regions: Sequence[str] = ()

    def wants(self, record: StackRecord) -> bool:
        """Whether a stack is asked about."""
        return (
            matches(self.accounts, record.account)
            and matches(self.tiers, record.tier)
            and matches(self.stacks, record.stack, record.name)
            and matches(self.regions, record.region)
        )


EVERYTHING = Selection()


@collector_paused()
def compare(
    before: Bundle,
    after: Bundle,
    *,
    names: tuple[str, str] = ("before", "after"),
    selection: Selection = EVERYTHING,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Difference:
    """What differs between two bundles.

    Args:
        names: what the two are called.
        selection: the stacks that are asked about.

    Raises:
        LandformError: ``no-match``; ``bundle-tampered`` for a file that is not what its index says, of those that are
            read: a stack of the same digest on both sides is not.
    """
    chosen = sorted(
        {
            name
            for bundle in (before, after)
            for name, record in bundle.stacks.items()
            if selection.wants(record)
        }
    )
    if not chosen and (before.stacks or after.stacks):
        raise no_match(
            accounts=selection.accounts,
            tiers=selection.tiers,
            stacks=selection.stacks,
            regions=selection.regions,
        )
    todo = [name for name in chosen if not _same(before.stacks.get(name), after.stacks.get(name))]
    found = _Folded()
    gains = Gains()
    errors: list[LandformError] = []
    for done, name in enumerate(todo, 1):
        try:
            old, new = (_read(bundle, name) for bundle in (before, after))
            if not errors:
                anonymous = _anonymous(new or old)
                found.add(_difference(old, new, gains, anonymous), anonymous)
        except LandformError as error:
            errors += error.each()
        on_progress(done, len(todo))
    raise_all(errors)
    return Difference(
        before=Side(names[0], before.generator, before.digest),
        after=Side(names[1], after.generator, after.digest),
        compared=len(chosen),
        differing=found.differing,
        changes=found.entries(Change),
        gained=found.entries(Gained),
        ambiguous=found.entries(Ambiguity),
        inputs=_inputs(before, after),
    )


def _same(one: StackRecord | None, other: StackRecord | None) -> bool:
    return (
        one is not None
        and other is not None
        and one.sha256 == other.sha256
        and (one.tier, one.dependencies, one.construct) == (other.tier, other.dependencies, other.construct)
    )


def _read(bundle: Bundle, name: str) -> Stack | None:
    record = bundle.stacks.get(name)
    return Stack(record, json.loads(bundle.text(name))) if record else None


def _difference(old: Stack | None, new: Stack | None, gains: Gains, anonymous: Anonymous) -> StackDifference:
    if old and new:
        return compare_stacks(old, new, gains, anonymous)
    if new:
        return new_stack(new, gains, anonymous)
    assert old is not None, "a stack of neither bundle is not looked at"
    return gone_stack(old)


def _anonymous(stack: Stack | None) -> Anonymous:
    assert stack is not None, "a stack of neither bundle is not looked at"
    return Anonymous(stack.record, own_networks(stack.document))


def _inputs(before: Bundle, after: Bundle) -> Mapping[str, tuple[str | None, str | None]]:
    one, other = (bundle.inputs.get("schema_packs", {}) for bundle in (before, after))
    return {
        name: (one.get(name), other.get(name))
        for name in sorted({*one, *other})
        if one.get(name) != other.get(name)
    }


@dataclass(slots=True)
class _Entry:
    stack: str
    own: Change | Gained | Ambiguity
    common: Change | Gained | Ambiguity
    members: list[str] = field(default_factory=list)


class _Folded:
    """Equal differences, each with the stacks that have it."""

    def __init__(self) -> None:
        self.differing = 0
        self._entries: dict[str, _Entry] = {}

    def add(self, found: StackDifference, anonymous: Anonymous) -> None:
        """Add what differs in one stack."""
        every: Iterable[Any] = (*found.changes, *found.gained, *found.ambiguous)
        self.differing += bool(found.changes)
        for each in every:
            common = anonymous.of(each)
            key = digest([type(each).__name__, found.stack, common.as_json()])
            self._entries.setdefault(key, _Entry(found.stack, each, common)).members.append(found.name)

    def entries(self, kind: type) -> tuple[Entry, ...]:
        """The entries of one kind; one that a single stack has is told in its own words."""
        return tuple(
            Entry(each.stack, tuple(each.members), each.common if len(each.members) > 1 else each.own)
            for each in sorted(self._entries.values(), key=lambda each: (each.stack, each.members))
            if isinstance(each.common, kind)
        )
