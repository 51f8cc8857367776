"""AWS IAM Identity Center: permission sets with a boundary and a short session, and who has them where."""

from landform.constructs.ssoadmin.identity_center import IdentityCenter
from landform.constructs.ssoadmin.permission_set import PermissionSet

__all__ = ["IdentityCenter", "PermissionSet"]
