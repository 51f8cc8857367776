import re

import pytest
from reading import at, built, stack_of, statements

from landform.constructs.iam import Role, Trust
from landform.constructs.kms import Key
from landform.constructs.kms.grants import ADMINISTER, DECRYPT, ENCRYPT
from landform.errors import Code, LandformError
from landform.iam import Condition, Principal, Statement

GLUE = [Trust.service("glue.amazonaws.com")]
OTHER = "arn:aws:iam::999999999999:role/reader"
ROOT = {"AWS": "arn:aws:iam::012345678901:root"}


def key(**arguments):
    return lambda stack: Key(stack, "Key", **arguments)


def granted(give, principal=None):
    """The document of a stack in which ``give(key, role)`` was called."""

    def build(stack):
        give(Key(stack, "Key"), principal or Role(stack, "Reader", trust=GLUE))

    return built(build)


class TestKey:
    @pytest.mark.parametrize(
        ("argument", "value"),
        [("enable_key_rotation", True), ("rotation_period_in_days", 365), ("deletion_window_in_days", 30)],
    )
    def test_default(self, argument, value):
        """The secure setting stands in the resource, whatever the provider's default is."""
        assert at(built(key()), "Key/Resource")[argument] == value

    @pytest.mark.parametrize(
        ("tier", "kept"), [("sandbox", False), ("dev", False), ("stage", True), ("prod", True)]
    )
    def test_the_tier_says_whether_terraform_may_destroy_it(self, tier, kept):
        """A destroyed key is all its data."""
        body = at(built(key(), tier=tier), "Key/Resource")

        assert body.get("lifecycle") == ({"prevent_destroy": True} if kept else None)

    @pytest.mark.parametrize(("days", "off"), [(30, set()), (29, {"LF_RECOVERY_WINDOW"})])
    def test_fewer_days_to_bring_it_back_are_recorded(self, days, off):
        """With the check that will find them."""
        stack = stack_of(key(deletion_window_days=days))

        assert {check for each in stack.switched_off for check in each.checks} == off

    def test_protected_says_it_instead_of_the_tier(self):
        """A key that must go says so."""
        assert "lifecycle" not in at(built(key(protected=False), tier="prod"), "Key/Resource")

    def test_the_alias_is_the_path(self):
        """And points at the key."""
        alias = at(built(key()), "Key/Alias")

        assert alias["name"] == "alias/acme-payments-prod-data-lake-key"
        assert re.fullmatch(r"\$\{aws_kms_key\.Key_[0-9A-F]+\.key_id\}", alias["target_key_id"])

    @pytest.mark.parametrize("alias", ["aws/s3", "alias/mine", "no good", "x" * 251, "a.b"])
    def test_an_alias_aws_would_refuse(self, alias):
        """Wrong characters, too long, or AWS's own."""
        with pytest.raises(LandformError, match="refuse this alias") as caught:
            built(key(alias=alias))

        assert caught.value.given == repr(alias)
        assert caught.value.place.file == "test_kms_key.py"

    @pytest.mark.parametrize("days", [6, 31, 0, -1, "30", True])
    def test_a_window_aws_would_refuse(self, days):
        """AWS waits 7 to 30 days."""
        with pytest.raises(LandformError, match="days to wait") as caught:
            built(key(deletion_window_days=days))

        assert caught.value.expected == "7 to 30"
        assert caught.value.place.file == "test_kms_key.py"


class TestKeyPolicy:
    def test_the_account_administers_it(self):
        """By enumerated actions, none of which uses the key."""
        policy = statements(built(key()), "Key/Resource")["AccountAdministersKey"]

        assert policy["Principal"] == ROOT
        assert policy["Action"] == sorted(ADMINISTER)
        assert not {*ENCRYPT, *DECRYPT} & set(policy["Action"])

    def test_the_accounts_policies_grant_its_use_to_the_account_alone(self):
        """``kms:CallerAccount`` keeps other accounts out, whatever a policy here says."""
        policy = statements(built(key()), "Key/Resource")["AccountPoliciesGrantUse"]

        assert policy["Condition"] == {"StringEquals": {"kms:CallerAccount": "012345678901"}}

    def test_an_administrator_is_named_beside_the_account(self):
        """And uses it no more than the account does."""
        admin = "arn:aws:iam::012345678901:role/security"
        policy = statements(built(key(administrators=[admin])), "Key/Resource")

        assert policy["AccountAdministersKey"]["Principal"] == {"AWS": [admin, ROOT["AWS"]]}
        assert policy["AccountPoliciesGrantUse"]["Principal"] == ROOT

    @pytest.mark.parametrize("admin", ["*", "arn:aws:iam::012345678901:role/*", "security"])
    def test_an_administrator_is_one_role(self, admin):
        """Everyone is no administrator."""
        with pytest.raises(LandformError, match="not the ARN of one role") as caught:
            built(key(administrators=[admin]))

        assert caught.value.place.file == "test_kms_key.py"

    @pytest.mark.parametrize("action", ["kms:*", "kms:ReEncrypt*", "*", "kms:Decryp?"])
    def test_a_wildcard_action_is_refused(self, action):
        """A key policy names each action."""
        statement = Statement("Wide", (action,), principals=(Principal("AWS", OTHER),))

        with pytest.raises(LandformError, match="names each action") as caught:
            built(lambda stack: Key(stack, "Key").add_to_policy(statement))

        assert caught.value.given == action
        assert caught.value.place.construct_path == "payments-prod.data-lake/Key"

    def test_everyone_is_refused(self):
        """A key policy with principal * and no condition is a public key."""
        statement = Statement("All", ("kms:Decrypt",), principals=(Principal("AWS", "*"),))

        with pytest.raises(LandformError, match="nothing to everyone"):
            built(lambda stack: Key(stack, "Key").add_to_policy(statement))

    def test_a_statement_that_denies_may_be_wide(self):
        """What is denied to everyone is safe."""
        deny = Statement("Deny", ("kms:*",), effect="Deny", principals=(Principal.everyone(),))

        document = built(lambda stack: Key(stack, "Key").add_to_policy(deny))

        assert statements(document, "Key/Resource")["Deny"]["Principal"] == "*"

    def test_nothing_in_it_is_wide_by_default(self):
        """No wildcard in an action, no principal *."""
        for statement in statements(built(key()), "Key/Resource").values():
            assert not any("*" in action for action in statement["Action"])
            assert "*" not in str(statement["Principal"])


class TestAllowService:
    def test_a_service_is_let_in_under_its_conditions(self):
        """The statement has the service, its actions and what for."""
        condition = Condition("StringEquals", "aws:SourceAccount", ("012345678901",))

        document = built(
            lambda stack: Key(stack, "Key").allow_service(
                "sns.amazonaws.com", sid="Topic", actions=["kms:Decrypt"], conditions=[condition]
            )
        )

        assert statements(document, "Key/Resource")["Topic"] == {
            "Sid": "Topic",
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "kms:Decrypt",
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:SourceAccount": "012345678901"}},
        }

    def test_without_a_condition_it_is_refused(self):
        """The service would use the key for anyone who asks it."""
        with pytest.raises(LandformError, match="for whoever asks") as caught:
            built(
                lambda stack: Key(stack, "Key").allow_service(
                    "sns.amazonaws.com", sid="Topic", actions=["kms:Decrypt"], conditions=[]
                )
            )

        assert caught.value.code is Code.ARGUMENT_VALUE


class TestKeyGrants:
    @pytest.mark.parametrize(
        ("verb", "sid", "actions"),
        [
            ("encrypt", "Encrypt", sorted(ENCRYPT)),
            ("decrypt", "Decrypt", sorted(DECRYPT)),
            (
                "describe",
                "Describe",
                ["kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus"],
            ),
        ],
    )
    def test_a_verb_is_its_actions_on_this_key(self, verb, sid, actions):
        """In the role's policy alone: the key policy lets the account's policies decide."""
        document = granted(lambda key, role: getattr(key.grants, verb)(role))
        (statement,) = statements(document, "Reader/Policy").values()

        assert statement == {
            "Sid": sid,
            "Effect": "Allow",
            "Action": actions,
            "Resource": statement["Resource"],
        }
        assert statement["Resource"].startswith("${aws_kms_key.Key_")
        assert sid not in statements(document, "Key/Resource")

    @pytest.mark.parametrize("verb", ["encrypt", "decrypt"])
    def test_via_limits_it_to_a_service(self, verb):
        """The role has the key through S3 alone."""
        document = granted(
            lambda key, role: getattr(key.grants, verb)(role, via="s3.eu-west-1.amazonaws.com")
        )
        (statement,) = statements(document, "Reader/Policy").values()

        assert statement["Condition"] == {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}

    def test_another_accounts_role_stands_in_the_key_policy(self):
        """Exactly that role, of the organisation, on this key."""
        document = granted(lambda key, role: key.grants.decrypt(role), Role.from_arn(OTHER))

        assert statements(document, "Key/Resource")["Decrypt"] == {
            "Sid": "Decrypt",
            "Effect": "Allow",
            "Principal": {"AWS": OTHER},
            "Action": sorted(DECRYPT),
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
        }


class TestFromArn:
    ARN = "arn:aws:kms:eu-west-1:999999999999:key/0a1b2c3d"

    def test_it_makes_nothing(self):
        """And knows its account."""
        kept = []
        document = built(lambda stack: kept.append(Key.from_arn(stack, "Shared", self.ARN)))

        assert (kept[0].arn, kept[0].account_id) == (self.ARN, "999999999999")
        assert "resource" not in document

    @pytest.mark.parametrize(
        "arn",
        [
            "",
            "0a1b2c3d",
            "alias/shared",
            "arn:aws:kms:eu-west-1:999999999999:alias/shared",
            "arn:aws:kms:eu-west-1:999999999999:key/*",
            "arn:aws:kms:*:999999999999:key/0a1b2c3d",
            "arn:aws:kms:eu-west-1:99999999999:key/0a1b2c3d",
            "arn:aws:s3:::key/0a1b2c3d",
            None,
        ],
    )
    def test_what_is_no_arn_of_one_key_is_refused(self, arn):
        """An alias is no key to IAM, and a wildcard is every key."""
        with pytest.raises(LandformError, match="refuse this ARN of a key") as caught:
            built(lambda stack: Key.from_arn(stack, "Shared", arn))

        assert caught.value.code is Code.ARGUMENT_VALUE
        assert caught.value.given == repr(arn)
        assert caught.value.place.file == "test_kms_key.py"

    def test_a_role_of_the_stack_may_use_it(self):
        """This half of the grant; the other is the owner's."""

        def build(stack):
            Key.from_arn(stack, "Shared", self.ARN).grants.decrypt(Role(stack, "Reader", trust=GLUE))

        assert statements(built(build), "Reader/Policy")["Decrypt"]["Resource"] == self.ARN

    def test_a_role_from_elsewhere_cannot_be_let_in(self):
        """Neither policy is ours to write."""
        with pytest.raises(LandformError, match="no policy here") as caught:
            built(lambda stack: Key.from_arn(stack, "Shared", self.ARN).grants.decrypt(Role.from_arn(OTHER)))

        assert caught.value.given == OTHER

    def test_its_owner_is_told_which_service_must_use_it(self):
        """The construct that it encrypts says so, and changes nothing."""
        key = None

        def build(stack):
            nonlocal key
            key = Key.from_arn(stack, "Shared", self.ARN)
            key.allow_service(
                "sns.amazonaws.com",
                sid="Topics",
                actions=("kms:GenerateDataKey", "kms:Decrypt"),
                conditions=[Condition("StringEquals", "aws:SourceAccount", ("012345678901",))],
            )

        assert "resource" not in built(build)
        assert list(key.node.annotations) == [
            (
                "info",
                f"The policy of {self.ARN} must let sns.amazonaws.com use the key: "
                "kms:Decrypt, kms:GenerateDataKey.",
            )
        ]
