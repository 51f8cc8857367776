"""What the spec says of where a stack stands, held on what is in it.

It says the account, the regions and services, the tags and how names begin. A stack that landform's constructs make
keeps it by itself; one that was mounted, or written by hand, need not. Without a spec these rules do not apply.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from landform.policies.rule import Breach, Rule, Undecided, Verdict
from landform.policies.services import service_of
from landform.policies.view import Block, Surroundings, is_known
from landform.schema.pack import shipped_pack

_GLOBAL = ("us-east-1", "us-gov-west-1", "cn-north-1")
"""Where, in each partition, services without a region, as CloudFront and its web ACLs and certificates, are made."""


def _of_aws(
    judge: Callable[[Block, Surroundings], Iterator[Verdict]],
) -> Callable[[Block], Iterator[Verdict]]:
    """The judgement of an AWS provider's configurations; other providers have neither accounts nor regions."""

    def judge_it(block: Block) -> Iterator[Verdict]:
        around = block.stack.surroundings
        if around is not None and block.name.partition(".")[0] == "aws":
            yield from judge(block, around)

    return judge_it


def _in_account(block: Block, around: Surroundings) -> Iterator[Verdict]:
    argument = "allowed_account_ids"
    allowed = block.values(argument)
    if not is_known(allowed):
        yield Undecided(f"{argument} is known only to Terraform")
    elif not allowed:
        yield Breach(f"does not say by {argument} that it is for the stack's account alone", (argument,))
    elif {str(one) for one in allowed} != {around.account_id}:
        yield Breach(f"is for another account than the stack's, by {argument}", (argument,))


def _in_region(block: Block, around: Surroundings) -> Iterator[Verdict]:
    region = block.value("region")
    if not is_known(region):
        yield Undecided("region is known only to Terraform")
    elif region is None:
        yield Breach("has no region, so that the environment decides", ("region",))
    elif region not in (*around.regions, *_GLOBAL):
        yield Breach("is for a region that the spec does not allow here", ("region",))


def _has_tags(block: Block) -> Iterator[Verdict]:
    """A tag that the provider gives by default counts, where all configurations of it give it."""
    around = block.stack.surroundings
    if around is None or not _takes_tags(block):
        return
    own = block.value("tags")
    defaults = [_default_tags(other) for other in block.stack.blocks if _is_aws(other)]
    if not all(map(_is_readable, (own, *defaults))):
        yield Undecided("tags are known only to Terraform")
        return
    given = {*_keys(own), *(set.intersection(*map(_keys, defaults)) if defaults else ())}
    missing = [key for key in around.mandatory_tags if key not in given]
    if missing:
        yield Breach(f"has no tag {', '.join(missing)}, which the spec asks for", ("tags",))


def _takes_tags(block: Block) -> bool:
    pack = shipped_pack("aws")
    return (
        block.type in pack.resource_types
        and {"tags", "tags_all"} <= pack.resource(block.type).attributes.keys()
    )


def _is_aws(block: Block) -> bool:
    return block.kind == "provider" and block.name.partition(".")[0] == "aws"


def _default_tags(provider: Block) -> Any:
    return provider.value("default_tags.tags")


def _is_readable(tags: Any) -> bool:
    return tags in (None, "${null}") or isinstance(tags, Mapping)


def _keys(tags: Any) -> set[str]:
    return set(tags) if isinstance(tags, Mapping) else set()


def _is_allowed(block: Block) -> Iterator[Verdict]:
    around, service = block.stack.surroundings, service_of(block.type)
    if around is None or service is None:
        return
    if service in around.denied_services:
        yield Breach(f"is of {service}, which the spec denies here", ())
    elif around.services is not None and service not in around.services:
        yield Breach(f"is of {service}, which is not among the services that the spec allows here", ())


# The types whose names people and policies go by, one namespace an account or all of AWS, and the argument of the name.
# Names that AWS gives a form of its own, as a log group's or a parameter's path, are not here.
_NAMES: Mapping[str, str] = {
    "aws_db_instance": "identifier",
    "aws_dynamodb_table": "name",
    "aws_ecr_repository": "name",
    "aws_ecs_cluster": "name",
    "aws_eks_cluster": "name",
    "aws_iam_policy": "name",
    "aws_iam_role": "name",
    "aws_kinesis_stream": "name",
    "aws_lambda_function": "function_name",
    "aws_rds_cluster": "cluster_identifier",
    "aws_s3_bucket": "bucket",
    "aws_secretsmanager_secret": "name",
    "aws_sfn_state_machine": "name",
    "aws_sns_topic": "name",
    "aws_sqs_queue": "name",
}


_OWN_PREFIX = "landform"
"""What the names begin with of landform's own roles, which are the same in every organisation's accounts."""


def _is_named(block: Block) -> Iterator[Verdict]:
    """A name that only Terraform knows is judged by how it begins, if that much is literal."""
    around, argument = block.stack.surroundings, _NAMES[block.type]
    if around is None or not around.prefix:
        return
    given = next(
        ((key, block.value(key)) for key in (argument, f"{argument}_prefix") if block.value(key)), None
    )
    if given is None:
        yield Breach(f"has no {argument}, so that Terraform makes one up", (argument,))
    elif str(given[1]).startswith("${"):
        yield Undecided(f"{given[0]} is known only to Terraform")
    elif not any(_begins(str(given[1]), prefix) for prefix in (around.prefix, _OWN_PREFIX)):
        yield Breach(f"has a {given[0]} that does not begin with the organisation's prefix", (given[0],))


def _begins(name: str, prefix: str) -> bool:
    return name == prefix or name.startswith((f"{prefix}-", f"{prefix}/", f"{prefix}_"))


_HERE = Surroundings(
    "111122223333",
    ("eu-west-1", "eu-central-1"),
    ("owner", "cost-center"),
    prefix="acme",
    services=("iam", "kms", "sqs", "s3"),
    denied_services=("s3",),
    data_class="internal",
)
_PROVIDER = {"region": "eu-west-1", "allowed_account_ids": [_HERE.account_id]}
_ELSEWHERE = {"provider": {"aws": {"allowed_account_ids": ["999999999999"]}}}
_TAGS = {"owner": "payments", "cost-center": "1234"}

RULES = (
    Rule(
        id="LF_STACK_ACCOUNT",
        title="A provider is for the account of its stack alone",
        severity="high",
        types=("provider",),
        rationale="With credentials of another account Terraform makes the stack there, and the spec's account stays "
        "as it was.",
        remediation="Set allowed_account_ids to the account of the stack, as every `AwsStack` of landform does.",
        judge=_of_aws(_in_account),
        good=({"provider": {"aws": _PROVIDER, "random": {}}},),
        bad=(
            {"provider": {"aws": {"region": "eu-west-1"}}},
            _ELSEWHERE,
        ),
        within=_HERE,
    ),
    Rule(
        id="LF_STACK_REGION",
        title="A provider is for a region that the spec allows",
        severity="high",
        types=("provider",),
        rationale="Detectors, keys and backups are made in the regions of the spec, and what stands elsewhere has "
        "none.",
        remediation="Name a region of the account, or allow the region in the spec; us-east-1 is for global services.",
        judge=_of_aws(_in_region),
        good=(
            {"provider": {"aws": _PROVIDER}},
            {"provider": {"aws": {"alias": "global", "region": "us-east-1"}}},
        ),
        bad=({"provider": {"aws": {"region": "ap-east-1"}}}, {"provider": {"aws": {"alias": "any"}}}),
        within=_HERE,
    ),
    Rule(
        id="LF_MANDATORY_TAGS",
        title="What can have tags has those that the spec asks for",
        severity="low",
        types=("*",),
        rationale="What has no owner and no cost centre is paid for by nobody and mended by nobody.",
        remediation="Set the tags, or give the provider default_tags; landform's stacks tag what is in them.",
        judge=_has_tags,
        good=(
            {"aws_sqs_queue": {"q": {"tags": _TAGS}}, "aws_sqs_queue_policy": {"p": {"policy": "{}"}}},
            {
                "provider": {"aws": {"default_tags": {"tags": {"owner": "payments"}}}},
                "aws_sqs_queue": {"q": {"tags": {"cost-center": "1234"}}},
            },
        ),
        bad=(
            {"aws_sqs_queue": {"q": {"name": "q"}}, "aws_s3_bucket": {"b": {"tags": {"owner": "payments"}}}},
        ),
        within=_HERE,
    ),
    Rule(
        id="LF_STACK_SERVICE",
        title="What is made is of a service that the spec allows",
        severity="high",
        types=("*",),
        rationale="A service that the spec denies is one that nobody watches, backs up or has approved, and a service "
        "control policy may stop the apply half-way.",
        remediation="Use an allowed service, or change services or denied_services in the settings of the tier, the "
        "organizational unit or the account.",
        judge=_is_allowed,
        good=({"aws_sqs_queue": {"q": {"name": "acme-q"}}, "random_id": {"r": {"byte_length": 8}}},),
        bad=({"aws_s3_bucket": {"denied": {}}, "aws_db_instance": {"not-allowed": {}}},),
        within=_HERE,
    ),
    Rule(
        id="LF_STACK_NAME",
        title="Names begin with the organisation's prefix",
        severity="info",
        types=tuple(_NAMES),
        rationale="Guardrails and people find what is the organisation's by its prefix, and a bucket's name is taken "
        "from all of AWS.",
        remediation="Begin the name with the prefix of org.yaml, or leave naming to landform's constructs.",
        judge=_is_named,
        good=(
            {
                "aws_sqs_queue": {"q": {"name": "acme-orders"}},
                "aws_ecr_repository": {"r": {"name": "acme/orders"}},
                "aws_iam_role": {"r": {"name_prefix": "acme-${var.team}-"}, "p": {"name": "landform-plan"}},
            },
        ),
        bad=(
            {
                "aws_sqs_queue": {"q": {"name": "orders"}, "r": {}},
                "aws_s3_bucket": {"b": {"bucket": "acmeorders"}},
            },
        ),
        within=_HERE,
    ),
)
