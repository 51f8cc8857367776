"""Network paths to what holds data: where it lies, and what lies one step before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from landform.policies.meant import meant
from landform.policies.network.groups import lets_in, ports_for
from landform.policies.network.ports import FAMILIES
from landform.policies.network.reach import (
    BALANCERS,
    MACHINES,
    PRIVATE,
    STORES,
    Path,
    groups_of,
    reach_of,
)
from landform.policies.network.subnets import SUBNETS, way_to
from landform.policies.rule import Breach, Resources, Rule, Undecided, Verdict
from landform.policies.rules.network_paths import OPEN, VPC, admin, database, every, group, in_vpc
from landform.policies.view import Block

_STORE_SUBNETS: Mapping[str, str] = {
    "aws_db_subnet_group": "subnet_ids",
    "aws_dax_subnet_group": "subnet_ids",
    "aws_docdb_subnet_group": "subnet_ids",
    "aws_efs_mount_target": "subnet_id",
    "aws_elasticache_subnet_group": "subnet_ids",
    "aws_memorydb_subnet_group": "subnet_ids",
    "aws_msk_cluster": "broker_node_group_info.client_subnets",
    "aws_mq_broker": "subnet_ids",
    "aws_neptune_subnet_group": "subnet_ids",
    "aws_opensearch_domain": "vpc_options.subnet_ids",
    "aws_redshift_subnet_group": "subnet_ids",
    "aws_redshiftserverless_workgroup": "subnet_ids",
}


def _in_public_subnets(block: Block) -> Iterator[Verdict]:
    """Of the subnets that are in the stack: those of another are not seen here."""
    argument = _STORE_SUBNETS[block.type]
    for subnet in meant(block, argument, *SUBNETS).blocks:
        ways = [way_to(subnet, family) for family in FAMILIES]
        open_ones = [way for way in ways if way.state == "open"]
        if open_ones:
            yield Breach(
                f"is in a subnet with a way to the internet, by {', '.join(open_ones[0].via)}", (argument,)
            )
        elif any(way.state == "unknown" for way in ways):
            yield Undecided(f"whether {subnet.address} has a way to the internet cannot be seen")


def _behind_a_door(block: Block) -> Iterator[Verdict]:
    """What it lets in by a reference to a group: a member of that group which the internet reaches is one step away."""
    for own in groups_of(block).blocks:
        for other in lets_in(own).blocks:
            for door, path in _doors(block, other):
                ports = ", ".join(map(str, ports_for(own, other)))
                yield Breach(
                    f"is one step from the internet: {own.address} lets in {other.address} on {ports}, and "
                    f"{door.address} in it is reached from the internet {path}",
                    (),
                )


def _doors(store: Block, member_of: Block) -> Iterator[tuple[Block, Path]]:
    for door in store.stack.resources(*BALANCERS, *MACHINES):
        if member_of in groups_of(door).blocks:
            of = every if door.type in BALANCERS else admin
            paths = (Path(path.via, of(path.ports)) for path in reach_of(door).paths)
            yield from ((door, path) for path in [next((path for path in paths if path.ports), None)] if path)


def _alone(subnets: str) -> Resources:
    """A VPC and a group of its subnets that is judged by itself."""
    groups = {"aws_elasticache_subnet_group": {"c": {"subnet_ids": [f"${{aws_subnet.{subnets}[*].id}}"]}}}
    return {**{name: each for name, each in VPC.items() if name != "aws_db_subnet_group"}, **groups}


RULES = (
    Rule(
        id="LF_STORE_SUBNET",
        title="A data store is in subnets without a way to the internet",
        severity="medium",
        types=tuple(_STORE_SUBNETS),
        rationale="In a subnet with a route to an internet gateway one argument or one open port is all that is "
        "missing for the internet to get in.",
        remediation="Name isolated or private subnets, as landform's data stores take from the `Vpc`.",
        judge=_in_public_subnets,
        controls=("RDS.46",),
        good=(
            _alone("private"),
            {"aws_db_subnet_group": {"of-another-stack": {"subnet_ids": ["subnet-0a1b2c3d"]}}},
        ),
        bad=(_alone("public"),),
    ),
    Rule(
        id="LF_STORE_BEHIND_DOOR",
        title="No data store is one step behind an open door",
        severity="high",
        types=tuple(
            sorted({*PRIVATE, *STORES} - {"aws_neptune_cluster_instance", "aws_rds_cluster_instance"})
        ),
        rationale="A load balancer passes the internet on to the data store, and a machine that everyone may try to "
        "sign in to is where an attacker goes on from.",
        remediation="Let in the security group of the application alone, as `database.connections.allow_from(service, "
        "5432)` of landform does.",
        judge=_behind_a_door,
        good=(
            in_vpc(
                aws_security_group={
                    "s": group(5432, security_groups=["${aws_security_group.app.id}"]),
                    "app": group(8080, security_groups=["${aws_security_group.lb.id}"]),
                    "lb": group(443, **OPEN),
                },
                aws_lb={
                    "web": {
                        "subnets": ["${aws_subnet.public.id}"],
                        "security_groups": ["${aws_security_group.lb.id}"],
                    }
                },
                aws_instance={
                    "app": {
                        "subnet_id": "${aws_subnet.private.id}",
                        "vpc_security_group_ids": ["${aws_security_group.app.id}"],
                    }
                },
                aws_db_instance={"d": database("private", public=False)},
            ),
        ),
        bad=(
            in_vpc(
                aws_security_group={
                    "s": group(5432, security_groups=["${aws_security_group.bastion.id}"]),
                    "bastion": group(22, **OPEN),
                },
                aws_instance={
                    "bastion": {
                        "subnet_id": "${aws_subnet.public.id}",
                        "vpc_security_group_ids": ["${aws_security_group.bastion.id}"],
                    }
                },
                aws_db_instance={"d": database("private", public=False)},
            ),
            in_vpc(
                aws_security_group={"s": {"name": "s"}, "lb": group(443, **OPEN)},
                aws_security_group_rule={
                    "from-lb": {
                        "type": "ingress",
                        "security_group_id": "${aws_security_group.s.id}",
                        "source_security_group_id": "${aws_security_group.lb.id}",
                        "protocol": "tcp",
                        "from_port": 9200,
                        "to_port": 9200,
                    }
                },
                aws_lb={
                    "web": {
                        "subnets": ["${aws_subnet.public.id}"],
                        "security_groups": ["${aws_security_group.lb.id}"],
                    }
                },
                aws_opensearch_domain={
                    "d": {"vpc_options": {"security_group_ids": ["${aws_security_group.s.id}"]}}
                },
            ),
        ),
    ),
)
