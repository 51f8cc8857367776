"""Whether the policies of an organisation would lock out a role that must go on working: what an account is made with.

Follows "Policy evaluation logic" of the IAM guide: an explicit deny of a service control policy holds whatever the
role itself is allowed. What is asked is what such policies deny to a role that is allowed everything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from landform.iam.evaluate import Verdict, evaluate
from landform.iam.identity import Guardrails, Identity, Request, Resource
from landform.iam.policy import parse_policy

# Without any of these no stack of landform's is planned and applied any more.
APPLY_NEEDS = (
    "ec2:DescribeRegions",
    "iam:CreateRole",
    "iam:GetRole",
    "iam:PutRolePolicy",
    "kms:CreateKey",
    "kms:Decrypt",
    "kms:GenerateDataKey",
    "s3:GetObject",
    "s3:ListBucket",
    "s3:PutObject",
    "ssm:PutParameter",
    "sts:GetCallerIdentity",
)

_EVERYTHING = parse_policy({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})


def locked_out(
    documents: Sequence[Mapping[str, Any]],
    role_arn: str,
    actions: Sequence[str] = APPLY_NEEDS,
    *,
    resource: str = "*",
    context: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
) -> tuple[str, ...]:
    """Which of some actions service control policies deny a role, in the order they were given.

    An action is denied where that is certain. A deny that hangs on a key that neither follows from the role nor is in
    ``context``, such as a tag of the request, does not count: some requests get through.

    Args:
        documents: the service control policies over the role's account, those of every unit above it too. Beside them
            AWS's own FullAWSAccess is taken to stand.
        role_arn: the role.
        actions: as ``service:Action``.
        resource: what they are done to.
        context: what is known of condition keys, ``{"aws:RequestedRegion": ("eu-west-1",)}``.

    Raises:
        LandformError: ``argument-value`` for a document that AWS would not take.

    >>> from landform.iam.lockout import locked_out
    >>> shut = {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}}
    >>> locked_out([shut], "arn:aws:iam::111111111111:role/landform-apply", ["s3:PutObject", "iam:CreateRole"])
    ('s3:PutObject',)
    """
    identity = Identity(role_arn, policies=(_EVERYTHING,))
    over = (_EVERYTHING, *(parse_policy(document) for document in documents))
    guardrails = {str(identity.account): Guardrails(scps=(over,))}
    known = {
        "aws:PrincipalType": ("AssumedRole",),
        "aws:SecureTransport": ("true",),
        "aws:ViaAWSService": ("false",),
        **context,
    }
    return tuple(
        action
        for action in actions
        if evaluate(Request(identity, action, Resource(resource), known), guardrails).verdict
        is Verdict.DENIED
    )
