"""The role of those who talk to AWS Support. Follows "Access permissions for AWS Support" of its guide."""

from __future__ import annotations

from collections.abc import Sequence

from landform.constructs.iam.role import Role
from landform.constructs.iam.trust import Trust
from landform.constructs.stack import AwsStack
from landform.core import Construct


class SupportRole(Role):
    """A role that opens and follows cases with AWS Support, and does nothing else.

    Args:
        principals: who may assume it: ARNs of roles of the organisation, or ``Trust.permission_set(...)``.
        role_name: ``<prefix>-support`` unless given, the same in every account.

    Raises:
        LandformError: ``argument-value`` without principals, or for one that is not one role.

    >>> SupportRole(stack, "Support", principals=["arn:aws:iam::111111111111:role/operators"]).role_name
    'acme-support'
    """

    def __init__(
        self, scope: Construct, id: str, *, principals: Sequence[str | Trust], role_name: str | None = None
    ) -> None:
        organization = AwsStack.of(scope).organization
        super().__init__(
            scope,
            id,
            trust=Trust.people(principals, organization_id=organization.organization_id),
            role_name=role_name or f"{organization.prefix}-support",
            description="Cases with AWS Support.",
            managed_policies=["AWSSupportAccess"],
        )
