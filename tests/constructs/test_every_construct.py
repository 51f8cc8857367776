"""What holds of every construct there is, and of those to come."""

import re
from typing import get_type_hints

import pytest
from every_construct import SERVICES, build, constructs_of
from reading import built, policies, resources

from landform.schema.pack import shipped_pack
from landform.testing import TIERS, stack_instance, synthesise

MANDATORY = {"account", "construct", "cost-center", "data-class", "managed-by", "owner", "tier"}

CONSTRUCTS = [construct for service in SERVICES for construct in constructs_of(service)]

# Constructs of which another stack has nothing to take: why.
WITHOUT_IMPORT = {
    "AccountBaseline": "it sets an account up, and nothing refers to that",
    "AccountDefaults": "it sets an account up, and nothing refers to that",
    "ApiGatewayAccount": "it sets an account up, and nothing refers to that",
    "AutoScalingGroup": "its machines are reached by SecurityGroup.from_id and granted to by Role.from_arn",
    "BootstrapRole": "it is taken from Role.from_arn where anything may refer to it at all",
    "DetectiveBaseline": "it sets an account up, and nothing refers to that",
    "DnsFirewall": "it protects the VPCs that it is told of, and nothing refers to it",
    "DocumentPolicies": "nothing refers to policies of an organisation once they are attached",
    "Guardrails": "nothing refers to policies of an organisation once they are attached",
    "IdentityCenter": "it makes nothing: it is looked up wherever it is needed",
    "Instance": "it is reached by SecurityGroup.from_id and granted to by Role.from_arn",
    "Ipam": "its pools are what others name: IpamPool.from_name",
    "NodeGroup": "its nodes are reached through the cluster",
    "OrganizationPolicy": "nothing refers to policies of an organisation once they are attached",
    "PermissionsBoundary": "every role names the account's own, whose name is known",
    "PipelineRoles": "each role is taken from Role.from_arn, the provider from GithubOidcProvider.from_account",
    "Quarantine": "nothing refers to policies of an organisation once they are attached",
    "RegionDefaults": "it sets a region up, and nothing refers to that",
    "ResourceShare": "those whom it is for name what is shared, and not the share",
    "Rule": "its role delivers to what its own stack names",
    "SessionPreferences": "it sets a region up, and nothing refers to that",
    "Spending": "it tells people, and nothing refers to that",
    "StateBackend": "every stack names the account's own, whose bucket and key have known names",
    "Suspension": "nothing refers to policies of an organisation once they are attached",
    "Trail": "what it records is taken from LogArchiveBucket.from_name and LogGroup.from_name",
}


def imports_of(construct):
    """The names of what imports a construct: by name, id or ARN, or as the account's own."""
    return [name for name in dir(construct) if re.fullmatch(r"from_(name|ids?|arn|account)", name)]


@pytest.fixture(scope="module", params=TIERS)
def document(request):
    """Every construct in a stack of one tier."""
    return built(build, tier=request.param)


class TestTags:
    def test_every_resource_that_takes_tags_has_the_mandatory_ones(self, document):
        """Which resources take tags, as a map or as blocks, the provider's schema says."""
        schemas = shipped_pack("aws")
        untagged = [
            path
            for terraform_type, path, body in resources(document)
            if schemas.resource(terraform_type).taggable or schemas.resource(terraform_type).tagged_by_blocks
            if not {*body.get("tags", {}), *(block["key"] for block in body.get("tag", ()))} >= MANDATORY
        ]

        assert not untagged

    def test_every_tag_has_a_value(self, document):
        """An owner that is empty is none."""
        empty = [
            (path, key)
            for _, path, body in resources(document)
            for key, value in body.get("tags", {}).items()
            if not value
        ]

        assert not empty

    def test_no_resource_without_tags_in_its_schema_has_any(self, document):
        """Terraform would refuse the argument."""
        tagged = [
            path
            for terraform_type, path, body in resources(document)
            if not shipped_pack("aws").resource(terraform_type).taggable and "tags" in body
        ]

        assert not tagged


class TestPolicies:
    def test_every_policy_is_literal_json(self, document):
        """With a version, an id for each statement, and no id twice."""
        for _, path, policy in policies(document):
            sids = [statement.get("Sid") for statement in policy["Statement"]]
            assert policy["Version"] == "2012-10-17", path
            assert all(sids), path
            assert len(sids) == len(set(sids)), path

    def test_no_statement_of_a_role_or_key_allows_a_wildcard_action(self, document):
        """The boundary, endpoint and bucket policies have theirs, each tested where it is made."""
        kinds = {"aws_iam_role", "aws_iam_role_policy", "aws_kms_key"}
        wide = [
            (path, action)
            for terraform_type, path, policy in policies(document)
            if terraform_type in kinds
            for statement in policy["Statement"]
            for action in [statement["Action"]]
            if "*" in str(action)
        ]

        assert not wide

    def test_nothing_is_allowed_to_everyone_without_a_condition(self, document):
        """AWS's own buckets, which every endpoint policy lets through, are public."""
        public = [
            (path, statement["Sid"])
            for _, path, policy in policies(document)
            for statement in policy["Statement"]
            if statement["Effect"] == "Allow" and "*" in str(statement.get("Principal"))
            if "Condition" not in statement and statement["Sid"] != "BucketsOfAws"
        ]

        assert not public


class TestSynthesis:
    @pytest.mark.parametrize("tier", TIERS)
    def test_twice_gives_the_same_bytes(self, tier):
        """Nothing but the inputs is in the output."""
        assert synthesise(build, stack_instance(tier=tier)).text == (
            synthesise(build, stack_instance(tier=tier)).text
        )

    def test_no_construct_carries_a_warning(self):
        """Nothing here uses an argument that the provider calls deprecated."""
        annotations = synthesise(build, stack_instance(tier="prod")).annotations

        assert not [note for note in annotations if note.level != "info"]


class TestImports:
    @pytest.mark.parametrize("construct", CONSTRUCTS, ids=lambda construct: construct.__name__)
    def test_it_can_be_imported_or_the_table_says_why_not(self, construct):
        """By name, id or ARN, as something of another stack; not both."""
        assert bool(imports_of(construct)) != (construct.__name__ in WITHOUT_IMPORT)

    @pytest.mark.parametrize("construct", CONSTRUCTS, ids=lambda construct: construct.__name__)
    def test_what_is_imported_is_a_class_of_its_own(self, construct):
        """Whoever takes one that is made here and cannot take the other learns it from mypy."""
        for name in imports_of(construct):
            imported = get_type_hints(getattr(construct, name))["return"]
            assert imported.__name__.startswith("Imported")
            assert not issubclass(imported, construct)

    def test_the_table_names_constructs_that_there_are(self):
        """Not those that went."""
        assert WITHOUT_IMPORT.keys() <= {construct.__name__ for construct in CONSTRUCTS}


class TestDocstrings:
    @pytest.mark.parametrize(
        "construct",
        CONSTRUCTS,
        ids=lambda construct: construct.__name__,
    )
    def test_every_construct_says_what_it_is(self, construct):
        """Its page in the docs begins with it."""
        assert construct.__doc__
        assert construct.__doc__ != construct.__mro__[1].__doc__
