"""Amazon EC2's networking: VPCs without a way in by default, and security groups that name who may talk to whom."""

from landform.constructs.ec2.connections import Connectable, Connections
from landform.constructs.ec2.peer import Peer
from landform.constructs.ec2.security_group import SecurityGroup
from landform.constructs.ec2.subnets import Subnet
from landform.constructs.ec2.vpc import Vpc

__all__ = ["Connectable", "Connections", "Peer", "SecurityGroup", "Subnet", "Vpc"]
