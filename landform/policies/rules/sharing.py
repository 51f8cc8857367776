"""Policies of resources: who from outside gets in, for whom AWS's services act, and over which line.

Follows "The meaning of public" of the S3 guide, which most services go by, and "The confused deputy problem" of the
IAM guide. checkov finds a plain statement for everyone on a few types, and passes over one with a condition; here a
condition counts where it says who.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from landform.iam.access import access_of
from landform.iam.conditions import OPERATORS, ConditionTest
from landform.iam.lint import flaws_of
from landform.iam.policy import EVERYONE, Names, Policy, PolicyStatement
from landform.iam.region import ANYTHING, Box, uncovered
from landform.policies.documents import FoundPolicy, each_policy, policies_of, types_with
from landform.policies.rule import Breach, Rule, Undecided, Verdict, must_be
from landform.policies.rules.grants import document, flawed, one_policy, said_of
from landform.policies.view import Block

# Services that send neither aws:SourceArn nor aws:SourceAccount with these actions: EventBridge where it publishes
# ("Using resource-based policies for Amazon EventBridge"), load balancers where they write their access logs.
_NO_SOURCE = (
    ("events.amazonaws.com", "sns:"),
    ("logdelivery.elasticloadbalancing.amazonaws.com", "s3:"),
    ("logdelivery.elb.amazonaws.com", "s3:"),
)
# A deny that spares AWS's own services is as good as one that spares nobody.
_OF_SERVICES = frozenset(("aws:principalisawsservice", "aws:viaawsservice"))
_DOMAINS = ("aws_opensearch_domain", "aws_elasticsearch_domain")


def _public(found: FoundPolicy) -> Iterator[Breach]:
    denies = tuple(statement for statement in found.policy.statements if not statement.allows)
    for flaw in found.flaws:
        if flaw.kind == "public-principal":
            left = replace(flaw.statement, tests=(*flaw.statement.tests, *_left(flaw.statement, denies)))
            alone = flaws_of(Policy((left,), version=found.policy.version))
            if any(other.kind == "public-principal" for other in alone):
                yield said_of(found.path, flaw.statement, "is for everyone")


def _left(allow: PolicyStatement, denies: tuple[PolicyStatement, ...]) -> Iterator[ConditionTest]:
    """What must hold of a request that the denies leave: a deny of all whose organisation is another leaves one."""
    for deny in denies:
        tests = [test for test in deny.tests if test.key.lower() not in _OF_SERVICES]
        excepting = [test for test in tests if test.operator.negated and not test.if_exists]
        if len(tests) == len(excepting) == 1 and _covers(deny, allow):
            positive = OPERATORS[tests[0].operator.name.replace("Not", "", 1).lower()]
            yield replace(tests[0], operator=positive)


def _covers(deny: PolicyStatement, allow: PolicyStatement) -> bool:
    if deny.principals is None or deny.principals.named != (EVERYONE,) or deny.principals.excluded:
        return False
    wide, narrow = _as_box(deny), _as_box(allow)
    return wide.surely_covers(narrow) or uncovered([narrow], [wide]) is None


def _as_box(statement: PolicyStatement) -> Box:
    actions = replace(statement.actions, patterns=tuple(map(str.lower, statement.actions.patterns)))
    return Box(actions, statement.resources or ANYTHING)


LEFT_TO_CHECKOV = (
    "aws_ecr_repository_policy",
    "aws_kms_key",
    "aws_s3_bucket_policy",
    "aws_sns_topic_policy",
    "aws_sqs_queue_policy",
)
"""The types of which checkov finds a policy for everyone, where it is text and nothing in it has a condition."""


def _is_left(block: Block, found: FoundPolicy) -> bool:
    plain = all(not statement.tests for statement in found.policy.statements if statement.allows)
    return block.type in LEFT_TO_CHECKOV and plain and found.text in block.values(found.path)


def _not_public(block: Block) -> Iterator[Verdict]:
    # AWS's guide wants an open policy on a domain in a VPC whose own users and roles decide.
    fine_grained = block.value("advanced_security_options.enabled") is True
    if block.type in _DOMAINS and block.objects("vpc_options") and fine_grained:
        return
    for found in policies_of(block, "resource", "trust"):
        if isinstance(found, Undecided):
            yield found
        elif not _is_left(block, found):
            yield from _public(found)


def _has_source(statement: PolicyStatement) -> bool:
    """Whether the services of a statement say for whom they act."""
    services = {one.id for one in statement.principals.named} if statement.principals else set()
    return not any(
        services == {service} and all(text.lower().startswith(prefix) for text in statement.actions.patterns)
        for service, prefix in _NO_SOURCE
    )


# Besides those that say who, the keys that close an endpoint.
_NARROWED_BY = frozenset(
    ("aws:principalisawsservice", "aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths")
)
_OPEN = "lets everyone's credentials reach everyone's resources"


def _closed_endpoint(found: FoundPolicy) -> Iterator[Breach]:
    for flaw in found.flaws:
        statement = flaw.statement
        anything = statement.resources is not None and statement.resources.everything
        narrowed = any(test.key.lower() in _NARROWED_BY for test in statement.tests)
        if flaw.kind == "public-principal" and anything and not narrowed:
            yield said_of(found.path, statement, _OPEN)


_closed = each_policy(_closed_endpoint, "endpoint")


def _perimeter(block: Block) -> Iterator[Verdict]:
    """Gateway endpoints are judged without a policy too, which is AWS's own, open one: each of them takes one."""
    if block.type == "aws_vpc_endpoint" and not block.values("policy"):
        beside = block.stack.about(block, "aws_vpc_endpoint_policy", "vpc_endpoint_id")
        if block.value("vpc_endpoint_type") in (None, "Gateway") and not beside:
            yield Breach(f"has no policy, so that it {_OPEN}", ("policy",))
    yield from _closed(block)


_OVER_HTTP = (ConditionTest(OPERATORS["bool"], "aws:SecureTransport", ("false",)),)

# The services that answer over plain HTTP too ("AWS service endpoints"; EFS over NFS), and what must not be asked so.
_PLAIN: Mapping[str, tuple[str, ...]] = {
    "aws_dynamodb_resource_policy": ("dynamodb:GetItem", "dynamodb:PutItem"),
    "aws_efs_file_system_policy": ("elasticfilesystem:ClientMount",),
    "aws_s3_bucket": ("s3:GetObject", "s3:ListBucket", "s3:PutObject"),
    "aws_s3_bucket_policy": ("s3:GetObject", "s3:ListBucket", "s3:PutObject"),
    "aws_sns_topic": ("sns:Publish",),
    "aws_sns_topic_policy": ("sns:Publish",),
    "aws_sqs_queue": ("sqs:ReceiveMessage", "sqs:SendMessage"),
    "aws_sqs_queue_policy": ("sqs:ReceiveMessage", "sqs:SendMessage"),
}


def denied(policy: Policy, action: str, tests: tuple[ConditionTest, ...] = ()) -> bool:
    """Whether a resource's policy denies an action to everyone, where some conditions hold."""
    asked = Box(Names((action.lower(),), variables=False), tests=tests)
    # The resource is the policy's own: how a statement writes it, with or without its objects, says nothing here.
    return _denied(tuple(replace(box, resources=ANYTHING) for box in access_of([policy]).denies), asked)


# Without their resources, the denies of a fleet's policies are the same few.
@lru_cache(maxsize=1_024)
def _denied(denies: tuple[Box, ...], asked: Box) -> bool:
    return uncovered([asked], denies) is None


def _over_tls(block: Block) -> Iterator[Verdict]:
    found = tuple(policies_of(block, "resource"))
    beside = found or block.stack.about(block, "aws_s3_bucket_policy", "bucket")
    if block.type == "aws_s3_bucket" and not beside:
        yield Breach("has no policy that denies requests without TLS", ("policy",))
    for one in found:
        if isinstance(one, Undecided):
            yield one
        elif not all(denied(one.policy, action, _OVER_HTTP) for action in _PLAIN[block.type]):
            yield Breach(f"{one.path} does not deny requests without TLS", (one.path,))


_KEPT = ("backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle")


def _kept(found: FoundPolicy) -> Iterator[Breach]:
    """A deny may spare somebody, as the role of emergencies; that is judged by whom it spares, and not here."""
    anyhow = Policy(
        tuple(replace(one, tests=()) for one in found.policy.statements), version=found.policy.version
    )
    if not all(denied(anyhow, action) for action in _KEPT):
        yield Breach(f"{found.path} does not deny that backups are deleted or end sooner", (found.path,))


_EVERYONE: dict[str, object] = {
    "Effect": "Allow",
    "Principal": "*",
    "Action": "sqs:SendMessage",
    "Resource": "*",
}
_TLS: dict[str, object] = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "sqs:*",
    "Resource": "*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
_SERVICE: dict[str, object] = {**_EVERYONE, "Principal": {"Service": "s3.amazonaws.com"}}
_ORGANIZATION = {"StringEquals": {"aws:PrincipalOrgID": "o-acme000001"}}
_ACCOUNT = {"StringEquals": {"aws:SourceAccount": "111122223333"}}
_THROUGH: dict[str, object] = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}
_NO_DELETES: dict[str, object] = {"Effect": "Deny", "Principal": "*", "Action": list(_KEPT), "Resource": "*"}
_QUEUE = ("aws_sqs_queue_policy", "policy")

RULES = (
    Rule(
        id="LF_POLICY_PUBLIC",
        title="No policy is for everyone",
        severity="critical",
        types=types_with("resource", "trust"),
        rationale="A statement for the principal * lets in every account of AWS, unless a condition says who; one on "
        "TLS, on a second factor or on a tag does not.",
        remediation="Name the principals, as landform's grants do, or add a condition such as aws:PrincipalOrgID.",
        judge=_not_public,
        good=(
            one_policy(*_QUEUE, {**_EVERYONE, "Condition": _ORGANIZATION}),
            one_policy(*_QUEUE, {**_EVERYONE, "Condition": {"StringEquals": {"AWS:SourceOwner": "111122223333"}}}),
            one_policy(
                *_QUEUE,
                _EVERYONE,
                {**_TLS, "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-acme000001"}}},
            ),
        ),
        bad=(
            one_policy(*_QUEUE, {**_EVERYONE, "Condition": {"Bool": {"aws:SecureTransport": "true"}}}),
            one_policy("aws_backup_vault_policy", "policy", {**_EVERYONE, "Action": "backup:CopyIntoBackupVault"}),
        ),
    ),
    Rule(
        id="LF_POLICY_CONFUSED_DEPUTY",
        title="A service that is let in says for whom it acts",
        severity="medium",
        types=types_with("resource"),
        rationale="A service acts for whoever asks it: without aws:SourceAccount or aws:SourceArn, the customer of "
        "another account has it write to, or read, this resource.",
        remediation="Add a condition on aws:SourceAccount, aws:SourceArn or aws:SourceOrgID, as landform's "
        "`allow_service(...)` does.",
        judge=flawed(
            ("confused-deputy",), "lets a service in whoever it acts for", "resource", where=_has_source
        ),
        good=(one_policy(*_QUEUE, {**_SERVICE, "Condition": _ACCOUNT}),),
        bad=(one_policy(*_QUEUE, _SERVICE),),
    ),
    Rule(
        id="LF_POLICY_TLS",
        title="Requests without TLS are denied where a service would answer them",
        severity="medium",
        types=tuple(_PLAIN),
        rationale="S3, SQS, SNS, DynamoDB and EFS take requests over an unencrypted line, where others read and change "
        "them.",
        remediation="Deny every action to everyone where aws:SecureTransport is false, as landform's constructs do.",
        judge=_over_tls,
        controls=("S3.5",),
        good=(
            one_policy(*_QUEUE, _TLS),
            {
                "aws_s3_bucket": {"b": {"bucket": "b"}},
                "aws_s3_bucket_policy": {
                    "b": {"bucket": "b", "policy": document({**_TLS, "Action": "*"})}
                },
            },
            {"aws_sns_topic": {"t": {"name": "t"}}},
        ),
        bad=(
            one_policy(*_QUEUE, _EVERYONE),
            one_policy(*_QUEUE, {**_TLS, "Action": "sqs:PurgeQueue"}),
            one_policy(*_QUEUE, {**_TLS, "Condition": {"Bool": {"aws:SecureTransport": "true"}}}),
            {"aws_s3_bucket": {"b": {"bucket": "b"}}},
        ),
    ),
    Rule(
        id="LF_ENDPOINT_PERIMETER",
        title="The policy of a VPC endpoint says whose credentials, or whose resources",
        severity="medium",
        types=types_with("endpoint"),
        rationale="Through an open endpoint, whoever is in the network copies data to an account of his own, with "
        "credentials of that account.",
        remediation="Allow the organisation's principals (aws:PrincipalOrgID) or resources (aws:ResourceOrgID) "
        "alone, as landform's `Vpc` does.",
        judge=_perimeter,
        good=(
            one_policy("aws_vpc_endpoint", "policy", {**_THROUGH, "Condition": _ORGANIZATION}),
            one_policy("aws_vpc_endpoint_policy", "policy", {**_THROUGH, "Resource": "arn:aws:s3:::ledger/*"}),
            {"aws_vpc_endpoint": {"e": {"vpc_endpoint_type": "Interface"}}},
        ),
        bad=(
            one_policy("aws_vpc_endpoint", "policy", _THROUGH),
            {"aws_vpc_endpoint": {"e": {"service_name": "com.amazonaws.eu-west-1.s3"}}},
        ),
    ),
    Rule(
        id="LF_VAULT_DELETES",
        title="The policy of a backup vault denies that backups are deleted",
        severity="medium",
        types=("aws_backup_vault_policy",),
        rationale="Whoever has got in deletes the backups before the data; a vault's policy stands in the way of every "
        "role's own.",
        remediation="Deny backup:DeleteRecoveryPoint and backup:UpdateRecoveryPointLifecycle to everyone, as "
        "landform's `BackupVault` does.",
        judge=each_policy(_kept, "resource"),
        good=(one_policy("aws_backup_vault_policy", "policy", _NO_DELETES),),
        bad=(
            one_policy(
                "aws_backup_vault_policy", "policy", {**_NO_DELETES, "Action": "backup:DeleteRecoveryPoint"}
            ),
        ),
    ),
    Rule(
        id="LF_SECRET_POLICY_CHECKED",
        title="Secrets Manager refuses a policy that would make a secret public",
        severity="low",
        types=("aws_secretsmanager_secret_policy",),
        rationale="Secrets Manager proves with automated reasoning that a policy is not public, where it is asked to.",
        remediation='Set block_public_policy = true, as landform\'s `Secret(self, "Name")` does.',
        judge=must_be("block_public_policy", True),
        good=({"aws_secretsmanager_secret_policy": {"p": {"block_public_policy": True}}},),
        bad=({"aws_secretsmanager_secret_policy": {"p": {"policy": "{}"}}},),
    ),
)  # fmt: skip
