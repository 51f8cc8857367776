"""What reaches what: stack rules and waivers to accounts, worked out once for a whole spec."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from landform.org.load import OrgSpec
from landform.org.models import Account, OrganizationalUnit, StackRule, Tier, Waiver
from landform.org.select import among, matches, selects


def instance_key(account: Account, rule: StackRule, region: str) -> str:
    """The full name of a rule's stack in an account; the region is a part of it where there is one a region."""
    parts = (account.name, region, rule.id) if rule.per == "account_region" else (account.name, rule.id)
    return ".".join(parts)


class Reach:
    """Tables over one spec, in time linear in accounts times rules.

    ``tiers``, ``ous`` and ``accounts`` are by name or path. ``selected`` holds, for each account, the rules whose
    selector takes it whatever its status; ``stacks`` those that it really has: selected, of its status, not
    skipped.
    """

    def __init__(self, spec: OrgSpec) -> None:
        self.tiers: Mapping[str, Tier] = {tier.name: tier for tier in spec.tiers}
        self.ous: Mapping[str, OrganizationalUnit] = {unit.path: unit for unit in spec.ous}
        self.accounts: Mapping[str, Account] = {account.name: account for account in spec.accounts}
        self.selected: Mapping[str, Mapping[str, StackRule]] = {
            account.name: {rule.id: rule for rule in spec.stacks if selects(rule.select, account)}
            for account in spec.accounts
        }
        self.stacks: Mapping[str, Mapping[str, StackRule]] = {
            account.name: {
                id: rule
                for id, rule in self.selected[account.name].items()
                if account.status in rule.select.status and id not in account.stacks.skip
            }
            for account in spec.accounts
        }
        self._waivers: dict[str, list[Waiver]] = {}
        for waiver in sorted(spec.waivers, key=lambda waiver: waiver.id):
            for name in self._accounts_of(waiver):
                self._waivers.setdefault(name, []).append(waiver)

    def waivers(self, account: str, stack: str, key: str) -> tuple[Waiver, ...]:
        """The waivers whose scope holds an instance, sorted by id."""
        near = self._waivers.get(account, ())
        return tuple(waiver for waiver in near if matches(waiver.scope.stacks, stack, key))

    def reached_by(self, waiver: Waiver) -> tuple[Account, ...]:
        """The accounts in which a waiver's scope holds at least one stack."""
        names = sorted(self._accounts_of(waiver))
        return tuple(
            self.accounts[name]
            for name in names
            if any(
                matches(waiver.scope.stacks, rule.id, *_full_names(self.accounts[name], rule))
                for rule in self.stacks[name].values()
            )
        )

    @cached_property
    def full_names(self) -> Mapping[str, None]:
        """The full names of all stacks."""
        return dict.fromkeys(
            name
            for account in self.accounts.values()
            for rule in self.stacks[account.name].values()
            for name in _full_names(account, rule)
        )

    def _accounts_of(self, waiver: Waiver) -> set[str]:
        scope = waiver.scope
        names = among(scope.accounts, self.accounts) if scope.accounts else set(self.accounts)
        return {name for name in names if matches(scope.tiers, self.accounts[name].tier)}


def _full_names(account: Account, rule: StackRule) -> set[str]:
    return {instance_key(account, rule, region) for region in account.regions}
