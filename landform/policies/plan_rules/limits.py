"""Limits that no approval lifts: how much a plan may destroy or change, what it never destroys, where it may act."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from landform.org.models import PlanGuard
from landform.policies.change import created, destroyed, updated
from landform.policies.plan_rule import Concern, PlannedFinding, PlanRule, PlanView, Risk, example_plan
from landform.policies.plan_rules.values import acting, values_at
from landform.policies.severity import at_least

# Where services of one endpoint a partition live, whose resources' ARNs may still name a region.
_GLOBAL = frozenset({"", "us-east-1"})
# Their ARN is that of what another account shares or offers, or of what they deliver to, which may be anywhere.
_OF_OTHERS = ("_accepter", "aws_cloudwatch_event_target", "aws_ram_resource_share_accepter")


def _mass(view: PlanView) -> Iterator[Concern]:
    changed = [change for change in acting(view) if change.action != "create"]
    gone = [change for change in changed if change.destroys]
    for name, risk, number, verb in (
        ("max_destroy", Risk.R4, len(gone), "destroys"),
        ("max_changes", Risk.R3, len(changed), "changes or destroys"),
    ):
        limit = getattr(view.limits, name)
        if limit is not None and number > limit:
            noun = "resource" if number == 1 else "resources"
            message = f"{verb} {number} {noun}, and the tier allows {limit} in one plan"
            yield Concern(risk, "", message, (f"guard.plan.{name}",), refused=True)


def _protected(view: PlanView) -> Iterator[Concern]:
    for change in acting(view, *view.limits.protected_types) if view.limits.protected_types else ():
        if change.destroys:
            message = f"is destroyed, and the tier destroys no {change.type}"
            yield Concern(Risk.R4, change.address, message, ("guard.plan.protected_types",), refused=True)


def _foreign(view: PlanView) -> Iterator[Concern]:
    providers = view.config.get("provider", {}).get("aws", [])
    accounts = {view.account_id, *(str(id) for id in values_at(providers, "allowed_account_ids"))}
    regions = {view.region, *map(str, values_at(providers, "region"))} | _GLOBAL
    for provider in providers:
        allowed = provider.get("allowed_account_ids")
        if not provider.get("alias") and allowed and view.account_id not in map(str, allowed):
            yield Concern(
                Risk.R4,
                "provider.aws",
                f"acts in another account than {view.account_id}",
                ("allowed_account_ids",),
                refused=True,
            )
    for change in acting(view):
        for arn in dict.fromkeys(map(_arn, (change.before, change.after))):
            parts = arn.split(":", 5)
            if len(parts) < 6 or change.type.endswith(_OF_OTHERS):
                continue
            region, account = parts[3], parts[4]
            if account.isdigit() and account not in accounts:
                yield Concern(
                    Risk.R4,
                    change.address,
                    f"is in account {account}, which is not the stack's",
                    ("arn",),
                    refused=True,
                )
            elif region not in regions:
                yield Concern(
                    Risk.R4,
                    change.address,
                    f"is in region {region}, which is not the stack's",
                    ("arn",),
                    refused=True,
                )


def _findings(view: PlanView) -> Iterator[Concern]:
    if view.findings:
        noun = "finding fails" if view.findings == 1 else "findings fail"
        message = f"{view.findings} {noun} the tier's gate: see `landform check`"
        yield Concern(Risk.R3, "", message, refused=True)
    for one in view.planned_findings:
        fails = at_least(one.severity, view.fail_on)
        message = f"breaks {one.rule} with the values that the plan knows: {one.title}"
        yield Concern(Risk.R3 if fails else Risk.R2, one.address, message, refused=fails)


def _arn(values: Any) -> str:
    arn = values.get("arn") if isinstance(values, Mapping) else None
    return arn if isinstance(arn, str) and arn.startswith("arn:") else ""


_HERE = {"arn": "arn:aws:sqs:eu-west-1:111111111111:q", "name": "q"}
_BUS = "arn:aws:events:eu-west-1:222222222222:event-bus/findings"
_PROTECTED = PlanGuard(protected_types=("aws_s3_bucket",))

RULES = (
    PlanRule(
        id="LF_PLAN_FINDINGS",
        title="The stack passes its tier's gate",
        rationale="What no rule could stop before it is planned would reach an account all the same.",
        remediation="Mend what `landform check` finds, or waive it with a reason and an end.",
        judge=_findings,
        good=(example_plan(created("aws_sqs_queue.q", {})),),
        bad=(
            example_plan(created("aws_sqs_queue.q", {}), findings=1),
            example_plan(
                planned_findings=(PlannedFinding("CKV_AWS_27", "aws_sqs_queue.q", "high", "Encrypted"),)
            ),
        ),
    ),
    PlanRule(
        id="LF_PLAN_MASS",
        title="A plan destroys and changes no more than its tier allows",
        rationale="A plan that does more than anybody reads is approved unread; a mistake in a loop looks like this.",
        remediation="Apply it in parts, or raise guard.plan.max_destroy or max_changes for the account, for a reason.",
        judge=_mass,
        good=(
            example_plan(created("aws_sqs_queue.q", {}), limits=PlanGuard(max_destroy=0, max_changes=0)),
            example_plan(destroyed("aws_sqs_queue.q", {})),
        ),
        bad=(
            example_plan(destroyed("aws_sqs_queue.q", {}), limits=PlanGuard(max_destroy=0)),
            example_plan(updated("aws_sqs_queue.q", {"a": 1}, {"a": 2}), limits=PlanGuard(max_changes=0)),
        ),
    ),
    PlanRule(
        id="LF_PLAN_PROTECTED",
        title="No resource is destroyed of a type that the tier protects",
        rationale="The organisation has said beforehand, and with a clear head, that these are never destroyed here.",
        remediation="Keep it, take it out of the state with a `removed` block, or waive the rule for the resource.",
        judge=_protected,
        good=(example_plan(destroyed("aws_sqs_queue.q", {}), limits=_PROTECTED),),
        bad=(example_plan(destroyed("aws_s3_bucket.b", {}), limits=_PROTECTED),),
    ),
    PlanRule(
        id="LF_PLAN_FOREIGN",
        title="A plan acts in its stack's account and regions alone",
        rationale="Credentials of one account and code of another look right until they are applied.",
        remediation="Plan with the stack's own role; name further regions and accounts in the stack's providers.",
        judge=_foreign,
        good=(
            example_plan(updated("aws_sqs_queue.q", _HERE, {**_HERE, "name": "p"})),
            example_plan(created("aws_cloudwatch_event_target.t", {"arn": _BUS})),
        ),
        bad=(
            example_plan(updated("aws_sqs_queue.q", _HERE, _HERE), account_id="222222222222"),
            example_plan(updated("aws_sqs_queue.q", _HERE, _HERE), region="eu-central-1"),
            example_plan(config={"provider": {"aws": [{"allowed_account_ids": ["222222222222"]}]}}),
        ),
    ),
)
