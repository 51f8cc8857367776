"""An account before it exists: what it would get, under which guard, at whose cost, and who could do what in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from landform.access.matrix import Row
from landform.access.model import Holdings
from landform.access.rights import LEVELS
from landform.checks.report import groups
from landform.checks.run import Report
from landform.digest import digest
from landform.org.addresses import NEARLY_FULL, headroom
from landform.org.fleet import Fleet, StackInstance
from landform.org.models import Account
from landform.org.select import ou_path
from landform.org.spec import OrgSpec
from landform.policies.services import service_of
from landform.synth.bundle import Bundle, StackRecord
from landform.vending.accept import Accepted

FORMAT = "landform/account-preview/v1"


@dataclass(frozen=True, slots=True)
class GuardPreview:
    """What stands between a change and an account: its tier's gate and roll-out, as all layers give them."""

    level: str
    fail_on: str
    approvals: int
    approvers: tuple[str, ...]
    auto_apply: str
    max_destroy: int | None
    protected_types: tuple[str, ...]
    wave: str
    service_control_policies: tuple[str, ...]
    waivers_days: int


@dataclass(frozen=True, slots=True)
class SignIn:
    """A group that may sign in, with what, and whether somebody must approve."""

    group: str
    permission_set: str
    max_session: str | None
    approval: bool


@dataclass(frozen=True, slots=True)
class AccountPreview:
    """One account. ``budget`` is in US dollars a month; ``is_new`` says that nothing has it yet."""

    name: str
    email: str
    ou: str
    tier: str
    owner: str
    purpose: str
    data_class: str
    regions: tuple[str, ...]
    status: str
    is_new: bool
    baseline: str | None
    requested_by: str | None
    approved_by: tuple[str, ...]
    expires: str | None
    budget: int | None
    alerts: tuple[str, ...]
    quotas: tuple[str, ...]
    sign_in: tuple[SignIn, ...]
    guard: GuardPreview | None


@dataclass(frozen=True, slots=True)
class Address:
    """A block, and how full its pool is with it, of 1."""

    account: str
    region: str
    pool: str
    cidr: str
    pool_share: float

    @property
    def nearly_full(self) -> bool:
        """Whether somebody should widen the pool."""
        return self.pool_share > NEARLY_FULL


@dataclass(frozen=True, slots=True)
class PlannedStack:
    """What Terraform would do to a stack, or why it could not say."""

    stack: str
    add: int = 0
    change: int = 0
    replace: int = 0
    destroy: int = 0
    error: str | None = None


@dataclass(frozen=True, slots=True)
class StackPreview:
    """A stack that comes or changes: its resources by type, and what it waits for."""

    name: str
    account: str
    region: str
    stack: str
    resources: Mapping[str, int]
    needs: tuple[str, ...]
    in_baseline: bool

    @property
    def regional(self) -> bool:
        """Whether it is one of a region, and not the account's."""
        return self.name != f"{self.account}.{self.stack}"

    @property
    def total(self) -> int:
        """How many resources it has."""
        return sum(self.resources.values())


@dataclass(frozen=True, slots=True)
class FindingPreview:
    """One broken rule: ``state`` as in reports, ``waivers`` the ids of those that cover it."""

    rule: str
    severity: str
    title: str
    state: str
    count: int
    where: tuple[str, ...]
    waivers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AccessPreview:
    """What one principal can do on one resource: by access level, ``allowed`` or under which state."""

    principal: str
    kind: str
    resource: str
    levels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Preview:
    """Everything that can be said of requests before they are granted.

    Attributes:
        organization: its name.
        tiers: its tiers by rank, nearest to customers last.
        accounts: those that were asked for, in the order of the requests.
        stacks: those that come or change, in the order in which they can be applied.
        unchanged: how many stacks of accounts that could change stay as they are.
        addresses: the blocks of the accounts.
        findings: what the checks found in the stacks.
        ok: whether the checks let the stacks pass.
        passed: how many checks passed.
        access: who can do what.
        files: the files that are written.
        plans: what Terraform said of each stack, where it was asked.
        bundle: the digest of the preview's bundle.
    """

    organization: str
    tiers: tuple[str, ...]
    accounts: tuple[AccountPreview, ...]
    stacks: tuple[StackPreview, ...]
    unchanged: int
    addresses: tuple[Address, ...]
    findings: tuple[FindingPreview, ...]
    ok: bool
    passed: int
    access: tuple[AccessPreview, ...]
    files: tuple[str, ...]
    bundle: str
    plans: tuple[PlannedStack, ...] = ()
    notes: tuple[str, ...] = field(default_factory=tuple)

    def with_plans(self, plans: Iterable[PlannedStack]) -> Preview:
        """The preview with what Terraform said."""
        return replace(self, plans=tuple(plans))

    @property
    def services(self) -> dict[str, dict[str, int]]:
        """How many resources of each type, by the service as IAM names it."""
        total: Counter[str] = Counter()
        for stack in self.stacks:
            total.update(stack.resources)
        found: dict[str, dict[str, int]] = {}
        for type, count in sorted(total.items()):
            found.setdefault(service_of(type) or "terraform", {})[type] = count
        return dict(sorted(found.items()))

    @property
    def resources(self) -> int:
        """How many there are."""
        return sum(stack.total for stack in self.stacks)

    @property
    def budget(self) -> int:
        """What the accounts that are new may cost in a month, in US dollars."""
        return sum(account.budget or 0 for account in self.accounts if account.is_new)

    def document(self) -> dict[str, Any]:
        """The preview as a JSON object; its ``digest`` is of all else."""
        value = {
            "format": FORMAT,
            **asdict(self),
            "services": self.services,
            "resources": self.resources,
            "monthly_usd": self.budget,
        }
        return {**value, "digest": digest(value)}


def preview_of(
    accepted: Accepted,
    fleet: Fleet,
    instances: Sequence[StackInstance],
    bundle: Bundle,
    report: Report,
    *,
    holdings: Holdings,
    rows: Sequence[Row],
    unchanged: int,
) -> Preview:
    """Put a preview together.

    Args:
        accepted: the requests, taken into the spec.
        fleet: the organisation as it would be.
        instances: the stacks that come or change.
        bundle: these stacks, synthesised.
        report: what the checks say of them.
        holdings: what their policies say.
        rows: the access matrix.
        unchanged: how many stacks that were compared stay as they are.
    """
    first = {each.account.name: each for each in reversed(instances)}
    names = {account.name for account in accepted.accounts}
    return Preview(
        organization=fleet.organization.name,
        tiers=tuple(tier.name for tier in sorted(fleet.tiers, key=lambda tier: (tier.rank, tier.name))),
        accounts=tuple(
            _account(accepted, fleet, account, first.get(account.name)) for account in accepted.accounts
        ),
        stacks=tuple(_stack(bundle.stacks[name], accepted) for name in _in_order(bundle)),
        unchanged=unchanged,
        addresses=tuple(_addresses(accepted.spec, names)),
        findings=tuple(
            FindingPreview(
                rule=group.rule,
                severity=group.severity,
                title=group.title,
                state=group.state,
                count=group.count,
                where=tuple(dict.fromkeys(stack for each in group.occurrences for stack in each.stacks)),
                waivers=tuple(sorted({waiver.id for each in group.occurrences for waiver in each.waivers})),
            )
            for group in groups(report)
        ),
        ok=report.ok,
        passed=report.passed,
        access=tuple(
            AccessPreview(
                principal=row.who.name,
                kind=row.who.kind,
                resource=row.target.origin.address or row.target.arn,
                levels={level: state for level in LEVELS.values() if (state := row.state(level))},
            )
            for row in rows
            if row.reaches
        ),
        files=tuple(sorted(accepted.files)),
        bundle=bundle.digest,
        notes=tuple(holdings.notes),
    )


def _account(
    accepted: Accepted, fleet: Fleet, account: Account, instance: StackInstance | None
) -> AccountPreview:
    settings = instance.settings if instance else None
    change, baseline = account.change, account.baseline
    return AccountPreview(
        name=account.name,
        email=account.email,
        ou=account.ou,
        tier=account.tier,
        owner=account.owner.team,
        purpose=account.purpose,
        data_class=account.data_class,
        regions=account.regions,
        status=account.status,
        is_new=account.name in accepted.new,
        baseline=f"{baseline.name} {baseline.version}" if baseline else None,
        requested_by=change.requested_by if change else None,
        approved_by=change.approved_by if change else (),
        expires=account.expires.isoformat() if account.expires else None,
        budget=settings.budget.monthly_usd if settings else None,
        alerts=settings.budget.alerts if settings else (),
        quotas=tuple(f"{quota.service} {quota.code} = {quota.value}" for quota in account.quotas),
        sign_in=tuple(
            SignIn(each.group, each.permission_set, each.max_session, each.approval)
            for each in account.access
        ),
        guard=_guard(accepted.spec, fleet, account, instance) if instance else None,
    )


def _guard(spec: OrgSpec, fleet: Fleet, account: Account, instance: StackInstance) -> GuardPreview:
    guard, rollout = instance.settings.guard, instance.settings.rollout
    wave = fleet.waves.get(account.name)
    above = set(ou_path(account.ou))
    policies = [name for unit in spec.ous if unit.path in above for name in unit.service_control_policies]
    return GuardPreview(
        level=guard.level,
        fail_on=guard.fail_on,
        approvals=rollout.approvals,
        approvers=rollout.approvers or (),
        auto_apply=rollout.auto_apply,
        max_destroy=guard.plan.max_destroy,
        protected_types=guard.plan.protected_types,
        wave=wave.name if wave else "",
        service_control_policies=tuple(dict.fromkeys((*policies, *account.service_control_policies))),
        waivers_days=instance.settings.waivers.max_days,
    )


def _stack(record: StackRecord, accepted: Accepted) -> StackPreview:
    accounts = {account.name: account for account in accepted.accounts}
    account = accounts.get(record.account)
    pin = account.baseline if account else None
    held = {
        stack
        for baseline in accepted.spec.baselines
        if pin and (baseline.name, baseline.version) == (pin.name, pin.version)
        for stack in baseline.stacks
    }
    return StackPreview(
        name=record.name,
        account=record.account,
        region=record.region,
        stack=record.stack,
        resources=dict(
            sorted(
                Counter(
                    address.partition(".")[0]
                    for address in record.resources
                    if not address.startswith("data.")
                ).items()
            )
        ),
        needs=tuple(need for need in record.dependencies),
        in_baseline=record.stack in held,
    )


def _in_order(bundle: Bundle) -> list[str]:
    """The stacks of a bundle, what is needed before what needs it."""
    import graphlib

    graph = {
        name: [need for need in record.dependencies if need in bundle.stacks]
        for name, record in sorted(bundle.stacks.items())
    }
    return list(graphlib.TopologicalSorter(graph).static_order())


def _addresses(spec: OrgSpec, names: set[str]) -> list[Address]:
    shares = {(room.pool, room.region): room.share for room in headroom(spec.lock, spec.pools)}
    found = []
    for name in sorted(names):
        pools = spec.lock.pools_of(name)
        for region, block in sorted(spec.lock.held_by(name).items()):
            share = round(shares[pools[region], region], 4)
            found.append(Address(name, region, pools[region], block.cidr, share))
    return found
