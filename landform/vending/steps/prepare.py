"""An account prepared: each step looks, does what is due, and looks again.

What cannot be done in one step, or in one Region, keeps nothing else from being done. What was done is told one by
one, as it is done, for the ledger.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from landform.errors import Code, LandformError
from landform.vending.steps.step import Due, InAccount, Step, asked
from landform.vending.steps.table import SANDBOX_LACKS, STEPS

Standing = Literal["done", "due", "waiting", "refused", "failed", "left out"]

# The step, what it did, and AWS's refusal where it could not.
Record = Callable[[Step, Due, LandformError | None], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one step in one account.

    Attributes:
        done: what was done now.
        left: what is still due (in a dry run), waits for AWS, or is refused.
        errors: what AWS refused, and what is still due although it was done.
        left_out: why the step was not taken at all.
    """

    step: Step
    done: tuple[Due, ...] = ()
    left: tuple[Due, ...] = ()
    errors: tuple[LandformError, ...] = ()
    left_out: str = ""

    @property
    def standing(self) -> Standing:
        """The worst of it, in a word; ``done`` is also where there was nothing to do."""
        states = {due.state for due in self.left}
        if self.left_out:
            return "left out"
        if self.errors:
            return "failed"
        return (
            "refused"
            if "refused" in states
            else "due"
            if "due" in states
            else "waiting"
            if states
            else "done"
        )

    @property
    def ok(self) -> bool:
        """Whether nothing keeps the account from what the step is for, but AWS's time."""
        return self.standing in ("done", "due", "waiting", "left out")

    def as_json(self) -> dict[str, Any]:
        """The outcome as a JSON object."""
        return {
            "step": self.step.id,
            "title": self.step.title,
            "standing": self.standing,
            "done": [{"what": due.what, "region": due.region} for due in self.done],
            "left": [
                {"what": due.what, "region": due.region, "state": due.state, "why": due.why}
                for due in self.left
            ],
            "errors": [error.as_json() for error in self.errors],
            "left_out": self.left_out,
        }


def prepare(
    at: InAccount,
    record: Record,
    *,
    steps: Iterable[Step] = tuple(STEPS.values()),
    dry_run: bool = False,
    sandbox: bool = False,
) -> tuple[Outcome, ...]:
    """Take the steps in an account; an outcome each.

    Args:
        at: the account.
        record: told of each thing that was done, or that AWS refused to do.
        steps: which, in their order.
        dry_run: say what is due, and do nothing.
        sandbox: whether AWS is the sandbox, which lacks some of it.
    """
    return tuple(_taken(at, step, record, dry_run, sandbox) for step in steps)


def _taken(at: InAccount, step: Step, record: Record, dry_run: bool, sandbox: bool) -> Outcome:
    lacking = sorted(SANDBOX_LACKS.intersection(step.actions)) if sandbox else ()
    if lacking:
        return Outcome(step, left_out=f"The sandbox has no {', '.join(lacking)}.")
    try:
        with asked(step):
            found = step.look(at)
    except LandformError as error:
        return Outcome(step, errors=(error,))
    due = [each for each in found if each.state == "due"]
    if dry_run or not due:
        return Outcome(step, left=found)
    acted: list[Due] = []
    errors: list[LandformError] = []
    for each in due:
        at.tell(f"{step.id}: {each.what}")
        refusal = _acted(at, step, each)
        record(step, each, refusal)
        if refusal:
            errors.append(refusal)
        else:
            acted.append(each)
    return _seen(at, step, acted, errors)


def _acted(at: InAccount, step: Step, due: Due) -> LandformError | None:
    try:
        with asked(step):
            step.act(at, due)
    except LandformError as error:
        return error
    return None


def _seen(at: InAccount, step: Step, acted: list[Due], errors: list[LandformError]) -> Outcome:
    """What is there afterwards, whatever AWS said to what was done."""
    try:
        with asked(step):
            left = step.look(at)
    except LandformError as error:
        return Outcome(step, tuple(acted), (), (*errors, error))
    still = {each.what for each in left if each.state == "due"}
    undone = [_undone(step, each) for each in acted if each.what in still]
    done = tuple(each for each in acted if each.what not in still)
    return Outcome(step, done, left, (*errors, *undone))


def _undone(step: Step, due: Due) -> LandformError:
    return LandformError(
        Code.STEP_UNDONE,
        f"{step.title}: AWS took it and it is still due.",
        given=f"{due.what} in {due.region}",
        expected="an account in which it is done, once AWS has said so",
        fix="AWS may need a moment: run `landform accounts prepare` again.",
    )
