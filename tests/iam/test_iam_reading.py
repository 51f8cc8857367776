import json

import pytest

from landform.errors import Code, LandformError, Place
from landform.iam.policy import EVERYONE, Names, PolicyPrincipal, Principals, parse_policy, unescaped

READ = {"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::lake/*"]}


def one(**changes):
    """The one statement of a policy, an element of it changed or, with None, left out."""
    statement = {key: value for key, value in (READ | changes).items() if value is not None}
    return parse_policy({"Version": "2012-10-17", "Statement": statement}, name="p").statements[0]


class TestParsePolicy:
    def test_what_is_written_is_what_is_read(self):
        """Elements as AWS writes them, single values as lists."""
        statement = one()

        assert statement.sid == "Read"
        assert statement.effect == "Allow"
        assert statement.actions == Names(("s3:GetObject",), variables=False)
        assert statement.resources == Names(("arn:aws:s3:::lake/*",))
        assert statement.principals is None
        assert str(statement) == "p: Read"

    def test_text_and_what_it_decodes_to_are_the_same_policy(self):
        """Either may come from a synthesised stack."""
        document = {"Version": "2012-10-17", "Statement": [READ]}

        assert parse_policy(json.dumps(document)) == parse_policy(document)

    def test_not_elements_name_all_but(self):
        """Whatever they name is left out."""
        statement = one(
            Action=None, NotAction=["iam:*", "sts:*"], Resource=None, NotResource="arn:aws:s3:::lake"
        )

        assert statement.actions == Names(("iam:*", "sts:*"), excluded=True, variables=False)
        assert statement.resources.excluded

    def test_everyone_is_one_principal_however_it_is_written(self):
        """AWS reads a star in the AWS element as it reads the star alone."""
        assert one(Principal="*").principals == Principals((EVERYONE,))
        assert one(Principal={"AWS": "*"}).principals == Principals((EVERYONE,))

    def test_principals_keep_their_type(self):
        """An account is known by its id or its root."""
        found = one(Principal={"Service": "logs.amazonaws.com", "AWS": ["111111111111"]}).principals.named

        assert found == (
            PolicyPrincipal("AWS", "111111111111"),
            PolicyPrincipal("Service", "logs.amazonaws.com"),
        )
        assert (
            found[0].account
            == PolicyPrincipal("AWS", "arn:aws:iam::111111111111:root").account
            == "111111111111"
        )

    def test_conditions_are_tests_that_must_all_hold(self):
        """One for each operator and key; values of any JSON type are texts."""
        tests = one(
            Condition={"Bool": {"aws:SecureTransport": True}, "NumericLessThan": {"s3:max-keys": [1, 2]}}
        ).tests

        assert [str(test) for test in tests] == [
            "Bool aws:SecureTransport true",
            "NumericLessThan s3:max-keys 1 or 2",
        ]

    def test_a_trust_policy_has_no_resources(self):
        """It is about the role it is attached to."""
        assert one(Principal="*", Action="sts:AssumeRole", Resource=None).resources is None

    def test_without_a_version_there_are_no_variables(self):
        """AWS then takes the version of 2008."""
        statement = parse_policy(
            {"Statement": READ | {"Resource": "arn:aws:s3:::${aws:username}"}}
        ).statements[0]

        assert not statement.resources.variables

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"Effect": "allow"}, "one of two"),
            ({"Effect": None}, "one of two"),
            ({"Action": None}, "needs Action"),
            ({"NotAction": "iam:*"}, "takes one of them"),
            ({"Resource": None}, "needs Resource"),
            ({"Resource": []}, "list of texts"),
            ({"Action": ""}, "list of texts"),
            ({"Action": "GetObject"}, "no action"),
            ({"Action": "s3:Get Object"}, "no action"),
            ({"Actions": "s3:GetObject"}, "no such element"),
            ({"Sid": 1}, "Sid is text"),
            ({"Principal": "everyone"}, "or an object"),
            ({"Principal": {"Aws": "*"}}, "no such element"),
            ({"Principal": "*", "NotPrincipal": "*"}, "takes one of them"),
            ({"Condition": []}, "is an object"),
            ({"Condition": {"StringIs": {"aws:SourceVpc": "a"}}}, "no such condition operator"),
            ({"Condition": {"StringEquals": "a"}}, "takes context keys"),
            ({"Condition": {"StringEquals": {"aws:SourceVpc": {}}}}, "a value, or a list"),
        ],
    )
    def test_what_aws_would_refuse_is_refused(self, changes, said):
        """The error says which statement and element, what was given, and where it stands."""
        statement = {key: value for key, value in (READ | changes).items() if value is not None}
        place = Place("policies/lake.json")
        with pytest.raises(LandformError, match=said) as caught:
            parse_policy({"Statement": [READ, statement]}, name="lake", place=place)

        assert caught.value.code is Code.ARGUMENT_VALUE
        assert "Statement 2" in caught.value.message
        assert "(lake)" in caught.value.message
        assert caught.value.place is place
        assert caught.value.given

    @pytest.mark.parametrize(
        "document",
        [[], "null", {}, {"Statement": []}, {"Statement": [1]}, {"Version": "1", "Statement": [READ]}],
    )
    def test_what_is_no_policy_is_refused(self, document):
        """A policy is an object with a known version and statements."""
        with pytest.raises(LandformError):
            parse_policy(document if isinstance(document, (str, dict)) else json.dumps(document))

    def test_text_that_is_no_json_names_line_and_column(self):
        """And shows the line."""
        with pytest.raises(LandformError, match="line 2 column 3") as caught:
            parse_policy("{\n  Statement: []}")

        assert caught.value.given == "  Statement: []}"

    def test_one_key_twice_is_refused(self):
        """JSON would keep one of the two, and nobody knows which AWS keeps."""
        with pytest.raises(LandformError, match="one key twice") as caught:
            parse_policy('{"Statement": [], "Statement": []}')

        assert caught.value.given == "Statement"

    def test_json_that_is_too_deep_is_refused(self):
        """Not with a traceback."""
        with pytest.raises(LandformError, match="not this deep"):
            parse_policy("[" * 100_000)

    def test_a_near_name_is_suggested(self):
        """A slip of the pen is seen for what it is."""
        with pytest.raises(LandformError) as caught:
            one(Condition={"StringEqual": {"aws:SourceVpc": "a"}})

        assert caught.value.fix == "Did you mean 'StringEquals'?"


class TestUnescaped:
    def test_terraforms_escapes_become_iams_variables(self):
        """What the provider would send to AWS."""
        assert (
            unescaped("$${aws:username}/%%{x}/${aws_kms_key.k.arn}")
            == "${aws:username}/%{x}/${aws_kms_key.k.arn}"
        )
