"""AWS Organizations: the tree of units and accounts, and what nobody in them can do."""

from landform.constructs.organizations.document_policies import DocumentPolicies
from landform.constructs.organizations.guardrails import Guardrails
from landform.constructs.organizations.member_account import MemberAccount
from landform.constructs.organizations.organization_policy import OrganizationPolicy
from landform.constructs.organizations.organization_tree import OrganizationTree
from landform.constructs.organizations.standing import Quarantine, Suspension

__all__ = [
    "DocumentPolicies",
    "Guardrails",
    "MemberAccount",
    "OrganizationPolicy",
    "OrganizationTree",
    "Quarantine",
    "Suspension",
]
