"""Plans folded into classes: 300 accounts are a few classes and what differs from them.

A class is all stacks of one id and tier whose plans do the same (``landform.plan.normalise``). Of the classes of a
stack that change something the biggest is the norm, and the others are outliers, each with what makes it one.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from landform.plan.model import Counts
from landform.plan.normalise import Identity, acts, normalised
from landform.plan.plan_set import JudgedPlan
from landform.policies.plan_rule import Risk

Value = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that an outlier has and the norm has not, or the other way about; None is none.

    ``path`` begins with the address. Values are normalised, JSON in texts is read.
    """

    address: str
    path: str
    norm: Value
    outlier: Value


@dataclass(frozen=True, slots=True)
class PlanClass:
    """Stacks whose plans do the same.

    Attributes:
        digest: what their plans share.
        stack: the id of the stack in the spec.
        tier: of all of them.
        members: the full names of the stacks, sorted.
        counts: of one member, as of each.
        risk: the highest of any member.
        refused: the members that nobody can approve.
        pending: the members that wait for another stack, so that their plan is a preview.
        norm: the digest of the class that most accounts are in, where this is an outlier.
        differences: what makes this an outlier.
    """

    digest: str
    stack: str
    tier: str
    members: tuple[str, ...]
    counts: Counts
    risk: Risk
    refused: tuple[str, ...]
    pending: tuple[str, ...]
    norm: str | None = None
    differences: tuple[Difference, ...] = ()

    @property
    def representative(self) -> str:
        """The member that is shown for all: the first by name."""
        return self.members[0]


def fold(plans: Mapping[str, JudgedPlan], identities: Mapping[str, Identity]) -> tuple[PlanClass, ...]:
    """The classes of some plans: the riskiest first, then the biggest.

    Args:
        plans: by the stacks' full names.
        identities: of the same stacks.

    Raises:
        KeyError: for a plan without an identity.
    """
    members: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for name in sorted(plans):
        identity = identities[name]
        members[identity.stack, identity.tier, plans[name].class_digest].append(name)
    kin: dict[tuple[str, str], list[Sequence[str]]] = defaultdict(list)
    for (stack, tier, _), names in members.items():
        if any(map(acts, plans[names[0]].plan.changes)):
            kin[stack, tier].append(names)
    norms = {key: max(classes, key=len)[0] for key, classes in kin.items()}
    found = (
        _class(key, names, norms.get(key[:2]), plans, identities) for key, names in sorted(members.items())
    )
    return tuple(
        sorted(found, key=lambda one: (-one.risk, -len(one.members), one.stack, one.tier, one.digest))
    )


def _class(
    key: tuple[str, str, str],
    names: Sequence[str],
    norm: str | None,
    plans: Mapping[str, JudgedPlan],
    identities: Mapping[str, Identity],
) -> PlanClass:
    stack, tier, digest = key
    first = plans[names[0]]
    usual = plans[norm] if norm else None
    outlier = usual is not None and usual.class_digest != digest and any(map(acts, first.plan.changes))
    return PlanClass(
        digest=digest,
        stack=stack,
        tier=tier,
        members=tuple(names),
        counts=first.plan.counts,
        risk=max(plans[name].risk for name in names),
        refused=tuple(name for name in names if plans[name].refused),
        pending=tuple(name for name in names if plans[name].pending),
        norm=usual.class_digest if usual and outlier else None,
        differences=tuple(_differences(usual, identities[norm], first, identities[names[0]]))
        if usual and norm and outlier
        else (),
    )


def _differences(
    usual: JudgedPlan, usual_identity: Identity, other: JudgedPlan, other_identity: Identity
) -> Iterator[Difference]:
    versions = usual.plan.terraform_version, other.plan.terraform_version
    if versions[0] != versions[1]:
        yield Difference("", "terraform_version", *versions)
    norm, outlier = normalised(usual.plan, usual_identity), normalised(other.plan, other_identity)
    for address in sorted(norm.keys() | outlier.keys()):
        if address not in norm or address not in outlier:
            yield Difference(address, "action", _action(norm, address), _action(outlier, address))
            continue
        before, after = leaves(norm[address]), leaves(outlier[address])
        for path in sorted(before.keys() | after.keys()):
            if before.get(path) != after.get(path) or type(before.get(path)) is not type(after.get(path)):
                yield Difference(address, path, before.get(path), after.get(path))


def _action(changes: Mapping[str, Mapping[str, Any]], address: str) -> Value:
    action: str | None = changes.get(address, {}).get("action")
    return action


def leaves(value: Any) -> dict[str, Value]:
    """The values within a JSON value by their paths, as ``after.rule[0].name``. JSON in texts is read; what is empty
    or null is no value."""
    return dict(_leaves(value, ""))


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Value]]:
    if isinstance(value, str):
        value = embedded(value)
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _leaves(item, f"{path}.{name}" if path else name)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _leaves(item, f"{path}[{index}]")
    elif value is not None:
        yield path, value


def embedded(text: str) -> Any:
    """The object or list that a text holds as JSON, or the text."""
    if text[:1] in ("{", "["):
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text
