"""A roll-out from its plan set to its end, or from where it stopped."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from landform.digest import sha256
from landform.errors import Code, Exit, LandformError, Place
from landform.plan.plan_set import PlanSet
from landform.plan.store import sealed_plan
from landform.plan.vault import Vault
from landform.record.events import Event, EventKind
from landform.record.ledger import Ledger
from landform.rollout.apply import Saved, another_plan
from landform.rollout.loop import drive
from landform.rollout.policy import WavePolicy, frozen_until
from landform.rollout.state import Rollout
from landform.rollout.steps import Step, make_steps
from landform.rollout.world import RealWorld, frozen
from landform.synth.bundle import Bundle

AWAY = "Its account is suspended or closed."


@dataclass(frozen=True, slots=True)
class Past:
    """A run of the ledger that can go on.

    Attributes:
        run: its id.
        events: all of it so far.
        bundle: the digest of its bundle.
        plan_sets: the ids of its plan set, and of those that took the place of plans of it, the newest last.
        stacks: what it is over.
        waves: whether it goes in waves, as ``landform rollout`` does.
        health: whether a health command is asked after each step.
    """

    run: str
    events: tuple[Event, ...]
    bundle: str
    plan_sets: tuple[str, ...]
    stacks: tuple[str, ...]
    waves: bool
    health: bool


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A run that was ended by hand: its id, and the stacks of which nobody knows how their apply ended."""

    run: str
    doubtful: tuple[str, ...]


def saved_plans(
    plan_set: PlanSet, folder: Path, bundle: Bundle, sandbox: str | None, names: Iterable[str]
) -> dict[str, Saved]:
    """The saved plans of some stacks of a plan set.

    Raises:
        LandformError: ``plan-outdated`` where the plan set was made from another bundle, or for another place.
    """
    if plan_set.bundle_digest != bundle.digest:
        fix = "Run `landform plan` again, or name the bundle that was planned with --out."
        raise _another_bundle(
            "The plan set was made from another bundle.", bundle, plan_set.bundle_digest, fix
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


def check_saved(saved: Mapping[str, Saved], vault: Vault, terraform_version: str) -> None:
    """Refuse, before anything begins, plans of another Terraform, and those whose file is not whole.

    Raises:
        LandformError: ``plan-stale``, ``plan-file``.
    """
    for name, one in saved.items():
        if one.does_nothing:
            continue
        if one.judged.plan.terraform_version != terraform_version:
            raise LandformError(
                Code.PLAN_STALE,
                "A plan was made by another version of Terraform, and no other can apply it.",
                place=Place(construct_path=name),
                given=f"Terraform {terraform_version}",
                expected=f"Terraform {one.judged.plan.terraform_version}",
                fix="Name the Terraform that planned with --terraform, or plan again.",
            )
        sealed = sealed_plan(one.folder, name)
        found = sha256(vault.read(sealed, name))
        if found != one.judged.plan_file_sha256:
            raise another_plan(sealed, f"sha256 {found}", f"sha256 {one.judged.plan_file_sha256}")


def check_begins(steps: Sequence[Step], now: datetime) -> None:
    """Refuse to begin on a day on which the first step could not, so that no run is left that has done nothing.

    Raises:
        LandformError: ``frozen``.
    """
    if steps and (window := frozen_until(steps[0].freeze, now)):
        raise frozen(*window, "Begin then.")


def check_goes_on(before: Past, bundle: Bundle, *, health: bool) -> None:
    """Refuse to go on with a run over another bundle than it began with, or without its health command.

    Raises:
        LandformError: ``plan-outdated``, ``usage``.
    """
    if before.bundle != bundle.digest:
        fix = (
            "Name the bundle of the run with --out, or end the run with `landform rollout --give-up` and plan the "
            "bundle of today."
        )
        raise _another_bundle("The run is over another bundle.", bundle, before.bundle, fix)
    if before.health and not health:
        raise LandformError(
            Code.USAGE,
            "The run asks a health command after each step, and none is named.",
            given=f"run {before.run}",
            fix="Name it again with --health; `--health true` is always well.",
        )


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
        LandformError: what kept it from going on, after it was recorded; ``run-stopped`` where that is no way for a
            run to stop that has begun.
        KeyboardInterrupt: after every Terraform has ended and that was recorded.
    """
    watched = _Watched(world, rollout)
    try:
        return drive(rollout, watched, jobs=jobs, health=health)
    except (KeyboardInterrupt, Exception) as error:
        _halt(world, watched, error)
        if watched.begun and isinstance(error, LandformError) and error.code.status is not Exit.STOPPED:
            raise _stopped(error) from error
        raise
    finally:
        world.close()


def _halt(world: RealWorld, watched: _Watched, error: BaseException) -> None:
    match error:
        case KeyboardInterrupt():
            reason = "it was interrupted"
        case LandformError():
            reason = error.message
        case _:
            reason = f"landform itself failed: {type(error).__name__}"
    endings = world.stop()
    # What cannot be recorded, on a full disk say, is in doubt when the run is resumed, and is looked at then.
    with suppress(LandformError):
        for ending in endings:
            watched.record(ending.kind, ending.stack, ending.body)
        if watched.begun and not watched.halted:
            watched.record("halted", None, {"reason": reason})


def _stopped(error: LandformError) -> LandformError:
    return LandformError(
        Code.RUN_STOPPED,
        error.message,
        place=error.place,
        given=f"{error.code.slug}: {error.given}" if error.given else error.code.slug,
        expected=error.expected,
        fix=f"{error.fix or 'Put it right.'} Then `landform rollout --resume`.",
    )


def past(ledger: Ledger, run: str | None, sandbox: str | None) -> Past:
    """A run that can go on: the one that is named, or the last one there that has not ended.

    Raises:
        LandformError: ``no-run``.
    """
    there = [event for event in _open_runs(ledger) if event.body.get("sandbox") == sandbox]
    event = _one(ledger, there, run, f"runs in {_place(sandbox)} that have not ended")
    events = ledger.events(run=event.run)
    newer = (
        one.body["plan_set"] for one in events if one.kind is EventKind.RESUMED and "plan_set" in one.body
    )
    return Past(
        run=event.run,
        events=events,
        bundle=event.body["bundle"],
        plan_sets=(event.body["plan_set"], *newer),
        stacks=tuple(event.body["stacks"]),
        waves=event.body["purpose"] == "rollout",
        health=event.body.get("health", False),
    )


def give_up(ledger: Ledger, run: str | None, *, by: str, at: str) -> GivenUp:
    """End a run that has halted or was killed, wherever it was; it cannot go on after that.

    Raises:
        LandformError: ``no-run``.
    """
    event = _one(ledger, _open_runs(ledger), run, "runs that have not ended")
    last = {one.stack: one for one in ledger.events(run=event.run) if one.stack}
    begun = (EventKind.STACK_STARTED, EventKind.STACK_IN_DOUBT)
    doubtful = tuple(sorted(stack for stack, one in last.items() if one.kind in begun))
    # A run that was killed says of some stacks that they are being applied; once it was resumed they are in doubt.
    ledger.append(EventKind.RESUMED, at=at, run=event.run, body={"by": by, "reason": "to be given up"})
    ledger.append(EventKind.HALTED, at=at, run=event.run, body={"by": by, "reason": "it was given up"})
    ledger.append(EventKind.RUN_ENDED, at=at, run=event.run, body={"outcome": "given up"})
    return GivenUp(event.run, doubtful)


def skip(ledger: Ledger, run: str, rollout: Rollout, accounts: Collection[str], at: str) -> Rollout:
    """Leave out of a run that goes on what waits in accounts in which nobody can work any more.

    Args:
        ledger: the project's.
        run: the run's id.
        rollout: where it stands, resumed.
        accounts: by name.
        at: when, as ISO 8601.
    """
    for name in rollout.names("pending"):
        if rollout.stacks[name].account in accounts:
            body = {"wave": rollout.places[name], "reason": AWAY}
            event = ledger.append(EventKind.STACK_SKIPPED, at=at, run=run, stack=name, body=body)
            rollout = rollout.after(event)
    return rollout


def _open_runs(ledger: Ledger) -> list[Event]:
    """How each run began that applies a plan set and has not ended."""
    over = {event.run for event in ledger.events(kind=EventKind.RUN_ENDED)}
    started = ledger.events(kind=EventKind.RUN_STARTED)
    return [event for event in started if "plan_set" in event.body and event.run not in over]


def _one(ledger: Ledger, runs: Sequence[Event], name: str | None, what: str) -> Event:
    """The run of a name, or the last."""
    wanted = [event for event in runs if name is None or event.run.startswith(name)]
    if wanted and (name is None or len(wanted) == 1):
        return wanted[-1]
    raise LandformError(
        Code.NO_RUN,
        "There is no such run, or it has ended." if name else "There is no run that has not ended.",
        place=Place(file=str(ledger.path)),
        given=name or f"no {what}",
        expected=f"one of {', '.join(event.run for event in runs)}" if runs else "a run that has halted",
        fix=None if runs else "Begin one with `landform apply` or `landform rollout`.",
    )


class _Watched:
    """The world, and whether the record says that the roll-out has begun, and that it halted."""

    def __init__(self, world: RealWorld, rollout: Rollout) -> None:
        self._world = world
        self.begun, self.halted = rollout.started, rollout.halted is not None
        self.now, self.start, self.wait = world.now, world.start, world.wait
        self.settle, self.until, self.health = world.settle, world.until, world.health

    def record(self, kind: str, stack: str | None, body: Mapping[str, object]) -> Event:
        event = self._world.record(kind, stack, body)
        self.begun = True
        self.halted = event.kind is EventKind.HALTED or (self.halted and event.kind is not EventKind.RESUMED)
        return event


def _another_bundle(message: str, bundle: Bundle, expected: str, fix: str) -> LandformError:
    return LandformError(
        Code.PLAN_OUTDATED,
        message,
        place=Place(file=str(bundle.root)),
        given=f"bundle {bundle.digest}",
        expected=f"bundle {expected}",
        fix=fix,
    )


def _place(sandbox: str | None) -> str:
    return f"the sandbox {sandbox}" if sandbox else "the real AWS"
