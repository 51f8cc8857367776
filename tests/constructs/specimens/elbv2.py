"""Load balancers."""

from __future__ import annotations

from mutant import ELSEWHERE, Mutant

from landform.constructs import AwsStack
from landform.constructs.ec2 import SecurityGroup, Vpc
from landform.constructs.elbv2 import LoadBalancer, LoadBalancerLogBucket, TargetGroup
from landform.constructs.iam import Role, Trust
from landform.constructs.wafv2 import WebAcl
from landform.core import Construct

ARN = ""
DOCUMENTED = {
    # Load balancers deliver logs to no bucket with a KMS key.
    ("CKV_AWS_145", "Logs/Resource"),
}
CERTIFICATE = "arn:aws:acm:eu-west-1:012345678901:certificate/0a1b2c3d"
TARGETS = "arn:aws:elasticloadbalancing:eu-west-1:012345678901:targetgroup/old/0a1b2c3d"


def two_zones(scope: Construct) -> Vpc:
    """A VPC as load balancers need it, whatever the tier."""
    return Vpc(scope, "Zones", cidr="10.1.0.0/20", az_count=2, nat="single", interface_endpoints=())


def build(scope: Construct, vpc: Vpc) -> None:
    """One that faces the internet, one inside, and target groups made here and elsewhere."""
    zones = two_zones(scope)
    logs = LoadBalancerLogBucket(scope, "Logs")
    role = Role(scope, "Role", trust=[Trust.service("glue.amazonaws.com")])
    logs.grants.read_objects(role)
    logs.grants.list(role)
    targets = TargetGroup(scope, "Targets", vpc=zones, port=8443)
    common = {"vpc": zones, "certificate_arn": CERTIFICATE, "log_bucket": logs}
    public = LoadBalancer(
        scope, "Public", targets=targets, internet_facing=True, web_acl=WebAcl(scope, "WebAcl"), **common
    )
    public.add_route(
        "Old", TargetGroup.from_arn(scope, "Imported", TARGETS), priority=10, paths=["/old/*"], hosts=["a.b"]
    )
    internal = LoadBalancer(scope, "Internal", **common)
    internal.connections.allow_from(public.security_group)
    shared = LoadBalancerLogBucket.from_name(scope, "SharedLogs", "another-log-bucket")
    shared.grants.read_objects(role)
    LoadBalancer(scope, "Guest", **{**common, "log_bucket": shared})
    LoadBalancer.from_arn(
        scope, "Elsewhere", "arn:aws:elasticloadbalancing:eu-west-1:012345678901:loadbalancer/app/web/0a1b"
    )


def balanced(stack: AwsStack) -> None:
    """One that faces the internet, one inside, and targets that nothing forwards to yet."""
    zones = two_zones(stack)
    targets = TargetGroup(stack, "Targets", vpc=zones)
    TargetGroup(stack, "New", vpc=zones)
    logs = LoadBalancerLogBucket(stack, "Logs")
    common = {"vpc": zones, "certificate_arn": CERTIFICATE, "log_bucket": logs, "targets": targets}
    LoadBalancer(stack, "Public", internet_facing=True, web_acl=WebAcl(stack, "WebAcl"), **common)
    group = SecurityGroup(stack, "App", vpc=zones, description="app")
    LoadBalancer(stack, "Internal", **common).connections.allow_from(group)


_OLD_TLS = "ELBSecurityPolicy-2016-08"

MUTANTS = (
    Mutant("https without tls", balanced, "Public/Https",
           {"protocol": "HTTP", "ssl_policy": None, "certificate_arn": None}, "CKV_AWS_2"),
    Mutant("old tls", balanced, "Public/Https", {"ssl_policy": _OLD_TLS}, "CKV_AWS_103"),
    Mutant("old ciphers", balanced, "Internal/Https", {"ssl_policy": _OLD_TLS}, "CKV2_AWS_74"),
    Mutant("redirect to http", balanced, "Public/Http",
           {"default_action.0.redirect.0.protocol": "HTTP"}, "CKV2_AWS_20"),
    Mutant("http served", balanced, "Internal/Http", {
        "default_action.0.type": "fixed-response", "default_action.0.redirect": None,
        "default_action.0.fixed_response": [{"content_type": "text/plain", "status_code": "200"}]}, "CKV_AWS_2"),
    Mutant("invalid headers kept", balanced, "Public/Resource",
           {"drop_invalid_header_fields": False}, "CKV_AWS_131"),
    Mutant("ambiguous requests watched", balanced, "Public/Resource",
           {"desync_mitigation_mode": "monitor"}, "CKV_AWS_328"),
    Mutant("balancer logs off", balanced, "Public/Resource", {"access_logs.0.enabled": False}, "CKV_AWS_91"),
    Mutant("no balancer logs", balanced, "Internal/Resource", {"access_logs": None}, "CKV_AWS_91"),
    Mutant("balancer can be deleted", balanced, "Public/Resource",
           {"enable_deletion_protection": False}, "CKV_AWS_150"),
    Mutant("no web acl", balanced, "Public/WebAclAssociation", {"resource_arn": ELSEWHERE}, "CKV2_AWS_28"),
    Mutant("internal made public", balanced, "Internal/Resource", {"internal": False}, "CKV2_AWS_28"),
    Mutant("balancer behind no log4j rules", balanced, "WebAcl/Resource", {"rule": None}, "CKV2_AWS_76"),
    Mutant("new targets without tls", balanced, "New/Resource", {"protocol": "HTTP"}, "CKV_AWS_378"),
    Mutant("health check gone", balanced, "Targets/Resource", {"health_check": None}, "CKV_AWS_261"),
    Mutant("balancer log bucket public", balanced, "Logs/PublicAccessBlock",
           {"block_public_policy": False}, "CKV_AWS_54"),
    Mutant("balancer log bucket not logged", balanced, "Logs/AccessLogs", {"bucket": ELSEWHERE}, "CKV_AWS_18"),
    Mutant("targets without tls", balanced, "Targets/Resource", {"protocol": "HTTP"}, "LF_TARGETS_TLS"),
    Mutant("web acl fails open", balanced, "Public/Resource",
           {"enable_waf_fail_open": True}, "LF_LOAD_BALANCER_FAILS_OPEN"),
    Mutant("no hsts", balanced, "Public/Https",
           {"routing_http_response_strict_transport_security_header_value": None}, "LF_LISTENER_HEADERS"),
    Mutant("server named", balanced, "Public/Https",
           {"routing_http_response_server_enabled": True}, "LF_LISTENER_HEADERS"),
)  # fmt: skip
"""What the scan must find."""

UNSEEN = (
    # The rule looks at the listener in front of them instead.
    Mutant("connections not logged", balanced, "Public/Resource", {"connection_logs": None}),
)  # fmt: skip
"""What no rule of checkov sees: the construct's own tests hold it."""
