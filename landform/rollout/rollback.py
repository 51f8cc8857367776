"""What a run did is taken back by applying again what its stacks had before it, from the bundle that was applied then.

Going back is a change like any other: it is planned, judged, approved and applied. A stack that had nothing before
the run is left as it is, since to go back would be to destroy it, and that is for a person to say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from landform.errors import Code, LandformError, Place
from landform.org.select import matches, no_match
from landform.rollout.history import Applied, Change, History, Run
from landform.rollout.kept import kept, kept_bundles
from landform.synth.bundle import Bundle

FORMAT = "landform/rollback/v1"
FOLDER = Path(".landform/rollback")
"""Where bundles are restored to in a project."""

DIGITS = 12
NEVER = "was never applied before this run: to go back would be to destroy it"
AWAY = "is in an account that is suspended or closed"


@dataclass(frozen=True, slots=True)
class Return:
    """A stack that goes back.

    Attributes:
        stack: its full name.
        now: what was done to it last.
        to: when it was applied as it will be again.
        later: the runs after the one that is taken back which changed it too, and are taken back with it.
    """

    stack: str
    now: Change
    to: Applied
    later: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Left:
    """A stack that stays as it is, and why. ``settled`` says that it is already what it would go back to."""

    stack: str
    reason: str
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Rollback:
    """What goes back, and to what.

    Attributes:
        run: the run that is taken back; None where a bundle is gone back to, whatever the runs since.
        bundle: the digest of the bundle that is gone back to.
        sandbox: the sandbox; None is the real AWS.
        returns: the stacks that go back.
        left: those of the run that do not.
    """

    run: Run | None
    bundle: str
    sandbox: str | None
    returns: tuple[Return, ...]
    left: tuple[Left, ...]

    def folder(self, project: Path) -> Path:
        """Where the bundle is restored to."""
        return project / FOLDER / self.bundle.removeprefix("sha256:")[:DIGITS]

    def as_json(self) -> dict[str, Any]:
        """The roll-back as one JSON document."""
        return {
            "format": FORMAT,
            "run": self.run and self.run.id,
            "bundle": self.bundle,
            "sandbox": self.sandbox,
            "returns": [
                {
                    "stack": one.stack,
                    "outcome": one.now.outcome,
                    "from_sha256": one.now.sha256,
                    "to_sha256": one.to.sha256,
                    "applied": {"run": one.to.run, "at": one.to.at, "by": one.to.by},
                    "later_runs": list(one.later),
                }
                for one in self.returns
            ],
            "left": [{"stack": one.stack, "reason": one.reason} for one in self.left],
        }


def rollback(
    project: Path,
    history: History,
    *,
    run: str | None = None,
    to: str | None = None,
    stacks: Sequence[str] = (),
    away: Collection[str] = (),
) -> Rollback:
    """What goes back to what.

    Args:
        project: the project's folder, whose record keeps the bundles.
        history: what was applied in one place.
        run: the id of the run to take back, or its beginning; the last, or with ``to`` all since that bundle.
        to: the digest of the bundle to go back to, or its beginning; that of what the stacks had before the run.
        stacks: globs of stack ids or full names; all of the run.
        away: accounts, by name, in which nobody can work.

    Raises:
        LandformError: ``nothing-applied`` where there is nothing to go back to; ``no-run``, ``no-match``,
            ``object-broken``.
    """
    taken = history.run(run)
    everything = to is not None and run is None
    named = history.applied if everything else taken.stacks
    names = sorted(name for name in named if matches(stacks, name.rpartition(".")[2], name))
    if not names:
        raise no_match(stacks=stacks)
    before = {name: history.last(name, None if everything else taken.seq) for name in names}
    bundle = kept(project, _resolved(project, to) if to else _usual(project, before, taken, history))
    judged = [
        Left(name, AWAY)
        if name.partition(".")[0] in away
        else _judged(name, before[name], bundle, history, taken, chosen=to is not None)
        for name in names
    ]
    returns = tuple(one for one in judged if isinstance(one, Return))
    left = tuple(one for one in judged if isinstance(one, Left))
    if not returns and not any(one.settled for one in left):
        raise _nothing_before(history, taken, left)
    return Rollback(None if everything else taken, bundle.digest, history.sandbox, returns, left)


def taken_back(history: History, run: str, stack: str, sha256: str) -> Mapping[str, str] | None:
    """The body of ``rolled-back`` for a stack that is applied with a text it had before; None where that is new.

    Args:
        history: what was applied until now.
        run: the id of the run that applies it; what it has done itself is nothing that was before.
        stack: the stack's full name.
        sha256: of the text that is applied now.
    """
    others = [each for each in history.runs if each.id != run and stack in each.stacks]
    if not others:
        return None
    now = others[-1].stacks[stack]
    had = any(one.sha256 == sha256 and one.run != run for one in history.applied.get(stack, ()))
    if not had or (now.outcome == "applied" and now.sha256 == sha256):
        return None
    return {"from_sha256": now.sha256, "to_sha256": sha256, "of_run": others[-1].id}


def _usual(project: Path, before: Mapping[str, Applied | None], run: Run, history: History) -> str:
    """The bundle by which most stacks go back to what they had; of equals the one that was applied last."""
    times = [one for one in before.values() if one is not None]
    if not times:
        left = tuple(Left(name, NEVER) for name in before)
        raise _nothing_before(history, run, left)
    latest = {one.bundle: one.seq for one in sorted(times, key=lambda one: one.seq)}
    fits: Counter[str] = Counter()
    for digest in latest:
        records = kept(project, digest).stacks
        fits[digest] = sum(one.stack in records and records[one.stack].sha256 == one.sha256 for one in times)
    return max(latest, key=lambda digest: (fits[digest], latest[digest]))


def _judged(
    name: str, before: Applied | None, bundle: Bundle, history: History, run: Run, *, chosen: bool
) -> Return | Left:
    record = bundle.stacks.get(name)
    if before is None:
        return Left(name, NEVER)
    if record is None:
        return Left(name, f"is not in bundle {short(bundle.digest)}")
    if chosen:
        had = [one for one in history.applied[name] if one.sha256 == record.sha256]
        if not had:
            return Left(name, f"never had what bundle {short(bundle.digest)} has of it")
        before = had[-1]
    elif record.sha256 != before.sha256:
        return Left(
            name, f"had what it has in bundle {short(before.bundle)}: go back with --to {before.bundle}"
        )
    now = history.now(name)
    assert now is not None, "what was applied was changed by a run"
    if now.outcome == "applied" and now.sha256 == before.sha256:
        return Left(name, "has this already", settled=True)
    later = tuple(one.id for one in history.runs if one.seq > run.seq and name in one.stacks)
    return Return(name, now, before, later)


def short(digest: str) -> str:
    """A digest as people read it."""
    return digest.removeprefix("sha256:")[:DIGITS]


def _resolved(project: Path, beginning: str) -> str:
    """The one kept bundle whose digest begins so; what is none is told by ``kept``."""
    wanted = f"sha256:{beginning.removeprefix('sha256:')}"
    found = [digest for digest in kept_bundles(project) if digest.startswith(wanted)]
    return found[0] if len(found) == 1 else wanted


def _nothing_before(history: History, run: Run, left: Sequence[Left]) -> LandformError:
    of = [f"{one.stack} {one.reason}" for one in left]
    more = f"; and {len(of) - 3} more" if len(of) > 3 else ""
    return LandformError(
        Code.NOTHING_APPLIED,
        f"There is nothing that run {run.id} could be taken back to.",
        place=Place(file=str(history.ledger)),
        given="; ".join(of[:3]) + more,
        expected="stacks that were applied before the run",
        fix="Name an earlier run, or a bundle with --to. What is to be destroyed is taken out of the stack's code.",
    )
