"""What the organisation's own stack denies in accounts of each status, decided by ``landform.iam`` as AWS would."""

from __future__ import annotations

from typing import Any

import pytest
from organization_stacks import EVERYTHING, document_of, instance_of, over

from landform.constructs.organizations.statements import BILLING_READS
from landform.constructs.state.state_backend import APPLY_ROLE, PLAN_ROLE
from landform.iam.actions import expand
from landform.iam.evaluate import Verdict, evaluate
from landform.iam.identity import Identity, Request, Resource
from landform.iam.lockout import APPLY_NEEDS
from landform.stacks import OrganizationStack

# By name: the id of an account whose status says what it may do.
ACCOUNTS = {"ledger-prod": "444444444444", "shut": "777777777777", "spent": "555555555555"}
HOME = {
    "aws:RequestedRegion": ("eu-west-1",),
    "aws:PrincipalOrgID": ("o-a1b2c3d4e5",),
    "aws:SecureTransport": ("true",),
    # Nothing of these in the request.
    "ec2:RoleDelivery": (),
    "aws:AssumedRoot": (),
}
BASELINE = (
    "cloudtrail:CreateTrail",
    "config:PutConfigurationRecorder",
    "ec2:EnableEbsEncryptionByDefault",
    "iam:CreateRole",
    "iam:UpdateAccountPasswordPolicy",
    "kms:CreateKey",
    "s3:CreateBucket",
    "s3:PutAccountPublicAccessBlock",
    "ssm:PutParameter",
)


@pytest.fixture(scope="module")
def made():
    """The organisation."""
    return document_of(
        OrganizationStack, instance_of("organization"), resource_control_policies={"perimeter": "Workloads"}
    )


@pytest.fixture(scope="module")
def decided(made):
    """What is decided on a request of a principal that is allowed everything."""

    def decide(account: str, who: str, action: str, resource: str = "*", **context: Any) -> Verdict:
        account_id = ACCOUNTS[account]
        identity = Identity(f"arn:aws:iam::{account_id}:{who}", policies=(EVERYTHING,))
        known = {**HOME, **{key.replace("_", ":", 1): value for key, value in context.items()}}
        request = Request(identity, action, Resource(resource, account=account_id), known)
        return evaluate(request, over(made, account, account_id)).verdict

    return decide


class TestActive:
    """An account that is in use: its administrator may do what is no guardrail's."""

    @pytest.mark.parametrize(
        "action", ["s3:CreateBucket", "rds:CreateDBInstance", "iam:CreateRole", "sqs:SendMessage"]
    )
    def test_its_administrator_works(self, decided, action):
        """Here."""
        assert decided("ledger-prod", "role/admin", action) is Verdict.ALLOWED

    @pytest.mark.parametrize(
        "action",
        [
            "organizations:LeaveOrganization",
            "account:CloseAccount",
            "cloudtrail:StopLogging",
            "cloudtrail:DeleteTrail",
            "config:StopConfigurationRecorder",
            "guardduty:DeleteDetector",
            "securityhub:DisableSecurityHub",
            "s3:PutAccountPublicAccessBlock",
            "ec2:DisableEbsEncryptionByDefault",
        ],
    )
    def test_its_administrator_cannot(self, decided, action):
        """Leave, blind or open it."""
        assert decided("ledger-prod", "role/admin", action) is Verdict.DENIED

    def test_nothing_is_made_elsewhere(self, decided):
        """Outside the organisation's regions."""
        elsewhere = {"aws_RequestedRegion": ("us-west-2",)}

        assert decided("ledger-prod", "role/admin", "rds:CreateDBInstance", **elsewhere) is Verdict.DENIED
        assert (
            decided("ledger-prod", f"role/{APPLY_ROLE}", "rds:CreateDBInstance", **elsewhere)
            is Verdict.ALLOWED
        )

    def test_its_unit_denies_too(self, decided):
        """A document that the unit names, two levels up."""
        gpu = {"ec2_InstanceType": ("p5.48xlarge",), "ec2_MetadataHttpTokens": ("required",)}

        assert decided("ledger-prod", "role/admin", "ec2:RunInstances", **gpu) is Verdict.DENIED
        assert decided(
            "ledger-prod", "role/admin", "ec2:RunInstances", **{**gpu, "ec2_InstanceType": ("t3.micro",)}
        ) is (Verdict.ALLOWED)

    def test_its_queues_take_no_plain_http(self, decided):
        """A resource control policy, attached by the stack's parameter."""
        plain = {"aws_SecureTransport": ("false",)}

        assert decided("ledger-prod", "role/admin", "sqs:SendMessage", **plain) is Verdict.DENIED


class TestQuarantined:
    """An account whose baseline is not there yet."""

    @pytest.mark.parametrize("action", [*BASELINE, *APPLY_NEEDS])
    def test_landform_makes_its_baseline(self, decided, action):
        """With the role that applies."""
        assert decided("shut", f"role/{APPLY_ROLE}", action) is Verdict.ALLOWED

    @pytest.mark.parametrize("role", [APPLY_ROLE, PLAN_ROLE, "OrganizationAccountAccessRole"])
    def test_its_roles_read(self, decided, role):
        """Also the one that plans, and the one that the account is made with."""
        assert decided("shut", f"role/{role}", "s3:GetObject") is Verdict.ALLOWED

    @pytest.mark.parametrize(
        "who",
        [
            "role/admin",
            "user/jane",
            "role/landform-apply-2",
            "role/x/landform-apply",
            "role/acme-shut-baseline-pipeline-apply-prod",
            "role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Administrator_0a1b2c3d4e5f6a7b",
        ],
    )
    @pytest.mark.parametrize("action", ["iam:CreateRole", "s3:GetObject", "sts:GetCallerIdentity"])
    def test_nobody_else_does_anything(self, decided, who, action):
        """Whatever their policies allow."""
        assert decided("shut", who, action) is Verdict.DENIED

    def test_roles_of_services_work(self, decided):
        """A recorder records from the first minute."""
        role = "role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"

        assert decided("shut", role, "s3:PutObject") is Verdict.ALLOWED

    def test_guardrails_hold_for_landform_too(self, decided):
        """Quarantine lets nothing through that another policy denies."""
        assert decided("shut", f"role/{APPLY_ROLE}", "organizations:LeaveOrganization") is Verdict.DENIED
        assert decided("shut", f"role/{APPLY_ROLE}", "ec2:AllocateHosts") is Verdict.DENIED


class TestSuspended:
    """An account that is given up."""

    @pytest.mark.parametrize(
        "who", ["role/admin", f"role/{APPLY_ROLE}", "role/OrganizationAccountAccessRole"]
    )
    @pytest.mark.parametrize(
        "action", ["s3:GetObject", "iam:CreateRole", "ec2:StopInstances", "ce:CreateAnomalyMonitor"]
    )
    def test_nobody_does_anything(self, decided, who, action):
        """Not even landform."""
        assert decided("spent", who, action) is Verdict.DENIED

    @pytest.mark.parametrize(
        "action", ["ce:GetCostAndUsage", "billing:GetBillingData", "invoicing:GetInvoicePDF"]
    )
    def test_what_it_costs_is_read(self, decided, action):
        """Until it is closed."""
        assert decided("spent", "role/admin", action) is Verdict.ALLOWED

    @pytest.mark.parametrize("pattern", BILLING_READS)
    def test_each_of_them_names_actions(self, pattern):
        """One misspelled would leave nothing to read; none of them writes."""
        actions = list(expand(pattern))

        assert actions
        assert not [
            action
            for action in actions
            if not action.split(":")[1].startswith(("Get", "List", "Describe", "View"))
        ]
