"""What a waiver means: whether it covers a finding on a given day.

checkov cannot suppress a finding of one resource in Terraform JSON, and none of its suppressions has an
expiry. So the waiver is landform's: it names the checks, the scope, the reason, who approved it and the days it
holds, both ends included. It is bound to the resources that were looked at, and covers no other. There is no clock
here: the day is given, so that a report of last month can be made again.

The spec is judged by the same terms when it is loaded. They are judged again here, because what is waived is said in a
bundle, and a bundle is a file.
"""

from __future__ import annotations

import datetime as dt
import fnmatch
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from landform.org.models import TierWaivers, Waiver


class Waivable(Protocol):
    """What a waiver looks at in a finding. ``stack`` is the stack's full name, ``address`` Terraform's."""

    @property
    def rule(self) -> str: ...
    @property
    def account(self) -> str: ...
    @property
    def tier(self) -> str: ...
    @property
    def stack(self) -> str: ...
    @property
    def address(self) -> str: ...


@dataclass(frozen=True, slots=True)
class WaiverVerdict:
    """The waiver that covers a finding, or None; ``notes`` name those that are about it and do not, and why."""

    waiver: Waiver | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """What a waiver is held against.

    ``as_of`` is the day. ``limits`` are those of the stack's tier, None where nobody says them: then no waiver
    covers anything. ``digest`` gives the digest of the resource as it is now; it is asked for where a waiver is bound
    to a resource of this address.
    """

    as_of: dt.date
    limits: TierWaivers | None
    digest: Callable[[], str]


def judge(waivers: Sequence[Waiver], finding: Waivable, terms: Terms) -> WaiverVerdict:
    """Whether a waiver covers a finding.

    Of several that do, the one that holds longest is taken, then the one of the smallest id.
    """
    near = sorted((waiver for waiver in waivers if reaches(waiver, finding)), key=lambda waiver: waiver.id)
    notes = {waiver.id: tuple(broken_terms(waiver, finding.rule, finding.address, terms)) for waiver in near}
    valid = sorted(
        (waiver for waiver in near if not notes[waiver.id]), key=lambda waiver: -waiver.expires.toordinal()
    )
    if valid:
        return WaiverVerdict(valid[0])
    return WaiverVerdict(None, tuple(note for waiver in near for note in notes[waiver.id]))


def reaches(waiver: Waiver, finding: Waivable) -> bool:
    """Whether a finding is in a waiver's checks and scope, on whatever day.

    An empty list of globs matches everything. Stack globs match the full name and the id at its end.
    """
    scope = waiver.scope
    return finding.rule in waiver.checks and all(
        (
            _matches(scope.accounts, finding.account),
            _matches(scope.tiers, finding.tier),
            _matches(scope.stacks, finding.stack, finding.stack.rpartition(".")[2]),
            _matches(scope.resources, finding.address),
        )
    )


def _matches(globs: Sequence[str], *names: str) -> bool:
    return not globs or any(fnmatch.fnmatchcase(name, glob) for glob in globs for name in names)


def broken_terms(waiver: Waiver, rule: str, address: str, terms: Terms) -> Iterator[str]:
    """Why a waiver that is about a finding does not cover it, each reason as half a sentence.

    Args:
        waiver: whose checks and scope the finding is in.
        rule: the finding's.
        address: the finding's, Terraform's.
        terms: what holds where the finding is.
    """
    name = f"waiver {waiver.id}"
    if terms.as_of < waiver.created:
        yield f"{name} is not valid before {waiver.created.isoformat()}"
    if terms.as_of > waiver.expires:
        yield f"{name} expired on {waiver.expires.isoformat()}"
    if _same(waiver.requested_by) in map(_same, waiver.approved_by):
        yield f"{name} was approved by who asked for it"
    if address not in waiver.bind:
        yield f"{name} is not bound to this resource; `landform waivers --bind {waiver.id}` binds it"
    elif terms.digest() not in waiver.bind[address]:
        yield f"{name} is bound to the resource as it was, and it has changed"
    if terms.limits is None:
        yield f"{name} is in a bundle that does not say what the tier allows; synthesise it again"
        return
    days = (waiver.expires - waiver.created).days
    if days > terms.limits.max_days:
        yield f"{name} lasts {days} days, and the tier allows {terms.limits.max_days}"
    if rule in terms.limits.never:
        yield f"{name} is about a rule that the tier never waives"
    approvers = terms.limits.approvers
    if approvers is not None and not {*approvers} & {*waiver.approved_by}:
        yield f"{name} was approved by nobody who may approve waivers of the tier"


def _same(name: str) -> str:
    return name.strip().casefold()
