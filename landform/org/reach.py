"""What reaches what: stack rules and waivers to accounts, worked out once for a whole spec."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from landform.org.layers import Layers
from landform.org.models import (
    Account,
    Baseline,
    OrganizationalUnit,
    Selector,
    StackRule,
    Tier,
    Waiver,
    WaveSelector,
)
from landform.org.select import Globs, among, matches, ou_path, selects
from landform.org.spec import OrgSpec


def instance_key(account: Account, rule: StackRule, region: str) -> str:
    """The full name of a rule's stack in an account; the region is a part of it where there is one a region."""
    parts = (account.name, region, rule.id) if rule.per == "account_region" else (account.name, rule.id)
    return ".".join(parts)


class Reach:
    """Tables over one spec, each made when it is asked for, in time linear in accounts times rules.

    ``tiers``, ``ous`` and ``accounts`` are by name or path, ``baselines`` by name and version. ``selected`` is whatever
    an account's status, ``kept`` what of it is not skipped, and ``stacks`` what of that is of the account's status.
    Of a spec that could not be read whole only those tables mean something whose files could be.
    """

    def __init__(self, spec: OrgSpec) -> None:
        self.tiers: Mapping[str, Tier] = {tier.name: tier for tier in spec.tiers}
        self.ous: Mapping[str, OrganizationalUnit] = {unit.path: unit for unit in spec.ous}
        self.accounts: Mapping[str, Account] = {account.name: account for account in spec.accounts}
        self.baselines: Mapping[tuple[str, str], Baseline] = {
            (each.name, each.version): each for each in spec.baselines
        }
        self._spec = spec

    @cached_property
    def layers(self) -> Layers:
        """What the layers of the spec say."""
        return Layers(self._spec)

    @cached_property
    def selected(self) -> Mapping[str, Mapping[str, StackRule]]:
        """For each account the rules whose selector takes it, and those that it or its baseline adds."""
        return {account.name: self._selected(account) for account in self._spec.accounts}

    @cached_property
    def kept(self) -> Mapping[str, Mapping[str, StackRule]]:
        """For each account the rules of the stacks that it has in one status or another: what it may come back to."""
        return {
            account.name: {
                id: rule for id, rule in self.selected[account.name].items() if id not in account.stacks.skip
            }
            for account in self._spec.accounts
        }

    @cached_property
    def stacks(self) -> Mapping[str, Mapping[str, StackRule]]:
        """For each account the rules of the stacks that it really has."""
        return {
            account.name: {
                id: rule for id, rule in self.kept[account.name].items() if self.stands(account, rule)
            }
            for account in self._spec.accounts
        }

    def stands(self, account: Account, rule: StackRule) -> bool:
        """Whether a rule that takes an account has its stack there, as the account's status says.

        In a quarantined account the baseline is being made: it has the stacks of that whatever their rules say.
        """
        if account.status == "quarantined" and rule.id in self._of_baseline(account):
            return True
        return account.status in rule.select.status

    @cached_property
    def _waivers(self) -> Mapping[str, Sequence[Waiver]]:
        found: dict[str, list[Waiver]] = {}
        for waiver in sorted(self._spec.waivers, key=lambda waiver: waiver.id):
            for name in self._accounts_of(waiver):
                found.setdefault(name, []).append(waiver)
        return found

    def regions(self, account: Account, rule: StackRule) -> tuple[str, ...]:
        """The regions in which a stack stands in an account: its own, or the home region where there is one stack."""
        per_region = rule.per == "account_region"
        return account.regions if per_region else (self._spec.organization.home_region,)

    def known(self, account: Account) -> bool:
        """Whether the account's tier and units exist, so that what holds in it can be worked out."""
        return account.tier in self.tiers and all(path in self.ous for path in ou_path(account.ou))

    def baseline(self, account: Account) -> Baseline | None:
        """The baseline of an account, where it has one that exists."""
        pin = account.baseline
        return self.baselines.get((pin.name, pin.version)) if pin else None

    def _of_baseline(self, account: Account) -> tuple[str, ...]:
        baseline = self.baseline(account)
        return baseline.stacks if baseline else ()

    def _selected(self, account: Account) -> dict[str, StackRule]:
        added = {*account.stacks.add, *self._of_baseline(account)}
        labels = self.layers.labels(account)
        return {
            rule.id: rule
            for rule in self._spec.stacks
            if rule.id in added or (not rule.opt_in and selects(rule.select, account, labels))
        }

    def waivers(self, account: str, stack: str, key: str) -> tuple[Waiver, ...]:
        """The waivers whose scope holds an instance, sorted by id."""
        near = self._waivers.get(account, ())
        return tuple(waiver for waiver in near if matches(waiver.scope.stacks, stack, key))

    def reached_by(self, waiver: Waiver) -> tuple[Account, ...]:
        """The accounts in which a waiver's scope holds at least one stack."""
        names = sorted(self._accounts_of(waiver))
        return tuple(self.accounts[name] for name in names if any(self._stacks_of(waiver, name, self.stacks)))

    def may_reach(self, waiver: Waiver) -> bool:
        """Whether a waiver's scope holds a stack that an account has in one status or another."""
        return any(any(self._stacks_of(waiver, name, self.kept)) for name in self._accounts_of(waiver))

    def tiers_reached_by(self, waiver: Waiver) -> list[Tier]:
        """The tiers of the stacks in a waiver's scope, as they are there; those that rule waivers alike once."""
        found: dict[tuple[str, str], Tier] = {}
        for account in self.reached_by(waiver):
            if self.known(account):
                for rule, region in self._stacks_of(waiver, account.name, self.stacks):
                    tier = self.layers.effective(account, region, rule).tier
                    found.setdefault((tier.name, repr(tier.waivers)), tier)
        return [tier for _, tier in sorted(found.items())]

    def _stacks_of(
        self, waiver: Waiver, account: str, table: Mapping[str, Mapping[str, StackRule]]
    ) -> Iterator[tuple[StackRule, str]]:
        """The stacks of an account, of those in a table, that a waiver's scope holds, with their regions."""
        for rule in table[account].values():
            for region in self.regions(self.accounts[account], rule):
                key = instance_key(self.accounts[account], rule, region)
                if matches(waiver.scope.stacks, rule.id, key):
                    yield rule, region

    @cached_property
    def full_names(self) -> Mapping[str, None]:
        """The full names of all stacks that accounts have in one status or another."""
        return dict.fromkeys(
            name
            for account in self.accounts.values()
            for rule in self.kept[account.name].values()
            for name in _full_names(account, rule)
        )

    @cached_property
    def _units(self) -> Mapping[str, None]:
        return dict.fromkeys(path for unit in self.ous for path in ou_path(unit))

    def selectable(self, selector: Selector | WaveSelector) -> dict[str, Globs]:
        """The globs of a selector, by key."""
        return {
            "accounts": ("account", selector.accounts, self.accounts),
            "tiers": ("tier", selector.tiers, self.tiers),
            "ous": ("organizational unit", selector.ous, self._units),
        }

    def _accounts_of(self, waiver: Waiver) -> set[str]:
        scope = waiver.scope
        names = among(scope.accounts, self.accounts) if scope.accounts else set(self.accounts)
        return {name for name in names if matches(scope.tiers, self.accounts[name].tier)}


def _full_names(account: Account, rule: StackRule) -> set[str]:
    return {instance_key(account, rule, region) for region in account.regions}
