import json

import pytest
from reading import at, built, statements

from landform.constructs.iam import PermissionsBoundary, Policy
from landform.constructs.iam.boundary import NEVER
from landform.constructs.s3 import Bucket
from landform.errors import Code, LandformError
from landform.iam import Statement

PUBLISH = Statement("Publish", ("sns:Publish",), ("arn:aws:sns:eu-west-1:012345678901:settled",))


def shared(*added, **arguments):
    return lambda stack: Policy(stack, "Shared", statements=added, **arguments)


class TestPolicy:
    def test_its_statements_are_literal_json(self):
        """What a plan and a check can read."""
        assert statements(built(shared(PUBLISH)), "Shared/Resource")["Publish"]["Action"] == "sns:Publish"

    def test_its_name_is_the_path(self):
        """And its ARN is literal."""
        kept = []
        document = built(lambda stack: kept.append(shared(PUBLISH)(stack)))

        assert at(document, "Shared/Resource")["name"] == "acme-payments-prod-data-lake-shared"
        assert kept[0].arn == "arn:aws:iam::012345678901:policy/acme-payments-prod-data-lake-shared"

    def test_grants_can_be_given_to_it(self):
        """Several roles that carry it share them."""
        document = built(
            lambda stack: Bucket(stack, "Lake").grants.read_objects(shared()(stack), prefix="in/")
        )

        assert statements(document, "Shared/Resource")["ReadObjects"]["Resource"] == (
            "arn:aws:s3:::acme-payments-prod-data-lake/in/*"
        )

    def test_it_needs_a_statement(self):
        """AWS refuses an empty one."""
        with pytest.raises(LandformError, match="at least one statement") as caught:
            built(shared())

        assert caught.value.code is Code.VALIDATION
        assert caught.value.place.file == "test_iam_policy.py"

    @pytest.mark.parametrize("action", ["*", "iam:*", "s3:Get*"])
    def test_a_wildcard_action_is_refused(self, action):
        """Each action is named."""
        with pytest.raises(LandformError, match="names each action it allows") as caught:
            built(shared(Statement("Wide", (action,), ("arn:x",))))

        assert caught.value.given == action
        assert caught.value.place.file == "test_iam_policy.py"

    def test_every_resource_is_refused(self):
        """Where the action takes one."""
        with pytest.raises(LandformError, match="names the resources") as caught:
            built(shared(Statement("Read", ("s3:GetObject",))))

        assert caught.value.place.file == "test_iam_policy.py"

    def test_more_text_than_aws_takes_is_refused(self):
        """6,144 characters are the limit of a managed policy."""
        wide = Statement("Publish", ("sns:Publish",), tuple(f"arn:aws:sns:::{n:040}" for n in range(150)))

        with pytest.raises(LandformError, match="managed policy is longer than AWS takes") as caught:
            built(shared(wide))

        size = len(json.dumps(list(wide.resources), separators=(",", ":")))
        assert caught.value.expected == "at most 6144"
        assert int(caught.value.given.split()[0]) > size > 6144
        assert caught.value.place.file == "test_iam_policy.py"

    @pytest.mark.parametrize("name", ["no good", "x" * 129, "a/b"])
    def test_a_name_that_aws_refuses(self, name):
        """128 characters of those IAM takes."""
        with pytest.raises(LandformError, match="refuse this policy name") as caught:
            built(shared(PUBLISH, policy_name=name))

        assert caught.value.place.file == "test_iam_policy.py"


class TestPermissionsBoundary:
    def boundary(self):
        return statements(built(lambda stack: PermissionsBoundary(stack, "Boundary")), "Boundary/Resource")

    def test_it_has_the_name_that_roles_carry(self):
        """One name an account."""
        document = built(lambda stack: PermissionsBoundary(stack, "Boundary"))

        assert at(document, "Boundary/Resource")["name"] == "acme-permissions-boundary"

    def test_it_leaves_out_what_no_role_may_do(self):
        """Users, the boundary itself, the organisation."""
        assert self.boundary()["WithinRegions"]["NotAction"] == sorted(NEVER)

    def test_it_ends_at_the_organisations_regions(self):
        """A role acts nowhere else; us-east-1 is where AWS's global services are."""
        assert self.boundary()["WithinRegions"]["Condition"] == {
            "StringEquals": {"aws:RequestedRegion": ["eu-central-1", "eu-west-1", "us-east-1"]}
        }

    def test_no_role_changes_it(self):
        """Who may write the boundary has none."""
        keep = self.boundary()["KeepBoundary"]

        assert keep["Effect"] == "Deny"
        assert keep["Resource"] == "arn:aws:iam::012345678901:policy/acme-permissions-boundary"
        assert "iam:CreatePolicyVersion" in keep["Action"]
