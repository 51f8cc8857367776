"""Which call makes an account the administrator of a service for the organisation.

Most services take AWS Organizations' own ("AWS services that you can use with AWS Organizations"); some have a call
of their own, and are not administered without it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from landform.core import Construct, Input
from landform.iam import Condition, Principal, Statement
from landform.resources.aws.cloudtrail_organization_delegated_admin_account import (
    CloudtrailOrganizationDelegatedAdminAccount,
)
from landform.resources.aws.detective_organization_admin_account import DetectiveOrganizationAdminAccount
from landform.resources.aws.fms_admin_account import FmsAdminAccount
from landform.resources.aws.guardduty_organization_admin_account import GuarddutyOrganizationAdminAccount
from landform.resources.aws.inspector2_delegated_admin_account import Inspector2DelegatedAdminAccount
from landform.resources.aws.macie2_organization_admin_account import Macie2OrganizationAdminAccount
from landform.resources.aws.organizations_delegated_administrator import OrganizationsDelegatedAdministrator
from landform.resources.aws.securityhub_organization_admin_account import SecurityhubOrganizationAdminAccount
from landform.resources.aws.vpc_ipam_organization_admin_account import VpcIpamOrganizationAdminAccount
from landform.resources.base import TypedResource

_Delegates = Callable[[Construct, str, Input[str], list[Construct]], TypedResource]

_OWN_CALL: Mapping[str, _Delegates] = {
    "cloudtrail.amazonaws.com": lambda scope, id, account, after: CloudtrailOrganizationDelegatedAdminAccount(
        scope, id, account_id=account, depends_on=after
    ),
    "detective.amazonaws.com": lambda scope, id, account, after: DetectiveOrganizationAdminAccount(
        scope, id, account_id=account, depends_on=after
    ),
    "fms.amazonaws.com": lambda scope, id, account, after: FmsAdminAccount(
        scope, id, account_id=account, depends_on=after
    ),
    "guardduty.amazonaws.com": lambda scope, id, account, after: GuarddutyOrganizationAdminAccount(
        scope, id, admin_account_id=account, depends_on=after
    ),
    "inspector2.amazonaws.com": lambda scope, id, account, after: Inspector2DelegatedAdminAccount(
        scope, id, account_id=account, depends_on=after
    ),
    "ipam.amazonaws.com": lambda scope, id, account, after: VpcIpamOrganizationAdminAccount(
        scope, id, delegated_admin_account_id=account, depends_on=after
    ),
    "macie.amazonaws.com": lambda scope, id, account, after: Macie2OrganizationAdminAccount(
        scope, id, admin_account_id=account, depends_on=after
    ),
    "securityhub.amazonaws.com": lambda scope, id, account, after: SecurityhubOrganizationAdminAccount(
        scope, id, admin_account_id=account, depends_on=after
    ),
}

# Those of them that have an administrator in each region.
REGIONAL_SERVICES = (
    "detective.amazonaws.com",
    "guardduty.amazonaws.com",
    "inspector2.amazonaws.com",
    "macie.amazonaws.com",
    "securityhub.amazonaws.com",
)

# What an administrator of policies reads, and what it does to policies of the types that it administers.
POLICY_READS = (
    "organizations:DescribeAccount",
    "organizations:DescribeEffectivePolicy",
    "organizations:DescribeOrganization",
    "organizations:DescribeOrganizationalUnit",
    "organizations:DescribePolicy",
    "organizations:ListAccounts",
    "organizations:ListAccountsForParent",
    "organizations:ListChildren",
    "organizations:ListOrganizationalUnitsForParent",
    "organizations:ListParents",
    "organizations:ListPolicies",
    "organizations:ListPoliciesForTarget",
    "organizations:ListRoots",
    "organizations:ListTagsForResource",
    "organizations:ListTargetsForPolicy",
)
POLICY_WRITES = (
    "organizations:AttachPolicy",
    "organizations:CreatePolicy",
    "organizations:DeletePolicy",
    "organizations:DetachPolicy",
    "organizations:UpdatePolicy",
)


def policy_statements(principal: str, types: tuple[str, ...]) -> list[Statement]:
    """What lets an account administer the organisation's policies of these types."""
    principals = (Principal("AWS", principal),)
    of_types = Condition("StringEquals", "organizations:PolicyType", types)
    return [
        Statement("ReadPolicies", POLICY_READS, principals=principals),
        Statement("WritePolicies", POLICY_WRITES, principals=principals, conditions=(of_types,)),
    ]


def delegate(
    scope: Construct, id: str, *, service: str, account_id: Input[str], after: Sequence[Construct] = ()
) -> TypedResource:
    """Make an account the administrator of a service, after the organisation trusts it."""
    own_call = _OWN_CALL.get(service)
    if own_call:
        return own_call(scope, id, account_id, list(after))
    return OrganizationsDelegatedAdministrator(
        scope, id, account_id=account_id, service_principal=service, depends_on=list(after)
    )
