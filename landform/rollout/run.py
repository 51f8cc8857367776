"""A roll-out from its plan set to its end, or from where it stopped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from landform.errors import Code, LandformError, Place
from landform.plan.plan_set import PlanSet
from landform.record.events import Event, EventKind
from landform.record.ledger import Ledger
from landform.rollout.apply import Saved
from landform.rollout.loop import drive
from landform.rollout.policy import WavePolicy
from landform.rollout.state import Rollout
from landform.rollout.steps import Step, make_steps
from landform.rollout.world import RealWorld
from landform.synth.bundle import Bundle


@dataclass(frozen=True, slots=True)
class Past:
    """A run of the ledger that can go on.

    Attributes:
        run: its id.
        events: all of it so far.
        plan_set: the id of its plan set.
        stacks: what it is over.
        waves: whether it goes in waves, as ``landform rollout`` does.
    """

    run: str
    events: tuple[Event, ...]
    plan_set: str
    stacks: tuple[str, ...]
    waves: bool


def saved_plans(
    plan_set: PlanSet, folder: Path, bundle: Bundle, sandbox: str | None, names: Iterable[str]
) -> dict[str, Saved]:
    """The saved plans of some stacks of a plan set.

    Raises:
        LandformError: ``plan-outdated`` where the plan set was made from another bundle, or for another place.
    """
    if plan_set.bundle_digest != bundle.digest:
        raise LandformError(
            Code.PLAN_OUTDATED,
            "The plan set was made from another bundle.",
            place=Place(file=str(bundle.root)),
            given=f"bundle {bundle.digest}",
            expected=f"bundle {plan_set.bundle_digest}",
            fix="Run `landform plan` again, or name the bundle that was planned with --out.",
        )
    if plan_set.sandbox != sandbox:
        raise LandformError(
            Code.PLAN_OUTDATED,
            "The plan set was made for another place.",
            place=Place(file=str(folder)),
            given=_place(sandbox),
            expected=_place(plan_set.sandbox),
            fix="Apply where it was planned. What is planned in a sandbox can be applied there while it runs: "
            "`landform sandbox start` before `landform plan --sandbox`.",
        )
    return {name: Saved(folder, plan_set.plans[name]) for name in names}


def steps_of(bundle: Bundle, names: Iterable[str], ledger: Ledger, *, waves: bool) -> tuple[Step, ...]:
    """The steps of a roll-out: in waves, or tier by tier all at once.

    Raises:
        LandformError: as ``make_steps``.
    """
    policy = WavePolicy.from_json(bundle.waves, bundle.tiers)
    if not waves:
        policy = WavePolicy(
            {name: replace(wave, number=1, name="at once", bake=0) for name, wave in policy.accounts.items()},
            {name: replace(tier, parts=(100,), bake=0) for name, tier in policy.tiers.items()},
        )
    return make_steps([bundle.stacks[name] for name in names], policy, seconds_of(ledger))


def seconds_of(ledger: Ledger) -> Mapping[str, float]:
    """How long applying each stack took the last time."""
    events = ledger.events(kind=EventKind.STACK_APPLIED)
    return {event.stack: event.body["seconds"] for event in events if event.stack and "seconds" in event.body}


def roll_out(world: RealWorld, rollout: Rollout, *, jobs: int, health: bool) -> Rollout:
    """Go on with a roll-out until it has ended or halted. Ctrl-C, and whatever keeps it from going on, halts it.

    Raises:
        LandformError: what kept it from going on, after it was recorded.
        KeyboardInterrupt: after every Terraform has ended and that was recorded.
    """
    watched = _Watched(world, rollout)
    try:
        return drive(rollout, watched, jobs=jobs, health=health)
    except (KeyboardInterrupt, LandformError) as error:
        reason = "it was interrupted" if isinstance(error, KeyboardInterrupt) else str(error.message)
        for ending in world.stop():
            watched.record(ending.kind, ending.stack, ending.body)
        if not watched.halted:
            watched.record("halted", None, {"reason": reason})
        raise
    finally:
        world.close()


def past(ledger: Ledger, run: str | None, sandbox: str | None) -> Past:
    """A run that can go on: the one that is named, or the last one there that has not ended.

    Raises:
        LandformError: ``no-run``.
    """
    started = [
        event
        for event in ledger.events(kind=EventKind.RUN_STARTED)
        if event.body.get("sandbox") == sandbox and "plan_set" in event.body
    ]
    over = {event.run for event in ledger.events(kind=EventKind.RUN_ENDED)}
    open_ = [event for event in started if event.run not in over]
    wanted = [event for event in open_ if run is None or event.run.startswith(run)]
    if not wanted:
        raise LandformError(
            Code.NO_RUN,
            "No run can go on." if run is None else "This run cannot go on.",
            place=Place(file=str(ledger.path)),
            given=run or f"{len(started)} runs in {_place(sandbox)}, all ended",
            expected=f"one of {', '.join(event.run for event in open_)}"
            if open_
            else "a run that has halted",
            fix=None if open_ else "Begin one with `landform apply` or `landform rollout`.",
        )
    event = wanted[-1]
    return Past(
        run=event.run,
        events=ledger.events(run=event.run),
        plan_set=event.body["plan_set"],
        stacks=tuple(event.body["stacks"]),
        waves=event.body["purpose"] == "rollout",
    )


class _Watched:
    """The world, and whether it has recorded that the roll-out halted."""

    def __init__(self, world: RealWorld, rollout: Rollout) -> None:
        self._world = world
        self.halted = rollout.halted is not None
        self.now, self.start, self.wait = world.now, world.start, world.wait
        self.settle, self.until, self.health = world.settle, world.until, world.health

    def record(self, kind: str, stack: str | None, body: Mapping[str, object]) -> Event:
        event = self._world.record(kind, stack, body)
        self.halted = event.kind is EventKind.HALTED or (self.halted and event.kind is not EventKind.RESUMED)
        return event


def _place(sandbox: str | None) -> str:
    return f"the sandbox {sandbox}" if sandbox else "the real AWS"
