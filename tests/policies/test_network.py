"""Paths from the internet, link by link: what opens one, what closes it, and what cannot be told."""

from __future__ import annotations

from typing import Any

import pytest

from landform.policies.engine import judged
from landform.policies.network.ports import EVERY, Ports, both, is_internet, joined, ports_of, without
from landform.policies.network.reach import reach_of
from landform.policies.result import Crash, Result
from landform.policies.rules import OWN
from landform.policies.view import StackView

INTERNET = "0.0.0.0/0"
SSH = {"protocol": "tcp", "from_port": 22, "to_port": 22}


def network(**changes: Any) -> dict[str, Any]:
    """A machine that the internet reaches on SSH, by links of which tests change some; None takes a type out."""
    links: dict[str, Any] = {
        "aws_vpc": {"v": {"cidr_block": "10.0.0.0/16"}},
        "aws_internet_gateway": {"g": {"vpc_id": "${aws_vpc.v.id}"}},
        "aws_route_table": {
            "t": {
                "vpc_id": "${aws_vpc.v.id}",
                "route": {"cidr_block": INTERNET, "gateway_id": "${aws_internet_gateway.g.id}"},
            }
        },
        "aws_route_table_association": {
            "a": {"subnet_id": "${aws_subnet.s.id}", "route_table_id": "${aws_route_table.t.id}"}
        },
        "aws_subnet": {"s": {"vpc_id": "${aws_vpc.v.id}", "map_public_ip_on_launch": True}},
        "aws_security_group": {"web": {"ingress": [{**SSH, "cidr_blocks": [INTERNET]}]}},
        "aws_instance": {
            "i": {
                "subnet_id": "${aws_subnet.s.id}",
                "vpc_security_group_ids": ["${aws_security_group.web.id}"],
            }
        },
    }
    return {name: named for name, named in {**links, **changes}.items() if named is not None}


def outcome(rule: str, resources: dict[str, Any], address: str = "aws_instance.i") -> str:
    """What a rule says of one resource."""
    said = judged(StackView("a.s", {"resource": resources}), (OWN[rule],))
    return {each.address: each.outcome for each in said if isinstance(each, Result)}[address]


def ssh(**changes: Any) -> str:
    """Whether the machine is reached on SSH: ``failed`` where it is."""
    return outcome("LF_ADMIN_PORT_REACHED", network(**changes))


class TestIsInternet:
    """``is_internet``."""

    @pytest.mark.parametrize(
        ("block", "expected"),
        [
            ("0.0.0.0/0", True),
            ("::/0", True),
            ("128.0.0.0/1", True),
            ("10.0.0.0/8", False),
            ("198.51.100.7/32", False),
            ("fd00::/8", False),
            ("${chomp(data.http.mine.body)}/32", False),
            ("${var.office}", None),
            ("${var.office}/0", None),
            ("office", None),
        ],
    )
    def test_by_its_width(self, block: str, expected: bool | None) -> None:
        """However it is cut; private blocks are not, and what Terraform alone knows cannot be told."""
        assert is_internet(block) is expected


class TestPorts:
    """Sets of ports."""

    @pytest.mark.parametrize(
        ("protocol", "first", "last", "expected"),
        [
            ("tcp", "22", 22, (Ports("tcp", 22, 22),)),
            ("6", 0, 65535, (Ports("tcp", 0, 65535),)),
            (-1, 0, 0, EVERY),
            ("icmp", -1, -1, ()),
            ("tcp", "${var.port}", 22, None),
            ("${var.protocol}", 22, 22, None),
        ],
    )
    def test_as_arguments_say_them(
        self, protocol: object, first: object, last: object, expected: tuple[Ports, ...] | None
    ) -> None:
        """Protocols by name or number; all protocols have all ports."""
        assert ports_of(protocol, first, last) == expected

    def test_both_and_without(self) -> None:
        """Of two ranges, and of two protocols."""
        wide, narrow = (Ports("tcp", 20, 30), Ports("udp", 1, 9)), (Ports("tcp", 22, 22),)

        assert both(wide, narrow) == narrow
        assert without(wide, narrow) == (Ports("tcp", 20, 21), Ports("tcp", 23, 30), Ports("udp", 1, 9))

    def test_joined(self) -> None:
        """Ranges that touch are one."""
        assert joined([Ports("tcp", 5, 9), Ports("tcp", 1, 4)]) == (Ports("tcp", 1, 9),)


class TestRoutes:
    """Which route table a subnet has, and whether it leads to the internet."""

    def test_the_message_names_the_path(self) -> None:
        """From the gateway to the group, and the ports."""
        view = StackView("a.s", {"resource": network()})
        (said,) = judged(view, (OWN["LF_ADMIN_PORT_REACHED"],))

        assert isinstance(said, Result)
        assert said.message == (
            "aws_instance.i is reached from the internet on tcp 22, by aws_internet_gateway.g, aws_route_table.t, "
            "aws_subnet.s, aws_security_group.web."
        )

    @pytest.mark.parametrize(
        "destination", [{"cidr_block": "203.0.113.0/24"}, {"ipv6_cidr_block": "::/0"}, {"cidr_block": ""}]
    )
    def test_a_route_to_elsewhere_is_none(self, destination: dict[str, Any]) -> None:
        """One of another family neither: the machine has an address of version 4 alone."""
        route = {**destination, "gateway_id": "${aws_internet_gateway.g.id}"}

        assert ssh(aws_route_table={"t": {"route": [route]}}) == "passed"

    @pytest.mark.parametrize("argument", ["nat_gateway_id", "transit_gateway_id", "egress_only_gateway_id"])
    def test_other_gateways_let_nobody_in(self, argument: str) -> None:
        """They are ways out."""
        route = {"cidr_block": INTERNET, argument: "${aws_nat_gateway.n.id}"}

        assert ssh(aws_route_table={"t": {"route": [route]}}) == "passed"

    @pytest.mark.parametrize(
        ("gateway", "expected"),
        [
            ("igw-0a1b2c3d", "failed"),
            ("vgw-0a1b2c3d", "passed"),
            ("local", "passed"),
            ("${var.gateway}", "unknown"),
        ],
    )
    def test_a_gateway_by_its_id(self, gateway: str, expected: str) -> None:
        """Ids say what they are of."""
        table = {"t": {"route": [{"cidr_block": INTERNET, "gateway_id": gateway}]}}

        assert ssh(aws_route_table=table) == expected

    @pytest.mark.parametrize(
        "main",
        [
            {
                "aws_default_route_table": {
                    "d": {
                        "default_route_table_id": "${aws_vpc.v.default_route_table_id}",
                        "route": [{"cidr_block": INTERNET, "gateway_id": "${aws_internet_gateway.g.id}"}],
                    }
                }
            },
            {
                "aws_main_route_table_association": {
                    "m": {"vpc_id": "${aws_vpc.v.id}", "route_table_id": "${aws_route_table.t.id}"}
                }
            },
            {
                "aws_route": {
                    "r": {
                        "route_table_id": "${aws_vpc.v.main_route_table_id}",
                        "destination_cidr_block": INTERNET,
                        "gateway_id": "${aws_internet_gateway.g.id}",
                    }
                }
            },
        ],
    )
    def test_a_subnet_without_a_table_has_the_main_one(self, main: dict[str, Any]) -> None:
        """However the stack says which that is, and what is in it."""
        assert ssh(aws_route_table_association=None, **main) == "failed"

    def test_a_main_table_leads_nowhere_by_itself(self) -> None:
        """A VPC is made with a table of its own addresses."""
        assert ssh(aws_route_table_association=None) == "passed"

    def test_a_subnet_of_another_stacks_vpc_is_unknown(self) -> None:
        """Its main table may lead anywhere."""
        subnet = {"s": {"vpc_id": "vpc-0a1b2c3d", "map_public_ip_on_launch": True}}

        assert ssh(aws_route_table_association=None, aws_subnet=subnet) == "unknown"

    @pytest.mark.parametrize(
        "association",
        [
            {
                "subnet_id": "${element(aws_subnet.s[*].id, count.index)}",
                "route_table_id": "${aws_route_table.t[0].id}",
            },
            {
                "for_each": "${toset(aws_subnet.s[*].id)}",
                "subnet_id": "${each.value}",
                "route_table_id": "${element(aws_route_table.t[*].id, 0)}",
            },
        ],
    )
    def test_counted_resources_are_found(self, association: dict[str, Any]) -> None:
        """As modules write them."""
        assert ssh(aws_route_table_association={"a": association}) == "failed"

    @pytest.mark.parametrize(
        ("attached", "expected"),
        [
            ({"aws_internet_gateway": {"g": {"vpc_id": "${aws_vpc.v.id}"}}}, "failed"),
            ({"aws_internet_gateway": {"g": {"tags": {"Name": "spare"}}}}, "passed"),
            (
                {
                    "aws_internet_gateway": {"g": {}},
                    "aws_internet_gateway_attachment": {
                        "a": {
                            "internet_gateway_id": "${aws_internet_gateway.g.id}",
                            "vpc_id": "${aws_vpc.v.id}",
                        }
                    },
                },
                "failed",
            ),
        ],
    )
    def test_a_gateway_is_a_vpcs(self, attached: dict[str, Any], expected: str) -> None:
        """Of its own, or by an attachment beside it; one without a VPC lets nobody in."""
        assert ssh(**attached) == expected

    @pytest.mark.parametrize(
        ("count", "expected"), [(0, "passed"), ("0", "passed"), (1, "failed"), (None, "failed")]
    )
    def test_a_route_of_which_there_is_none(self, count: object, expected: str) -> None:
        """A count of nought makes no route."""
        route = {
            "route_table_id": "${aws_route_table.t.id}",
            "destination_cidr_block": INTERNET,
            "gateway_id": "${aws_internet_gateway.g.id}",
            "count": count,
        }

        assert ssh(aws_route_table={"t": {"vpc_id": "${aws_vpc.v.id}"}}, aws_route={"out": route}) == expected


class TestAddresses:
    """Whether a resource has a public address."""

    @pytest.mark.parametrize(
        ("given", "expected"),
        [(False, "passed"), ("true", "failed"), ("${null}", "failed"), ("${var.public}", "unknown")],
    )
    def test_the_machine_says_it_before_its_subnet(self, given: object, expected: str) -> None:
        """Where it says nothing, the subnet decides."""
        machine = {**network()["aws_instance"]["i"], "associate_public_ip_address": given}

        assert ssh(aws_instance={"i": machine}) == expected

    @pytest.mark.parametrize(
        "elastic",
        [
            {"aws_eip": {"e": {"instance": "${aws_instance.i.id}"}}},
            {
                "aws_eip_association": {
                    "e": {"instance_id": "${aws_instance.i.id}", "allocation_id": "eipalloc-1"}
                }
            },
            {"aws_eip": {"e": {"network_interface": "${aws_instance.i.primary_network_interface_id}"}}},
        ],
    )
    def test_an_elastic_address_is_one(self, elastic: dict[str, Any]) -> None:
        """Whatever machine and subnet say."""
        subnet = {"s": {"vpc_id": "${aws_vpc.v.id}"}}

        assert ssh(aws_subnet=subnet) == "passed"
        assert ssh(aws_subnet=subnet, **elastic) == "failed"

    def test_version_6_is_always_public(self) -> None:
        """By a route and a group for it alone."""
        route = {"ipv6_cidr_block": "::/0", "gateway_id": "${aws_internet_gateway.g.id}"}
        subnet = {"vpc_id": "${aws_vpc.v.id}", "assign_ipv6_address_on_creation": True}
        six = {
            "aws_route_table": {"t": {"route": [route]}},
            "aws_security_group": {"web": {"ingress": [{**SSH, "ipv6_cidr_blocks": ["::/0"]}]}},
        }

        assert ssh(**six) == "passed"
        assert ssh(**six, aws_subnet={"s": subnet}) == "failed"

    def test_interfaces_have_the_subnet_and_the_groups(self) -> None:
        """Where the machine names one."""
        interface = {"subnet_id": "${aws_subnet.s.id}", "security_groups": ["${aws_security_group.web.id}"]}
        resources = network(
            aws_network_interface={"n": interface},
            aws_instance={
                "i": {"network_interface": {"network_interface_id": "${aws_network_interface.n.id}"}}
            },
            aws_eip={"e": {"network_interface": "${aws_network_interface.n.id}"}},
        )

        assert outcome("LF_ADMIN_PORT_REACHED", resources) == "failed"


class TestTemplates:
    """Machines that a group of them starts, from a launch template."""

    def machines(self, template: dict[str, Any], **group: Any) -> str:
        """Whether the machines of a group are reached on SSH."""
        resources = network(
            aws_instance=None,
            aws_launch_template={"t": template},
            aws_autoscaling_group={
                "g": {
                    "vpc_zone_identifier": ["${aws_subnet.s.id}"],
                    "launch_template": {"id": "${aws_launch_template.t.id}"},
                    **group,
                }
            },
        )
        return outcome("LF_ADMIN_PORT_REACHED", resources, "aws_autoscaling_group.g")

    @pytest.mark.parametrize(
        ("template", "expected"),
        [
            ({"vpc_security_group_ids": ["${aws_security_group.web.id}"]}, "failed"),
            ({"network_interfaces": [{"security_groups": ["${aws_security_group.web.id}"]}]}, "failed"),
            (
                {
                    "network_interfaces": [
                        {
                            "associate_public_ip_address": "false",
                            "security_groups": ["${aws_security_group.web.id}"],
                        }
                    ]
                },
                "passed",
            ),
            ({}, "passed"),
        ],
    )
    def test_the_template_says_the_rest(self, template: dict[str, Any], expected: str) -> None:
        """Their security groups, and whether they have a public address whatever the subnet says."""
        assert self.machines(template) == expected

    def test_a_mixed_group(self) -> None:
        """It names its template further down."""
        specification = {"launch_template_id": "${aws_launch_template.t.id}"}
        mixed = {"launch_template": {"launch_template_specification": specification}}
        template = {"vpc_security_group_ids": ["${aws_security_group.web.id}"]}

        assert self.machines(template, launch_template=None, mixed_instances_policy=[mixed]) == "failed"

    def test_a_template_of_another_stack(self) -> None:
        """Whom it lets in cannot be seen, and its subnet gives it a public address: that is no pass."""
        assert self.machines({}, launch_template={"id": "${var.template}"}) == "unknown"


class TestGroups:
    """What a security group lets in."""

    @pytest.mark.parametrize(
        ("rules", "expected"),
        [
            (
                {"aws_security_group_rule": {"r": {**SSH, "type": "ingress", "cidr_blocks": [INTERNET]}}},
                "failed",
            ),
            (
                {"aws_security_group_rule": {"r": {**SSH, "type": "egress", "cidr_blocks": [INTERNET]}}},
                "passed",
            ),
            (
                {
                    "aws_vpc_security_group_ingress_rule": {
                        "r": {"ip_protocol": "tcp", "from_port": 20, "to_port": 30, "cidr_ipv4": INTERNET}
                    }
                },
                "failed",
            ),
            (
                {
                    "aws_vpc_security_group_ingress_rule": {
                        "r": {"ip_protocol": "icmp", "cidr_ipv4": INTERNET}
                    }
                },
                "passed",
            ),
            (
                {
                    "aws_ec2_managed_prefix_list": {"p": {"entry": [{"cidr": INTERNET}]}},
                    "aws_security_group_rule": {
                        "r": {**SSH, "prefix_list_ids": ["${aws_ec2_managed_prefix_list.p.id}"]}
                    },
                },
                "failed",
            ),
            (
                {
                    "aws_ec2_managed_prefix_list": {"p": {"name": "p"}},
                    "aws_ec2_managed_prefix_list_entry": {
                        "e": {"cidr": INTERNET, "prefix_list_id": "${aws_ec2_managed_prefix_list.p.id}"}
                    },
                    "aws_security_group_rule": {
                        "r": {**SSH, "prefix_list_ids": ["${aws_ec2_managed_prefix_list.p.id}"]}
                    },
                },
                "failed",
            ),
            (
                {
                    "aws_security_group_rule": {
                        "r": {**SSH, "prefix_list_ids": ["${data.aws_ec2_managed_prefix_list.cloudfront.id}"]}
                    }
                },
                "passed",
            ),
            ({"aws_security_group_rule": {"r": {**SSH, "prefix_list_ids": ["pl-0a1b2c3d"]}}}, "unknown"),
            (
                {"aws_security_group_rule": {"r": {**SSH, "cidr_blocks": ["${aws_vpc.v.cidr_block}"]}}},
                "passed",
            ),
            ({"aws_security_group_rule": {"r": {**SSH, "cidr_blocks": "${var.office}"}}}, "unknown"),
            (
                {
                    "aws_security_group_rule": {
                        "r": {**SSH, "source_security_group_id": "${aws_security_group.web.id}"}
                    }
                },
                "passed",
            ),
        ],
    )
    def test_rules_that_stand_beside_it(self, rules: dict[str, Any], expected: str) -> None:
        """Of each form, for blocks, lists and groups."""
        for named in rules.values():
            for rule in named.values():
                if {"protocol", "ip_protocol"} & rule.keys():
                    rule["security_group_id"] = "${aws_security_group.web.id}"

        assert ssh(aws_security_group={"web": {"name": "web"}}, **rules) == expected

    def test_a_dynamic_ingress_is_unknown(self) -> None:
        """Only Terraform knows what it makes."""
        assert (
            ssh(aws_security_group={"web": {"dynamic": {"ingress": {"for_each": "${var.open}"}}}})
            == "unknown"
        )

    def test_without_a_group_it_is_the_default_one(self) -> None:
        """Which lets in its own members, unless the stack says otherwise."""
        machine = {"i": {"subnet_id": "${aws_subnet.s.id}"}}
        default = {"d": {"ingress": [{**SSH, "cidr_blocks": [INTERNET]}]}}

        assert ssh(aws_instance=machine) == "passed"
        assert ssh(aws_instance=machine, aws_default_security_group=default) == "failed"


class TestNetworkAcls:
    """What a network ACL lets in."""

    @pytest.mark.parametrize(
        ("entries", "expected"),
        [
            ([(100, "allow", 0, 65535, INTERNET)], "failed"),
            ([(100, "allow", 443, 443, INTERNET)], "passed"),
            ([(90, "deny", 22, 22, INTERNET), (100, "allow", 0, 65535, INTERNET)], "passed"),
            ([(110, "deny", 22, 22, INTERNET), (100, "allow", 0, 65535, INTERNET)], "failed"),
            ([(90, "deny", 22, 22, "203.0.113.0/24"), (100, "allow", 0, 65535, INTERNET)], "failed"),
            ([(100, "allow", "${var.first}", 65535, INTERNET)], "unknown"),
            ([], "passed"),
        ],
    )
    def test_the_first_entry_that_matches_decides(self, entries: list[Any], expected: str) -> None:
        """A deny of some addresses leaves the rest of the internet."""
        keys = ("rule_no", "action", "from_port", "to_port", "cidr_block")
        ingress = [{**dict(zip(keys, entry, strict=True)), "protocol": "tcp"} for entry in entries]

        assert (
            ssh(aws_network_acl={"n": {"subnet_ids": ["${aws_subnet.s.id}"], "ingress": ingress}}) == expected
        )

    def test_rules_that_stand_beside_it(self) -> None:
        """Those of the way out do not matter."""
        rule = {
            "network_acl_id": "${aws_network_acl.n.id}",
            "rule_number": 100,
            "rule_action": "allow",
            **SSH,
            "cidr_block": INTERNET,
        }
        acl = {
            "aws_network_acl": {"n": {"vpc_id": "${aws_vpc.v.id}"}},
            "aws_network_acl_association": {
                "a": {"network_acl_id": "${aws_network_acl.n.id}", "subnet_id": "${aws_subnet.s.id}"}
            },
        }

        assert ssh(**acl, aws_network_acl_rule={"r": rule}) == "failed"
        assert ssh(**acl, aws_network_acl_rule={"r": {**rule, "egress": True}}) == "passed"

    def test_the_default_one_of_the_vpc(self) -> None:
        """Where the stack closes it."""
        acl = {"d": {"default_network_acl_id": "${aws_vpc.v.default_network_acl_id}"}}

        assert ssh(aws_default_network_acl=acl) == "passed"


class TestOutsideOfTheStack:
    """Links that stand in another stack."""

    def test_an_open_group_in_a_subnet_of_another_stack(self) -> None:
        """It would be reached where the subnet is public: that is no pass."""
        machine = {**network()["aws_instance"]["i"], "subnet_id": "${data.aws_subnet.s.id}"}

        assert ssh(aws_instance={"i": machine}) == "unknown"

    def test_a_machine_that_says_no_address_is_not_reached(self) -> None:
        """Wherever its subnet is."""
        machine = {"subnet_id": "${var.subnet}", "associate_public_ip_address": False}
        machine |= {"vpc_security_group_ids": ["${aws_security_group.web.id}"]}

        assert ssh(aws_instance={"i": machine}) == "passed"

    def test_a_group_of_another_stack_on_a_public_machine(self) -> None:
        """It may let the internet in."""
        machine = {"i": {"subnet_id": "${aws_subnet.s.id}", "vpc_security_group_ids": ["sg-0a1b2c3d"]}}

        assert ssh(aws_instance=machine) == "unknown"

    def test_where_nothing_in_the_stack_is_open_nothing_is_said(self) -> None:
        """The modules of a machine alone are no alarm."""
        machine = {"i": {"subnet_id": "${var.subnet_id}", "vpc_security_group_ids": "${var.groups}"}}

        assert ssh(aws_instance=machine, aws_security_group=None) == "passed"

    def test_the_reason_names_no_value(self) -> None:
        """It says which link is missing."""
        machine = {**network()["aws_instance"]["i"], "subnet_id": "${data.aws_subnet.s.id}"}
        view = StackView("a.s", {"resource": network(aws_instance={"i": machine})})
        crash, _ = judged(view, (OWN["LF_ADMIN_PORT_REACHED"],))

        assert isinstance(crash, Crash)
        assert crash.error == (
            "whether its subnet has a route to an internet gateway cannot be seen, and its security group lets the "
            "internet in"
        )


class TestStores:
    """Data stores, by the arguments of each type."""

    @pytest.mark.parametrize(
        ("kind", "body", "beside"),
        [
            ("aws_redshift_cluster", {"cluster_subnet_group_name": "g"}, {"aws_redshift_subnet_group": "g"}),
            ("aws_redshiftserverless_workgroup", {"publicly_accessible": True, "subnet_ids": ["S"]}, {}),
            ("aws_mq_broker", {"publicly_accessible": True, "subnet_ids": ["S"]}, {}),
            (
                "aws_msk_cluster",
                {
                    "broker_node_group_info": {
                        "client_subnets": ["S"],
                        "security_groups": ["${aws_security_group.web.id}"],
                        "connectivity_info": {"public_access": {"type": "SERVICE_PROVIDED_EIPS"}},
                    }
                },
                {},
            ),
            (
                "aws_dms_replication_instance",
                {
                    "publicly_accessible": True,
                    "replication_subnet_group_id": "${aws_dms_replication_subnet_group.g.id}",
                },
                {"aws_dms_replication_subnet_group": "g"},
            ),
        ],
    )
    def test_each_is_reached(self, kind: str, body: dict[str, Any], beside: dict[str, str]) -> None:
        """A Redshift cluster has a public address unless it says otherwise."""
        subnet = "${aws_subnet.s.id}"
        security = {
            "aws_mq_broker": "security_groups",
            "aws_redshiftserverless_workgroup": "security_group_ids",
        }
        body = {**body, security.get(kind, "vpc_security_group_ids"): ["${aws_security_group.web.id}"]}
        if "subnet_ids" in body:
            body["subnet_ids"] = [subnet]
        if kind == "aws_msk_cluster":
            body["broker_node_group_info"] = {**body["broker_node_group_info"], "client_subnets": [subnet]}
        groups = {name: {label: {"name": label, "subnet_ids": [subnet]}} for name, label in beside.items()}

        assert outcome("LF_STORE_REACHED", network(**{kind: {"x": body}}, **groups), f"{kind}.x") == "failed"

    def test_a_private_store_is_not(self) -> None:
        """However open its group is: there is no address to reach."""
        body = {"vpc_security_group_ids": ["${aws_security_group.web.id}"], "publicly_accessible": False}

        assert (
            outcome("LF_STORE_REACHED", network(aws_db_instance={"x": body}), "aws_db_instance.x") == "passed"
        )

    def test_in_the_default_vpc(self) -> None:
        """A database that names no subnets is in subnets with a way to the internet."""
        body = {"vpc_security_group_ids": ["${aws_security_group.web.id}"], "publicly_accessible": True}
        view = StackView("a.s", {"resource": network(aws_db_instance={"x": body})})

        (path,) = reach_of(view.by_address["aws_db_instance.x"]).paths

        assert path.via == ("the default VPC", "aws_security_group.web")


class TestStoreBehindDoor:
    """``LF_STORE_BEHIND_DOOR``."""

    def test_the_message_names_the_whole_path(self) -> None:
        """Of the store's group, of the door, and to the door."""
        resources = network(
            aws_security_group={
                **network()["aws_security_group"],
                "db": {
                    "ingress": [
                        {
                            **SSH,
                            "from_port": 5432,
                            "to_port": 5432,
                            "security_groups": ["${aws_security_group.web.id}"],
                        }
                    ]
                },
            },
            aws_db_instance={"d": {"vpc_security_group_ids": ["${aws_security_group.db.id}"]}},
        )
        (said,) = judged(StackView("a.s", {"resource": resources}), (OWN["LF_STORE_BEHIND_DOOR"],))

        assert isinstance(said, Result)
        assert said.message == (
            "aws_db_instance.d is one step from the internet: aws_security_group.db lets in aws_security_group.web on "
            "tcp 5432, and aws_instance.i in it is reached from the internet on tcp 22, by aws_internet_gateway.g, "
            "aws_route_table.t, aws_subnet.s, aws_security_group.web."
        )

    @pytest.mark.parametrize(
        ("app", "said"),
        [
            (
                {"ports": 22, "from": ["jump"], "jump_from": ["web"]},
                "aws_db_instance.d is 3 steps from the internet: aws_security_group.db lets in aws_security_group.app "
                "on tcp 5432, and aws_security_group.app, which has aws_instance.app, lets in aws_security_group.jump "
                "on tcp 22, and aws_security_group.jump, which has aws_instance.jump, lets in aws_security_group.web "
                "on tcp 22, and aws_instance.i in it is reached from the internet on tcp 22, by "
                "aws_internet_gateway.g, aws_route_table.t, aws_subnet.s, aws_security_group.web.",
            ),
            ({"ports": 8080, "from": ["jump"], "jump_from": ["web"]}, None),
            ({"ports": 22, "from": ["jump", "db"], "jump_from": ["app", "jump", "db"]}, None),
        ],
        ids=["signed in to twice", "asked something", "in a circle"],
    )
    def test_a_chain_of_groups(self, app: dict[str, Any], said: str | None) -> None:
        """Whoever signs in goes on to the next group; an application that is asked something is no step."""

        def lets_in(port: int, *groups: str) -> dict[str, Any]:
            ids = [f"${{aws_security_group.{name}.id}}" for name in groups]
            return {"ingress": [{**SSH, "from_port": port, "to_port": port, "security_groups": ids}]}

        def machine(name: str) -> dict[str, Any]:
            return {
                "associate_public_ip_address": False,
                "subnet_id": "${aws_subnet.s.id}",
                "vpc_security_group_ids": [f"${{aws_security_group.{name}.id}}"],
            }

        resources = network(
            aws_security_group={
                **network()["aws_security_group"],
                "db": lets_in(5432, "app"),
                "app": lets_in(app["ports"], *app["from"]),
                "jump": lets_in(22, *app["jump_from"]),
            },
            aws_instance={**network()["aws_instance"], "app": machine("app"), "jump": machine("jump")},
            aws_db_instance={"d": {"vpc_security_group_ids": ["${aws_security_group.db.id}"]}},
        )
        found = judged(StackView("a.s", {"resource": resources}), (OWN["LF_STORE_BEHIND_DOOR"],))

        assert [each.message for each in found if isinstance(each, Result) and each.outcome == "failed"] == (
            [said] if said else []
        )
