"""A review as values, which every form of it renders: what is decided, why, and for whom."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from landform.plan.classes import PlanClass, fold
from landform.plan.model import Counts
from landform.plan.normalise import Identity, Normaliser, acts, normalised
from landform.plan.plan_set import JudgedConcern, JudgedPlan, PlanSet
from landform.plan.review.sides import Side, shown, sides, unknown_paths
from landform.policies.plan_rule import PlanRule, Risk
from landform.synth.bundle import StackRecord

Verdict = Literal["refused", "to approve", "nothing to do"]

# Arguments that decide who may do what or who can reach it.
_DECIDING = re.compile(
    r"(?:^|[.\]])(?:\w*policy|\w*policies|policy_arn|managed_policy_arns|permissions_boundary|principals?"
    r"|source_arn|cidr_blocks|ipv6_cidr_blocks|cidr_ipv[46])(?:\[\d+\])?$"
)
# As ``landform.iam.changes.NewAccess`` says it.
_WITNESS = re.compile(
    r"(?P<action>\S+) on (?P<resource>.+?)(?: by (?P<principal>.+?))?(?: if (?P<guard>.+))? \((?P<statement>.*)\)"
)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a resource is in the user's code: its address, construct path and ``file:line``; empty where not known."""

    address: str
    construct_path: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Issue:
    """A concern, once for all stacks that have it in the same way; the texts are those of the first of them.

    ``why`` is what the rule is for, ``fix`` what to do. ``waivers`` cover it; ``refused`` says that nobody can
    approve it.
    """

    rule: str
    title: str
    risk: Risk
    origin: Origin
    message: str
    why: str
    fix: str
    sides: tuple[Side, ...]
    witness: str
    refused: bool
    waivers: tuple[str, ...]
    stacks: tuple[str, ...]
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grant:
    """New access: a request that is allowed afterwards and was not before. ``statement`` is what allows it."""

    principal: str
    action: str
    resource: str
    guard: str
    statement: str
    origin: Origin
    stacks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Undecided:
    """What could not be judged, because it is known only after apply."""

    origin: Origin
    what: str
    stacks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangeView:
    """What happens to one resource, for all members of a class, in their common words."""

    origin: Origin
    action: str
    reason: str
    sides: tuple[Side, ...]

    @property
    def quiet(self) -> bool:
        """Whether nothing but tags changes."""
        return self.action == "update" and all(side.path.startswith("tags") for side in self.sides)


@dataclass(frozen=True, slots=True)
class ClassView:
    """A class and what its plans do."""

    folded: PlanClass
    changes: tuple[ChangeView, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """All that a reviewer decides on.

    Attributes:
        id, digest: of the plan set.
        verdict: whether anybody can approve it, and whether there is anything to approve.
        risk: the highest of any plan.
        counts: over all stacks.
        issues: why, the riskiest first; the waived after the others of their risk.
        classes: the riskiest first, then the biggest.
        stacks, accounts, unchanged, previews, reads: how many; ``unchanged`` stacks have nothing to do.
    """

    id: str
    digest: str
    bundle_digest: str
    terraform_version: str
    requested_by: str
    created: str
    sandbox: str | None
    verdict: Verdict
    risk: Risk
    stacks: int
    accounts: int
    unchanged: int
    previews: int
    counts: Counts
    issues: tuple[Issue, ...]
    grants: tuple[Grant, ...]
    undecided: tuple[Undecided, ...]
    classes: tuple[ClassView, ...]

    @property
    def decisive(self) -> tuple[Issue, ...]:
        """What stands first in every form of it: R3 and R4, and what is refused."""
        return tuple(issue for issue in self.issues if issue.risk >= Risk.R3 or issue.refused)

    @property
    def outliers(self) -> tuple[ClassView, ...]:
        """The classes that do something else than most stacks of their id."""
        return tuple(view for view in self.classes if view.folded.norm)

    @property
    def quiet(self) -> int:
        """How many changes touch nothing but tags, over all stacks."""
        return sum(
            change.quiet * len(view.folded.members) for view in self.classes for change in view.changes
        )


def review(plan_set: PlanSet, records: Mapping[str, StackRecord], rules: Mapping[str, PlanRule]) -> Review:
    """The review of a plan set.

    Args:
        plan_set: the judged plans.
        records: the stacks of the bundle that was planned, by full name.
        rules: the plan rules by id; a concern of another rule stands without what the rule says.

    Raises:
        KeyError: for a plan of a stack that is not in ``records``.
    """
    plans = plan_set.plans
    identities = {name: Identity.of(records[name]) for name in plans}
    classes = fold(plans, identities)
    views = tuple(ClassView(one, tuple(_changes(one, plans, identities, records))) for one in classes)
    issues = _issues(plans, identities, records, rules)
    changing = [one for one in plans.values() if any(map(acts, one.plan.changes))]
    refused = any(one.refused for one in plans.values())
    return Review(
        id=plan_set.id,
        digest=plan_set.digest,
        bundle_digest=plan_set.bundle_digest,
        terraform_version=plan_set.terraform_version,
        requested_by=plan_set.requested_by,
        created=plan_set.created,
        sandbox=plan_set.sandbox,
        verdict="refused" if refused else "to approve" if changing else "nothing to do",
        risk=max((one.risk for one in plans.values()), default=Risk.R0),
        stacks=len(plans),
        accounts=len({identity.account_id for identity in identities.values()}),
        unchanged=len(plans) - len(changing),
        previews=sum(bool(one.pending) for one in plans.values()),
        counts=sum((one.plan.counts for one in plans.values()), Counts()),
        issues=issues,
        grants=tuple(grants_of(issues)),
        undecided=tuple(_undecided(classes, plans, identities, records)),
        classes=views,
    )


def _origin(record: StackRecord, address: str) -> Origin:
    # A resource that is made once for each key or number has one construct.
    found = record.resources.get(address) or record.resources.get(address.partition("[")[0])
    return Origin(address, found.construct_path, found.source) if found else Origin(address)


def _changes(
    one: PlanClass,
    plans: Mapping[str, JudgedPlan],
    identities: Mapping[str, Identity],
    records: Mapping[str, StackRecord],
) -> Iterator[ChangeView]:
    name = one.representative
    for address, change in normalised(plans[name].plan, identities[name]).items():
        origin = _origin(records[name], address)
        moved = f"moved from {change['moved_from']}" if change["moved_from"] else ""
        imported = f"imported as {change['imported']}" if change["imported"] else ""
        yield ChangeView(
            # A construct's path begins with its stack's name, which is one member's.
            replace(origin, construct_path=origin.construct_path.removeprefix(f"{name}/")),
            change["action"],
            ", ".join(filter(None, (change["reason"], moved, imported))),
            sides(change["before"], change["after"], change["unknown"]),
        )


def _issues(
    plans: Mapping[str, JudgedPlan],
    identities: Mapping[str, Identity],
    records: Mapping[str, StackRecord],
    rules: Mapping[str, PlanRule],
) -> tuple[Issue, ...]:
    found: dict[tuple[Any, ...], list[tuple[str, JudgedConcern]]] = defaultdict(list)
    for name, plan in sorted(plans.items()):
        if plan.concerns:
            without = Normaliser(plan.plan, identities[name])
            for judged in plan.concerns:
                found[_alike(judged, identities[name].stack, without)].append((name, judged))
    issues = (_issue(members, plans, records, rules) for members in found.values())
    return tuple(
        sorted(
            issues,
            key=lambda one: (
                -one.risk,
                not one.refused,
                bool(one.waivers),
                -len(one.stacks),
                one.rule,
                one.origin.address,
            ),
        )
    )


def _alike(judged: JudgedConcern, stack: str, without: Normaliser) -> tuple[Any, ...]:
    """What concerns have in common that are told once."""
    concern = judged.concern
    texts = (
        concern.address,
        concern.message,
        concern.witness or "",
        shown(concern.before),
        shown(concern.after),
    )
    covered = judged.waiver is not None
    return (judged.rule, concern.risk, concern.refused, covered, stack, *map(without.text, texts))


def _issue(
    members: Sequence[tuple[str, JudgedConcern]],
    plans: Mapping[str, JudgedPlan],
    records: Mapping[str, StackRecord],
    rules: Mapping[str, PlanRule],
) -> Issue:
    name, judged = members[0]
    concern, rule = judged.concern, rules.get(judged.rule)
    return Issue(
        rule=judged.rule,
        title=rule.title if rule else "",
        risk=concern.risk,
        origin=_origin(records[name], concern.address),
        message=concern.message,
        why=rule.rationale if rule else "",
        fix=rule.remediation if rule else "",
        sides=_deciding(judged, plans[name]),
        witness=concern.witness or "",
        refused=concern.refused and judged.waiver is None,
        waivers=tuple(sorted({one.waiver for _, one in members if one.waiver})),
        stacks=tuple(member for member, _ in members),
        classes=tuple(dict.fromkeys(plans[member].class_digest for member, _ in members)),
    )


def _deciding(judged: JudgedConcern, plan: JudgedPlan) -> tuple[Side, ...]:
    """The values that decide: as the rule gave them, or the arguments that it names."""
    concern = judged.concern
    if concern.before is not None or concern.after is not None:
        return sides(concern.before, concern.after)
    changes = (change for change in plan.plan.changes if change.address == concern.address)
    return tuple(
        side
        for change in changes
        for side in sides(change.before, change.after, change.unknown)
        if side.path.startswith(concern.keys)
    )


def grants_of(issues: Sequence[Issue]) -> Iterator[Grant]:
    """The new access that some issues prove."""
    for issue in issues:
        if issue.witness:
            read = _WITNESS.fullmatch(issue.witness)
            # Words of another rule stand whole rather than not at all.
            parts = read.groupdict("") if read else {"action": issue.witness}
            yield Grant(
                principal=parts.get("principal", ""),
                action=parts["action"],
                resource=parts.get("resource", ""),
                guard=parts.get("guard", ""),
                statement=parts.get("statement", ""),
                origin=issue.origin,
                stacks=issue.stacks,
            )


def _undecided(
    classes: Sequence[PlanClass],
    plans: Mapping[str, JudgedPlan],
    identities: Mapping[str, Identity],
    records: Mapping[str, StackRecord],
) -> Iterator[Undecided]:
    for one in classes:
        name = one.representative
        for address, change in normalised(plans[name].plan, identities[name]).items():
            paths = [path for path in unknown_paths(change["unknown"]) if _DECIDING.search(path)]
            if paths:
                yield Undecided(_origin(records[name], address), ", ".join(paths), one.members)
        if one.pending:
            waits = ", ".join(sorted({output for member in one.pending for output in plans[member].pending}))
            yield Undecided(Origin(""), f"waits for {waits}", one.pending)
