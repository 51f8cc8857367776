"""What a plan opens to everyone: to the internet, to every AWS account, or to a request that nobody signed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from landform.policies.change import ResourceChange, created, destroyed, updated
from landform.policies.plan_rule import Concern, PlanRule, PlanView, Risk, example_plan
from landform.policies.plan_rules.network import EVERYWHERE, ingress_of, is_everywhere
from landform.policies.plan_rules.values import acting, is_set, is_unknown, values_at

# Type and argument, and the values that open; by the provider's documentation of each.
_PUBLIC_ACLS = ("public-read", "public-read-write", "website", "authenticated-read")
EXPOSES: Mapping[tuple[str, str], tuple[object, ...]] = {
    **{
        (type, "publicly_accessible"): (True,)
        for type in (
            "aws_db_instance", "aws_rds_cluster_instance", "aws_redshift_cluster", "aws_redshiftserverless_workgroup",
            "aws_dms_replication_instance", "aws_mq_broker", "aws_neptune_cluster_instance", "aws_lightsail_database",
            "aws_timestreaminfluxdb_db_instance",
        )
    },
    ("aws_instance", "associate_public_ip_address"): (True,),
    ("aws_launch_template", "network_interfaces.associate_public_ip_address"): (True, "true"),
    ("aws_launch_configuration", "associate_public_ip_address"): (True,),
    ("aws_subnet", "map_public_ip_on_launch"): (True,),
    ("aws_eks_cluster", "vpc_config.endpoint_public_access"): (True,),
    ("aws_ecs_service", "network_configuration.assign_public_ip"): (True,),
    ("aws_lambda_function_url", "authorization_type"): ("NONE",),
    ("aws_api_gateway_method", "authorization"): ("NONE",),
    ("aws_apigatewayv2_route", "authorization_type"): ("NONE",),
    ("aws_appsync_graphql_api", "visibility"): ("GLOBAL",),
    ("aws_lb", "internal"): (False,),
    ("aws_alb", "internal"): (False,),
    ("aws_elb", "internal"): (False,),
    ("aws_s3_bucket", "acl"): _PUBLIC_ACLS,
    ("aws_s3_bucket_acl", "acl"): _PUBLIC_ACLS,
    ("aws_s3_object", "acl"): _PUBLIC_ACLS,
    **{
        (type, argument): (False,)
        for type in ("aws_s3_bucket_public_access_block", "aws_s3_account_public_access_block")
        for argument in ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
    },
    ("aws_ami_launch_permission", "group"): ("all",),
    ("aws_db_snapshot", "shared_accounts"): ("all",),
    ("aws_db_cluster_snapshot", "shared_accounts"): ("all",),
    ("aws_ebs_snapshot_block_public_access", "state"): ("unblocked", "block-new-sharing"),
    ("aws_emr_block_public_access_configuration", "block_public_security_group_rules"): (False,),
    ("aws_ssm_document", "permissions.account_ids"): ("all", "All"),
    ("aws_msk_cluster", "broker_node_group_info.connectivity_info.public_access.type"): ("SERVICE_PROVIDED_EIPS",),
    ("aws_cognito_identity_pool", "allow_unauthenticated_identities"): (True,),
    ("aws_sagemaker_notebook_instance", "direct_internet_access"): ("Enabled",),
    ("aws_eks_cluster", "vpc_config.public_access_cidrs"): EVERYWHERE,
    ("aws_ram_resource_share", "allow_external_principals"): (True,),
}  # fmt: skip

# The provider's own choice where an argument is left out.
_BLOCKS = frozenset({"aws_s3_bucket_public_access_block", "aws_s3_account_public_access_block"})
_SHIELDS = _BLOCKS | {"aws_ebs_snapshot_block_public_access", "aws_emr_block_public_access_configuration"}
_ADMITS = frozenset({
    "aws_security_group", "aws_default_security_group", "aws_security_group_rule",
    "aws_vpc_security_group_ingress_rule",
})  # fmt: skip
_GRANTEES = (
    "http://acs.amazonaws.com/groups/global/AllUsers",
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
)


def _exposure(view: PlanView) -> Iterator[Concern]:
    for change in acting(view):
        if change.action in ("delete", "forget"):
            if change.type in _SHIELDS:
                yield Concern(Risk.R3, change.address, "is taken away: it kept things from being public")
            continue
        for (type, path), opens in EXPOSES.items():
            if type == change.type:
                yield from _argument(view, change, path, opens)
        yield from _grants(change)
        for rule in sorted(
            ingress_of(change.after) - ingress_of(change.before) if change.type in _ADMITS else ()
        ):
            if is_everywhere(rule.source):
                yield Concern(
                    Risk.R3,
                    change.address,
                    f"lets everyone in: {rule}",
                    ("ingress",),
                    None,
                    {"ingress": str(rule)},
                )


def _argument(
    view: PlanView, change: ResourceChange, path: str, opens: tuple[object, ...]
) -> Iterator[Concern]:
    before, after = _open(values_at(change.before, path), opens), _open(values_at(change.after, path), opens)
    if is_unknown(change, path) and is_set(view, change, path):
        message = f"may be open to everyone: {path} is known only after apply"
        yield Concern(Risk.R3, change.address, message, (path,))
    elif after and not before:
        words = ", ".join(str(value).lower() if isinstance(value, bool) else str(value) for value in after)
        yield Concern(
            Risk.R3,
            change.address,
            f"is opened to everyone: {path} is {words}",
            (path,),
            {path: _first(values_at(change.before, path))},
            {path: after[0]},
        )


def _open(values: tuple[Any, ...], opens: tuple[object, ...]) -> list[Any]:
    return [value for value in values if value in opens]


def _first(values: tuple[Any, ...]) -> Any:
    return values[0] if values else None


def _grants(change: ResourceChange) -> Iterator[Concern]:
    """Grants of an access control list to everyone ("Access control list overview" of S3's guide)."""
    path = "access_control_policy.grant.grantee.uri"
    opened = {*values_at(change.after, path)} - {*values_at(change.before, path)}
    if change.type == "aws_s3_bucket_acl" and opened & {*_GRANTEES}:
        yield Concern(Risk.R3, change.address, "is opened to everyone by its access control list", (path,))


_BLOCKED = {"block_public_acls": True, "block_public_policy": True}

RULES = (
    PlanRule(
        id="LF_PLAN_PUBLIC",
        title="Nothing is opened to everyone",
        rationale="What everyone can reach is found within minutes, by programs that do nothing else.",
        remediation="Put it behind what is meant to be public, as a load balancer, and name who may call.",
        judge=_exposure,
        good=(
            example_plan(created("aws_db_instance.d", {"publicly_accessible": False})),
            example_plan(
                updated("aws_s3_bucket_public_access_block.b", {"block_public_acls": False}, _BLOCKED)
            ),
            example_plan(
                created(
                    "aws_vpc_security_group_ingress_rule.r",
                    {"cidr_ipv4": "10.0.0.0/8", "ip_protocol": "tcp", "from_port": 443, "to_port": 443},
                )
            ),
        ),
        bad=(
            example_plan(created("aws_db_instance.d", {"publicly_accessible": True})),
            example_plan(created("aws_lambda_function_url.u", {"authorization_type": "NONE"})),
            example_plan(destroyed("aws_s3_bucket_public_access_block.b", _BLOCKED)),
            example_plan(
                updated("aws_s3_bucket_public_access_block.b", _BLOCKED, {"block_public_acls": False})
            ),
            example_plan(
                created(
                    "aws_vpc_security_group_ingress_rule.r",
                    {"cidr_ipv4": "0.0.0.0/0", "ip_protocol": "tcp", "from_port": 22, "to_port": 22},
                )
            ),
            example_plan(
                created(
                    "aws_security_group_rule.r",
                    {"type": "ingress", "cidr_blocks": ["128.0.0.0/1"], "protocol": "-1"},
                )
            ),
            example_plan(
                created("aws_db_instance.d", {}, {"publicly_accessible": True}),
            ),
            example_plan(
                created(
                    "aws_security_group.g",
                    {
                        "ingress": [
                            {"protocol": "-1", "from_port": 0, "to_port": 0, "ipv6_cidr_blocks": ["::/0"]}
                        ]
                    },
                )
            ),
        ),
    ),
)
