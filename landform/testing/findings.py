"""What the rules say of a stack that is in memory: the findings that ``landform check`` would report of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

from landform.checks.checkov_checks import read_users
from landform.checks.checkov_engine import Scan
from landform.checks.copies import ScanCopies
from landform.checks.coverage import module_gaps
from landform.checks.finding import Finding
from landform.checks.judgement import judgement
from landform.checks.run import check, findings_of
from landform.checks.summary import summary_of
from landform.checks.waived import with_waivers
from landform.policies.user_rules import NO_RULES
from landform.policies.view import StackView
from landform.synth.bundle import Bundle

# What checkov says where it is not run.
_UNASKED = Scan((), (), frozenset(), frozenset())


def findings_in(
    bundle: Bundle, *, as_of: dt.date, project: Path | None, checkov: bool
) -> tuple[Finding, ...]:
    """What the rules find in the stacks of a bundle, the waived too; the worst first.

    Args:
        bundle: the stacks.
        as_of: the day for which waivers are judged.
        project: the folder whose ``policies/`` are run too.
        checkov: whether checkov's rules are run.

    Raises:
        LandformError: as for ``landform.checks.run.check``.
    """
    records = dict(bundle.stacks)
    if checkov:
        return check(bundle, [*records.values()], as_of=as_of, project=project, jobs=1).findings
    users = read_users(project) if project else NO_RULES
    copies = ScanCopies(bundle)
    surroundings = copies.surroundings()
    views = [StackView(name, copies[name], surroundings=surroundings.get(name)) for name in sorted(records)]
    judged = judgement(views, _UNASKED, module_gaps(copies), users)
    found = with_waivers(findings_of(summary_of(judged), records, users), records, copies, as_of)
    return tuple(sorted(found, key=lambda one: (one.rule, one.stack, one.address)))


def report(findings: Iterable[Finding]) -> str:
    """Findings as an assertion tells them: rule, place, what is wrong and what to do."""
    return "\n".join(
        f"{one.rule} ({one.severity}) at {one.source or one.construct_path or one.address}: "
        f"{one.message}\n    {one.remediation}"
        for one in findings
    )
