"""What an account's standing takes from it, and documents attached as they are."""

import pytest
from reading import at, built, paths, statements

from landform.constructs.organizations import (
    DocumentPolicies,
    MemberAccount,
    OrganizationTree,
    Quarantine,
    Suspension,
)
from landform.errors import Code, LandformError

NEW = MemberAccount("new", "aws+new@acme.example", "Workloads")
DENY = {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}}


def standing(construct, **arguments):
    """A tree with one account, and a construct on it."""

    def build(stack):
        tree = OrganizationTree(stack, "Tree", units=["Workloads"], accounts=[NEW])
        return construct(stack, "Own", tree=tree, **arguments)

    return built(build)


class TestQuarantine:
    def test_only_these_roles_are_left_out(self):
        """By their whole names, in every account."""
        made = statements(standing(Quarantine, exempt_roles=["vend"]), "Own/Policy/Resource", "content")

        assert made["DenyAllButLandform"]["Condition"] == {
            "ArnNotLike": {
                "aws:PrincipalArn": ["arn:aws:iam::*:role/aws-service-role/*", "arn:aws:iam::*:role/vend"]
            },
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        }

    @pytest.mark.parametrize(
        ("given", "match"),
        [
            ({"exempt_roles": []}, "never leaves it"),
            ({"exempt_roles": ["*"]}, "this role name"),
            ({"accounts": ["old"]}, "no unit and no account of this name"),
        ],
    )
    def test_what_cannot_be_is_refused(self, given, match):
        """A wildcard would be everyone."""
        with pytest.raises(LandformError, match=match) as caught:
            standing(Quarantine, **given)

        assert caught.value.code is Code.ARGUMENT_VALUE


class TestSuspension:
    def test_nobody_is_left_out(self):
        """No condition says who."""
        made = statements(standing(Suspension, accounts=["new"]), "Own/Policy/Resource", "content")

        assert "Condition" not in made["DenyAllButBilling"]

    def test_it_is_attached_to_the_accounts(self):
        """By the reference of one that is made."""
        made = standing(Suspension, accounts=["new"])

        assert paths(made, "aws_organizations_policy_attachment") == ["Own/Policy/Targets/new"]
        assert at(made, "Own/Policy/Targets/new")["target_id"].startswith("${aws_organizations_account.")


class TestDocumentPolicies:
    def test_variables_of_iam_are_not_terraforms(self):
        """As in a policy that is given whole."""
        document = {**DENY, "Statement": {**DENY["Statement"], "Resource": "arn:aws:s3:::${aws:username}"}}
        made = standing(
            DocumentPolicies, kind="scp", documents={"own": document}, attached={"Workloads": ["own"]}
        )

        assert "$${aws:username}" in at(made, "Own/own/Resource")["content"]

    def test_places_are_shared_with_other_policies(self):
        """What stands at a place already counts."""

        def build(stack):
            tree = OrganizationTree(stack, "Tree", units=["Workloads"])
            names = [f"d{number}" for number in range(4)]
            documents = dict.fromkeys(names, DENY)
            Quarantine(stack, "Quarantine", tree=tree, accounts=["Workloads"])
            DocumentPolicies(
                stack, "Own", tree=tree, kind="scp", documents=documents, attached={"Workloads": names}
            )

        with pytest.raises(LandformError, match="too many still") as caught:
            built(build)

        assert caught.value.expected == "at most 3 beside those that stand there"

    def test_a_document_there_is_not(self):
        """With the nearest."""
        with pytest.raises(LandformError, match="no document of this name") as caught:
            standing(DocumentPolicies, kind="scp", documents={"own": DENY}, attached={"Workloads": ["wn"]})

        assert "own" in caught.value.fix
