"""What the ledger holds: a closed set of kinds of event, each with what its body may say.

An event says that something happened, when, in which run and, where it is about one, to which stack. A body is made
of digests, names, counts and reasons, and of no value of a resource, so that nothing secret can be in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from landform.digest import digest

_ERROR = "the error's JSON object, as LandformError.as_json gives it"
_DIGEST = "the digest of what the plan would do"
_CLASS = "the digest of the class that the plan is in"
_BUNDLE = "the digest of the bundle"
_PLAN_SET = "the digest of the plan set"
_STACK_FILE = "the SHA-256 of the stack's cdk.tf.json; its text is in the objects under it"
_PLAN_FILE = "the SHA-256 of Terraform's plan file"
_WAVE = "the number of the wave, from 1"
_REASON = "why, a sentence"
_BY = "who, by name"


class EventKind(StrEnum):
    """Every kind of event: its name, whether it is about one stack (None: it may be), what it says, its body's keys.

    A kind is its name: it is equal to that text. A key that does not apply is left out of a body; a key that is not
    named here is refused.
    """

    RUN_STARTED = (
        "run-started",
        False,
        "A run begins.",
        {
            "purpose": "apply, rollout, rollback or drift",
            "bundle": _BUNDLE,
            "plan_set": _PLAN_SET,
            "by": _BY,
            "host": "the machine's name",
            "generator": "landform and its version",
            "terraform_version": "the Terraform that planned and applies",
            "stacks": "the names of the stacks that the run is over",
            "steps": "the steps of the roll-out, as its plan of waves says them",
            "settings": "the settings of the roll-out, by tier",
            "approvals": "the ids of the approvals that the run stands on",
            "health": "whether a health command is asked after each step",
            "reason": _REASON,
            "sandbox": "the id of the sandbox that the run is in; none is the real AWS",
        },
    )
    PLANNED = (
        "planned",
        None,
        "A stack, or a plan set, was planned.",
        {
            "digest": _DIGEST,
            "class_digest": _CLASS,
            "risk": "R0 to R4",
            "plan_set": _PLAN_SET,
            "bundle": _BUNDLE,
            "stack_sha256": _STACK_FILE,
            "plan_file_sha256": _PLAN_FILE,
            "stacks": "how many stacks were planned",
        },
    )
    APPROVED = (
        "approved",
        None,
        "An approval was made, or was found to cover a stack.",
        {
            "approvals": "the ids of the approvals",
            "approvers": "the names of those who approved",
            "digest": _DIGEST,
            "class_digest": _CLASS,
            "plan_set": _PLAN_SET,
            "risk": "R0 to R4",
            "ticket": "the change's ticket",
        },
    )
    WAVE_STARTED = (
        "wave-started",
        False,
        "A wave begins.",
        {"wave": _WAVE, "name": "what the wave is called", "stacks": "the names of its stacks"},
    )
    STACK_STARTED = (
        "stack-started",
        True,
        "Terraform is about to be told to apply: from here on the stack may have changed.",
        {
            "wave": _WAVE,
            "attempt": "the number of the attempt, from 1",
            "digest": _DIGEST,
            "stack_sha256": _STACK_FILE,
            "plan_file_sha256": _PLAN_FILE,
            "bundle": _BUNDLE,
            "lineage": "of the state before",
            "serial": "of the state before",
        },
    )
    STACK_APPLIED = (
        "stack-applied",
        True,
        "Terraform applied the whole plan.",
        {
            "wave": _WAVE,
            "attempt": "the number of the attempt, from 1",
            "digest": _DIGEST,
            "stack_sha256": _STACK_FILE,
            "plan_file_sha256": _PLAN_FILE,
            "inputs": "the digest of all that the stack was made from",
            "bundle": _BUNDLE,
            "counts": "how many resources were added, changed, replaced and destroyed",
            "lineage": "of the state afterwards",
            "serial": "of the state afterwards",
            "seconds": "how long it took",
        },
    )
    STACK_FAILED = (
        "stack-failed",
        True,
        "Terraform ended with an error; what it had done by then stands.",
        {
            "wave": _WAVE,
            "attempt": "the number of the attempt, from 1",
            "error": _ERROR,
            "changed": "whether the state changed",
            "lineage": "of the state afterwards",
            "serial": "of the state afterwards",
            "seconds": "how long it took",
        },
    )
    STACK_IN_DOUBT = (
        "stack-in-doubt",
        True,
        "Nobody saw how Terraform ended: the stack must be planned anew before anything else is done to it.",
        {"wave": _WAVE, "reason": _REASON, "error": _ERROR},
    )
    STACK_SKIPPED = (
        "stack-skipped",
        True,
        "The stack was left as it is.",
        {"wave": _WAVE, "reason": _REASON},
    )
    BAKE_STARTED = (
        "bake-started",
        False,
        "A wave is watched before the next one begins.",
        {"wave": _WAVE, "until": "when it ends, as ISO 8601 in UTC"},
    )
    BAKE_ENDED = (
        "bake-ended",
        False,
        "A wave was watched for its time, or its health command said no.",
        {"wave": _WAVE, "healthy": "whether it was well", "reason": _REASON},
    )
    HALTED = (
        "halted",
        False,
        "The run stops and can be resumed.",
        {"wave": _WAVE, "reason": _REASON, "failed": "the names of the stacks that failed", "by": _BY},
    )
    RESUMED = (
        "resumed",
        False,
        "A halted or killed run goes on.",
        {"by": _BY, "host": "the machine's name", "plan_set": _PLAN_SET, "reason": _REASON},
    )
    RUN_ENDED = (
        "run-ended",
        False,
        "A run is over; it cannot be resumed.",
        {
            "outcome": "done, failed or given up",
            "applied": "how many stacks were applied",
            "failed": "how many stacks failed",
            "skipped": "how many stacks were left as they are",
            "reason": _REASON,
        },
    )
    ROLLED_BACK = (
        "rolled-back",
        True,
        "What a stack had before was applied again; its stack-applied event stands beside this one.",
        {
            "from_sha256": "the stack file that was left",
            "to_sha256": "the stack file that was applied again",
            "of_run": "the run that was taken back",
            "reason": _REASON,
        },
    )
    DRIFT_FOUND = (
        "drift-found",
        None,
        "Something was changed outside.",
        {
            "digest": "the digest of what changed",
            "class_digest": "the digest of the class that the drift is in",
            "addresses": "the resources that changed",
            "bundle": _BUNDLE,
            "stacks": "how many stacks were looked at",
        },
    )
    ACCOUNT_CHANGED = (
        "account-changed",
        False,
        "An account took a step of its life, or AWS was told to close it.",
        {
            "account": "the account's name",
            "account_id": "the account's id",
            "step": "the step: a verb of the account's life, or move",
            "before": "the status, or the unit, that it led from",
            "after": "the status, or the unit, that it led to",
            "commit": "the commit that has the change; none is the files themselves",
            "let_go": "the stacks whose data was let go",
            "told_aws": "whether AWS was told",
            "by": _BY,
            "reason": _REASON,
            "ticket": "the change's ticket",
            "sandbox": "the id of the sandbox that it was done in; none is the real AWS",
        },
    )
    ACCOUNT_STEP = (
        "account-step",
        False,
        "Something was done in an account that Terraform cannot do, or AWS refused it.",
        {
            "account": "the account's name",
            "account_id": "the account's id",
            "step": "the id of the step",
            "what": "what was done it to, by name",
            "region": "the Region it was done in",
            "error": _ERROR,
            "by": _BY,
            "sandbox": "the id of the sandbox that it was done in; none is the real AWS",
        },
    )

    of_stack: bool | None
    meaning: str
    body: Mapping[str, str]

    def __new__(cls, name: str, of_stack: bool | None, meaning: str, body: Mapping[str, str]) -> EventKind:
        kind = str.__new__(cls, name)
        kind._value_ = name
        kind.of_stack, kind.meaning, kind.body = of_stack, meaning, body
        return kind


KINDS: Mapping[str, EventKind] = {kind.value: kind for kind in EventKind}
"""The kinds by their names."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event of the ledger.

    Attributes:
        seq: its number, from 1, without gaps.
        at: when, as ISO 8601 in UTC; never before the event before it.
        kind: what happened.
        run: the id of the run it happened in.
        stack: the stack it is about; None where it is about no single one.
        body: what else there is to say, JSON-ready.
        prev: the digest of the event before it; empty for the first.
        digest: of all of the above.
    """

    seq: int
    at: str
    kind: EventKind
    run: str
    stack: str | None
    body: Mapping[str, Any]
    prev: str
    digest: str

    def as_json(self) -> dict[str, Any]:
        """The event as a JSON object."""
        return {
            "seq": self.seq,
            "at": self.at,
            "kind": self.kind.value,
            "run": self.run,
            "stack": self.stack,
            "body": dict(self.body),
            "prev": self.prev,
            "digest": self.digest,
        }


@dataclass(frozen=True, slots=True)
class Head:
    """Where a ledger ended at some time: what an approval anchors, so that taking the end away is seen.

    A ledger without events has the number 0 and an empty digest.
    """

    seq: int = 0
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Broken:
    """The first event that is not what was written: its number, and what is wrong with it."""

    seq: int
    message: str


def event_digest(seq: int, at: str, kind: str, run: str, stack: str | None, body: str, prev: str) -> str:
    """The digest of an event, over its columns as they are stored; ``body`` is the JSON text."""
    return digest([seq, at, kind, run, stack, body, prev])
