"""A rule's examples as its tests: what is good must pass, what is bad must fail, and there must be both."""

from __future__ import annotations

from collections.abc import Iterator

from landform.policies.engine import judged
from landform.policies.result import Crash, Outcome, Result
from landform.policies.rule import Rule, example_stack
from landform.schema.pack import shipped_pack

_WANTED: tuple[tuple[str, Outcome], ...] = (("good", "passed"), ("bad", "failed"))


def problems(rule: Rule) -> tuple[str, ...]:
    """What is wrong with a rule by its own examples, a sentence each; nothing where all is well."""
    return (
        *_types(rule),
        *(problem for name, wanted in _WANTED for problem in _examples(rule, name, wanted)),
    )


def _types(rule: Rule) -> Iterator[str]:
    """A misspelt type is a rule that never speaks."""
    pack = shipped_pack("aws")
    known = {*pack.resource_types, *(f"data.{name}" for name in pack.data_source_types)}
    for name in rule.types:
        if name.removeprefix("data.").startswith("aws_") and name not in known:
            yield f"The AWS provider has no {name}."


def _examples(rule: Rule, name: str, wanted: Outcome) -> Iterator[str]:
    examples = rule.good if name == "good" else rule.bad
    if not examples:
        yield f"There is no {name} example."
    for number, example in enumerate(examples, start=1):
        where = f"The {name} example {number}"
        try:
            said = tuple(judged(example_stack(example, rule.within), (rule,)))
        except (AttributeError, TypeError, ValueError):
            yield f"{where} is not type, name and arguments of resources."
            continue
        if not said:
            yield f"{where} has no resource of the rule's types."
        why = {each.address: each.error for each in said if isinstance(each, Crash)}
        for each in said:
            if isinstance(each, Result) and each.outcome != wanted:
                reason = f" ({why[each.address]})" if each.address in why else ""
                yield f"{where} must have {wanted}: {each.address} is {each.outcome}{reason}."
