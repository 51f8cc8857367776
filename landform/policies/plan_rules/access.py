"""Access that a plan gives and that was not there before, each with a request that proves it.

The policies of an identity are compared together, before and after, by ``iam.changes.new_access``, and those of a
resource by themselves. Boundaries, and the guardrails of the organisation, are left out: they only take away.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from landform.errors import LandformError
from landform.iam.access import access_of
from landform.iam.changes import NewAccess, new_access
from landform.policies.change import created, destroyed, unchanged, updated
from landform.policies.plan_rule import Concern, PlanRule, PlanView, Risk, example_plan
from landform.policies.plan_rules.holders import Holder, holders_of


def _access(view: PlanView) -> Iterator[Concern]:
    told: set[tuple[str, str, str, str]] = set()
    for holder in holders_of(view)[0]:
        if holder.before == holder.after or not holder.after:
            continue
        if holder.kind == "endpoint" and not holder.before:
            # An endpoint without a policy lets everything pass: one of its own can only narrow that.
            continue
        try:
            found = _new(holder)
        except LandformError as error:
            # Too tangled to be compared, which proves nothing.
            yield Concern(Risk.R3, holder.address, f"has policies that cannot be compared: {error.message}")
            continue
        for new in found:
            key = (str(new.statement), new.action, new.resource, new.principal)
            if key not in told and not _of_its_own(view, holder, new):
                told.add(key)
                yield _concern(holder, new)


def _new(holder: Holder) -> tuple[NewAccess, ...]:
    return new_access(access_of(holder.policies("before")), access_of(holder.policies("after")))


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
        title="Every policy of a plan can be read before it is applied",
        rationale="A policy that is known only after apply is known when it is too late.",
        remediation="Write the policy as a literal in the stack, with references where AWS chooses a name.",
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
            example_plan(
                created(
                    "aws_iam_role_policy_attachment.a",
                    {"role": "worker", "policy_arn": "arn:aws:iam::aws:policy/PowerUserAccess"},
                )
            ),
        ),
    ),
)
