"""What policies allow, as a whole: regions of the space of requests, compared exactly.

- "What can P do": ``what_can(access)`` gives its permissions, statement by statement, with what limits them.
- "Can P do A anywhere": ``somewhere(access, action)`` gives the statement that lets it, and a request.
- "What does B allow that A did not" is answered by ``changes.new_access``, "who can do A on R" by ``who.who_can``,
  and "may P do A on R" by ``evaluate.evaluate``.

``access_of`` puts the policies of a principal together, or takes those of a resource: a request is allowed where
every layer (identity policies, boundary, session policy, each SCP level) allows it and no statement denies it.
``region`` says what is exact. RCPs are not looked at here: they are about resources.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from landform.iam import actions as table
from landform.iam.conditions import ConditionTest
from landform.iam.evaluate import names_action
from landform.iam.identity import Guard, Guardrails, Identity
from landform.iam.policy import Names, Policy, PolicyPrincipal, PolicyStatement
from landform.iam.region import ANYTHING, Box, Point, uncovered

REQUESTS = Box(actions=Names(("?*:?*",), variables=False), resources=Names(("arn:*:*:*:*:*", "${*}")))
"""What a request can be: a service's action, on an ARN or, where the action takes no resource, on a single star."""


@dataclass(frozen=True, slots=True)
class Access:
    """What is allowed: a request in a box of every layer, and in no deny.

    ``denies`` holds what is surely denied, ``denies_at_most`` what may be: they differ in ``NotPrincipal`` alone.
    """

    layers: tuple[tuple[Box, ...], ...]
    denies: tuple[Box, ...] = ()
    denies_at_most: tuple[Box, ...] = ()


def access_of(
    policies: Iterable[Policy],
    *,
    boundary: Policy | None = None,
    session: Policy | None = None,
    guardrails: Guardrails | None = None,
) -> Access:
    """What policies allow together: those of one principal, or the one of a resource.

    Args:
        policies: identity policies, or a resource policy.
        boundary: the permissions boundary.
        session: the session policy.
        guardrails: the account's SCPs.
    """
    levels: list[Sequence[Policy]] = [tuple(policies)]
    levels += [[policy] for policy in (boundary, session) if policy is not None]
    levels += guardrails.scps if guardrails else ()
    denies = [s for level in levels for policy in level for s in policy.statements if not s.allows]
    return Access(
        tuple(tuple(_box(s) for p in level for s in p.statements if s.allows) for level in levels),
        tuple(_box(statement) for statement in denies),
        tuple(_box(statement, at_most=True) for statement in denies),
    )


def access_of_identity(identity: Identity, guardrails: Guardrails | None = None) -> Access:
    """What a principal's own policies allow it, under its account's SCPs."""
    return access_of(
        identity.policies or (), boundary=identity.boundary, session=identity.session, guardrails=guardrails
    )


def _box(statement: PolicyStatement, *, at_most: bool = False) -> Box:
    return Box(
        _lowered(statement.actions),
        statement.resources or ANYTHING,
        _principal_names(statement, at_most=at_most),
        statement.tests,
        statement,
    )


def _lowered(names: Names) -> Names:
    return Names(tuple(text.lower() for text in names.patterns), names.excluded, variables=False)


def _principal_names(statement: PolicyStatement, *, at_most: bool) -> Names:
    principals = statement.principals
    if principals is None:
        return ANYTHING
    if not (principals.excluded and statement.effect == "Deny" and at_most):
        patterns = [text for named in principals.named for text in _principal_patterns(named)]
        return Names(tuple(patterns), principals.excluded, variables=False)
    # Of those that a deny leaves out, only who is named with the whole account is surely spared.
    accounts = {named.account for named in principals.named}
    spared = [n for n in principals.named if n.type != "AWS" or Identity(n.id).account in accounts]
    texts = tuple(f"{named.type}:{named.id}" if named.type != "*" else "*" for named in spared)
    return Names(texts, excluded=True, variables=False) if texts else ANYTHING


def _principal_patterns(named: PolicyPrincipal) -> Iterator[str]:
    """A principal as patterns over principals: an account is all that is in it, a role its sessions too."""
    if named.type == "*":
        yield "*"
    elif named.account:
        yield f"AWS:arn:*:*::{named.account}:*"
    else:
        yield f"{named.type}:{named.id}"
        role = Identity(named.id)
        if role.kind == "role" and role.role:
            yield f"AWS:arn:*:sts::{role.account}:assumed-role/{role.role[1]}/*"


def guards_in(box: Box) -> tuple[Guard, ...]:
    """The conditions of a box as guards."""
    return tuple(Guard(test.name, test.key, test.values) for test in box.tests)


@dataclass(frozen=True, slots=True)
class Found:
    """A statement that lets an action be done somewhere, and one request that it lets."""

    statement: PolicyStatement
    guards: tuple[Guard, ...]
    point: Point


def somewhere(
    access: Access, action: str, *, tests: tuple[ConditionTest, ...] = (), resources: Names | None = None
) -> tuple[Found, ...]:
    """Each statement of the first layer that lets an action be done on some resource, under some conditions.

    Args:
        access: what is allowed.
        action: one action.
        tests: what must hold of the request besides.
        resources: which resources are meant; without it any.
    """
    narrow = by_action(access, [action])[action]
    kinds = [Box(_only(action), resources)] if resources else requests_of(action)
    asked = [Box(box.actions, box.resources, tests=tests) for box in kinds]
    found: dict[Box, Found] = {}
    for inside in product(*narrow.layers):
        if inside[0] in found or inside[0].statement is None:
            continue
        points = (uncovered([*inside, box], narrow.denies) for box in asked)
        point = next((point for point in points if point is not None), None)
        if point is not None:
            guards = dict.fromkeys(guard for box in inside for guard in guards_in(box))
            found[inside[0]] = Found(inside[0].statement, tuple(guards), point)
    return tuple(found.values())


def _only(action: str) -> Names:
    return Names((action.lower(),), variables=False)


def by_action(access: Access, actions: Iterable[str]) -> Mapping[str, Access]:
    """What is allowed of each of some actions: the same layers, with no more than the boxes that name it."""
    services: dict[str, list[str]] = {}
    for action in actions:
        services.setdefault(action.partition(":")[0].lower(), []).append(action)

    def sorted_out(boxes: Sequence[Box]) -> Mapping[str, tuple[Box, ...]]:
        found: dict[str, list[Box]] = {action: [] for names in services.values() for action in names}
        for box in boxes:
            for action in _named(box.actions, services):
                found[action].append(box)
        return {action: tuple(boxes) for action, boxes in found.items()}

    layers = [sorted_out(layer) for layer in access.layers]
    denies, at_most = sorted_out(access.denies), sorted_out(access.denies_at_most)
    return {
        action: Access(tuple(layer[action] for layer in layers), denies[action], at_most[action])
        for names in services.values()
        for action in names
    }


def _named(names: Names, services: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Which of some actions, by their services, an element names."""
    asked = services if names.services is None else names.services
    for service in asked:
        yield from (action for action in services.get(service, ()) if names_action(names, action))


def requests_of(action: str) -> Iterator[Box]:
    """Requests of one action: on the resource types that it takes, then on anything."""
    found = table.find_action(action)
    only = _only(action)
    if found and found.resources:
        real = tuple(text.replace("arn:*:", "arn:aws:", 1).replace("*", "?*") for text in found.resources)
        yield Box(only, Names(tuple(text for text in real if text != "?*") or ("arn:*",)))
    else:
        yield Box(only, Names(("${*}",)))
    yield Box(only, REQUESTS.resources)


@dataclass(frozen=True, slots=True)
class Permission:
    """One thing that a statement lets a principal do.

    Attributes:
        actions: an action, or a pattern of them; after ``all but``, what ``NotAction`` names.
        resources: patterns, or after ``all but`` what ``NotResource`` names; none in a trust policy.
        guards: the conditions of the statement.
        limits: for each further layer (boundary, session policy, SCP level) that does not let all of it pass, the
            statements of that layer that let some of it pass.
        unless: the statements that deny some of it.
    """

    statement: PolicyStatement
    actions: Names
    resources: Names
    guards: tuple[Guard, ...]
    limits: tuple[tuple[PolicyStatement, ...], ...] = ()
    unless: tuple[PolicyStatement, ...] = ()

    def known_actions(self) -> tuple[str, ...]:
        """The actions of today that it names, in AWS's capitals, whatever is denied of them."""
        return tuple(known_actions(self.actions))


def what_can(access: Access) -> tuple[Permission, ...]:
    """The permissions of a principal, one for each action pattern of each statement; what is denied whole is not
    among them."""
    first, *others = access.layers
    found: list[Permission] = []
    for box in first:
        if box.statement is not None:
            layers = [_passing(box, layer) for layer in others]
            denies = [deny for deny in access.denies if _meet(box, deny)]
            alone = _is_any([box], ())
            ones = (_permission(replace(box, actions=one), layers, denies, alone) for one in _single(box))
            found.extend(one for one in ones if one is not None)
    return tuple(found)


def _single(box: Box) -> Iterator[Names]:
    if box.actions.excluded:
        yield box.actions
    else:
        for text in box.actions.patterns:
            yield Names((text,), variables=False)


def _passing(box: Box, layer: Sequence[Box]) -> list[Box]:
    """The boxes of a layer that let some of a box pass: a single one that lets all of it, where there is one."""
    sure = [other for other in layer if other.surely_covers(box)]
    return sure[:1] or [other for other in layer if _meet(box, other)]


def _permission(
    box: Box, layers: Sequence[Sequence[Box]], denies: Sequence[Box], alone: bool
) -> Permission | None:
    """What further layers and denies leave of a box; ``alone`` is whether there is anything in it at all."""
    assert box.statement is not None, "only boxes of statements are permissions"
    passing = [_passing(box, layer) for layer in layers]
    against = [deny for deny in denies if _meet(box, deny)]
    whole = [len(layer) == 1 and layer[0].surely_covers(box) for layer in passing]
    if all(whole) and not against:
        left = alone
    else:
        left = any(_is_any([box, *inside], against) for inside in product(*passing))
    if not left:
        return None
    limits = [layer for layer, all_of_it in zip(passing, whole, strict=True) if not all_of_it]
    return Permission(
        box.statement,
        box.actions,
        box.resources,
        guards_in(box),
        tuple(tuple(other.statement for other in layer if other.statement) for layer in limits),
        tuple(deny.statement for deny in against if deny.statement),
    )


def _is_any(inside: Sequence[Box], outside: Sequence[Box]) -> bool:
    """Whether there is a request in all of some boxes, and in none of others."""
    return uncovered([*inside, REQUESTS], outside) is not None


def _meet(one: Box, other: Box) -> bool:
    """Whether two boxes have a request in common."""
    if one.apart(other):
        return False
    if one.plain and other.plain:
        # ``apart`` was exact, so that only the conditions are left to ask about.
        return uncovered([Box(tests=one.tests), Box(tests=other.tests)], ()) is not None
    return _is_any([one, other], ())


def known_actions(names: Names) -> Iterator[str]:
    """The actions of today that an element names."""
    seen: set[str] = set()
    for text in ("*",) if names.excluded else names.patterns:
        for name in table.expand(text):
            if name not in seen and (not names.excluded or names_action(names, name)):
                seen.add(name)
                yield name
