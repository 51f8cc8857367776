"""Steps taken: what is done, what is told of it, and what is seen afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from landform.errors import Code, LandformError
from landform.vending.steps.prepare import prepare
from landform.vending.steps.step import Due, InAccount, Step

from .living import inside, refusal


class Living:
    """An account in which some things are due, for a step of a test."""

    def __init__(self, *due: Due, act: Callable[[Due], None] | None = None) -> None:
        self.due = list(due)
        self._act = act or self.due.remove
        self.acted: list[str] = []

    @property
    def step(self) -> Step:
        """The step."""
        return Step("some", "Something", "https://docs.aws.amazon.com/", ("ec2:Act",), self._look, self._do)

    def _look(self, at: InAccount) -> tuple[Due, ...]:
        return tuple(self.due)

    def _do(self, at: InAccount, due: Due) -> None:
        self.acted.append(due.what)
        self._act(due)


class Told(list[tuple[str, str, str | None]]):
    """What the ledger is told."""

    def __call__(self, step: Step, due: Due, error: LandformError | None) -> None:
        self.append((step.id, due.what, error and error.code.slug))


ONE, TWO = Due("one", "eu-west-1"), Due("two", "eu-west-1")


class TestPrepare:
    """``prepare``."""

    def test_what_is_due_is_done_and_told(self) -> None:
        """One event a thing."""
        living, told = Living(ONE, TWO), Told()
        (outcome,) = prepare(inside(), told, steps=[living.step])
        assert (outcome.standing, outcome.done, outcome.left) == ("done", (ONE, TWO), ())
        assert told == [("some", "one", None), ("some", "two", None)]

    def test_the_second_time_nothing_is_done(self) -> None:
        """And nothing told."""
        living, told = Living(ONE), Told()
        prepare(inside(), Told(), steps=[living.step])
        (outcome,) = prepare(inside(), told, steps=[living.step])
        assert (outcome.standing, outcome.done, told, living.acted) == ("done", (), [], ["one"])

    def test_a_dry_run_does_nothing(self) -> None:
        """It says what is due."""
        living, told = Living(ONE), Told()
        (outcome,) = prepare(inside(), told, steps=[living.step], dry_run=True)
        assert (outcome.standing, outcome.left, living.acted, told) == ("due", (ONE,), [], [])
        assert outcome.ok

    def test_what_waits_or_is_refused_is_left_alone(self) -> None:
        """Waiting is no failure, and refused is."""
        waiting = Due("w", "eu-west-1", "waiting", "AWS takes its time.")
        refused = Due("r", "eu-west-1", "refused", "In use.")
        living = Living(waiting)
        (outcome,) = prepare(inside(), Told(), steps=[living.step])
        assert (outcome.standing, outcome.ok, living.acted) == ("waiting", True, [])
        (outcome,) = prepare(inside(), Told(), steps=[Living(waiting, refused).step])
        assert (outcome.standing, outcome.ok) == ("refused", False)

    def test_one_refusal_of_awss_keeps_nothing_else(self) -> None:
        """The other thing is done; the ledger knows of both."""

        def act(due: Due) -> None:
            if due is ONE:
                raise refusal("AccessDenied")
            living.due.remove(due)

        living, told = Living(ONE, TWO, act=act), Told()
        (outcome,) = prepare(inside(), told, steps=[living.step])
        assert (outcome.standing, outcome.done, outcome.left) == ("failed", (TWO,), (ONE,))
        assert told == [("some", "one", "aws-refused"), ("some", "two", None)]
        assert "ec2:Act" in str(outcome.errors[0])
        assert "--role" in str(outcome.errors[0])

    def test_a_step_that_cannot_look_keeps_no_other_step(self) -> None:
        """Its error is its own."""

        def look(at: InAccount) -> tuple[Due, ...]:
            raise refusal("AccessDenied")

        blind = Step("blind", "b", "https://docs.aws.amazon.com/", ("ec2:Look",), look, lambda at, due: None)
        first, second = prepare(inside(), Told(), steps=[blind, Living(ONE).step])
        assert (first.standing, second.standing) == ("failed", "done")

    def test_what_aws_took_and_did_not_do(self) -> None:
        """It is seen by looking again."""
        living = Living(ONE, act=lambda due: None)
        (outcome,) = prepare(inside(), Told(), steps=[living.step])
        assert [error.code for error in outcome.errors] == [Code.STEP_UNDONE]
        assert (outcome.done, outcome.standing) == ((), "failed")

    def test_a_step_that_the_sandbox_lacks_is_told(self) -> None:
        """It is not silently left out."""
        found = {
            each.step.id: each.left_out
            for each in prepare(inside(), Told(), dry_run=True, sandbox=True, steps=sandboxed())
        }
        assert "account:EnableRegion" in found["opt-in-regions"]
        assert "servicequotas:RequestServiceQuotaIncrease" in found["quotas"]


def sandboxed() -> list[Any]:
    """The steps that the sandbox lacks something of."""
    from landform.vending.steps.table import SANDBOX_LACKS, STEPS

    return [step for step in STEPS.values() if SANDBOX_LACKS.intersection(step.actions)]
