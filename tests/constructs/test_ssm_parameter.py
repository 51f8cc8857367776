import pytest
from reading import at, built, paths, statements

from landform.constructs.iam import Role, Trust
from landform.constructs.kms import Key
from landform.constructs.ssm import Parameter
from landform.errors import Code, LandformError

GLUE = [Trust.service("glue.amazonaws.com")]
NAME = "/acme-payments-prod-data-lake-endpoint"
ARN = f"arn:aws:ssm:eu-west-1:012345678901:parameter{NAME}"


def endpoint(**arguments):
    return lambda stack: Parameter(stack, "Endpoint", **{"value": "https://scheme.example", **arguments})


def version(**arguments):
    return at(built(endpoint(**arguments)), "Endpoint/Resource")["value_wo_version"]


def refused(build, match):
    """The error that a stack gives, which names the user's line."""
    with pytest.raises(LandformError, match=match) as caught:
        built(build)
    assert caught.value.code is Code.ARGUMENT_VALUE
    assert caught.value.place.file == "test_ssm_parameter.py"
    return caught.value


class TestParameter:
    def test_it_is_encrypted_with_a_key_of_its_own(self):
        """As a SecureString."""
        document = built(endpoint())
        parameter = at(document, "Endpoint/Resource")

        assert (parameter["name"], parameter["type"]) == (NAME, "SecureString")
        assert parameter["key_id"].startswith("${aws_kms_key.Endpoint_Key_")
        assert paths(document, "aws_kms_key") == ["Endpoint/Key/Resource"]

    def test_a_key_of_the_stack_is_used(self):
        """And none is made."""
        document = built(lambda stack: endpoint(key=Key(stack, "Shared"))(stack))

        assert paths(document, "aws_kms_key") == ["Shared/Resource"]

    def test_its_value_is_written_and_not_kept(self):
        """By the argument that no state holds."""
        parameter = at(built(endpoint()), "Endpoint/Resource")

        assert parameter["value_wo"] == "https://scheme.example"
        assert not {"value", "insecure_value"} & parameter.keys()

    def test_another_text_is_another_version(self):
        """Terraform compares the versions alone."""
        assert version() == version()
        assert version() != version(value="https://scheme.example/v2")

    def test_a_version_may_be_given(self):
        """Of a text too."""
        assert version(value_version=7) == 7

    @pytest.mark.parametrize(("given", "kept"), [(None, 1), (3, 3)])
    def test_a_reference_has_the_version_that_is_given(self, given, kept):
        """What it will be is not known here."""

        def build(stack):
            other = Parameter(stack, "Other", value="a")
            Parameter(stack, "Endpoint", value=other.resource.name, value_version=given)

        parameter = at(built(build), "Endpoint/Resource")

        assert parameter["value_wo"].startswith("${aws_ssm_parameter.Other_")
        assert parameter["value_wo_version"] == kept

    @pytest.mark.parametrize("number", [0, -1, "2", True, 2**53 + 1])
    def test_a_version_that_is_refused(self, number):
        """A whole number above 0."""
        refused(endpoint(value_version=number), "version of a value")

    @pytest.mark.parametrize("value", ["", "x" * 4097, 7, None])
    def test_a_value_that_is_refused(self, value):
        """Nothing, or more than a standard parameter takes."""
        refused(endpoint(value=value), "value of a parameter")

    def test_a_value_of_several_lines(self):
        """A certificate is one."""
        assert at(built(endpoint(value="a\nb\n")), "Endpoint/Resource")["value_wo"] == "a\nb\n"

    @pytest.mark.parametrize(
        "name",
        [
            "endpoint",
            "/aws/endpoint",
            "/SSM-endpoint",
            "/a//b",
            "/a/",
            "/no good",
            "/a" * 16,
            "/" + "x" * 1011,
        ],
    )
    def test_a_name_that_is_refused(self, name):
        """AWS's own, no path, too deep or too long."""
        assert refused(endpoint(parameter_name=name), "refuse this parameter name").given == repr(name)

    @pytest.mark.parametrize("name", ["/payments/scheme/endpoint", "/a" * 15])
    def test_a_path(self, name):
        """Up to 15 levels, each below the other in the ARN."""
        kept = []
        built(lambda stack: kept.append(endpoint(parameter_name=name)(stack)))

        assert kept[0].arn == f"arn:aws:ssm:eu-west-1:012345678901:parameter{name}"

    @pytest.mark.parametrize("text", ["", "x" * 1025, "a\nb"])
    def test_a_description_that_is_refused(self, text):
        """Longer than AWS keeps."""
        refused(endpoint(description=text), "description of a parameter")

    @pytest.mark.parametrize(
        ("tier", "kept"), [("sandbox", False), ("dev", False), ("stage", True), ("prod", True)]
    )
    def test_the_tier_says_whether_terraform_may_destroy_it(self, tier, kept):
        """As for all that holds data."""
        parameter = at(built(endpoint(), tier=tier), "Endpoint/Resource")

        assert parameter.get("lifecycle") == ({"prevent_destroy": True} if kept else None)


class TestGrants:
    @pytest.mark.parametrize(
        ("verb", "sid", "actions", "key_action"),
        [
            ("read", "Read", ["ssm:GetParameter", "ssm:GetParameters"], "kms:Decrypt"),
            ("write", "Write", "ssm:PutParameter", "kms:Encrypt"),
        ],
    )
    def test_a_verb_is_its_actions_and_the_key(self, verb, sid, actions, key_action):
        """On this parameter, with its key, through Parameter Store, for this parameter."""

        def build(stack):
            getattr(endpoint()(stack).grants, verb)(Role(stack, "Reader", trust=GLUE))

        policy = statements(built(build), "Reader/Policy")

        assert policy[sid] == {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": ARN}
        assert policy["UseKeyViaSsm"]["Action"] == key_action
        assert policy["UseKeyViaSsm"]["Condition"] == {
            "StringEquals": {"kms:ViaService": "ssm.eu-west-1.amazonaws.com"},
            "StringLike": {"kms:EncryptionContext:PARAMETER_ARN": [ARN, f"{ARN}/*"]},
        }

    def test_deleting_needs_no_key(self):
        """And no other verb deletes."""

        def build(stack):
            endpoint()(stack).grants.delete(Role(stack, "Reader", trust=GLUE))

        assert statements(built(build), "Reader/Policy") == {
            "Delete": {"Sid": "Delete", "Effect": "Allow", "Action": "ssm:DeleteParameter", "Resource": ARN}
        }

    @pytest.mark.parametrize("account", ["999999999999", "012345678901"])
    def test_a_role_from_elsewhere_cannot_be_let_in(self, account):
        """A parameter has no policy that could name it."""
        elsewhere = Role.from_arn(f"arn:aws:iam::{account}:role/reader")

        refused(
            lambda stack: Parameter.from_name(stack, "P", "/a").grants.delete(elsewhere), "no policy here"
        )


class TestFromName:
    @pytest.mark.parametrize("name", ["/scheme/endpoint", "scheme/endpoint", "/aws/service/ami"])
    def test_it_makes_nothing(self, name):
        """And its ARN has one slash, whether the name has it or not."""
        kept = []
        document = built(lambda stack: kept.append(Parameter.from_name(stack, "Theirs", name)))

        assert kept[0].arn == f"arn:aws:ssm:eu-west-1:012345678901:parameter/{name.lstrip('/')}"
        assert "resource" not in document

    def test_a_grant_with_its_key(self):
        """The key is the owner's too."""

        def build(stack):
            key = Key.from_arn(stack, "Key", "arn:aws:kms:eu-west-1:012345678901:key/0a1b")
            Parameter.from_name(stack, "Theirs", "/scheme", key=key).grants.read(
                Role(stack, "Reader", trust=GLUE)
            )

        policy = statements(built(build), "Reader/Policy")

        assert policy["Read"]["Resource"] == "arn:aws:ssm:eu-west-1:012345678901:parameter/scheme"
        assert policy["UseKeyViaSsm"]["Resource"] == "arn:aws:kms:eu-west-1:012345678901:key/0a1b"

    @pytest.mark.parametrize("name", ["*", "", "/", "/a//b", "/a/*"])
    def test_a_name_that_is_refused(self, name):
        """A wildcard would be every parameter."""
        refused(lambda stack: Parameter.from_name(stack, "Theirs", name), "refuse this parameter name")
