"""The time that rules take: measured for those who ask, and no part of a report."""

import datetime as dt
import time

import pytest

from landform.checks.folder import check_folder
from landform.checks.run import check
from landform.checks.timings import timings_of
from landform.policies.rule import Rule, example_stack
from landform.policies.stopwatch import Stopwatch

DAY = dt.date(2026, 11, 20)
QUEUE = {"resource": {"aws_sqs_queue": {"q": {"name": "q"}, "r": {"name": "r"}}}}
SLOW = """import time

from landform.policies.rule import Rule

def judge(block):
    time.sleep(0.02)
    yield from ()

RULES = (
    Rule(id="ACME_SLOW", title="Slow", severity="low", types=("aws_sqs_queue",), rationale="A.",
         remediation="B.", judge=judge),
)
"""


@pytest.fixture
def project(tmp_path):
    """A project with a slow rule."""
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "slow.py").write_text(SLOW)
    return tmp_path


def timed(bundle, project, **more):
    """The report, and the timings by rule in their order."""
    watch = Stopwatch()
    records = list(bundle.stacks.values())
    report = check(bundle, records, as_of=DAY, project=project, watch=watch, **more)
    return report, {each.rule: each for each in timings_of(report, watch)}


class TestStopwatch:
    def test_what_raises_is_measured_too(self):
        """And raised."""
        watch = Stopwatch()

        def broken():
            time.sleep(0.01)
            raise ValueError

        with pytest.raises(ValueError):
            watch.around("A", broken)()
        assert watch.seconds["A"] >= 0.01

    def test_a_generator_is_measured_to_its_end(self):
        """It does nothing until it is asked."""

        def judge(block):
            time.sleep(0.01)
            yield from ()

        words = {"title": "t", "severity": "low", "rationale": "r", "remediation": "d"}
        watch = Stopwatch()
        (rule,) = watch.rules((Rule(id="A", types=("a",), judge=judge, **words),))
        tuple(rule.judge(example_stack({"a": {"b": {}}}).blocks[0]))

        assert watch.seconds["A"] >= 0.01


class TestTimings:
    def test_every_engine_is_measured(self, make_bundle, project):
        """With what was judged and what failed, the slowest first."""
        report, timings = timed(make_bundle({"prod-a.s": QUEUE}), project)
        seconds = [each.seconds for each in timings.values()]

        assert set(timings) >= set(report.rules)
        assert {each.engine for each in timings.values()} == {"checkov", "landform", "user"}
        assert timings["ACME_SLOW"].seconds >= 0.04
        assert (timings["CKV_AWS_27"].judged, timings["CKV_AWS_27"].failed) == (2, 2)
        assert seconds == sorted(seconds, reverse=True)
        assert all(value > 0 for value in seconds)

    def test_processes_are_added_up(self, make_bundle, project, monkeypatch):
        """Each measures its own."""
        monkeypatch.setattr("landform.checks.workers.BATCH", 1)
        stacks = {f"prod-{letter}.s": QUEUE for letter in "abc"}
        _, timings = timed(make_bundle(stacks), project, jobs=2)

        assert timings["ACME_SLOW"].seconds >= 0.12
        assert timings["ACME_SLOW"].judged == 6

    def test_the_report_is_the_same(self, make_bundle, project):
        """Whether it is measured or not."""
        bundle = make_bundle({"prod-a.s": QUEUE})
        report, _ = timed(bundle, None)

        assert report == check(bundle, list(bundle.stacks.values()), as_of=DAY)

    def test_a_folder(self, tmp_path):
        """Of HCL and of JSON."""
        for name, text in (
            ("a/main.tf", 'resource "aws_sqs_queue" "q" {}'),
            ("b/main.tf.json", '{"resource": {"aws_sqs_queue": {"q": {}}}}'),
        ):
            (tmp_path / name).parent.mkdir()
            (tmp_path / name).write_text(text)
        watch = Stopwatch()
        report = check_folder(tmp_path, as_of=DAY, fail_on="medium", watch=watch)
        timings = {each.rule: each for each in timings_of(report, watch)}

        assert timings["CKV_AWS_27"].judged == 2
        assert timings["CKV_AWS_27"].seconds > 0
        assert "LF_PREVENT_DESTROY" in timings
