"""Why, in words: guards as conditions that a person reads, decisions as the statements that allow or deny."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from landform.access.model import UNREAD_KEY
from landform.access.rights import Right, avoidable
from landform.iam.evaluate import Applied, Decision, Layer
from landform.iam.identity import Guard
from landform.iam.policy import PolicyStatement

_OPERATORS: Mapping[str, str] = {
    "StringEquals": "is",
    "StringNotEquals": "is not",
    "StringEqualsIgnoreCase": "is, whatever its capitals,",
    "StringNotEqualsIgnoreCase": "is not, whatever its capitals,",
    "StringLike": "is like",
    "StringNotLike": "is not like",
    "ArnEquals": "is like",
    "ArnLike": "is like",
    "ArnNotEquals": "is not like",
    "ArnNotLike": "is not like",
    "NumericEquals": "is",
    "NumericNotEquals": "is not",
    "NumericLessThan": "is below",
    "NumericLessThanEquals": "is at most",
    "NumericGreaterThan": "is above",
    "NumericGreaterThanEquals": "is at least",
    "DateEquals": "is",
    "DateNotEquals": "is not",
    "DateLessThan": "is before",
    "DateLessThanEquals": "is not after",
    "DateGreaterThan": "is after",
    "DateGreaterThanEquals": "is not before",
    "Bool": "is",
    "BinaryEquals": "is",
    "IpAddress": "is in",
    "NotIpAddress": "is not in",
}
_QUANTIFIERS = {"ForAnyValue": "one value of ", "ForAllValues": "every value of "}


def condition(guard: Guard) -> str:
    """What a guard asks for, in words: ``aws:SourceAccount is 111111111111``."""
    values = " or ".join(guard.values)
    if guard.key == UNREAD_KEY:
        return f"the policy {values} allows it, whose text is not in the bundle"
    if guard.operator in ("Resource", "Principal", "NotPrincipal"):
        return f"the {guard.operator.removeprefix('Not').lower()} {guard.key} {values}"
    if guard.operator == "Policy":
        return f"a policy of {guard.key} allows it, which is not in the bundle"
    quantifier, _, operator = guard.operator.rpartition(":")
    if operator == "Null":
        return " or ".join(f"{guard.key} is {'not ' * (v == 'true')}there" for v in guard.values)
    name = operator.removesuffix("IfExists")
    missing = ", or is not there" if operator != name else ""
    return f"{_QUANTIFIERS.get(quantifier, '')}{guard.key} {_OPERATORS.get(name, name)} {values}{missing}"


def conditions(guards: Iterable[Guard]) -> str:
    """Several conditions that must all hold."""
    return " and ".join(map(condition, guards))


def granting(decision: Decision) -> Layer | None:
    """The policies that give it: those of who asks where they do, otherwise the resource's."""
    way = decision.ways[0] if decision.ways else ()
    return next((layer for layer in way if layer.name == "identity policy"), way[0] if way else None)


def parts(right: Right, arn: str) -> list[str]:
    """What of a resource a right is about, as it follows the ARN: ``/entries/*``; nothing where it is all of it."""
    layer = granting(right.decision)
    if layer is None or right.on == arn:
        return []
    found: dict[str, None] = {}
    for applied in layer.statements:
        resources = applied.statement.resources if applied.statement else None
        below = [text for text in resources.patterns if text != arn] if resources else []
        tails = [text.removeprefix(arn) for text in below if text.startswith((f"{arn}/", f"{arn}:"))]
        if (
            not tails
            or len(tails) < len(below)
            or (resources and resources.excluded)
            or {"/*", ":*"} & {*tails}
        ):
            return []
        found |= dict.fromkeys(tails)
    return list(found)


def asked(decision: Decision) -> list[str]:
    """What must hold for it to be allowed, all of it: what each kind of policy asks for, and what no deny may find.

    Of several statements that allow the same, the conditions of one are enough.
    """
    found: dict[str, None] = {}
    for layer in decision.ways[0] if decision.ways else ():
        if not layer.certain:
            ways = list(dict.fromkeys(conditions(applied.guards) for applied in layer.statements))
            found[ways[0] if len(ways) == 1 else f"({') or ('.join(ways)})"] = None
    found |= {f"not ({conditions(one.guards)})": None for one in decision.unless if not avoidable(one)}
    return list(found)


def statement_name(statement: PolicyStatement | None) -> str:
    """The policy that a statement stands in, by its address or ARN, and its Sid or its place."""
    if statement is None:
        return "a policy that is not in the bundle"
    policy = statement.policy.replace("arn:aws:iam::aws:policy/", "AWS's ")
    return f"{policy} {statement.sid or f'statement {statement.index + 1}'}"


def statement_names(statements: Iterable[PolicyStatement | None]) -> list[str]:
    """The same of several: each policy once, with its Sids."""
    found: dict[str, list[str]] = {}
    for statement in statements:
        policy, _, sid = statement_name(statement).partition(" ")
        if statement is None or policy == "AWS's":
            policy, sid = statement_name(statement), ""
        sids = found.setdefault(policy, [])
        if sid and sid not in sids:
            sids.append(sid)
    return [f"{policy} {', '.join(sids)}".strip() for policy, sids in found.items()]


def allowed_by(decision: Decision) -> list[str]:
    """What allows it, a line for each kind of policy that must; the first way where there are several."""
    return [_layer(layer) for layer in decision.ways[0]] if decision.ways else []


def _layer(layer: Layer) -> str:
    applied = [one for one in layer.statements if not one.guards] or layer.statements
    return f"{layer.name}: {' or '.join(map(_applied, applied))}"


def _applied(applied: Applied) -> str:
    if applied.statement is None or any(guard.key == UNREAD_KEY for guard in applied.guards):
        return conditions(applied.guards) or "all that belongs to its root"
    guards = f", if {conditions(applied.guards)}" if applied.guards else ""
    return f"{statement_name(applied.statement)}{guards}"


def denied_unless(decision: Decision) -> list[str]:
    """What would deny it under conditions that a request need not meet."""
    return [
        f"{statement_name(one.statement)}, if {conditions(one.guards)}"
        + (" (who asks can avoid it)" if avoidable(one) else "")
        for one in decision.unless
    ]


def stopped_by(decision: Decision) -> list[str]:
    """What denies it, or which kind of policy does not allow it."""
    denies = [statement_name(statement) for statement in decision.denied_by]
    return denies or [f"no {layer} allows it" for layer in decision.missing]


def why(right: Right) -> dict[str, Any]:
    """Everything that is to be said of a right, JSON-ready; what there is nothing of is left out."""
    found = {
        "allowed_by": [
            [
                {
                    "layer": layer.name,
                    "statements": [_statement(applied) for applied in layer.statements],
                }
                for layer in way
            ]
            for way in right.decision.ways
        ],
        "denied_if": [{**_statement(one), "avoidable": avoidable(one)} for one in right.decision.unless],
        "denied_by": [_named(statement) for statement in right.decision.denied_by],
        "not_allowed_by": list(right.decision.missing),
    }
    return {key: value for key, value in found.items() if value}


def _statement(applied: Applied) -> dict[str, Any]:
    return {
        **_named(applied.statement),
        **({"conditions": [condition(guard) for guard in applied.guards]} if applied.guards else {}),
    }


def _named(statement: PolicyStatement | None) -> dict[str, Any]:
    if statement is None:
        return {"policy": None}
    return {"policy": statement.policy, "sid": statement.sid, "statement": statement.index + 1}
