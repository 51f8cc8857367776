"""What a waiver means: whether it covers a finding on a given day.

checkov cannot suppress a finding of one resource in Terraform JSON, and none of its suppressions has an
expiry. So the waiver is landform's: it names the checks, the scope, the reason, who approved it and the days it
holds, both ends included. There is no clock here: the day is given, so that a report of last month can be
made again.
"""

from __future__ import annotations

import datetime as dt
import fnmatch
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from landform.org.models import Waiver


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
    """The waiver that covers a finding, or None; ``notes`` name those that would, on another day."""

    waiver: Waiver | None
    notes: tuple[str, ...] = ()


def judge(waivers: Sequence[Waiver], finding: Waivable, as_of: dt.date) -> WaiverVerdict:
    """Whether a waiver covers a finding on a day.

    Of several that do, the one that holds longest is taken, then the one of the smallest id.
    """
    near = [waiver for waiver in waivers if reaches(waiver, finding)]
    valid = sorted(
        (waiver for waiver in near if waiver.created <= as_of <= waiver.expires),
        key=lambda waiver: (-waiver.expires.toordinal(), waiver.id),
    )
    if valid:
        return WaiverVerdict(valid[0])
    return WaiverVerdict(None, tuple(_why_not(waiver, as_of) for waiver in sorted(near, key=lambda w: w.id)))


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


def _why_not(waiver: Waiver, as_of: dt.date) -> str:
    if as_of < waiver.created:
        return f"waiver {waiver.id} is not valid before {waiver.created.isoformat()}"
    return f"waiver {waiver.id} expired on {waiver.expires.isoformat()}"
