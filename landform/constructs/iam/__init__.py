"""AWS IAM: roles with a boundary and an exact trust, and the policies that grants are written into."""

from landform.constructs.iam.auditor_role import AuditorRole
from landform.constructs.iam.bootstrap_role import BootstrapRole
from landform.constructs.iam.boundary import PermissionsBoundary
from landform.constructs.iam.break_glass_role import BreakGlassRole
from landform.constructs.iam.github_oidc import GithubOidcProvider, GithubOidcRole
from landform.constructs.iam.policy import Policy
from landform.constructs.iam.role import ImportedRole, Role
from landform.constructs.iam.support_role import SupportRole
from landform.constructs.iam.trust import Trust

__all__ = [
    "AuditorRole",
    "BootstrapRole",
    "BreakGlassRole",
    "GithubOidcProvider",
    "GithubOidcRole",
    "ImportedRole",
    "PermissionsBoundary",
    "Policy",
    "Role",
    "SupportRole",
    "Trust",
]
