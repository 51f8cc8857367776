"""What each guardrail denies, and to whom: requests judged as IAM would."""

import pytest
from denials import denying
from reading import built, statements

from landform.constructs.organizations import Guardrails, OrganizationTree
from landform.constructs.organizations.statements import BLINDING_ACTIONS, OPENING_ACTIONS

ADMIN = {"aws:PrincipalArn": "arn:aws:iam::012345678901:role/admin", "aws:RequestedRegion": "eu-west-1"}
APPLIES = {**ADMIN, "aws:PrincipalArn": "arn:aws:iam::012345678901:role/landform-apply"}
ROOT = {**ADMIN, "aws:PrincipalArn": "arn:aws:iam::012345678901:root"}
VIRGINIA = {"aws:RequestedRegion": "us-east-1"}
INSTANCE = "arn:aws:ec2:eu-west-1:012345678901:instance/*"


def guardrails(**arguments):
    def build(stack):
        tree = OrganizationTree(stack, "Tree", units=["Workloads"])
        return Guardrails(stack, "Guardrails", tree=tree, **arguments)

    return build


@pytest.fixture(scope="module")
def made():
    """The guardrails of an organisation, at its root."""
    return built(guardrails())


@pytest.fixture(scope="module")
def denied(made):
    """Which statements of both policies for principals deny a request."""
    both = [
        statement
        for path in ("Principals", "Regions")
        for statement in statements(made, f"Guardrails/{path}/Resource", "content").values()
    ]
    return lambda *request: denying(both, *request)


class TestWhatPrincipalsAreDenied:
    """Requests of principals in a member account, and the statements that deny them."""

    @pytest.mark.parametrize("who", [ADMIN, APPLIES], ids=["admin", "apply"])
    @pytest.mark.parametrize("action", ["organizations:LeaveOrganization", "account:CloseAccount"])
    def test_nobody_leaves(self, denied, action, who):
        """Not even the role that makes everything."""
        assert denied(action, who) == {"DenyLeaving"}

    @pytest.mark.parametrize("action", ["s3:ListAllMyBuckets", "iam:CreateUser", "ec2:StopInstances"])
    def test_root_does_nothing(self, denied, action):
        """Whatever it is."""
        assert denied(action, ROOT) == {"DenyRoot"}

    def test_root_does_what_the_management_account_hands_out(self, denied):
        """A session of sts:AssumeRoot, for one task."""
        assert not denied("s3:DeleteBucketPolicy", {**ROOT, "aws:AssumedRoot": "true"})

    @pytest.mark.parametrize(
        ("actions", "sid"), [(BLINDING_ACTIONS, "DenyBlinding"), (OPENING_ACTIONS, "DenyOpening")]
    )
    def test_only_its_maker_changes_what_protects(self, denied, actions, sid):
        """Each action of it."""
        assert all(denied(action, ADMIN) == {sid} for action in actions)
        assert not any(denied(action, APPLIES) for action in actions)

    def test_a_role_of_almost_the_name_is_another(self, denied):
        """Nor does a path make it the same."""
        for name in ("landform-apply-2", "mine/landform-apply"):
            who = {**ADMIN, "aws:PrincipalArn": f"arn:aws:iam::012345678901:role/{name}"}
            assert denied("cloudtrail:StopLogging", who) == {"DenyBlinding"}

    @pytest.mark.parametrize(
        ("tokens", "sids"),
        [
            ({"ec2:MetadataHttpTokens": "required"}, set()),
            ({"ec2:MetadataHttpTokens": "optional"}, {"DenyFirstMetadata"}),
            ({}, {"DenyFirstMetadata"}),
        ],
    )
    @pytest.mark.parametrize("who", [ADMIN, APPLIES], ids=["admin", "apply"])
    def test_instances_start_with_tokens(self, denied, tokens, sids, who):
        """For everyone; a launch that does not say is none that requires them."""
        assert denied("ec2:RunInstances", {**who, **tokens}, INSTANCE) == sids

    def test_tokens_are_asked_of_instances_alone(self, denied):
        """A launch is also judged by its volumes and subnets, which have none."""
        assert not denied("ec2:RunInstances", ADMIN, "arn:aws:ec2:eu-west-1:012345678901:volume/*")

    def test_tokens_are_not_taken_back(self, denied):
        """Once the instance runs."""
        assert denied("ec2:ModifyInstanceMetadataOptions", ADMIN, INSTANCE) == {"DenyMetadataChanges"}
        assert not denied("ec2:ModifyInstanceMetadataOptions", APPLIES, INSTANCE)

    @pytest.mark.parametrize(
        ("delivery", "sids"), [("1.0", {"DenyFirstMetadataCredentials"}), ("2.0", set())]
    )
    def test_credentials_of_the_first_metadata_service_open_nothing(self, denied, delivery, sids):
        """Of an instance that was started before."""
        assert denied("s3:GetObject", {**ADMIN, "ec2:RoleDelivery": delivery}) == sids

    @pytest.mark.parametrize(
        ("action", "context", "sids"),
        [
            ("rds:CreateDBInstance", ADMIN, set()),
            ("rds:CreateDBInstance", {**ADMIN, **VIRGINIA}, {"DenyOtherRegions"}),
            ("s3:CreateBucket", {**ADMIN, **VIRGINIA}, {"DenyOtherRegions"}),
            ("rds:CreateDBInstance", {**APPLIES, **VIRGINIA}, set()),
            ("iam:CreateRole", {**ADMIN, **VIRGINIA}, set()),
            ("cloudfront:CreateDistribution", {**ADMIN, **VIRGINIA}, set()),
        ],
    )
    def test_nothing_is_done_outside_the_regions(self, denied, action, context, sids):
        """But for what is global, and by the role that makes everything."""
        assert denied(action, context) == sids


OWN = {"aws:PrincipalOrgID": "o-a1b2c3d4e5", "aws:PrincipalAccount": "012345678901"}
OTHER = {"aws:PrincipalOrgID": "o-zzzzzzzzzz", "aws:PrincipalAccount": "999999999999"}
PERSON = {"aws:PrincipalIsAWSService": "false", "aws:SecureTransport": "true"}
SERVICE = {"aws:PrincipalIsAWSService": "true", "aws:SecureTransport": "true"}


class TestWhatIsDeniedOfResources:
    """Requests to resources of a member account, and the statements that deny them."""

    @pytest.mark.parametrize("action", ["s3:GetObject", "kms:Decrypt", "sqs:SendMessage", "sts:AssumeRole"])
    @pytest.mark.parametrize(
        ("context", "sids"),
        [
            ({**PERSON, **OWN}, set()),
            ({**PERSON, **OTHER}, {"DenyStrangers"}),
            (PERSON, {"DenyStrangers"}),
            ({**PERSON, **OWN, "aws:SecureTransport": "false"}, {"DenyPlainHttp"}),
            ({**SERVICE, "aws:SourceAccount": "0" * 12, "aws:SourceOrgID": "o-a1b2c3d4e5"}, set()),
            (
                {**SERVICE, "aws:SourceAccount": "9" * 12, "aws:SourceOrgID": "o-zzzzzzzzzz"},
                {"DenyServicesForStrangers"},
            ),
            ({**SERVICE, "aws:SourceAccount": "9" * 12}, {"DenyServicesForStrangers"}),
            (SERVICE, set()),
        ],
        ids=[
            "own",
            "of another organisation",
            "nobody",
            "plain http",
            "a service for us",
            "a service for another organisation",
            "a service for an account of none",
            "a service for itself",
        ],
    )
    def test_only_the_organisation_reaches_them(self, made, action, context, sids):
        """And services of AWS that act for it, or for nobody."""
        perimeter = statements(made, "Guardrails/Resources/Resource", "content").values()

        assert denying(perimeter, action, context) == sids

    def test_a_trusted_account_reaches_them(self):
        """And none beside it."""
        document = built(guardrails(trusted_accounts=["999999999999"]))
        perimeter = statements(document, "Guardrails/Resources/Resource", "content").values()

        assert not denying(perimeter, "s3:GetObject", {**PERSON, **OTHER})
        assert denying(perimeter, "s3:GetObject", {**PERSON, **OTHER, "aws:PrincipalAccount": "8" * 12})
