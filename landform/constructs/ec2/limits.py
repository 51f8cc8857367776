"""What Amazon EC2 takes. Sources: "Resource IDs", ``RunInstances`` and "Instance user data" of its guide."""

from landform.constructs.limits import Name, Whole

_ID = "(?:[0-9a-f]{8}|[0-9a-f]{17})"

VPC_ID = Name("VPC id", f"vpc-{_ID}", "vpc- and 8 or 17 hexadecimal digits")
SUBNET_ID = Name("subnet id", f"subnet-{_ID}", "subnet- and 8 or 17 hexadecimal digits")
SECURITY_GROUP_ID = Name("security group id", f"sg-{_ID}", "sg- and 8 or 17 hexadecimal digits")
TRANSIT_GATEWAY_ID = Name("transit gateway id", f"tgw-{_ID}", "tgw- and 8 or 17 hexadecimal digits")
LAUNCH_TEMPLATE_ID = Name("launch template id", f"lt-{_ID}", "lt- and 8 or 17 hexadecimal digits")
IMAGE_ID = Name("image id", f"ami-{_ID}", "ami- and 8 or 17 hexadecimal digits")
IMAGE_PARAMETER = Name(
    "name of a parameter that holds an image id",
    r"/[\w.-]+(?:/[\w.-]+)*",
    "the path of a parameter, /acme/images/web",
)
DEVICE_NAME = Name("device name", r"/dev/(?:sd|xvd)[a-z]\d*", "for example /dev/xvda or /dev/sda1")
INSTANCE_TYPE = Name(
    "instance type", r"[a-z][a-z0-9-]*\.[a-z0-9-]+", "family and size, t4g.small or m7i.2xlarge"
)
VOLUME_GIB = Whole("size of a volume in GiB", 1, 16_384)

USER_DATA_BYTES = 16_384

IPAM_POOL_NAME = Name(
    "name of an IPAM pool",
    r"[A-Za-z0-9][A-Za-z0-9.-]{0,63}",
    "1 to 64 letters, digits and . -, which the filters of the API take as they stand",
)
IPAM_NETMASK = Whole("length of the netmask of an allocation", 0, 32)
REGION_NAME = Name("name of a region", r"[a-z]{2,3}(-[a-z]+)+-\d", "for example eu-west-1")
IPAM_DESCRIPTION = Name("description of an IPAM", r"[^\x00-\x1f]{1,255}", "1 to 255 characters, on one line")
