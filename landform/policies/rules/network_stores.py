"""Network paths to what holds data: where it lies, and what lies before it, step by step."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from landform.policies.meant import meant
from landform.policies.network.groups import lets_in, ports_for
from landform.policies.network.ports import FAMILIES, Ports
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


@dataclass(frozen=True, slots=True)
class _Step:
    """A group that lets in the members of another one, on which ports; and who in it takes the step, if anybody."""

    into: Block
    member_of: Block
    ports: tuple[Ports, ...]
    taken_by: Block | None = None

    def __str__(self) -> str:
        who = (
            f"{self.into.address}, which has {self.taken_by.address}," if self.taken_by else self.into.address
        )
        return f"{who} lets in {self.member_of.address} on {', '.join(map(str, self.ports))}"


def _behind_a_door(block: Block) -> Iterator[Verdict]:
    """What it lets in by a reference to a group: who gets to a member of that group is one step away."""
    for own in groups_of(block).blocks:
        for steps in _ways(own):
            for door, path in _doors(steps[-1].member_of):
                yield Breach(
                    f"is {'one step' if len(steps) == 1 else f'{len(steps)} steps'} from the internet: "
                    f"{', and '.join(map(str, steps))}, and {door.address} in it is reached from the internet {path}",
                    (),
                )


def _ways(store: Block) -> Iterator[tuple[_Step, ...]]:
    """The ways to a store's group, the shortest one from each group: groups may let each other in."""
    ways: deque[tuple[_Step, ...]] = deque(
        (_Step(store, other, ports_for(store, other)),) for other in lets_in(store).blocks
    )
    seen = {store.address}
    while ways:
        way = ways.popleft()
        group = way[-1].member_of
        if group.address not in seen:
            seen.add(group.address)
            yield way
            ways += [(*way, step) for step in _taken(group)]


def _taken(into: Block) -> Iterator[_Step]:
    """The steps into a group that lead on from there: an application that is only asked something leads nowhere."""
    for other in lets_in(into).blocks:
        let_in = ports_for(into, other)
        for member in _members(into):
            if ports := _leading_on(member)(let_in):
                yield _Step(into, other, ports, member)
                break


def _doors(member_of: Block) -> Iterator[tuple[Block, Path]]:
    for door in _members(member_of):
        of = _leading_on(door)
        paths = (Path(path.via, of(path.ports)) for path in reach_of(door).paths)
        yield from ((door, path) for path in [next((path for path in paths if path.ports), None)] if path)


def _members(group: Block) -> Iterator[Block]:
    members = group.stack.resources(*BALANCERS, *MACHINES)
    return (member for member in members if group in groups_of(member).blocks)


def _leading_on(member: Block) -> Callable[[tuple[Ports, ...]], tuple[Ports, ...]]:
    """On which ports whoever comes gets further: a load balancer passes on all, a machine has to be signed in to."""
    return every if member.type in BALANCERS else admin


def _alone(subnets: str) -> Resources:
    """A VPC and a group of its subnets that is judged by itself."""
    groups = {"aws_elasticache_subnet_group": {"c": {"subnet_ids": [f"${{aws_subnet.{subnets}[*].id}}"]}}}
    return {**{name: each for name, each in VPC.items() if name != "aws_db_subnet_group"}, **groups}


def _chain(app_port: int) -> Resources:
    """A store that lets in an application, which lets in a bastion that everyone may try to sign in to."""
    return in_vpc(
        aws_security_group={
            "s": group(5432, security_groups=["${aws_security_group.app.id}"]),
            "app": group(app_port, security_groups=["${aws_security_group.bastion.id}"]),
            "bastion": group(22, **OPEN),
        },
        aws_instance={
            name: {
                "subnet_id": f"${{aws_subnet.{subnet}.id}}",
                "vpc_security_group_ids": [f"${{aws_security_group.{name}.id}}"],
            }
            for name, subnet in (("app", "private"), ("bastion", "public"))
        },
        aws_db_instance={"d": database("private", public=False)},
    )


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
        title="No data store is a few steps behind an open door",
        severity="high",
        types=tuple(
            sorted({*PRIVATE, *STORES} - {"aws_neptune_cluster_instance", "aws_rds_cluster_instance"})
        ),
        rationale="A load balancer passes the internet on to the data store, and a machine that everyone may try to "
        "sign in to is where an attacker goes on from, to the next machine too.",
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
            _chain(8080),
        ),
        bad=(
            _chain(22),
            in_vpc(
                aws_security_group={
                    "s": group(5432, security_groups=["${aws_security_group.inner.id}"]),
                    "inner": group(80, security_groups=["${aws_security_group.lb.id}"]),
                    "lb": group(443, **OPEN),
                },
                aws_lb={
                    "web": {
                        "subnets": ["${aws_subnet.public.id}"],
                        "security_groups": ["${aws_security_group.lb.id}"],
                    },
                    "inner": {
                        "internal": True,
                        "subnets": ["${aws_subnet.private.id}"],
                        "security_groups": ["${aws_security_group.inner.id}"],
                    },
                },
                aws_db_instance={"d": database("private", public=False)},
            ),
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
