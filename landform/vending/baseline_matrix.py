"""Which account has which version of its baseline, and what of it: a row an account, a column an item.

What an account has is what its stacks make; what it lacks says why. Nothing but the spec is needed; the bundle adds
waivers that stand in code, and with the ledger whether what stands in AWS is what was synthesised.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Literal

from landform.org.fleet import Fleet, StackInstance
from landform.org.models import Account, Baseline, StackRule
from landform.org.spec import OrgSpec
from landform.stacks.baseline import ITEMS, BaselineItem
from landform.synth.bundle import Bundle
from landform.vending.steps.told import Told

FORMAT = "landform/accounts-baseline/v1"

State = Literal["has", "partly", "step", "left-out", "missing"]
Standing = Literal["applied", "behind", "in-doubt", "never", "unknown", ""]

STATES: Mapping[State, str] = {
    "has": "the account's stacks make it",
    "partly": "in some of the account's regions",
    "step": "a step of vending does it, and no stack",
    "left-out": "left out, and the reason is known",
    "missing": "no stack of the account makes it",
}
"""What a cell may say, and what that means."""

STANDINGS: Mapping[Standing, str] = {
    "applied": "applied as synthesised",
    "behind": "something else was applied last",
    "in-doubt": "not known how the last apply ended",
    "never": "never applied",
    "unknown": "not in the bundle",
    "": "nothing to apply",
}
"""What may be said of the stacks of an item, and what that means; the worst of them holds."""

_WORST: tuple[Standing, ...] = ("in-doubt", "unknown", "behind", "never", "applied")
_READY = "landform.stacks"


@dataclass(frozen=True, slots=True, order=True)
class Waived:
    """A waiver in force that reaches an item: its id, the checks of the item, who approved it, the last day, why."""

    id: str
    checks: tuple[str, ...]
    by: tuple[str, ...]
    until: str
    reason: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What one account has of one item: ``stacks`` make it, ``missing`` regions lack it, ``why`` says why."""

    item: BaselineItem
    state: State
    why: str = ""
    stacks: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    standing: Standing = ""
    waived: tuple[Waived, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The cell as a JSON object."""
        return {
            "number": self.item.number,
            "id": self.item.id,
            "state": self.state,
            "why": self.why,
            "stacks": list(self.stacks),
            "missing_regions": list(self.missing),
            "step": self.item.step,
            "standing": self.standing,
            "waived": [
                {
                    "id": each.id,
                    "checks": list(each.checks),
                    "approved_by": list(each.by),
                    "expires": each.until,
                    "reason": each.reason,
                }
                for each in self.waived
            ],
        }


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account with its baseline: ``newest`` is the highest version that there is, ``sunset`` its own's last day.

    ``baseline`` and ``version`` are empty where the account is on none.
    """

    account: Account
    baseline: str
    version: str
    newest: str
    pin_until: str
    sunset: str
    cells: tuple[Cell, ...]

    @property
    def counts(self) -> Counter[str]:
        """How many items are in each state."""
        return Counter(cell.state for cell in self.cells)

    @property
    def waivers(self) -> int:
        """How many waivers reach items of the account."""
        return len({waived.id for cell in self.cells for waived in cell.waived})

    @property
    def standing(self) -> Standing:
        """The worst standing of any item."""
        return worst(cell.standing for cell in self.cells)

    @property
    def current(self) -> bool:
        """Whether the account is on the newest version."""
        return self.version == self.newest

    def as_json(self) -> dict[str, Any]:
        """The row as a JSON object."""
        return {
            "account": self.account.name,
            "account_id": self.account.account_id,
            "tier": self.account.tier,
            "ou": self.account.ou,
            "status": self.account.status,
            "baseline": self.baseline,
            "version": self.version,
            "newest": self.newest,
            "current": self.current,
            "pin_until": self.pin_until,
            "sunset": self.sunset,
            "counts": {state: self.counts[state] for state in STATES},
            "waivers": self.waivers,
            "standing": self.standing,
            "items": [cell.as_json() for cell in self.cells],
        }


@dataclass(frozen=True, slots=True)
class Reason:
    """Why some items are not there, wholly or in part, in some accounts."""

    state: State
    why: str
    accounts: tuple[str, ...]
    items: tuple[BaselineItem, ...]


@dataclass(frozen=True, slots=True)
class BaselineMatrix:
    """The accounts with their baselines. An item of the whole organisation is in the row of the account that has it."""

    rows: tuple[AccountRow, ...]

    def as_json(self) -> dict[str, Any]:
        """The matrix as a JSON document."""
        return {
            "format": FORMAT,
            "items": [
                {
                    "number": item.number,
                    "id": item.id,
                    "title": item.title,
                    "scope": item.scope,
                    "controls": list(item.controls),
                }
                for item in ITEMS
            ],
            "accounts": [row.as_json() for row in self.rows],
        }

    def reasons(self) -> tuple[Reason, ...]:
        """Why items are not there, wholly or in part: each reason once for the accounts that share it."""
        order = {item.id: index for index, item in enumerate(ITEMS)}
        accounts: dict[tuple[int, State, str], list[str]] = {}
        for row in self.rows:
            for cell in row.cells:
                if cell.why and cell.state != "step":
                    key = (order[cell.item.id], cell.state, cell.why)
                    accounts.setdefault(key, []).append(row.account.name)
        items: dict[tuple[State, str, tuple[str, ...]], list[BaselineItem]] = {}
        for (index, state, why), names in sorted(accounts.items()):
            items.setdefault((state, why, tuple(names)), []).append(ITEMS[index])
        return tuple(Reason(*key, items=tuple(each)) for key, each in items.items())


def worst(standings: Iterable[Standing]) -> Standing:
    """The standing that holds for several stacks."""
    found = set(standings)
    return next((standing for standing in _WORST if standing in found), "")


def version_key(version: str) -> tuple[int, ...]:
    """A version as numbers, to compare: 1.10 is newer than 1.9."""
    return tuple(int(part) for part in version.split("."))


def baseline_matrix(
    spec: OrgSpec,
    fleet: Fleet,
    accounts: Collection[str],
    *,
    today: dt.date,
    bundle: Bundle | None = None,
    applied: Mapping[str, str] | None = None,
    told: Mapping[tuple[str, str], Told] | None = None,
) -> BaselineMatrix:
    """Compare accounts with the baseline.

    Args:
        spec: the whole spec.
        fleet: what came of it.
        accounts: names of the accounts to show.
        today: a waiver that ended before is none.
        bundle: what was synthesised; without it nothing is known of what stands.
        applied: the SHA-256 that each stack was applied with (``History.standing``).
        told: what the ledger says of the steps of accounts (``steps_told``).
    """
    made: dict[str, list[StackInstance]] = {}
    for instance in fleet.instances:
        made.setdefault(instance.account.name, []).append(instance)
    seen = _Seen(spec, bundle, applied or {}, told or {}, today.isoformat())
    holders = _holders(spec, fleet)
    return BaselineMatrix(
        tuple(
            seen.row(account, made.get(account.name, ()), holders)
            for account in sorted(spec.accounts, key=lambda account: account.name)
            if account.name in accounts
        )
    )


def _holders(spec: OrgSpec, fleet: Fleet) -> Mapping[str, Collection[str]]:
    """The accounts whose row has an item that is none of every account: those that make it, or should."""
    natural = {
        "organization": spec.organization.management_account,
        "security": spec.organization.management_account,
        "log-archive": spec.organization.log_archive_account,
    }
    makers: dict[str, set[str]] = {}
    for instance in fleet.instances:
        makers.setdefault(_class_of(instance.construct), set()).add(instance.account.name)
    return {
        item.id: (item.stack and makers.get(item.stack)) or {natural[item.scope]}
        for item in ITEMS
        if item.scope in natural
    }


def _class_of(construct: str) -> str:
    """The name of a ready stack's class; empty for a class of somebody else's."""
    module, _, name = construct.partition(":")
    return name if module == _READY or module.startswith(f"{_READY}.") else ""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the cells are made from."""

    spec: OrgSpec
    bundle: Bundle | None
    applied: Mapping[str, str]
    told: Mapping[tuple[str, str], Told]
    today: str
    versions: dict[str, list[Baseline]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for baseline in sorted(self.spec.baselines, key=lambda each: version_key(each.version)):
            self.versions.setdefault(baseline.name, []).append(baseline)

    def row(
        self,
        account: Account,
        instances: Sequence[StackInstance],
        holders: Mapping[str, Collection[str]],
    ) -> AccountRow:
        """The row of an account."""
        pin = account.baseline
        versions = self.versions.get(pin.name, []) if pin else []
        own = next((each for each in versions if pin and each.version == pin.version), None)
        cells = tuple(
            self._cell(item, account, instances)
            for item in ITEMS
            if item.id not in holders or account.name in holders[item.id]
        )
        return AccountRow(
            account=account,
            baseline=pin.name if pin else "",
            version=pin.version if pin else "",
            newest=versions[-1].version if versions else "",
            pin_until=str(pin.pin_until or "") if pin else "",
            sunset=str(own.sunset or "") if own else "",
            cells=cells,
        )

    def _cell(self, item: BaselineItem, account: Account, instances: Sequence[StackInstance]) -> Cell:
        if not item.stack:
            if item.step:
                told = self.told.get((account.name, item.step))
                return Cell(item, "step", str(told) if told else "the ledger has nothing of it")
            return Cell(item, "left-out", next(iter(item.left_out.values()), ""))
        makers = (item.stack, *item.or_stacks)
        mine = [each for each in instances if _class_of(each.construct) in makers]
        if not mine:
            return Cell(item, "missing", self._why_missing(item, account, makers))
        whys = [
            (each, item.why_left_out(each) if _class_of(each.construct) == item.stack else None)
            for each in mine
        ]
        making = [each for each, why in whys if why is None]
        reasons = sorted({why for _, why in whys if why is not None})
        stacks = tuple(each.key for each in making)
        if not making:
            return Cell(item, "left-out", "; ".join(reasons))
        there = {each.region for each in making}
        missing = tuple(sorted(set(account.regions) - there)) if item.scope == "region" else ()
        alone = ["its stack stands in some of the account's regions alone"]
        return Cell(
            item,
            "partly" if missing else "has",
            "; ".join(reasons or alone) if missing else "",
            stacks,
            missing,
            worst(map(self._standing, stacks)),
            tuple(sorted({waived for each in making for waived in self._waived(item, each)})),
        )

    def _why_missing(self, item: BaselineItem, account: Account, makers: Collection[str]) -> str:
        rules = [rule for rule in self.spec.stacks if _class_of(rule.construct_) in makers]
        if not rules:
            return f"org/stacks.yaml has no stack of {_READY}:{item.stack}"
        if account.status not in {status for rule in rules for status in rule.select.status}:
            return f"an account that is {account.status} has no such stack"
        ids = [rule.id for rule in rules]
        skipped = [id for id in ids if id in account.stacks.skip]
        if skipped:
            return f"the account skips the stack {skipped[0]}"
        return self._why_not_in_version(account, rules)

    def _why_not_in_version(self, account: Account, rules: Sequence[StackRule]) -> str:
        pin = account.baseline
        if not pin:
            return "the account is on no baseline"
        newer = [
            baseline
            for baseline in self.versions.get(pin.name, ())
            if version_key(baseline.version) > version_key(pin.version)
            and any(rule.id in baseline.stacks for rule in rules)
        ]
        if newer:
            return f"not in {pin.name} {pin.version}: {pin.name} {newer[0].version} has it"
        return (
            f"neither {pin.name} {pin.version} nor a rule of org/stacks.yaml gives the account {rules[0].id}"
        )

    def _standing(self, stack: str) -> Standing:
        record = self.bundle.stacks.get(stack) if self.bundle else None
        if record is None:
            return "unknown"
        if stack not in self.applied:
            return "never"
        if not self.applied[stack]:
            return "in-doubt"
        return "applied" if self.applied[stack] == record.sha256 else "behind"

    def _waived(self, item: BaselineItem, instance: StackInstance) -> Iterable[Waived]:
        record = self.bundle.stacks.get(instance.key) if self.bundle else None
        waivers = record.waivers if record else [each.model_dump(mode="json") for each in instance.waivers]
        for waiver in waivers:
            checks = _reached(item, waiver)
            if checks and waiver["expires"] >= self.today:
                yield Waived(
                    waiver["id"], checks, tuple(waiver["approved_by"]), waiver["expires"], waiver["reason"]
                )


def _reached(item: BaselineItem, waiver: Mapping[str, Any]) -> tuple[str, ...]:
    """The checks of a waiver that are of an item: all on a type of its own, on other types those that it satisfies."""
    globs = [glob.partition(".")[0] for glob in waiver["scope"]["resources"]]
    if any(glob in item.types for glob in globs):
        return tuple(sorted(waiver["checks"]))
    if any(fnmatchcase(each, glob) for glob in globs for each in item.types):
        return tuple(sorted(set(waiver["checks"]) & set(item.controls)))
    return ()
