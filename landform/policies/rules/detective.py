"""What sees: detectors and their members are on, and somebody hears what a trail and a rule see.

Follows the Security Hub controls of GuardDuty, Macie and CloudWatch; those of CloudWatch are the alarms of the CIS AWS
Foundations Benchmark.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from landform.policies.rule import Breach, Judge, Resources, Rule, Verdict, all_of, must_be, must_not_be
from landform.policies.view import Block

_STATUS = ("aws_guardduty_detector_feature", "aws_guardduty_member_detector_feature")
_NEW_MEMBERS = "aws_guardduty_organization_configuration_feature"


def _feature(block: Block) -> Iterator[Verdict]:
    judge: Judge = (
        must_be("status", "ENABLED") if block.type in _STATUS else must_not_be("auto_enable", "NONE")
    )
    yield from judge(block)


def _members(block: Block) -> Iterator[Verdict]:
    if block.type == "aws_inspector2_organization_configuration":
        yield from all_of(must_be("auto_enable.ec2", True), must_be("auto_enable.ecr", True))(block)
    # With a central configuration, policies of its own say what is on where, and AWS wants this to be off.
    elif block.value("organization_configuration.configuration_type") != "CENTRAL":
        yield from must_be("auto_enable", True)(block)


_EVENTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("what root users do", (".type=root",)),
    ("refused calls", ("unauthorizedoperation", "accessdenied")),
    ("sign-in without a second factor", ("consolelogin", "mfaused!=yes")),
    ("changes of IAM policies", ("putrolepolicy", "attachrolepolicy", "createpolicyversion")),
    ("changes of trails", ("updatetrail", "deletetrail", "stoplogging")),
    ("failed sign-in", ("consolelogin", "failedauthentication")),
    ("keys that end", ("disablekey", "schedulekeydeletion")),
    ("changes of bucket policies", ("putbucketpolicy", "deletebucketpolicy")),
    ("changes of the recorder", ("stopconfigurationrecorder", "deletedeliverychannel")),
    ("changes of security groups", ("authorizesecuritygroupingress", "createsecuritygroup")),
    ("changes of network ACLs", ("createnetworkaclentry", "replacenetworkaclentry")),
    ("changes of gateways", ("attachinternetgateway", "deleteinternetgateway")),
    ("changes of routes", ("createroute", "replaceroute", "deleteroute")),
    ("changes of VPCs", ("createvpc", "deletevpc")),
)
"""What CloudWatch.1 to CloudWatch.14 want an alarm for, in their order, by words that its filter must hold."""


def _alarmed(block: Block) -> Iterator[Verdict]:
    """A trail whose log group the stack makes: where another stack makes it, the alarms are there too."""
    groups = [
        group
        for group in block.refers_to("cloud_watch_logs_group_arn")
        if group.type == "aws_cloudwatch_log_group"
    ]
    if not groups:
        return
    alarms = block.stack.resources("aws_cloudwatch_metric_alarm")
    alarmed = {str(value) for alarm in alarms for value in alarm.values("metric_name")}
    patterns = [
        re.sub(r"[\s\"$]", "", str(found.value("pattern"))).lower()
        for group in groups
        for found in block.stack.about(group, "aws_cloudwatch_log_metric_filter", "log_group_name")
        if alarmed & set(map(str, found.values("metric_transformation.name")))
    ]
    missing = [
        what
        for what, words in _EVENTS
        if not any(all(word in pattern for word in words) for pattern in patterns)
    ]
    if missing:
        yield Breach(f"has no alarm for {', '.join(missing)}", ("cloud_watch_logs_group_arn",))


def _hears(block: Block) -> Iterator[Verdict]:
    """Rules on events alone: a schedule is switched off for many good reasons."""
    if block.values("event_pattern"):
        yield from all_of(must_not_be("state", "DISABLED"), must_not_be("is_enabled", False))(block)


def _trail(*patterns: str) -> Resources:
    """A trail with a log group and an alarm for each pattern."""
    names = [f"m{number}" for number, _ in enumerate(patterns)]
    return {
        "aws_cloudtrail": {"t": {"cloud_watch_logs_group_arn": "${aws_cloudwatch_log_group.g.arn}:*"}},
        "aws_cloudwatch_log_group": {"g": {"name": "trail"}},
        "aws_cloudwatch_log_metric_filter": {
            name: {
                "log_group_name": "${aws_cloudwatch_log_group.g.name}",
                "pattern": pattern,
                "metric_transformation": [{"name": name, "namespace": "n", "value": "1"}],
            }
            for name, pattern in zip(names, patterns, strict=True)
        },
        "aws_cloudwatch_metric_alarm": {name: {"metric_name": name} for name in names},
    }


_EVERY_EVENT = tuple(" || ".join(f'$.eventName = "{word}"' for word in words) for _, words in _EVENTS)
_PATTERN = '{"source": ["aws.sts"]}'

RULES = (
    Rule(
        id="LF_DETECTOR_FEATURE",
        title="The features of a GuardDuty detector are on",
        severity="medium",
        types=(*_STATUS, _NEW_MEMBERS),
        rationale="What a feature that is off would have seen, nothing else in the account sees.",
        remediation='Set status = "ENABLED", and auto_enable = "ALL" or "NEW", as landform\'s `DetectiveBaseline` '
        'does.',
        judge=_feature,
        controls=("GuardDuty.5", "GuardDuty.6", "GuardDuty.8", "GuardDuty.9", "GuardDuty.10", "GuardDuty.11"),
        good=(
            {
                "aws_guardduty_detector_feature": {"f": {"name": "S3_DATA_EVENTS", "status": "ENABLED"}},
                _NEW_MEMBERS: {"f": {"name": "S3_DATA_EVENTS", "auto_enable": "ALL"}},
            },
        ),
        bad=(
            {
                "aws_guardduty_detector_feature": {"f": {"name": "S3_DATA_EVENTS", "status": "DISABLED"}},
                "aws_guardduty_member_detector_feature": {"f": {"status": "DISABLED"}},
                _NEW_MEMBERS: {"f": {"name": "S3_DATA_EVENTS", "auto_enable": "NONE"}},
            },
        ),
    ),
    Rule(
        id="LF_DETECTIVE_MEMBERS",
        title="New accounts of the organisation are watched from their first day",
        severity="medium",
        types=(
            "aws_detective_organization_configuration",
            "aws_inspector2_organization_configuration",
            "aws_macie2_organization_configuration",
            "aws_securityhub_organization_configuration",
        ),
        rationale="An account that nobody remembers to add is one that nobody watches.",
        remediation="Set auto_enable = true, as landform's `DetectiveBaseline` does.",
        judge=_members,
        good=(
            {
                "aws_securityhub_organization_configuration": {
                    "all": {"auto_enable": True},
                    "central": {
                        "auto_enable": False,
                        "organization_configuration": [{"configuration_type": "CENTRAL"}],
                    },
                },
                "aws_inspector2_organization_configuration": {
                    "i": {"auto_enable": [{"ec2": True, "ecr": True, "lambda": False}]}
                },
            },
        ),
        bad=(
            {
                "aws_securityhub_organization_configuration": {"c": {"auto_enable": False}},
                "aws_macie2_organization_configuration": {"c": {"auto_enable": False}},
                "aws_detective_organization_configuration": {"c": {"auto_enable": False}},
                "aws_inspector2_organization_configuration": {"c": {"auto_enable": [{"ec2": True, "ecr": False}]}},
            },
        ),
    ),
    Rule(
        id="LF_MACIE_ENABLED",
        title="Macie is not paused",
        severity="medium",
        types=("aws_macie2_account",),
        rationale="A paused Macie looks into no bucket, and deletes its findings after ninety days.",
        remediation='Leave status out, or set it to "ENABLED", as landform\'s `DetectiveBaseline` does.',
        judge=must_be("status", "ENABLED", default="ENABLED"),
        controls=("Macie.1",),
        good=({"aws_macie2_account": {"a": {}, "b": {"status": "ENABLED"}}},),
        bad=({"aws_macie2_account": {"a": {"status": "PAUSED"}}},),
    ),
    Rule(
        id="LF_TRAIL_ALARMS",
        title="Somebody hears of the events of the CIS benchmark",
        severity="low",
        types=("aws_cloudtrail",),
        rationale="A trail tells afterwards what has happened; that it happens, an alarm on its log group tells.",
        remediation="Put a metric filter and an alarm on the log group for each event, as landform's `Trail` does.",
        judge=_alarmed,
        controls=tuple(f"CloudWatch.{number}" for number in range(1, 15)),
        good=(_trail(*_EVERY_EVENT[1:], '{ $.userIdentity.type = "Root" }'), {"aws_cloudtrail": {"t": {"name": "t"}}}),
        bad=(_trail(), _trail(*_EVERY_EVENT[1:], "nothing")),
    ),
    Rule(
        id="LF_EVENT_RULE_ENABLED",
        title="A rule on events is on",
        severity="low",
        types=("aws_cloudwatch_event_rule",),
        rationale="A rule that is off stands in the code as if somebody heard of its events.",
        remediation="Leave state out, or take the rule away.",
        judge=_hears,
        good=(
            {
                "aws_cloudwatch_event_rule": {
                    "r": {"event_pattern": _PATTERN},
                    "nightly": {"schedule_expression": "rate(1 day)", "state": "DISABLED"},
                }
            },
        ),
        bad=(
            {
                "aws_cloudwatch_event_rule": {
                    "r": {"event_pattern": _PATTERN, "state": "DISABLED"},
                    "s": {"event_pattern": _PATTERN, "is_enabled": False},
                }
            },
        ),
    ),
)  # fmt: skip
