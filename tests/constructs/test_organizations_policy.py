from dataclasses import replace

import pytest
from reading import at, built, statements

from landform.constructs.organizations import OrganizationPolicy, OrganizationTree
from landform.errors import LandformError
from landform.iam import Condition, Principal, Statement

DENY = Statement("DenyIt", ("ec2:CreateDefaultVpc",), effect="Deny")
FOR_ALL = Statement("DenyIt", ("s3:*",), effect="Deny", principals=(Principal.everyone(),))


def policy(**arguments):
    def build(stack):
        tree = OrganizationTree(stack, "Tree", units=["Workloads", "Sandbox"])
        return OrganizationPolicy(
            stack, "Own", **{"tree": tree, "kind": "scp", "targets": ["Workloads"], **arguments}
        )

    return build


class TestOrganizationPolicy:
    def test_statements_are_literal_and_compact(self):
        """AWS counts every character."""
        made = at(built(policy(statements=[DENY])), "Own/Resource")

        assert made["content"] == (
            '{"Version":"2012-10-17","Statement":[{"Sid":"DenyIt","Effect":"Deny",'
            '"Action":"ec2:CreateDefaultVpc","Resource":"*"}]}'
        )
        assert made["name"] == "acme-payments-prod-data-lake-own"
        assert made["type"] == "SERVICE_CONTROL_POLICY"

    def test_a_document_is_taken_as_it_is(self):
        """Variables of IAM's own are not Terraform's."""
        content = {"tags": {"owner": {"tag_key": {"@@assign": "owner-${aws:username}"}}}}
        made = at(built(policy(kind="tag", content=content)), "Own/Resource")

        assert made["content"] == '{"tags":{"owner":{"tag_key":{"@@assign":"owner-$${aws:username}"}}}}'

    @pytest.mark.parametrize(
        ("kind", "most"), [("scp", 5120), ("rcp", 5120), ("tag", 10_000), ("backup", 10_000)]
    )
    def test_a_document_longer_than_aws_takes_is_refused(self, kind, most):
        """The last character that fits is taken."""
        frame = len('{"a":""}')
        built(policy(kind=kind, content={"a": "x" * (most - frame)}))

        with pytest.raises(LandformError, match=f"The {kind} policy is longer than AWS takes") as caught:
            built(policy(kind=kind, content={"a": "x" * (most - frame + 1)}))

        assert caught.value.given == f"{most + 1} characters"

    @pytest.mark.parametrize(
        "arguments",
        [
            {},
            {"statements": [DENY], "content": {"a": 1}},
            {"kind": "tag", "statements": [DENY]},
            {"kind": "backup"},
        ],
    )
    def test_neither_or_both_is_refused(self, arguments):
        """Statements, or one document."""
        with pytest.raises(LandformError, match="made of statements, or of one document"):
            built(policy(**arguments))

    @pytest.mark.parametrize(
        ("kind", "statement"),
        [
            ("scp", Statement("AllowIt", ("s3:GetObject",))),
            ("scp", FOR_ALL),
            ("rcp", DENY),
            ("rcp", Statement("AllowIt", ("s3:*",), principals=(Principal.everyone(),))),
            ("rcp", Statement("DenyIt", ("s3:*",), effect="Deny", principals=(Principal("AWS", "1" * 12),))),
        ],
    )
    def test_a_statement_of_another_kind_is_refused(self, kind, statement):
        """AWS would refuse it, or it would open what is closed."""
        with pytest.raises(LandformError, match="A guardrail denies"):
            built(policy(kind=kind, statements=[statement]))

    def test_an_rcp_without_actions_is_refused(self):
        """AWS takes no NotAction there, and does in an scp."""
        rest = Statement("DenyRest", effect="Deny", not_actions=("s3:GetObject",))
        for_all = replace(rest, principals=(Principal.everyone(),))
        built(policy(statements=[rest]))

        with pytest.raises(LandformError, match="AWS takes no NotAction"):
            built(policy(kind="rcp", statements=[for_all]))

    def test_a_name_that_aws_refuses(self):
        """At most 128 characters."""
        with pytest.raises(LandformError, match="name of a policy"):
            built(policy(statements=[DENY], policy_name="x" * 129))

    def test_a_name_may_be_given(self):
        """One that people know."""
        made = built(policy(statements=[DENY], policy_name="Deny it", description="What it is for."))

        assert at(made, "Own/Resource")["name"] == "Deny it"
        assert at(made, "Own/Resource")["description"] == "What it is for."

    def test_an_rcp_is_about_everyone(self):
        """Its conditions say who is meant."""
        tls = Condition("Bool", "aws:SecureTransport", ("false",))
        statement = Statement(
            "Tls", ("s3:*",), effect="Deny", principals=(Principal.everyone(),), conditions=(tls,)
        )
        document = built(policy(kind="rcp", statements=[statement]))

        assert statements(document, "Own/Resource", "content")["Tls"]["Principal"] == "*"

    def test_a_kind_there_is_not_is_refused(self):
        """With the nearest."""
        with pytest.raises(LandformError, match="no policies of this kind") as caught:
            built(policy(kind="spc", statements=[DENY]))

        assert "scp" in caught.value.fix

    @pytest.mark.parametrize(("kind", "most"), [("scp", 4), ("rcp", 4), ("tag", 10), ("backup", 10)])
    def test_no_more_stand_at_one_place_than_aws_takes(self, kind, most):
        """One of five service control policies is AWS's own."""

        def build(stack):
            tree = OrganizationTree(stack, "Tree", units=["Workloads"])
            for n in range(most + 1):
                OrganizationPolicy(
                    stack, f"Own{n}", tree=tree, kind=kind, targets=["Workloads"], content={"a": n}
                )

        with pytest.raises(LandformError, match="no more policies of this type at one place") as caught:
            built(build)

        assert caught.value.expected == f"at most {most}"
