"""What AWS RAM takes. Sources: ``CreateResourceShare`` and ``AssociateResourceShare`` of its API reference."""

from landform.constructs.limits import Name

SHARED_ARN = Name(
    "ARN of a resource",
    r"arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:([0-9]{12})?:[^\s*]+",
    "arn:aws:ec2:eu-west-1:123456789012:transit-gateway/ and its id",
)
