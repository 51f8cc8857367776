import json

import pytest
from reading import at, built, paths, stack_of, statements

from landform.constructs.iam import BreakGlassRole
from landform.constructs.logs import LogGroup
from landform.errors import Code, LandformError

PERSON = "arn:aws:iam::111111111111:user/rescue-1"
TOPIC = "arn:aws:sns:eu-west-1:012345678901:acme-payments-prod-data-lake-rescue-alarm-topic"


def rescue(**arguments):
    return lambda stack: BreakGlassRole(stack, "Rescue", **{"principals": [PERSON], **arguments})


def watched(stack):
    rescue(trail_log_group=LogGroup(stack, "Trail"))(stack)


@pytest.fixture(scope="module")
def near():
    """A role with an alarm in its own region."""
    return built(rescue())


@pytest.fixture(scope="module")
def far():
    """A role that a trail of all regions watches."""
    return built(watched)


class TestTrust:
    def test_a_second_factor_is_asked_for(self, near):
        """Not older than an hour, by somebody of the organisation, where the alarm listens."""
        (statement,) = statements(near, "Rescue/Resource", "assume_role_policy").values()

        assert statement["Principal"] == {"AWS": PERSON}
        assert statement["Condition"] == {
            "Bool": {"aws:MultiFactorAuthPresent": "true"},
            "NumericLessThan": {"aws:MultiFactorAuthAge": "3600"},
            "StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5", "aws:RequestedRegion": "eu-west-1"},
        }

    def test_a_trail_of_all_regions_opens_all_regions(self, far):
        """Then no way in goes past an alarm."""
        (statement,) = statements(far, "Rescue/Resource", "assume_role_policy").values()

        assert statement["Condition"]["StringEquals"] == {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}

    def test_each_person_is_a_statement(self):
        """By name."""
        other = "arn:aws:iam::111111111111:role/rescue"
        document = built(rescue(principals=[PERSON, other]))
        trust = statements(document, "Rescue/Resource", "assume_role_policy")

        assert {statement["Principal"]["AWS"] for statement in trust.values()} == {PERSON, other}

    @pytest.mark.parametrize(
        "arn",
        [
            "*",
            "arn:aws:iam::111111111111:root",
            "arn:aws:iam::111111111111:user/*",
            "rescue",
            "arn:aws:iam::111111111111:group/rescue",
        ],
    )
    def test_what_is_not_one_person_is_refused(self, arn):
        """A whole account, everyone, a group."""
        with pytest.raises(LandformError, match="ARN of one user or role") as caught:
            built(rescue(principals=[arn]))

        assert caught.value.code is Code.ARGUMENT_VALUE
        assert caught.value.place.file == "test_iam_break_glass_role.py"

    def test_nobody_is_refused(self):
        """Nobody could get in."""
        with pytest.raises(LandformError, match="needs someone who may assume it"):
            built(rescue(principals=[]))


class TestRights:
    def test_it_has_what_power_users_have(self, near):
        """Below the boundary, for an hour."""
        assert paths(near, "aws_iam_role_policy_attachment") == [
            "Rescue/ManagedPolicies/PowerUserAccess",
            "Rescue/ManagedPolicies/SecurityAudit",
        ]
        assert at(near, "Rescue/Resource")["max_session_duration"] == 3600
        assert at(near, "Rescue/Resource")["permissions_boundary"]

    def test_all_rights_stand_above_the_boundary(self):
        """The boundary may be what is broken."""
        document = built(rescue(administrator=True))

        assert at(document, "Rescue/Administrator")["policy_arn"] == (
            "arn:aws:iam::aws:policy/AdministratorAccess"
        )
        assert paths(document, "aws_iam_role_policy_attachment") == ["Rescue/Administrator"]
        assert "permissions_boundary" not in at(document, "Rescue/Resource")

    def test_all_rights_are_recorded_with_the_check_that_finds_them(self):
        """A waiver names it."""
        (off,) = (
            each for each in stack_of(rescue(administrator=True)).switched_off if "CKV_AWS_274" in each.checks
        )

        assert (off.construct.node.id, off.why) == ("Rescue", "the code")


class TestAlarm:
    def test_a_rule_hears_each_assumption(self, near):
        """AssumeRole is read-only to CloudTrail, so the rule must ask for such events."""
        rule = at(near, "Rescue/Alarm/Rule")

        assert rule["state"] == "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
        assert json.loads(rule["event_pattern"]) == {
            "source": ["aws.sts"],
            "detail-type": ["AWS API Call via CloudTrail"],
            "detail": {
                "eventName": ["AssumeRole"],
                "requestParameters": {
                    "roleArn": ["arn:aws:iam::012345678901:role/acme-payments-prod-data-lake-rescue"]
                },
            },
        }

    def test_the_rule_tells_the_topic(self, near):
        """Nobody else."""
        target = at(near, "Rescue/Alarm/Target")

        assert target["rule"].startswith("${aws_cloudwatch_event_rule.Rescue_Alarm_Rule_")
        assert target["arn"].startswith("${aws_sns_topic.Rescue_Alarm_Topic_")

    def test_the_account_s_security_contact_hears_it(self, near):
        """As the spec has it."""
        subscription = at(near, "Rescue/Alarm/Topic/Subscriber1")

        assert (subscription["protocol"], subscription["endpoint"]) == ("email", "payments@acme.example")

    def test_others_hear_it_where_they_are_given(self):
        """In their place."""
        document = built(rescue(subscribers=["soc@acme.example", "ciso@acme.example"]))

        assert [at(document, path)["endpoint"] for path in paths(document, "aws_sns_topic_subscription")] == [
            "soc@acme.example",
            "ciso@acme.example",
        ]

    def test_an_address_that_is_none_is_refused(self):
        """SNS would wait for its confirmation for ever."""
        with pytest.raises(LandformError, match="refuse this e-mail address"):
            built(rescue(subscribers=["soc"]))

    def test_without_a_trail_there_is_no_alarm_on_its_log(self, near):
        """The rule alone."""
        assert not paths(near, "aws_cloudwatch_metric_alarm")

    def test_the_trail_s_log_raises_a_second_alarm(self, far):
        """The first line that matches."""
        watch = at(far, "Rescue/Alarm/Trail/Filter")
        alarm = at(far, "Rescue/Alarm/Trail/Resource")

        assert watch["pattern"] == (
            '{ ($.eventName = "AssumeRole") && ($.requestParameters.roleArn = '
            '"arn:aws:iam::012345678901:role/acme-payments-prod-data-lake-rescue") }'
        )
        assert watch["log_group_name"].startswith("${aws_cloudwatch_log_group.Trail_")
        assert watch["metric_transformation"][0]["name"] == alarm["metric_name"]
        assert (alarm["threshold"], alarm["treat_missing_data"]) == (1, "notBreaching")
        assert alarm["alarm_actions"][0].startswith("${aws_sns_topic.Rescue_Alarm_Topic_")

    def test_a_log_group_from_elsewhere_is_named(self):
        """It is there already."""

        def build(stack):
            rescue(trail_log_group=LogGroup.from_name(stack, "Trail", "/aws/trail"))(stack)

        assert at(built(build), "Rescue/Alarm/Trail/Filter")["log_group_name"] == "/aws/trail"


class TestTopic:
    def test_it_is_encrypted_with_a_key_of_its_own(self, near):
        """The key serves this topic alone."""
        key = statements(near, "Rescue/Alarm/Topic/Key/Resource")

        assert at(near, "Rescue/Alarm/Topic/Resource")["kms_master_key_id"].startswith("${aws_kms_key.")
        assert key["EventsEncrypt"]["Principal"] == {"Service": "events.amazonaws.com"}
        assert key["EventsEncrypt"]["Condition"] == {
            "StringEquals": {"kms:EncryptionContext:aws:sns:topicArn": TOPIC}
        }

    def test_events_publish_without_a_condition(self, near):
        """EventBridge sends none, so that one would lose the alarm."""
        assert "Condition" not in statements(near, "Rescue/Alarm/Topic/Policy")["EventsPublish"]

    def test_alarms_publish_for_this_account_alone(self, far):
        """CloudWatch says for which account."""
        assert statements(far, "Rescue/Alarm/Topic/Policy")["AlarmsPublish"]["Condition"] == {
            "StringEquals": {"aws:SourceAccount": "012345678901"}
        }

    def test_plain_http_is_denied(self, near):
        """For everyone."""
        statement = statements(near, "Rescue/Alarm/Topic/Policy")["DenyPlainHttp"]

        assert (statement["Effect"], statement["Principal"]) == ("Deny", "*")
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
