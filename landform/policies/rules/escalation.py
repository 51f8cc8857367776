"""Ways from the rights that somebody has to rights that nobody gave him.

Every path of ``landform.iam.escalation`` is asked for the policies of a principal together, because a path may take
one half from one policy and the other from another. A path counts where it is open on whatever there is: a role that
deploys one function with one named role goes such a path every day, and is meant to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache

from landform.iam.access import access_of
from landform.iam.escalation import (
    PASS_ROLE,
    Kind,
    OpenPath,
    Step,
    is_administrator,
    known_paths,
    paths_of,
)
from landform.iam.evaluate import names_action
from landform.iam.policy import Policy, PolicyStatement
from landform.policies.documents import FoundPolicy, policies_of, read_text
from landform.policies.rule import Breach, Resources, Rule, Verdict
from landform.policies.rules.grants import ATTACHMENTS, document, is_boundary, limits_resource, one_policy
from landform.policies.view import Block

# The kinds of path that end in rights. Those that end in data or in a lost guardrail are rights that were given.
_KINDS: frozenset[Kind] = frozenset(("existing", "federation", "pass-role", "principal", "self"))

# Of a principal: the policies that stand beside it, by the argument that names it.
_BESIDE: Mapping[str, tuple[tuple[str, str], ...]] = {
    "aws_iam_role": (("aws_iam_role_policy", "role"),),
    "aws_iam_user": (("aws_iam_user_policy", "user"),),
    "aws_iam_group": (("aws_iam_group_policy", "group"),),
    "aws_ssoadmin_permission_set": (("aws_ssoadmin_permission_set_inline_policy", "permission_set_arn"),),
}
_ATTACHED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "aws_iam_role": (("aws_iam_role_policy_attachment", "role"), ("aws_iam_policy_attachment", "roles")),
    "aws_iam_user": (("aws_iam_user_policy_attachment", "user"), ("aws_iam_policy_attachment", "users")),
    "aws_iam_group": (("aws_iam_group_policy_attachment", "group"), ("aws_iam_policy_attachment", "groups")),
}
_SHOWN = 5


def _escalates(block: Block) -> Iterator[Verdict]:
    texts: list[str] = []
    for holder in _holders(block):
        for found in policies_of(holder, "identity"):
            if isinstance(found, FoundPolicy):
                texts.append(found.text)
            elif holder is block:
                # Of another block it is said there.
                yield found
    names = _open_to(tuple(texts), _boundary(block))
    if names:
        shown = ", ".join(names[:_SHOWN]) + (
            f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        )
        yield Breach(f"can get rights that it was not given: {shown}", ())


def _holders(block: Block) -> Iterator[Block]:
    """The blocks that hold a principal's policies; of a managed policy that is attached to nobody, itself."""
    if block.type == "aws_iam_policy":
        if not is_boundary(block) and not _is_attached(block):
            yield block
        return
    yield block
    for name, argument in _BESIDE[block.type]:
        yield from block.stack.about(block, name, argument)
    attachments = [
        each
        for name, argument in _ATTACHED.get(block.type, ())
        for each in block.stack.about(block, name, argument)
    ]
    for policy in block.stack.resources("aws_iam_policy"):
        if any(policy.is_meant_by(each.value("policy_arn")) for each in attachments):
            yield policy


def _is_attached(policy: Block) -> bool:
    return any(policy.is_meant_by(each.value("policy_arn")) for each in policy.stack.resources(*ATTACHMENTS))


def _boundary(block: Block) -> str:
    """The permissions boundary, where the stack makes it: without one that can be read, there is none to count on."""
    given = block.value("permissions_boundary") if block.type in ("aws_iam_role", "aws_iam_user") else None
    for policy in block.stack.resources("aws_iam_policy") if given else ():
        if policy.is_meant_by(given):
            for found in policies_of(policy, "identity"):
                return found.text if isinstance(found, FoundPolicy) else ""
    return ""


@lru_cache(maxsize=1_024)
def _open_to(texts: tuple[str, ...], boundary: str) -> tuple[str, ...]:
    """The names of the paths that are open on whatever there is. An administrator needs none."""
    policies = [policy for policy in map(read_text, texts) if policy]
    wide = set(_wide_actions(policies))
    if not any(all(wide.intersection(group) for group in groups) for groups in _paths()):
        return ()
    access = access_of(policies, boundary=read_text(boundary) if boundary else None)
    if is_administrator(access):
        return ()
    return tuple(path.path.id for path in paths_of(access) if path.path.kind in _KINDS and _is_open(path))


@cache
def _paths() -> tuple[tuple[tuple[str, ...], ...], ...]:
    """Of each path, the actions that must be open on whatever there is: one of each group."""
    return tuple(
        tuple(group for group in path.actions if path.kind != "pass-role" or PASS_ROLE in group)
        for path in known_paths()
        if path.kind in _KINDS
    )


def _wide_actions(policies: Iterable[Policy]) -> Iterator[str]:
    """The actions of paths that statements allow on whatever there is: a quick look before the exact one."""
    wide = [one for policy in policies for one in policy.statements if one.allows and _names_nothing(one)]
    asked = {action for groups in _paths() for group in groups for action in group} if wide else ()
    for action in asked:
        if any(names_action(statement.actions, action) for statement in wide):
            yield action


def _is_open(path: OpenPath) -> bool:
    if path.path.kind == "pass-role":
        return all(_is_wide(step) for step in path.steps if step.action == PASS_ROLE)
    return all(map(_is_wide, path.steps))


def _is_wide(step: Step) -> bool:
    return any(_names_nothing(found.statement) for found in step.found)


def _names_nothing(statement: PolicyStatement) -> bool:
    """Whether a statement says of no resource so much as the beginning of a name."""
    if any(map(limits_resource, statement.tests)):
        return False
    resources = statement.resources
    return resources is None or resources.excluded or any(map(_is_nameless, resources.patterns))


# Their ARNs have no kind of resource before the name.
_NO_KIND = ("s3", "execute-api")


def _is_nameless(pattern: str) -> bool:
    parts = pattern.split(":", 5)
    name = parts[-1]
    kind = re.match(r"[a-z-]+[:/]", name)
    if kind and len(parts) == 6 and parts[2] not in _NO_KIND:
        name = name[kind.end() :]
    return name[:1] in ("*", "?")


def _policy(*statements: dict[str, object]) -> Resources:
    return one_policy("aws_iam_policy", "policy", *statements)


def _allow(*actions: str, resource: str = "*", **more: object) -> dict[str, object]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource, **more}


_WORKER = "arn:aws:iam::111122223333:role/worker"
_TO_LAMBDA = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
_TLS = {"Bool": {"aws:SecureTransport": "true"}}

RULES = (
    Rule(
        id="LF_PRIVILEGE_ESCALATION",
        title="Nobody can get rights that he was not given",
        severity="high",
        types=(*_BESIDE, "aws_iam_policy"),
        rationale="Who may change a policy, pass any role to something that runs his code, or take somebody's place, "
        "has all rights of the account, whatever his policies say.",
        remediation="Name the roles that are passed and the resources that are changed, and give roles that make "
        "roles a condition on iam:PermissionsBoundary.",
        judge=_escalates,
        good=(
            _policy(_allow("lambda:CreateFunction"), _allow("iam:PassRole", resource=_WORKER, Condition=_TO_LAMBDA)),
            _policy(_allow("iam:CreateAccessKey", resource="arn:aws:iam::*:user/${aws:username}")),
            _policy(_allow("s3:GetObject", resource="arn:aws:s3:::ledger/*")),
        ),
        bad=(
            _policy(_allow("iam:CreatePolicyVersion", resource="arn:aws:iam::111122223333:policy/*")),
            _policy(
                _allow("lambda:CreateFunction", "lambda:InvokeFunction", Condition=_TLS),
                _allow("iam:PassRole", Condition=_TO_LAMBDA),
            ),
            {
                "aws_iam_role": {"r": {"name": "r"}},
                "aws_iam_role_policy": {
                    "a": {"role": "${aws_iam_role.r.id}", "policy": document(_allow("ec2:RunInstances"))},
                    "b": {"role": "r", "policy": document(_allow("iam:PassRole"))},
                },
            },
        ),
    ),
)  # fmt: skip
