"""Which resources the internet reaches, on which ports and along which path; and where that cannot be told.

A path has five links: a public address, a gateway with the route to it, the network ACL, the security group, and the
resource itself. One that is closed closes the path. Where a link is outside of the stack nothing is said, unless what
stands in the stack is open already: a security group that lets the internet in, or a public address with a route.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType

from landform.policies.meant import Meant, meant
from landform.policies.network.groups import GROUPS, openings
from landform.policies.network.links import State, states, switch
from landform.policies.network.ports import EVERY, FAMILIES, Family, Ports, both, joined, without
from landform.policies.network.subnets import SUBNETS, Way, acl_ports, way_to
from landform.policies.view import Block


@dataclass(frozen=True, slots=True)
class Path:
    """One path from the internet to a resource: over which blocks, by address, and on which ports."""

    via: tuple[str, ...]
    ports: tuple[Ports, ...]

    def __str__(self) -> str:
        return f"on {', '.join(map(str, self.ports))}, by {', '.join(self.via)}"


@dataclass(frozen=True, slots=True)
class Doubt:
    """A path that is open as far as it can be seen, the ports it would have, and what cannot be seen of it."""

    ports: tuple[Ports, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Reach:
    """What the internet reaches of a resource, for sure and perhaps."""

    paths: tuple[Path, ...] = ()
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Where the arguments of a type say how it stands in its network.

    Attributes:
        public: the argument that gives it a public address; ``default`` is what AWS takes where nothing is said,
            and ``by_subnet`` says that it is its subnet that decides then.
        on, off: what it says for yes and no, where it is no boolean.
        subnets, group: its subnets, or the subnet group that names them, of the type ``group_type``.
        security: its security groups.
        within: the arguments that name the cluster it is in, or the template it is made from, of the type ``cluster``,
            which has the rest.
    """

    public: str = "publicly_accessible"
    default: bool = False
    by_subnet: bool = False
    on: object = True
    off: object = False
    subnets: tuple[str, ...] = ()
    group: str = ""
    group_type: str = ""
    security: tuple[str, ...] = ("vpc_security_group_ids",)
    within: tuple[str, ...] = ()
    cluster: str = ""


_RDS = Placed(group="db_subnet_group_name", group_type="aws_db_subnet_group")
_MSK = "broker_node_group_info"
_NETWORK = "network_configuration"

STORES: Mapping[str, Placed] = MappingProxyType(
    {
        "aws_db_instance": _RDS,
        "aws_dms_replication_instance": Placed(
            group="replication_subnet_group_id", group_type="aws_dms_replication_subnet_group"
        ),
        "aws_mq_broker": Placed(subnets=("subnet_ids",), security=("security_groups",)),
        "aws_msk_cluster": Placed(
            public=f"{_MSK}.connectivity_info.public_access.type",
            on="SERVICE_PROVIDED_EIPS",
            off="DISABLED",
            subnets=(f"{_MSK}.client_subnets",),
            security=(f"{_MSK}.security_groups",),
        ),
        "aws_neptune_cluster_instance": Placed(
            group="neptune_subnet_group_name",
            group_type="aws_neptune_subnet_group",
            within=("cluster_identifier",),
            cluster="aws_neptune_cluster",
        ),
        "aws_rds_cluster_instance": replace(_RDS, within=("cluster_identifier",), cluster="aws_rds_cluster"),
        "aws_redshift_cluster": Placed(
            default=True, group="cluster_subnet_group_name", group_type="aws_redshift_subnet_group"
        ),
        "aws_redshiftserverless_workgroup": Placed(subnets=("subnet_ids",), security=("security_group_ids",)),
    }
)
"""The data stores that can have a public address."""

_INSTANCE = Placed(
    public="associate_public_ip_address",
    default=True,
    by_subnet=True,
    subnets=("subnet_id",),
    security=("vpc_security_group_ids", "security_groups"),
)

_TEMPLATE = "launch_template"
_MIXED = f"mixed_instances_policy.{_TEMPLATE}.launch_template_specification"

MACHINES: Mapping[str, Placed] = MappingProxyType(
    {
        "aws_autoscaling_group": Placed(
            public="network_interfaces.associate_public_ip_address",
            by_subnet=True,
            subnets=("vpc_zone_identifier",),
            security=("vpc_security_group_ids", "network_interfaces.security_groups"),
            within=(
                f"{_TEMPLATE}.id",
                f"{_TEMPLATE}.name",
                f"{_MIXED}.launch_template_id",
                f"{_MIXED}.launch_template_name",
            ),
            cluster="aws_launch_template",
        ),
        "aws_ecs_service": Placed(
            public=f"{_NETWORK}.assign_public_ip",
            subnets=(f"{_NETWORK}.subnets",),
            security=(f"{_NETWORK}.security_groups",),
        ),
        "aws_instance": _INSTANCE,
        "aws_spot_instance_request": _INSTANCE,
    }
)
"""What runs code and can have a public address of its own."""

BALANCERS: Mapping[str, Placed] = MappingProxyType(
    {
        name: Placed(
            public="internal",
            on=False,
            off=True,
            default=True,
            subnets=("subnets", "subnet_mapping.subnet_id"),
            security=("security_groups",),
        )
        for name in ("aws_alb", "aws_lb")
    }
)
"""Load balancers of applications and networks."""

PRIVATE: Mapping[str, Placed] = MappingProxyType(
    {
        "aws_docdb_cluster": Placed(public=""),
        "aws_efs_mount_target": Placed(public="", security=("security_groups",)),
        "aws_elasticache_cluster": Placed(public="", security=("security_group_ids",)),
        "aws_elasticache_replication_group": Placed(public="", security=("security_group_ids",)),
        "aws_memorydb_cluster": Placed(public="", security=("security_group_ids",)),
        "aws_neptune_cluster": Placed(public=""),
        "aws_opensearch_domain": Placed(public="", security=("vpc_options.security_group_ids",)),
        "aws_rds_cluster": Placed(public=""),
    }
)
"""The data stores that never have a public address of their own; a cluster's may be its instances'."""

_PLACED = {**STORES, **MACHINES, **BALANCERS, **PRIVATE}
_INTERFACE = "aws_network_interface"


@lru_cache(maxsize=64)
def reach_of(block: Block) -> Reach:
    """What the internet reaches of a resource of a type that is in one of the tables here."""
    found = tuple(_found(block, _PLACED[block.type]))
    return Reach(
        tuple(dict.fromkeys(each for each in found if isinstance(each, Path))),
        tuple(dict.fromkeys(each for each in found if isinstance(each, Doubt))),
    )


def groups_of(block: Block) -> Meant:
    """The security groups of a resource, those of its interfaces with them."""
    placed = _PLACED[block.type]
    found = [meant(holder, path, *GROUPS) for holder in _holders(block, placed) for path in placed.security]
    mine = {block, *_interfaces(block)}
    found += [meant(interface, "security_groups", *GROUPS) for interface in _interfaces(block)]
    for attachment in block.stack.resources("aws_network_interface_sg_attachment"):
        if mine & set(meant(attachment, "network_interface_id", block.type, _INTERFACE).blocks):
            found.append(meant(attachment, "security_group_id", *GROUPS))
    return _together([*found, _elsewhere(block, placed)])


def _elsewhere(block: Block, placed: Placed) -> Meant:
    """What an instance's launch template says, or what is not in the stack, of subnets and groups is not read."""
    if placed.within:
        return Meant(unknown=len(_holders(block, placed)) == 1)
    return Meant(unknown=block.type in MACHINES and bool(block.values(_TEMPLATE)))


def _holders(block: Block, placed: Placed) -> tuple[Block, ...]:
    """The blocks that say how a resource stands in its network: itself, and its cluster or its template."""
    return (block, *_together(meant(block, path, placed.cluster) for path in placed.within).blocks)


def _interfaces(block: Block) -> tuple[Block, ...]:
    if block.type not in MACHINES:
        return ()
    return meant(block, "network_interface.network_interface_id", _INTERFACE).blocks


def _together(found: Iterable[Meant]) -> Meant:
    parts = tuple(found)
    blocks = {each.address: each for part in parts for each in part.blocks}
    return Meant(tuple(blocks.values()), any(part.unknown for part in parts))


def _subnets(block: Block, placed: Placed) -> Meant:
    """Its subnets; nothing where it names none, and is in the default VPC."""
    found = [meant(interface, "subnet_id", *SUBNETS) for interface in _interfaces(block)]
    if not block.values("subnet_id"):
        found.append(_elsewhere(block, placed))
    for holder in _holders(block, placed):
        found += [meant(holder, path, *SUBNETS) for path in placed.subnets]
        groups = meant(holder, placed.group, placed.group_type) if placed.group else Meant()
        found += [Meant(unknown=groups.unknown)]
        found += [meant(group, "subnet_ids", *SUBNETS) for group in groups.blocks]
    return _together(found)


def _found(block: Block, placed: Placed) -> Iterator[Path | Doubt]:
    subnets = _subnets(block, placed)
    security = _security(block)
    for family in FAMILIES:
        for subnet in subnets.blocks:
            acl, by = acl_ports(subnet, family)
            address = _address(block, placed, family, subnet)
            yield from _over(family, address, way_to(subnet, family), acl, by, security)
        if subnets.unknown:
            way = Way("unknown")
            yield from _over(family, _address(block, placed, family, None), way, EVERY, (), security)
        if not subnets and block.type not in BALANCERS:
            way = Way("open" if family == "ipv4" else "closed", ("the default VPC",))
            yield from _over(family, _address(block, placed, family, None, True), way, EVERY, (), security)


def _security(block: Block) -> Meant:
    """Its security groups; where it names none, its VPC's default one, which lets in its own members alone."""
    found = groups_of(block)
    return found or Meant(block.stack.resources("aws_default_security_group"))


def _address(
    block: Block, placed: Placed, family: Family, subnet: Block | None, in_default_vpc: bool = False
) -> State:
    """Whether it has a public address of a family."""
    if family == "ipv6":
        return _has_ipv6(block, subnet)
    if _elastic(block):
        return "open"
    said = (holder.value(placed.public) for holder in _holders(block, placed))
    value = next((each for each in said if each is not None), None)
    if value == placed.on and value is not None:
        return "open"
    if value is not None and value == placed.off:
        return "closed"
    if value in (None, "", "${null}"):
        if not placed.by_subnet or in_default_vpc:
            return "open" if placed.default else "closed"
        if _interfaces(block):
            return "closed"
        return switch(subnet.value("map_public_ip_on_launch"), _is_default(subnet)) if subnet else "unknown"
    return "unknown"


def _is_default(subnet: Block) -> bool:
    return subnet.type == "aws_default_subnet"


def _elastic(block: Block) -> bool:
    """Whether an elastic address is given to a machine, or to an interface of it."""
    if block.type not in MACHINES:
        return False
    mine = {block, *_interfaces(block)}
    ways = (("aws_eip", "instance"), ("aws_eip", "network_interface"), ("aws_eip_association", "instance_id"))
    return any(
        mine & set(meant(eip, argument, block.type, _INTERFACE).blocks)
        for name, argument in (*ways, ("aws_eip_association", "network_interface_id"))
        for eip in block.stack.resources(name)
    )


def _has_ipv6(block: Block, subnet: Block | None) -> State:
    """Every address of version 6 is public."""
    if block.type in BALANCERS:
        kind = block.value("ip_address_type")
        return "open" if kind in ("dualstack", "dualstack-without-public-ipv4") else "closed"
    if block.type not in MACHINES:
        return "closed"
    holders = (block, *_interfaces(block))
    said = [
        value
        for holder in holders
        for name in ("ipv6_addresses", "ipv6_address_count")
        for value in holder.values(name)
    ]
    if any(value not in (0, "0", "", "${null}") for value in said):
        return "open"
    return switch(subnet.value("assign_ipv6_address_on_creation"), False) if subnet and not said else "closed"


def _over(
    family: Family,
    address: State,
    way: Way,
    acl: tuple[Ports, ...] | None,
    acl_by: tuple[str, ...],
    security: Meant,
) -> Iterator[Path | Doubt]:
    """The paths over one subnet."""
    state = states(address, way.state, "unknown" if acl is None else "open")
    if state == "closed":
        return
    let_in = EVERY if acl is None else acl
    sure: tuple[Ports, ...] = ()
    for group in security.blocks:
        for opening in openings(group, family):
            ports = both(opening.ports, let_in)
            if opening.sure and ports and state == "open":
                by = dict.fromkeys((opening.by.address, group.address))
                yield Path((*way.via, *acl_by, *by), ports)
            if opening.sure:
                sure = joined((*sure, *ports))
            if ports and (not opening.sure) and state == "open":
                yield Doubt(without(ports, sure), f"whom {group.address} lets in is known only to Terraform")
    if sure and state == "unknown":
        yield Doubt(sure, f"{_missing(address, way)}, and its security group lets the internet in")
    if security.unknown and state == "open" and let_in:
        yield Doubt(let_in, "its security group is not in the stack, and it has a public address and a route")


def _missing(address: State, way: Way) -> str:
    if way.state == "unknown":
        return "whether its subnet has a route to an internet gateway cannot be seen"
    if address == "unknown":
        return "whether it has a public address is known only to Terraform"
    return "what its network ACL lets in is known only to Terraform"
