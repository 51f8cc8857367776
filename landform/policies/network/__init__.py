"""How the internet reaches what is in a stack: gateway, route table, subnet, network ACL, security group, resource.

Follows "Enable internet access for a VPC using an internet gateway" of the VPC guide: a resource is reached where it
has a public address, its subnet has a route to an internet gateway, and ACL and security group let a port in.
"""
