"""What ``landform plan`` says beside its results, and the options that it shares with those that apply."""

import io
import sys

import pytest
from rich.console import Console

from landform.cli.console import Out
from landform.cli.plan import planning, show_plans
from landform.cli.working import timeouts_of
from landform.errors import Code, LandformError
from landform.plan import PlanResult
from landform.plan.model import Plan
from landform.plan.pace import Pace
from landform.plan.review.words import counts
from landform.policies.change import ResourceChange
from landform.terraform.sandbox_support import leave_out

LEFT_OUT = leave_out({"data": {"aws_vpc_ipams": {"a": {}, "b": {}}}})[1]


def shown(*notices: str, details: bool) -> str:
    """What is said of a stack with some notices."""
    text = io.StringIO()
    result = PlanResult("a.app", "a", "dev", None, LandformError(Code.TERRAFORM_FAILED, "no"), None, notices)
    show_plans(Console(file=text, width=120, color_system=None), [result], 1.0, details=details)
    return text.getvalue()


class TestShowPlans:
    """``show_plans``."""

    def test_notices_of_one_kind_are_one(self):
        """Two things that the sandbox leaves out are a line; what is no such notice stays as it is."""
        text = shown(*LEFT_OUT, "deprecated: x", details=False)
        assert (
            "note: 2 resources and what refers to them are left out of the sandbox's plan: --details" in text
        )
        assert "aws_vpc_ipams.a" not in text
        assert "note: deprecated: x" in text

    def test_one_notice_stays(self):
        """It says more than that there is one."""
        assert LEFT_OUT[0] in shown(LEFT_OUT[0], details=False)

    def test_details(self):
        """Name each."""
        assert all(notice in shown(*LEFT_OUT, details=True) for notice in LEFT_OUT)

    def test_what_is_taken_over(self):
        """It is counted, and with details named with its id, also where nothing is changed about it."""
        change = ResourceChange("aws_x.a", "aws_x", "no-op", (), None, {}, {}, {}, imported="old")
        plan = Plan("a.app", "a", "dev", "1.11.4", "1.2", (change,))
        text = io.StringIO()
        result = PlanResult("a.app", "a", "dev", plan, None, None, ())
        show_plans(Console(file=text, width=120, color_system=None), [result], 1.0, details=True)
        assert "a.app  aws_x.a (imports old)" in text.getvalue()
        assert "1 to import, 0 to add" in text.getvalue()
        assert counts(plan.counts) == "1 to import"


class TestPlanning:
    """``planning``."""

    def test_what_runs_and_what_is_left(self):
        """How many are done, how long the rest takes, and what runs the longest."""
        pace = Pace(dict.fromkeys("abcdef", 10.0), jobs=5)
        for moment, name in enumerate("abcde"):
            pace.begin(name, moment)
        assert planning(pace, 9.0) == ("planning: 0 of 6 stacks; running: a 9 s, b 8 s, c 7 s and 2 more")
        for name in "abcde":
            pace.end(name, 10.0)
        assert planning(pace, 10.0) == "planning: 5 of 6 stacks, about 8s left"


class TestWatch:
    """``Out.watch``."""

    @pytest.fixture
    def time(self, monkeypatch):
        """A clock that is set by hand, for a terminal that is none."""
        moments = [0.0]
        monkeypatch.setattr("time.monotonic", lambda: moments[0])
        monkeypatch.setattr(sys.stderr, "isatty", lambda: False, raising=False)
        return moments

    def test_a_log_is_told_seldom(self, time, capsys):
        """Not at everything that happens."""
        with Out(as_json=False, quiet=False).watch(lambda: f"at {time[0]:.0f}") as tell:
            for moment in range(0, 70, 5):
                time[0] = float(moment)
                tell()
        assert capsys.readouterr().err == "at 35\n"

    def test_quiet(self, time, capsys):
        """Says nothing."""
        with Out(as_json=False, quiet=True).watch(lambda: "at") as tell:
            time[0] = 100.0
            tell()
        assert capsys.readouterr().err == ""


class TestTimeoutsOf:
    """``--timeout``."""

    def test_by_command(self):
        """In seconds."""
        assert timeouts_of(["plan=60", "apply=7200"]) == {"plan": 60.0, "apply": 7200.0}

    @pytest.mark.parametrize("text", ["plan", "plan=", "plan=0", "plan=-1", "plan=1m", "destroy=5", "=5"])
    def test_what_is_none(self, text):
        """A command that is not run, and what is no number of seconds, are bad input."""
        with pytest.raises(LandformError) as caught:
            timeouts_of([text])
        assert caught.value.code is Code.USAGE

    def test_it_reaches_terraform(self, landform, tmp_path):
        """A wrong one is told before anything runs."""
        (tmp_path / "org").mkdir()
        for command in ("plan", "apply", "rollout"):
            said = landform(command, "--timeout", "plan=soon", cwd=tmp_path)
            assert said.status == 2
            assert "--timeout takes a command" in said.err
