"""Policies wherever they stand: as text, or as a data source that is put together."""

import json

import pytest

from landform.policies.documents import POLICY_PLACES, FoundPolicy, policies_of, types_with
from landform.policies.result import UNREADABLE
from landform.policies.rule import Undecided, example_stack
from landform.schema.pack import shipped_pack

ALLOW = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::ledger/*"}
TEXT = json.dumps({"Version": "2012-10-17", "Statement": [ALLOW]})
REFERENCE = "${data.aws_iam_policy_document.d.json}"


def found(text, kind="identity", entity_type="aws_iam_policy", argument="policy", **documents):
    """What is found in an argument, beside data sources of these bodies."""
    resources = {
        entity_type: {"p": {argument: text}},
        "data.aws_iam_policy_document": documents,
    }
    block = example_stack(resources).by_address[f"{entity_type}.p"]
    return tuple(policies_of(block, kind))


def statements(text, **documents):
    """The statements of the one policy that is found."""
    (one,) = found(text, **documents)
    assert isinstance(one, FoundPolicy)
    return one.policy.statements


class TestPlaces:
    @pytest.mark.parametrize("entity_type", POLICY_PLACES)
    def test_are_arguments_of_the_provider(self, entity_type):
        """A misspelt one would be looked at by nobody."""
        for _, path in POLICY_PLACES[entity_type]:
            schema = shipped_pack("aws").resource(entity_type)
            *blocks, name = path.split(".")
            for block in blocks:
                schema = schema.blocks[block].block
            assert schema.attributes[name].settable

    def test_a_role_has_two(self):
        """What it may do, and who may take it."""
        assert "aws_iam_role" in types_with("identity")
        assert "aws_iam_role" in types_with("trust")
        assert "aws_iam_role" not in types_with("resource", "endpoint")


class TestText:
    def test_is_read(self):
        """With its place."""
        (one,) = found(TEXT)

        assert (one.kind, one.path) == ("identity", "policy")
        assert one.policy.statements[0].actions.patterns == ("s3:GetObject",)

    @pytest.mark.parametrize(
        "text", ["", "${var.policy}", "{}", "{", 3, '{"Statement": [{"Effect": "${x}"}]}']
    )
    def test_what_cannot_be_read_is_not_decided(self, text):
        """It is no pass."""
        assert found(text) == (Undecided(UNREADABLE),)

    def test_iams_own_variables(self):
        """Terraform's escape is taken off."""
        text = TEXT.replace("ledger/*", "ledger/$${aws:username}/*")

        assert statements(text)[0].resources.patterns == ("arn:aws:s3:::ledger/${aws:username}/*",)

    def test_of_another_kind(self):
        """A trust policy is no identity policy."""
        assert not found(TEXT, entity_type="aws_iam_role", argument="assume_role_policy")

    def test_flaws_are_found_once(self):
        """The same text is not looked at twice."""
        (one,), (other,) = found(TEXT), found(TEXT)

        assert one.flaws is other.flaws


class TestDataSource:
    def test_statement(self):
        """Every element has its argument."""
        body = {
            "statement": {
                "sid": "Read",
                "effect": "Deny",
                "not_actions": ["s3:GetObject"],
                "resources": ["arn:aws:s3:::&{aws:username}"],
                "principals": [{"type": "AWS", "identifiers": ["999999999999"]}],
                "condition": [
                    {"test": "StringEquals", "variable": "aws:username", "values": ["a"]},
                    {"test": "StringEquals", "variable": "aws:userid", "values": ["b"]},
                ],
            }
        }
        (one,) = statements(REFERENCE, d=body)

        assert (one.sid, one.effect, one.actions.excluded) == ("Read", "Deny", True)
        assert one.resources.patterns == ("arn:aws:s3:::${aws:username}",)
        assert one.principals.named[0].id == "999999999999"
        assert [test.key for test in one.tests] == ["aws:username", "aws:userid"]

    def test_it_allows_unless_it_says_otherwise(self):
        """As the provider has it."""
        (one,) = statements(REFERENCE, d={"statement": [{"actions": ["*"], "resources": ["*"]}]})

        assert one.allows

    def test_everyone(self):
        """The principal of type * is everyone."""
        principals = [{"type": "*", "identifiers": ["*"]}]
        (one,) = statements(REFERENCE, d={"statement": [{"actions": ["s3:*"], "principals": principals}]})

        assert one.principals.named[0].type == "*"

    def test_sources_come_first_and_overrides_last(self):
        """A statement with the same Sid takes the place of the one before it."""
        mine = {"sid": "A", "actions": ["s3:ListBucket"], "resources": ["*"]}
        over = {**mine, "actions": ["s3:PutObject"]}
        body = {
            "source_policy_documents": [TEXT],
            "statement": [mine],
            "override_policy_documents": ["${data.aws_iam_policy_document.o.json}"],
        }
        found = statements(REFERENCE, d=body, o={"statement": [over]})

        assert [one.actions.patterns for one in found] == [("s3:GetObject",), ("s3:PutObject",)]

    @pytest.mark.parametrize(
        "body",
        [
            {"statement": [{"actions": ["${var.action}"], "resources": ["*"]}]},
            {"dynamic": {"statement": {}}, "statement": [{"actions": ["s3:*"], "resources": ["*"]}]},
            {"source_policy_documents": ["${var.policy}"]},
            {"source_policy_documents": [REFERENCE]},
            {},
        ],
    )
    def test_what_terraform_alone_knows_is_not_decided(self, body):
        """Nor is a document that stands in itself."""
        assert found(REFERENCE, d=body) == (Undecided(UNREADABLE),)

    def test_of_another_stack(self):
        """It is not there to be read."""
        assert found(REFERENCE) == (Undecided(UNREADABLE),)

    def test_with_an_instance_key(self):
        """Instances are judged as one."""
        body = {"statement": [{"actions": ["s3:*"], "resources": ["*"]}]}

        assert statements('${data.aws_iam_policy_document.d["a"].json}', d=body)
