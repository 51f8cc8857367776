import json

import pytest
from reading import at, built, paths, stack_of, statements
from specimens.secretsmanager import Rotator

from landform.constructs.iam import Role, Trust
from landform.constructs.kms import Key
from landform.constructs.secretsmanager import RotationFunction, Secret
from landform.core import Ref
from landform.errors import Code, LandformError
from landform.iam import Principal, Statement

GLUE = [Trust.service("glue.amazonaws.com")]
OTHER = "arn:aws:iam::999999999999:role/reader"
SIBLING = "arn:aws:iam::012345678901:role/rotate"
FUNCTION = "arn:aws:lambda:eu-west-1:012345678901:function:rotate"
NAME = "acme-payments-prod-data-lake-scheme"
ANY_ARN = f"arn:aws:secretsmanager:eu-west-1:012345678901:secret:{NAME}-??????"
READ = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]


def scheme(**arguments):
    return lambda stack: Secret(stack, "Scheme", **arguments)


def rotated(**arguments):
    def build(stack):
        function = Rotator(Role(stack, "Rotate", trust=[Trust.service("lambda.amazonaws.com")]))
        Secret(stack, "Scheme", rotated_by=function, **arguments)

    return build


def granted(give, principal=None):
    """The document of a stack in which ``give(secret, role)`` was called."""

    def build(stack):
        give(scheme()(stack), principal or Role(stack, "Reader", trust=GLUE))

    return built(build)


def refused(build, match):
    """The error that a stack gives, which names the user's line."""
    with pytest.raises(LandformError, match=match) as caught:
        built(build)
    assert caught.value.code is Code.ARGUMENT_VALUE
    assert caught.value.place.file == "test_secretsmanager_secret.py"
    return caught.value


class TestSecret:
    def test_it_is_encrypted_with_a_key_of_its_own(self):
        """Whoever reads it needs the key too."""
        document = built(scheme())

        assert at(document, "Scheme/Resource")["kms_key_id"].startswith("${aws_kms_key.Scheme_Key_")
        assert paths(document, "aws_kms_key") == ["Scheme/Key/Resource"]

    def test_a_key_of_the_stack_is_used(self):
        """And none is made."""
        document = built(lambda stack: scheme(key=Key(stack, "Shared"))(stack))

        assert paths(document, "aws_kms_key") == ["Shared/Resource"]

    def test_no_value_is_anywhere(self):
        """A version made by Terraform would be in its state."""
        document = built(rotated())

        assert "aws_secretsmanager_secret_version" not in document["resource"]
        assert "secret_string" not in json.dumps(document)

    def test_its_arn_is_a_reference(self):
        """AWS ends it with six characters."""
        kept = []
        built(lambda stack: kept.append(scheme()(stack)))

        assert isinstance(kept[0].arn, Ref)

    def test_it_says_what_it_opens(self):
        """Or where it is made."""
        assert at(built(scheme(description="the API")), "Scheme/Resource")["description"] == "the API"
        assert at(built(scheme()), "Scheme/Resource")["description"].endswith("/Scheme")

    @pytest.mark.parametrize("name", ["no good", "x" * 513, "a*", "\u00e4"])
    def test_a_name_that_is_refused(self, name):
        """Wrong characters, or too long."""
        assert refused(scheme(secret_name=name), "refuse this secret name").given == repr(name)

    @pytest.mark.parametrize("text", ["", "x" * 2049, "a\nb"])
    def test_a_description_that_is_refused(self, text):
        """Longer than AWS keeps."""
        refused(scheme(description=text), "description of a secret")

    def test_it_can_be_brought_back_for_a_month(self):
        """Unless the code says otherwise."""
        assert at(built(scheme()), "Scheme/Resource")["recovery_window_in_days"] == 30
        assert at(built(scheme(recovery_days=7)), "Scheme/Resource")["recovery_window_in_days"] == 7

    @pytest.mark.parametrize("days", [0, 6, 31, "7"])
    def test_days_to_bring_it_back_that_are_refused(self, days):
        """0 would delete it at once."""
        assert refused(scheme(recovery_days=days), "before a secret is deleted").expected == "7 to 30"

    @pytest.mark.parametrize(
        ("tier", "kept"), [("sandbox", False), ("dev", False), ("stage", True), ("prod", True)]
    )
    def test_the_tier_says_whether_terraform_may_destroy_it(self, tier, kept):
        """As for all that holds data."""
        secret = at(built(scheme(), tier=tier), "Scheme/Resource")

        assert secret.get("lifecycle") == ({"prevent_destroy": True} if kept else None)

    @pytest.mark.parametrize(("days", "recorded"), [(30, False), (7, True)])
    def test_fewer_days_to_bring_it_back_are_recorded(self, days, recorded):
        """With the check that will find them."""
        off = [each.checks for each in stack_of(rotated(recovery_days=days)).switched_off]

        assert (("LF_RECOVERY_WINDOW",) in off) is recorded

    def test_its_policy_refuses_plain_http_and_everyone(self):
        """AWS refuses a policy for everyone by itself too."""
        document = built(scheme())

        assert at(document, "Scheme/Policy")["block_public_policy"] is True
        assert at(document, "Scheme/Policy")["secret_arn"].startswith("${aws_secretsmanager_secret.")
        assert statements(document, "Scheme/Policy") == {
            "DenyPlainHttp": {
                "Sid": "DenyPlainHttp",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "secretsmanager:*",
                "Resource": "*",
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        }


class TestRotation:
    def test_a_function_rotates_it_every_month(self):
        """Once it may be invoked."""
        document = built(rotated())
        rotation = at(document, "Scheme/Rotation")

        assert rotation["rotation_lambda_arn"] == FUNCTION
        assert rotation["rotation_rules"] == [{"automatically_after_days": 30}]
        assert rotation["secret_id"].startswith("${aws_secretsmanager_secret.Scheme_")
        assert rotation["depends_on"][0].startswith("aws_lambda_permission.Scheme_Invocation_")

    def test_the_function_is_invoked_for_this_secret_alone(self):
        """Of this account, whatever is called the same elsewhere."""
        permission = at(built(rotated()), "Scheme/Invocation")

        assert permission["principal"] == "secretsmanager.amazonaws.com"
        assert permission["action"] == "lambda:InvokeFunction"
        assert permission["function_name"] == FUNCTION
        assert permission["source_arn"].startswith("${aws_secretsmanager_secret.Scheme_")
        assert permission["source_account"] == "012345678901"

    def test_the_function_may_rotate(self):
        """This secret, with its key."""
        policy = statements(built(rotated()), "Rotate/Policy")

        assert policy.keys() == {"Rotate", "UseKeyViaSecretsmanager"}
        assert policy["Rotate"]["Action"] == [
            *READ, "secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage",
        ]  # fmt: skip

    def test_a_function_whose_role_another_stack_makes(self):
        """Is let in by the secret's policy."""

        def build(stack):
            Secret(stack, "Scheme", rotated_by=Rotator(Role.from_arn(SIBLING)))

        assert statements(built(build), "Scheme/Policy")["Rotate"]["Principal"] == {"AWS": SIBLING}

    @pytest.mark.parametrize("days", [1, 90])
    def test_how_often(self, days):
        """The bounds of what the checks take."""
        rotation = at(built(rotated(rotation_days=days)), "Scheme/Rotation")

        assert rotation["rotation_rules"] == [{"automatically_after_days": days}]

    @pytest.mark.parametrize("days", [0, 91, 365, "30"])
    def test_how_often_not(self, days):
        """AWS would take a year."""
        assert refused(rotated(rotation_days=days), "between rotations").expected == "1 to 90"

    def test_no_function_is_recorded(self):
        """With the check that finds it."""
        off = [each for each in stack_of(scheme()).switched_off if each.checks]

        assert [(each.holds, each.why, each.checks) for each in off] == [
            ("rotated by a function", "the code", ("CKV2_AWS_57",))
        ]
        assert not [each for each in stack_of(rotated()).switched_off if each.checks]

    @pytest.mark.parametrize("function", [FUNCTION, 7, object()])
    def test_what_is_no_function_is_refused(self, function):
        """An ARN alone has no role that could be granted to."""
        assert refused(scheme(rotated_by=function), "no function").given == repr(function)

    def test_a_role_is_no_function(self):
        """Though it has an ARN and is granted to."""

        def build(stack):
            Secret(stack, "Scheme", rotated_by=Role(stack, "Rotate", trust=GLUE))

        assert "role/" in refused(build, "ARN of a function").given

    def test_a_function_is_a_grantee_with_an_arn(self):
        """No class of ours is asked for."""
        assert isinstance(Rotator(Role.from_arn(SIBLING)), RotationFunction)


class TestAddToPolicy:
    def test_a_resource_is_refused(self):
        """It is this secret, whatever is written there."""
        statement = Statement("Read", ("secretsmanager:GetSecretValue",), (ANY_ARN,))

        assert ANY_ARN in refused(lambda stack: scheme()(stack).add_to_policy(statement), "about that").given

    def test_everyone_is_refused(self):
        """Without a condition that says who."""
        statement = Statement("Read", ("secretsmanager:GetSecretValue",), principals=(Principal.everyone(),))

        refused(lambda stack: scheme()(stack).add_to_policy(statement), "nothing to everyone")


class TestGrants:
    @pytest.mark.parametrize(
        ("verb", "sid", "actions", "key_actions"),
        [
            ("read_value", "ReadValue", READ, "kms:Decrypt"),
            (
                "write_value",
                "WriteValue",
                "secretsmanager:PutSecretValue",
                ["kms:Decrypt", "kms:GenerateDataKey"],
            ),
        ],
    )
    def test_a_verb_is_its_actions_and_the_key(self, verb, sid, actions, key_actions):
        """On this secret, with its key, through Secrets Manager, for this secret."""
        policy = statements(granted(lambda secret, role: getattr(secret.grants, verb)(role)), "Reader/Policy")
        key = policy["UseKeyViaSecretsmanager"]

        assert policy.keys() == {sid, "UseKeyViaSecretsmanager"}
        assert policy[sid]["Action"] == actions
        assert policy[sid]["Resource"].startswith("${aws_secretsmanager_secret.Scheme_")
        assert "Condition" not in policy[sid]
        assert key["Action"] == key_actions
        assert key["Condition"] == {
            "StringEquals": {"kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com"},
            "StringLike": {"kms:EncryptionContext:SecretARN": [ANY_ARN, f"{ANY_ARN}/*"]},
        }

    def test_a_password_is_about_no_secret(self):
        """So the resource is all there is, and no key goes along."""
        document = granted(lambda secret, role: secret.grants.generate_password(role))

        assert statements(document, "Reader/Policy") == {
            "GeneratePassword": {
                "Sid": "GeneratePassword",
                "Effect": "Allow",
                "Action": "secretsmanager:GetRandomPassword",
                "Resource": "*",
            }
        }

    def test_a_password_is_for_roles_of_the_stack(self):
        """No policy of a secret can give it."""
        refused(
            lambda stack: scheme()(stack).grants.generate_password(Role.from_arn(OTHER)), "no policy here"
        )

    def test_another_accounts_role_is_in_both_policies(self):
        """The secret's and the key's, by name, while it is of the organisation."""
        document = granted(lambda secret, role: secret.grants.read_value(role), Role.from_arn(OTHER))

        assert statements(document, "Scheme/Policy")["ReadValue"] == {
            "Sid": "ReadValue",
            "Effect": "Allow",
            "Principal": {"AWS": OTHER},
            "Action": READ,
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
        }
        assert statements(document, "Scheme/Key/Resource")["UseKeyViaSecretsmanager"]["Principal"] == {
            "AWS": OTHER
        }

    def test_the_keys_policy_does_not_wait_for_the_secret(self):
        """Which waits for the key."""
        document = granted(lambda secret, role: secret.grants.read_value(role), Role.from_arn(OTHER))

        assert "aws_secretsmanager" not in at(document, "Scheme/Key/Resource")["policy"]


class TestFromName:
    def test_it_makes_nothing(self):
        """And its ARN ends in a pattern."""
        kept = []
        document = built(lambda stack: kept.append(Secret.from_name(stack, "Theirs", "scheme/api")))

        assert kept[0].arn == "arn:aws:secretsmanager:eu-west-1:012345678901:secret:scheme/api-??????"
        assert "resource" not in document

    def test_a_grant_on_another_accounts_secret(self):
        """This half of it, with its key; the other is its owner's."""

        def build(stack):
            key = Key.from_arn(stack, "Key", "arn:aws:kms:eu-west-1:999999999999:key/0a1b")
            secret = Secret.from_name(stack, "Theirs", "scheme", account_id="999999999999", key=key)
            secret.grants.read_value(Role(stack, "Reader", trust=GLUE))

        policy = statements(built(build), "Reader/Policy")
        arn = "arn:aws:secretsmanager:eu-west-1:999999999999:secret:scheme-??????"

        assert policy["ReadValue"]["Resource"] == arn
        assert policy["UseKeyViaSecretsmanager"]["Resource"] == "arn:aws:kms:eu-west-1:999999999999:key/0a1b"

    @pytest.mark.parametrize("name", ["*", "", "a?"])
    def test_a_name_that_is_refused(self, name):
        """A wildcard would be every secret."""
        refused(lambda stack: Secret.from_name(stack, "Theirs", name), "refuse this secret name")
