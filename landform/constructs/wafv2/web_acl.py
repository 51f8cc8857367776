"""A web ACL. Follows "AWS Managed Rules rule groups list" and "Logging web ACL traffic" of the AWS WAF guide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from landform.constructs.logs import LogGroup
from landform.constructs.stack import AwsStack
from landform.constructs.wafv2.limits import HEADER, RATE_LIMIT, WEB_ACL_ARN
from landform.core import Construct, Ref
from landform.errors import Code, LandformError
from landform.resources import CheckedResource
from landform.resources.aws.wafv2_web_acl_logging_configuration import (
    RedactedFields,
    RedactedFieldsQueryString,
    RedactedFieldsSingleHeader,
    Wafv2WebAclLoggingConfiguration,
)

AclScope = Literal["REGIONAL", "CLOUDFRONT"]

CLOUDFRONT_REGION = "us-east-1"
"""Where CloudFront's web ACLs and certificates stand."""

# WAF delivers to no log group of another name.
_LOG_GROUP_PREFIX = "aws-waf-logs-"


@dataclass(frozen=True, slots=True)
class _ManagedRules:
    """One of AWS's rule groups: what it is called here, and its name."""

    rule: str
    group: str


# In the order of evaluation: the cheapest to judge, and the most certain, first.
MANAGED_RULES = (
    _ManagedRules("ip-reputation", "AWSManagedRulesAmazonIpReputationList"),
    _ManagedRules("anonymous-ip", "AWSManagedRulesAnonymousIpList"),
    _ManagedRules("common", "AWSManagedRulesCommonRuleSet"),
    _ManagedRules("known-bad-inputs", "AWSManagedRulesKnownBadInputsRuleSet"),
)


class WebAcl(Construct):
    """A web ACL: AWS's managed rules, a rate limit for each address, and a log without credentials.

    What it protects takes it as ``web_acl``: a load balancer, a REST API or a distribution. The rules against
    anonymous addresses refuse hosting providers too, and with them clients that run in a cloud.

    Args:
        acl_scope: ``REGIONAL``, or ``CLOUDFRONT`` for a distribution; its stack is then of us-east-1.
        rate_limit: how many requests one address may make in five minutes, 10 or more.
        redacted_headers: what the logs leave out beside the query, in lower case.
        log_group: where the logs go, with a name that begins with ``aws-waf-logs-``; one of its own is made
            unless given.

    Raises:
        LandformError: ``argument-value`` for a scope, a limit, a header or a log group that AWS would refuse.

    >>> WebAcl(stack, "Firewall", rate_limit=1000).log_group.log_group_name
    'aws-waf-logs-acme-payments-prod-data-lake-firewall'
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        acl_scope: AclScope = "REGIONAL",
        rate_limit: int = 2000,
        redacted_headers: Sequence[str] = ("authorization", "cookie"),
        log_group: LogGroup | None = None,
    ) -> None:
        super().__init__(scope, id)
        stack = AwsStack.of(self)
        self._check_scope(acl_scope, stack.region)
        self.acl_scope = acl_scope
        self.region = stack.region
        self.web_acl_name = stack.physical_name(self, 128)
        # A CheckedResource: rules nest in rules, and the typed module would be of seven megabytes.
        self.resource = CheckedResource(
            self,
            "Resource",
            "aws_wafv2_web_acl",
            {
                "name": self.web_acl_name,
                "scope": acl_scope,
                "default_action": {"allow": {}},
                "rule": _rules(RATE_LIMIT.checked(rate_limit, self.node.place)),
                "visibility_config": _visible(self.web_acl_name),
            },
        )
        self.log_group = self._checked_log_group(log_group)
        Wafv2WebAclLoggingConfiguration(
            self,
            "Logging",
            resource_arn=self.arn,
            log_destination_configs=[self.log_group.arn],
            redacted_fields=[
                *(
                    RedactedFields(
                        single_header=RedactedFieldsSingleHeader(name=HEADER.checked(name, self.node.place))
                    )
                    for name in redacted_headers
                ),
                RedactedFields(query_string=RedactedFieldsQueryString()),
            ],
            # The ARN is literal, so nothing else tells Terraform what must be there first.
            depends_on=[self.log_group],
        )

    @staticmethod
    def from_arn(scope: Construct, id: str, arn: str) -> ImportedWebAcl:
        """A web ACL of another stack, to protect something with.

        Raises:
            LandformError: ``argument-value`` where it is no ARN of a web ACL.
        """
        return ImportedWebAcl(scope, id, arn)

    @property
    def arn(self) -> Ref[str]:
        """The web ACL's ARN. AWS chooses the end of it, so it is a reference."""
        return self.resource.ref("arn")

    def _check_scope(self, acl_scope: AclScope, region: str) -> None:
        if acl_scope not in get_args(AclScope):
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "This is no scope of a web ACL.",
                place=self.node.place,
                given=repr(acl_scope),
                expected=" or ".join(get_args(AclScope)),
            )
        if acl_scope == "CLOUDFRONT" and region != CLOUDFRONT_REGION:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "CloudFront's web ACLs are made in one region.",
                place=self.node.place,
                given=f"a stack of {region}",
                expected=f"a stack of {CLOUDFRONT_REGION}",
                fix="Make it in a stack of that region, and take it here with WebAcl.from_arn(...).",
            )

    def _checked_log_group(self, log_group: LogGroup | None) -> LogGroup:
        if log_group is None:
            return LogGroup(self, "Logs", log_group_name=f"{_LOG_GROUP_PREFIX}{self.web_acl_name}")
        if log_group.log_group_name.startswith(_LOG_GROUP_PREFIX):
            return log_group
        raise LandformError(
            Code.ARGUMENT_VALUE,
            "AWS WAF would not deliver to this log group.",
            place=self.node.place,
            given=log_group.log_group_name,
            expected=f"a name that begins with {_LOG_GROUP_PREFIX}",
        )


class ImportedWebAcl(Construct):
    """A web ACL that another stack or nobody here makes."""

    def __init__(self, scope: Construct, id: str, arn: str) -> None:
        super().__init__(scope, id)
        self.arn = WEB_ACL_ARN.checked(arn, self.node.place)
        self.region = arn.split(":")[3]
        self.acl_scope: AclScope = "CLOUDFRONT" if ":global/" in arn else "REGIONAL"


AnyWebAcl = WebAcl | ImportedWebAcl
"""A web ACL made here, or one from elsewhere."""


def _rules(rate_limit: int) -> list[Mapping[str, Any]]:
    rate = {
        "name": "rate-limit",
        "priority": 0,
        "action": {"block": {}},
        "statement": {"rate_based_statement": {"aggregate_key_type": "IP", "limit": rate_limit}},
        "visibility_config": _visible("rate-limit"),
    }
    return [rate, *(_managed(priority, each) for priority, each in enumerate(MANAGED_RULES, start=1))]


def _managed(priority: int, rules: _ManagedRules) -> Mapping[str, Any]:
    return {
        "name": rules.rule,
        "priority": priority,
        "override_action": {"none": {}},
        "statement": {"managed_rule_group_statement": {"name": rules.group, "vendor_name": "AWS"}},
        "visibility_config": _visible(rules.rule),
    }


def _visible(metric: str) -> Mapping[str, Any]:
    return {
        "cloudwatch_metrics_enabled": True,
        "metric_name": metric,
        # Samples show the headers that the logs leave out.
        "sampled_requests_enabled": False,
    }
