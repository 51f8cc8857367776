"""Who can do something, and what a principal can do on one resource: many evaluations, put together.

- "Who can do A on R": ``who_can(action, resource, identities, guardrails)``. The resource may be a pattern
  (``arn:aws:s3:::lake/*``): then the answer is about some resource that matches it, and names that one.
- "What can P do on R": ``actions_on(identity, resource, guardrails)``, with AWS's access level of each action.

Principals that the resource's policy names and nobody gave (services, other accounts, everyone) are asked too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from landform.iam import actions as table
from landform.iam import pattern
from landform.iam.access import Access, access_of, access_of_identity, somewhere
from landform.iam.evaluate import Decision, Verdict, evaluate, names_action
from landform.iam.identity import Guardrails, Identity, Request, Resource
from landform.iam.policy import Names, Policy, PolicyPrincipal
from landform.iam.region import Box, uncovered

_BEST_FIRST = (Verdict.ALLOWED, Verdict.ALLOWED_IF, Verdict.DENIED)

Context = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Answer:
    """That a principal can do an action on a resource: the best decision for some resource that was asked about."""

    identity: Identity
    action: str
    resource: str
    decision: Decision


def who_can(
    action: str,
    resource: Resource,
    identities: Iterable[Identity],
    guardrails: Mapping[str, Guardrails] | None = None,
    context: Context | None = None,
) -> tuple[Answer, ...]:
    """Who can do an action on a resource, or on some resource of a pattern: those that can for sure first.

    Args:
        action: one action.
        resource: the resource, its ARN a pattern or not, with its policy.
        identities: the principals that are known.
        guardrails: each account's SCPs and RCPs, by account id.
        context: what is known of every request.
    """
    known = tuple(identities)
    answers = (
        decide(identity, action, resource, guardrails, context)
        for identity in (*known, *outsiders(resource.policy, known))
    )
    allowed = [answer for answer in answers if answer.decision.verdict is not Verdict.DENIED]
    return tuple(sorted(allowed, key=lambda a: (_BEST_FIRST.index(a.decision.verdict), a.identity.id)))


def decide(
    identity: Identity,
    action: str,
    resource: Resource,
    guardrails: Mapping[str, Guardrails] | None = None,
    context: Context | None = None,
) -> Answer:
    """The best decision on an action of a principal, over all the resources that a pattern names."""
    over = (guardrails or {}).get(identity.account or "", Guardrails())
    best: Answer | None = None
    for arn in _examples(identity, action, resource, over):
        request = Request(identity, action, replace(resource, arn=arn), context or {})
        answer = Answer(identity, action, arn, evaluate(request, guardrails))
        if best is None or _better(answer.decision, best.decision):
            best = answer
        if best.decision.verdict is Verdict.ALLOWED:
            break
    assert best is not None, "a pattern names something"
    return best


def _better(one: Decision, other: Decision) -> bool:
    return _BEST_FIRST.index(one.verdict) < _BEST_FIRST.index(other.verdict)


def _examples(identity: Identity, action: str, resource: Resource, over: Guardrails) -> Iterator[str]:
    """Resources that a pattern names, on which the best decision is found: some that each statement allows, and that
    no deny is about where there are such."""
    asked = Names((resource.arn,), variables=False)
    if not set(asked.tokens[0]) & {pattern.RUN, pattern.ONE}:
        yield resource.arn
        return
    own = access_of_identity(identity, over)
    theirs = access_of([resource.policy] if resource.policy else [])
    denies = (*own.denies, *theirs.denies)
    for layers in (own.layers, theirs.layers, (*own.layers, *theirs.layers)):
        # Of the resources that a statement allows, the one that is found lies in the fewest denies.
        for found in somewhere(Access(layers, denies), action, resources=asked):
            yield found.point.resource
    nothing_said = uncovered([Box(resources=asked)], ())
    if nothing_said:
        yield nothing_said.resource


def outsiders(policy: Policy | None, known: Sequence[Identity]) -> Iterator[Identity]:
    """Those that a resource's policy allows something and nobody gave: services, other accounts, everyone."""
    ids = {identity.id for identity in known}
    accounts = {identity.account for identity in known}
    named: dict[PolicyPrincipal, None] = {}
    for statement in policy.statements if policy else ():
        if statement.allows and statement.principals:
            others = () if statement.principals.excluded else statement.principals.named
            named |= dict.fromkeys(others or (PolicyPrincipal("*", "*"),))
    for one in named:
        if one.id not in ids and not (one.account and one.account in accounts):
            id = f"arn:aws:iam::{one.account}:root" if one.account else one.id
            yield Identity(id, one.type, policies=None)


def actions_on(
    identity: Identity,
    resource: Resource,
    guardrails: Mapping[str, Guardrails] | None = None,
    context: Context | None = None,
) -> Mapping[str, tuple[Answer, ...]]:
    """What a principal can do on a resource and what is in it, by AWS's access level, each level's actions sorted.

    The actions are those of today that some policy names and that take a resource of this kind; a bucket's objects
    (``/*`` after its ARN) and what else is below an ARN belong to it.
    """
    found: dict[str, list[Answer]] = {}
    below = (resource.arn, f"{resource.arn}/*", f"{resource.arn}:*")
    for name in _candidates(identity, resource):
        action = table.find_action(name)
        kinds = [arn for arn in below if action and any(_meet(arn, kind) for kind in action.resources)]
        answers = [decide(identity, name, replace(resource, arn=arn), guardrails, context) for arn in kinds]
        best = min(answers, key=lambda a: _BEST_FIRST.index(a.decision.verdict), default=None)
        if action and best and best.decision.verdict is not Verdict.DENIED:
            found.setdefault(action.level, []).append(best)
    return {level: tuple(sorted(found[level], key=lambda a: a.action)) for level in sorted(found)}


def _candidates(identity: Identity, resource: Resource) -> list[str]:
    """The actions of the resource's service that a policy of the principal or of the resource allows."""
    parts = resource.arn.split(":", 5)
    service = parts[2] if len(parts) == 6 else ""
    policies = [*(identity.policies or ()), *([resource.policy] if resource.policy else ())]
    allowed = [s.actions for policy in policies for s in policy.statements if s.allows]
    return sorted({name for names in allowed for name in _named(names, service)})


@lru_cache(maxsize=65_536)
def _named(names: Names, service: str) -> tuple[str, ...]:
    """The actions of a service that an element names."""
    return tuple(name for name in table.expand(f"{service}:*") if names_action(names, name))


@lru_cache(maxsize=65_536)
def _meet(one: str, other: str) -> bool:
    """Whether some ARN matches both patterns, segment by segment."""
    both = [pattern.arn_glob(pattern.tokens(text, variables=False)) for text in (one, other)]
    return any(True for _ in pattern.witnesses(both, [[0], [1]]))
