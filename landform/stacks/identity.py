"""Who may sign in where: the stack of IAM Identity Center."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from landform.constructs import AwsStack
from landform.constructs.limits import ROLE_NAME
from landform.constructs.ssoadmin import IdentityCenter, PermissionSet
from landform.core import Construct
from landform.errors import Code, LandformError, did_you_mean
from landform.iam import Condition, Statement
from landform.org.leaves import seconds
from landform.org.models import Access, Account
from landform.stacks.organization import in_management, tree_of
from landform.stacks.texts import named

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

ROLES: Mapping[str, tuple[str, ...]] = {
    "Auditor": ("auditor",),
    "Operator": ("support",),
    "ReadOnly": ("auditor",),
}
"""The roles of ``GlobalBaseline`` that people of these permission sets may assume, without the organisation's prefix.

AWS asks both sides: whom the role of an account trusts, its ``auditors`` and ``supporters`` say.
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
        roles: names of the roles that people of a permission set may assume in any account of the organisation,
            ``{Operator: "northwind-support"}``, several with commas between; before those of ``ROLES``.

    Raises:
        LandformError: ``argument-value`` where the stack does not stand in the management account, may not read the
            tree, does not know what a permission set allows, or is told the roles of one that there is not.
    """

    def __init__(
        self,
        scope: Construct,
        instance: StackInstance,
        *,
        permission_sets: Mapping[str, str] = MappingProxyType({}),
        roles: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        # AWS has it in one region, which need not be where the account's other stacks are.
        region = instance.organization.identity.region or instance.region
        super().__init__(scope, replace(instance, region=region))
        in_management(self)
        view = tree_of(instance)
        prefix = self.organization.prefix
        self._policies = {**PERMISSION_SETS, **_listed(permission_sets)}
        self._roles = {
            **{name: tuple(f"{prefix}-{role}" for role in own) for name, own in ROLES.items()},
            **_listed(roles),
        }
        center = IdentityCenter(self, "IdentityCenter")
        entries = [(account, access) for account in view.accounts for access in _given_in(account)]
        names = {
            *self.organization.identity.permission_sets,
            *(access.permission_set for _, access in entries),
        }
        self._check_roles(names)
        sets = {
            name: self._permission_set(name, center, [a for _, a in entries if a.permission_set == name])
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

    def _permission_set(self, name: str, center: IdentityCenter, entries: list[Access]) -> PermissionSet:
        policies = self._policies
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
            statements=self._becoming(name),
            session_hours=max(1, min(*asked, most)) if asked else None,
        )

    def _check_roles(self, names: Set[str]) -> None:
        """Refuse roles of what is no permission set, which nobody could assume."""
        strange = sorted(self._roles.keys() - ROLES.keys() - names)
        if strange:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "The organisation has no permission set of this name, whose people could assume roles.",
                place=self.instance.source,
                given=strange[0],
                expected=f"one of {', '.join(sorted(names))}",
                fix=did_you_mean(strange[0], names) or "Add it to identity.permission_sets in org/org.yaml.",
            )

    def _becoming(self, permission_set: str) -> Iterator[Statement]:
        """What lets people assume the roles of their permission set, in accounts of the organisation alone."""
        roles = self._roles.get(permission_set, ())
        if roles:
            yield Statement(
                "AssumeRolesOfAccounts",
                ("sts:AssumeRole",),
                tuple(
                    self.arn(
                        "iam",
                        f"role/{ROLE_NAME.checked(role, self.instance.source)}",
                        region="",
                        account_id="*",
                    )
                    for role in roles
                ),
                conditions=(
                    Condition("StringEquals", "aws:ResourceOrgID", (self.organization.organization_id,)),
                ),
            )


def _listed(given: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Lists with commas between, by permission set."""
    return {name: named(text) for name, text in given.items()}


def _given_in(account: Account) -> Iterator[Access]:
    """What an account gives to groups: nothing before it is active, and nothing once it is given up."""
    if account.status == "active":
        yield from account.access
