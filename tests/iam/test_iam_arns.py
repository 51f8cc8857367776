import pytest

from landform.errors import Code, LandformError
from landform.iam.arns import permission_set_of, permission_set_roles, role_account


class TestRoleAccount:
    @pytest.mark.parametrize(
        "arn",
        [
            "arn:aws:iam::012345678901:role/reader",
            "arn:aws-us-gov:iam::012345678901:role/team/reader",
            "arn:aws:iam::012345678901:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0a1b",
        ],
    )
    def test_the_account_of_a_role(self, arn):
        """With a path or without, in any partition; a leading zero is kept."""
        assert role_account(arn) == "012345678901"

    @pytest.mark.parametrize(
        "arn",
        [
            "",
            "*",
            "reader",
            "012345678901",
            "arn:aws:iam::012345678901:root",
            "arn:aws:iam::012345678901:user/jane",
            "arn:aws:iam::012345678901:role/*",
            "arn:aws:iam::12345:role/reader",
            "arn:aws:sts::012345678901:assumed-role/reader/session",
            "arn:aws:iam::012345678901:role/reader\n",
            12,
        ],
    )
    def test_what_is_no_role_is_refused_on_the_users_line(self, arn):
        """An account, a user, a session or a pattern is more or less than one role."""
        with pytest.raises(LandformError, match="not the ARN of one role") as caught:
            role_account(arn)

        assert caught.value.code is Code.ARGUMENT_VALUE
        assert caught.value.given == repr(arn)
        assert caught.value.place.file == "test_iam_arns.py"


class TestPermissionSetRoles:
    def test_the_path_has_a_region_unless_it_is_us_east_1(self):
        """Both forms, with as many characters after the name as AWS adds."""
        path = "arn:aws-us-gov:iam::012345678901:role/aws-reserved/sso.amazonaws.com"

        assert permission_set_roles("ReadOnly", "012345678901", "aws-us-gov") == (
            f"{path}/AWSReservedSSO_ReadOnly_????????????????",
            f"{path}/*/AWSReservedSSO_ReadOnly_????????????????",
        )

    @pytest.mark.parametrize("name", ["ReadOnly", "Read_Only", "_", "AWSReservedSSO_x"])
    def test_the_name_can_be_had_back(self, name):
        """Whatever characters AWS takes in it."""
        assert [permission_set_of(role) for role in permission_set_roles(name, "012345678901")] == [name] * 2
