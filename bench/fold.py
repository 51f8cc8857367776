"""Plans folded into classes, beside writing the same plans as canonical JSON: what reading them once costs."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

from landform.digest import canonical_json
from landform.plan.classes import fold
from landform.plan.model import Plan
from landform.plan.normalise import Identity, class_digest
from landform.plan.plan_set import JudgedPlan
from landform.policies.change import ResourceChange
from landform.policies.plan_rule import Risk

_RARE = 97
"""Every so many accounts one has a rule of its own."""


@dataclass(frozen=True, slots=True)
class Folding:
    """One thing that is done with all plans: seconds of the processor, the median."""

    what: str
    processor: float


def foldings(plans: int, *, changes: int, runs: int) -> list[Folding]:
    """Classes and their outliers from judged plans; the digests these rest on; the peer, last."""
    identities = {f"account-{number:04}.app": _identity(number) for number in range(plans)}
    bare = {name: _plan(who, changes) for name, who in identities.items()}
    judged = {
        name: JudgedPlan(plan, Risk.R2, (), name, class_digest(plan, identities[name]), "0", "0")
        for name, plan in bare.items()
    }
    documents = [plan.as_json() for plan in bare.values()]
    return [
        _timed("fold", runs, lambda: fold(judged, identities)),
        _timed(
            "class digests",
            runs,
            lambda: [class_digest(plan, identities[name]) for name, plan in bare.items()],
        ),
        _timed("canonical JSON", runs, lambda: [canonical_json(document) for document in documents]),
    ]


def _timed(what: str, runs: int, work: Callable[[], object]) -> Folding:
    found = []
    for _ in range(runs):
        started = time.process_time()
        work()
        found.append(time.process_time() - started)
    return Folding(what, median(found))


def _identity(number: int) -> Identity:
    return Identity(f"account-{number:04}", f"{100000000000 + number}", "eu-west-1", "app", "prod")


def _plan(who: Identity, changes: int) -> Plan:
    number = int(who.account_id) % 10_000
    found = (_queue(who, index, odd=not number % _RARE and index == 0) for index in range(changes))
    return Plan(f"{who.account}.app", who.account, who.tier, "1.11.4", "1.2", tuple(found))


def _queue(who: Identity, index: int, *, odd: bool) -> ResourceChange:
    name = f"{who.account}-orders-{index}"
    arn = f"arn:aws:sqs:{who.region}:{who.account_id}:{name}"
    before: dict[str, Any] = {
        "arn": arn,
        "content_based_deduplication": False,
        "delay_seconds": 0,
        "id": f"https://sqs.{who.region}.amazonaws.com/{who.account_id}/{name}",
        "kms_data_key_reuse_period_seconds": 300,
        "kms_master_key_id": f"alias/{who.account}-queues",
        "max_message_size": 262144,
        "message_retention_seconds": 345600,
        "name": name,
        "policy": (
            f'{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"{arn}",'
            f'"Principal":{{"AWS":"arn:aws:iam::{who.account_id}:role/{who.account}-sender"}}}}]}}'
        ),
        "redrive_policy": f'{{"deadLetterTargetArn":"{arn}-dead","maxReceiveCount":5}}',
        "sqs_managed_sse_enabled": False,
        "tags": {"Name": name, "account": who.account, "owner": f"team-{who.account}", "tier": who.tier},
        "visibility_timeout_seconds": 30,
    }
    after = {**before, "visibility_timeout_seconds": 90 if odd else 60}
    return ResourceChange(
        f"aws_sqs_queue.orders_{index}", "aws_sqs_queue", "update", (), None, before, after, {}
    )
