"""Web ACLs."""

from __future__ import annotations

from typing import Any

from mutant import ELSEWHERE, Mutant

from landform.constructs import AwsStack
from landform.constructs.ec2 import Vpc
from landform.constructs.wafv2 import WebAcl
from landform.core import Construct

ARN = ""
DOCUMENTED: set[tuple[str, str]] = set()


def build(scope: Construct, vpc: Vpc) -> None:
    """A web ACL, and one that another stack makes."""
    WebAcl(scope, "WebAcl")
    WebAcl.from_arn(scope, "Imported", "arn:aws:wafv2:eu-west-1:012345678901:regional/webacl/edge/0a1b-2c3d")


def web_acl(stack: AwsStack) -> None:
    WebAcl(stack, "WebAcl")


_GROUP = "rule.4.statement.0.managed_rule_group_statement.0"


def _counted(rule: int) -> dict[str, Any]:
    """A rule that counts what it was to block."""
    action = f"rule.{rule}.override_action.0"
    return {f"{action}.none": None, f"{action}.count": [{}]}


MUTANTS = (
    Mutant("no rules", web_acl, "WebAcl/Resource", {"rule": None}, "CKV_AWS_175"),
    Mutant("known bad inputs gone", web_acl, "WebAcl/Resource",
           {f"{_GROUP}.name": "AWSManagedRulesLinuxRuleSet"}, "CKV_AWS_192"),
    Mutant("known bad inputs counted", web_acl, "WebAcl/Resource",
           _counted(4), "CKV_AWS_192"),
    Mutant("rate rule without action", web_acl, "WebAcl/Resource", {"rule.0.action": None}, "CKV_AWS_342"),
    Mutant("log of another web acl", web_acl, "WebAcl/Logging", {"resource_arn": ELSEWHERE}, "CKV2_AWS_31"),
    Mutant("waf logs without key", web_acl, "WebAcl/Logs/Resource", {"kms_key_id": None}, "CKV_AWS_158"),
    Mutant("waf logs for a month", web_acl, "WebAcl/Logs/Resource", {"retention_in_days": 30}, "CKV_AWS_338"),
    Mutant("logs with credentials", web_acl, "WebAcl/Logging", {"redacted_fields": None}, "LF_WEB_ACL_LOG"),
    Mutant("rule without metrics", web_acl, "WebAcl/Resource",
           {"rule.2.visibility_config.0.cloudwatch_metrics_enabled": False}, "LF_WEB_ACL_METRICS"),
    Mutant("common rules counted", web_acl, "WebAcl/Resource", _counted(3), "LF_WEB_ACL_BLOCKS"),
    Mutant("no limit for an address", web_acl, "WebAcl/Resource",
           {"rule.0.statement.0.rate_based_statement.0.limit": 2_000_000_000}, "LF_WEB_ACL_BLOCKS"),
)  # fmt: skip
"""What the scan must find."""

UNSEEN = (
    Mutant("samples with credentials", web_acl, "WebAcl/Resource",
           {"visibility_config.0.sampled_requests_enabled": True}),
)  # fmt: skip
"""What no rule of checkov sees: the construct's own tests hold it."""
