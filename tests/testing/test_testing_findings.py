"""Findings of a stack in memory."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from landform.checks.binding import digests_of
from landform.checks.copies import ScanCopies
from landform.constructs import AwsStack, Waiver, waive
from landform.constructs.s3 import Bucket
from landform.constructs.sqs import DeadLetterQueue
from landform.core import App
from landform.resources import CheckedResource
from landform.testing import Template, stack_instance

DAY = dt.date(2026, 12, 1)
RULE = "TEAM_QUEUE_PATIENT"
POLICY = f"""
from landform.policies.rule import Rule, at_least

RULES = (
    Rule(
        id="{RULE}",
        title="A queue hides a message for two minutes",
        severity="low",
        types=("aws_sqs_queue",),
        rationale="Work takes that long.",
        remediation="Pass visibility_timeout_seconds=120.",
        judge=at_least("visibility_timeout_seconds", 120, default=30),
        good=({{"aws_sqs_queue": {{"q": {{"visibility_timeout_seconds": 120}}}}}},),
        bad=({{"aws_sqs_queue": {{"q": {{}}}}}},),
    ),
)
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a rule of its own."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "policies").mkdir()
    (folder / "policies/queues.py").write_text(POLICY, encoding="utf-8")
    return folder


def hasty(*bind: str) -> Template:
    """A dead-letter queue that breaks the rule, with a waiver for that which is bound to a digest."""
    stack = AwsStack(App(), stack_instance())
    queue = DeadLetterQueue(stack, "Lost")
    waiver = Waiver(
        id="W-2026-090",
        checks=(RULE,),
        reason="Nobody works on dead letters.",
        requested_by="jo",
        approved_by=("sam",),
        ticket="DATA-1",
        created=dt.date(2026, 11, 20),
        expires=dt.date(2026, 12, 15),
        bind={queue.resource.address: bind} if bind else {},
    )
    waive(queue, waiver)
    return Template.from_stack(stack)


@pytest.fixture(scope="module")
def digest(project: Path) -> str:
    """The digest of the queue."""
    template = hasty()
    (found,) = template.findings(as_of=DAY, project=project)
    bundle = template.bundle()
    return digests_of(ScanCopies(bundle), bundle.stacks)(found)


class TestHasNoFindings:
    """``Template.has_no_findings``."""

    def test_nothing_is_found(self, template: Template) -> None:
        """Constructs keep landform's own rules."""
        template.has_no_findings(as_of=DAY)

    def test_a_rule_of_landforms(self) -> None:
        """Rule, place and what to do."""
        stack = AwsStack(App(), stack_instance())
        CheckedResource(stack, "Queue", "aws_sqs_queue", {"name": "acme-queue"})
        with pytest.raises(AssertionError) as caught:
            Template.from_stack(stack).has_no_findings(as_of=DAY)
        assert "LF_PREVENT_DESTROY" in str(caught.value)
        assert "test_testing_findings.py" in str(caught.value)

    def test_below_what_fails_the_tier(self, project: Path) -> None:
        """A mild finding is told by ``findings`` and fails nothing."""
        instance = stack_instance()
        guard = instance.tier.guard.model_copy(update={"fail_on": "high"})
        tier = instance.tier.model_copy(update={"guard": guard})
        stack = AwsStack(App(), replace(instance, tier=tier))
        DeadLetterQueue(stack, "Lost")
        template = Template.from_stack(stack)
        assert [found.rule for found in template.findings(as_of=DAY, project=project)] == [RULE]
        template.has_no_findings(as_of=DAY, project=project)

    def test_a_rule_of_the_project(self, project: Path) -> None:
        """Only where its folder is given; a waiver that is bound to nothing is told."""
        hasty().has_no_findings(as_of=DAY)
        with pytest.raises(
            AssertionError, match=rf"{RULE} \(low\).*Not waived: waiver W-2026-090 is not bound"
        ):
            hasty().has_no_findings(as_of=DAY, project=project)

    def test_what_is_waived(self, project: Path, digest: str) -> None:
        """It is a finding with its waiver, and no failure, until the waiver ends."""
        template = hasty(digest)
        template.has_no_findings(as_of=DAY, project=project)
        (found,) = template.findings(as_of=DAY, project=project)
        assert found.waiver is not None
        assert found.waiver.id == "W-2026-090"
        with pytest.raises(AssertionError, match="expired on 2026-12-15"):
            template.has_no_findings(as_of=dt.date(2026, 12, 16), project=project)

    def test_with_checkov(self, project: Path) -> None:
        """Its rules are asked too, as by ``landform check``."""
        stack = AwsStack(App(), stack_instance())
        Bucket(stack, "Lake")
        DeadLetterQueue(stack, "Lost")
        template = Template.from_stack(stack)
        own = {found.rule for found in template.findings(as_of=DAY, project=project)}
        every = {found.rule for found in template.findings(as_of=DAY, project=project, checkov=True)}
        assert own == {RULE}
        assert every == {RULE, "CKV_AWS_144"}
