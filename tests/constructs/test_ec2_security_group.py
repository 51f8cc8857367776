"""Security groups: who may talk to whom, written on both sides, and what is never opened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from landform.constructs import AwsStack
from landform.constructs.ec2 import Peer, SecurityGroup, Vpc
from landform.core import Construct
from landform.core.construct import user_place
from landform.errors import Code, LandformError
from landform.testing import stack_instance, synthesise_json

INGRESS = "aws_vpc_security_group_ingress_rule"
EGRESS = "aws_vpc_security_group_egress_rule"
Build = Callable[[SecurityGroup, SecurityGroup], object]


def resources(build: Build) -> dict[str, dict[str, Any]]:
    """The resources of a stack with two groups, App and Db, and the rules that ``build`` gives them."""

    def fill(stack: AwsStack) -> None:
        vpc = Vpc(stack, "Vpc", cidr="10.20.0.0/20", nat="none")
        app = SecurityGroup(stack, "App", vpc=vpc, description="web servers of the ledger")
        build(app, SecurityGroup(stack, "Db", vpc=vpc, description="database of the ledger"))

    return dict(synthesise_json(fill, stack_instance(stack="network", tier="dev"))["resource"])


def rules(kind: str, build: Build) -> list[dict[str, Any]]:
    """The rules in one direction."""
    return list(resources(build).get(kind, {}).values())


def refused(build: Build) -> LandformError:
    """The error that a rule gives."""
    with pytest.raises(LandformError) as caught:
        resources(build)
    assert caught.value.code is Code.ARGUMENT_VALUE
    return caught.value


class TestGroup:
    def test_nothing_in_and_nothing_out(self) -> None:
        """A new group has no rule at all, neither inside nor beside it."""
        found = resources(lambda app, db: None)
        assert not {INGRESS, EGRESS} & found.keys()
        assert not any({"ingress", "egress"} & group.keys() for group in found["aws_security_group"].values())

    def test_name_description_and_revocation(self) -> None:
        """The name is literal, the description is the user's, and rules go before the group does."""
        groups = resources(lambda app, db: None)["aws_security_group"]
        (app,) = (group for name, group in groups.items() if name.startswith("App_"))
        assert app["name"] == app["tags"]["Name"] == "acme-payments-prod-network-app"
        assert app["description"] == "web servers of the ledger"
        assert app["revoke_rules_on_delete"] is True

    @pytest.mark.parametrize(
        "description", ["", "   ", "the ledger's", "Größe", "a" * 256, "two\nlines", None]
    )
    def test_bad_description(self, description: Any) -> None:
        """What AWS would refuse as a description is refused, with what it takes."""

        def fill(stack: AwsStack) -> None:
            vpc = Vpc(stack, "Vpc", cidr="10.20.0.0/20")
            SecurityGroup(stack, "App", vpc=vpc, description=description)

        with pytest.raises(LandformError) as caught:
            synthesise_json(fill)
        assert caught.value.given == repr(description)
        assert (caught.value.expected or "").startswith("1 to 255")


class TestAllowFrom:
    def test_group_is_written_on_both_sides(self) -> None:
        """The database lets the application in, and the application is let out to the database."""
        found = resources(lambda app, db: db.allow_from(app, 5432))
        ((in_name, way_in),) = found[INGRESS].items()
        ((out_name, way_out),) = found[EGRESS].items()
        assert in_name.startswith("Db_FromAppTcp5432_")
        assert out_name.startswith("App_ToDbTcp5432_")
        assert way_in["security_group_id"] == way_out["referenced_security_group_id"]
        assert way_out["security_group_id"] == way_in["referenced_security_group_id"]
        assert "aws_security_group.Db_" in way_in["security_group_id"]

    def test_described(self) -> None:
        """Each side says who and which port."""
        found = resources(lambda app, db: db.allow_from(app, 5432))
        assert [rule["description"] for rule in found[INGRESS].values()] == ["from App on tcp 5432"]
        assert [rule["description"] for rule in found[EGRESS].values()] == ["to Db on tcp 5432"]

    def test_own_description(self) -> None:
        """A description that is given stands on both sides."""
        found = resources(lambda app, db: db.allow_from(app, 5432, description="ledger queries"))
        both = [*found[INGRESS].values(), *found[EGRESS].values()]
        assert [rule["description"] for rule in both] == ["ledger queries"] * 2

    def test_bad_description_of_a_rule(self) -> None:
        """A rule's description is held to what AWS takes."""
        assert refused(lambda app, db: db.allow_from(app, 5432, description="naïve")).given == "'naïve'"

    def test_no_other_side_for_a_block(self) -> None:
        """An address block has no group to let out of."""
        found = resources(lambda app, db: db.allow_from(Peer.cidr("10.0.0.0/8"), 5432))
        ((name, rule),) = found[INGRESS].items()
        assert name.startswith("Db_From10-0-0-0-8Tcp5432_")
        assert rule["cidr_ipv4"] == "10.0.0.0/8"
        assert EGRESS not in found

    def test_ipv6_block(self) -> None:
        """An IPv6 block is written as one."""
        (rule,) = rules(INGRESS, lambda app, db: db.allow_from(Peer.cidr("fd00:1::/32"), 5432))
        assert rule["cidr_ipv6"] == "fd00:1::/32"

    def test_prefix_list(self) -> None:
        """A prefix list is named by its id."""
        (rule,) = rules(INGRESS, lambda app, db: db.allow_from(Peer.prefix_list("pl-6da54004"), 443))
        assert rule["prefix_list_id"] == "pl-6da54004"

    def test_range_and_protocol(self) -> None:
        """A range stands in the id with both ends, and so does the protocol."""
        found = resources(lambda app, db: db.allow_from(app, (8000, 8100), protocol="udp"))
        ((name, rule),) = found[INGRESS].items()
        assert name.startswith("Db_FromAppUdp8000-8100_")
        assert (rule["ip_protocol"], rule["from_port"], rule["to_port"]) == ("udp", 8000, 8100)

    def test_from_itself(self) -> None:
        """Members of one group can be let talk to each other."""
        found = resources(lambda app, db: app.allow_from(app, 7946))
        assert len(found[INGRESS]) == len(found[EGRESS]) == 1

    def test_said_twice(self) -> None:
        """A rule that two people ask for, from either side, is written once."""

        def build(app: SecurityGroup, db: SecurityGroup) -> None:
            db.allow_from(app, 5432)
            db.allow_from(app, 5432, description="again")
            app.allow_to(db, 5432)

        found = resources(build)
        assert [rule["description"] for rule in found[INGRESS].values()] == ["from App on tcp 5432"]
        assert len(found[EGRESS]) == 1

    def test_groups_of_one_id_in_two_places(self) -> None:
        """Two groups of one id stay two rules, told apart by where they stand."""

        def build(app: SecurityGroup, db: SecurityGroup) -> None:
            stack = AwsStack.of(db)
            vpc = next(child for child in stack.node.children if isinstance(child, Vpc))
            other = SecurityGroup(Construct(stack, "Batch"), "App", vpc=vpc, description="batch jobs")
            db.allow_from(app, 5432)
            db.allow_from(other, 5432)

        assert len(rules(INGRESS, build)) == 2

    def test_rules_of_one_id_are_not_taken_for_one(self) -> None:
        """A group called Internet is not the internet: the second is refused, never silently left out."""

        def build(app: SecurityGroup, db: SecurityGroup) -> None:
            stack = AwsStack.of(db)
            vpc = next(child for child in stack.node.children if isinstance(child, Vpc))
            internet = SecurityGroup(stack, "Internet", vpc=vpc, description="load balancers")
            app.allow_from(internet, 443)
            app.allow_from(Peer.internet(), 443)

        with pytest.raises(LandformError) as caught:
            resources(build)
        assert caught.value.code is Code.DUPLICATE_ID


class TestAllowTo:
    def test_group_is_written_on_both_sides(self) -> None:
        """Letting out to a group is the same as that group letting in."""
        there = resources(lambda app, db: app.allow_to(db, 5432))
        here = resources(lambda app, db: db.allow_from(app, 5432))
        assert there[INGRESS].keys() == here[INGRESS].keys()
        assert there[EGRESS].keys() == here[EGRESS].keys()

    def test_block(self) -> None:
        """Out to an address block is one rule."""
        (rule,) = rules(EGRESS, lambda app, db: app.allow_to(Peer.cidr("10.0.0.0/8"), (0, 65535)))
        assert (rule["cidr_ipv4"], rule["from_port"], rule["to_port"]) == ("10.0.0.0/8", 0, 65535)

    def test_internet_one_port(self) -> None:
        """The internet can be reached on a port that is named."""
        (rule,) = rules(EGRESS, lambda app, db: app.allow_to(Peer.internet(), 587))
        assert (rule["cidr_ipv4"], rule["from_port"], rule["to_port"]) == ("0.0.0.0/0", 587, 587)

    def test_internet_many_ports(self) -> None:
        """A range of ports to the internet is refused: it is how all-egress comes back."""
        error = refused(lambda app, db: app.allow_to(Peer.internet(), (1, 65535)))
        assert error.given == "tcp 1-65535"
        assert error.expected == "one port at a time"

    def test_gateway_endpoint(self) -> None:
        """S3 is reached by the prefix list of the VPC's endpoint."""

        def fill(stack: AwsStack) -> None:
            vpc = Vpc(stack, "Vpc", cidr="10.20.0.0/20")
            SecurityGroup(stack, "App", vpc=vpc, description="app").allow_to(vpc.s3, 443)

        ((name, rule),) = synthesise_json(fill)["resource"][EGRESS].items()
        assert name.startswith("App_ToS3EndpointTcp443_")
        assert rule["prefix_list_id"].startswith("${aws_vpc_endpoint.Vpc_S3Endpoint_")

    def test_interface_endpoints(self) -> None:
        """The security group of the interface endpoints is a peer as any other."""

        def fill(stack: AwsStack) -> None:
            vpc = Vpc(stack, "Vpc", cidr="10.20.0.0/20", interface_endpoints=["ssm"])
            assert vpc.endpoint_security_group is not None
            app = SecurityGroup(stack, "App", vpc=vpc, description="app")
            app.allow_to(vpc.endpoint_security_group, 443)

        assert len(synthesise_json(fill)["resource"][EGRESS]) == 1


class TestInternet:
    @pytest.mark.parametrize("port", [80, 443])
    def test_web(self, port: int) -> None:
        """The web's ports can be opened to the internet, by its name."""
        (rule,) = rules(INGRESS, lambda app, db: app.allow_from(Peer.internet(), port))
        assert (rule["cidr_ipv4"], rule["from_port"], rule["to_port"]) == ("0.0.0.0/0", port, port)

    @pytest.mark.parametrize("port", [22, 3389, 8080, (80, 443), (0, 65535), (22, 22)])
    def test_anything_else(self, port: Any) -> None:
        """No other port, and no range, is opened to the internet."""
        error = refused(lambda app, db: app.allow_from(Peer.internet(), port))
        assert error.expected == "tcp on 80 or 443"
        assert "Peer.cidr" in (error.fix or "")

    def test_udp(self) -> None:
        """The web's ports are open by TCP alone."""
        error = refused(lambda app, db: app.allow_from(Peer.internet(), 443, protocol="udp"))
        assert error.given == "udp 443"


class TestPorts:
    @pytest.mark.parametrize(
        "port", [-1, 65536, (443, 80), (0, 65536), (1, 2, 3), (1,), "443", 443.0, True, None, [80, 443]]
    )
    def test_refused(self, port: Any) -> None:
        """What is no port and no range is refused, as it was given."""
        error = refused(lambda app, db: db.allow_from(app, port))
        assert error.given == repr(port)
        assert "0 to 65535" in (error.expected or "")

    @pytest.mark.parametrize("protocol", ["TCP", "icmp", "-1", ""])
    def test_protocol(self, protocol: Any) -> None:
        """tcp and udp are the protocols there are."""
        error = refused(lambda app, db: db.allow_from(app, 5432, protocol=protocol))
        assert error.expected == "tcp or udp"

    def test_place(self) -> None:
        """The error says which group it is about, and where its rule was asked for."""
        line = user_place().line
        place = refused(lambda app, db: db.allow_from(app, -1)).place
        assert place is not None
        assert place.construct_path == "payments-prod.network/Db"
        assert place.line == (line or 0) + 1


class TestPeer:
    @pytest.mark.parametrize("cidr", ["0.0.0.0/0", "::/0", "0.0.0.0/1", "128.0.0.0/1", "2000::/3"])
    def test_too_wide(self, cidr: str) -> None:
        """The internet is not to be had as an address block, nor in halves."""
        with pytest.raises(LandformError) as caught:
            Peer.cidr(cidr)
        assert caught.value.given == repr(cidr)
        assert "Peer.internet()" in (caught.value.fix or "")

    @pytest.mark.parametrize(
        ("cidr", "network"), [("10.1.2.3/8", "10.0.0.0/8"), ("fd00:0::/32", "fd00::/32")]
    )
    def test_not_as_aws_keeps_it(self, cidr: str, network: str) -> None:
        """A block with bits behind its prefix is refused, with the network."""
        with pytest.raises(LandformError) as caught:
            Peer.cidr(cidr)
        assert caught.value.expected == network

    @pytest.mark.parametrize("cidr", ["10.0.0.1", "10.0.0.0/40", "office", "", None, 10])
    def test_no_block(self, cidr: Any) -> None:
        """What is no block is refused."""
        with pytest.raises(LandformError) as caught:
            Peer.cidr(cidr)
        assert caught.value.given == repr(cidr)

    @pytest.mark.parametrize("id", ["pl-", "sg-0123456789", "6da54004", None])
    def test_no_prefix_list(self, id: Any) -> None:
        """What is no id of a prefix list is refused."""
        with pytest.raises(LandformError) as caught:
            Peer.prefix_list(id)
        assert caught.value.expected == "an id such as pl-6da54004"

    @pytest.mark.parametrize("peer", ["10.0.0.0/8", None, "sg-12345678"])
    def test_no_peer(self, peer: Any) -> None:
        """A text is no peer: it does not say what it is."""
        assert "or a Peer" in (refused(lambda app, db: db.allow_from(peer, 5432)).expected or "")
        assert "or a Peer" in (refused(lambda app, db: db.allow_to(peer, 5432)).expected or "")
