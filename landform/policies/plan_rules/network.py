"""Ways that a plan opens between networks: rules of security groups, routes, gateways, peerings, access lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

from landform.policies.change import ResourceChange, created, updated
from landform.policies.plan_rule import Concern, PlanRule, PlanView, Risk, example_plan
from landform.policies.plan_rules.values import acting, is_unknown, values_at

EVERYWHERE = ("0.0.0.0/0", "::/0")
"""Every address there is, of either version of IP."""


# A block that is larger than the largest one of private addresses is one of the internet's.
_LARGEST = {4: 8, 6: 7}


def is_everywhere(source: str) -> bool:
    """Whether a block is of every address, or so large that it can only be a part of the internet."""
    try:
        network = ip_network(source, strict=False)
    except ValueError:
        return False
    return network.prefixlen < _LARGEST[network.version]


@dataclass(frozen=True, slots=True, order=True)
class Opening:
    """Traffic that a rule lets pass: which way, of what protocol and ports, from or to where."""

    way: str
    protocol: str
    ports: str
    source: str

    def __str__(self) -> str:
        word = "from" if self.way == "in" else "to"
        protocol = "all traffic" if self.protocol == "-1" else f"{self.protocol} {self.ports}".strip()
        return f"{protocol} {word} {self.source}"


_SOURCES = (
    "cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids", "security_groups", "source_security_group_id", "cidr_block",
    "ipv6_cidr_block", "cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id",
)  # fmt: skip
# Type -> the argument that names what the rule is added to, and the way that it opens (None: it says so itself).
SINGLE_RULES: Mapping[str, tuple[str, str | None]] = {
    "aws_security_group_rule": ("security_group_id", None),
    "aws_vpc_security_group_ingress_rule": ("security_group_id", "in"),
    "aws_vpc_security_group_egress_rule": ("security_group_id", "out"),
    "aws_network_acl_rule": ("network_acl_id", None),
}
_GROUPS = frozenset({
    "aws_security_group", "aws_default_security_group", "aws_network_acl", "aws_default_network_acl",
})  # fmt: skip
# Type -> where its routes stand in it, and the argument that names the table that they are in.
ROUTES: Mapping[str, tuple[str, str]] = {
    "aws_route": ("", "route_table_id"),
    "aws_route_table": ("route", "id"),
    "aws_default_route_table": ("route", "id"),
    "aws_ec2_transit_gateway_route": ("", "transit_gateway_route_table_id"),
}
_DESTINATIONS = (
    "destination_cidr_block",
    "destination_ipv6_cidr_block",
    "destination_prefix_list_id",
    "cidr_block",
    "ipv6_cidr_block",
)
_TARGETS = (
    "gateway_id", "nat_gateway_id", "transit_gateway_id", "vpc_peering_connection_id", "egress_only_gateway_id",
    "network_interface_id", "vpc_endpoint_id", "local_gateway_id", "carrier_gateway_id", "core_network_arn",
    "transit_gateway_attachment_id", "destination_network_interface_id",
)  # fmt: skip
# Types that connect by being there -> the argument that names what they are added to; empty where that is always there.
CONNECTS: Mapping[str, str] = {
    "aws_internet_gateway": "vpc_id",
    "aws_internet_gateway_attachment": "vpc_id",
    "aws_egress_only_internet_gateway": "vpc_id",
    "aws_vpn_gateway": "vpc_id",
    "aws_vpn_gateway_attachment": "vpc_id",
    "aws_vpc_peering_connection": "",
    "aws_vpc_peering_connection_accepter": "",
    "aws_ec2_transit_gateway_vpc_attachment": "",
    "aws_ec2_transit_gateway_vpc_attachment_accepter": "",
    "aws_ec2_transit_gateway_peering_attachment": "",
    "aws_ec2_transit_gateway_peering_attachment_accepter": "",
    "aws_ec2_transit_gateway_route_table_propagation": "",
    "aws_ec2_client_vpn_authorization_rule": "",
    "aws_vpn_connection": "",
    "aws_vpn_connection_route": "",
    "aws_dx_gateway_association": "",
    "aws_networkmanager_vpc_attachment": "",
    "aws_vpc_endpoint_service_allowed_principal": "",
    "aws_vpclattice_service_network_vpc_association": "",
}


def ingress_of(values: Any) -> frozenset[Opening]:
    """What the values of a security group, or of one rule of it, let in."""
    return frozenset(opening for opening in _openings(values, "in") if opening.way == "in")


def _openings(values: Any, way: str | None) -> Iterator[Opening]:
    """What rules let pass: those in blocks, or the one that the values are."""
    if not isinstance(values, Mapping):
        return
    if "ingress" in values or "egress" in values:
        for name, inner in (("ingress", "in"), ("egress", "out")):
            for block in values_at(values, name):
                yield from _rule(block, inner)
    else:
        yield from _rule(values, _way(values) or way)


def _way(values: Mapping[str, Any]) -> str | None:
    """The way that a rule says itself: by its type, or in an access list by whether it is one of egress."""
    if "type" in values:
        return "in" if values["type"] == "ingress" else "out"
    if "egress" in values or "rule_action" in values:
        return "out" if values.get("egress") else "in"
    return None


def _rule(rule: Any, way: str | None) -> Iterator[Opening]:
    if not isinstance(rule, Mapping) or "deny" in (rule.get("rule_action"), rule.get("action")):
        return
    protocol = str(rule.get("protocol") or rule.get("ip_protocol") or "-1")
    first, last = rule.get("from_port"), rule.get("to_port")
    ports = "" if protocol == "-1" else str(first) if first == last else f"{first}-{last}"
    sources = [value for name in _SOURCES for value in values_at(rule, name) if value]
    if rule.get("self"):
        sources.append("itself")
    yield from (Opening(way or "in", protocol, ports, str(source)) for source in sources)


def _paths(view: PlanView) -> Iterator[Concern]:
    for change in acting(view):
        if change.action in ("delete", "forget"):
            continue
        if change.type in SINGLE_RULES:
            yield from _single(change, *SINGLE_RULES[change.type])
        elif change.type in _GROUPS and change.action != "create":
            yield from _opened(change, _all(change.before), _all(change.after))
            for name in ("ingress", "egress"):
                if is_unknown(change, name):
                    message = f"may be opened: some of {name} is known only after apply"
                    yield Concern(Risk.R3, change.address, message, (name,))
        elif change.type in ROUTES:
            yield from _routes(change, *ROUTES[change.type])
        elif change.type in CONNECTS and change.action in ("create", "replace"):
            onto = CONNECTS[change.type]
            # What is added to a network that this very plan makes opens nothing that was closed.
            if not onto or not is_unknown(change, onto):
                yield Concern(
                    Risk.R3, change.address, "connects networks that were apart", (onto,) if onto else ()
                )


def _single(change: ResourceChange, onto: str, way: str | None) -> Iterator[Concern]:
    if change.action == "create" and is_unknown(change, onto):
        return
    before, after = (frozenset(_openings_of_rule(values, way)) for values in (change.before, change.after))
    yield from _opened(change, before, after)
    unknown = [name for name in _SOURCES if is_unknown(change, name)]
    if unknown:
        message = f"opens a way whose other end is known only after apply: {', '.join(unknown)}"
        yield Concern(Risk.R3, change.address, message, tuple(unknown))


def _openings_of_rule(values: Any, way: str | None) -> Iterator[Opening]:
    if isinstance(values, Mapping):
        yield from _rule(values, _way(values) or way)


def _all(values: Any) -> frozenset[Opening]:
    return frozenset(_openings(values, None))


def _opened(
    change: ResourceChange, before: frozenset[Opening], after: frozenset[Opening]
) -> Iterator[Concern]:
    for opening in sorted(after - before):
        key = "ingress" if opening.way == "in" else "egress"
        message = f"opens a way {'in' if opening.way == 'in' else 'out'}: {opening}"
        yield Concern(Risk.R3, change.address, message, (key,), None, {key: str(opening)})


def _routes(change: ResourceChange, path: str, table: str) -> Iterator[Concern]:
    if change.action == "create" and is_unknown(change, table):
        return
    before, after = ({*_ways(_blocks(values, path))} for values in (change.before, change.after))
    for destination, target in sorted(after - before):
        message = f"leads {destination} to {target}"
        yield Concern(
            Risk.R3,
            change.address,
            message,
            (path or "destination",),
            None,
            {"route": f"{destination} to {target}"},
        )
    ends = (path,) if path else _TARGETS + _DESTINATIONS
    if after <= before and any(is_unknown(change, name) for name in ends):
        message = "leads to what is known only after apply"
        yield Concern(Risk.R3, change.address, message, (path or "destination",))


def _blocks(values: Any, path: str) -> Iterable[Any]:
    return values_at(values, path) if path else ([values] if values else [])


def _ways(routes: Iterable[Any]) -> Iterator[tuple[str, str]]:
    for route in routes:
        for destination in (
            str(value) for name in _DESTINATIONS for value in values_at(route, name) if value
        ):
            for target in (str(value) for name in _TARGETS for value in values_at(route, name) if value):
                yield destination, target


_RULE = {
    "security_group_id": "sg-1",
    "cidr_ipv4": "10.1.0.0/16",
    "ip_protocol": "tcp",
    "from_port": 443,
    "to_port": 443,
}
_NO_TARGET = {"destination_cidr_block": "10.9.0.0/16"}

RULES = (
    PlanRule(
        id="LF_PLAN_NETWORK",
        title="No way is opened between networks that were apart",
        rationale="Whoever gets into one network is in the next as well, and no policy of IAM is asked.",
        remediation="Open the one port to the one group that needs it, and say in the approval who that is.",
        judge=_paths,
        good=(
            example_plan(
                created(
                    "aws_vpc_security_group_ingress_rule.r",
                    {**_RULE, "security_group_id": None},
                    {"security_group_id": True},
                )
            ),
            example_plan(created("aws_internet_gateway.g", {}, {"vpc_id": True})),
            example_plan(created("aws_route.r", _NO_TARGET, {"route_table_id": True, "gateway_id": True})),
            example_plan(
                created(
                    "aws_network_acl_rule.r",
                    {"network_acl_id": "acl-1", "rule_action": "deny", "cidr_block": "0.0.0.0/0"},
                )
            ),
        ),
        bad=(
            example_plan(created("aws_vpc_security_group_ingress_rule.r", _RULE)),
            example_plan(
                updated("aws_vpc_security_group_ingress_rule.r", _RULE, {**_RULE, "cidr_ipv4": "10.0.0.0/8"})
            ),
            example_plan(
                updated(
                    "aws_security_group.g",
                    {"ingress": [], "egress": []},
                    {
                        "ingress": [
                            {"protocol": "tcp", "from_port": 22, "to_port": 22, "security_groups": ["sg-2"]}
                        ]
                    },
                )
            ),
            example_plan(
                created(
                    "aws_route.r",
                    {**_NO_TARGET, "route_table_id": "rtb-1", "vpc_peering_connection_id": "pcx-1"},
                )
            ),
            example_plan(
                created("aws_route.r", {**_NO_TARGET, "route_table_id": "rtb-1"}, {"gateway_id": True})
            ),
            example_plan(created("aws_internet_gateway.g", {"vpc_id": "vpc-1"})),
            example_plan(created("aws_vpc_peering_connection.p", {}, {"vpc_id": True})),
            example_plan(
                created(
                    "aws_network_acl_rule.r",
                    {"network_acl_id": "acl-1", "rule_action": "allow", "cidr_block": "10.0.0.0/8"},
                )
            ),
        ),
    ),
)
