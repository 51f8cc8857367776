"""What Acme expects of its ledger, whatever the account."""

import pytest

from acme.payments import PaymentsLedger, PaymentsZone
from landform.org.fleet import OutputShape
from landform.testing import TIERS, Match, Template, stack_instance


@pytest.fixture(params=TIERS)
def ledger(request):
    """The ledger in one tier."""
    return Template.of(PaymentsLedger, stack_instance(tier=request.param, stack="payments-ledger"))


def test_reporting_cannot_write(ledger):
    """The report's role reads and lists, and nothing more."""
    ledger.access().allows_exactly(
        "Reporting", ["kms:Decrypt", "s3:GetObject", "s3:GetObjectTagging", "s3:ListBucket"]
    )


def test_nobody_can_delete_entries(ledger):
    """No role of the stack may delete an object."""
    access = ledger.access()
    for role in ("Reporting", "Settlement"):
        access.denies(role, "s3:DeleteObject", "Ledger")
        access.denies(role, "s3:DeleteObjectVersion", "Ledger")


def test_entries_are_kept_for_seven_years(ledger):
    """Entries expire after 2,557 days."""
    ledger.has_resource(
        "aws_s3_bucket_lifecycle_configuration",
        {"rule": Match.array_with([{"id": "expire", "expiration": {"days": 2557}}])},
    )


def test_the_zone_is_private():
    """It belongs to the VPC whose id the network publishes."""
    uses = {"network": {"vpc_id": OutputShape("string")}}
    zone = Template.of(PaymentsZone, stack_instance(stack="payments-zone", uses=uses))
    zone.has_resource("data.aws_ssm_parameter", {"name": "/landform/payments-prod/network/vpc_id"})
    zone.has_resource(
        "aws_route53_zone", {"vpc": {"vpc_id": Match.string_like_regexp(r"ssm_parameter.*insecure_value")}}
    )
