"""Permission sets. Follows "Manage AWS accounts with permission sets" of the IAM Identity Center guide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from landform.constructs.iam.role import FORBIDDEN_POLICIES
from landform.constructs.limits import PERMISSION_SET_NAME, Whole
from landform.constructs.ssoadmin.assigned import Assigned, ImportedPermissionSet
from landform.constructs.ssoadmin.identity_center import IdentityCenter
from landform.constructs.stack import AwsStack
from landform.constructs.statements import narrow
from landform.core import Construct, Lazy
from landform.errors import Code, LandformError, did_you_mean
from landform.iam import PolicyDocument, Statement
from landform.org.leaves import seconds
from landform.resources.aws.ssoadmin_managed_policy_attachment import SsoadminManagedPolicyAttachment
from landform.resources.aws.ssoadmin_permission_set import SsoadminPermissionSet
from landform.resources.aws.ssoadmin_permission_set_inline_policy import SsoadminPermissionSetInlinePolicy
from landform.resources.aws.ssoadmin_permissions_boundary_attachment import (
    PermissionsBoundary,
    PermissionsBoundaryCustomerManagedPolicyReference,
    SsoadminPermissionsBoundaryAttachment,
)

NO_ADMINISTRATOR = "no AdministratorAccess, no IAMFullAccess"

# Hours: what AWS takes, what a tier that guards against deletion allows, and what is given without being said.
_LONGEST, _LONGEST_GUARDED, _USUAL = 12, 4, 8
_MAX_POLICIES = 10


class PermissionSet(Assigned):
    """What a group may do in the accounts that it is assigned: below the account's boundary, for a working session.

    Args:
        center: the organisation's IAM Identity Center.
        permission_set_name: as people see it when they sign in; from the id unless given. Where the organisation's
            ``identity.permission_sets`` lists names, one of those.
        description: what it is for.
        session_hours: how long a session lasts: at most 4 hours where the tier guards against deletion, else 12, and
            never longer than the organisation's ``identity.max_session``. Unless given 4, or 8.
        managed_policies: names of AWS's managed policies, ``job-function/ViewOnlyAccess``.
        statements: what it allows beside them.
        break_glass: all rights, an hour, and no boundary. A deviation that needs a waiver (CKV_AWS_274).

    Raises:
        LandformError: ``argument-value`` for a name or session that is not allowed, for a policy that allows
            everything, and for a statement that does not name what it allows.

    >>> center = IdentityCenter(stack, "IdentityCenter")
    >>> operator = PermissionSet(stack, "Operator", center=center, managed_policies=["job-function/SupportUser"])
    >>> operator.session_hours
    4
    >>> operator.assign("operators", account="payments-prod")
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        center: IdentityCenter,
        permission_set_name: str | None = None,
        description: str | None = None,
        session_hours: int | None = None,
        managed_policies: Sequence[str] = (),
        statements: Iterable[Statement] = (),
        break_glass: bool = False,
    ) -> None:
        super().__init__(scope, id)
        stack = self._stack = AwsStack.of(self)
        self.center = center
        self._check_policies(managed_policies)
        self.permission_set_name = self._checked_name(permission_set_name or id)
        self.session_hours = self._checked_session(session_hours, break_glass)
        self.resource = SsoadminPermissionSet(
            self,
            "Resource",
            instance_arn=center.instance_arn,
            name=self.permission_set_name,
            description=description or self.node.path,
            session_duration=f"PT{self.session_hours}H",
        )
        self.permission_set_arn = self.resource.arn
        if break_glass:
            stack.default_on(self, NO_ADMINISTRATOR, setting="", given=False, checks=("CKV_AWS_274",))
            managed_policies = [*managed_policies, "AdministratorAccess"]
        else:
            self._bound()
        attachments = self._attachments = Construct(self, "ManagedPolicies")
        for policy in managed_policies:
            SsoadminManagedPolicyAttachment(
                attachments,
                policy.rpartition("/")[2],
                instance_arn=center.instance_arn,
                permission_set_arn=self.resource.arn,
                managed_policy_arn=f"arn:{stack.partition}:iam::aws:policy/{policy}",
            )
        self._document = PolicyDocument("permission set policy")
        for statement in statements:
            self.add_to_policy(statement)
        self.node.add_validation(self._validate)

    def add_to_policy(self, statement: Statement) -> None:
        """Add a statement to the set's own policy, which is the same in every account.

        Raises:
            LandformError: ``argument-value`` for one that does not name what it allows.
        """
        narrowed = narrow(statement, self)
        if not self._document:
            SsoadminPermissionSetInlinePolicy(
                self,
                "Policy",
                instance_arn=self.center.instance_arn,
                permission_set_arn=self.resource.arn,
                inline_policy=Lazy(lambda: self._document.to_json(self.node.place)),
            )
        self._document.add(narrowed)

    @staticmethod
    def from_arn(scope: Construct, id: str, arn: str, *, center: IdentityCenter) -> ImportedPermissionSet:
        """A permission set that another stack makes, to assign.

        Raises:
            LandformError: ``argument-value`` for what is no ARN of a permission set.
        """
        return ImportedPermissionSet(scope, id, arn, center=center)

    def _bound(self) -> None:
        name = self._stack.permissions_boundary_arn.rpartition("/")[2]
        SsoadminPermissionsBoundaryAttachment(
            self,
            "Boundary",
            instance_arn=self.center.instance_arn,
            permission_set_arn=self.resource.arn,
            permissions_boundary=PermissionsBoundary(
                customer_managed_policy_reference=PermissionsBoundaryCustomerManagedPolicyReference(name=name)
            ),
        )

    def _check_policies(self, names: Sequence[str]) -> None:
        wide = [name for name in names if name.rpartition("/")[2] in FORBIDDEN_POLICIES]
        if wide:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "A permission set may not carry a policy that allows everything.",
                place=self.node.place,
                given=", ".join(wide),
                expected="a policy for the task",
                fix="Use statements, or break_glass=True for the set of emergencies.",
            )
        arns = [name for name in names if ":" in name]
        if arns or len(names) > _MAX_POLICIES:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "A permission set takes ten of AWS's own managed policies, by name.",
                place=self.node.place,
                given=", ".join(arns) or f"{len(names)} policies",
                expected="for example job-function/ViewOnlyAccess",
            )

    def _checked_name(self, name: str) -> str:
        PERMISSION_SET_NAME.checked(name, self.node.place)
        listed = self._stack.organization.identity.permission_sets
        if listed and name not in listed:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "The organisation has no permission set of this name.",
                place=self.node.place,
                given=name,
                expected=f"one of {', '.join(listed)}",
                fix=did_you_mean(name, listed) or "Add it to identity.permission_sets in org/org.yaml.",
            )
        return name

    def _checked_session(self, given: int | None, break_glass: bool) -> int:
        guarded = self._stack.tier.sizing.deletion_protection
        most = _LONGEST_GUARDED if guarded else _LONGEST
        longest = self._stack.organization.identity.max_session
        if longest:
            most = min(most, max(1, seconds(longest) // 3600))
        if break_glass:
            most = 1
        hours = min(_USUAL, most) if given is None else given
        return Whole("number of hours a session may last here", 1, most).checked(hours, self.node.place)

    def _validate(self) -> list[str]:
        empty = not self._document and not self._attachments.node.children
        return ["A permission set needs a managed policy or a statement."] if empty else []
