"""The role that an account is born with. Follows "Accessing member accounts in your organization" of the guide."""

from __future__ import annotations

from collections.abc import Sequence

from landform.constructs.iam.trust import Trust
from landform.constructs.limits import ROLE_NAME
from landform.constructs.stack import AwsStack
from landform.core import Construct
from landform.iam import PolicyDocument, Principal, Statement
from landform.resources.aws.iam_role import IamRole

BOOTSTRAP_ROLE = "OrganizationAccountAccessRole"
"""The role that AWS Organizations makes in every account that it makes, unless told another name."""

_HOUR = 3600


class BootstrapRole(Construct):
    """The administrator's role that AWS Organizations made the account with, taken over and locked.

    AWS lets whoever may assume roles in the management account have it, for as long as the account lives. Here its
    trust is left with those who are named, or with nobody, and it comes below the account's permissions boundary. The
    role itself and AdministratorAccess on it stay AWS's: who takes the construct out again must write the trust that
    is to be.

    Without principals only the role that applies can open it again, and where that is broken too, the account's root
    user (AWS's "Centrally manage root access for member accounts").

    Args:
        principals: who may still assume it: ARNs of roles of the organisation, or ``Trust.permission_set(...)``;
            nobody unless given.
        role_name: another name, where the account was made with one.

    Raises:
        LandformError: ``argument-value`` for a name that AWS would refuse, or for one that is not one role.

    >>> BootstrapRole(stack, "Bootstrap").role_name
    'OrganizationAccountAccessRole'
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        principals: Sequence[str | Trust] = (),
        role_name: str = BOOTSTRAP_ROLE,
    ) -> None:
        super().__init__(scope, id)
        stack = AwsStack.of(self)
        self.role_name = ROLE_NAME.checked(role_name, self.node.place)
        people = Trust.people(principals, organization_id=stack.organization.organization_id)
        trust = [each.statement(self) for each in people] or [_nobody()]
        self.resource = IamRole(
            self,
            "Resource",
            name=self.role_name,
            description="AWS Organizations made the account with it. Locked.",
            assume_role_policy=PolicyDocument("trust policy", trust).to_json(self.node.place),
            max_session_duration=_HOUR,
            permissions_boundary=stack.permissions_boundary_arn,
        )
        self.resource.import_from(self.role_name)
        Trust.note_accounts(self, people)


def _nobody() -> Statement:
    return Statement("Locked", ("sts:AssumeRole",), (), effect="Deny", principals=(Principal.everyone(),))
