"""Makes the review of a plan set.

What a plan does not know yet and the synthesised stack says is shown as the stack says it, as the guard judged it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from landform.checks.scan_copy import scan_copy
from landform.plan.classes import PlanClass, fold
from landform.plan.model import Counts
from landform.plan.normalise import Identity, Normaliser, acts, normalised
from landform.plan.overlay import overlaid
from landform.plan.plan_set import JudgedConcern, JudgedPlan, PlanSet
from landform.plan.review.model import (
    ChangeView,
    ClassView,
    Grant,
    Holder,
    Issue,
    Origin,
    Review,
    Undecided,
)
from landform.plan.review.sides import Side, granting, shown, sides, unknown_paths
from landform.policies.change import ResourceChange
from landform.policies.plan_rule import PlanRule, Risk
from landform.policies.plan_rules.values import body_of
from landform.synth.bundle import StackRecord

# Arguments that decide who may do what or who can reach it.
_DECIDING = re.compile(
    r"(?:^|[.\]])(?:\w*policy|\w*policies|policy_arn|managed_policy_arns|permissions_boundary|principals?"
    r"|source_arn|cidr_blocks|ipv6_cidr_blocks|cidr_ipv[46])(?:\[\d+\])?$"
)
# As ``landform.iam.changes.NewAccess`` says it.
_WITNESS = re.compile(
    r"(?P<action>\S+) on (?P<resource>.+?)(?: by (?P<principal>.+?))?(?: if (?P<guard>.+))? \((?P<statement>.*)\)"
)


# The argument that names who has a policy of its own.
_HOLDERS = {"aws_iam_role_policy": "role", "aws_iam_user_policy": "user", "aws_iam_group_policy": "group"}


@dataclass(frozen=True, slots=True)
class _Stacks:
    """The plans with what their stacks say of what is not known yet, each looked up when it is asked for."""

    plans: Mapping[str, JudgedPlan]
    records: Mapping[str, StackRecord]
    config: Callable[[str], Mapping[str, Any]]
    _overlaid: dict[str, tuple[ResourceChange, ...]] = field(default_factory=dict)
    _configs: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def changes(self, name: str, address: str) -> Iterator[ResourceChange]:
        """What happens to a resource of a stack."""
        changes = self.plans[name].plan.changes
        if any(change.unknown for change in changes if change.address == address):
            changes = self._known(name)
        return (change for change in changes if change.address == address)

    def sides(self, name: str, judged: JudgedConcern) -> tuple[Side, ...]:
        """The values that decide a concern: as the rule gave them, or the arguments that it names."""
        concern = judged.concern
        if concern.before is not None or concern.after is not None:
            return sides(concern.before, concern.after)
        return tuple(
            side
            for change in self.changes(name, concern.address)
            for side in sides(change.before, change.after, change.unknown)
            if side.path.startswith(concern.keys)
        )

    def sets(self, name: str, address: str, path: str) -> bool:
        """Whether a stack sets an argument; what it does not is AWS's answer, and decides nothing."""
        body = body_of(self._config(name), address)
        return body is None or re.split(r"[.\[]", path)[0] in body

    def _known(self, name: str) -> tuple[ResourceChange, ...]:
        if name not in self._overlaid:
            changes = self.plans[name].plan.changes
            self._overlaid[name] = overlaid(changes, self._config(name), self.records[name])
        return self._overlaid[name]

    def _config(self, name: str) -> Mapping[str, Any]:
        if name not in self._configs:
            self._configs[name] = scan_copy(self.config(name))
        return self._configs[name]


def review(
    plan_set: PlanSet,
    records: Mapping[str, StackRecord],
    rules: Mapping[str, PlanRule],
    config: Callable[[str], Mapping[str, Any]] = lambda _: {},
) -> Review:
    """The review of a plan set.

    Args:
        plan_set: the judged plans.
        records: the stacks of the bundle that was planned, by full name.
        rules: the plan rules by id; a concern of another rule stands without what the rule says.
        config: gives a stack's synthesised document.

    Raises:
        KeyError: for a plan of a stack that is not in ``records``.
    """
    plans = plan_set.plans
    identities = {name: Identity.of(records[name]) for name in plans}
    classes = fold(plans, identities)
    views = tuple(ClassView(one, tuple(_changes(one, plans, identities, records))) for one in classes)
    stacks = _Stacks(plans, records, config)
    issues = _issues(stacks, identities, rules)
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
        undecided=tuple(_undecided(classes, stacks, identities)),
        classes=views,
        homes=identities,
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
    stacks: _Stacks, identities: Mapping[str, Identity], rules: Mapping[str, PlanRule]
) -> tuple[Issue, ...]:
    found: dict[tuple[Any, ...], list[tuple[str, JudgedConcern]]] = defaultdict(list)
    for name, plan in sorted(stacks.plans.items()):
        if plan.concerns:
            without = Normaliser(plan.plan, identities[name])
            for judged in plan.concerns:
                # A proof is one request of a statement: what else that gives makes another issue.
                witness = judged.concern.witness
                given = granting(witness, stacks.sides(name, judged)) if witness else ()
                said = "\n".join(side.after for side in given)
                found[_alike(judged, identities[name].stack, said, without)].append((name, judged))
    issues = (_issue(members, stacks, rules) for members in found.values())
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


def _alike(judged: JudgedConcern, stack: str, said: str, without: Normaliser) -> tuple[Any, ...]:
    """What concerns have in common that are told once."""
    concern = judged.concern
    texts = (
        concern.address,
        concern.message,
        concern.witness or "",
        shown(concern.before),
        shown(concern.after),
        said,
    )
    covered = judged.waiver is not None
    return (judged.rule, concern.risk, concern.refused, covered, stack, *map(without.text, texts))


def _issue(
    members: Sequence[tuple[str, JudgedConcern]], stacks: _Stacks, rules: Mapping[str, PlanRule]
) -> Issue:
    name, judged = members[0]
    plans = stacks.plans
    concern, rule = judged.concern, rules.get(judged.rule)
    return Issue(
        rule=judged.rule,
        title=rule.title if rule else "",
        risk=concern.risk,
        origin=_origin(stacks.records[name], concern.address),
        message=concern.message,
        why=rule.rationale if rule else "",
        fix=rule.remediation if rule else "",
        sides=stacks.sides(name, judged),
        witness=concern.witness or "",
        refused=concern.refused and judged.waiver is None,
        waivers=tuple(sorted({one.waiver for _, one in members if one.waiver})),
        stacks=tuple(member for member, _ in members),
        classes=tuple(dict.fromkeys(plans[member].class_digest for member, _ in members)),
        holder=_holder(concern.address, [plans[member] for member, _ in members]),
    )


def _holder(address: str, plans: Sequence[JudgedPlan]) -> Holder | None:
    """Whose policy an address is, by the plan of the first stack; new where it is so in all of them."""
    argument = _HOLDERS.get(address.partition(".")[0])
    name = _named(plans[0], address, argument) if argument else None
    if name is None or argument is None:
        return None
    return Holder(f"{argument} {name}", all(_only_makes(plan, address, argument) for plan in plans))


def _named(plan: JudgedPlan, address: str, argument: str) -> str | None:
    """What an argument of a resource is afterwards, where that is known."""
    values = ((one.after or {}).get(argument) for one in plan.plan.changes if one.address == address)
    return next((value for value in values if isinstance(value, str)), None)


def _only_makes(plan: JudgedPlan, address: str, argument: str) -> bool:
    """Whether a plan makes the holder of a policy, and does nothing but make."""
    acting = [one for one in plan.plan.changes if acts(one)]
    made = [(one.after or {}).get("name") for one in acting if one.type == f"aws_iam_{argument}"]
    plain = all(one.action == "create" and not one.imported and not one.moved_from for one in acting)
    return plain and _named(plan, address, argument) in made


def grants_of(issues: Sequence[Issue]) -> Iterator[Grant]:
    """The new access that some issues prove."""
    for issue in issues:
        if issue.witness:
            read = _WITNESS.fullmatch(issue.witness)
            # Words of another rule stand whole rather than not at all.
            parts = read.groupdict("") if read else {"action": issue.witness}
            yield Grant(
                principal=parts.get("principal", "") or (issue.holder.name if issue.holder else ""),
                action=parts["action"],
                resource=parts.get("resource", ""),
                guard=parts.get("guard", ""),
                statement=parts.get("statement", ""),
                origin=issue.origin,
                stacks=issue.stacks,
                new=issue.of_new,
            )


def _undecided(
    classes: Sequence[PlanClass], stacks: _Stacks, identities: Mapping[str, Identity]
) -> Iterator[Undecided]:
    for one in classes:
        name = one.representative
        for address in normalised(stacks.plans[name].plan, identities[name]):
            unknown = [change.unknown for change in stacks.changes(name, address)]
            found = (path for tree in unknown for path in unknown_paths(tree) if _DECIDING.search(path))
            if paths := [path for path in found if stacks.sets(name, address, path)]:
                yield Undecided(_origin(stacks.records[name], address), ", ".join(paths), one.members)
        if one.pending:
            pending = (stacks.plans[member].pending for member in one.pending)
            waits = ", ".join(sorted({output for outputs in pending for output in outputs}))
            yield Undecided(Origin(""), f"waits for {waits}", one.pending)
