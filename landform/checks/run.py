"""The gate: every rule over the stacks of a bundle, one report, one verdict a tier.

A finding at or above the ``guard.fail_on`` of its stack's tier fails the gate unless a waiver covers it on the
day of the check. The day is given: equal bundles on equal days give equal reports.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.pool import Pool
from pathlib import Path
from sys import intern
from typing import Any

from landform.checks.baseline import Baseline
from landform.checks.cache import JudgementCache
from landform.checks.checkov_checks import read_users
from landform.checks.copies import ScanCopies
from landform.checks.coverage import Gap
from landform.checks.finding import Finding
from landform.checks.summary import Summary, together
from landform.checks.waived import with_waivers
from landform.checks.workers import shared_summaries
from landform.errors import Code, LandformError, Place
from landform.org.models import Severity
from landform.policies.catalogue import COVERAGE_TITLE, Entry, catalogue, remediation_of
from landform.policies.controls import controls_of, type_of
from landform.policies.result import Result
from landform.policies.severity import (
    COVERAGE,
    COVERAGE_SEVERITY,
    SEVERITIES,
    UNASKED,
    UNLISTED,
    at_least,
    rank,
)
from landform.policies.stopwatch import Stopwatch
from landform.policies.user_rules import NO_RULES, UserRules, no_rules
from landform.synth.bundle import Bundle, ResourceRecord, StackRecord

_NO_RECORD = ResourceRecord(construct_path="", source="")


@dataclass(frozen=True, slots=True)
class TierVerdict:
    """How one tier fares: the lowest severity that fails it, and its findings by number.

    ``failing`` are at or above ``fail_on``; ``below`` are milder and reported only; ``known`` are in the baseline,
    and ``waived`` covered by a waiver, whatever their severity.
    """

    tier: str
    fail_on: Severity
    stacks: int
    failing: int
    below: int
    waived: int
    known: int = 0

    @property
    def label(self) -> str:
        """What people call it: a folder of Terraform has no tier."""
        return self.tier or "Terraform"

    @property
    def ok(self) -> bool:
        """Whether the tier passes the gate."""
        return self.failing == 0


@dataclass(frozen=True, slots=True)
class Report:
    """What the gate says of a bundle, or of a folder of Terraform, on a day.

    ``bundle`` is the digest of what was judged. The tier of a folder's stacks is empty.

    ``findings`` are sorted, the worst first. ``passed``, ``failed``, ``waived`` and ``unknown`` count results:
    one rule on one resource. ``unknown`` is a rule that said it does not apply or cannot tell; it never counts
    as passed. ``rules`` are those that gave a result. ``unchecked_types`` are the resource types in the bundle
    that no rule names, with the number of such resources: nobody has judged them. ``gone`` is how many findings of
    the baseline are not found any longer, None without a baseline. ``outcomes`` is how often a rule said what of the
    resources of a type, by rule and type. ``users`` are the users' rules of the project.
    """

    bundle: str
    as_of: dt.date
    stacks: int
    resources: int
    findings: tuple[Finding, ...]
    passed: int
    failed: int
    waived: int
    unknown: int
    tiers: tuple[TierVerdict, ...]
    rules: tuple[str, ...]
    unchecked_types: Mapping[str, int]
    gone: int | None = None
    outcomes: Mapping[tuple[str, str], Mapping[str, int]] = field(default_factory=dict)
    users: UserRules = NO_RULES

    @property
    def ok(self) -> bool:
        """Whether every tier passes the gate."""
        return all(tier.ok for tier in self.tiers)

    def fails(self, finding: Finding) -> bool:
        """Whether a finding of this report fails its tier."""
        floor = next(tier.fail_on for tier in self.tiers if tier.tier == finding.tier)
        return finding.waiver is None and not finding.is_known and at_least(finding.severity, floor)


def check(
    bundle: Bundle,
    records: Sequence[StackRecord],
    *,
    as_of: dt.date,
    on_progress: Callable[[int, int], None] | None = None,
    fail_on: Severity | None = None,
    jobs: int | None = None,
    baseline: Baseline | None = None,
    project: Path | None = None,
    checks_python: Path | None = None,
    cache: JudgementCache | None = None,
    watch: Stopwatch | None = None,
    pool: Pool | None = None,
) -> Report:
    """Run every rule over some stacks of a bundle.

    Args:
        bundle: the bundle; the stacks' files are compared with its digests while they are read.
        records: the stacks to check.
        as_of: the day for which waivers are judged.
        on_progress: called with the stacks done and all stacks.
        fail_on: in place of what the tiers say.
        jobs: processes; chosen unless given.
        baseline: what was found before; it fails no tier.
        project: the folder whose ``policies/`` are run too, with those of installed packages; none unless given.
        checks_python: the interpreter in whose environment checkov is, unless it is this one.
        cache: what was said of equal stacks by equal rules before; it has no influence on the report.
        watch: measures the rules, if there is one.
        pool: processes that are there already, in place of ``jobs``.

    Raises:
        LandformError: ``bundle-tampered``; ``check-incomplete`` where a stack is not Terraform JSON, or the
            bundle names no guard for a tier or holds a waiver that is none; ``policy-rule`` and ``spec-...`` for users'
            rules that are none; ``extra-missing`` and ``checks-environment`` where there is no checkov.
    """
    users = read_users(project, checks_python) if project else no_rules(checks_python)
    floors = {tier: fail_on or _floor(bundle, tier) for tier in sorted({record.tier for record in records})}
    copies = ScanCopies(bundle)
    missing = functools.partial(shared_summaries, jobs=jobs, users=users, watch=watch, pool=pool)
    judged = together(_summaries(copies, records, cache, missing, on_progress))
    by_name = {record.name: record for record in records}
    found = with_waivers(findings_of(judged, by_name, users), by_name, copies, as_of)
    return report_of(
        judged,
        found,
        subject=bundle.digest,
        records=records,
        floors=floors,
        as_of=as_of,
        baseline=baseline,
        is_looked_at=lambda name: name in by_name or name not in bundle.stacks,
        users=users,
    )


def findings_of(judged: Summary, records: Mapping[str, StackRecord], users: UserRules) -> Iterator[Finding]:
    """The findings of a judgement, before anybody waived one. ``records`` are the stacks by name."""
    known = catalogue(users)
    for result in judged.failed:
        remediation = remediation_of(result.rule, users)
        yield _of_result(records[result.stack], result, known.get(result.rule), remediation)
    yield from (_of_gap(records[gap.stack], gap, known) for gap in judged.gaps)


def report_of(
    judged: Summary,
    found: Iterable[Finding],
    *,
    subject: str,
    records: Sequence[StackRecord],
    floors: Mapping[str, Severity],
    as_of: dt.date,
    baseline: Baseline | None,
    is_looked_at: Callable[[str], bool],
    users: UserRules,
) -> Report:
    """The report on a judgement.

    Args:
        judged: what the rules said.
        found: its findings, with their waivers.
        subject: the digest of what was judged.
        records: the stacks that were judged.
        floors: the lowest severity that fails, by tier.
        as_of: the day of the report.
        baseline: what was found before.
        is_looked_at: whether a stack of the baseline was judged, or is no more.
        users: the users' rules that were run.
    """
    findings = tuple(sorted(found, key=_order))
    gone = None
    if baseline:
        findings, gone = baseline.compare(findings, is_looked_at=is_looked_at)
    waived = sum(finding.waiver is not None for finding in findings)
    return Report(
        bundle=subject,
        as_of=as_of,
        stacks=len(records),
        resources=judged.counts.resources,
        findings=findings,
        passed=judged.passed,
        failed=len(findings) - waived,
        waived=waived,
        unknown=judged.unknown,
        tiers=tuple(_verdict(tier, floor, records, findings) for tier, floor in floors.items()),
        rules=tuple(sorted(judged.rules)),
        unchecked_types=dict(sorted(judged.counts.unchecked.items())),
        gone=gone,
        outcomes=judged.counts.outcomes,
        users=users,
    )


def _floor(bundle: Bundle, tier: str) -> Severity:
    value = bundle.tiers.get(tier, {}).get("guard", {}).get("fail_on")
    floor = next((severity for severity in SEVERITIES if severity == value), None)
    if floor is None:
        raise LandformError(
            Code.CHECK_INCOMPLETE,
            f"The bundle does not say which severity fails the tier {tier!r}.",
            place=Place(file=str(bundle.root)),
            given=repr(value),
            expected=f"one of {', '.join(SEVERITIES)} as guard.fail_on of the tier",
            fix="Run `landform synth` again, or give --fail-on.",
        )
    return floor


def _summaries(
    copies: ScanCopies,
    records: Sequence[StackRecord],
    cache: JudgementCache | None,
    judge: Callable[[ScanCopies], Iterator[tuple[str, Summary]]],
    on_progress: Callable[[int, int], None] | None,
) -> Iterator[Summary]:
    """What is said of each stack, by name: what the cache knows, and what the rules say of the rest."""
    bundle = copies.bundle
    for record in records:
        # What the cache says is said of the file that is here.
        bundle.text(record.name)
    known = cache.known(records) if cache else {}
    missing = copies.of(*(record.name for record in records if record.name not in known))
    found = dict(known)
    if on_progress and known:
        on_progress(len(known), len(records))
    for name, summary in judge(missing):
        found[name] = summary
        if cache:
            cache.keep(bundle.stacks[name], summary)
        if on_progress:
            on_progress(len(found), len(records))
    if cache:
        cache.prune(bundle.stacks.values())
    yield from (found[name] for name in sorted(found))


def _of_result(record: StackRecord, result: Result, known: Entry | None, remediation: str) -> Finding:
    origin = record.resources.get(result.address, _NO_RECORD)
    keys = ", ".join(key for key in result.keys if key != "resource_type")
    return Finding(
        rule=result.rule,
        severity=known.severity if known else UNLISTED,
        title=result.title,
        message=intern(
            result.message or f"{result.address} breaks the rule; it looks at: {keys or 'the whole block'}."
        ),
        account=record.account,
        tier=record.tier,
        region=record.region,
        stack=record.name,
        address=result.address,
        construct_path=origin.construct_path,
        source=origin.source,
        remediation=_remediation(record, result, remediation, origin.source),
        controls=controls_of(result.rule, type_of(result.address)) or (known.controls if known else ()),
    )


def _remediation(record: StackRecord, result: Result, remediation: str, source: str) -> str:
    where = f" It is made in {source}." if source else ""
    # Waivers are the organisation's: what is of no tier has none.
    waiver = (
        f" Or waive {result.rule} for {result.address} in org/waivers/ with a reason, an approver and an expiry."
        if record.tier
        else ""
    )
    # The same in every account.
    return intern(f"{remediation}{where}{waiver}")


def _of_gap(record: StackRecord, gap: Gap, known: Mapping[str, Entry]) -> Finding:
    origin = record.resources.get(gap.address, _NO_RECORD)
    return Finding(
        rule=COVERAGE,
        severity=_severity(gap, known),
        title=COVERAGE_TITLE,
        message=f"{gap.address or 'The stack'} was not judged. {gap.reason}",
        account=record.account,
        tier=record.tier,
        region=record.region,
        stack=record.name,
        address=gap.address,
        construct_path=origin.construct_path,
        source=origin.source,
        remediation=remediation_of(COVERAGE),
    )


def _severity(gap: Gap, known: Mapping[str, Entry]) -> Severity:
    """As bad as the worst that the rules which could not tell would have said."""
    if gap.rules is None:
        return COVERAGE_SEVERITY
    missed = [known[rule].severity if rule in known else UNLISTED for rule in gap.rules]
    return max(missed, key=rank, default=UNASKED)


def _verdict(
    tier: str, floor: Severity, records: Sequence[StackRecord], findings: Sequence[Finding]
) -> TierVerdict:
    mine = [finding for finding in findings if finding.tier == tier]
    known = sum(finding.is_known for finding in mine)
    live = [finding for finding in mine if finding.waiver is None and not finding.is_known]
    failing = sum(at_least(finding.severity, floor) for finding in live)
    return TierVerdict(
        tier=tier,
        fail_on=floor,
        stacks=sum(record.tier == tier for record in records),
        failing=failing,
        below=len(live) - failing,
        waived=len(mine) - len(live) - known,
        known=known,
    )


def _order(finding: Finding) -> tuple[Any, ...]:
    return (-rank(finding.severity), finding.rule, finding.stack, finding.address, finding.message)
