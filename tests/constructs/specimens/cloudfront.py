"""Distributions."""

from __future__ import annotations

from mutant import ELSEWHERE, Mutant

from landform.constructs import AwsStack
from landform.constructs.cloudfront import Distribution, DistributionLogBucket
from landform.constructs.ec2 import Vpc
from landform.constructs.iam import Role, Trust
from landform.constructs.s3 import Bucket
from landform.constructs.wafv2 import WebAcl
from landform.core import Construct

ARN = "arn:aws:cloudfront::012345678901:distribution/E0A1B2C3D4"
DOCUMENTED = {
    # Web ACLs of CloudFront stand in us-east-1, and this stack in another region.
    ("CKV2_AWS_47", "Distribution/Resource"),
    # CloudFront delivers by an ACL, and with a key of ours under no condition.
    ("CKV2_AWS_65", "Logs/Ownership"),
    ("CKV_AWS_145", "Logs/Resource"),
}
CERTIFICATE = "arn:aws:acm:us-east-1:012345678901:certificate/0a1b2c3d"
WEB_ACL = "arn:aws:wafv2:us-east-1:012345678901:global/webacl/edge/0a1b-2c3d"


def distribution(scope: Construct) -> Distribution:
    """A distribution of a bucket, with all it needs."""
    return Distribution(
        scope,
        "Distribution",
        origin=Bucket(scope, "Pages"),
        domain_names=["www.example.com"],
        certificate_arn=CERTIFICATE,
        web_acl=WebAcl.from_arn(scope, "WebAcl", WEB_ACL),
        log_bucket=DistributionLogBucket(scope, "Logs"),
    )


def build(scope: Construct, vpc: Vpc) -> None:
    """A distribution, and one of another stack."""
    made = distribution(scope)
    imported = Distribution.from_id(scope, "Imported", "E0A1B2C3D4")
    role = Role(scope, "Role", trust=[Trust.service("codebuild.amazonaws.com")])
    DistributionLogBucket.from_name(scope, "SharedLogs", "another-log-bucket").grants.read_objects(role)
    for grants in (made.grants, imported.grants):
        grants.invalidate(role)
        grants.read(role)
    made.log_bucket.grants.read_objects(role)
    made.log_bucket.grants.list(role)


def site(stack: AwsStack) -> None:
    distribution(stack)


_RESOURCE = "Distribution/Resource"
_HSTS = "security_headers_config.0.strict_transport_security.0"
_CUSTOM = {"http_port": 80, "https_port": 443}

MUTANTS = (
    Mutant("http for viewers", site, _RESOURCE,
           {"default_cache_behavior.0.viewer_protocol_policy": "allow-all"}, "CKV_AWS_34"),
    Mutant("old tls for viewers", site, _RESOURCE,
           {"viewer_certificate.0.minimum_protocol_version": "TLSv1.1_2016"}, "CKV_AWS_174"),
    Mutant("certificate of cloudfront", site, _RESOURCE,
           {"viewer_certificate.0.acm_certificate_arn": None,
            "viewer_certificate.0.cloudfront_default_certificate": True}, "CKV2_AWS_42"),
    Mutant("distribution without web acl", site, _RESOURCE, {"web_acl_id": None}, "CKV_AWS_68"),
    Mutant("distribution not logged", site, _RESOURCE, {"logging_config": None}, "CKV_AWS_86"),
    Mutant("no root object", site, _RESOURCE, {"default_root_object": None}, "CKV_AWS_305"),
    Mutant("no access control", site, _RESOURCE, {
        "origin.0.origin_access_control_id": None,
        "origin.0.domain_name": "${aws_s3_bucket.Pages_127DFD1A.bucket_regional_domain_name}"}, "CKV2_AWS_46"),
    Mutant("origin by sslv3", site, _RESOURCE, {"origin.0.custom_origin_config": [
        {**_CUSTOM, "origin_protocol_policy": "https-only", "origin_ssl_protocols": ["SSLv3"]}]}, "CKV2_AWS_54"),
    Mutant("origin by http", site, _RESOURCE, {
        "origin.0.domain_name": "web.elb.amazonaws.com", "origin.0.custom_origin_config": [
            {**_CUSTOM, "origin_protocol_policy": "http-only", "origin_ssl_protocols": ["TLSv1.2"]}]},
        "CKV2_AWS_72"),
    Mutant("hsts for a day", site, "Distribution/Headers",
           {f"{_HSTS}.access_control_max_age_sec": 86_400}, "CKV_AWS_259"),
    Mutant("hsts without subdomains", site, "Distribution/Headers",
           {f"{_HSTS}.include_subdomains": False}, "CKV_AWS_259"),
    Mutant("headers of another", site, _RESOURCE,
           {"default_cache_behavior.0.response_headers_policy_id": ELSEWHERE}, "CKV2_AWS_32"),
    Mutant("distribution log bucket public", site, "Logs/PublicAccessBlock",
           {"block_public_acls": False}, "CKV_AWS_53"),
    Mutant("distribution log bucket not logged", site, "Logs/AccessLogs", {"bucket": ELSEWHERE}, "CKV_AWS_18"),
    Mutant("cookies logged", site, _RESOURCE, {"logging_config.0.include_cookies": True}, "LF_LOGGED_COOKIES"),
    Mutant("requests not signed", site, "Distribution/OriginAccessControl",
           {"signing_behavior": "never"}, "LF_ORIGIN_SIGNED"),
    Mutant("in any frame", site, "Distribution/Headers",
           {"security_headers_config.0.frame_options": None}, "LF_RESPONSE_HEADERS"),
    Mutant("content from anywhere", site, "Distribution/Headers",
           {"security_headers_config.0.content_security_policy": None}, "LF_RESPONSE_HEADERS"),
)  # fmt: skip
"""What the scan must find."""

UNSEEN = (
    Mutant("viewers write", site, _RESOURCE,
           {"default_cache_behavior.0.allowed_methods": ["DELETE", "OPTIONS", "PATCH", "POST", "PUT"]}),
)  # fmt: skip
"""What no rule of checkov sees: the construct's own tests hold it."""
