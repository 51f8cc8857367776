"""Machines and groups of them: nobody signs in by a key file, and what runs is of this month and of several zones."""

from __future__ import annotations

from collections.abc import Iterator

from landform.policies.rule import (
    Breach,
    Rule,
    Undecided,
    Verdict,
    at_most,
    by_type,
    must_be,
    must_have,
    must_not_have,
)
from landform.policies.view import Block

_SPREAD = ("vpc_zone_identifier", "availability_zones")


def _spans_zones(block: Block) -> Iterator[Verdict]:
    """A list is as long as its entries; one expression in place of the list has a length that only Terraform knows."""
    for argument in _SPREAD:
        given = block.body.get(argument)
        if isinstance(given, str) and "${" in given:
            yield Undecided(f"{argument} is known only to Terraform")
        elif isinstance(given, list) and len(given) == 1:
            yield Breach(f"has one entry in {argument}, so it is in one zone", (argument,))


RULES = (
    Rule(
        id="LF_INSTANCE_HOPS",
        title="A machine's metadata does not leave the machine",
        severity="low",
        types=("aws_instance",),
        rationale="An answer that may take two hops reaches the containers on the machine too, which then hold the "
        "machine's role.",
        remediation="Set http_put_response_hop_limit = 1, as landform's `Instance` does.",
        judge=at_most("metadata_options.http_put_response_hop_limit", 1, default=1),
        good=({"aws_instance": {"i": {"metadata_options": {"http_put_response_hop_limit": 1}}, "j": {}}},),
        bad=({"aws_instance": {"i": {"metadata_options": [{"http_put_response_hop_limit": 2}]}}},),
    ),
    Rule(
        id="LF_KEY_PAIR",
        title="Nobody signs in to a machine with a key pair",
        severity="low",
        types=("aws_instance", "aws_launch_configuration", "aws_launch_template"),
        rationale="The private half is a file on somebody's disk: it does not expire, it belongs to nobody by name, "
        "and IAM does not know who used it.",
        remediation="Leave key_name out and sign in by Session Manager, as landform's machines allow.",
        judge=must_not_have("key_name"),
        good=({"aws_instance": {"i": {"instance_type": "t3.micro"}}},),
        bad=(
            {
                "aws_instance": {"i": {"key_name": "mine"}},
                "aws_launch_template": {"t": {"key_name": "${aws_key_pair.mine.key_name}"}},
            },
        ),
    ),
    Rule(
        id="LF_GROUP_ZONES",
        title="A group of machines spans several zones",
        severity="low",
        types=("aws_autoscaling_group",),
        rationale="A zone that fails takes all machines of a group that is in no other one.",
        remediation="Name subnets of two zones or more, as landform's `AutoScalingGroup` does in a VPC that has them.",
        judge=_spans_zones,
        controls=("AutoScaling.2",),
        good=({"aws_autoscaling_group": {"g": {"vpc_zone_identifier": ["subnet-0a", "subnet-0b"]}}},),
        bad=(
            {
                "aws_autoscaling_group": {
                    "g": {"vpc_zone_identifier": ["subnet-0a"]},
                    "h": {"availability_zones": ["eu-west-1a"]},
                }
            },
        ),
    ),
    Rule(
        id="LF_GROUP_LIFETIME",
        title="A machine of a group is replaced before it is old",
        severity="low",
        types=("aws_autoscaling_group",),
        rationale="A machine that is never replaced has the packages of the day it was started, and what somebody "
        "changed on it by hand since.",
        remediation="Set max_instance_lifetime, as landform's `AutoScalingGroup` does with 30 days.",
        judge=must_have("max_instance_lifetime"),
        good=({"aws_autoscaling_group": {"g": {"max_instance_lifetime": 2592000}}},),
        bad=({"aws_autoscaling_group": {"g": {"max_size": 1}}},),
    ),
    Rule(
        id="LF_GROUP_REFRESH",
        title="A new template reaches the machines that run",
        severity="info",
        types=("aws_autoscaling_group",),
        rationale="Without an instance refresh a changed template, with a mended image say, is used for machines that "
        "are started later, and the others stay as they are.",
        remediation="Add an instance_refresh block, as landform's `AutoScalingGroup` does.",
        judge=must_have("instance_refresh"),
        good=({"aws_autoscaling_group": {"g": {"instance_refresh": {"strategy": "Rolling"}}}},),
        bad=({"aws_autoscaling_group": {"g": {"max_size": 1}}},),
    ),
    Rule(
        id="LF_MACHINE_TAGS",
        title="What starts machines tags them",
        severity="info",
        types=("aws_autoscaling_group", "aws_launch_template"),
        rationale="Machines and volumes do not take over the tags of the group or the template, and a machine without "
        "tags has no owner and no cost centre.",
        remediation="Propagate the group's tags and give the template tag_specifications, as landform's constructs do "
        "with the mandatory tags.",
        judge=by_type(
            {
                "aws_autoscaling_group": must_be("tag.propagate_at_launch", True, default=True),
                "aws_launch_template": must_have("tag_specifications"),
            }
        ),
        good=(
            {
                "aws_autoscaling_group": {
                    "g": {"tag": [{"key": "owner", "value": "payments", "propagate_at_launch": True}]},
                    "untagged": {"max_size": 1},
                },
                "aws_launch_template": {"t": {"tag_specifications": [{"resource_type": "instance"}]}},
            },
        ),
        bad=(
            {
                "aws_autoscaling_group": {
                    "g": {"tag": [{"key": "owner", "value": "payments", "propagate_at_launch": False}]}
                },
                "aws_launch_template": {"t": {"name": "t"}},
            },
        ),
    ),
)
