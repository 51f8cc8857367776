"""The tables agree with the provider's schema and with AWS's own reference."""

import json
import re

import pytest

from landform.access.managed import managed_policies, managed_text
from landform.access.references import arn_forms
from landform.access.resource_policies import policy_arguments
from landform.checks.coverage import POLICY_ATTRIBUTES
from landform.iam import actions as table
from landform.iam import pattern
from landform.iam.policy import parse_policy
from landform.schema.pack import shipped_pack

PACK = shipped_pack("aws")

NO_RESOURCE_POLICY = {
    "grammars of their own": {
        "aws_cloudwatch_log_account_policy", "aws_cloudwatch_log_data_protection_policy",
        "aws_cloudwatch_log_index_policy", "aws_ecr_lifecycle_policy", "aws_iot_policy_attachment",
        "aws_networkmanager_core_network_policy_attachment", "aws_opensearchserverless_access_policy",
        "aws_opensearchserverless_lifecycle_policy", "aws_opensearchserverless_security_policy",
        "aws_ses_receipt_filter", "aws_sns_topic_data_protection_policy", "aws_verifiedaccess_endpoint",
        "aws_verifiedaccess_group",
    },
    "on the side of who asks": {
        "aws_iam_group_policy", "aws_iam_policy", "aws_iam_role", "aws_iam_role_policy", "aws_iam_user_policy",
        "aws_iot_policy", "aws_ssoadmin_permission_set_inline_policy", "aws_transfer_access", "aws_transfer_user",
    },
    "on the way to AWS": {"aws_vpc_endpoint", "aws_vpc_endpoint_policy"},
}  # fmt: skip


def policy_paths(block, path=""):
    """The arguments of a block that hold a policy."""
    for name, attribute in block.attributes.items():
        if name in POLICY_ATTRIBUTES and attribute.type == "string" and attribute.settable:
            yield path + name
    for name, nested in block.blocks.items():
        yield from policy_paths(nested.block, f"{path}{name}.")


class TestPolicyArguments:
    def test_every_type_with_a_policy_is_in_the_table_or_is_known_not_to_belong_there(self):
        """A new version of the provider cannot bring one that nobody has looked at."""
        known = set().union(*NO_RESOURCE_POLICY.values()) | set(policy_arguments())
        having = {type for type in PACK.resource_types if any(policy_paths(PACK.resource(type)))}

        assert having == known

    @pytest.mark.parametrize("type", sorted(policy_arguments()))
    def test_the_arguments_of_the_table_are_the_providers(self, type):
        """The one that holds the policy, and the one that says of what."""
        argument, about = policy_arguments()[type]
        schema = PACK.resource(type)

        assert argument in set(policy_paths(schema))
        assert about in (".", "*") or schema.attributes[about].settable


class TestArnForms:
    @pytest.mark.parametrize(("type", "form"), sorted(arn_forms().items()))
    def test_a_form_is_one_of_the_services_own(self, type, form):
        """With any name in it, it is an ARN of the service authorization reference, or the beginning of one."""
        example = re.sub(r"\{path=/\}", "/", form.replace("arn:", "arn:aws:", 1))
        example = re.sub(r"\{[^{}]*\}", "x", example).replace("-??????", "-abcdef")
        kinds = table.resource_arns(example.split(":")[2])

        assert any(
            pattern.matches(pattern.tokens(kind, variables=False), text)
            for kind in kinds
            for text in (example, f"{example}/a/b/c")
        )

    @pytest.mark.parametrize(("type", "form"), sorted(arn_forms().items()))
    def test_its_names_are_arguments_of_the_type(self, type, form):
        """Region and account are the stack's."""
        names = set(re.findall(r"\{(\w+)", form)) - {"region", "account"}

        assert all(PACK.resource(type).attributes[name].settable for name in names)


class TestManagedPolicies:
    @pytest.mark.parametrize("name", sorted(managed_policies()))
    def test_each_is_a_policy(self, name):
        """As AWS would take it, with the version it is."""
        found = managed_policies()[name]

        assert parse_policy(json.dumps(found["document"])).statements
        assert re.fullmatch(r"v[0-9]+", found["version"])

    def test_what_landforms_own_constructs_attach_is_there(self):
        """A matrix of landform's stacks hangs on no text that it lacks."""
        for name in (
            "SecurityAudit",
            "job-function/ViewOnlyAccess",
            "PowerUserAccess",
            "AdministratorAccess",
        ):
            assert managed_text(f"arn:aws:iam::aws:policy/{name}")

    def test_another_is_not_known(self):
        """And is not taken for one that allows nothing."""
        assert managed_text("arn:aws:iam::aws:policy/Unheard") is None
