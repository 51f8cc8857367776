"""Where in a VPC something stands: an imported VPC names the subnets that it was given, and no others."""

from __future__ import annotations

from landform.constructs.ec2.subnets import Subnet
from landform.constructs.ec2.vpc import AnyVpc
from landform.errors import Code, LandformError, Place


def private_subnets(vpc: AnyVpc, place: Place) -> tuple[Subnet, ...]:
    """Subnets for what runs in a VPC.

    Raises:
        LandformError: ``argument-value`` where the VPC has none.
    """
    return _some(vpc.private_subnets, "private_subnets", vpc, place)


def data_subnets(vpc: AnyVpc, place: Place) -> tuple[Subnet, ...]:
    """Subnets for what holds data: those without a way to the internet, else the private ones.

    Raises:
        LandformError: ``argument-value`` where the VPC has neither.
    """
    return _some(vpc.isolated_subnets or vpc.private_subnets, "isolated_subnets", vpc, place)


def _some(subnets: tuple[Subnet, ...], name: str, vpc: AnyVpc, place: Place) -> tuple[Subnet, ...]:
    if subnets:
        return subnets
    raise LandformError(
        Code.ARGUMENT_VALUE,
        "The VPC has no subnet for this to stand in.",
        place=place,
        given=f"{vpc.node.path} without {name}",
        expected="a subnet or more",
        fix=f"Name the VPC's {name} where it is imported.",
    )
