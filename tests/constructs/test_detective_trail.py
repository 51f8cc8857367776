import re
from dataclasses import replace

import pytest
from reading import at, built, paths, statements

from landform.constructs import AwsStack
from landform.constructs.detective import Trail
from landform.constructs.detective.cis_alarms import ALARMS
from landform.constructs.kms import Key
from landform.constructs.s3 import Bucket, LogArchiveBucket
from landform.core import App
from landform.org.models.organization import Logging
from landform.testing import TIERS, stack_instance, synthesise_json

ARN = "arn:aws:cloudtrail:eu-west-1:012345678901:trail/organization"


def trail(**arguments):
    def build(stack):
        archive = Bucket.from_name(stack, "Archive", "acme-archive", account_id="222222222222")
        return Trail(stack, "Trail", **{"archive": archive, **arguments})

    return build


@pytest.fixture(scope="module")
def made():
    """A trail of an account."""
    return built(trail())


class TestTrail:
    def test_it_records_every_region_and_can_be_proved(self, made):
        """As the organisation names it."""
        assert (
            at(made, "Trail/Resource").items()
            >= {
                "name": "organization",
                "is_multi_region_trail": True,
                "include_global_service_events": True,
                "enable_logging": True,
                "enable_log_file_validation": True,
                "s3_bucket_name": "acme-archive",
            }.items()
        )

    @pytest.mark.parametrize(("account", "whole"), [("management", True), ("payments-prod", False)])
    def test_in_the_management_account_it_is_of_the_organisation(self, account, whole):
        """Elsewhere AWS would refuse that."""
        assert at(built(trail(), account=account), "Trail/Resource")["is_organization_trail"] is whole

    def test_the_key_serves_this_trail(self, made):
        """By the trail's ARN, and the encryption context that CloudTrail sets."""
        policy = statements(made, "Trail/Key/Resource")

        assert policy["TrailEncrypts"]["Action"] == "kms:GenerateDataKey"
        assert policy["TrailEncrypts"]["Condition"] == {
            "StringEquals": {"aws:SourceArn": ARN},
            "StringLike": {
                "kms:EncryptionContext:aws:cloudtrail:arn": "arn:aws:cloudtrail:*:012345678901:trail/*"
            },
        }
        assert policy["TrailDescribesKey"]["Condition"] == {"StringEquals": {"aws:SourceArn": ARN}}

    def test_a_key_that_is_given_is_used(self):
        """And let in."""

        def build(stack):
            trail(key=Key(stack, "Own"))(stack)

        document = built(build)

        assert at(document, "Trail/Resource")["kms_key_id"].startswith("${aws_kms_key.Own_")
        assert "TrailEncrypts" in statements(document, "Own/Resource")

    def test_its_role_writes_to_its_log_group_alone(self, made):
        """CloudTrail assumes it for this trail."""
        (trust,) = statements(made, "Trail/Role/Resource", "assume_role_policy").values()
        (write,) = statements(made, "Trail/Role/Policy").values()

        assert trust["Condition"] == {
            "ArnLike": {"aws:SourceArn": ARN},
            "StringEquals": {"aws:SourceAccount": "012345678901"},
        }
        assert write["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
        assert write["Resource"].endswith(":log-group:/acme-payments-prod-data-lake-trail-logs:*")

    def test_the_log_group_is_named_as_cloudtrail_asks(self, made):
        """With all its streams."""
        assert re.fullmatch(
            r"\$\{aws_cloudwatch_log_group\.Trail_Logs_\w+\.arn\}:\*",
            at(made, "Trail/Resource")["cloud_watch_logs_group_arn"],
        )

    def test_each_delivery_is_told_to_a_topic_without_subscribers(self, made):
        """Only CloudTrail, for this trail, publishes to it."""
        publish = statements(made, "Trail/Deliveries/Policy")["TrailPublish"]

        assert publish["Principal"] == {"Service": "cloudtrail.amazonaws.com"}
        assert publish["Condition"] == {"StringEquals": {"aws:SourceArn": ARN}}
        assert not [
            path for path in paths(made, "aws_sns_topic_subscription") if path.startswith("Trail/Deliveries")
        ]

    @pytest.mark.parametrize("tier", TIERS)
    def test_the_tier_says_whether_terraform_may_destroy_it(self, tier):
        """Where it guards against deletion."""
        lifecycle = at(built(trail(), tier=tier), "Trail/Resource").get("lifecycle")

        assert lifecycle == ({"prevent_destroy": True} if tier in ("stage", "prod") else None)

    @pytest.mark.parametrize(
        ("data_events", "resources"),
        [(False, None), (True, [{"type": "AWS::S3::Object", "values": ["arn:aws:s3"]}])],
    )
    def test_the_organisation_says_its_name_and_whether_it_records_objects(self, data_events, resources):
        """Data events cost by the event."""
        instance = stack_instance()
        logging = Logging(trail="acme", data_events=data_events)
        organization = instance.organization.model_copy(update={"logging": logging})
        made = at(synthesise_json(trail(), replace(instance, organization=organization)), "Trail/Resource")

        assert made["name"] == "acme"
        assert made["event_selector"][0].get("data_resource") == resources

    def test_the_archive_may_stand_in_the_same_stack(self):
        """It is made first, with its policy."""
        document = built(lambda stack: trail(archive=LogArchiveBucket(stack, "Log"))(stack))

        assert any(
            dependency.startswith("aws_s3_bucket_policy.Log_")
            for dependency in at(document, "Trail/Resource")["depends_on"]
        )


class TestAlarms:
    def test_there_is_one_for_each_of_the_benchmark(self, made):
        """5.1 to 5.15."""
        assert [alarm.number for alarm in ALARMS] == [f"5.{n}" for n in range(1, 16)]
        assert paths(made, "aws_cloudwatch_metric_alarm") == sorted(
            f"Trail/Alarms/{alarm.id}/Resource" for alarm in ALARMS
        )

    @pytest.mark.parametrize("alarm", ALARMS, ids=lambda alarm: alarm.id)
    def test_its_pattern_is_one_that_cloudwatch_takes(self, alarm):
        """Braces around it, brackets in pairs, at most 1,024 characters."""
        assert len(alarm.pattern) <= 1024
        assert alarm.pattern.startswith("{")
        assert alarm.pattern.endswith("}")
        assert alarm.pattern.count("(") == alarm.pattern.count(")")

    @pytest.mark.parametrize("alarm", ALARMS, ids=lambda alarm: alarm.id)
    def test_filter_and_alarm_are_of_one_metric(self, made, alarm):
        """On the trail's own log group, to the trail's own topic."""
        watch = at(made, f"Trail/Alarms/{alarm.id}/Filter")
        raised = at(made, f"Trail/Alarms/{alarm.id}/Resource")
        (metric,) = watch["metric_transformation"]

        assert watch["pattern"] == alarm.pattern
        assert watch["log_group_name"].startswith("${aws_cloudwatch_log_group.Trail_Logs_")
        assert (metric["namespace"], metric["name"]) == (raised["namespace"], raised["metric_name"])
        assert raised["alarm_actions"][0].startswith("${aws_sns_topic.Trail_Topic_")
        assert raised["alarm_description"] == f"CIS {alarm.number}. {alarm.happened}"

    def test_who_hears_it_can_be_said(self):
        """In place of the account's security contact."""
        document = built(trail(subscribers=["soc@acme.example"]))

        assert at(document, "Trail/Topic/Subscriber1")["endpoint"] == "soc@acme.example"


def test_its_arn_is_literal():
    """Policies of other accounts name it."""
    assert trail()(AwsStack(App(), stack_instance())).arn == ARN
