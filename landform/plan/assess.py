"""From what Terraform planned to a plan set: every plan judged and digested."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from landform.checks.run import Report
from landform.checks.scan_copy import scan_copy
from landform.digest import digest
from landform.errors import Code, LandformError, Place
from landform.org.models import GuardSettings
from landform.plan.guard import judge, view_of
from landform.plan.model import Plan
from landform.plan.normalise import Identity, class_digest
from landform.plan.plan_set import JudgedPlan, PlanSet
from landform.plan.planner import PlanResult
from landform.plan.resolved import planned_findings, resolved
from landform.policies.plan_rule import PlannedFinding
from landform.policies.user_rules import NO_RULES, UserRules
from landform.synth.bundle import Bundle


def assess(
    results: Sequence[PlanResult],
    bundle: Bundle,
    report: Report,
    *,
    requested_by: str,
    created: dt.datetime,
    sandbox: str | None = None,
    previous: Callable[[str], Mapping[str, Any] | None] = lambda _: None,
    users: UserRules = NO_RULES,
) -> PlanSet:
    """Judge and digest what was planned. What could not be planned is not in it.

    Args:
        results: of ``plan_stacks``, with their digests.
        bundle: what was planned.
        report: of the checks over the bundle.
        requested_by: who asks.
        created: now, in UTC.
        sandbox: the id of the sandbox it was planned in.
        previous: the document of a stack that was applied last, where one was.
        users: users' rules, over stacks and over plans.

    Raises:
        LandformError: ``no-plan-set`` where nothing could be planned, ``check-incomplete`` for waivers that are none.
    """
    versions = {result.plan.terraform_version for result in results if result.plan}
    if not versions:
        raise LandformError(
            Code.NO_PLAN_SET,
            "No stack could be planned.",
            place=Place(file=str(bundle.root)),
            given=f"{len(results)} stacks, each with an error",
        )
    failing = failing_in(report)
    configs = {result.stack: json.loads(bundle.text(result.stack)) for result in results if result.plan}
    plans = {result.stack: result.plan for result in results if result.plan}
    planned = found_by_plan(plans, bundle, configs, report, users)

    def judged(result: PlanResult) -> JudgedPlan:
        assert result.plan is not None
        record = bundle.stacks[result.stack]
        guard = guard_of(bundle, record.tier)
        view = view_of(
            result.plan,
            record,
            configs[record.name],
            guard,
            previous(record.name),
            failing[record.name],
            planned.get(record.name, ()),
        )
        risk, concerns = judge(view, record, guard, report.as_of, users.plan_rules)
        return JudgedPlan(
            plan=result.plan,
            risk=risk,
            concerns=concerns,
            digest=result.digest,
            class_digest=class_digest(result.plan, Identity.of(record)),
            stack_sha256=record.sha256,
            plan_file_sha256=result.plan_file_sha256,
            pending=result.pending,
        )

    return PlanSet(
        bundle_digest=bundle.digest,
        terraform_version=", ".join(sorted(versions)),
        requested_by=requested_by,
        created=created.astimezone(dt.UTC).isoformat(timespec="seconds"),
        findings_digest=findings_digest(report),
        sandbox=sandbox,
        plans={result.stack: judged(result) for result in results if result.plan},
    )


def failing_in(report: Report) -> Counter[str]:
    """How many findings of each stack fail its tier's gate."""
    return Counter(finding.stack for finding in report.findings if report.fails(finding))


def found_by_plan(
    plans: Mapping[str, Plan],
    bundle: Bundle,
    configs: Mapping[str, Mapping[str, Any]],
    report: Report,
    users: UserRules,
) -> dict[str, tuple[PlannedFinding, ...]]:
    """What the rules of the gate find with the values of plans alone, by stack."""
    stacks = {
        name: document
        for name, plan in plans.items()
        if (document := resolved(scan_copy(configs[name]), plan.changes)) is not None
    }
    known = frozenset((one.stack, one.rule, one.address) for one in report.findings)
    return planned_findings(stacks, bundle.stacks, known, users)


def guard_of(bundle: Bundle, tier: str) -> GuardSettings:
    """What a bundle's tier, and layers below it, ask of plans."""
    return GuardSettings.model_validate_json(json.dumps(bundle.tiers.get(tier, {}).get("guard", {})))


def findings_digest(report: Report) -> str:
    """The digest of what the checks found, and of which waivers cover it."""
    return digest(
        sorted(
            [one.stack, one.rule, one.address, one.severity, one.waiver.id if one.waiver else ""]
            for one in report.findings
        )
    )
