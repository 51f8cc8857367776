"""Who may sign in where: the stack of IAM Identity Center."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from landform.constructs import AwsStack
from landform.constructs.ssoadmin import IdentityCenter, PermissionSet
from landform.core import Construct
from landform.errors import Code, LandformError, did_you_mean
from landform.org.leaves import seconds
from landform.org.models import Access, Account
from landform.stacks.organization import in_management, tree_of

if TYPE_CHECKING:
    from landform.org.fleet import StackInstance

PERMISSION_SETS: Mapping[str, tuple[str, ...]] = {
    "Administrator": ("PowerUserAccess", "IAMReadOnlyAccess"),
    "Auditor": ("SecurityAudit", "job-function/ViewOnlyAccess"),
    "Billing": ("job-function/Billing",),
    "Developer": ("PowerUserAccess", "IAMReadOnlyAccess"),
    "Operator": ("SecurityAudit", "job-function/SupportUser"),
    "ReadOnly": ("job-function/ViewOnlyAccess",),
    "Sandbox": ("PowerUserAccess", "IAMReadOnlyAccess"),
}
"""The managed policies of the permission sets that most organisations have, by name.

``ViewOnlyAccess`` and ``SecurityAudit`` see what there is and how it is set up, and no data. Nobody has all rights,
makes users, or changes roles by hand; the permissions boundary of each account stands over all of it.
"""

# The longest session that a permission set takes: in a tier that guards against deletion, and in any other.
_LONGEST = {True: 4, False: 12}


class IdentityAssignments(AwsStack):
    """Every permission set of the organisation, and the groups that have them in each account.

    An account's ``access`` says which, once it is active. What it gives on approval alone is nobody's for good: it is
    left to whoever approves. A set lasts as long as the shortest session that any account asks of it. Its calls go to
    the organisation's ``identity.region``.

    Parameters of the spec:
        permission_sets: names of AWS's managed policies by permission set, ``{Operator: "SecurityAudit"}``, several
            with commas between; before those of ``PERMISSION_SETS``.

    Raises:
        LandformError: ``argument-value`` where the stack does not stand in the management account, may not read the
            tree, or does not know what a permission set allows.
    """

    def __init__(
        self,
        scope: Construct,
        instance: StackInstance,
        *,
        permission_sets: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        # AWS has it in one region, which need not be where the account's other stacks are.
        region = instance.organization.identity.region or instance.region
        super().__init__(scope, replace(instance, region=region))
        in_management(self)
        view = tree_of(instance)
        given = {name: tuple(map(str.strip, text.split(","))) for name, text in permission_sets.items()}
        policies = {**PERMISSION_SETS, **given}
        center = IdentityCenter(self, "IdentityCenter")
        entries = [(account, access) for account in view.accounts for access in _given_in(account)]
        names = {
            *self.organization.identity.permission_sets,
            *(access.permission_set for _, access in entries),
        }
        sets = {
            name: self._permission_set(
                name, policies, center, [a for _, a in entries if a.permission_set == name]
            )
            for name in sorted(names)
        }
        self.on_approval: list[tuple[str, Access]] = []
        for account, access in entries:
            if access.approval:
                self.on_approval.append((account.name, access))
            else:
                sets[access.permission_set].assign(access.group, account=account.name)
        if self.on_approval:
            told = ", ".join(
                f"{one.permission_set} in {name} to {one.group}" for name, one in self.on_approval
            )
            self.node.annotate("info", f"Left to whoever approves: {told}.")

    def _permission_set(
        self,
        name: str,
        policies: Mapping[str, tuple[str, ...]],
        center: IdentityCenter,
        entries: list[Access],
    ) -> PermissionSet:
        if name not in policies:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "Nobody says what this permission set allows.",
                place=self.instance.source,
                given=name,
                expected=f"one of {', '.join(sorted(policies))}",
                fix=did_you_mean(name, policies)
                or f"Name its managed policies in the rule's params.permission_sets.{name}.",
            )
        asked = [seconds(entry.max_session) // 3600 for entry in entries if entry.max_session]
        if longest := self.organization.identity.max_session:
            asked.append(seconds(longest) // 3600)
        most = _LONGEST[self.tier.sizing.deletion_protection]
        return PermissionSet(
            self,
            name,
            center=center,
            description=f"{name}, in the accounts that give it.",
            managed_policies=policies[name],
            session_hours=max(1, min(*asked, most)) if asked else None,
        )


def _given_in(account: Account) -> Iterator[Access]:
    """What an account gives to groups: nothing before it is active, and nothing once it is given up."""
    if account.status == "active":
        yield from account.access
