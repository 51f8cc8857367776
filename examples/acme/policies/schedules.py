"""Acme's rules on what runs by the clock."""

from __future__ import annotations

import re
from collections.abc import Iterator

from landform.policies.rule import Breach, Rule, Undecided, Verdict
from landform.policies.view import Block, is_known

_HOUR = re.compile(r"cron\(\S+ (?P<hour>\S+) ")
_NIGHT = range(6)


def _runs_at_night(block: Block) -> Iterator[Verdict]:
    """A rule without a schedule waits for events, whenever they come."""
    for schedule in block.values("schedule_expression"):
        if not is_known(schedule):
            yield Undecided("the schedule is known to Terraform alone")
            continue
        found = _HOUR.match(schedule)
        hours = found["hour"].split(",") if found else ["*"]
        if not all(hour.isdigit() and int(hour) in _NIGHT for hour in hours):
            yield Breach("does not run at night alone", ("schedule_expression",))


def _scheduled(expression: str) -> dict[str, dict[str, dict[str, str]]]:
    return {"aws_cloudwatch_event_rule": {"job": {"name": "job", "schedule_expression": expression}}}


RULES = (
    Rule(
        id="ACME_SCHEDULE_AT_NIGHT",
        title="What runs by the clock runs at night",
        severity="low",
        types=("aws_cloudwatch_event_rule",),
        rationale="By day a job takes reads and messages per second from those who wait for an answer.",
        remediation='Choose an hour from 0 to 5, in UTC: `NightlyJob(self, "Name", hour=4, code=...)`.',
        controls=("ACME-OPS-7",),
        judge=_runs_at_night,
        good=(
            _scheduled("cron(0 4 * * ? *)"),
            _scheduled("cron(30 0,5 * * ? *)"),
            {"aws_cloudwatch_event_rule": {"stopped": {"event_pattern": '{"source":["aws.ecs"]}'}}},
        ),
        bad=(
            _scheduled("cron(0 12 * * ? *)"),
            _scheduled("cron(0 4,12 * * ? *)"),
            _scheduled("cron(0 * * * ? *)"),
            _scheduled("rate(1 hour)"),
        ),
    ),
)
