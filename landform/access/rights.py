"""What one principal can do on one resource, and why: actions of one level and one reason, put together.

Most actions of a service are named by the same statements, so they are decided on once. What a caller chooses freely
when sending a request (TLS, its version) makes no condition: a deny of plain HTTP keeps nobody out. It is still told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from landform.access.model import Target
from landform.iam import actions as table
from landform.iam import pattern
from landform.iam.evaluate import Applied, Decision, Verdict
from landform.iam.identity import Guard, Guardrails, Identity, Match, match_principal
from landform.iam.policy import Names, Policy, PolicyStatement
from landform.iam.who import Answer, Context, decide

State = Literal["allowed", "allowed if", "stopped"]
Level = Literal["list", "read", "write", "tag", "permissions"]

STATES: tuple[State, ...] = ("allowed", "allowed if", "stopped")
"""``stopped`` is what a principal's own policies allow and something else does not: boundary, SCP, key policy, deny."""
LEVELS: Mapping[str, Level] = {
    "List": "list",
    "Read": "read",
    "Write": "write",
    "Tagging": "tag",
    "Permissions management": "permissions",
}
"""AWS's access levels, and what the matrix calls them."""

_CHOSEN = frozenset({"aws:securetransport", "s3:tlsversion"})
_VERDICTS = (Verdict.ALLOWED, Verdict.ALLOWED_IF, Verdict.DENIED)
# The ARN of a log group in a policy ends in `:*`, also for actions on the group itself ("Logs resources").
_GOES_ON = {"logs": ":*"}
# The services that act on resources of another's ARNs.
_ALSO = {"iam": ("iam", "sts")}


@dataclass(frozen=True, slots=True)
class Right:
    """Some actions of one level that a principal can do, or is stopped from doing, for one reason.

    ``on`` is the resource that was decided on: the resource itself, or one below it (an object of a bucket).
    """

    level: Level
    state: State
    actions: tuple[str, ...]
    on: str
    decision: Decision


def state_of(decision: Decision) -> State:
    """What a decision is called in a matrix."""
    if decision.verdict is Verdict.DENIED:
        return "stopped"
    sure = any(
        all(any(_chosen(applied.guards) for applied in layer.statements) for layer in way)
        for way in decision.ways
    )
    return "allowed" if sure and all(map(avoidable, decision.unless)) else "allowed if"


def _chosen(guards: Iterable[Guard]) -> bool:
    return all(guard.key.lower() in _CHOSEN for guard in guards)


def avoidable(deny: Applied) -> bool:
    """Whether who asks can get around a deny by how the request is sent."""
    return any(guard.key.lower() in _CHOSEN for guard in deny.guards)


def rights_of(identity: Identity, target: Target, guardrails: Mapping[str, Guardrails]) -> tuple[Right, ...]:
    """Everything that a principal's policies or the resource's say it can do there, by level, state and reason."""
    found: dict[tuple[Level, Decision], list[Answer]] = {}
    for service in services_of(target):
        for answer, level in _decided(_narrowed(identity, service), service, target, guardrails):
            found.setdefault((level, answer.decision), []).append(answer)
    rights = [
        Right(
            level,
            state_of(decision),
            tuple(answer.action for answer in answers),
            answers[0].resource,
            decision,
        )
        for (level, decision), answers in found.items()
    ]
    order = list(LEVELS.values())
    return tuple(
        sorted(rights, key=lambda one: (order.index(one.level), STATES.index(one.state), one.actions))
    )


def _decided(
    identity: Identity, service: str, target: Target, guardrails: Mapping[str, Guardrails]
) -> Iterator[tuple[Answer, Level]]:
    """The best decision on each action of a service that a principal may be allowed there."""
    naming = [named(one.actions, service) for one in _statements(identity, target, guardrails)]
    decided: dict[object, Answer] = {}
    for name in sorted(candidates(identity, target, service)):
        known = table.find_action(f"{service}:{name}")
        assert known is not None, "candidates are actions of the table"
        by = tuple(name in names for names in naming)
        below = forms(target.shape, known.name)
        for form in below:
            if (by, form) not in decided:
                decided[by, form] = on_form(identity, known.name, target, form, guardrails)
        best = min((decided[by, form] for form in below), key=_rank, default=None)
        if best and (
            best.decision.verdict is not Verdict.DENIED or _given(identity, known.name, target, below)
        ):
            yield Answer(identity, known.name, best.resource, best.decision), LEVELS[known.level]


def right_to(
    action: str,
    identity: Identity,
    target: Target,
    guardrails: Mapping[str, Guardrails],
    on: str | None = None,
    context: Context | None = None,
) -> Right | None:
    """Whether a principal can do one action on a resource; None where no policy lets it.

    Args:
        on: the resource's ARN or one below it, where it is not about any.
        context: what is known of the request besides: its condition keys, in lower case.
    """
    service, _, name = action.lower().partition(":")
    narrow = _narrowed(identity, service)
    known = table.find_action(action)
    if known is None or name not in candidates(narrow, target, service):
        return None
    below = [on.removeprefix(target.arn)] if on is not None else forms(target.shape, known.name)
    answers = (on_form(narrow, known.name, target, form, guardrails, context) for form in below)
    best = min(answers, key=_rank, default=None)
    if best is None or (
        best.decision.verdict is Verdict.DENIED and not _given(narrow, known.name, target, below)
    ):
        return None
    state = state_of(best.decision)
    return Right(LEVELS[known.level], state, (known.name,), best.resource, best.decision)


@lru_cache(maxsize=4_096)
def _narrowed(identity: Identity, service: str) -> Identity:
    return narrowed(identity, lambda text: _names_service(text, service))


def narrowed(identity: Identity, names: Callable[[str], bool]) -> Identity:
    """A principal with no more of its policies than the action patterns that are asked about: decided on sooner.

    AWS's own policies have a thousand patterns, of which a question is about a few.
    """

    def statement(one: PolicyStatement) -> PolicyStatement:
        return replace(one, actions=replace(one.actions, patterns=tuple(filter(names, one.actions.patterns))))

    def policy(one: Policy) -> Policy:
        found = map(statement, one.statements)
        return replace(one, statements=tuple(s for s in found if s.actions.patterns or s.actions.excluded))

    policies = None if identity.policies is None else tuple(map(policy, identity.policies))
    return replace(identity, policies=policies)


@lru_cache(maxsize=65_536)
def _names_service(text: str, service: str) -> bool:
    of = text.lower().partition(":")[0]
    return pattern.matches(pattern.tokens(of, variables=False), service)


def _given(identity: Identity, action: str, target: Target, below: Iterable[str]) -> bool:
    """Whether a principal's own policies allow an action there, whatever else does not."""
    service, _, name = action.lower().partition(":")
    abouts = [f"{target.arn}{form}" for form in below]
    return any(
        statement.allows and name in named(statement.actions, service) and _about(statement.resources, abouts)
        for policy in identity.policies or ()
        for statement in policy.statements
    )


def _about(resources: Names | None, arns: Iterable[str]) -> bool:
    if resources is None:
        return True
    if resources.excluded:
        return not any(text == "*" or text in arns for text in resources.patterns)
    return any(meet(arn, text) for arn in arns for text in resources.patterns)


def _rank(answer: Answer) -> int:
    return _VERDICTS.index(answer.decision.verdict)


def on_form(
    identity: Identity,
    action: str,
    target: Target,
    form: str,
    guardrails: Mapping[str, Guardrails],
    context: Context | None = None,
) -> Answer:
    """The best decision on an action on a resource, or on something below it.

    Args:
        form: what follows its ARN: nothing, or a pattern.
        context: what is known of the request besides: its condition keys, in lower case.
    """
    resource = target.resource
    below = type(resource)(resource.arn + form, resource.account, resource.policy)
    # KMS tells whose principal it is that calls, and that does not depend on the request.
    caller = {"kms:calleraccount": (identity.account,)} if identity.account else {}
    return decide(identity, action, below, guardrails, {**target.context, **caller, **(context or {})})


@lru_cache(maxsize=65_536)
def forms(shape: str, action: str) -> tuple[str, ...]:
    """What follows the ARN of a resource where an action is about it: nothing, ``/*`` or ``:*``; none where it is not.

    Args:
        shape: the ARN, whatever its names.
    """
    known = table.find_action(action)
    found = dict.fromkeys(
        form
        for kind in (known.resources if known else ())
        for form in (_form(shape, kind),)
        if form is not None
    )
    goes_on = _GOES_ON.get(_service(shape))
    return (*found, goes_on) if goes_on and "" in found else tuple(found)


def _form(shape: str, kind: str) -> str | None:
    """What follows an ARN so that it is of a kind of resource: nothing, or what is below it; None where neither is."""
    if kind == "*" or _service(kind) != _service(shape):
        return None
    if meet(shape, kind):
        return ""
    of, there = shape.split(":", 5)[5], kind.split(":", 5)[5]
    separators = (i for i, character in enumerate(there) if character in "/:")
    return next((there[i:] for i in separators if there[:i].replace("*", "x") == of), None)


@lru_cache(maxsize=65_536)
def meet(one: str, other: str) -> bool:
    """Whether some text matches both patterns, as resources of policies do."""
    both = [pattern.glob(pattern.tokens(text)) for text in (one, other)]
    return any(True for _ in pattern.witnesses(both, [[0], [1]]))


def candidates(identity: Identity, target: Target, service: str) -> set[str]:
    """The actions of a service that some statement may let a principal do on a resource, in lower case."""
    return {name for statement in touching(identity, target) for name in named(statement.actions, service)}


def touching(identity: Identity, target: Target) -> Iterator[PolicyStatement]:
    """The statements that allow a principal something, and may be about a resource."""
    about = Names((f"{target.arn}*",), variables=False)
    for policy in identity.policies or ():
        for statement in policy.statements:
            if statement.allows and not (statement.resources and statement.resources.apart(about)):
                yield statement
    for statement in target.resource.policy.statements if target.resource.policy else ():
        match = match_principal(statement, identity) if statement.allows else None
        # What is left to the account is allowed by the account's own policies, and found there.
        if match and (match[0] is not Match.ACCOUNT or identity.policies is None):
            yield statement


def services_of(target: Target) -> tuple[str, ...]:
    """The services whose actions are about a resource."""
    service = _service(target.arn)
    return _ALSO.get(service, (service,))


def _service(arn: str) -> str:
    parts = arn.split(":", 5)
    return parts[2] if len(parts) == 6 else ""


def _statements(
    identity: Identity, target: Target, guardrails: Mapping[str, Guardrails]
) -> Iterator[PolicyStatement]:
    """Every statement that may have a say."""
    over = guardrails.get(identity.account or "", Guardrails())
    there = guardrails.get(target.origin.account_id, Guardrails())
    own = (*(identity.policies or ()), identity.boundary, identity.session, target.resource.policy)
    policies: list[Policy] = [policy for policy in own if policy is not None]
    policies += [policy for level in (*over.scps, *there.rcps) for policy in level]
    for policy in policies:
        yield from policy.statements


@lru_cache(maxsize=65_536)
def named(names: Names, service: str) -> frozenset[str]:
    """The actions of a service that an element names, without the prefix, in lower case."""
    known = _known(service)
    found: set[str] = set()
    for text in names.patterns:
        name = text.lower().partition(":")[2]
        if _names_service(text, service):
            parts = pattern.tokens(name or "*", variables=False)
            found.update((name,) if name in known else (one for one in known if pattern.matches(parts, one)))
    return known - found if names.excluded else frozenset(found)


@lru_cache(maxsize=1_024)
def _known(service: str) -> frozenset[str]:
    return frozenset(name.lower() for name in table.service_actions(service))
