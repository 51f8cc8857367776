"""What is wrong, or wider than it need be, in a single policy: values, which rules make findings of.

``flaws_of(policy)`` looks at each statement by itself. What AWS knows of actions, resource types and condition keys
is the action table's; the global condition keys are those of "AWS global condition context keys" of the IAM guide;
"The confused deputy problem" there says why a service principal needs to be tied to a source.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from landform.errors import nearest
from landform.iam import actions as table
from landform.iam import pattern
from landform.iam.access import known_actions
from landform.iam.conditions import ConditionTest
from landform.iam.evaluate import names_action
from landform.iam.policy import Names, Policy, PolicyStatement
from landform.iam.services import WITHOUT_SOURCE_ACCOUNT

FlawKind = Literal[
    "wildcard-resource",
    "resource-mismatch",
    "unknown-action",
    "unknown-condition-key",
    "not-action-allow",
    "not-resource-allow",
    "not-principal-allow",
    "public-principal",
    "confused-deputy",
    "pass-role-to-any-service",
]

# Of "AWS global condition context keys", lower case.
_GLOBAL_KEYS = frozenset(
    f"aws:{name}"
    for name in (
        "calledvia", "calledviaawsmcp", "calledviafirst", "calledvialast", "chatbotsourcearn", "currenttime",
        "ec2instancesourceprivateipv4", "ec2instancesourcevpc", "epochtime", "federatedprovider", "isapiinvocation",
        "multifactorauthage", "multifactorauthpresent", "principalaccount", "principalarn",
        "principalisawsservice", "principalorgid", "principalorgpaths", "principalservicename",
        "principalservicenameslist", "principaltype", "referer", "requestedregion", "resourceaccount",
        "resourceorgid", "resourceorgpaths", "securetransport", "signinsessionarn", "sourceaccount", "sourcearn",
        "sourceidentity", "sourceip", "sourceorgid", "sourceorgpaths", "sourcevpc", "sourcevpcarn", "sourcevpce",
        "tagkeys", "tokenissuetime", "useragent", "userid", "username", "viaawsmcpservice", "viaawsservice",
        "vpceaccount", "vpceorgid", "vpceorgpaths", "vpcsourceip", "assumedroot",
    )
)  # fmt: skip
# Of the credentials that a function or an instance has of its role, whatever is asked with them.
_OF_CREDENTIALS = frozenset(("ec2:sourceinstancearn", "lambda:sourcefunctionarn", "ssm:sourceinstancearn"))
_GLOBAL_TAGS = ("aws:principaltag/", "aws:requesttag/", "aws:resourcetag/")

# A statement for everyone that one of these narrows is not public.
_WHO = frozenset(
    (
        "aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths",
        "aws:principalservicename", "aws:sourceaccount", "aws:sourcearn", "aws:sourceip", "aws:sourceorgid",
        "aws:sourceorgpaths", "aws:sourcevpc", "aws:sourcevpcarn", "aws:sourcevpce", "aws:userid", "aws:username",
        "aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths", "kms:calleraccount", "s3:dataaccesspointaccount",
        "s3:dataaccesspointarn", "lambda:functionurlauthtype", "aws:sourceowner", "aws:ec2instancesourcevpc",
        "elasticfilesystem:accessedviamounttarget", "elasticfilesystem:accesspointarn",
    )
)  # fmt: skip

_SOURCE = frozenset(("aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths"))

# An encryption context says which resource a service encrypts for, as CloudWatch Logs' does.
_ENCRYPTION_CONTEXT = "kms:encryptioncontext:"

# What Terraform will put in is not known.
_REFERENCE = "${"

_PASS_ROLE = "iam:PassRole"


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something to look at in a statement.

    Attributes:
        kind: what it is.
        statement: where.
        message: a sentence for people.
        about: the actions, keys or principals it is about, sorted.
        suggestion: what was perhaps meant, or what would be narrower; empty where nothing is known.
    """

    kind: FlawKind
    statement: PolicyStatement
    message: str
    about: tuple[str, ...] = ()
    suggestion: str = ""


def flaws_of(policy: Policy, *, grants: bool = True) -> tuple[Flaw, ...]:
    """What is to be looked at in a policy, statement by statement.

    Args:
        policy: the policy.
        grants: whether it gives access. A permissions boundary, an SCP, an RCP or a VPC endpoint's policy does not:
            a wide allow is what they are made of.
    """
    checks = (*_OF_ANY, *_OF_GRANTS) if grants else _OF_ANY
    return tuple(flaw for statement in policy.statements for check in checks for flaw in check(statement))


def _wildcard_resource(statement: PolicyStatement) -> Iterator[Flaw]:
    """Everything is allowed where AWS could be told which."""
    if not statement.allows or statement.resources is None or not statement.resources.everything:
        return
    if statement.actions.excluded:
        return
    whole = tuple(text for text in statement.actions.patterns if set(text.partition(":")[0]) & set("*?"))
    if whole:
        yield Flaw("wildcard-resource", statement, "Allows actions of all services on every resource.", whole)
        return
    found = {name for name in known_actions(statement.actions) if table.takes_resource(name)}
    # A key's own policy is about that key alone, and its only resource is a star.
    if statement.principals is not None:
        found = {name for name in found if not name.startswith("kms:")}
    if found:
        kinds = {arn for name in found if (action := table.find_action(name)) for arn in action.resources}
        yield Flaw(
            "wildcard-resource",
            statement,
            "Allows on every resource what AWS can be told to allow on some.",
            tuple(sorted(found)),
            ", ".join(sorted(kinds)) if len(kinds) <= 3 else "",
        )


def _resource_mismatch(statement: PolicyStatement) -> Iterator[Flaw]:
    """An action is named beside resources that it does not take."""
    resources = statement.resources
    if resources is None or resources.excluded or statement.actions.excluded or resources.everything:
        return
    found = []
    for text in statement.actions.patterns:
        action = table.find_action(text)
        if action and not any(_takes(action, named) for named in resources.tokens):
            found.append(action.name)
    if found:
        yield Flaw(
            "resource-mismatch",
            statement,
            "None of the statement's resources is one that the action takes, so it has no effect on them.",
            tuple(sorted(found)),
        )


def _takes(action: table.Action, named: tuple[pattern.Token, ...]) -> bool:
    """Whether a resource that a policy names can be of a kind that the action takes."""
    if not action.resources:
        return pattern.matches(named, "*")
    if _REFERENCE in pattern.written(tuple(part for part in named if isinstance(part, str))):
        return True
    others = table.resource_arns(action.name.partition(":")[0])
    return any(
        _meet(kind, named, [arn for arn in others if arn.startswith(f"{kind}/")]) for kind in action.resources
    )


def _meet(kind: str, named: tuple[pattern.Token, ...], inner: Sequence[str]) -> bool:
    """Whether a resource of a kind can be one that a policy names, and is of no kind that lies within: the table's
    ARN of a bucket would take that of an object too."""
    within = [pattern.tokens(arn, variables=False) for arn in inner]
    whole = pattern.tokens(kind, variables=False)

    def meets(text: str) -> bool:
        return pattern.arn_matches(whole, text) and not any(pattern.arn_matches(one, text) for one in within)

    # One that the policy names is tried first, because it mostly is of the kind.
    if meets("".join("x" if part in (pattern.RUN, pattern.ONE) else str(part) for part in named)):
        return True
    if pattern.disjoint(whole, named):
        return False
    globs = [pattern.arn_glob(whole), pattern.glob(named), *map(pattern.arn_glob, within)]
    return any(map(meets, pattern.witnesses(globs, [[0], [1]], avoided=range(2, len(globs)))))


def _unknown_action(statement: PolicyStatement) -> Iterator[Flaw]:
    """An action, or a pattern of actions, that names none of AWS's table."""
    for text in statement.actions.patterns:
        if next(table.expand(text), None):
            continue
        service, _, name = text.partition(":")
        close = nearest(name, table.service_actions(service))
        yield Flaw(
            "unknown-action",
            statement,
            "AWS's table has no such action."
            if table.has_service(service)
            else "AWS's table has no such service.",
            (text,),
            f"{service}:{close}" if close else "",
        )


def _unknown_condition_key(statement: PolicyStatement) -> Iterator[Flaw]:
    """A key that no action of the statement has."""
    asked = [test for test in statement.tests if not _is_global(test.key)]
    if not asked or statement.actions.excluded or "*" in statement.actions.patterns:
        return
    keys = _keys_of(statement.actions)
    for test in asked:
        if keys is not None and not any(pattern.matches(parts, test.key.lower()) for parts in keys.values()):
            yield Flaw(
                "unknown-condition-key",
                statement,
                "No action of the statement has this condition key.",
                (test.key,),
                nearest(test.key.lower(), keys.keys() | _GLOBAL_KEYS) or "",
            )


# A fleet's policies name the same few sets of actions, each in every account.
@lru_cache(maxsize=1_024)
def _keys_of(actions: Names) -> Mapping[str, tuple[pattern.Token, ...]] | None:
    """The condition keys of some actions, each with its pattern; None where AWS has none of the actions."""
    known = [action for name in known_actions(actions) if (action := table.find_action(name))]
    if not known:
        return None
    keys = sorted({key.lower() for action in known for key in action.condition_keys})
    return {key: pattern.tokens(key, variables=False) for key in keys}


def _is_global(key: str) -> bool:
    lower = key.lower()
    prefix = lower.partition(":")[0]
    # An identity provider's keys begin with its host name, or are SAML's.
    known = lower in _GLOBAL_KEYS or lower in _OF_CREDENTIALS or lower.startswith(_GLOBAL_TAGS)
    return known or "." in prefix or prefix == "saml"


def _all_but(statement: PolicyStatement) -> Iterator[Flaw]:
    """An allow that names what it leaves out allows what AWS will make tomorrow."""
    if not statement.allows:
        return
    named = (
        ("not-action-allow", "actions", statement.actions),
        ("not-resource-allow", "resources", statement.resources),
    )
    for kind, what, names in named:
        if names is not None and names.excluded:
            yield Flaw(kind, statement, f"Allows all {what} but those it names.", names.patterns)  # type: ignore[arg-type]
    if statement.principals and statement.principals.excluded:
        left_out = tuple(sorted(str(one) for one in statement.principals.named))
        yield Flaw("not-principal-allow", statement, "Allows everyone but those it names.", left_out)


def _public_principal(statement: PolicyStatement) -> Iterator[Flaw]:
    """Everyone, and no condition says who."""
    if not statement.allows or statement.principals is None or statement.principals.excluded:
        return
    if any(one.type == "*" for one in statement.principals.named) and not _narrowed(statement.tests, _WHO):
        yield Flaw("public-principal", statement, "Allows everyone, in any account or none.", ("*",))


def _confused_deputy(statement: PolicyStatement) -> Iterator[Flaw]:
    """A service is allowed whoever it works for."""
    if not statement.allows or statement.principals is None or statement.principals.excluded:
        return
    services = {one.id for one in statement.principals.named if one.type == "Service"}
    if statement.resources is None:
        services -= WITHOUT_SOURCE_ACCOUNT.keys()
    if services and not _narrowed(statement.tests, _SOURCE, _ENCRYPTION_CONTEXT):
        yield Flaw(
            "confused-deputy",
            statement,
            "Allows a service whoever it acts for.",
            tuple(sorted(services)),
            "a condition on aws:SourceAccount, aws:SourceArn or aws:SourceOrgID",
        )


def _pass_role(statement: PolicyStatement) -> Iterator[Flaw]:
    """A role may be passed to any service that trusts it."""
    if not statement.allows or not names_action(statement.actions, _PASS_ROLE):
        return
    if not _narrowed(statement.tests, frozenset(("iam:passedtoservice",))):
        yield Flaw(
            "pass-role-to-any-service",
            statement,
            "Lets roles be passed to any service.",
            (_PASS_ROLE,),
            "a condition on iam:PassedToService",
        )


def _narrowed(tests: Sequence[ConditionTest], keys: frozenset[str], *prefixes: str) -> bool:
    """Whether some test says which values a key must have: one of these, or one that begins so."""
    return any(
        (test.key.lower() in keys or test.key.lower().startswith(prefixes))
        and not (test.operator.negated or test.if_exists or test.operator.family == "null")
        and test.quantifier != "ForAllValues"
        and not any(_says_nothing(value) for value in test.values)
        for test in tests
    )


def _says_nothing(value: str) -> bool:
    return not value.strip("*:?") or value in ("0.0.0.0/0", "::/0")


_OF_ANY = (_resource_mismatch, _unknown_action, _unknown_condition_key)
_OF_GRANTS = (_wildcard_resource, _all_but, _public_principal, _confused_deputy, _pass_role)
