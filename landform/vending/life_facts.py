"""The facts by which a step of an account's life is judged: from the spec, the bundle, the ledger and AWS.

What stands in an account is what the ledger says, and what that holds is read from the texts that were applied, which
the record keeps: the bundle of today may have left out long ago what still stands.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from landform.org.models import Account
from landform.org.reach import Reach, instance_key
from landform.org.spec import OrgSpec
from landform.policies.plan_rules.loss import loss_table
from landform.record.events import EventKind
from landform.record.ledger import LEDGER, Ledger
from landform.record.objects import Objects
from landform.rollout.history import History, read_history
from landform.synth.bundle import Bundle
from landform.vending.life import QUOTA_DAYS, Facts
from landform.vending.moving import lock_outs
from landform.vending.organizations import AwsOrganization

_PROTECTED = "of a type that its tier protects"


@dataclass(frozen=True)
class Known:
    """What is known of all accounts of a project.

    Attributes:
        spec: the whole spec.
        reach: its stacks.
        today: the day.
        bundle: the bundle; None where there is none.
        history: what was applied in one place; None where nothing was applied anywhere.
        objects: the texts that were applied.
        refused: by account, what the ledger says of steps that were refused last.
        aws: what AWS Organizations says; None where it was not asked.
    """

    spec: OrgSpec
    reach: Reach
    today: dt.date
    bundle: Bundle | None
    history: History | None
    objects: Objects
    refused: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    aws: AwsOrganization | None = None

    @classmethod
    def read(
        cls,
        project: Path,
        spec: OrgSpec,
        *,
        today: dt.date,
        bundle: Bundle | None = None,
        sandbox: str | None = None,
        aws: AwsOrganization | None = None,
    ) -> Known:
        """Read a project's ledger.

        Args:
            project: the project's folder.
            spec: its whole spec.
            today: the day.
            bundle: its bundle, where it has one.
            sandbox: the sandbox whose record counts; None is the real AWS.
            aws: what AWS Organizations says, where it was asked.

        Raises:
            LandformError: ``ledger-unreadable``, ``ledger-broken``.
        """
        # To look is no reason to begin a ledger.
        there = (project / LEDGER).exists()
        return cls(
            spec,
            Reach(spec),
            today,
            bundle,
            read_history(project, sandbox) if there else None,
            Objects.of(project),
            _refused(project, sandbox) if there else {},
            aws,
        )

    def facts(self, account: Account, let_go: Collection[str] = ()) -> Facts:
        """What is known of one account.

        Args:
            account: of the spec.
            let_go: the full names of stacks whose data is let go.

        Raises:
            LandformError: ``object-broken`` where a text that was applied is gone.
        """
        standing = self._standing.get(account.name, {})
        # What only an account that leaves, or comes back, is asked: a fleet's texts are not read for a list.
        away = account.status in ("suspended", "closed")
        return Facts(
            account=account,
            today=self.today,
            needed_as=self._needed_as(account),
            baseline=tuple(self._baseline(account)),
            bundle=None if self.bundle is None else self._in_bundle.get(account.name, {}),
            standing=standing,
            refused=self.refused.get(account.name, ()),
            holding={
                stack: found
                for stack, sha in standing.items()
                if away and (found := self._holding(account, sha))
            },
            let_go=frozenset(let_go),
            locked_out=lock_outs(self.spec, account) if away else (),
            members=self._members(),
            closed_lately=self._closed_lately(account),
            aws=self.aws.of(account) if self.aws else None,
        )

    def _needed_as(self, account: Account) -> str:
        organization = self.spec.organization
        roles = {
            organization.log_archive_account: "the organisation's log archive account",
            organization.management_account: "the organisation's management account",
        }
        return roles.get(account.name, "")

    def _baseline(self, account: Account) -> Iterator[str]:
        baseline = self.reach.baseline(account)
        for id in baseline.stacks if baseline else ():
            rule = self.reach.kept[account.name].get(id)
            if rule is not None:
                yield from (
                    instance_key(account, rule, region) for region in self.reach.regions(account, rule)
                )

    @cached_property
    def _in_bundle(self) -> Mapping[str, Mapping[str, str]]:
        """By account, what the bundle has."""
        found: dict[str, dict[str, str]] = {}
        for name, record in self.bundle.stacks.items() if self.bundle else ():
            found.setdefault(record.account, {})[name] = record.sha256
        return found

    @cached_property
    def _standing(self) -> Mapping[str, Mapping[str, str]]:
        """By account, what each stack was applied from; of one that never was applied whole nothing is known."""
        found: dict[str, dict[str, str]] = {}
        if self.history is not None:
            begun = {stack: "" for run in self.history.runs for stack in run.stacks}
            for stack, sha in sorted({**begun, **self.history.standing()}.items()):
                found.setdefault(stack.partition(".")[0], {})[stack] = sha
        return found

    def _holding(self, account: Account, sha: str) -> tuple[str, ...]:
        """What a text that stands holds: its resources whose loss is of data, or whose type the tier protects."""
        if not sha:
            return ()
        resources: Mapping[str, Mapping[str, object]] = json.loads(self.objects.get(sha)).get("resource", {})
        protected = self._protected(account)
        return tuple(
            f"{type}.{name} ({_PROTECTED if type in protected else loss_table()[type].what})"
            for type, named in sorted(resources.items())
            for name in sorted(named)
            if type in protected or (type in loss_table() and loss_table()[type].loss == "data")
        )

    def _protected(self, account: Account) -> frozenset[str]:
        if not self.reach.known(account):
            return frozenset()
        return frozenset(self.reach.layers.effective(account).tier.guard.plan.protected_types)

    def _members(self) -> int:
        if self.aws is not None:
            return self.aws.members
        manages = self.spec.organization.management_account
        return sum(
            bool(each.account_id) and each.status != "closed" and each.name != manages
            for each in self.spec.accounts
        )

    def _closed_lately(self, account: Account) -> int:
        """How many others were closed lately, as their files say: AWS gives no day."""
        since = self.today - dt.timedelta(days=QUOTA_DAYS)
        return sum(
            any(step.status == "closed" and step.date > since for step in each.life)
            for each in self.spec.accounts
            if each.name != account.name
        )


def _refused(project: Path, sandbox: str | None) -> dict[str, tuple[str, ...]]:
    """By account, the steps that boto3 takes in it and that AWS refused the last time they were taken."""
    last: dict[tuple[str, str, str, str], bool] = {}
    with Ledger.open(project / LEDGER) as ledger:
        for event in ledger.events(kind=EventKind.ACCOUNT_STEP):
            if event.body.get("sandbox") == sandbox:
                account, step, what, region = (
                    str(event.body.get(key, "")) for key in ("account", "step", "what", "region")
                )
                last[account, step, what, region] = "error" in event.body
    found: dict[str, list[str]] = {}
    for (account, step, what, region), refused in last.items():
        if refused:
            found.setdefault(account, []).append(f"{step}: {what} in {region}")
    return {account: tuple(each) for account, each in found.items()}
