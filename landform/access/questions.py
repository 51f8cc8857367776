"""Who can do an action on a resource, and what a principal can do: found by the names that people use.

A resource is named by its ARN (or that of something below it, as an object of a bucket), its address, or its construct
path; a principal by its name, its ARN, its address or its construct path.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from landform.access.matrix import Asking, Row, Wanted, matrix
from landform.access.model import Account, Holdings, Origin, Principal, Target
from landform.access.rights import Right, forms, right_to
from landform.errors import Code, LandformError, did_you_mean
from landform.iam import actions as table
from landform.iam.access import Permission, access_of_identity, what_can
from landform.iam.identity import Guardrails, Identity

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class WhoCan:
    """Who can do one action on some resources. ``known`` is False where the bundle does not make the resource."""

    action: str
    on: str
    rows: tuple[Row, ...]
    known: bool


@dataclass(frozen=True)
class WhatCan:
    """What one principal can do: row by row on what the bundle makes, and its policies, statement by statement."""

    principal: Principal
    account: Account
    rows: tuple[Row, ...]
    permissions: tuple[Permission, ...]


def who_can(
    holdings: Holdings, action: str, on: str, wanted: Wanted, on_progress: Progress | None = None
) -> WhoCan:
    """Who can do an action on a resource.

    Raises:
        LandformError: ``usage`` for an action that AWS has not, a resource that the bundle has not, or an action
            that is not about such a resource.
    """
    name = known_action(action)
    targets = find_targets(holdings, on, wanted)
    if not targets:
        return _who_can_elsewhere(holdings, name, on)
    fitting = [target for target in targets if forms(target.shape, name)]
    if not fitting:
        raise _not_about(name, on, targets[0])
    below = on if on.startswith("arn:") and on != fitting[0].arn else None

    def deciding(
        identity: Identity, target: Target, guardrails: Mapping[str, Guardrails]
    ) -> tuple[Right, ...]:
        right = right_to(name, identity, target, guardrails, below)
        return (right,) if right else ()

    arns = frozenset(target.arn for target in fitting)
    asked = Wanted(stacks=None, principals=wanted.principals, arns=arns)
    rows = matrix(holdings, asked, on_progress, deciding)
    return WhoCan(name, on, tuple(row for row in rows if row.target.arn in arns), known=True)


def _who_can_elsewhere(holdings: Holdings, action: str, arn: str) -> WhoCan:
    """Who can do an action on what the bundle does not make, as far as their own policies say."""
    parts = arn.split(":", 5)
    id = parts[4] if parts[4].isdigit() else ""
    account = holdings.by_id.get(id)
    origin = Origin("", "", account.name if account else id, id, "", parts[3], arn)
    target = Target(arn, arn, parts[3], origin)
    found: dict[object, tuple[Row, list[str]]] = {}
    for who, alike in Asking(holdings).everyone():
        if alike not in found:
            right = right_to(action, who.identity, target, holdings.guardrails, arn)
            found[alike] = (Row(who, target, (right,) if right else (), ()), [])
        found[alike][1].append(who.account or "")
    rows = (Row(row.who, target, row.rights, tuple(names)) for row, names in found.values() if row.rights)
    return WhoCan(action, arn, tuple(sorted(rows, key=lambda row: row.who.name)), known=False)


def known_action(action: str) -> str:
    """An action in AWS's capitals.

    Raises:
        LandformError: ``usage`` for one that AWS has not.
    """
    found = table.find_action(action)
    if found:
        return found.name
    service, _, name = action.partition(":")
    actions = [f"{service}:{one}" for one in table.service_actions(service)]
    fix = None if not actions else did_you_mean(f"{service}:{name}", actions)
    raise LandformError(
        Code.USAGE,
        "AWS has no such action." if actions else "AWS has no such service, or this is no action.",
        given=action,
        expected="one action, as s3:GetObject",
        fix=fix,
    )


def find_targets(holdings: Holdings, text: str, wanted: Wanted) -> tuple[Target, ...]:
    """The resources that a text names; none for the ARN of something that the bundle does not make.

    Raises:
        LandformError: ``usage`` where nothing of the bundle has that name.
    """
    if text.startswith("arn:"):
        if text.count(":") < 5:
            raise LandformError(
                Code.USAGE,
                "This is no ARN.",
                given=text,
                expected="arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE",
            )
        named = (
            target
            for target in holdings.targets
            if text == target.arn or text.startswith((f"{target.arn}/", f"{target.arn}:"))
        )
        return tuple(sorted(named, key=lambda target: -len(target.arn)))[:1]
    found = [one for one in holdings.targets if _is_named(one.origin, text) and _within(one.origin, wanted)]
    if found:
        return tuple(found)
    names = [name for one in holdings.targets for name in (one.origin.address, one.origin.path)]
    raise LandformError(
        Code.USAGE,
        "The bundle makes no such resource, or none that policies are about.",
        given=text,
        expected="the ARN, the address or the construct path of a resource",
        fix=did_you_mean(text, dict.fromkeys(names)),
    )


def _is_named(origin: Origin, text: str) -> bool:
    addresses = (origin.address, f"{origin.stack}/{origin.address}", f"{origin.stack_id}/{origin.address}")
    paths = (origin.construct_path, origin.path)
    return text in addresses or any(path == text or path.startswith(f"{text}/") for path in paths)


def _within(origin: Origin, wanted: Wanted) -> bool:
    return wanted.stacks is None or origin.stack in wanted.stacks


def _not_about(action: str, on: str, target: Target) -> LandformError:
    found = table.find_action(action)
    kinds = sorted(found.resources) if found else []
    return LandformError(
        Code.USAGE,
        f"{action} is not done on a resource of this kind.",
        given=f"{on} ({target.origin.type})",
        expected=" or ".join(kinds) if kinds else "no resource: it is allowed on everything or nothing",
    )


def what_can_principal(
    holdings: Holdings, text: str, wanted: Wanted, on_progress: Progress | None = None
) -> WhatCan:
    """What a principal can do; of several that are equal, in different accounts, the first.

    Raises:
        LandformError: ``usage`` where nobody in the bundle has that name.
    """
    account, principal = find_principal(holdings, text, wanted)
    asked = Wanted(resources=wanted.resources, levels=wanted.levels, arns=frozenset({principal.arn}))
    rows = matrix(holdings, asked, on_progress)
    own = tuple(row for row in rows if row.who.identity.id == principal.arn)
    access = access_of_identity(principal.identity, account.guardrails)
    return WhatCan(principal, account, own, what_can(access))


def find_principal(holdings: Holdings, text: str, wanted: Wanted) -> tuple[Account, Principal]:
    """The first principal that a text names.

    Raises:
        LandformError: ``usage`` where nobody has that name.
    """
    everyone = [(account, principal) for account in holdings.accounts for principal in account.principals]
    for account, principal in everyone:
        named = text in (principal.name, principal.arn) or _is_named(principal.origin, text)
        if named and _within(principal.origin, wanted):
            return account, principal
    names = dict.fromkeys(name for _, one in everyone for name in (one.name, one.origin.path))
    raise LandformError(
        Code.USAGE,
        "Nobody in the bundle has this name.",
        given=text,
        expected="the name, the ARN, the address or the construct path of a role, a user or a permission set",
        fix=did_you_mean(text, names) or _some(names),
    )


def _some(names: Iterable[str]) -> str | None:
    first = sorted(names)[:3]
    return f"There are {', '.join(first)} and others; `landform access` lists them." if first else None
