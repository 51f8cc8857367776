import pytest
from reading import at, built, paths, resources, stack_of, statements

from landform.constructs.detective import DetectiveBaseline
from landform.constructs.detective.findings import FEATURES, STANDARDS
from landform.constructs.kms import Key
from landform.constructs.s3 import Bucket
from landform.errors import Code, LandformError

KEY = "arn:aws:kms:eu-west-1:222222222222:key/0a1b2c3d"


def seen(**arguments):
    def build(stack):
        archive = Bucket.from_name(stack, "Archive", "acme-archive", account_id="222222222222")
        return DetectiveBaseline(stack, "Seen", **{"archive": archive, **arguments})

    return build


def kinds(document):
    return {kind for kind, _, _ in resources(document)}


@pytest.fixture(scope="module")
def administrator():
    """The delegated administrator in the home region."""
    return built(seen(duty="administrator"))


class TestMember:
    def test_it_has_a_recorder_and_nothing_else(self):
        """The administrator enables the rest in it."""
        assert kinds(built(seen())) == {
            "aws_config_configuration_recorder",
            "aws_config_configuration_recorder_status",
            "aws_config_delivery_channel",
            "aws_iam_service_linked_role",
        }


class TestRecorder:
    def test_it_records_every_kind_of_resource(self):
        """Those of all regions among them, with the service-linked role."""
        recorder = at(built(seen()), "Seen/Recorder/Resource")

        assert recorder["recording_group"] == [{"all_supported": True, "include_global_resource_types": True}]
        assert recorder["role_arn"] == (
            "arn:aws:iam::012345678901:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
        )

    def test_it_is_started_after_its_channel(self):
        """Before, AWS would refuse."""
        status = at(built(seen()), "Seen/Recorder/Status")

        assert status["is_enabled"] is True
        assert status["depends_on"][0].startswith("aws_config_delivery_channel.")

    def test_it_delivers_to_the_archive(self):
        """Encrypted with the archive's key, where that is known."""

        def build(stack):
            archive = Bucket.from_name(
                stack, "Encrypted", "acme-archive", key=Key.from_arn(stack, "Key", KEY)
            )
            seen(archive=archive)(stack)

        assert "s3_kms_key_arn" not in at(built(seen()), "Seen/Recorder/Channel")
        assert (
            at(built(build), "Seen/Recorder/Channel").items()
            >= {
                "s3_bucket_name": "acme-archive",
                "s3_kms_key_arn": KEY,
            }.items()
        )

    def test_the_role_of_an_account_is_made_once(self):
        """With the home region."""
        assert not paths(built(seen(), region="eu-central-1", regional=True), "aws_iam_service_linked_role")


class TestAdministrator:
    def test_the_detector_of_every_member_is_its_to_enable(self, administrator):
        """Those there are and those to come."""
        members = at(administrator, "Seen/GuardDuty/Members")

        assert members["auto_enable_organization_members"] == "ALL"
        assert members["detector_id"].startswith("${aws_guardduty_detector.Seen_GuardDuty_")

    @pytest.mark.parametrize("feature", FEATURES)
    def test_every_feature_is_on(self, administrator, feature):
        """In its own detector and in every member's."""
        assert at(administrator, f"Seen/GuardDuty/{feature}")["status"] == "ENABLED"
        assert at(administrator, f"Seen/GuardDuty/Members_{feature}")["auto_enable"] == "ALL"

    @pytest.mark.parametrize(("id", "standard"), STANDARDS.items())
    def test_the_hub_has_its_standards(self, administrator, id, standard):
        """Of this region."""
        assert at(administrator, f"Seen/SecurityHub/{id}")["standards_arn"] == (
            f"arn:aws:securityhub:eu-west-1::standards/{standard}"
        )

    def test_findings_of_all_regions_are_in_the_home_region(self, administrator):
        """And in no other."""
        other = built(seen(duty="administrator"), region="eu-central-1", regional=True)

        assert at(administrator, "Seen/SecurityHub/Aggregator")["linking_mode"] == "ALL_REGIONS"
        assert not paths(other, "aws_securityhub_finding_aggregator")
        assert not paths(other, "aws_config_configuration_aggregator")

    def test_recorders_of_all_accounts_are_aggregated(self, administrator):
        """By a role that lists the accounts."""
        (source,) = at(administrator, "Seen/Aggregator/Resource")["organization_aggregation_source"]
        (trust,) = statements(administrator, "Seen/Aggregator/Role/Resource", "assume_role_policy").values()

        assert source["all_regions"] is True
        assert source["role_arn"].startswith("${aws_iam_role.Seen_Aggregator_Role_")
        assert trust["Principal"] == {"Service": "config.amazonaws.com"}

    @pytest.mark.parametrize(
        ("tier", "given", "made"),
        [
            ("prod", None, True),
            ("stage", None, True),
            ("dev", None, False),
            ("sandbox", None, False),
            ("prod", False, False),
            ("sandbox", True, True),
        ],
    )
    def test_the_tier_says_whether_macie_looks(self, tier, given, made):
        """Unless the code does."""
        document = built(seen(duty="administrator", macie=given), tier=tier)

        assert bool(paths(document, "aws_macie2_account")) is made

    def test_what_is_off_is_recorded(self):
        """With who said so."""
        off = stack_of(seen(duty="administrator"), tier="dev").switched_off

        assert ("Macie looks for sensitive data in buckets", "sizing.deletion_protection of tier dev") in [
            (each.holds, each.why) for each in off
        ]


class TestManagement:
    def test_it_has_the_organisation_s_trail(self):
        """With its alarms, and a recorder."""
        document = built(seen(duty="management"), account="management")

        assert at(document, "Seen/Trail/Resource")["is_organization_trail"] is True
        assert len(paths(document, "aws_cloudwatch_metric_alarm")) == 15
        assert paths(document, "aws_config_configuration_recorder") == ["Seen/Recorder/Resource"]
        assert "aws_guardduty_detector" not in kinds(document)

    def test_the_trail_stands_in_the_home_region(self):
        """It is of every region."""
        document = built(seen(duty="management"), account="management", region="eu-central-1", regional=True)

        assert not paths(document, "aws_cloudtrail")

    def test_another_account_is_refused(self):
        """The trail of the organisation is its management account's."""
        with pytest.raises(LandformError, match="management account's to make") as caught:
            built(seen(duty="management"))

        assert caught.value.code is Code.ARGUMENT_VALUE
        assert caught.value.given == "account payments-prod"
        assert caught.value.place.file == "test_detective_baseline.py"


def test_a_duty_there_is_not_is_refused():
    """With the nearest."""
    with pytest.raises(LandformError, match="no such duty") as caught:
        built(seen(duty="administator"))

    assert "administrator" in caught.value.fix
