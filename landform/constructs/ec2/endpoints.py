"""VPC endpoints: AWS's services without a way through the internet.

An endpoint is also a way out, for whoever brings credentials of another account; its policy is what closes it. The
policies follow "Data perimeters on AWS": the organisation's principals, on the organisation's resources, and the
few buckets of AWS that its agents and packages come from.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from landform.constructs.ec2.security_group import SecurityGroup
from landform.constructs.ec2.subnets import Subnet
from landform.constructs.stack import AwsStack
from landform.core import Construct, Ref
from landform.errors import Code, LandformError, Place
from landform.iam import Condition, PolicyDocument, Principal, Statement
from landform.resources.aws.vpc_endpoint import VpcEndpoint

# Services whose endpoint is a route and costs nothing.
GATEWAY_SERVICES: Mapping[str, str] = {"s3": "S3", "dynamodb": "DynamoDb"}

_SERVICE = re.compile(r"(?!com\.)[a-z][a-z0-9.-]*\Z")

# What a workload without a way to the internet needs to be run, observed and given its secrets.
INTERFACE_SERVICES = (
    "ec2",
    "ec2messages",
    "ecr.api",
    "ecr.dkr",
    "kms",
    "logs",
    "secretsmanager",
    "ssm",
    "ssmmessages",
    "sts",
)

# Those that are asked by principals of the organisation alone. The others keep AWS's own policy: federated users
# ask STS before they are anyone, and the two message services speak for the SSM agent.
_ASKED_BY_ORGANIZATION = frozenset({"ec2", "ecr.api", "ecr.dkr", "kms", "logs", "secretsmanager", "ssm"})

# Buckets of AWS that are read without the organisation's credentials, by what reads them.
AWS_BUCKETS: Mapping[str, tuple[str, ...]] = {
    "image layers of Amazon ECR": ("prod-{region}-starport-layer-bucket",),
    "packages of Amazon Linux": ("al2023-repos-{region}-de612dc2", "amazonlinux-2-repos-{region}"),
    "the SSM agent": (
        "amazon-ssm-{region}",
        "amazon-ssm-packages-{region}",
        "aws-ssm-{region}",
        "aws-ssm-distributor-file-{region}",
        "aws-ssm-document-attachments-{region}",
        "patch-baseline-snapshot-{region}",
    ),
    "the CloudWatch agent": ("amazoncloudwatch-agent-{region}",),
}


def gateway_endpoint(
    scope: Construct, service: str, *, vpc_id: Ref[str], name: str, route_table_ids: Sequence[Ref[str]]
) -> VpcEndpoint:
    """The gateway endpoint of S3 or DynamoDB, for the organisation's principals and resources alone."""
    stack = AwsStack.of(scope)
    organization = stack.organization.organization_id
    extra = [_aws_buckets(stack)] if service == "s3" else []
    document = PolicyDocument(
        "endpoint policy",
        [
            _everyone(
                "OrganizationToItsResources",
                Condition("StringEquals", "aws:PrincipalOrgID", (organization,)),
                Condition("StringEquals", "aws:ResourceOrgID", (organization,)),
            ),
            _aws_services(),
            *extra,
        ],
    )
    return VpcEndpoint(
        scope,
        f"{GATEWAY_SERVICES[service]}Endpoint",
        vpc_id=vpc_id,
        service_name=_service_name(stack, service),
        vpc_endpoint_type="Gateway",
        route_table_ids=route_table_ids,
        policy=document.to_json(scope.node.place),
        tags={"Name": f"{name}-{service}"},
    )


def checked_services(services: Sequence[str], place: Place) -> None:
    """Whether interface endpoints can be made to these services.

    Raises:
        LandformError: ``argument-value`` for a text in place of a list, a full service name, or a service that has
            a gateway endpoint already.
    """
    names = (services,) if isinstance(services, str) else tuple(services)
    wrong = [
        name
        for name in names
        if name in GATEWAY_SERVICES or not (isinstance(name, str) and _SERVICE.match(name))
    ]
    if wrong or isinstance(services, str):
        raise LandformError(
            Code.ARGUMENT_VALUE,
            "These are not services to make interface endpoints to.",
            place=place,
            given=", ".join(map(repr, wrong or names)),
            expected="a list of short names, such as ecr.api; s3 and dynamodb have gateway endpoints",
        )


def interface_endpoint(
    scope: Construct,
    service: str,
    *,
    vpc_id: Ref[str],
    name: str,
    subnets: Sequence[Subnet],
    security_group: SecurityGroup,
) -> VpcEndpoint:
    """The interface endpoint of a service, ``ecr.api``, in each of the subnets, under the service's own name."""
    stack = AwsStack.of(scope)
    return VpcEndpoint(
        scope,
        "".join(part.capitalize() for part in service.replace("-", ".").split(".")),
        vpc_id=vpc_id,
        service_name=_service_name(stack, service),
        vpc_endpoint_type="Interface",
        private_dns_enabled=True,
        subnet_ids=[subnet.subnet_id for subnet in subnets],
        security_group_ids=[security_group.security_group_id],
        policy=_organization_policy(scope, stack) if service in _ASKED_BY_ORGANIZATION else None,
        tags={"Name": f"{name}-{service.replace('.', '-')}"},
    )


def _organization_policy(scope: Construct, stack: AwsStack) -> str:
    own = Condition("StringEquals", "aws:PrincipalOrgID", (stack.organization.organization_id,))
    document = PolicyDocument("endpoint policy", [_everyone("Organization", own), _aws_services()])
    return document.to_json(scope.node.place)


def _service_name(stack: AwsStack, service: str) -> str:
    return f"com.amazonaws.{stack.region}.{service}"


def _everyone(sid: str, *conditions: Condition) -> Statement:
    return Statement(sid, ("*",), principals=(Principal.everyone(),), conditions=conditions)


def _aws_services() -> Statement:
    return _everyone("ServicesOfAws", Condition("Bool", "aws:PrincipalIsAWSService", ("true",)))


def _aws_buckets(stack: AwsStack) -> Statement:
    buckets = [bucket.format(region=stack.region) for group in AWS_BUCKETS.values() for bucket in group]
    return Statement(
        "BucketsOfAws",
        ("s3:GetObject",),
        tuple(stack.arn("s3", f"{bucket}/*", region="", account_id="") for bucket in buckets),
        principals=(Principal.everyone(),),
    )
