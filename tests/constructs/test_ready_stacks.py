"""The ready stacks: what an account has before a team's own stacks come."""

import json
from dataclasses import replace

import pytest
from reading import at, paths, statements

from landform.core import App
from landform.errors import Code, LandformError
from landform.org.fleet import KnownAccounts
from landform.org.models.account import AccountNetwork
from landform.org.models.network import NetworkPool
from landform.stacks import AccountBaseline, AddressPools, DataLake, LogArchive, Network, StateBackendStack
from landform.testing import stack_instance


def document(stack_class, instance=None, **parameters):
    """The document of a ready stack."""
    app = App()
    stack_class(app, instance or stack_instance(), **parameters)
    (synthesis,) = app.synthesise()
    return json.loads(synthesis.text)


@pytest.fixture(scope="module")
def baseline():
    """The document of an account's baseline."""
    return document(AccountBaseline)


@pytest.fixture(scope="module")
def lake():
    """The document of a data lake."""
    return document(DataLake)


class TestAccountBaseline:
    @pytest.mark.parametrize(
        ("path", "arguments"),
        [
            (
                "Default/S3PublicAccess",
                {
                    "block_public_acls": True,
                    "block_public_policy": True,
                    "ignore_public_acls": True,
                    "restrict_public_buckets": True,
                },
            ),
            ("Default/SnapshotPublicAccess", {"state": "block-all-sharing"}),
            ("Default/ImagePublicAccess", {"state": "block-new-sharing"}),
            ("Default/SerialConsole", {"enabled": False}),
            ("Default/InstanceMetadata", {"http_tokens": "required", "http_put_response_hop_limit": 1}),
            ("Default/VolumeEncryption", {"enabled": True}),
            (
                "Default/PasswordPolicy",
                {
                    "minimum_password_length": 14,
                    "password_reuse_prevention": 24,
                    "max_password_age": 90,
                    "require_symbols": True,
                },
            ),
            ("Default/AccessAnalyzer", {"type": "ACCOUNT"}),
            ("Default/Alias", {"account_alias": "acme-payments-prod"}),
            ("Default/Record", {"type": "SecureString", "name": "/landform/account"}),
        ],
    )
    def test_setting(self, baseline, path, arguments):
        """One setting of the whole account."""
        assert at(baseline, path).items() >= arguments.items()

    @pytest.mark.parametrize(
        ("path", "argument"), [("Default/VolumeKey", "key_arn"), ("Default/Record", "key_id")]
    )
    def test_one_key_encrypts_volumes_and_the_record(self, baseline, path, argument):
        """The account's own, and no key of AWS's."""
        assert at(baseline, path)[argument].startswith("${aws_kms_key.Key_")

    def test_the_record_says_whose_account_it_is(self, baseline):
        """What landform knows of it, as JSON in an order that does not change."""
        assert at(baseline, "Default/Record")["value_wo"] == (
            '{"data_class":"restricted","name":"payments-prod","ou":"Workloads","owner":"payments","tier":"prod"}'
        )


class TestStateBackendStack:
    def test_it_makes_the_boundary_and_the_state(self):
        """Both stand before any other stack."""
        made = document(StateBackendStack)

        assert at(made, "Boundary/Resource")["name"] == "acme-permissions-boundary"
        assert at(made, "State/Bucket/Resource")["bucket"] == "acme-tfstate-012345678901"

    def test_the_boundary_is_the_one_that_its_own_roles_carry(self):
        """By the ARN."""
        made = document(StateBackendStack)
        name = at(made, "Boundary/Resource")["name"]

        assert at(made, "State/ApplyRole/Resource")["permissions_boundary"].endswith(f":policy/{name}")


class TestDataLake:
    def test_jobs_read_what_is_raw_and_write_what_is_curated(self, lake):
        """And nothing the other way round."""
        policy = statements(lake, "JobRole/Policy")
        bucket = "arn:aws:s3:::acme-payments-prod-data-lake"

        assert policy["ReadObjects"]["Resource"] == f"{bucket}/raw/*"
        assert policy["WriteObjects"]["Resource"] == f"{bucket}/curated/*"
        assert policy["List"]["Condition"] == {"StringLike": {"s3:prefix": "raw/*"}}

    def test_jobs_delete_nothing(self, lake):
        """Old versions of raw data expire by themselves."""
        assert "Delete" not in str(statements(lake, "JobRole/Policy"))

    def test_old_versions_are_kept_as_the_spec_says(self):
        """``raw_days`` of the spec."""
        rules = at(document(DataLake, raw_days=7), "Lake/Lifecycle")["rule"]

        assert rules[0]["noncurrent_version_expiration"] == [{"noncurrent_days": 7}]

    def test_bucket_and_logs_have_a_key_each(self, lake):
        """The data's key opens no log."""
        assert paths(lake, "aws_kms_key") == ["Jobs/Key/Resource", "Key/Resource"]


class TestLogArchive:
    @pytest.mark.parametrize(
        ("tier", "days"), [("sandbox", 365), ("dev", 365), ("stage", 400), ("prod", 731)]
    )
    def test_logs_are_locked_as_long_as_the_tier_says(self, tier, days):
        """In compliance mode."""
        made = document(LogArchive, stack_instance(tier=tier))

        assert at(made, "Archive/ObjectLock")["rule"][0]["default_retention"] == [
            {"days": days, "mode": "COMPLIANCE"}
        ]


CIDRS = {"eu-west-1": "10.20.0.0/20", "eu-central-1": "10.20.16.0/20"}


class TestNetwork:
    @pytest.mark.parametrize("region", CIDRS)
    def test_each_region_has_its_own_block(self, region):
        """As the spec has it."""
        made = document(Network, stack_instance(region=region, regional=True), cidrs=CIDRS)

        assert at(made, "Vpc/Resource")["cidr_block"] == CIDRS[region]

    def test_a_region_without_a_block_is_refused(self):
        """On the line of the spec that asks for the stack."""
        with pytest.raises(LandformError, match="no address block in this region") as caught:
            document(Network, stack_instance(region="eu-central-1"), cidrs={"eu-west-1": "10.20.0.0/20"})

        assert caught.value.code is Code.ARGUMENT_VALUE
        assert caught.value.place.file == "org/stacks.yaml"
        assert caught.value.given == "blocks for eu-west-1"

    def test_threats_do_not_resolve(self):
        """Unless told, by AWS's list of the region."""
        made = document(Network, stack_instance(region="eu-west-1", regional=True), cidrs=CIDRS)

        assert at(made, "DnsFirewall/Threats")["firewall_domain_list_id"] == "rslvr-fdl-a88f2f26cc6a4296"
        assert at(made, "DnsFirewall/Vpc/Association")["vpc_id"].startswith("${aws_vpc.")

    def test_the_spec_names_lists_and_domains(self):
        """A list by region; domains everywhere."""
        made = document(
            Network,
            stack_instance(region="eu-west-1", regional=True),
            cidrs=CIDRS,
            dns_threats={"eu-west-1": "rslvr-fdl-0a1b2c3d", "eu-central-1": "rslvr-fdl-ffffffff"},
            blocked_domains=["*.bad.example"],
            allowed_domains=["good.example"],
        )

        assert at(made, "DnsFirewall/Threats")["firewall_domain_list_id"] == "rslvr-fdl-0a1b2c3d"
        assert at(made, "DnsFirewall/BlockedDomains")["domains"] == ["*.bad.example."]
        assert at(made, "DnsFirewall/AllowedDomains")["domains"] == ["good.example."]

    @pytest.mark.parametrize(
        ("region", "params", "why"),
        [
            ("eu-west-1", {"dns_firewall": False}, "the parameter dns_firewall"),
            ("af-south-1", {}, "no list known for af-south-1"),
        ],
    )
    def test_without_a_firewall_it_says_so(self, region, params, why):
        """The manifest tells what is off, and who says so."""
        stack = Network(
            App(), stack_instance(region=region, regional=True), cidrs={region: "10.20.0.0/20"}, **params
        )

        assert stack.node.try_find_child("DnsFirewall") is None
        assert [off.why for off in stack.switched_off if "do not resolve" in off.holds] == [why]

    def test_names_of_the_account(self):
        """A zone whose name no other region and account has, answered in the VPC and in the hub's."""
        made = document(
            Network,
            stack_instance(region="eu-west-1", regional=True),
            cidrs=CIDRS,
            domain="aws.acme.example",
            dns_hubs={"eu-west-1": "vpc-0a1b2c3d"},
        )

        assert at(made, "Zone/Resource")["name"] == "eu-west-1.payments-prod.aws.acme.example"
        assert at(made, "Zone/Allow-vpc-0a1b2c3d")["vpc_id"] == "vpc-0a1b2c3d"

    def test_queries_are_sent_on(self):
        """By the rules of the region."""
        rules = {"eu-west-1": "rslvr-rr-0a1b2c3d, rslvr-rr-1b2c3d4e", "eu-central-1": "rslvr-rr-ffffffff"}
        made = document(
            Network, stack_instance(region="eu-west-1", regional=True), cidrs=CIDRS, resolver_rules=rules
        )
        associations = made["resource"]["aws_route53_resolver_rule_association"].values()

        assert [each["resolver_rule_id"] for each in associations] == [
            "rslvr-rr-0a1b2c3d",
            "rslvr-rr-1b2c3d4e",
        ]

    def test_what_is_no_rule_is_refused(self):
        """On the line of the spec that asks for the stack."""
        with pytest.raises(LandformError, match="id of a resolver rule") as caught:
            document(
                Network,
                stack_instance(region="eu-west-1", regional=True),
                cidrs=CIDRS,
                resolver_rules={"eu-west-1": "corporate"},
            )

        assert caught.value.place.file == "org/stacks.yaml"

    @staticmethod
    def pooled(**more):
        """A network of an account with a pool, which knows the account of the IPAM."""
        made = stack_instance(regional=True)
        account = made.account.model_copy(update={"network": AccountNetwork(pool="prod")})
        return replace(made, **{"account": account, "accounts": {"shared-network": "333333333333"}, **more})

    def test_its_block_is_taken_from_the_pool_of_its_account(self):
        """In the account that is named."""
        made = document(Network, self.pooled(), cidrs=CIDRS, ipam_account="shared-network")
        (found,) = made["data"]["aws_vpc_ipam_pool"].values()

        (text,) = (each["values"][0] for each in found["filter"] if each["name"] == "description")
        assert text == "landform pool prod of acme in eu-west-1, by 333333333333"
        assert at(made, "Vpc/Resource")["ipv4_ipam_pool_id"].startswith(
            "${data.aws_vpc_ipam_pool.AddressPool_"
        )
        assert at(made, "Vpc/Resource")["cidr_block"] == CIDRS["eu-west-1"]

    def test_both_ends_name_the_pool_alike(self):
        """What the one stack makes the other looks for."""
        pools = (NetworkPool(name="prod", cidrs={"eu-west-1": "10.20.0.0/16"}),)
        network = replace(stack_instance(account="shared-network"), pools=pools)
        owner = document(AddressPools, network)
        known = {"shared-network": network.account.account_id}
        reader = document(Network, self.pooled(accounts=known), cidrs=CIDRS, ipam_account="shared-network")
        (found,) = reader["data"]["aws_vpc_ipam_pool"].values()
        wanted = {each["name"]: each["values"] for each in found["filter"]}
        pool = at(owner, "prod/eu-west-1/Resource")

        assert wanted["description"] == [pool["description"]]

    @pytest.mark.parametrize(
        "more", [{"ipam_allocation": "ipam-pool-alloc-1"}, {"account": stack_instance().account}]
    )
    def test_a_block_that_no_pool_gives(self, more):
        """IPAM gave it already, or it is of no pool."""
        made = document(Network, self.pooled(**more), cidrs=CIDRS, ipam_account="shared-network")

        assert "data" not in made or "aws_vpc_ipam_pool" not in made["data"]
        assert "ipv4_ipam_pool_id" not in at(made, "Vpc/Resource")

    def test_an_account_that_the_rule_does_not_name_is_refused(self):
        """Its id is not known."""
        given = self.pooled(accounts=KnownAccounts({"management": "111111111111"}))
        with pytest.raises(LandformError, match="does not know the id") as caught:
            document(Network, given, cidrs=CIDRS, ipam_account="shared-network")

        assert caught.value.code is Code.REFERENCE


class TestReplication:
    KEY = "arn:aws:kms:eu-central-1:999999999999:key/0a1b2c3d"

    @pytest.mark.parametrize(
        ("stack_class", "path"),
        [
            (DataLake, "Lake/Replication"),
            (LogArchive, "Archive/Replication"),
            (StateBackendStack, "State/Bucket/Replication"),
        ],
    )
    def test_the_spec_says_where_to(self, stack_class, path):
        """A bucket and its key, which says in which account and region both are."""
        given = {"bucket": "acme-replica", "key": self.KEY}
        (rule,) = at(document(stack_class, replicate_to=given), path)["rule"]
        (destination,) = rule["destination"]

        assert (destination["bucket"], destination["account"]) == (
            "arn:aws:s3:::acme-replica",
            "999999999999",
        )
        assert destination["encryption_configuration"] == [{"replica_kms_key_id": self.KEY}]

    def test_false_is_nowhere(self):
        """As on the replica itself."""
        given = document(DataLake, replicate_to=False)

        assert not paths(given, "aws_s3_bucket_replication_configuration")

    @pytest.mark.parametrize("given", ["acme-replica", True, {"bucket": "acme-replica"}, {}])
    def test_half_of_it_is_refused(self, given):
        """A replica needs a key too."""
        with pytest.raises(LandformError, match="does not say which bucket") as caught:
            document(DataLake, replicate_to=given)

        assert caught.value.code is Code.ARGUMENT_VALUE
        assert caught.value.given == repr(given)
