"""The role of auditors. Follows "AWS managed policies for job functions" of the IAM guide: SecurityAudit."""

from __future__ import annotations

from collections.abc import Sequence

from landform.constructs.iam.role import Role
from landform.constructs.iam.trust import Trust
from landform.constructs.stack import AwsStack
from landform.core import Construct

# Configuration, and none of the data.
_POLICIES = ("SecurityAudit", "job-function/ViewOnlyAccess")


class AuditorRole(Role):
    """A role that sees how the account is configured, and none of what is in it.

    Args:
        principals: who may assume it: ARNs of roles of the organisation, or ``Trust.permission_set(...)``.
        role_name: ``<prefix>-auditor`` unless given, the same in every account.

    Raises:
        LandformError: ``argument-value`` without principals, or for one that is not one role.

    >>> AuditorRole(stack, "Auditor", principals=["arn:aws:iam::111111111111:role/auditors"]).role_name
    'acme-auditor'
    """

    def __init__(
        self, scope: Construct, id: str, *, principals: Sequence[str | Trust], role_name: str | None = None
    ) -> None:
        organization = AwsStack.of(scope).organization
        super().__init__(
            scope,
            id,
            trust=Trust.people(principals, organization_id=organization.organization_id),
            role_name=role_name or f"{organization.prefix}-auditor",
            description="Auditors: how the account is configured, and no data.",
            managed_policies=_POLICIES,
        )
