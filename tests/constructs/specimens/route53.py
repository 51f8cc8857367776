"""Hosted zones."""

from __future__ import annotations

from mutant import Mutant

from landform.constructs import AwsStack
from landform.constructs.ec2 import Vpc
from landform.constructs.iam import Role, Trust
from landform.constructs.route53 import PrivateHostedZone
from landform.core import Construct

ARN = "arn:aws:route53:::hostedzone/Z0A1B2C3D4E5F6"
DOCUMENTED: set[tuple[str, str]] = set()


def build(scope: Construct, vpc: Vpc) -> None:
    """A zone with records and a second VPC, and one that another stack makes."""
    made = PrivateHostedZone(scope, "Zone", vpc=vpc, zone_name="ledger.aws.acme.example")
    made.associate(Vpc.from_ids(scope, "Shared", "vpc-0a1b2c3d", cidr="10.20.0.0/20"))
    made.allow_vpc("vpc-1b2c3d4e", region="eu-central-1")
    made.add_record("db", "CNAME", ["db.example.com"])
    imported = PrivateHostedZone.from_id(
        scope, "Imported", "Z0A1B2C3D4E5F6", zone_name="books.aws.acme.example"
    )
    imported.add_record("", "TXT", ["books"])
    role = Role(scope, "Role", trust=[Trust.service("ecs-tasks.amazonaws.com")])
    for grants in (made.grants, imported.grants):
        grants.read(role)
        grants.write_records(role)
        grants.delete_records(role, names=["api", "*.api"])


def zone(stack: AwsStack) -> None:
    vpc = Vpc(stack, "Vpc", cidr="10.0.0.0/20")
    PrivateHostedZone(stack, "Zone", vpc=vpc, zone_name="ledger.aws.acme.example")


MUTANTS = (
    Mutant("public zone unsigned", zone, "Zone/Resource", {"vpc": None}, "CKV2_AWS_38"),
    Mutant("public zone unlogged", zone, "Zone/Resource", {"vpc": None}, "CKV2_AWS_39"),
    Mutant("zone gone with its records", zone, "Zone/Resource", {"force_destroy": True}, "LF_FORCED_DELETION"),
)  # fmt: skip
"""What the scan must find."""

UNSEEN = ()
"""What no rule sees: the construct's own tests hold it."""
