import pytest
from reading import at, built, paths, statements

from landform.constructs.ec2 import Vpc
from landform.constructs.iam import Role, Trust
from landform.constructs.route53 import PrivateHostedZone
from landform.errors import LandformError

NAME = "ledger.aws.acme.example"
ZONE_ID = "Z0A1B2C3D4E5F6"
FILE = "test_route53_private_hosted_zone.py"


def made(use=lambda stack, zone: None, *, zone_name=NAME):
    """What a zone in a VPC synthesises, with what is done to it."""

    def build(stack):
        zone = PrivateHostedZone(
            stack, "Zone", vpc=Vpc(stack, "Vpc", cidr="10.20.0.0/20"), zone_name=zone_name
        )
        use(stack, zone)

    return built(build)


def role_of(stack):
    return Role(stack, "Role", trust=[Trust.service("ecs-tasks.amazonaws.com")])


class TestPrivateHostedZone:
    def test_it_answers_in_its_vpc(self):
        """And in those that join later, which no apply throws out."""
        zone = at(made(), "Zone/Resource")

        assert [vpc["vpc_region"] for vpc in zone["vpc"]] == ["eu-west-1"]
        assert zone["lifecycle"] == {"ignore_changes": ["vpc"]}

    def test_a_further_vpc(self):
        """Of this account."""
        other = "vpc-0a1b2c3d"
        document = made(
            lambda stack, zone: zone.associate(Vpc.from_ids(stack, "Other", other, cidr="10.30.0.0/20"))
        )

        assert at(document, "Zone/Other")["vpc_id"] == other

    def test_a_vpc_of_another_account(self):
        """It is let in; its owner associates it."""
        document = made(lambda stack, zone: zone.allow_vpc("vpc-0a1b2c3d", region="eu-central-1"))
        (allowed,) = document["resource"]["aws_route53_vpc_association_authorization"].values()

        assert (allowed["vpc_id"], allowed["vpc_region"]) == ("vpc-0a1b2c3d", "eu-central-1")

    @pytest.mark.parametrize(
        "name", ["", "example", "Example.com", "a..example", "example.com.", "-a.example", "a b.example", 7]
    )
    def test_a_name_that_is_refused(self, name):
        """Two labels, in small letters, without a dot at the end: any other writing is a change in every plan."""
        with pytest.raises(LandformError, match="name of a hosted zone") as caught:
            made(zone_name=name)

        assert caught.value.given == repr(name)
        assert caught.value.place.file == FILE

    def test_what_is_no_vpc_is_not_let_in(self):
        """On the line that asks."""
        with pytest.raises(LandformError, match="VPC id") as caught:
            made(lambda stack, zone: zone.allow_vpc("hub"))

        assert caught.value.place.file == FILE


class TestAddRecord:
    @pytest.mark.parametrize(
        ("name", "whole"), [("db", f"db.{NAME}"), ("*.api", f"*.api.{NAME}"), ("", NAME)]
    )
    def test_its_name_is_below_the_zone(self, name, whole):
        """Or the zone's own."""
        document = made(lambda stack, zone: zone.add_record(name, "TXT", ["x"], ttl_seconds=60))
        (record,) = document["resource"]["aws_route53_record"].values()

        assert (record["name"], record["ttl"], record["records"]) == (whole, 60, ["x"])

    @pytest.mark.parametrize(
        ("name", "kind", "values", "match"),
        [
            ("db", "A", [], "refuse this record"),
            ("db", "A", "10.0.0.1", "refuse this record"),
            ("db", "CNAME", ["a.example", "b.example"], "refuse this record"),
            ("", "CNAME", ["a.example"], "refuse this record"),
            ("db", "SOA", ["x"], "not made here"),
            ("Db", "A", ["10.0.0.1"], "name of a record"),
            ("a.*", "A", ["10.0.0.1"], "name of a record"),
        ],
    )
    def test_a_record_that_is_refused(self, name, kind, values, match):
        """Route 53 would, half an apply later."""
        with pytest.raises(LandformError, match=match) as caught:
            made(lambda stack, zone: zone.add_record(name, kind, values))

        assert caught.value.place.file == FILE

    @pytest.mark.parametrize("seconds", [-1, 2**31, 1.5, True])
    def test_a_time_to_live_that_is_none(self, seconds):
        """Whole seconds, in 31 bits."""
        with pytest.raises(LandformError, match="time to live"):
            made(lambda stack, zone: zone.add_record("db", "A", ["10.0.0.1"], ttl_seconds=seconds))


class TestGrants:
    @pytest.mark.parametrize(
        ("verb", "changes"), [("write_records", ["CREATE", "UPSERT"]), ("delete_records", "DELETE")]
    )
    def test_writing_is_not_deleting(self, verb, changes):
        """One action does both: a condition says which, and that there is one at all."""
        document = made(lambda stack, zone: getattr(zone.grants, verb)(role_of(stack)))
        (statement,) = statements(document, "Role/Policy").values()

        assert statement["Action"] == "route53:ChangeResourceRecordSets"
        assert statement["Condition"] == {
            "ForAllValues:StringEquals": {"route53:ChangeResourceRecordSetsActions": changes},
            "Null": {"route53:ChangeResourceRecordSetsActions": "false"},
        }

    def test_of_some_records(self):
        """As Route 53 compares their names: in full, an asterisk as its octal code."""
        document = made(
            lambda stack, zone: zone.grants.write_records(role_of(stack), names=["*.api", "api", ""])
        )
        (statement,) = statements(document, "Role/Policy").values()
        names = statement["Condition"]["ForAllValues:StringEquals"][
            "route53:ChangeResourceRecordSetsNormalizedRecordNames"
        ]

        assert names == sorted([rf"\052.api.{NAME}", f"api.{NAME}", NAME])

    def test_reading_changes_nothing(self):
        """The zone and its records."""
        document = made(lambda stack, zone: zone.grants.read(role_of(stack)))
        (statement,) = statements(document, "Role/Policy").values()

        assert statement["Action"] == ["route53:GetHostedZone", "route53:ListResourceRecordSets"]


class TestFromId:
    def test_its_arn_is_known(self):
        """A zone has no region and no account in it."""
        kept = []
        built(lambda stack: kept.append(PrivateHostedZone.from_id(stack, "Zone", ZONE_ID, zone_name=NAME)))

        assert kept[0].arn == f"arn:aws:route53:::hostedzone/{ZONE_ID}"

    def test_records_go_into_it(self):
        """By its id."""
        document = built(
            lambda stack: PrivateHostedZone.from_id(stack, "Zone", ZONE_ID, zone_name=NAME).add_record(
                "db", "A", ["10.0.0.1"]
            )
        )

        assert paths(document, "aws_route53_record") == ["Zone/db-A"]
        assert at(document, "Zone/db-A")["zone_id"] == ZONE_ID

    @pytest.mark.parametrize("zone_id", ["", "z0a1", "/hostedzone/Z0A1B2C3D4E5F6", 7])
    def test_another_id_is_refused(self, zone_id):
        """A name, a path, something else."""
        with pytest.raises(LandformError, match="id of a hosted zone"):
            built(lambda stack: PrivateHostedZone.from_id(stack, "Zone", zone_id, zone_name=NAME))
