"""The issues of a review as a person reads them: by rule and by resource, and new access by who may do what.

A stack that is made for the first time gives its own roles everything that they may do. That is told once, by role,
and not as an issue for each statement; what is refused or of R4 is always an issue of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from landform.plan.normalise import Identity
from landform.plan.review.make import grants_of
from landform.plan.review.model import Grant, Issue, Origin, Undecided
from landform.plan.review.sides import UNKNOWN, Side, granting
from landform.policies.plan_rule import Risk

T = TypeVar("T")

_ARN = re.compile(r"\barn:aws[\w-]*:(?P<service>[\w-]+):(?P<region>[\w-]*):(?P<account>\d{12}):(?=\w)")

_WIDE = re.compile(r"(?:^|, )(?:[\w-]+:)?\*(?=,| on )| on \*(?: |$)|^all but | on all but ")


@dataclass(frozen=True, slots=True)
class Block:
    """All that a rule says of one resource, for the same stacks."""

    issues: tuple[Issue, ...]

    @property
    def origin(self) -> Origin:
        """The resource."""
        return self.issues[0].origin

    @property
    def stacks(self) -> tuple[str, ...]:
        """The stacks that have it."""
        return self.issues[0].stacks

    @property
    def sides(self) -> tuple[Side, ...]:
        """The values that decide, each once."""
        said = [(issue.message, side) for issue in self.issues for side in issue.sides]
        told = (side for message, side in said if side.before or not _tells(message, side))
        return tuple(dict.fromkeys(told))

    @property
    def deciding(self) -> tuple[Side, ...]:
        """The same without the statements of a policy that no proof names, where one does."""
        given = {side for issue in self.issues for side in granting(issue.witness, self.sides)}
        told = (side for side in self.sides if side.before or " statement " not in side.path or side in given)
        return tuple(told) if given else self.sides


def _tells(message: str, side: Side) -> bool:
    """Whether a value says nothing that was not said."""
    return side.after == UNKNOWN or (len(side.after) > 3 and side.after in message)


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """All that a rule says, the blocks of most stacks first. They have one risk, and one state."""

    blocks: tuple[Block, ...]

    @property
    def first(self) -> Issue:
        """An issue that has the rule's words, the risk and the state."""
        return self.blocks[0].issues[0]


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody may do that they could not, in the same stacks.

    ``who`` is the principal, or the address where nobody is named; ``new`` as in ``Grant``. ``requests`` are one
    for each statement that gives something.
    """

    who: str
    new: bool
    origin: Origin
    requests: tuple[str, ...]
    stacks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unknowns:
    """Resources of one type of which the same is known only after apply, in the same stacks."""

    origins: tuple[Origin, ...]
    what: str
    stacks: tuple[str, ...]


def rule_groups(issues: Iterable[Issue]) -> tuple[RuleGroup, ...]:
    """Issues by risk, state and rule, and then by resource, in the order in which they come."""
    ruled = _by(issues, lambda one: (one.risk, one.refused, one.waivers, one.rule))
    return tuple(
        RuleGroup(tuple(map(Block, _by(group, lambda one: (one.origin, one.stacks))))) for group in ruled
    )


def entries(issues: Iterable[Issue]) -> tuple[Entry, ...]:
    """The new access that some issues prove, by who may, and in which stacks."""
    granted = ((issue, grant) for issue in issues for grant in grants_of([issue]))
    found = _by(granted, lambda one: (one[1].principal or one[1].origin.address, one[1].new, one[1].stacks))
    # A screen shows a few: what is on everything comes first.
    return tuple(sorted(map(_entry, found), key=lambda entry: not any(map(_is_wide, entry.requests))))


def _is_wide(request: str) -> bool:
    """Whether a statement gives any action of a service, or is on everything."""
    return _WIDE.search(request) is not None


def _entry(granted: Sequence[tuple[Issue, Grant]]) -> Entry:
    first = granted[0][1]
    said = dict.fromkeys(_request(issue, grant) for issue, grant in granted)
    requests = tuple(sorted(said, key=lambda request: not _is_wide(request)))
    return Entry(first.principal or first.origin.address, first.new, first.origin, requests, first.stacks)


def _request(issue: Issue, grant: Grant) -> str:
    """What is told here alone in full, the statement where it is known; what is an issue too has its proof there."""
    if not grant.new:
        return f"{grant.action} through {grant.origin.address}"
    for side in granting(issue.witness, issue.sides):
        return side.after.removeprefix("Allow ")
    return f"{grant.action} on {grant.resource}" + (f" if {grant.guard}" if grant.guard else "")


def unknowns(undecided: Iterable[Undecided]) -> tuple[Unknowns, ...]:
    """What is not decided, by type of resource."""
    found = _by(undecided, lambda one: (one.origin.address.partition(".")[0], one.what, one.stacks))
    return tuple(
        Unknowns(tuple(one.origin for one in group), group[0].what, group[0].stacks) for group in found
    )


def rules_of(groups: Iterable[RuleGroup]) -> tuple[Issue, ...]:
    """An issue of each rule, for the words of the rule."""
    return tuple({group.first.rule: group.first for group in groups}.values())


def is_limited(group: RuleGroup) -> bool:
    """Whether a few of a rule's blocks may stand for all: never for what is refused, or cannot be undone."""
    return group.first.risk < Risk.R4 and not group.first.refused


def shortened(homes: Mapping[str, Identity], stacks: Sequence[str]) -> Callable[[str], str]:
    """Shortens texts that are those of the first of some stacks: ``kms:key/x`` for the ARN of a key of its own account
    and Region. Every other ARN stays whole.
    """
    home = homes.get(stacks[0]) if stacks else None

    def name(match: re.Match[str]) -> str:
        own = home and match["account"] == home.account_id and match["region"] in ("", home.region)
        return f"{match['service']}:" if own else match[0]

    return lambda text: _ARN.sub(name, text)


def _by(items: Iterable[T], key: Callable[[T], object]) -> list[tuple[T, ...]]:
    """Items with the same key together, in the order in which each key is first met."""
    found: dict[object, list[T]] = {}
    for item in items:
        found.setdefault(key(item), []).append(item)
    return [tuple(group) for group in found.values()]
