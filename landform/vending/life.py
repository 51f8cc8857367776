"""The life of an account: which step leads from which status to which, what it needs and what it takes back.

    requested -> provisioning -> quarantined -> active -> suspended -> closed

The table is the whole of it: a step that does not stand there cannot be taken, and none skips a status. What a step
needs are named conditions, each a pure function of facts, so that what is lacking can be said long before anybody
tries. AWS's part follows "CreateAccount" and "CloseAccount" of the AWS Organizations API reference.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from landform.org.models import Account, Status

Verb = Literal["provision", "activate", "suspend", "resume", "close"]

OPEN = "ACTIVE"
"""AWS's word for an account in which one can work."""

# CloseAccount: 10 % of the member accounts, 10 at least and 1,000 at most, in any 30 days.
QUOTA_DAYS = 30
_QUOTA_PERCENT, _QUOTA_LEAST, _QUOTA_MOST = 10, 10, 1000


@dataclass(frozen=True, slots=True)
class InAws:
    """What AWS Organizations says of an account: its id and its state, or that there is none of its address."""

    id: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an account when a step is judged.

    Attributes:
        account: as the spec has it.
        today: the day.
        needed_as: what the organisation needs it for, such as ``management account``.
        baseline: the full names of its baseline's stacks.
        bundle: the SHA-256 of each of its stacks in the bundle; None where there is no bundle.
        standing: the SHA-256 of what each of its stacks was applied from; empty where that did not end well.
        refused: what boto3 was to do in the account, and AWS refused the last time.
        holding: by stack, what of it is lost with the account: addresses, with what each holds.
        let_go: the stacks of which that was let go.
        locked_out: policies over it that deny landform's own role what it needs, with what they deny.
        members: how many member accounts the organisation has.
        closed_lately: how many of them were closed in the last 30 days.
        aws: what AWS says; None where it was not asked.
    """

    account: Account
    today: dt.date
    needed_as: str = ""
    baseline: tuple[str, ...] = ()
    bundle: Mapping[str, str] | None = None
    standing: Mapping[str, str] = field(default_factory=dict)
    refused: tuple[str, ...] = ()
    holding: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    let_go: Collection[str] = ()
    locked_out: tuple[tuple[str, str], ...] = ()
    members: int = 0
    closed_lately: int = 0
    aws: InAws | None = None


@dataclass(frozen=True, slots=True)
class Lacking:
    """A condition that is not met: what is there, and what to do about it."""

    condition: str
    meaning: str
    given: str
    fix: str


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that a step needs.

    Attributes:
        name: its name.
        meaning: what must be so, a sentence.
        fix: what to do where it is not.
        given: what is there instead; None where it is met.
    """

    name: str
    meaning: str
    fix: str
    given: Callable[[Facts], str | None]


@dataclass(frozen=True, slots=True)
class Transition:
    """A step of an account's life.

    Attributes:
        verb: the command that takes it.
        before: the status that it leads from.
        after: the status that it leads to.
        needs: the conditions that it needs, by name.
        does: what follows from it.
        undoes: what of it is taken back by it; empty where nothing is.
        back: how it is taken back itself.
        by: who does what follows.
    """

    verb: Verb
    before: Status
    after: Status
    needs: tuple[str, ...]
    does: str
    undoes: str
    back: str
    by: str


def closure_quota(members: int) -> int:
    """How many accounts AWS lets an organisation of so many members close in any 30 days."""
    return min(max(members * _QUOTA_PERCENT // 100, _QUOTA_LEAST), _QUOTA_MOST)


def _expired(facts: Facts) -> str | None:
    last = facts.account.expires
    return f"expires {last.isoformat()}" if last and last < facts.today else None


def _without_baseline(facts: Facts) -> str | None:
    pin = facts.account.baseline
    if pin is None:
        return "no baseline"
    return None if facts.baseline else f"baseline {pin.name} {pin.version}, which has no stacks"


def _not_made(facts: Facts) -> str | None:
    if facts.aws is None:
        return None if facts.account.account_id else "no account_id, and AWS was not asked"
    return None if facts.aws.id else f"no account with the address {facts.account.email}"


def _other_id(facts: Facts) -> str | None:
    said = facts.account.account_id
    found = facts.aws.id if facts.aws else ""
    return f"{said} in the spec, {found} in AWS" if said and found and said != found else None


def _not_open(facts: Facts) -> str | None:
    aws = facts.aws
    return aws.state if aws is not None and aws.id and aws.state != OPEN else None


def _not_in_bundle(facts: Facts) -> str | None:
    if facts.bundle is None:
        return "no bundle"
    return _few([name for name in facts.baseline if name not in facts.bundle])


def _not_applied(facts: Facts) -> str | None:
    wanted = facts.bundle or {}
    return _few(
        [
            name
            for name in facts.baseline
            if name in wanted and facts.standing.get(name, "never") != wanted[name]
        ]
    )


def _refused(facts: Facts) -> str | None:
    return _few(list(facts.refused))


def _locked_out(facts: Facts) -> str | None:
    return _few([f"{policy}: {denied}" for policy, denied in facts.locked_out])


def _needed(facts: Facts) -> str | None:
    return facts.needed_as or None


def _holding(facts: Facts) -> str | None:
    kept = [
        f"{stack}: {each}"
        for stack, found in sorted(facts.holding.items())
        if stack not in facts.let_go
        for each in found
    ]
    return _few(kept)


def _in_doubt(facts: Facts) -> str | None:
    return _few(
        [stack for stack, sha in sorted(facts.standing.items()) if not sha and stack not in facts.let_go]
    )


def _no_quota(facts: Facts) -> str | None:
    quota = closure_quota(facts.members)
    if facts.closed_lately < quota:
        return None
    return f"{facts.closed_lately} closed in the last {QUOTA_DAYS} days, of {quota} that may be"


def _few(found: list[str]) -> str | None:
    if not found:
        return None
    more = f" and {len(found) - 3} more" if len(found) > 3 else ""
    return ", ".join(found[:3]) + more


CONDITIONS: Mapping[str, Condition] = {
    each.name: each
    for each in (
        Condition(
            "not-expired",
            "The account's last day has not passed.",
            "Have a later `expires` approved.",
            _expired,
        ),
        Condition(
            "has-baseline",
            "The account is on a baseline that has stacks: without one there is nothing to be verified.",
            "Give it a `baseline`.",
            _without_baseline,
        ),
        Condition(
            "made-by-aws",
            "AWS has made the account.",
            "Apply the stack that makes accounts, then ask AWS with --aws.",
            _not_made,
        ),
        Condition(
            "same-id",
            "The account has in the spec the id that AWS gave it.",
            "Correct `account_id`.",
            _other_id,
        ),
        Condition(
            "open-in-aws",
            "AWS lets one work in the account, as far as it was asked.",
            "Wait until AWS has activated it; a closed one is opened again by AWS Support within 90 days.",
            _not_open,
        ),
        Condition(
            "baseline-in-bundle",
            "The bundle has every stack of the account's baseline.",
            "Run `landform synth`.",
            _not_in_bundle,
        ),
        Condition(
            "baseline-applied",
            "Every stack of the account's baseline stands as the bundle has it.",
            "Plan and roll out the account's stacks.",
            _not_applied,
        ),
        Condition(
            "steps-done",
            "AWS refused nothing of what Terraform cannot do in the account, the last time it was tried.",
            "Run `landform accounts prepare`.",
            _refused,
        ),
        Condition(
            "role-not-locked-out",
            "No service control policy over the account denies landform's own role what it needs.",
            "Move the account to another unit, or except the role in the policy.",
            _locked_out,
        ),
        Condition(
            "not-needed",
            "The organisation does not need the account.",
            "Name another account in org/org.yaml first.",
            _needed,
        ),
        Condition(
            "nothing-in-doubt",
            "It is known what stands in the account.",
            "Plan these stacks anew and apply them, or let them go with --lose STACK.",
            _in_doubt,
        ),
        Condition(
            "no-protected-data",
            "No stack that stands in the account holds data.",
            "Copy what is needed elsewhere, then let it go with --lose STACK.",
            _holding,
        ),
        Condition(
            "closure-quota",
            "AWS lets the organisation close one more account.",
            f"Wait: the quota is counted over {QUOTA_DAYS} days.",
            _no_quota,
        ),
    )
}
"""What steps need, by name."""

TRANSITIONS: tuple[Transition, ...] = (
    Transition(
        "provision",
        "requested",
        "provisioning",
        ("not-expired", "has-baseline"),
        "The management account's stack makes the account in its unit.",
        "",
        "Nothing takes it back: an account that AWS has made can only be closed.",
        "the roll-out of the management account",
    ),
    Transition(
        "provision",
        "provisioning",
        "quarantined",
        ("made-by-aws", "same-id", "open-in-aws"),
        "The id stands in the spec; the stacks of the baseline alone are made, and all else is denied.",
        "",
        "`suspend`.",
        "AWS, then the roll-out of the account's baseline",
    ),
    Transition(
        "activate",
        "quarantined",
        "active",
        (
            *("not-expired", "has-baseline", "same-id", "open-in-aws"),
            *("baseline-in-bundle", "baseline-applied", "steps-done"),
        ),
        "Every stack that is selected for the account is made.",
        "The policy that denies all but the baseline goes.",
        "`suspend`, then `resume`.",
        "the next roll-out",
    ),
    Transition(
        "suspend",
        "quarantined",
        "suspended",
        ("not-needed",),
        "All is denied in the account; it has no stacks, and no run looks at it.",
        "Nothing that was applied is taken away.",
        "`resume`.",
        "the roll-out of the management account",
    ),
    Transition(
        "suspend",
        "active",
        "suspended",
        ("not-needed",),
        "All is denied in the account; it has no stacks, and no run looks at it.",
        "Nothing that was applied is taken away.",
        "`resume`.",
        "the roll-out of the management account",
    ),
    Transition(
        "resume",
        "suspended",
        "quarantined",
        ("not-expired", "has-baseline", "same-id", "open-in-aws", "role-not-locked-out"),
        "The stacks of the baseline are planned again, and must stand before the account is active.",
        "The policy that denies all goes; that of quarantine comes.",
        "`suspend`.",
        "the next roll-out",
    ),
    Transition(
        "close",
        "suspended",
        "closed",
        ("not-needed", "nothing-in-doubt", "no-protected-data", "closure-quota"),
        "AWS closes the account and deletes what is in it after 90 days; the file stays, so that its address and its "
        "name are never given again.",
        "",
        "AWS Support opens it again within 90 days; `landform org import --update` then has it suspended.",
        "AWS, on --aws or by hand",
    ),
)
"""Every step there is."""


def steps_from(status: Status) -> tuple[Transition, ...]:
    """The steps that lead on from a status."""
    return tuple(step for step in TRANSITIONS if step.before == status)


def step_of(verb: Verb, status: Status) -> Transition | None:
    """The step that a command takes from a status; None where there is none."""
    return next((step for step in steps_from(status) if step.verb == verb), None)


def judge(step: Transition, facts: Facts) -> list[Lacking]:
    """The conditions of a step that are not met, in the step's order."""
    return list(_lacking(step, facts))


def mermaid() -> str:
    """The life as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", "    [*] --> requested: landform vend"]
    lines += [f"    {step.before} --> {step.after}: {step.verb}" for step in TRANSITIONS]
    return "\n".join([*lines, "    closed --> [*]"]) + "\n"


def _lacking(step: Transition, facts: Facts) -> Iterator[Lacking]:
    for condition in map(CONDITIONS.__getitem__, step.needs):
        given = condition.given(facts)
        if given is not None:
            yield Lacking(condition.name, condition.meaning, given, condition.fix)
