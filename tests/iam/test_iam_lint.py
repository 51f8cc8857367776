import pytest
from iam_policies import ACCOUNT, ROLE, USER, allow, deny, policy, when

from landform.iam.lint import flaws_of

LAKE = "arn:aws:s3:::lake"
DELIVERY = {"Service": "delivery.logs.amazonaws.com"}


def flaws(*statements, grants=True):
    """The flaws of a policy: kind -> what each is about."""
    return {one.kind: one.about for one in flaws_of(policy(*statements), grants=grants)}


def kinds(*statements):
    return sorted(flaws(*statements))


class TestFlawsOf:
    def test_a_narrow_statement_has_none(self):
        """Known actions, on resources of their kind, under keys that they have."""
        assert (
            kinds(
                allow(["s3:GetObject", "s3:PutObject"], f"{LAKE}/in/*"),
                allow("s3:ListBucket", LAKE, **when("StringLike", "s3:prefix", "in/*")),
                allow("ec2:DescribeInstances"),
                allow(
                    "iam:PassRole",
                    ROLE,
                    **when("StringEquals", "iam:PassedToService", "ecs-tasks.amazonaws.com"),
                ),
            )
            == []
        )

    def test_it_is_told_where_and_what_would_be_narrower(self):
        """With the ARN of the kind that the action takes."""
        (flaw,) = flaws_of(policy(allow("sqs:SendMessage", Sid="Send")))

        assert str(flaw.statement) == "p: Send"
        assert flaw.about == ("sqs:SendMessage",)
        assert flaw.suggestion == "arn:*:sqs:*:*:*"


class TestWildcardResource:
    def test_an_action_that_takes_a_resource(self):
        """Those that take none are not named."""
        found = flaws(allow(["s3:GetObject", "s3:ListAllMyBuckets"]))

        assert found == {"wildcard-resource": ("s3:GetObject",)}

    def test_all_actions_of_all_services(self):
        """The widest of all."""
        assert flaws(allow("*"))["wildcard-resource"] == ("*",)

    @pytest.mark.parametrize(
        "statement",
        [deny("s3:*"), allow("ec2:DescribeInstances"), allow("kms:Decrypt", Principal={"AWS": ROLE})],
        ids=["a deny", "no resource to name", "a key's own policy"],
    )
    def test_a_star_that_is_right(self, statement):
        """Where nothing narrower can be written, or the wider the better."""
        assert flaws(statement) == {}


class TestResourceMismatch:
    @pytest.mark.parametrize(
        ("action", "resource"),
        [
            ("s3:GetObject", LAKE),
            ("s3:ListBucket", f"{LAKE}/*"),
            ("sqs:SendMessage", "arn:aws:sns:eu-west-1:111111111111:t"),
            ("ec2:DescribeInstances", "arn:aws:ec2:*:*:instance/*"),
        ],
    )
    def test_a_resource_of_another_kind(self, action, resource):
        """AWS takes it and it does nothing."""
        assert flaws(allow(action, resource))["resource-mismatch"] == (action,)

    @pytest.mark.parametrize(
        ("action", "resource"),
        [
            ("s3:GetObject", f"{LAKE}*"),
            ("s3:GetObject", f"{LAKE}/${{aws:username}}/*"),
            ("s3:ListBucket", "arn:aws:s3:::*"),
            ("s3:GetObject", "${aws_s3_bucket.lake.arn}/*"),
            ("sqs:SendMessage", "arn:aws:sqs:*:111111111111:jobs"),
        ],
    )
    def test_a_resource_that_can_be_of_the_kind(self, action, resource):
        """A pattern, a variable, a reference whose ARN is not known."""
        assert "resource-mismatch" not in flaws(allow(action, resource))


class TestUnknownAction:
    @pytest.mark.parametrize(
        ("action", "suggestion"),
        [("s3:GetObjects", "s3:GetObject"), ("s3:Frobnicate*", ""), ("s4:GetObject", "")],
    )
    def test_a_name_that_aws_has_not(self, action, suggestion):
        """With what was perhaps meant."""
        (flaw,) = [
            one for one in flaws_of(policy(allow(action, f"{LAKE}/*"))) if one.kind == "unknown-action"
        ]

        assert (flaw.about, flaw.suggestion) == ((action,), suggestion)

    def test_in_a_deny_too(self):
        """It denies nothing, though somebody relies on it."""
        assert "unknown-action" in flaws(deny("s3:DeleteBuckets", LAKE))


class TestUnknownConditionKey:
    def test_a_key_that_no_action_of_the_statement_has(self):
        """The condition never has a value."""
        statement = allow("s3:GetObject", f"{LAKE}/*", **when("StringEquals", "s3:prefx", "in/"))

        assert flaws(statement) == {"unknown-condition-key": ("s3:prefx",)}

    @pytest.mark.parametrize(
        "key",
        [
            "aws:SourceIp",
            "aws:PrincipalTag/team",
            "s3:ExistingObjectTag/class",
            "AWS:sourcevpce",
            "s3:authType",
        ],
    )
    def test_a_key_that_it_has(self, key):
        """A global one, one of the action's, a tag's, in any capitals."""
        assert flaws(allow("s3:GetObject", f"{LAKE}/*", **when("StringEquals", key, "a"))) == {}

    def test_a_token_has_keys_of_its_issuer(self):
        """Which AWS's table does not know."""
        key = "token.actions.githubusercontent.com:sub"
        federated = {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"}
        statement = allow(
            "sts:AssumeRoleWithWebIdentity",
            None,
            Principal=federated,
            **when("StringEquals", key, "repo:a/b"),
        )

        assert flaws(statement) == {}


class TestAllBut:
    def test_an_allow_of_all_but_something(self):
        """Actions, resources, principals."""
        statement = {
            "Effect": "Allow",
            "NotAction": "iam:*",
            "NotResource": LAKE,
            "NotPrincipal": {"AWS": USER},
        }

        assert (
            kinds(statement)
            == ["not-action-allow", "not-principal-allow", "not-resource-allow", "pass-role-to-any-service"][
                :3
            ]
        )

    def test_a_deny_of_all_but_something_is_right(self):
        """It is how a guardrail is written."""
        assert flaws({"Effect": "Deny", "NotAction": "iam:*", "NotResource": LAKE}) == {}


class TestPublicPrincipal:
    def test_everyone(self):
        """In whichever way that is written."""
        for everyone in ("*", {"AWS": "*"}):
            assert "public-principal" in flaws(allow("s3:GetObject", f"{LAKE}/*", Principal=everyone))

    @pytest.mark.parametrize(
        ("operator", "key", "value", "public"),
        [
            ("StringEquals", "aws:PrincipalOrgID", "o-1", False),
            ("IpAddress", "aws:SourceIp", "10.0.0.0/8", False),
            ("IpAddress", "aws:SourceIp", "0.0.0.0/0", True),
            ("StringNotEquals", "aws:PrincipalOrgID", "o-1", True),
            ("StringEqualsIfExists", "aws:PrincipalOrgID", "o-1", True),
            ("StringLike", "aws:PrincipalArn", "*", True),
            ("Bool", "aws:SecureTransport", "true", True),
            ("ForAllValues:StringEquals", "aws:PrincipalOrgPaths", "o-1/*", True),
        ],
    )
    def test_a_condition_that_says_who(self, operator, key, value, public):
        """One that holds for anybody says nothing."""
        statement = allow("s3:GetObject", f"{LAKE}/*", Principal="*", **when(operator, key, value))

        assert ("public-principal" in flaws(statement)) is public

    def test_a_deny_for_everyone_is_right(self):
        """As of what comes without TLS."""
        assert flaws(deny("s3:*", [LAKE, f"{LAKE}/*"], Principal="*")) == {}


class TestConfusedDeputy:
    def test_a_service_for_whomever_it_acts(self):
        """Another customer's resource would do."""
        assert flaws(allow("s3:PutObject", f"{LAKE}/*", Principal=DELIVERY)) == {
            "confused-deputy": ("delivery.logs.amazonaws.com",)
        }

    @pytest.mark.parametrize(
        "key", ["aws:SourceAccount", "aws:SourceArn", "aws:SourceOrgID", "aws:SourceOrgPaths"]
    )
    def test_a_source_ties_it(self, key):
        """Account, resource or organisation."""
        statement = allow("s3:PutObject", f"{LAKE}/*", Principal=DELIVERY, **when("StringLike", key, "a*"))

        assert flaws(statement) == {}

    @pytest.mark.parametrize(("service", "tied"), [("lambda", True), ("config", False)])
    def test_a_role_that_must_be_passed_is_tied_by_that(self, service, tied):
        """Whoever passes it is of the account."""
        statement = allow("sts:AssumeRole", None, Principal={"Service": f"{service}.amazonaws.com"})

        assert ("confused-deputy" not in flaws(statement)) is tied


class TestPassRole:
    @pytest.mark.parametrize("action", ["iam:PassRole", "iam:*", "iam:Pass*"])
    def test_to_any_service(self, action):
        """However it is allowed."""
        assert "pass-role-to-any-service" in flaws(allow(action, ROLE))

    def test_to_one_service(self):
        """A pattern of services says nothing."""
        one, any_ = (
            allow("iam:PassRole", ROLE, **when("StringLike", "iam:PassedToService", service))
            for service in ("lambda.amazonaws.com", "*")
        )

        assert flaws(one) == {}
        assert "pass-role-to-any-service" in flaws(any_)


class TestWhatGrantsNothing:
    def test_a_wide_allow_is_what_it_is_made_of(self):
        """A boundary, an SCP or an endpoint's policy; an unknown action is one there too."""
        wide = [allow("*"), allow("s3:GetObjects", f"{LAKE}/*")]

        assert sorted(flaws(*wide, grants=False)) == ["unknown-action"]
