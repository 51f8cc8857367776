"""AWS Organizations: the tree of units and accounts, and what nobody in them can do."""

from landform.constructs.organizations.guardrails import Guardrails
from landform.constructs.organizations.member_account import MemberAccount
from landform.constructs.organizations.organization_policy import OrganizationPolicy
from landform.constructs.organizations.organization_tree import OrganizationTree

__all__ = ["Guardrails", "MemberAccount", "OrganizationPolicy", "OrganizationTree"]
