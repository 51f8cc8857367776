"""Connections: whoever has them is talked to by what it is, on the port that it listens on."""

import pytest
from reading import built, resources

from landform.constructs.ec2 import Connectable, Connections, Peer, SecurityGroup, Vpc
from landform.core import Construct
from landform.errors import Code, LandformError

INGRESS = "aws_vpc_security_group_ingress_rule"
EGRESS = "aws_vpc_security_group_egress_rule"


class Database(Construct):
    """What listens on a port, as a construct of the library does."""

    def __init__(self, scope, id, *, vpc, port=5432):
        super().__init__(scope, id)
        group = SecurityGroup(self, "SecurityGroup", vpc=vpc, description="database")
        self.connections = Connections(group, port=port)


def rules(connect):
    """The rules that ``connect(app, db)`` gives an app without a port and a database: path, ports, protocol."""

    def build(stack):
        vpc = Vpc(stack, "Vpc", cidr="10.20.0.0/20", nat="none")
        app = SecurityGroup(stack, "App", vpc=vpc, description="web servers")
        connect(app, Database(stack, "Db", vpc=vpc))

    return {
        path: (kind, body["from_port"], body["to_port"], body["ip_protocol"])
        for kind, path, body in resources(built(build, tier="dev"))
        if kind in (INGRESS, EGRESS) and not path.startswith("Vpc/")
    }


def refused(connect):
    """The error that a connection gives, which names the user's line."""
    with pytest.raises(LandformError) as caught:
        rules(connect)
    assert caught.value.code is Code.ARGUMENT_VALUE
    assert caught.value.place.file == "test_ec2_connections.py"
    return caught.value


def way(port, protocol="tcp", label=None):
    """Both rules of a connection from the app to the database."""
    label = label or f"Tcp{port}"
    first, last = port if isinstance(port, tuple) else (port, port)
    return {
        f"Db/SecurityGroup/FromApp{label}": (INGRESS, first, last, protocol),
        f"App/ToDb.SecurityGroup{label}": (EGRESS, first, last, protocol),
    }


class TestAllowFrom:
    def test_on_the_port_that_is_listened_on(self):
        """The way out of the peer is opened too."""
        assert rules(lambda app, db: db.connections.allow_from(app)) == way(5432)

    def test_on_another_port(self):
        """Instead."""
        assert rules(lambda app, db: db.connections.allow_from(app, 9187)) == way(9187)

    def test_on_a_range_of_another_protocol(self):
        """As a security group takes them."""

        def connect(app, db):
            db.connections.allow_from(app, (7000, 7010), protocol="udp")

        assert rules(connect) == way((7000, 7010), "udp", "Udp7000-7010")

    def test_from_an_address_block(self):
        """Which has no way out to open."""
        found = rules(lambda app, db: db.connections.allow_from(Peer.cidr("10.0.0.0/8")))

        assert found == {"Db/SecurityGroup/From10-0-0-0-8Tcp5432": (INGRESS, 5432, 5432, "tcp")}

    def test_from_what_has_connections_of_its_own(self):
        """Whatever it listens on itself."""

        def build(stack):
            vpc = Vpc(stack, "Vpc", cidr="10.20.0.0/20", nat="none")
            Database(stack, "Db", vpc=vpc).connections.allow_from(
                Database(stack, "Replica", vpc=vpc, port=5433)
            )

        document = built(build, tier="dev")

        assert [path for kind, path, _ in resources(document) if kind == INGRESS] == [
            "Db/SecurityGroup/FromReplica.SecurityGroupTcp5432"
        ]

    def test_the_description_of_the_rule(self):
        """As it was given."""

        def build(stack):
            vpc = Vpc(stack, "Vpc", cidr="10.20.0.0/20", nat="none")
            Database(stack, "Db", vpc=vpc).connections.allow_from(
                Peer.cidr("10.0.0.0/8"), description="analysts"
            )

        (rule,) = [body for kind, _, body in resources(built(build, tier="dev")) if kind == INGRESS]

        assert rule["description"] == "analysts"

    def test_without_a_port_anywhere_it_is_refused(self):
        """A security group alone listens on none."""
        error = refused(lambda app, db: app.connections.allow_from(db))

        assert error.given == "no port"
        assert error.fix == "Say which: connections.allow_from(peer, 5432)."

    def test_what_is_no_peer_is_refused(self):
        """A text is no address block."""
        assert refused(lambda app, db: db.connections.allow_from("10.0.0.0/8")).given == "'10.0.0.0/8'"

    def test_the_internet_reaches_no_database(self):
        """80 and 443 alone are open to it."""
        assert refused(lambda app, db: db.connections.allow_from(Peer.internet())).given == "tcp 5432"


class TestAllowTo:
    def test_on_the_port_that_the_peer_listens_on(self):
        """The same two rules as from the other side."""
        assert rules(lambda app, db: app.connections.allow_to(db)) == way(5432)

    def test_on_another_port(self):
        """Instead."""
        assert rules(lambda app, db: app.connections.allow_to(db, 9187)) == way(9187)

    def test_to_an_address_block(self):
        """On the port that is given."""
        found = rules(lambda app, db: app.connections.allow_to(Peer.cidr("10.0.0.0/8"), 443))

        assert found == {"App/To10-0-0-0-8Tcp443": (EGRESS, 443, 443, "tcp")}

    def test_to_what_listens_on_no_port_is_refused(self):
        """Even from what listens on one itself."""
        assert refused(lambda app, db: db.connections.allow_to(app)).given == "no port"

    def test_to_an_address_block_without_a_port_is_refused(self):
        """An address listens on nothing that is known."""
        assert refused(lambda app, db: app.connections.allow_to(Peer.cidr("10.0.0.0/8"))).given == "no port"

    def test_both_sides_may_say_it(self):
        """A rule that is there stays as it is."""

        def connect(app, db):
            app.connections.allow_to(db)
            db.connections.allow_from(app)

        assert rules(connect) == way(5432)


class TestConnectable:
    def test_what_has_connections_is_one(self):
        """No base class is asked for."""
        kept = []

        def build(stack):
            vpc = Vpc(stack, "Vpc", cidr="10.20.0.0/20", nat="none")
            kept.extend(
                [
                    Database(stack, "Db", vpc=vpc),
                    SecurityGroup(stack, "App", vpc=vpc, description="web servers"),
                    vpc,
                ]
            )

        built(build, tier="dev")

        assert [isinstance(each, Connectable) for each in kept] == [True, True, False]
