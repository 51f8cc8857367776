"""Runs rules over stacks, and lets none fail unseen: one that raises is a crash, and a crash is a finding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from landform.policies.result import Crash, Result
from landform.policies.rule import Breach, Rule, Undecided, Verdict
from landform.policies.view import Block, StackView


def judged(stack: StackView, rules: Sequence[Rule]) -> Iterator[Result | Crash]:
    """What every rule says of every block that it judges, in the order of the blocks."""
    by_type = rules_by_type([rule for rule in rules if rule.applies_to(stack)])
    for block in stack.blocks:
        for rule in (rule for kind in block.kinds for rule in by_type.get(kind, ())):
            yield from _of_block(rule, block)


def rules_by_type(rules: Sequence[Rule]) -> Mapping[str, Sequence[Rule]]:
    """The rules by the resource types that they judge."""
    found: dict[str, list[Rule]] = {}
    for rule in rules:
        for name in rule.types:
            found.setdefault(name, []).append(rule)
    return found


def _of_block(rule: Rule, block: Block) -> Iterator[Result | Crash]:
    where = (block.stack.name, block.address)
    try:
        verdicts = _verdicts(rule, block)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001  # a rule may be a user's: whatever it raises is reported
        yield Crash(rule.id, *where, type(error).__name__)
        yield Result(rule.id, rule.title, "unknown", *where, ())
        return
    breaches = [verdict for verdict in verdicts if isinstance(verdict, Breach)]
    unsure = [verdict for verdict in verdicts if isinstance(verdict, Undecided)]
    for verdict in unsure:
        yield Crash(rule.id, *where, verdict.reason, is_undecided=True)
    if breaches:
        keys = tuple(sorted({key for breach in breaches for key in breach.keys}))
        message = "; ".join(breach.message for breach in breaches)
        yield Result(rule.id, rule.title, "failed", *where, keys, f"{block.address} {message}.")
    else:
        yield Result(rule.id, rule.title, "unknown" if unsure else "passed", *where, ())


def _verdicts(rule: Rule, block: Block) -> tuple[Verdict, ...]:
    """What a rule says, all of it something that can be said: else it would look like nothing, which is a pass."""
    said = tuple(rule.judge(block))
    for verdict in said:
        text = verdict.message if isinstance(verdict, Breach) else getattr(verdict, "reason", None)
        if not isinstance(verdict, Breach | Undecided) or not isinstance(text, str):
            raise TypeError("a verdict is a Breach or an Undecided, with words")
    return said
