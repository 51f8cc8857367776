"""From what Terraform planned to a plan set: every plan judged and digested."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from landform.checks.run import Report
from landform.digest import digest
from landform.errors import Code, LandformError, Place
from landform.org.models import GuardSettings
from landform.plan.guard import judge, view_of
from landform.plan.normalise import Identity, class_digest
from landform.plan.plan_set import JudgedPlan, PlanSet
from landform.plan.planner import PlanResult
from landform.policies.plan_rule import PlanRule
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
    rules: Sequence[PlanRule] = (),
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
        rules: users' plan rules.

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
    failing = Counter(finding.stack for finding in report.findings if report.fails(finding))

    def judged(result: PlanResult) -> JudgedPlan:
        assert result.plan is not None
        record = bundle.stacks[result.stack]
        guard = guard_of(bundle, record.tier)
        config = json.loads(bundle.text(record.name))
        view = view_of(result.plan, record, config, guard, previous(record.name), failing[record.name])
        risk, concerns = judge(view, record, guard, report.as_of, rules)
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
