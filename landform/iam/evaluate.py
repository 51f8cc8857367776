"""What AWS decides on a request: every policy that has a say, in AWS's own order.

Follows "Policy evaluation logic" and "Cross-account policy evaluation logic" of the IAM guide. An explicit deny
wins, wherever it stands. Then each SCP level of the principal's account must allow. Within one account the resource
policy or the identity's policies must allow; between two accounts both. What a resource policy gives a user or a
session directly no boundary limits; what it gives a role, the role's boundary and session policy do. Trust policies
of roles and the policies of KMS keys must allow by themselves, or leave it to the account. RCPs can only deny, and
only in the services that have them.

``evaluate`` answers "may P do A on R". A condition on a key that the request does not tell is never dropped: the
answer is then ``ALLOWED_IF``, with the guards.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from landform.iam import pattern
from landform.iam.actions import has_rcps
from landform.iam.conditions import Context, matches_in
from landform.iam.identity import Guard, Guardrails, Match, Request, match_principal
from landform.iam.policy import Names, Policy, PolicyStatement

_ASSUME = frozenset(
    f"sts:{name}"
    for name in (
        "assumerole",
        "assumerolewithsaml",
        "assumerolewithwebidentity",
        "tagsession",
        "setsourceidentity",
    )
)


class Verdict(Enum):
    """What is decided: allowed, allowed if its guards hold, or denied whatever they are."""

    ALLOWED = "allowed"
    ALLOWED_IF = "allowed if"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class Applied:
    """A statement that applies to a request if its guards hold. ``statement`` is None for a policy not given."""

    statement: PolicyStatement | None
    guards: tuple[Guard, ...] = ()

    def __str__(self) -> str:
        return f"{self.statement or 'a policy that was not given'}" + "".join(
            f" {'and' if i else 'if'} {guard}" for i, guard in enumerate(self.guards)
        )


@dataclass(frozen=True, slots=True)
class Layer:
    """One kind of policy that must allow; any one of its statements is enough."""

    name: str
    statements: tuple[Applied, ...]

    @property
    def certain(self) -> bool:
        """Whether it allows without any guard."""
        return any(not applied.guards for applied in self.statements)


@dataclass(frozen=True, slots=True)
class Decision:
    """What is decided, and why.

    Attributes:
        verdict: the answer.
        ways: each way in which it is allowed: every layer of a way must allow, one way is enough.
        unless: statements that would deny it, if their guards hold.
        denied_by: statements that deny it, explicitly.
        missing: where it is denied without such a statement, the layers that do not allow it.
    """

    verdict: Verdict
    ways: tuple[tuple[Layer, ...], ...] = ()
    unless: tuple[Applied, ...] = ()
    denied_by: tuple[PolicyStatement, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def guards(self) -> tuple[Guard, ...]:
        """Every guard that the answer hangs on, sorted, those of ``unless`` left out."""
        layers = (layer for way in self.ways for layer in way if not layer.certain)
        return tuple(sorted({g for layer in layers for applied in layer.statements for g in applied.guards}))

    def __str__(self) -> str:
        if self.denied_by:
            return f"denied by {self.denied_by[0]}"
        if self.verdict is Verdict.DENIED:
            return f"denied: no {' and no '.join(self.missing)} allows it"
        ways = " or ".join(
            ", ".join(" or ".join(map(str, layer.statements)) for layer in way) for way in self.ways
        )
        unless = f" unless {' or '.join(map(str, self.unless))}" if self.unless else ""
        return f"allowed by {ways}{unless}"


def evaluate(request: Request, guardrails: Mapping[str, Guardrails] | None = None) -> Decision:
    """What AWS decides on a request.

    Args:
        request: who, what, on what, and what is known of the context. A resource whose ARN names no account, as a
            bucket's, and that tells none either, is taken to be in the principal's account.
        guardrails: each account's SCPs and RCPs, by account id.
    """
    context = request.known()
    identity, resource = request.identity, request.resource
    owner = resource.owner or identity.account
    nothing = Guardrails()
    over = (guardrails or {}).get(identity.account or "", nothing)
    rcps = (guardrails or {}).get(owner or "", nothing).rcps if has_rcps(request.action) else ()

    own = _given(identity.policies or (), identity.boundary, identity.session)
    policies = [*own, *(policy for level in (*over.scps, *rcps) for policy in level)]
    denies = list(_applied(policies, "Deny", request, context))
    denies += [d for _, d in _of_resource(resource.policy, "Deny", request, context)]
    certain = tuple(d.statement for d in denies if d.statement and not d.guards)
    if certain:
        return Decision(Verdict.DENIED, denied_by=certain)

    scps = tuple(Layer("SCP", tuple(_applied(level, "Allow", request, context))) for level in over.scps)
    ways = [(*way, *scps) for way in _ways(request, owner, context)]
    possible = tuple(tuple(map(_settled, way)) for way in ways if all(layer.statements for layer in way))
    if not possible:
        best = min(ways, key=lambda way: sum(not layer.statements for layer in way))
        missing = dict.fromkeys(layer.name for layer in best if not layer.statements)
        return Decision(Verdict.DENIED, missing=tuple(missing))
    sure = tuple(way for way in possible if all(layer.certain for layer in way))
    verdict = Verdict.ALLOWED if sure and not denies else Verdict.ALLOWED_IF
    return Decision(verdict, sure or possible, tuple(denies))


def _ways(request: Request, owner: str | None, context: Context) -> list[tuple[Layer, ...]]:
    """The ways to an allow, without the SCPs: which layers must allow together."""
    identity, resource = request.identity, request.resource
    found = _of_resource(resource.policy, "Allow", request, context)

    def granted(*kinds: Match) -> Layer:
        return Layer("resource policy", tuple(applied for kind, applied in found if kind in kinds))

    if identity.account is None:
        return [(granted(*Match),)]
    limits = tuple(
        Layer(name, tuple(_applied([policy], "Allow", request, context)))
        for name, policy in (
            ("permissions boundary", identity.boundary),
            ("session policy", identity.session),
        )
        if policy is not None
    )
    if identity.policies is None:
        own = Layer("identity policy", (Applied(None, (Guard("Policy", identity.id),)),))
    elif identity.kind == "root":
        own = Layer("identity policy", (Applied(None),))
    else:
        own = Layer("identity policy", tuple(_applied(identity.policies, "Allow", request, context)))
    if owner != identity.account:
        return [(granted(*Match), own, *limits)]
    ways: list[tuple[Layer, ...]] = [(granted(Match.DIRECT),), (granted(Match.ROLE), *limits)]
    if not _by_itself(request):
        return [(own, *limits), *ways]
    if resource.policy is None:
        asked = Layer("resource policy", (Applied(None, (Guard("Policy", resource.arn),)),))
        return [(asked, own, *limits)]
    return [(granted(Match.ACCOUNT), own, *limits), *ways]


def _by_itself(request: Request) -> bool:
    """Whether the resource is one whose own policy must allow, or leave it to the account: a role, a KMS key."""
    action, arn = request.action.lower(), request.resource.arn
    return (action in _ASSUME and ":role/" in arn) or (action.startswith("kms:") and ":key/" in arn)


def _given(policies: Iterable[Policy], *others: Policy | None) -> list[Policy]:
    return [*policies, *(policy for policy in others if policy is not None)]


def _settled(layer: Layer) -> Layer:
    """The layer without the statements that hang on guards, where another needs none."""
    if not layer.certain:
        return layer
    return Layer(layer.name, tuple(applied for applied in layer.statements if not applied.guards))


def _applied(
    policies: Iterable[Policy], effect: str, request: Request, context: Context
) -> Iterable[Applied]:
    for policy in policies:
        for statement in policy.statements:
            if statement.effect == effect:
                guards = guards_of(statement, request.action, request.resource.arn, context)
                if guards is not None:
                    yield Applied(statement, guards)


def _of_resource(
    policy: Policy | None, effect: str, request: Request, context: Context
) -> Sequence[tuple[Match, Applied]]:
    found = []
    for statement in policy.statements if policy else ():
        if statement.effect != effect or not (match := match_principal(statement, request.identity)):
            continue
        guards = guards_of(statement, request.action, request.resource.arn, context)
        if guards is not None:
            found.append((match[0], Applied(statement, (*match[1], *guards))))
    return found


def guards_of(
    statement: PolicyStatement, action: str, resource: str, context: Context
) -> tuple[Guard, ...] | None:
    """What it hangs on whether a statement applies to an action on a resource; None where it does not."""
    if not names_action(statement.actions, action):
        return None
    guards: list[Guard] = []
    if statement.resources is not None:
        named = _names_resource(statement.resources, resource, context)
        if named is False:
            return None
        if named is None:
            patterns = tuple(text for text in statement.resources.patterns if "${" in text)
            guards.append(Guard("Resource", "is not" if statement.resources.excluded else "is", patterns))
    for test in statement.tests:
        holds = test.holds(context)
        if holds is False:
            return None
        if holds is None:
            guards.append(Guard(test.name, test.key, test.values))
    return tuple(guards)


@lru_cache(maxsize=65_536)
def names_action(names: Names, action: str) -> bool:
    """Whether ``Action`` or ``NotAction`` names an action; capitals do not matter."""
    lower = action.lower()
    found = any(
        pattern.matches(pattern.tokens(text.lower(), variables=False), lower) for text in names.patterns
    )
    return found != names.excluded


def _names_resource(names: Names, resource: str, context: Context) -> bool | None:
    answers = [matches_in(parts, resource, context) for parts in names.tokens]
    found = True if True in answers else None if None in answers else False
    return None if found is None else found != names.excluded
