"""Policy documents wherever they stand in a stack, read once and for all rules.

A policy is the text of an argument, or a data source ``aws_iam_policy_document`` that the argument refers to, which
is put together here as the provider does it ("Data Source: aws_iam_policy_document"). What is put together from
values that only Terraform knows is not read at all, and says so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Literal

from landform.errors import LandformError
from landform.iam.lint import Flaw, flaws_of
from landform.iam.policy import Policy, parse_policy, unescaped
from landform.policies.result import UNREADABLE
from landform.policies.rule import Breach, Judge, Undecided, Verdict
from landform.policies.view import INSTANCE, Block

PolicyKind = Literal["identity", "trust", "resource", "endpoint"]
"""What a policy is for: what its holder may do, who may assume a role, who may do what with a resource, or what may
pass through a VPC endpoint, which grants nothing."""

# The types whose policy stands in an argument of this name. Policies of another grammar, as those of a lifecycle or
# of data protection, are not here; API Gateway's are not either, as an API that everyone may call is no mistake.
_ARGUMENTS: Mapping[tuple[PolicyKind, str], tuple[str, ...]] = {
    ("identity", "policy"): (
        "aws_iam_group_policy", "aws_iam_policy", "aws_iam_role_policy", "aws_iam_user_policy",
    ),
    ("identity", "inline_policy.policy"): ("aws_iam_role",),
    ("identity", "inline_policy"): ("aws_ssoadmin_permission_set_inline_policy",),
    ("trust", "assume_role_policy"): ("aws_iam_role",),
    ("endpoint", "policy"): ("aws_vpc_endpoint", "aws_vpc_endpoint_policy"),
    ("resource", "access_policies"): (
        "aws_elasticsearch_domain", "aws_elasticsearch_domain_policy", "aws_opensearch_domain",
        "aws_opensearch_domain_policy",
    ),
    ("resource", "access_policy"): (
        "aws_cloudsearch_domain_service_access_policy", "aws_cloudwatch_log_destination_policy", "aws_glacier_vault",
    ),
    ("resource", "content"): ("aws_organizations_resource_policy",),
    ("resource", "delivery_destination_policy"): ("aws_cloudwatch_log_delivery_destination_policy",),
    ("resource", "details.policy"): ("aws_s3control_multi_region_access_point_policy",),
    ("resource", "policy"): (
        "aws_acmpca_policy", "aws_backup_vault_policy", "aws_cloudwatch_event_bus_policy",
        "aws_codebuild_resource_policy", "aws_dynamodb_resource_policy", "aws_ecr_registry_policy",
        "aws_ecr_repository_policy",
        "aws_efs_file_system_policy", "aws_glue_resource_policy", "aws_kinesis_resource_policy", "aws_kms_external_key",
        "aws_kms_key", "aws_kms_key_policy", "aws_kms_replica_external_key", "aws_kms_replica_key",
        "aws_media_store_container_policy", "aws_msk_cluster_policy", "aws_networkfirewall_resource_policy",
        "aws_oam_sink_policy", "aws_redshift_resource_policy", "aws_redshiftserverless_resource_policy",
        "aws_s3_access_point", "aws_s3_bucket", "aws_s3_bucket_policy",
        "aws_s3control_access_grants_instance_resource_policy", "aws_s3control_access_point_policy",
        "aws_s3control_bucket_policy", "aws_s3control_object_lambda_access_point_policy", "aws_schemas_registry_policy",
        "aws_secretsmanager_secret", "aws_secretsmanager_secret_policy", "aws_ses_identity_policy",
        "aws_sesv2_email_identity_policy", "aws_sns_topic", "aws_sns_topic_policy", "aws_sqs_queue",
        "aws_sqs_queue_policy", "aws_vpclattice_auth_policy", "aws_vpclattice_resource_policy",
    ),
    ("resource", "policy_document"): (
        "aws_cloudwatch_log_resource_policy", "aws_codeartifact_domain_permissions_policy",
        "aws_codeartifact_repository_permissions_policy", "aws_xray_resource_policy",
    ),
    ("resource", "repository_policy"): ("aws_ecr_repository_creation_template",),
    ("resource", "resource_policy"): (
        "aws_s3tables_table_bucket_policy", "aws_s3tables_table_policy", "aws_sagemaker_model_package_group_policy",
    ),
}  # fmt: skip

_BY_TYPE: dict[str, list[tuple[PolicyKind, str]]] = {}
for _place, _types in _ARGUMENTS.items():
    for _type in _types:
        _BY_TYPE.setdefault(_type, []).append(_place)

POLICY_PLACES: Mapping[str, tuple[tuple[PolicyKind, str], ...]] = MappingProxyType(
    {name: tuple(places) for name, places in sorted(_BY_TYPE.items())}
)
"""Where the policies of a resource type stand, and what they are for."""

_DOCUMENT_TYPE = "aws_iam_policy_document"
_DOCUMENT = re.compile(
    r"\$\{\s*data\."
    + _DOCUMENT_TYPE
    + rf"\.([\w-]+(?:{INSTANCE})?)"
    + r"(?:\[[^\]]*\])?\.(?:minified_)?json\s*\}"
)


@dataclass(frozen=True, slots=True)
class FoundPolicy:
    """A policy that was read, what it is for, and the argument that it stands in. ``text`` is its JSON."""

    kind: PolicyKind
    path: str
    text: str
    policy: Policy

    @property
    def flaws(self) -> tuple[Flaw, ...]:
        """What is wrong in it, looked at once however many rules ask, and in however many stacks it stands."""
        return _flaws(self.text)


def types_with(*kinds: PolicyKind) -> tuple[str, ...]:
    """The resource types that have policies of some kinds."""
    return tuple(name for name, places in POLICY_PLACES.items() if any(kind in kinds for kind, _ in places))


def policies_of(block: Block, *kinds: PolicyKind) -> Iterator[FoundPolicy | Undecided]:
    """The policies of a block that are of some kinds; where one cannot be read, that it cannot."""
    for kind, path in POLICY_PLACES.get(block.type, ()):
        for text in block.values(path) if kind in kinds else ():
            literal = _text(block, text)
            policy = read_text(literal)
            yield FoundPolicy(kind, path, literal, policy) if policy else Undecided(UNREADABLE)


def _text(block: Block, value: object) -> str:
    """The JSON that a value of a block is, or refers to; empty where it cannot be told."""
    text = value if isinstance(value, str) else ""
    reference = _DOCUMENT.fullmatch(text.strip())
    if reference is None:
        return text
    body = _composed(block, reference[1], frozenset())
    return "" if body is None else json.dumps(body)


def each_policy(judge: Callable[[FoundPolicy], Iterable[Breach]], *kinds: PolicyKind) -> Judge:
    """The judgement of every policy of some kinds that a block has."""

    def judge_all(block: Block) -> Iterator[Verdict]:
        for found in policies_of(block, *kinds):
            if isinstance(found, Undecided):
                yield found
            else:
                yield from judge(found)

    return judge_all


@lru_cache(maxsize=4_096)
def read_text(text: str) -> Policy | None:
    """The policy of a JSON text in Terraform's quoting; None for what is no policy that AWS would take."""
    try:
        return parse_policy(unescaped(text))
    except LandformError:
        return None


@lru_cache(maxsize=4_096)
def _flaws(text: str) -> tuple[Flaw, ...]:
    policy = read_text(text)
    return flaws_of(policy) if policy else ()


def _composed(block: Block, name: str, within: frozenset[str]) -> Mapping[str, Any] | None:
    """The document that a data source gives, as JSON; None where a part of it is known only to Terraform."""
    called = block.stack.called(f"data.{_DOCUMENT_TYPE}.{name}")
    # Which of several instances is meant is known only to Terraform.
    source = called[0] if len(called) == 1 else None
    if source is None or name in within or "dynamic" in source.body:
        return None
    by_sid: dict[object, Any] = {}

    def merge(statements: Iterable[Any]) -> None:
        for statement in statements:
            by_sid[statement.get("Sid") or len(by_sid)] = statement

    def merge_all(path: str) -> bool:
        for text in source.values(path):
            reference = _DOCUMENT.fullmatch(text.strip()) if isinstance(text, str) else None
            inner = _composed(block, reference[1], within | {name}) if reference else _decoded(text)
            if inner is None:
                return False
            statements = inner.get("Statement", [])
            merge(statements if isinstance(statements, list) else [statements])
        return True

    if not merge_all("source_policy_documents"):
        return None
    merge(map(_statement, source.objects("statement")))
    if not merge_all("override_policy_documents"):
        return None
    return {"Version": source.value("version") or "2012-10-17", "Statement": list(by_sid.values())}


def _decoded(text: Any) -> Mapping[str, Any] | None:
    try:
        document = json.loads(text)
    except (TypeError, ValueError):
        return None
    statements = document.get("Statement") if isinstance(document, Mapping) else None
    every = statements if isinstance(statements, list) else [statements]
    return document if statements and all(isinstance(one, Mapping) for one in every) else None


_ELEMENTS = (
    ("actions", "Action"), ("not_actions", "NotAction"), ("resources", "Resource"), ("not_resources", "NotResource"),
)  # fmt: skip


def _statement(given: Mapping[str, Any]) -> dict[str, Any]:
    statement: dict[str, Any] = {"Sid": given.get("sid") or "", "Effect": given.get("effect") or "Allow"}
    for argument, element in _ELEMENTS:
        if given.get(argument):
            statement[element] = _unmarked(given[argument])
    for argument, element in (("principals", "Principal"), ("not_principals", "NotPrincipal")):
        named: dict[str, list[str]] = {}
        for one in _listed(given.get(argument)):
            named.setdefault(str(one.get("type")), []).extend(_listed(_unmarked(one.get("identifiers"))))
        if named:
            statement[element] = "*" if "*" in named else named
    condition: dict[str, dict[str, list[Any]]] = {}
    for one in _listed(given.get("condition")):
        values = _listed(_unmarked(one.get("values")))
        condition.setdefault(str(one.get("test")), {}).setdefault(str(one.get("variable")), []).extend(values)
    return {**statement, "Condition": condition} if condition else statement


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _unmarked(value: Any) -> Any:
    """The data source writes IAM's own variables with an ampersand, so that Terraform leaves them alone."""
    if isinstance(value, list):
        return [_unmarked(item) for item in value]
    return value.replace("&{", "$${") if isinstance(value, str) else value


# The argument of aws_lambda_permission -> the test that Lambda makes of it in the function's policy.
_TESTS = (
    ("source_arn", "ArnLike", "AWS:SourceArn"),
    ("source_account", "StringEquals", "AWS:SourceAccount"),
    ("principal_org_id", "StringEquals", "aws:PrincipalOrgID"),
    ("function_url_auth_type", "StringEquals", "lambda:FunctionUrlAuthType"),
    ("event_source_token", "StringEquals", "lambda:EventSourceToken"),
)


def lambda_statement(body: Mapping[str, Any]) -> dict[str, Any]:
    """The statement that Lambda makes of an ``aws_lambda_permission``.

    Follows "Viewing resource-based IAM policies in Lambda" of Lambda's guide. The resource is left to the function
    that it is attached to.
    """
    who = str(body["principal"])
    kind = "Service" if "." in who and not who.startswith("arn:") else "AWS"
    tests: dict[str, dict[str, str]] = {}
    for argument, operator, key in _TESTS:
        if isinstance(body.get(argument), str):
            tests.setdefault(operator, {})[key] = body[argument]
    return {
        "Sid": str(body.get("statement_id", "")),
        "Effect": "Allow",
        "Principal": "*" if who == "*" else {kind: who},
        "Action": body["action"],
        "Resource": "*",
        **({"Condition": tests} if tests else {}),
    }
