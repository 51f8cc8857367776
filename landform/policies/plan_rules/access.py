"""Access that a plan gives and that was not there before, each with a request that proves it.

The policies of an identity are compared together, before and after, by ``iam.changes.new_access``, and those of a
resource by themselves. Boundaries, and the guardrails of the organisation, are left out: they only take away.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

from landform.errors import LandformError
from landform.iam.access import access_of
from landform.iam.changes import NewAccess, new_access
from landform.iam.policy import Policy
from landform.policies.change import created, destroyed, unchanged, updated
from landform.policies.plan_rule import Concern, PlanRule, PlanView, Risk, example_plan
from landform.policies.plan_rules.holders import SIDES, Holder, holders_of
from landform.policies.plan_rules.values import acting, body_of

OPAQUE = frozenset({
    "aws_cloudcontrolapi_resource", "aws_cloudformation_stack", "aws_cloudformation_stack_instances",
    "aws_cloudformation_stack_set", "aws_cloudformation_stack_set_instance", "aws_lambda_invocation",
    "aws_serverlessapplicationrepository_cloudformation_stack", "aws_servicecatalog_provisioned_product",
})  # fmt: skip
"""Types by which a plan does what it does not show."""


def _access(view: PlanView) -> Iterator[Concern]:
    told: set[tuple[str, str, str, str]] = set()
    for holder in holders_of(view)[0]:
        if holder.before == holder.after:
            continue
        if holder.kind == "endpoint" and not holder.before:
            # An endpoint without a policy lets everything pass: one of its own can only narrow that.
            continue
        try:
            found = _new(holder)
            lifted = () if found else _lifted(holder)
        except LandformError as error:
            # Too tangled to be compared, which proves nothing.
            yield Concern(Risk.R3, holder.address, f"has policies that cannot be compared: {error.message}")
            continue
        for one in lifted[:1]:
            message = f"no longer denies {one.action} on {one.resource}, whatever else allows it"
            yield Concern(
                Risk.R3, one.statement.policy or holder.address, message, ("policy",), witness=str(one)
            )
        for new in found:
            key = (str(new.statement), new.action, new.resource, new.principal)
            if key not in told and not _of_its_own(view, holder, new):
                told.add(key)
                yield _concern(holder, new)


def _new(holder: Holder) -> tuple[NewAccess, ...]:
    return new_access(access_of(holder.policies("before")), access_of(holder.policies("after")))


def _lifted(holder: Holder) -> tuple[NewAccess, ...]:
    """What was denied before and is not any more; other policies, perhaps of other stacks, may allow it."""
    before, after = ([*map(_denies, holder.policies(side))] for side in SIDES)
    return new_access(access_of(after), access_of(before))


def _denies(policy: Policy) -> Policy:
    """What a policy denies, as if it allowed that and nothing else."""
    denied = (replace(one, effect="Allow") for one in policy.statements if not one.allows)
    return replace(policy, statements=tuple(denied))


def _of_its_own(view: PlanView, holder: Holder, new: NewAccess) -> bool:
    """Whether it only says what goes without saying of something that the plan makes.

    That the account itself may use what is made in it leaves the answer to the policies of its identities, and a role
    that a service may assume can do what its own policies say: both are judged there.
    """
    principals = new.statement.principals
    if not holder.created or principals is None or principals.excluded:
        return False
    services = holder.kind == "trust"
    return all(
        named.account == view.account_id or (services and named.type == "Service")
        for named in principals.named
    )


def _concern(holder: Holder, new: NewAccess) -> Concern:
    address = new.statement.policy or holder.address
    everyone = new.principal == "*" or (
        new.statement.principals is not None
        and any(named.type == "*" for named in new.statement.principals.named)
    )
    if holder.kind == "identity":
        whom = holder.name.partition(" ")[2] or holder.name
        words = f"lets {whom} do {new.action} on {new.resource}, which it could not"
    elif everyone and not new.guards:
        words = f"lets everyone do {new.action}, and nothing is asked of them"
    else:
        words = f"lets {new.principal or 'others'} do {new.action}, which they could not"
    return Concern(Risk.R3, address, words, ("policy",), witness=str(new))


def _unproven(view: PlanView) -> Iterator[Concern]:
    for unread in holders_of(view)[1]:
        message = f"is not proven to be safe: {unread.reason}"
        yield Concern(Risk.R3, unread.address, message, (unread.path,))
    for change in acting(view):
        body = body_of(view.config, change.address)
        runs = body is not None and "provisioner" in body
        if change.type in OPAQUE or runs:
            words = "it runs commands" if runs else "it makes what no plan shows"
            yield Concern(
                Risk.R3,
                change.address,
                f"is not proven to be safe: {words}",
                ("provisioner",) if runs else (),
            )


def _policy(*actions: str, **more: object) -> str:
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": [*actions], "Resource": "*", **more}],
        }
    )


_ROLE = unchanged("aws_iam_role.r", {"name": "worker", "arn": "arn:aws:iam::111111111111:role/worker"})
_READS = {"role": "worker", "policy": _policy("s3:GetObject")}
_WRITES = {"role": "worker", "policy": _policy("s3:GetObject", "s3:PutObject")}
_STRANGER = _policy("sqs:SendMessage", Principal={"AWS": "arn:aws:iam::999999999999:root"})
_NO_HTTP = _policy("s3:GetObject").replace("Allow", "Deny")
_DENY = {
    "role": "worker",
    "policy": json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}
    ),
}

RULES = (
    PlanRule(
        id="LF_PLAN_ACCESS",
        title="Nobody may do what they could not do before",
        rationale="Access is given in a line and found years later, by the one who was not meant to have it.",
        remediation=(
            "Give the action, the resource and the condition that are needed, and no more; "
            "the witness shows what more there is."
        ),
        judge=_access,
        good=(
            example_plan(_ROLE, updated("aws_iam_role_policy.p", _WRITES, _READS)),
            example_plan(
                _ROLE, destroyed("aws_iam_role_policy.p", _READS), created("aws_iam_role_policy.q", _READS)
            ),
        ),
        bad=(
            example_plan(_ROLE, updated("aws_iam_role_policy.p", _READS, _WRITES)),
            example_plan(
                _ROLE,
                unchanged("aws_iam_role_policy.p", _READS),
                destroyed("aws_iam_role_policy.deny", _DENY),
            ),
            example_plan(created("aws_sqs_queue_policy.p", {"queue_url": "u", "policy": _STRANGER})),
            example_plan(destroyed("aws_s3_bucket_policy.p", {"bucket": "b", "policy": _NO_HTTP})),
            example_plan(updated("aws_iam_role_policy.deny", _DENY, {"role": "worker", "policy": _NO_HTTP})),
            example_plan(
                updated(
                    "aws_iam_role.r",
                    {
                        "name": "r",
                        "assume_role_policy": _policy("sts:AssumeRole").replace(
                            ', "Resource": "*"', ', "Principal": {"AWS": "arn:aws:iam::111111111111:role/a"}'
                        ),
                    },
                    {
                        "name": "r",
                        "assume_role_policy": _policy("sts:AssumeRole").replace(
                            ', "Resource": "*"', ', "Principal": {"AWS": "arn:aws:iam::999999999999:role/b"}'
                        ),
                    },
                )
            ),
        ),
    ),
    PlanRule(
        id="LF_PLAN_UNPROVEN",
        title="All that a plan gives can be read before it is applied",
        rationale="What is known only after apply is known when it is too late.",
        remediation=(
            "Write policies as literals in the stack, with references where AWS chooses a name, "
            "and resources as Terraform's own."
        ),
        judge=_unproven,
        good=(
            example_plan(_ROLE, created("aws_iam_role_policy.p", _READS)),
            example_plan(
                created("aws_kms_key.k", {}, {"policy": True}),
                config={"resource": {"aws_kms_key": {"k": {}}}},
            ),
        ),
        bad=(
            example_plan(_ROLE, created("aws_iam_role_policy.p", {"role": "worker"}, {"policy": True})),
            example_plan(
                _ROLE, updated("aws_iam_role_policy.p", _READS, {"role": "worker", "policy": "no policy"})
            ),
            example_plan(created("aws_cloudformation_stack.s", {"template_body": "{}"})),
            example_plan(
                created("terraform_data.t", {}),
                config={
                    "resource": {"terraform_data": {"t": {"provisioner": [{"local-exec": {"command": "x"}}]}}}
                },
            ),
            example_plan(
                created(
                    "aws_iam_role_policy_attachment.a",
                    {"role": "worker", "policy_arn": "arn:aws:iam::aws:policy/PowerUserAccess"},
                )
            ),
        ),
    ),
)
