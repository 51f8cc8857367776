"""Roles. Follows "IAM roles", "Permissions boundaries" and "The confused deputy problem" of the IAM guide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from landform.constructs.iam.policy import AnyPolicy, ImportedPolicy, Policy
from landform.constructs.iam.role_grants import RoleGrants, check_attached
from landform.constructs.iam.trust import Trust
from landform.constructs.limits import ROLE_NAME, SESSION_HOURS
from landform.constructs.stack import AwsStack
from landform.constructs.statements import narrow
from landform.core import Construct
from landform.errors import Code, LandformError
from landform.iam import PolicyDocument, Statement
from landform.iam.arns import role_account
from landform.resources.aws.iam_role import IamRole
from landform.resources.aws.iam_role_policy_attachment import IamRolePolicyAttachment

# Managed policies that make every other rule pointless.
FORBIDDEN_POLICIES = ("AdministratorAccess", "IAMFullAccess")


class Role(Construct):
    """A role: an exact trust, the account's permissions boundary, and the grants it receives.

    Args:
        trust: who may assume it, at least one.
        role_name: from the construct path unless given; at most 64 characters.
        description: what the role is for.
        max_session_hours: how long a session may last, 1 to 12 hours.
        managed_policies: names of AWS's managed policies (``job-function/ViewOnlyAccess``), ARNs, or a ``Policy``.
        boundary: the account's permissions boundary; False for the few roles that stand above it.

    Raises:
        LandformError: ``argument-value`` for a role nobody or everybody may assume, a name or session AWS would
            refuse, a managed policy that allows everything, or more than ten of them.

    >>> role = Role(stack, "Reader", trust=[Trust.service("lambda.amazonaws.com")])
    >>> role.arn
    'arn:aws:iam::012345678901:role/acme-payments-prod-data-lake-reader'
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        trust: Sequence[Trust],
        role_name: str | None = None,
        description: str | None = None,
        max_session_hours: int = 1,
        managed_policies: Sequence[str | AnyPolicy] = (),
        boundary: bool = True,
    ) -> None:
        super().__init__(scope, id)
        stack = AwsStack.of(self)
        if not trust:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "A role needs someone who may assume it.",
                place=self.node.place,
                given="no trust",
                fix="Pass trust=[Trust.service(...)] or trust=[Trust.role(...)].",
            )
        strange = [each for each in trust if not isinstance(each, Trust)]
        if strange:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "This does not say who may assume a role.",
                place=self.node.place,
                given=repr(strange[0]),
                expected="a Trust",
                fix="Pass trust=[Trust.service(...)] or trust=[Trust.role(...)].",
            )
        self.account_id = stack.account_id
        self.role_name = ROLE_NAME.checked(role_name or stack.physical_name(self, 64), self.node.place)
        self.arn = stack.arn("iam", f"role/{self.role_name}", region="")
        trust_policy = PolicyDocument("trust policy", (t.statement(self) for t in trust))
        self.resource = IamRole(
            self,
            "Resource",
            name=self.role_name,
            description=description or self.node.path,
            assume_role_policy=trust_policy.to_json(self.node.place),
            max_session_duration=3600 * SESSION_HOURS.checked(max_session_hours, self.node.place),
            permissions_boundary=stack.permissions_boundary_arn if boundary else None,
        )
        Trust.note_accounts(self, trust)
        check_attached(self, len(managed_policies))
        if managed_policies:
            # A scope of their own: a policy may be called anything, "Policy" too.
            attachments = Construct(self, "ManagedPolicies")
            for policy in managed_policies:
                self._attach(attachments, policy)
        self._grants = RoleGrants(self, self.resource, len(managed_policies))

    @property
    def principal_arn(self) -> str:
        """The role's ARN, which is what a grant to it names."""
        return self.arn

    def add_to_policy(self, statement: Statement) -> bool:
        """Add a statement to the role's own policies; grants call this. True, because it is taken.

        Grants that the role's inline policy has no room for stand in managed policies of its own.

        Raises:
            LandformError: ``argument-value`` for a statement that does not name what it allows, or for more than
                AWS takes of one role.
        """
        self._grants.add(narrow(statement, self))
        return True

    @staticmethod
    def from_arn(arn: str) -> ImportedRole:
        """A role of another stack or account, to grant to.

        Raises:
            LandformError: ``argument-value`` where it is no ARN of a role.
        """
        return ImportedRole(arn, role_account(arn))

    def _attach(self, scope: Construct, policy: str | AnyPolicy) -> None:
        if isinstance(policy, (Policy, ImportedPolicy)):
            IamRolePolicyAttachment(
                scope, policy.node.id, role=self.resource.name, policy_arn=policy.attached_arn
            )
            return
        name = policy.rpartition("/")[2]
        if name in FORBIDDEN_POLICIES:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "A role may not carry a policy that allows everything.",
                place=self.node.place,
                given=policy,
                expected="a policy for the task",
                fix="Use grants, or a managed policy of a job function.",
            )
        partition = AwsStack.of(self).partition
        arn = policy if policy.startswith("arn:") else f"arn:{partition}:iam::aws:policy/{policy}"
        IamRolePolicyAttachment(scope, name, role=self.resource.name, policy_arn=arn)


@dataclass(frozen=True, slots=True)
class ImportedRole:
    """A role that another stack, or nobody here, makes. Its own policy is not ours to write.

    So a grant to it stands in the policy of the resource; where the role is of another account, its owner adds
    the other half.
    """

    arn: str
    account_id: str

    @property
    def principal_arn(self) -> str:
        """The role's ARN, which is what a grant to it names."""
        return self.arn

    def add_to_policy(self, statement: Statement) -> bool:
        """False: the statement is not taken."""
        return False
