"""What a web ACL protects. Follows "Associating or disassociating protection with an AWS resource"."""

from __future__ import annotations

from landform.constructs.stack import AwsStack
from landform.constructs.wafv2.web_acl import CLOUDFRONT_REGION, AclScope, AnyWebAcl
from landform.core import Construct, Ref
from landform.errors import Code, LandformError
from landform.resources.aws.wafv2_web_acl_association import Wafv2WebAclAssociation


def associate(scope: Construct, web_acl: AnyWebAcl, resource_arn: str | Ref[str]) -> None:
    """Put a web ACL before a resource of a region; a distribution names its own.

    Raises:
        LandformError: ``argument-value`` for a web ACL of CloudFront, or of another region.
    """
    protecting(scope, web_acl, "REGIONAL")
    Wafv2WebAclAssociation(scope, "WebAclAssociation", resource_arn=resource_arn, web_acl_arn=web_acl.arn)


def protecting(owner: Construct, web_acl: AnyWebAcl, acl_scope: AclScope) -> AnyWebAcl:
    """A web ACL that can protect something of a scope, itself; errors as for ``associate``."""
    region = CLOUDFRONT_REGION if acl_scope == "CLOUDFRONT" else AwsStack.of(owner).region
    if (web_acl.acl_scope, web_acl.region) == (acl_scope, region):
        return web_acl
    raise LandformError(
        Code.ARGUMENT_VALUE,
        f"This web ACL cannot protect a {type(owner).__name__}.",
        place=owner.node.place,
        given=f"a web ACL of scope {web_acl.acl_scope} in {web_acl.region}",
        expected=f"one of scope {acl_scope} in {region}",
        fix=f"Make a WebAcl with acl_scope={acl_scope!r} in a stack of {region}.",
    )
