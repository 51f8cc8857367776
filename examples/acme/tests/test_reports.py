"""What the analytics team expects of its reports, and of the job that makes them."""

from pathlib import Path

import pytest

from acme.nightly import NightlyJob
from acme.reports import DailyReports
from landform.constructs import AwsStack
from landform.constructs.lambda_ import Code
from landform.constructs.s3 import Bucket
from landform.core import App
from landform.errors import LandformError
from landform.testing import Match, Template, assert_snapshot, instance_of, stack_instance

PROJECT = Path(__file__).parents[1]
INSTANCE = instance_of(PROJECT, "analytics-prod.daily-reports")
# The first day on which every waiver of the stack holds.
DAY = max(waiver.created for waiver in INSTANCE.waivers)


@pytest.fixture(scope="module")
def reports():
    """The stack as the spec places it: in analytics-prod."""
    return Template.of(DailyReports, INSTANCE)


@pytest.fixture(scope="module")
def access(reports):
    """Who can do what in it."""
    return reports.access()


def job(**arguments):
    """A stack of one job."""
    stack = AwsStack(App(), stack_instance())
    packages = Bucket.from_name(stack, "Packages", "acme-packages")
    code = Code.from_bucket(
        packages, "job.zip", object_version="1", runtime="python3.13", handler="app.handler"
    )
    NightlyJob(stack, "Job", code=code, **arguments)
    return Template.from_stack(stack)


class TestNightlyJob:
    """The team's own construct."""

    def test_it_runs_once_a_night(self):
        """At its hour, one call at a time."""
        template = job(hour=2)
        template.has_resource("aws_cloudwatch_event_rule", {"schedule_expression": "cron(0 2 * * ? *)"})
        template.has_resource("aws_lambda_function", {"reserved_concurrent_executions": 1})

    def test_nothing_that_fails_is_lost(self):
        """Calls that are not delivered and runs that fail go to one queue, for 14 days."""
        template = job()
        template.resource_count_is("aws_sqs_queue", 1)
        queue = template.resource("aws_sqs_queue", "Job/Failed")
        assert queue.value("message_retention_seconds") == 14 * 24 * 60 * 60
        to_queue = {"dead_letter_config": Match.any_value()}
        template.all_resources("aws_lambda_function", to_queue)
        template.all_resources("aws_cloudwatch_event_target", to_queue)

    def test_it_runs_signed_code_alone(self):
        """Lambda refuses other code."""
        job().has_resource(
            "aws_lambda_code_signing_config", {"policies": {"untrusted_artifact_on_deployment": "Enforce"}}
        )

    @pytest.mark.parametrize("hour", [-1, 24])
    def test_an_hour_that_is_none(self, hour):
        """It is refused where the job is made."""
        with pytest.raises(LandformError, match="A day has no such hour"):
            job(hour=hour)


class TestDailyReports:
    """The team's stack."""

    def test_reports_are_kept_for_400_days(self, reports):
        """Then they expire."""
        reports.has_resource(
            "aws_s3_bucket_lifecycle_configuration",
            {"rule": Match.array_with([{"id": "expire", "expiration": {"days": 400}}])},
        )

    def test_where_reports_are_is_published(self, reports):
        """As an output."""
        reports.has_output("ReportsBucket", "acme-analytics-prod-daily-reports")

    def test_the_job_writes_reports_alone(self, access):
        """Below one prefix, and reads and deletes none."""
        bucket = access.arn("Reports")
        access.allows("Nightly/Function", "s3:PutObject", f"{bucket}/daily/2026-12-01.html")
        access.denies("Nightly/Function", "s3:PutObject", f"{bucket}/other/2026-12-01.html")
        access.denies("Nightly/Function", "s3:GetObject", bucket)
        access.denies("Nightly/Function", "s3:DeleteObject", bucket)

    def test_the_mailer_sends_no_messages(self, access):
        """It takes them off the queue."""
        access.allows("Mailer", "sqs:ReceiveMessage", "Ready")
        access.allows("Mailer", "sqs:DeleteMessage", "Ready")
        access.denies("Mailer", "sqs:SendMessage", "Ready")

    def test_the_mailer_decrypts_through_s3_alone(self, access):
        """The key answers to nobody who asks it directly."""
        key = "ReportsKey"
        through = {
            "kms:ViaService": "s3.eu-west-1.amazonaws.com",
            "kms:EncryptionContext:aws:s3:arn": access.arn("Reports"),
        }
        access.allows("Mailer", "kms:Decrypt", key, given=through)
        access.denies("Mailer", "kms:Decrypt", key, given={"kms:ViaService": "ec2.eu-west-1.amazonaws.com"})

    def test_what_each_role_may_do(self, access):
        """A change of it shows in a review."""
        roles = ("Mailer", "Nightly/Function", "Nightly/Schedule")
        assert_snapshot(
            {role: sorted(access.actions(role)) for role in roles},
            Path(__file__).parent / "snapshots/reports-access.json",
        )

    def test_only_what_is_waived_is_found(self, reports):
        """By the rules of landform, of Acme and of checkov."""
        reports.has_no_findings(as_of=DAY, project=PROJECT, checkov=True)
        waived = {
            found.rule: found.waiver.id
            for found in reports.findings(as_of=DAY, project=PROJECT, checkov=True)
        }
        assert waived == {"CKV_AWS_144": "W-2026-005", "CKV_AWS_117": "W-2026-006"}

    def test_by_day_it_may_not_run(self):
        """Acme's own rule says when."""
        found = Template.of(DailyReports, INSTANCE, hour=12).findings(as_of=DAY, project=PROJECT)
        assert [finding.rule for finding in found] == ["ACME_SCHEDULE_AT_NIGHT"]
