"""Who has a permission set, and where. Follows "Assign user access to AWS accounts" of the user guide."""

from __future__ import annotations

import re

from landform.constructs.ssoadmin.identity_center import IdentityCenter
from landform.constructs.ssoadmin.limits import PERMISSION_SET_ARN
from landform.constructs.stack import AwsStack
from landform.core import Construct, Ref
from landform.errors import Code, LandformError
from landform.resources.aws.ssoadmin_account_assignment import SsoadminAccountAssignment

_ACCOUNT_ID = re.compile(r"[0-9]{12}")


class Assigned(Construct):
    """The common ground of permission sets, made here or elsewhere; use one of those."""

    center: IdentityCenter
    permission_set_arn: str | Ref[str]

    def assign(self, group: str, *, account: str) -> None:
        """Give the set to a group in an account: one that the stack knows by name, or an id of twelve digits.

        Raises:
            LandformError: ``argument-value`` for an account that the stack does not know, ``duplicate-id`` for an
                assignment that is there already.
        """
        SsoadminAccountAssignment(
            self,
            f"{group}-{account}",
            instance_arn=self.center.instance_arn,
            permission_set_arn=self.permission_set_arn,
            principal_id=self.center.group_id(group),
            principal_type="GROUP",
            target_id=self._account_id(account),
            target_type="AWS_ACCOUNT",
        )

    def _account_id(self, account: str) -> str:
        instance = AwsStack.of(self).instance
        members = instance.tree.accounts if instance.tree else ()
        known = {**{each.name: each.account_id for each in members if each.account_id}, **instance.accounts}
        if account in known:
            return known[account]
        if _ACCOUNT_ID.fullmatch(account):
            return account
        raise LandformError(
            Code.ARGUMENT_VALUE,
            "The stack does not know this account.",
            place=self.node.here,
            given=repr(account),
            expected=f"an id of twelve digits, or one of {', '.join(sorted(known))}",
            fix="Add it to the stack's `accounts` in org/stacks.yaml.",
        )


class ImportedPermissionSet(Assigned):
    """A permission set that another stack makes; what it allows is its owner's to write."""

    def __init__(self, scope: Construct, id: str, arn: str, *, center: IdentityCenter) -> None:
        super().__init__(scope, id)
        self.center = center
        self.permission_set_arn = PERMISSION_SET_ARN.checked(arn, self.node.place)
