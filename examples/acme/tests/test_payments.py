"""What Acme expects of its ledger, whatever the account."""

import json

import pytest

from acme.payments import PaymentsLedger, PaymentsZone
from landform.core import App
from landform.org.fleet import OutputShape
from landform.testing import TIERS, stack_instance


@pytest.fixture(params=TIERS)
def ledger(request):
    """The ledger's Terraform JSON in one tier."""
    app = App()
    PaymentsLedger(app, stack_instance(tier=request.param, stack="payments-ledger"))
    (synthesis,) = app.synthesise()
    return json.loads(synthesis.text)


def actions(ledger, role):
    """Every action that a role of the ledger is allowed."""
    (policy,) = [
        block for name, block in ledger["resource"]["aws_iam_role_policy"].items() if name.startswith(role)
    ]
    allowed = [statement["Action"] for statement in json.loads(policy["policy"])["Statement"]]
    return {action for one in allowed for action in ([one] if isinstance(one, str) else one)}


def test_reporting_cannot_write(ledger):
    """The report's role reads and lists, and nothing more."""
    assert actions(ledger, "Reporting") == {
        "s3:GetObject",
        "s3:GetObjectTagging",
        "s3:ListBucket",
        "kms:Decrypt",
    }


def test_nobody_can_delete_entries(ledger):
    """No role of the stack may delete an object."""
    assert not any(
        "Delete" in action for role in ("Reporting", "Settlement") for action in actions(ledger, role)
    )


def test_entries_are_kept_for_seven_years(ledger):
    """Entries expire after 2,557 days."""
    (lifecycle,) = ledger["resource"]["aws_s3_bucket_lifecycle_configuration"].values()
    (expire,) = [rule for rule in lifecycle["rule"] if rule["id"] == "expire"]
    assert expire["expiration"] == [{"days": 2557}]


def test_the_zone_is_private():
    """It belongs to the VPC whose id the network publishes."""
    app = App()
    uses = {"network": {"vpc_id": OutputShape("string")}}
    PaymentsZone(app, stack_instance(stack="payments-zone", uses=uses))
    (synthesis,) = app.synthesise()
    document = json.loads(synthesis.text)
    (zone,) = document["resource"]["aws_route53_zone"].values()
    (parameter,) = document["data"]["aws_ssm_parameter"].values()
    assert parameter["name"] == "/landform/payments-prod/network/vpc_id"
    assert "insecure_value" in zone["vpc"][0]["vpc_id"]
