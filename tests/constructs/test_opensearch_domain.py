import json
import re

import pytest
from reading import at, built, paths, stack_of, statements

from landform.constructs.ec2 import SecurityGroup, Vpc
from landform.constructs.iam import Role, Trust
from landform.constructs.kms import Key
from landform.constructs.opensearch import OpenSearchDomain
from landform.errors import Code, LandformError
from landform.iam import Principal, Statement
from landform.testing import TIERS

GLUE = [Trust.service("glue.amazonaws.com")]
ADMIN = "arn:aws:iam::012345678901:role/search-admin"
NAME = "search"
ARN = f"arn:aws:es:eu-west-1:012345678901:domain/{NAME}"
ORGANIZATION = {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}


def network(stack, az_count=2):
    return Vpc(stack, "Vpc", cidr="10.0.0.0/20", az_count=az_count, nat="none", interface_endpoints=())


def domain(az_count=2, **arguments):
    arguments = {"administrator": Role.from_arn(ADMIN), "domain_name": NAME, **arguments}
    return lambda stack: OpenSearchDomain(stack, "Domain", vpc=network(stack, az_count), **arguments)


def granted(verb, index="products", principal=None):
    """The document of a stack in which a verb was granted."""

    def build(stack):
        grants = domain()(stack).grants
        getattr(grants, verb)(principal or Role(stack, "Reader", trust=GLUE), index=index)

    return built(build)


def blocks(document):
    """The arguments of the domain, its blocks, of which each is one, as objects."""
    body = at(document, "Domain/Resource")
    many = ("log_publishing_options", "depends_on")
    return {
        name: value[0] if isinstance(value, list) and name not in many else value
        for name, value in body.items()
    }


def refused(build, **instance):
    """The error of a build, which names the line in this file."""
    with pytest.raises(LandformError) as caught:
        built(build, **instance)
    assert caught.value.code is Code.ARGUMENT_VALUE
    assert caught.value.place.file == "test_opensearch_domain.py"
    return caught.value


@pytest.fixture(scope="module")
def document():
    """One domain, as it comes."""
    return built(domain())


class TestDomain:
    @pytest.mark.parametrize(
        ("block", "arguments"),
        [
            ("node_to_node_encryption", {"enabled": True}),
            (
                "domain_endpoint_options",
                {"enforce_https": True, "tls_security_policy": "Policy-Min-TLS-1-2-PFS-2023-10"},
            ),
            (
                "advanced_security_options",
                {
                    "enabled": True,
                    "anonymous_auth_enabled": False,
                    "internal_user_database_enabled": False,
                    "master_user_options": [{"master_user_arn": ADMIN}],
                },
            ),
            ("software_update_options", {"auto_software_update_enabled": True}),
            ("ebs_options", {"ebs_enabled": True, "volume_size": 500, "volume_type": "gp3"}),
        ],
    )
    def test_default(self, document, block, arguments):
        """The secure setting stands in the resource, whatever AWS's default is."""
        assert blocks(document)[block] == arguments

    def test_it_is_encrypted_with_a_key_of_its_own(self, document):
        """And so are its logs."""
        encryption = blocks(document)["encrypt_at_rest"]

        assert encryption["enabled"] is True
        assert re.fullmatch(r"\$\{aws_kms_key\.Domain_Key_[0-9A-F]+\.arn\}", encryption["kms_key_id"])
        assert at(document, "Domain/AuditLogs/Resource")["kms_key_id"] == encryption["kms_key_id"]

    def test_a_key_can_be_given(self):
        """Then none is made."""
        document = built(lambda stack: domain(key=Key(stack, "Shared"))(stack))

        assert not [path for path in paths(document, "aws_kms_key") if path.startswith("Domain/")]

    def test_what_is_given_is_what_it_says(self):
        """Each argument goes before the tier."""
        build = domain(engine_version="2.17", instance_type="r7g.2xlarge.search", volume_gib=1000)
        body = blocks(built(build))

        assert (body["domain_name"], body["engine_version"]) == (NAME, "OpenSearch_2.17")
        assert body["cluster_config"]["instance_type"] == "r7g.2xlarge.search"
        assert body["ebs_options"]["volume_size"] == 1000

    def test_its_name_is_the_path_cut_to_28_characters(self):
        """The digits keep two domains apart."""
        name = at(built(domain(domain_name=None)), "Domain/Resource")["domain_name"]

        assert re.fullmatch(r"acme-payments-prod-?-[0-9a-f]{8}", name)

    def test_its_arn_is_literal_and_its_endpoint_is_not(self):
        """The name is ours, the host name AWS's."""
        kept = []
        stack_of(lambda stack: kept.append(domain()(stack)))

        assert kept[0].arn == ARN
        assert str(kept[0].endpoint).endswith(".endpoint}")

    def test_it_stands_in_the_isolated_subnets_with_a_group_of_its_own(self, document):
        """They have no way to the internet."""
        options = blocks(document)["vpc_options"]

        assert len(options["subnet_ids"]) == 2
        assert all("aws_subnet.Vpc_Isolated_" in subnet for subnet in options["subnet_ids"])
        assert re.search(r"aws_security_group\.Domain_SecurityGroup_", options["security_group_ids"][0])

    def test_a_peer_is_let_in_by_https(self):
        """And by nothing else."""

        def build(stack):
            vpc = network(stack)
            app = SecurityGroup(stack, "App", vpc=vpc, description="servers")
            search = OpenSearchDomain(stack, "Domain", vpc=vpc, administrator=Role.from_arn(ADMIN))
            search.connections.allow_from(app)

        (rule,) = paths(document := built(build), "aws_vpc_security_group_ingress_rule")

        assert (at(document, rule)["from_port"], at(document, rule)["to_port"]) == (443, 443)


class TestLogs:
    @pytest.mark.parametrize(
        ("id", "kind"),
        [
            ("Audit", "AUDIT_LOGS"),
            ("Application", "ES_APPLICATION_LOGS"),
            ("IndexSlow", "INDEX_SLOW_LOGS"),
            ("SearchSlow", "SEARCH_SLOW_LOGS"),
        ],
    )
    def test_each_kind_goes_to_a_group_that_is_made_first(self, document, id, kind):
        """Kept for as long as the tier says."""
        body, group = at(document, "Domain/Resource"), at(document, f"Domain/{id}Logs/Resource")
        arn = f"arn:aws:logs:eu-west-1:012345678901:log-group:{group['name']}"

        assert group["name"] == f"/aws/opensearch/domains/{NAME}/{kind.lower().replace('_', '-')}"
        assert group["retention_in_days"] == 731
        assert {
            "cloudwatch_log_group_arn": arn,
            "enabled": True,
            "log_type": kind,
        } in body["log_publishing_options"]
        assert f"aws_cloudwatch_log_group.Domain_{id}Logs_" in " ".join(body["depends_on"])

    def test_the_service_delivers_for_this_domain_alone(self, document):
        """Otherwise any domain of any account could write here."""
        (statement,) = statements(document, "Domain/LogPolicy", "policy_document").values()

        assert statement["Principal"] == {"Service": "es.amazonaws.com"}
        assert statement["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
        assert len(statement["Resource"]) == 4
        assert all(
            re.fullmatch(
                rf"arn:aws:logs:eu-west-1:012345678901:log-group:/aws/opensearch/.*/{NAME}/.*:\*", arn
            )
            for arn in statement["Resource"]
        )
        assert statement["Condition"] == {
            "ArnEquals": {"aws:SourceArn": ARN},
            "StringEquals": {"aws:SourceAccount": "012345678901"},
        }

    def test_it_may_before_the_domain_is_made(self, document):
        """The service refuses a log group that it may not write to."""
        needed = " ".join(at(document, "Domain/Resource")["depends_on"])

        assert "aws_cloudwatch_log_resource_policy.Domain_LogPolicy_" in needed


class TestTiers:
    @pytest.mark.parametrize(
        ("tier", "az_count", "type", "nodes", "gib"),
        [
            ("sandbox", 1, "t3.small.search", 1, 20),
            ("dev", 2, "t3.small.search", 1, 20),
            ("stage", 2, "m7g.large.search", 4, 100),
            ("prod", 3, "r7g.xlarge.search", 3, 500),
        ],
    )
    def test_the_tier_sizes_it(self, tier, az_count, type, nodes, gib):
        """Type, nodes, masters and volumes."""
        body = blocks(built(domain(az_count), tier=tier))
        cluster = body["cluster_config"]
        several = nodes > 1

        assert (cluster["instance_type"], cluster["instance_count"]) == (type, nodes)
        assert cluster["zone_awareness_enabled"] is cluster["dedicated_master_enabled"] is several
        assert cluster.get("dedicated_master_count") == (3 if several else None)
        assert cluster.get("zone_awareness_config") == (
            [{"availability_zone_count": az_count}] if several else None
        )
        assert len(body["vpc_options"]["subnet_ids"]) == (az_count if several else 1)
        assert body["ebs_options"]["volume_size"] == gib

    def test_more_zones_than_three_are_left(self):
        """The service takes two or three."""
        body = blocks(built(domain(4), region="us-east-1"))

        assert len(body["vpc_options"]["subnet_ids"]) == 3

    @pytest.mark.parametrize(("tier", "kept"), [*zip(TIERS, (False, False, True, True), strict=True)])
    def test_the_tier_says_whether_it_can_be_destroyed(self, tier, kept):
        """The service has no protection of its own."""
        body = at(built(domain(), tier=tier), "Domain/Resource")

        assert body.get("lifecycle") == ({"prevent_destroy": True} if kept else None)

    def test_one_zone_is_recorded(self):
        """With the checks that will find it."""
        off = {each.checks: each.why for each in stack_of(domain(multi_az=False)).switched_off}

        assert off == {("CKV_AWS_318", "CKV2_AWS_59"): "the code"}


class TestRefusals:
    @pytest.mark.parametrize("name", ["ab", "Search", "1st", "a_b", "x" * 29, "*"])
    def test_a_name_that_the_service_would_refuse(self, name):
        """Too short, capitals, a digit first, too long."""
        assert refused(domain(domain_name=name)).given == repr(name)

    @pytest.mark.parametrize("version", ["1.3", "OpenSearch_2.19", "7.10", ""])
    def test_a_version_that_is_none_of_these(self, version):
        """The service's last of each line."""
        assert refused(domain(engine_version=version)).expected == "2.17 or 2.19"

    @pytest.mark.parametrize("name", ["r7g.large", "db.r7g.large", "r7g.search", "R7G.large.search"])
    def test_an_instance_type_that_is_none(self, name):
        """The service's end in search."""
        assert refused(domain(instance_type=name)).given == repr(name)

    @pytest.mark.parametrize("gib", [0, 9, 24_577, "100"])
    def test_a_volume_that_the_service_would_refuse(self, gib):
        """Too small or too large for gp3."""
        assert refused(domain(volume_gib=gib)).expected == "10 to 24576"

    def test_several_zones_in_a_vpc_of_one(self):
        """There is nowhere for the others."""
        error = refused(domain(1))

        assert error.given == "a VPC with subnets in eu-west-1a"
        assert error.fix == "Make the VPC with az_count=2, or the domain with multi_az=False."

    @pytest.mark.parametrize("administrator", [ADMIN, None])
    def test_an_administrator_that_is_no_role(self, administrator):
        """Text is no principal."""
        assert refused(domain(administrator=administrator)).given == repr(administrator)


class TestPolicy:
    def test_the_administrator_calls_all_of_it(self, document):
        """As long as its account is in the organisation; fine-grained access control starts with it."""
        policy = statements(document, "Domain/Resource", "access_policies")
        methods = ("Delete", "Get", "Head", "Patch", "Post", "Put")

        assert policy == {
            "AdministratorCalls": {
                "Sid": "AdministratorCalls",
                "Effect": "Allow",
                "Principal": {"AWS": ADMIN},
                "Action": [f"es:ESHttp{method}" for method in methods],
                "Resource": f"{ARN}/*",
                "Condition": ORGANIZATION,
            }
        }

    def test_an_administrator_of_the_stack_is_made_first(self):
        """The service refuses a policy with a principal that is not there."""

        def build(stack):
            domain(administrator=Role(stack, "Admin", trust=GLUE))(stack)

        assert "aws_iam_role.Admin_" in " ".join(at(built(build), "Domain/Resource")["depends_on"])

    def test_everyone_is_refused(self):
        """Being in a VPC is no reason."""
        statement = Statement("All", ("es:ESHttpGet",), (f"{ARN}/*",), principals=(Principal("AWS", "*"),))

        assert (
            "nothing to everyone" in refused(lambda stack: domain()(stack).add_to_policy(statement)).message
        )


VERBS = {
    "read_documents": (["es:ESHttpGet", "es:ESHttpHead"], ["/products/*"]),
    "search": (
        ["es:ESHttpGet", "es:ESHttpPost"],
        ["/products/_count", "/products/_msearch", "/products/_search"],
    ),
    "write_documents": (
        ["es:ESHttpPost", "es:ESHttpPut"],
        ["/products/_create/*", "/products/_doc", "/products/_doc/*", "/products/_update/*"],
    ),
    "write_or_delete_in_bulk": ("es:ESHttpPost", ["/products/_bulk"]),
    "delete_documents": ("es:ESHttpDelete", ["/products/_doc/*"]),
}


class TestGrants:
    @pytest.mark.parametrize("verb", VERBS)
    def test_a_verb_is_its_methods_on_its_paths(self, verb):
        """In one index, and in the role's policy alone."""
        actions, places = VERBS[verb]
        document = granted(verb)
        (statement,) = statements(document, "Reader/Policy").values()
        resources = statement["Resource"]

        assert statement["Action"] == actions
        assert ([resources] if isinstance(resources, str) else resources) == [f"{ARN}{p}" for p in places]
        assert statements(document, "Domain/Resource", "access_policies").keys() == {"AdministratorCalls"}

    @pytest.mark.parametrize("verb", VERBS)
    def test_a_role_from_elsewhere_is_let_in_by_the_domains_policy(self, verb):
        """By name, and as long as its account is in the organisation."""
        elsewhere = Role.from_arn("arn:aws:iam::999999999999:role/reader")
        policy = json.loads(at(granted(verb, principal=elsewhere), "Domain/Resource")["access_policies"])[
            "Statement"
        ]
        (statement,) = [each for each in policy if each["Sid"] != "AdministratorCalls"]

        assert statement["Principal"] == {"AWS": elsewhere.arn}
        assert statement["Condition"] == ORGANIZATION

    def test_indexes_that_begin_alike(self):
        """As those of every day."""
        (statement,) = statements(granted("read_documents", "logs-*"), "Reader/Policy").values()

        assert statement["Resource"] == f"{ARN}/logs-*/*"

    @pytest.mark.parametrize("index", ["*", "", "a*b", "Logs", ".opendistro_security", "_all", "a/b", "a,b"])
    def test_an_index_that_is_refused(self, index):
        """Every index, or the domain's own."""
        assert refused(lambda stack: _grant_on(stack, index)).given == repr(index)

    def test_an_imported_one_is_granted_on_by_its_name(self):
        """Its owner adds the other half, where it is in another account."""

        def build(stack):
            imported = OpenSearchDomain.from_name(stack, "Domain", "another", account_id="999999999999")
            imported.grants.search(Role(stack, "Reader", trust=GLUE), index="products")

        resources = statements(built(build), "Reader/Policy")["Search"]["Resource"]

        assert resources[0] == "arn:aws:es:eu-west-1:999999999999:domain/another/products/_count"

    def test_an_imported_name_that_is_refused(self):
        """As for one that is made."""
        error = refused(lambda stack: OpenSearchDomain.from_name(stack, "Domain", "*"))

        assert error.given == "'*'"


def _grant_on(stack, index):
    domain()(stack).grants.search(Role(stack, "Reader", trust=GLUE), index=index)
