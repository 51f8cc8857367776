"""A VPC that another stack makes, as those that run in it need to know it."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network

from landform.constructs.ec2.addresses import address_block
from landform.constructs.ec2.limits import SUBNET_ID, VPC_ID
from landform.constructs.ec2.peer import Peer
from landform.constructs.ec2.security_group import AnySecurityGroup
from landform.constructs.ec2.subnets import Subnet
from landform.core import Construct
from landform.errors import Code, LandformError


class ImportedVpc(Construct):
    """A VPC that another stack, or nobody here, makes; its routes and endpoints are its owner's.

    >>> a = Subnet("subnet-0a1b2c3d", "eu-west-1a", "10.20.0.0/23")
    >>> shared = Vpc.from_ids(stack, "Shared", "vpc-0a1b2c3d", cidr="10.20.0.0/20", private_subnets=[a])
    >>> [subnet.availability_zone for subnet in shared.private_subnets]
    ['eu-west-1a']
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        vpc_id: str,
        *,
        cidr: str,
        private_subnets: Sequence[Subnet],
        isolated_subnets: Sequence[Subnet],
        public_subnets: Sequence[Subnet],
        endpoint_security_group: AnySecurityGroup | None,
        s3: Peer | None,
        dynamodb: Peer | None,
    ) -> None:
        super().__init__(scope, id)
        self.vpc_id = VPC_ID.checked(vpc_id, self.node.place)
        self.cidr = cidr
        network = address_block(cidr, self.node.place)
        self.private_subnets = self._checked(private_subnets, network)
        self.isolated_subnets = self._checked(isolated_subnets, network)
        self.public_subnets = self._checked(public_subnets, network)
        self.endpoint_security_group = endpoint_security_group
        self.s3 = s3
        self.dynamodb = dynamodb

    def _checked(self, subnets: Sequence[Subnet], network: IPv4Network) -> tuple[Subnet, ...]:
        for subnet in subnets:
            SUBNET_ID.checked(str(subnet.subnet_id), self.node.place)
            if not address_block(subnet.cidr, self.node.place).subnet_of(network):
                raise LandformError(
                    Code.ARGUMENT_VALUE,
                    "The subnet is not in the VPC's address block.",
                    place=self.node.place,
                    given=f"{subnet.cidr} of {subnet.subnet_id}",
                    expected=f"a block inside {network}",
                )
        return tuple(subnets)
