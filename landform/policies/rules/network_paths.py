"""Network paths: what the internet reaches, link by link, and what lies where it could.

checkov judges each link by itself: a group that is open, an instance with a public address. Here they are followed from
the gateway to the resource, and the finding names them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from landform.policies.network.ports import Ports, both, without
from landform.policies.network.reach import MACHINES, STORES, Path, reach_of
from landform.policies.rule import Breach, Resources, Rule, Undecided, Verdict
from landform.policies.view import Block

_ADMIN_PORTS = (22, 23, 2375, 2376, 3389, 5900, 5985, 5986)
ADMIN = (Ports("udp", 3389, 3389), *(Ports("tcp", port, port) for port in _ADMIN_PORTS))
"""SSH, Telnet, Docker, RDP, VNC and WinRM: who gets in there rules the machine."""

_Of = Callable[[tuple[Ports, ...]], tuple[Ports, ...]]


def every(ports: tuple[Ports, ...]) -> tuple[Ports, ...]:
    """All ports."""
    return ports


def admin(ports: tuple[Ports, ...]) -> tuple[Ports, ...]:
    """Those of ``ADMIN``."""
    return both(ports, ADMIN)


def _others(ports: tuple[Ports, ...]) -> tuple[Ports, ...]:
    return without(ports, ADMIN)


def _reached(of: _Of) -> Callable[[Block], Iterator[Verdict]]:
    """A breach for each path on some ports; where there is none for sure, each that there may be."""

    def judge(block: Block) -> Iterator[Verdict]:
        reach = reach_of(block)
        paths = [Path(path.via, of(path.ports)) for path in reach.paths if of(path.ports)]
        if paths:
            more = f", and over {len(paths) - 1} other ways" if len(paths) > 1 else ""
            yield Breach(f"is reached from the internet {paths[0]}{more}", ())
            return
        for reason in dict.fromkeys(doubt.reason for doubt in reach.doubts if of(doubt.ports)):
            yield Undecided(reason)

    return judge


_reached_otherwise = _reached(_others)


def _machine(block: Block) -> Iterator[Verdict]:
    """A machine that passes on what is not addressed to it is a NAT instance, and must have a public address."""
    if block.value("source_dest_check") is not False:
        yield from _reached_otherwise(block)


VPC: Resources = {
    "aws_vpc": {"v": {"cidr_block": "10.0.0.0/16"}},
    "aws_internet_gateway": {"g": {"vpc_id": "${aws_vpc.v.id}"}},
    "aws_subnet": {
        "public": {"vpc_id": "${aws_vpc.v.id}", "map_public_ip_on_launch": True},
        "private": {"vpc_id": "${aws_vpc.v.id}"},
    },
    "aws_route_table": {
        "public": {"vpc_id": "${aws_vpc.v.id}"},
        "private": {"route": [{"cidr_block": "0.0.0.0/0", "nat_gateway_id": "${aws_nat_gateway.n.id}"}]},
    },
    "aws_route": {
        "out": {
            "route_table_id": "${aws_route_table.public.id}",
            "destination_cidr_block": "0.0.0.0/0",
            "gateway_id": "${aws_internet_gateway.g.id}",
        }
    },
    "aws_route_table_association": {
        name: {
            "subnet_id": f"${{aws_subnet.{name}.id}}",
            "route_table_id": f"${{aws_route_table.{name}.id}}",
        }
        for name in ("public", "private")
    },
    "aws_db_subnet_group": {
        name: {"subnet_ids": [f"${{aws_subnet.{name}.id}}"]} for name in ("public", "private")
    },
}


def group(port: int, **source: Any) -> dict[str, Any]:
    """A security group that lets somebody in to a port."""
    return {"ingress": [{"protocol": "tcp", "from_port": port, "to_port": port, **source}]}


OPEN = {"cidr_blocks": ["0.0.0.0/0"]}
_CLOSED = {"cidr_blocks": ["10.0.0.0/8"]}


def in_vpc(**resources: Mapping[str, Mapping[str, Any]]) -> Resources:
    """A VPC with a public and a private subnet, and resources in it, for examples."""
    return {**VPC, **resources}


def database(subnets: str, *, public: bool) -> dict[str, Any]:
    """The arguments of a database, for examples."""
    return {
        "publicly_accessible": public,
        "db_subnet_group_name": f"${{aws_db_subnet_group.{subnets}.name}}",
        "vpc_security_group_ids": ["${aws_security_group.s.id}"],
    }


def instance(subnet: str, **arguments: Any) -> dict[str, Any]:
    return {
        "subnet_id": f"${{aws_subnet.{subnet}.id}}",
        "vpc_security_group_ids": ["${aws_security_group.s.id}"],
        **arguments,
    }


RULES = (
    Rule(
        id="LF_STORE_REACHED",
        title="The internet reaches no data store",
        severity="critical",
        types=tuple(STORES),
        rationale="Everyone can try passwords and known holes on it, at any time, and one that works is the loss "
        "of all that it holds.",
        remediation="Close one link of the path, the public address first: landform's databases have none, and are in "
        "isolated subnets.",
        judge=_reached(every),
        good=(
            in_vpc(
                aws_security_group={"s": group(5432, **OPEN)},
                aws_db_instance={
                    "no-address": database("public", public=False),
                    "no-route": database("private", public=True),
                },
            ),
            in_vpc(
                aws_security_group={"s": group(5432, **_CLOSED)},
                aws_db_instance={"closed": database("public", public=True)},
            ),
        ),
        bad=(
            in_vpc(
                aws_security_group={"s": group(5432, **OPEN)},
                aws_db_instance={"d": database("public", public=True)},
            ),
            in_vpc(
                aws_security_group={"s": {"name": "s"}},
                aws_vpc_security_group_ingress_rule={
                    "all": {
                        "security_group_id": "${aws_security_group.s.id}",
                        "cidr_ipv4": "0.0.0.0/1",
                        "ip_protocol": "-1",
                    }
                },
                aws_rds_cluster={
                    "c": {
                        "db_subnet_group_name": "${aws_db_subnet_group.public.name}",
                        "vpc_security_group_ids": ["${aws_security_group.s.id}"],
                    }
                },
                aws_rds_cluster_instance={
                    "i": {"cluster_identifier": "${aws_rds_cluster.c.id}", "publicly_accessible": True}
                },
            ),
        ),
    ),
    Rule(
        id="LF_ADMIN_PORT_REACHED",
        title="The internet reaches no port by which a machine is ruled",
        severity="high",
        types=tuple(MACHINES),
        rationale="Ports of SSH, RDP and their like are found within minutes and tried without end; who gets in has "
        "the machine and its role.",
        remediation="Sign in by Session Manager, which needs no open port, as landform's `Instance` does.",
        judge=_reached(admin),
        good=(
            in_vpc(
                aws_security_group={"s": group(22, **OPEN)},
                aws_instance={
                    "no-route": instance("private", associate_public_ip_address=True),
                    "no-address": instance("public", associate_public_ip_address=False),
                },
            ),
            in_vpc(
                aws_security_group={"s": group(22, cidr_blocks=["198.51.100.0/24"])},
                aws_instance={"from-the-office": instance("public")},
            ),
        ),
        bad=(
            in_vpc(
                aws_security_group={"s": group(22, **OPEN)},
                aws_eip={"e": {"instance": "${aws_instance.elastic.id}"}},
                aws_instance={
                    "i": instance("public"),
                    "elastic": instance("public", associate_public_ip_address=False),
                },
            ),
            {
                "aws_security_group": {"s": group(3389, **OPEN)},
                "aws_instance": {
                    "in-the-default-vpc": {"vpc_security_group_ids": ["${aws_security_group.s.id}"]}
                },
            },
        ),
    ),
    Rule(
        id="LF_MACHINE_REACHED",
        title="The internet reaches machines through a load balancer alone",
        severity="medium",
        types=tuple(MACHINES),
        rationale="What is reached directly has no web ACL, no log of requests and no TLS but its own before it, and "
        "its address is one more to watch.",
        remediation="Put the machine into private subnets behind a load balancer, as landform's `FargateService` and "
        "`AutoScalingGroup` are.",
        judge=_machine,
        good=(
            in_vpc(
                aws_security_group={"s": group(443, **OPEN)},
                aws_instance={
                    "web": instance("private"),
                    "nat": instance("public", source_dest_check=False),
                },
                aws_ecs_service={
                    "api": {
                        "network_configuration": {
                            "subnets": ["${aws_subnet.private.id}"],
                            "security_groups": ["${aws_security_group.s.id}"],
                        }
                    }
                },
            ),
        ),
        bad=(
            in_vpc(
                aws_security_group={"s": group(443, **OPEN)},
                aws_instance={"web": instance("public")},
                aws_ecs_service={
                    "api": {
                        "network_configuration": {
                            "assign_public_ip": True,
                            "subnets": ["${aws_subnet.public.id}"],
                            "security_groups": ["${aws_security_group.s.id}"],
                        }
                    }
                },
            ),
        ),
    ),
)
