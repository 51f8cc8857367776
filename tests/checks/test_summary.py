"""Judgements in short: kept as text, and counted together."""

from __future__ import annotations

from landform.checks.coverage import Gap
from landform.checks.summary import Counts, Summary, summary_from, summary_text, together
from landform.policies.result import Result

QUEUES = {("CKV_AWS_27", "aws_sqs_queue"): {"failed": 1, "passed": 2}}


def summary(stack: str, *, resources: int = 3) -> Summary:
    """One of each kind of what a summary holds."""
    return Summary(
        failed=(Result("CKV_AWS_27", "t\nt", "failed", stack, "aws_sqs_queue.q", ("kms",), "m"),),
        gaps=(Gap(stack, "module.m", "unread", None), Gap(stack, "aws_iam_policy.p", "text", ("R",))),
        counts=Counts(QUEUES, resources, {"aws_new": 1}),
    )


def counted(counts: Counts) -> tuple[object, ...]:
    """Counts as values that compare."""
    return counts.outcomes, counts.resources, counts.unchecked


class TestTogether:
    """``together``."""

    def test_counts_each_stack(self) -> None:
        """Stacks that fare alike are counted as often as there are, beside those that do not."""
        alike = Counts(QUEUES, 3, {"aws_new": 1})
        other = Counts({("R", "aws_new"): {"unknown": 1}, **QUEUES}, 1, {})
        whole = together([Summary((), (), alike), Summary((), (), other), Summary((), (), alike)])
        assert counted(whole.counts) == (
            {
                ("CKV_AWS_27", "aws_sqs_queue"): {"failed": 3, "passed": 6},
                ("R", "aws_new"): {"unknown": 1},
            },
            7,
            {"aws_new": 2},
        )
        assert (whole.passed, whole.unknown) == (6, 1)

    def test_changes_none_of_its_parts(self) -> None:
        """What stacks share is the same after it was counted."""
        alike = Counts(QUEUES, 3, {"aws_new": 1})
        together([Summary((), (), alike)] * 2)
        assert counted(alike) == (
            {("CKV_AWS_27", "aws_sqs_queue"): {"failed": 1, "passed": 2}},
            3,
            {"aws_new": 1},
        )

    def test_keeps_the_order(self) -> None:
        """Failures and gaps stand as their stacks do."""
        whole = together([summary("b"), summary("a")])
        assert [result.stack for result in whole.failed] == ["b", "a"]
        assert [gap.stack for gap in whole.gaps] == ["b", "b", "a", "a"]


class TestSummaryText:
    """``summary_text`` and ``summary_from``."""

    def test_is_read_as_it_was(self) -> None:
        """Nothing is lost or changed on the way."""
        read = summary_from(summary_text(summary("a")))
        assert read == summary("a")

    def test_stacks_that_fare_alike_share_their_counts(self) -> None:
        """What is counted is read once for all of them, and by itself where it differs."""
        one, same, other = (
            summary_from(summary_text(each))
            for each in (summary("a"), summary("b"), summary("c", resources=4))
        )
        assert one.counts is same.counts
        assert (one.counts.resources, other.counts.resources) == (3, 4)
