import json

import pytest
from reading import at, built, statements

from landform.constructs.iam import BootstrapRole, Trust
from landform.errors import LandformError
from landform.iam.evaluate import Verdict, evaluate
from landform.iam.identity import Identity, Request, Resource
from landform.iam.policy import parse_policy

RESCUER = "arn:aws:iam::111111111111:role/rescuer"
NAME = "OrganizationAccountAccessRole"


def bootstrap(**arguments):
    return lambda stack: BootstrapRole(stack, "Bootstrap", **arguments)


def assumed(who, **arguments):
    """What AWS answers to one of the management account who may assume every role."""
    policy = at(built(bootstrap(**arguments)), "Bootstrap/Resource")["assume_role_policy"]
    own = parse_policy('{"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}}')
    return evaluate(
        Request(
            Identity(who, policies=(own,)),
            "sts:AssumeRole",
            Resource(f"arn:aws:iam::012345678901:role/{NAME}", policy=parse_policy(policy)),
            {"aws:PrincipalOrgID": ("o-a1b2c3d4e5",)},
        )
    ).verdict


class TestBootstrapRole:
    def test_it_is_taken_over(self):
        """AWS made it with the account: Terraform imports it, under its own name."""
        document = built(bootstrap())
        (block,) = document["import"]

        assert at(document, "Bootstrap/Resource")["name"] == NAME
        assert (block["id"], block["to"].partition(".")[0]) == (NAME, "aws_iam_role")

    def test_of_another_name(self):
        """An account may have been made with one."""
        document = built(bootstrap(role_name="Vending"))

        assert [block["id"] for block in document["import"]] == ["Vending"]

    def test_nobody_assumes_it(self):
        """Not even the account's own root: AWS takes no trust policy that is empty, so it denies."""
        (statement,) = statements(built(bootstrap()), "Bootstrap/Resource", "assume_role_policy").values()

        assert (statement["Effect"], statement["Principal"]) == ("Deny", "*")
        assert assumed(RESCUER) is Verdict.DENIED
        assert assumed("arn:aws:iam::012345678901:role/landform-apply") is Verdict.DENIED

    def test_those_who_are_named_do(self):
        """And nobody beside them."""
        assert assumed(RESCUER, principals=[RESCUER]) is Verdict.ALLOWED
        assert assumed(f"{RESCUER}-2", principals=[RESCUER]) is Verdict.DENIED

    def test_people_of_a_permission_set(self):
        """The manifest says that checkov will see their account."""
        signed_in = Trust.permission_set("Admin", account_id="111111111111", organization_id="o-a1b2c3d4e5")
        document = built(bootstrap(principals=[signed_in]))
        (statement,) = statements(document, "Bootstrap/Resource", "assume_role_policy").values()

        assert statement["Principal"] == {"AWS": "arn:aws:iam::111111111111:root"}
        assert "aws:PrincipalArn" in json.dumps(statement["Condition"])

    def test_it_comes_below_the_boundary(self):
        """With sessions of an hour."""
        role = at(built(bootstrap()), "Bootstrap/Resource")

        assert role["permissions_boundary"] == "arn:aws:iam::012345678901:policy/acme-permissions-boundary"
        assert role["max_session_duration"] == 3600

    @pytest.mark.parametrize("name", ["", "a b", "x" * 65])
    def test_a_name_that_aws_refuses(self, name):
        """Where the construct is made."""
        with pytest.raises(LandformError, match="role name") as caught:
            built(bootstrap(role_name=name))

        assert caught.value.place.file == "test_iam_bootstrap_role.py"
