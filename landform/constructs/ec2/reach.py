"""The way from what runs in a VPC to AWS's own services: image layers, logs, secrets, Systems Manager."""

from __future__ import annotations

from landform.constructs.ec2.connections import Connections
from landform.constructs.ec2.peer import Peer
from landform.constructs.ec2.vpc import AnyVpc

HTTPS = 443


def reach_aws(connections: Connections, vpc: AnyVpc) -> None:
    """Let something out to AWS's services, by HTTPS alone.

    Through the VPC's interface endpoints; where it has none, through NAT and the internet. S3 is reached through
    its gateway endpoint, where there is one.
    """
    endpoints = vpc.endpoint_security_group
    if endpoints:
        connections.allow_to(endpoints.as_peer(), HTTPS)
    elif vpc.public_subnets:
        connections.allow_to(Peer.internet(), HTTPS)
    else:
        connections.security_group.node.annotate(
            "warn",
            "The VPC has neither interface endpoints nor NAT, so nothing in it reaches AWS's services: no image is "
            "pulled, no log is written. Give the VPC interface_endpoints, or the tier sizing.nat.",
        )
    if vpc.s3:
        connections.allow_to(vpc.s3, HTTPS)
