"""The facts by which a step of an account's life is judged: from the spec, the bundle, the ledger and AWS.

What stands in an account is what the ledger says, and what that holds is read from the texts that were applied, which
the record keeps: the bundle of today may have left out long ago what still stands.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from landform.errors import Code, LandformError, did_you_mean
from landform.org.models import Account
from landform.org.reach import Reach, instance_key
from landform.org.spec import OrgSpec
from landform.policies.plan_rules.loss import loss_table
from landform.record.ledger import LEDGER
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
        aws: what AWS Organizations says; None where it was not asked.
    """

    spec: OrgSpec
    reach: Reach
    today: dt.date
    bundle: Bundle | None
    history: History | None
    objects: Objects
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
        history = read_history(project, sandbox) if (project / LEDGER).exists() else None
        return cls(spec, Reach(spec), today, bundle, history, Objects.of(project), aws)

    def account(self, name: str) -> Account:
        """An account by its name.

        Raises:
            LandformError: ``no-match``.
        """
        return account_of(self.spec, name)

    def facts(self, account: Account, let_go: Collection[str] = ()) -> Facts:
        """What is known of one account.

        Args:
            account: of the spec.
            let_go: the full names of stacks whose data is let go.

        Raises:
            LandformError: ``object-broken`` where a text that was applied is gone.
        """
        standing = self._standing(account)
        # What only an account that leaves, or comes back, is asked: a fleet's texts are not read for a list.
        away = account.status in ("suspended", "closed")
        return Facts(
            account=account,
            today=self.today,
            needed_as=self._needed_as(account),
            baseline=tuple(self._baseline(account)),
            bundle=None
            if self.bundle is None
            else {
                name: record.sha256
                for name, record in self.bundle.stacks.items()
                if record.account == account.name
            },
            standing=standing,
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

    def _standing(self, account: Account) -> dict[str, str]:
        """What each stack of an account was applied from; of one that never was applied whole nothing is known."""
        if self.history is None:
            return {}
        begun = {stack: "" for run in self.history.runs for stack in run.stacks}
        return {
            stack: sha
            for stack, sha in sorted({**begun, **self.history.standing()}.items())
            if stack.partition(".")[0] == account.name
        }

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


def account_of(spec: OrgSpec, name: str) -> Account:
    """An account of a spec by its name.

    Raises:
        LandformError: ``no-match``.
    """
    accounts = {account.name: account for account in spec.accounts}
    if name in accounts:
        return accounts[name]
    raise LandformError(
        Code.NO_MATCH,
        "The spec has no such account.",
        given=name,
        expected="the name of a file below org/accounts",
        fix=did_you_mean(name, accounts),
    )
