"""What identity policies give: no more than somebody named, and what AWS knows.

Follows "Policy validation check reference" of IAM Access Analyzer and "Apply least-privilege permissions" of the IAM
guide. checkov's rules (cloudsplaining's) find wildcards in statements without conditions; they pass over a statement
with any condition, also with one that says nothing of the resource.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from landform.iam.conditions import ConditionTest
from landform.iam.lint import FlawKind
from landform.iam.policy import PolicyStatement
from landform.policies.documents import FoundPolicy, PolicyKind, each_policy, types_with
from landform.policies.rule import Breach, Judge, Resources, Rule
from landform.policies.view import Block

# Of AWS's global keys, those that are about the resource or about what is asked of it; the others say who or how.
_OF_RESOURCE = ("aws:resource", "aws:requesttag/", "aws:tagkeys")
_PASSED_TO = "iam:passedtoservice"


def limits_resource(test: ConditionTest) -> bool:
    """Whether a condition may say which resource is meant: every key of a service's own is taken to do so."""
    key = test.key.lower()
    if all(not value.strip("*:?") for value in test.values):
        return False
    return key.startswith(_OF_RESOURCE) if key.startswith("aws:") else key != _PASSED_TO


def said_of(path: str, statement: PolicyStatement, words: str) -> Breach:
    """A breach by a statement of the policy at a path."""
    return Breach(f"statement {statement.index + 1} of its {path} {words}", (path,))


def flawed(
    kinds: tuple[FlawKind, ...],
    words: str,
    *of: PolicyKind,
    where: Callable[[PolicyStatement], bool] = lambda statement: True,
) -> Judge:
    """No statement has a flaw of some kinds."""

    def judge(found: FoundPolicy) -> Iterator[Breach]:
        for flaw in found.flaws:
            if flaw.kind in kinds and where(flaw.statement):
                yield said_of(found.path, flaw.statement, words)

    return each_policy(judge, *of)


def _not_of_boundaries(judge: Judge) -> Judge:
    """A permissions boundary grants nothing: a wide allow is what it is made of."""
    return lambda block: () if is_boundary(block) else judge(block)


def is_boundary(block: Block) -> bool:
    """Whether a managed policy is a permissions boundary of the stack, or is called one and attached to nobody."""
    if block.type != "aws_iam_policy":
        return False
    users = block.stack.resources("aws_iam_role", "aws_iam_user")
    if any(block.is_meant_by(user.value("permissions_boundary")) for user in users):
        return True
    return "boundary" in str(block.value("name")).lower() and not any(
        block.is_meant_by(attachment.value("policy_arn"))
        for attachment in block.stack.resources(*ATTACHMENTS)
    )


ATTACHMENTS = (
    "aws_iam_role_policy_attachment",
    "aws_iam_user_policy_attachment",
    "aws_iam_group_policy_attachment",
    "aws_iam_policy_attachment",
)
"""What attaches a managed policy to somebody."""


def _how_only(statement: PolicyStatement) -> bool:
    return bool(statement.tests) and not any(map(limits_resource, statement.tests))


def one_policy(entity_type: str, argument: str, *statements: dict[str, object]) -> Resources:
    """An example of one resource with one policy."""
    return {entity_type: {"example": {argument: document(*statements)}}}


def document(*statements: dict[str, object]) -> str:
    """An example's policy."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _identity(**statement: object) -> Resources:
    return one_policy("aws_iam_policy", "policy", {"Effect": "Allow", **statement})


_KEY = "arn:aws:kms:eu-west-1:111122223333:key/0a1b"
_ROLE = "arn:aws:iam::111122223333:role/worker"
_TO_LAMBDA = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
_FROM_HOME = {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}

RULES = (
    Rule(
        id="LF_POLICY_ALL_BUT",
        title="A policy that allows names what it allows, not what it leaves out",
        severity="high",
        types=types_with("identity", "trust", "resource"),
        rationale="An Allow with NotAction, NotResource or NotPrincipal takes in every service, resource or account "
        "that there is, and those that AWS makes tomorrow.",
        remediation="Name the actions, resources or principals, as landform's grants do; what must never be is a Deny.",
        judge=_not_of_boundaries(
            flawed(
                ("not-action-allow", "not-resource-allow", "not-principal-allow"),
                "allows everything but what it names",
                "identity", "trust", "resource",
            )
        ),
        good=(
            _identity(Action="kms:Decrypt", Resource=_KEY),
            one_policy("aws_iam_policy", "policy", {"Effect": "Deny", "NotAction": "iam:*", "Resource": "*"}),
        ),
        bad=(_identity(NotAction="iam:*", Resource="*"), _identity(Action="kms:Decrypt", NotResource=_KEY)),
    ),
    Rule(
        id="LF_POLICY_ANY_RESOURCE",
        title="A condition on how a request is made does not stand in for its resource",
        severity="medium",
        types=types_with("identity"),
        rationale="A second factor, an address or TLS says how somebody asks; the statement still allows its actions "
        "on every resource of the account.",
        remediation="Name the resources, or add a condition on them, such as aws:ResourceTag or aws:ResourceAccount.",
        judge=_not_of_boundaries(
            flawed(
                ("wildcard-resource",),
                "allows on every resource what AWS can be told to allow on some, whatever its conditions",
                "identity",
                where=_how_only,
            )
        ),
        good=(
            _identity(Action="kms:Decrypt", Resource=_KEY, Condition=_FROM_HOME),
            _identity(
                Action="ec2:StartInstances",
                Resource="*",
                Condition={"StringEquals": {"aws:ResourceTag/team": "ledger"}},
            ),
            _identity(Action="ec2:DescribeInstances", Resource="*", Condition=_FROM_HOME),
        ),
        bad=(_identity(Action="kms:Decrypt", Resource="*", Condition=_FROM_HOME),),
    ),
    Rule(
        id="LF_POLICY_PASS_ROLE",
        title="A role is passed to named services alone (iam:PassedToService)",
        severity="medium",
        types=types_with("identity"),
        rationale="Whoever may pass a role to any service that trusts it may have it used by one that nobody thought "
        "of.",
        remediation="Add a condition on iam:PassedToService, and name the role.",
        judge=_not_of_boundaries(
            flawed(("pass-role-to-any-service",), "lets a role be passed to any service", "identity")
        ),
        good=(_identity(Action="iam:PassRole", Resource=_ROLE, Condition=_TO_LAMBDA),),
        bad=(_identity(Action="iam:PassRole", Resource=_ROLE), _identity(Action="iam:Pass*", Resource=_ROLE)),
    ),
    Rule(
        id="LF_POLICY_UNKNOWN_ACTION",
        title="Every action of a policy is one that AWS has",
        severity="low",
        types=types_with("identity", "trust", "resource", "endpoint"),
        rationale="A misspelt action allows nothing, and in a Deny it forbids nothing, which nobody notices.",
        remediation="Write the action as AWS's service authorization reference has it.",
        judge=flawed(
            ("unknown-action",),
            "has an action that AWS's table does not know",
            "identity", "trust", "resource", "endpoint",
        ),
        good=(_identity(Action=["s3:GetObject", "s3:List*"], Resource="*"),),
        bad=(_identity(Action="s3:GetObjets", Resource="*"), _identity(Action="s4:*", Resource="*")),
    ),
    Rule(
        id="LF_POLICY_UNKNOWN_KEY",
        title="Every condition key of a policy is one that its actions have",
        severity="low",
        types=types_with("identity", "resource"),
        rationale="A key that a request never carries makes an Allow allow nothing, and a Deny forbid nothing or all.",
        remediation="Take a key that AWS's service authorization reference has for the action.",
        judge=flawed(
            ("unknown-condition-key",),
            "has a condition on a key that none of its actions has",
            "identity", "resource",
        ),
        good=(_identity(Action="iam:PassRole", Resource=_ROLE, Condition=_TO_LAMBDA),),
        bad=(_identity(Action="kms:Decrypt", Resource=_KEY, Condition=_TO_LAMBDA),),
    ),
    Rule(
        id="LF_POLICY_NO_EFFECT",
        title="Every action of a policy stands beside a resource that it takes",
        severity="low",
        types=types_with("identity"),
        rationale="An action beside resources of another kind has no effect: the policy does not do what it reads "
        "like.",
        remediation="Give the action a statement of its own, with the resource that AWS's table says it takes.",
        judge=flawed(
            ("resource-mismatch",),
            "has an action that takes none of its resources",
            "identity",
        ),
        good=(_identity(Action="kms:Decrypt", Resource=_KEY),),
        bad=(_identity(Action="s3:GetObject", Resource="arn:aws:s3:::ledger"),),
    ),
)  # fmt: skip
