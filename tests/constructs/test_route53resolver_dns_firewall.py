import pytest
from reading import at, built, paths

from landform.constructs.ec2 import Vpc
from landform.constructs.logs import LogGroup
from landform.constructs.route53resolver import DnsFirewall
from landform.constructs.route53resolver.managed_lists import AGGREGATE_THREAT_LISTS
from landform.errors import Code, LandformError

RULE = "aws_route53_resolver_firewall_rule"
NAME = "acme-payments-prod-data-lake-firewall"
FILE = "test_route53resolver_dns_firewall.py"


def firewall(**arguments):
    return lambda stack: DnsFirewall(stack, "Firewall", **arguments)


def protected(stack):
    """A firewall before a VPC."""
    DnsFirewall(stack, "Firewall").protect(Vpc(stack, "Vpc", cidr="10.20.0.0/20"))


class TestDnsFirewall:
    @pytest.mark.parametrize("region", ["eu-west-1", "us-east-1"])
    def test_threats_do_not_resolve(self, region):
        """AWS's list is another in each region; a name that does not exist is asked for once."""
        rule = at(built(firewall(), region=region), "Firewall/Threats")

        assert rule["firewall_domain_list_id"] == AGGREGATE_THREAT_LISTS[region]
        assert (rule["action"], rule["block_response"]) == ("BLOCK", "NXDOMAIN")

    def test_another_list(self):
        """An organisation may have one of its own, or a region of which landform knows none."""
        rule = at(built(firewall(threats="rslvr-fdl-0a1b2c3d4e5f")), "Firewall/Threats")

        assert rule["firewall_domain_list_id"] == "rslvr-fdl-0a1b2c3d4e5f"

    def test_alone_it_has_one_rule(self):
        """No list is made for domains that nobody names."""
        document = built(firewall())

        assert paths(document, RULE) == ["Firewall/Threats"]
        assert "aws_route53_resolver_firewall_domain_list" not in document["resource"]

    def test_what_is_allowed_comes_first(self):
        """The first rule that matches decides."""
        document = built(firewall(blocked_domains=["a.example"], allowed_domains=["b.example"]))
        order = sorted(paths(document, RULE), key=lambda path: at(document, path)["priority"])

        assert order == ["Firewall/Allowed", "Firewall/Blocked", "Firewall/Threats"]
        assert at(document, "Firewall/Allowed")["action"] == "ALLOW"
        assert "block_response" not in at(document, "Firewall/Allowed")

    def test_domains_are_written_as_aws_keeps_them(self):
        """To the root and in lower case, sorted, each once: any other writing is a change in every plan."""
        document = built(firewall(blocked_domains=["b.example", "*.A.example.", "B.example."]))

        assert at(document, "Firewall/BlockedDomains")["domains"] == ["*.a.example.", "b.example."]

    def test_chains_are_followed(self):
        """A CNAME of a good domain may lead to a bad one."""
        rules = built(firewall(allowed_domains=["b.example"]))["resource"][RULE].values()

        assert {rule["firewall_domain_redirection_action"] for rule in rules} == {
            "INSPECT_REDIRECTION_DOMAIN"
        }

    def test_names_fit(self):
        """AWS takes 64 characters."""
        document = built(
            lambda stack: DnsFirewall(
                stack, "F" * 90, blocked_domains=["a.example"], allowed_domains=["b.example"]
            )
        )

        assert all(len(rule["name"]) <= 64 for rule in document["resource"][RULE].values())

    @pytest.mark.parametrize(
        "domain", ["", "a b", "*a.example", "a..example", "http://a.example", "ä.example", 7]
    )
    def test_a_domain_that_aws_refuses(self, domain):
        """Letters, digits, hyphens; the asterisk stands alone and first."""
        with pytest.raises(LandformError, match="domain of a DNS firewall") as caught:
            built(firewall(blocked_domains=[domain]))

        assert caught.value.given == repr(domain)
        assert caught.value.place.file == FILE

    def test_a_text_in_place_of_a_list(self):
        """Its letters would be domains."""
        with pytest.raises(LandformError, match="are a list") as caught:
            built(firewall(allowed_domains="b.example"))

        assert caught.value.expected == "['b.example']"

    def test_blocked_and_allowed(self):
        """However each is written."""
        with pytest.raises(LandformError, match="to block and to allow") as caught:
            built(firewall(blocked_domains=["A.example"], allowed_domains=["a.example.", "b.example"]))

        assert caught.value.given == "a.example."

    @pytest.mark.parametrize("threats", ["AWSManagedDomainsAggregateThreatList", "", "rslvr-fdl-XYZ"])
    def test_what_is_no_id_of_a_list(self, threats):
        """A rule asks for the id, which the name does not tell."""
        with pytest.raises(LandformError, match="id of a domain list"):
            built(firewall(threats=threats))

    def test_a_region_without_a_list(self):
        """What to ask AWS is said."""
        with pytest.raises(LandformError, match="not known here for this region") as caught:
            built(firewall(), region="af-south-1")

        assert caught.value.code is Code.ARGUMENT_VALUE
        assert caught.value.given == "af-south-1"
        assert "list-firewall-domain-lists" in caught.value.fix


class TestQueries:
    def test_they_are_logged(self):
        """In a group of the firewall's own, which is there first."""
        document = built(firewall())
        config = at(document, "Firewall/QueryLog")

        assert at(document, "Firewall/Queries/Resource")["name"] == f"/aws/vendedlogs/dns/{NAME}"
        assert config["destination_arn"].endswith(f":log-group:/aws/vendedlogs/dns/{NAME}")
        assert any(address.startswith("aws_cloudwatch_log_group.") for address in config["depends_on"])

    def test_in_a_group_that_is_there(self):
        """One for all firewalls, where that is wished."""

        def build(stack):
            DnsFirewall(stack, "Firewall", log_group=LogGroup(stack, "Logs", log_group_name="/dns"))

        document = built(build)

        assert paths(document, "aws_cloudwatch_log_group") == ["Logs/Resource"]
        assert at(document, "Firewall/QueryLog")["destination_arn"].endswith(":log-group:/dns")


class TestProtect:
    def test_a_vpc(self):
        """Rules and log belong to it, and what the firewall does not answer fails."""
        document = built(protected)
        vpc_id = at(document, "Firewall/Vpc/Association")["vpc_id"]

        assert vpc_id.startswith("${aws_vpc.")
        assert at(document, "Firewall/Vpc/QueryLog")["resource_id"] == vpc_id
        assert at(document, "Firewall/Vpc/Config")["resource_id"] == vpc_id
        assert at(document, "Firewall/Vpc/Config")["firewall_fail_open"] == "DISABLED"

    def test_it_fails_closed_before_it_is_there(self):
        """There is no moment in which a firewall that fails lets everything past."""
        depends_on = at(built(protected), "Firewall/Vpc/Association")["depends_on"]

        assert [address.partition(".")[0] for address in depends_on] == [
            "aws_route53_resolver_firewall_config"
        ]

    @pytest.mark.parametrize(("tier", "protection"), [("prod", "ENABLED"), ("sandbox", "DISABLED")])
    def test_it_stays_where_the_tier_says_so(self, tier, protection):
        """AWS refuses to take it off, Terraform's destroy too, until it is told otherwise."""
        document = built(protected, tier=tier)

        assert at(document, "Firewall/Vpc/Association")["mutation_protection"] == protection

    def test_several_vpcs(self):
        """One firewall before each, one from elsewhere too."""

        def build(stack):
            firewall = DnsFirewall(stack, "Firewall")
            firewall.protect(Vpc(stack, "Vpc", cidr="10.20.0.0/20"))
            firewall.protect(Vpc.from_ids(stack, "Shared", "vpc-0a1b2c3d", cidr="10.30.0.0/20"))

        document = built(build)

        assert at(document, "Firewall/Shared/Association")["vpc_id"] == "vpc-0a1b2c3d"
        assert len(paths(document, "aws_route53_resolver_firewall_rule_group")) == 1

    def test_a_vpc_twice(self):
        """It has one setting for what fails."""

        def build(stack):
            vpc = Vpc(stack, "Vpc", cidr="10.20.0.0/20")
            DnsFirewall(stack, "Firewall").protect(vpc)
            DnsFirewall(stack, "Other").protect(vpc)

        with pytest.raises(LandformError, match="DnsFirewall"):
            built(build)
