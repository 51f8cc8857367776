"""What an account shares with others."""

from __future__ import annotations

from mutant import Mutant

from landform.constructs import AwsStack
from landform.constructs.ec2 import Ipam, IpamPool, Vpc
from landform.constructs.ram import ResourceShare
from landform.core import Construct

ARN = ""
DOCUMENTED: set[tuple[str, str]] = set()


def pool(scope: Construct) -> IpamPool:
    """Something that RAM takes."""
    ipam = Ipam(scope, "Ipam")
    return IpamPool(scope, "Pool", ipam=ipam, pool_name="shared", locale="eu-west-1", cidrs=["10.24.0.0/14"])


def build(scope: Construct, vpc: Vpc) -> None:
    """A share with the organisation, and one with an account of it."""
    shared = pool(scope)
    ResourceShare(scope, "WithAll", resources={"shared": shared})
    ResourceShare(scope, "WithOne", resources={"shared": shared}, account_ids=["999999999999"])


def share(stack: AwsStack) -> None:
    ResourceShare(stack, "Share", resources={"shared": pool(stack)})


MUTANTS = (
    Mutant(
        "share for anybody",
        share,
        "Share/Resource",
        {"allow_external_principals": True},
        "LF_SHARE_OUTSIDE",
    ),
)
"""What the scan must find."""

UNSEEN: tuple[Mutant, ...] = ()
"""What no rule sees."""
