"""Amazon EC2: VPCs without a way in by default, their addresses, who may talk to whom in them, and machines."""

from landform.constructs.ec2.connections import Connectable, Connections
from landform.constructs.ec2.instance import Instance
from landform.constructs.ec2.ipam import Ipam
from landform.constructs.ec2.ipam_pool import IpamPool
from landform.constructs.ec2.launch_template import LaunchTemplate
from landform.constructs.ec2.machine_image import MachineImage
from landform.constructs.ec2.peer import Peer
from landform.constructs.ec2.security_group import SecurityGroup
from landform.constructs.ec2.subnets import Subnet
from landform.constructs.ec2.vpc import Vpc

__all__ = [
    "Connectable",
    "Connections",
    "Instance",
    "Ipam",
    "IpamPool",
    "LaunchTemplate",
    "MachineImage",
    "Peer",
    "SecurityGroup",
    "Subnet",
    "Vpc",
]
