"""The permissions boundary of an account: what no role of it can do, whatever its policies say.

A boundary allows and does not grant. It is a list of what is left out, because a boundary that listed what is in
would have to name every service. It ends at the organisation's regions and not at its resources: AWS leaves
``aws:ResourceOrgID`` out of many requests ("AWS global condition context keys"), and images, layers and agents that
Amazon owns belong to no organisation of ours.
"""

from __future__ import annotations

from landform.constructs.stack import AwsStack
from landform.core import Construct
from landform.iam import Condition, PolicyDocument, Statement
from landform.resources.aws.iam_policy import IamPolicy

# Where AWS's global services (IAM, Organizations, Route 53, CloudFront) say that a request is.
GLOBAL_REGION = {"aws": "us-east-1", "aws-us-gov": "us-gov-west-1", "aws-cn": "cn-north-1"}

# Ways to a standing credential, out of the organisation, or around the boundary itself.
NEVER = (
    "account:CloseAccount",
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:CreateSAMLProvider",
    "iam:CreateUser",
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteUserPermissionsBoundary",
    "iam:UpdateLoginProfile",
    "organizations:LeaveOrganization",
)


class PermissionsBoundary(Construct):
    """The boundary policy, under the one name that every role of the account refers to.

    >>> PermissionsBoundary(stack, "Boundary").arn
    'arn:aws:iam::012345678901:policy/acme-permissions-boundary'
    """

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        stack = AwsStack.of(self)
        self.arn = stack.permissions_boundary_arn
        name = self.arn.rpartition("/")[2]
        own = (self.arn,)
        regions = tuple({*stack.organization.regions, GLOBAL_REGION[stack.partition]})
        document = PolicyDocument(
            "managed policy",
            [
                Statement(
                    "WithinRegions",
                    not_actions=NEVER,
                    conditions=(Condition("StringEquals", "aws:RequestedRegion", regions),),
                ),
                Statement(
                    "KeepBoundary",
                    (
                        "iam:CreatePolicyVersion",
                        "iam:DeletePolicy",
                        "iam:DeletePolicyVersion",
                        "iam:SetDefaultPolicyVersion",
                    ),
                    own,
                    effect="Deny",
                ),
            ],
        )
        self.resource = IamPolicy(
            self,
            "Resource",
            name=name,
            description="What no role of this account can do, whatever its policies say.",
            policy=document.to_json(self.node.place),
        )
