"""Certificates of AWS Certificate Manager, as what takes one names it: by ARN, of the right region."""

from __future__ import annotations

from landform.constructs.limits import Name
from landform.core import Construct, Ref
from landform.errors import Code, LandformError

CERTIFICATE_ARN = Name(
    "ARN of a certificate",
    r"arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/[A-Za-z0-9-]+",
    "arn:aws:acm:eu-west-1:123456789012:certificate/ and its id",
)


def checked_certificate(arn: str | Ref[str], owner: Construct, region: str) -> str | Ref[str]:
    """A certificate's ARN itself, or a reference to one that this stack makes.

    Raises:
        LandformError: ``argument-value`` where it is no such ARN, or of another region.
    """
    if isinstance(arn, Ref):
        return arn
    of_region = CERTIFICATE_ARN.checked(arn, owner.node.place).split(":")[3]
    if of_region == region:
        return arn
    raise LandformError(
        Code.ARGUMENT_VALUE,
        f"A {type(owner).__name__} takes certificates of one region.",
        place=owner.node.place,
        given=f"a certificate of {of_region}",
        expected=f"one of {region}",
        fix="Have a certificate for the same names issued there.",
    )
