"""What is gone for good once a plan is applied: data, and identities, keys and addresses.

``data/data_loss.tsv`` has the types, a line each: the type, its class (``data``, ``identity`` or ``nothing``) and what
is lost. Where the list comes from is said in ``data/data_loss.md``.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType
from typing import Literal

from landform.policies.change import ResourceChange, destroyed, replaced, updated
from landform.policies.plan_rule import Concern, PlanRule, PlanView, Risk, example_plan
from landform.policies.plan_rules.values import acting, values_at

Loss = Literal["data", "identity", "nothing"]

_CLASSES: Mapping[str, Loss] = {"data": "data", "identity": "identity", "nothing": "nothing"}

# Arguments that say what is kept of a resource when it is destroyed, and what each value means for that.
_LAST_WORDS = (
    ("skip_final_snapshot", True, "without a last snapshot"),
    ("skip_final_backup", True, "without a last backup"),
    ("force_destroy", True, "with all that is in it"),
    ("force_delete", True, "with all that is in it"),
    ("recovery_window_in_days", 0, "without a time in which it could be taken back"),
)


@dataclass(frozen=True, slots=True)
class Kept:
    """What destroying a resource of a type loses: of which class, and in words."""

    loss: Loss
    what: str


@functools.cache
def loss_table() -> Mapping[str, Kept]:
    """What is lost by type: every type that holds something, and those that were looked at and hold nothing."""
    text = resources.files("landform.policies").joinpath("data/data_loss.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines())
    return MappingProxyType({type: Kept(_CLASSES[loss], what) for type, loss, what in rows})


def _lost(view: PlanView, loss: Loss) -> Iterator[Concern]:
    for change in acting(view):
        kept = loss_table().get(change.type)
        if kept and kept.loss == loss and change.destroys:
            said = _last_words(change)
            how = "destroyed and made again" if change.action == "replace" else "destroyed"
            paths = tuple(".".join(map(str, path)) for path in change.replace_paths)
            yield Concern(
                Risk.R4,
                change.address,
                f"is {how}{''.join(f', {words}' for words in said.values())}: {kept.what} is lost",
                keys=(*paths, *said),
                before={key: values_at(change.before, key)[0] for key in said} or None,
            )


def _last_words(change: ResourceChange) -> Mapping[str, str]:
    return {
        name: words for name, value, words in _LAST_WORDS if values_at(change.before, name)[:1] == (value,)
    }


def _data(view: PlanView) -> Iterator[Concern]:
    return _lost(view, "data")


def _identity(view: PlanView) -> Iterator[Concern]:
    return _lost(view, "identity")


_QUEUE = {"name": "orders"}

RULES = (
    PlanRule(
        id="LF_PLAN_DATA_LOSS",
        title="Nothing that holds data is destroyed",
        rationale="No plan brings it back, and a replacement is empty.",
        remediation=(
            "Change it in place, or take it out of the state with a `removed` block. A resource whose name in the code "
            "changed alone is moved by a `moved` block. Where it is meant, make a backup first and approve it as such."
        ),
        judge=_data,
        good=(
            example_plan(updated("aws_sqs_queue.q", _QUEUE, {"name": "orders", "fifo_queue": True})),
            example_plan(destroyed("aws_iam_role_policy.p", {"name": "p"})),
        ),
        bad=(
            example_plan(destroyed("aws_db_instance.d", {"skip_final_snapshot": True})),
            example_plan(replaced("aws_sqs_queue.q", _QUEUE, {"name": "bills"})),
        ),
    ),
    PlanRule(
        id="LF_PLAN_IDENTITY_LOSS",
        title="No identity, key or address is destroyed that others know",
        rationale=(
            "One that is made anew has another id: what was encrypted stays closed, "
            "and who pointed at it points at nothing."
        ),
        remediation="Keep it, or move whoever uses it first and destroy it in a plan of its own.",
        judge=_identity,
        good=(example_plan(updated("aws_kms_key.k", {"description": "a"}, {"description": "b"})),),
        bad=(
            example_plan(destroyed("aws_kms_key.k", {"deletion_window_in_days": 7})),
            example_plan(replaced("aws_eip.e", {"domain": "vpc"}, {"domain": "vpc"})),
        ),
    ),
)
