"""Policies as they are read: any JSON policy of AWS (identity, resource, trust, boundary, SCP, RCP) as frozen values.

``document.py`` writes policies; this module reads them, whoever wrote them. Grammar: "Grammar of the IAM JSON
policy language" of the IAM guide. What AWS would refuse is refused here, with its place.

A reference of Terraform's (``${aws_kms_key.k.arn}``) is text that equals only itself: whoever knows the ARN puts it
in before. ``unescaped`` turns Terraform's ``$${aws:username}`` back into IAM's own variable.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, NoReturn

from landform.errors import Code, LandformError, Place, did_you_mean
from landform.iam import pattern
from landform.iam.conditions import OPERATORS, ConditionTest, read_operator

VERSIONS = ("2012-10-17", "2008-10-17")

Effect = Literal["Allow", "Deny"]
PrincipalType = Literal["AWS", "Service", "Federated", "CanonicalUser", "*"]

_POLICY_KEYS = ("Version", "Id", "Statement")
_STATEMENT_KEYS = (
    "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
)  # fmt: skip
_PRINCIPAL_TYPES: tuple[PrincipalType, ...] = ("AWS", "Service", "Federated", "CanonicalUser")
_ACTION = re.compile(r"\*+|[A-Za-z0-9*?-]+:[A-Za-z0-9*?]+", re.ASCII)
_ACCOUNT = re.compile(r"(?:arn:[a-z-]+:iam::)?([0-9]{12})(?::root)?", re.ASCII)


@dataclass(frozen=True)
class Names:
    """What an element names: the patterns of ``Action`` or ``Resource``, or all but those of ``NotAction`` or
    ``NotResource``."""

    patterns: tuple[str, ...]
    excluded: bool = False
    variables: bool = True

    @cached_property
    def tokens(self) -> tuple[tuple[pattern.Token, ...], ...]:
        """The patterns, taken apart."""
        return tuple(pattern.tokens(text, variables=self.variables) for text in self.patterns)

    @cached_property
    def _prefixes(self) -> tuple[tuple[str, bool], ...]:
        return tuple(map(pattern.prefix, self.tokens))

    def apart(self, other: Names) -> bool:
        """Whether nothing is named by both, as far as that can be seen pattern by pattern."""
        if self.excluded or other.excluded:
            return False
        mine, theirs = (
            zip(self.tokens, self._prefixes, strict=True),
            tuple(zip(other.tokens, other._prefixes, strict=True)),
        )
        return all(
            pattern.apart(begins, starts) or pattern.disjoint(one, two)
            for one, begins in mine
            for two, starts in theirs
        )

    @cached_property
    def services(self) -> frozenset[str] | None:
        """Of patterns of actions, the services that they are of, in lower case; None where that may be any."""
        found = frozenset(text.partition(":")[0].lower() for text in self.patterns)
        return None if self.excluded or any(set(service) & set("*?") for service in found) else found

    @cached_property
    def plain(self) -> bool:
        """Whether it names by patterns without variables, so that ``apart`` of two such is exact."""
        return not self.excluded and not any(map(pattern.variables_of, self.tokens))

    @property
    def everything(self) -> bool:
        """Whether it names everything there is."""
        return not self.excluded and "*" in self.patterns


@dataclass(frozen=True, slots=True)
class PolicyPrincipal:
    """One principal of a resource policy: its type and id. Everyone is ``*``, of whatever type it was written."""

    type: PrincipalType
    id: str

    def __str__(self) -> str:
        return self.id if self.type in ("AWS", "*") else f"{self.type} {self.id}"

    @property
    def account(self) -> str | None:
        """The account that is named as a whole, by its id or its root's ARN; otherwise None."""
        match = _ACCOUNT.fullmatch(self.id) if self.type == "AWS" else None
        return match[1] if match else None


EVERYONE = PolicyPrincipal("*", "*")


@dataclass(frozen=True, slots=True)
class Principals:
    """Who a statement is about: those it names, or all but those of ``NotPrincipal``."""

    named: tuple[PolicyPrincipal, ...]
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class PolicyStatement:
    """One statement of a policy, and where it stands.

    ``resources`` is None in a trust policy, ``principals`` in every policy that is not attached to a resource.
    ``tests`` must all hold. ``policy`` is the name its policy was read under, ``index`` its place there, from 0.
    """

    effect: Effect
    actions: Names
    resources: Names | None
    principals: Principals | None
    tests: tuple[ConditionTest, ...]
    sid: str
    index: int
    policy: str

    def __str__(self) -> str:
        return f"{self.policy or 'policy'}: {self.sid or f'statement {self.index + 1}'}"

    @property
    def allows(self) -> bool:
        """Whether its effect is ``Allow``."""
        return self.effect == "Allow"


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy that was read. ``name`` is what reports call it: an address, an ARN, a file."""

    statements: tuple[PolicyStatement, ...]
    name: str = ""
    version: str = VERSIONS[1]


def unescaped(text: str) -> str:
    """A policy's text as AWS gets it, from a string of Terraform's: ``$${`` and ``%%{`` lose a character."""
    return text.replace("$${", "${").replace("%%{", "%{")


def parse_policy(document: str | Mapping[str, Any], *, name: str = "", place: Place | None = None) -> Policy:
    """Read a policy.

    Args:
        document: JSON text, or what it decodes to.
        name: what reports call the policy.
        place: where it stands, for errors.

    Raises:
        LandformError: ``argument-value`` for what is no JSON, or no policy that AWS would take.
    """
    return _Reader(name, place).policy(document)


class _Reader:
    """Reads one policy; every refusal names the policy, the statement and the element."""

    def __init__(self, name: str, place: Place | None) -> None:
        self.name = name
        self.place = place

    def refuse(
        self, message: str, given: object, expected: str | None = None, fix: str | None = None
    ) -> NoReturn:
        text = (
            given if isinstance(given, str) and given else json.dumps(given, ensure_ascii=False, default=str)
        )
        where = f" ({self.name})" if self.name else ""
        raise LandformError(
            Code.ARGUMENT_VALUE,
            f"{message}{where}",
            place=self.place,
            given=text if len(text) <= 200 else f"{text[:200]}…",
            expected=expected,
            fix=fix,
        )

    def policy(self, document: str | Mapping[str, Any]) -> Policy:
        decoded = self.decoded(document) if isinstance(document, str) else document
        if not isinstance(decoded, Mapping):
            self.refuse("A policy is a JSON object.", decoded)
        self.known(decoded, _POLICY_KEYS, "A policy")
        version = decoded.get("Version", VERSIONS[1])
        if version not in VERSIONS:
            self.refuse("A policy's version is one of two.", version, " or ".join(VERSIONS))
        statements = decoded.get("Statement")
        if isinstance(statements, Mapping):
            statements = [statements]
        if not isinstance(statements, list) or not statements:
            self.refuse("A policy needs statements.", statements, "Statement: one object, or a list of them")
        read = tuple(self.statement(one, index, version) for index, one in enumerate(statements))
        return Policy(read, self.name, version)

    def decoded(self, text: str) -> Any:
        try:
            return json.loads(text, object_pairs_hook=self.unique)
        except json.JSONDecodeError as error:
            given = text.splitlines()[error.lineno - 1] if text.strip() else text
            self.refuse(f"A policy is JSON: {error.msg}, line {error.lineno} column {error.colno}.", given)
        except RecursionError:
            self.refuse("A policy is JSON, and not this deep.", text)

    def unique(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in pairs]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        if twice:
            self.refuse("A JSON object with one key twice means one of the two.", ", ".join(twice))
        return dict(pairs)

    def known(self, given: Mapping[str, Any], keys: Sequence[str], what: str) -> None:
        for key in given:
            if key not in keys:
                self.refuse(
                    f"{what} has no such element.", str(key), ", ".join(keys), did_you_mean(str(key), keys)
                )

    def statement(self, given: Any, index: int, version: str) -> PolicyStatement:
        what = f"Statement {index + 1}"
        if not isinstance(given, Mapping):
            self.refuse(f"{what} is a JSON object.", given)
        self.known(given, _STATEMENT_KEYS, what)
        sid = given.get("Sid", "")
        if not isinstance(sid, str):
            self.refuse(f"{what}: Sid is text.", sid)
        effect = given.get("Effect")
        if effect not in ("Allow", "Deny"):
            self.refuse(f"{what}: the effect is one of two.", effect, "Allow or Deny")
        variables = version == VERSIONS[0]
        actions = self.names(given, "Action", what, variables=False)
        principals = self.principals(given, what)
        resources = self.names(given, "Resource", what, variables=variables)
        if actions is None:
            self.refuse(f"{what} needs Action or NotAction.", given)
        if resources is None and principals is None:
            self.refuse(f"{what} needs Resource or NotResource.", given)
        for action in actions.patterns:
            if not _ACTION.fullmatch(action):
                self.refuse(f"{what}: this is no action.", action, "for example s3:GetObject, s3:Get* or *")
        tests = self.conditions(given.get("Condition", {}), what, variables)
        return PolicyStatement(effect, actions, resources, principals, tests, sid, index, self.name)

    def names(self, given: Mapping[str, Any], key: str, what: str, *, variables: bool) -> Names | None:
        if key in given and f"Not{key}" in given:
            self.refuse(f"{what} has {key} and Not{key}, and AWS takes one of them.", given)
        for excluded, name in ((False, key), (True, f"Not{key}")):
            if name in given:
                return Names(self.texts(given[name], f"{what}: {name}"), excluded, variables)
        return None

    def texts(self, given: Any, what: str) -> tuple[str, ...]:
        many = given if isinstance(given, list) else [given]
        if not many or not all(isinstance(text, str) and text for text in many):
            self.refuse(f"{what} is text, or a list of texts.", given)
        return tuple(dict.fromkeys(many))

    def principals(self, given: Mapping[str, Any], what: str) -> Principals | None:
        if "Principal" in given and "NotPrincipal" in given:
            self.refuse(f"{what} has Principal and NotPrincipal, and AWS takes one of them.", given)
        for excluded, name in ((False, "Principal"), (True, "NotPrincipal")):
            if name not in given:
                continue
            value = given[name]
            if value == "*":
                return Principals((EVERYONE,), excluded)
            if not isinstance(value, Mapping) or not value:
                self.refuse(f'{what}: {name} is "*" or an object.', value, '{"AWS": "arn:aws:iam::…"}')
            self.known(value, _PRINCIPAL_TYPES, f"{what}: {name}")
            named = [
                EVERYONE if (type, id) == ("AWS", "*") else PolicyPrincipal(type, id)
                for type in _PRINCIPAL_TYPES
                if type in value
                for id in self.texts(value[type], f"{what}: {name}")
            ]
            return Principals(tuple(named), excluded)
        return None

    def conditions(self, given: Any, what: str, variables: bool) -> tuple[ConditionTest, ...]:
        if not isinstance(given, Mapping):
            self.refuse(f"{what}: Condition is an object.", given)
        tests = []
        for operator, keys in given.items():
            found = read_operator(operator)
            if found is None:
                names = [known.name for known in OPERATORS.values()]
                self.refuse(
                    f"{what}: AWS has no such condition operator.",
                    operator,
                    fix=did_you_mean(operator, names),
                )
            if not isinstance(keys, Mapping):
                self.refuse(f"{what}: an operator takes context keys.", {operator: keys})
            for key, value in keys.items():
                values = self.values(value, f"{what}: {operator} {key}")
                base, quantifier, if_exists = found
                tests.append(ConditionTest(base, key, values, quantifier, if_exists, variables))
        return tuple(tests)

    def values(self, given: Any, what: str) -> tuple[str, ...]:
        many = given if isinstance(given, list) else [given]
        if not all(isinstance(value, str | int | float | bool) for value in many):
            self.refuse(f"{what} takes a value, or a list of values.", given)
        return tuple(dict.fromkeys(str(v).lower() if isinstance(v, bool) else str(v) for v in many))
