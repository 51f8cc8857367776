"""A rule: what must hold of a kind of resource, why, and how bad it is where it does not.

A rule is a value. Its judgement is a function of one block, which may look at the whole stack through it; the
functions that most rules need are made here (``must_be``, ``must_have`` and their like). Each rule has examples of
what keeps it and of what breaks it, as Terraform JSON: they are its tests and its documentation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from landform.org.models import Severity
from landform.policies.view import Block, StackView, Surroundings, is_known

Resources = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""The ``resource`` part of a stack: type, name, arguments. ``data.`` stands in front of a data source's type, and
``module``, ``provider`` and ``required_providers`` are types too."""


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule is broken. ``message`` goes on after the address of the block and holds no value of an argument.

    ``keys`` are the paths of the arguments it is about.
    """

    message: str
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Undecided:
    """A rule cannot tell, which is never a pass. ``reason`` says why, without a value."""

    reason: str


Verdict = Breach | Undecided
Judge = Callable[[Block], Iterable[Verdict]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule.

    Attributes:
        id: its name in reports and waivers, as ``LF_QUEUE_DEAD_LETTERS``.
        title: what must hold, in a line.
        severity: how bad it is to break it.
        types: the resource types it judges, ``data.`` in front of a data source's; ``*`` is every resource, ``data.*``
            every data source. ``module``, ``provider`` and ``required_providers`` are those blocks.
        rationale: what happens to those who break it.
        remediation: what to write instead; a landform construct where there is one.
        judge: what it says of a block: nothing where all is well.
        controls: ids of published controls that ask for the same, as ``SQS.1`` or ``CIS 5.6``.
        good: stacks that keep it.
        bad: stacks in which every resource of its types breaks it.
        within: what its examples stand in, of a rule that asks for what a spec says; without a spec it does not apply,
            and judges nothing.
    """

    id: str
    title: str
    severity: Severity
    types: tuple[str, ...]
    rationale: str
    remediation: str
    judge: Judge
    controls: tuple[str, ...] = ()
    good: tuple[Resources, ...] = ()
    bad: tuple[Resources, ...] = ()
    within: Surroundings | None = None

    def applies_to(self, stack: StackView) -> bool:
        """Whether there is in a stack what the rule asks for."""
        return self.within is None or stack.surroundings is not None


def example_stack(resources: Resources, within: Surroundings | None = None) -> StackView:
    """A stack of an example's blocks, in the surroundings of its rule."""
    document: dict[str, Any] = {"resource": {}, "data": {}}
    for name, named in resources.items():
        if name == "required_providers":
            document["terraform"] = {name: named}
        elif name == "provider":
            document[name] = {provider: [body] for provider, body in named.items()}
        elif name == "module":
            document[name] = named
        elif name.startswith("data."):
            document["data"][name.removeprefix("data.")] = named
        else:
            document["resource"][name] = named
    return StackView("example", document, surroundings=within)


def all_of(*judges: Judge) -> Judge:
    """What several judges say."""

    def judge(block: Block) -> Iterator[Verdict]:
        for each in judges:
            yield from each(block)

    return judge


def by_type(judges: Mapping[str, Judge]) -> Judge:
    """The judgement of each resource type its own, where a rule means one thing that services name differently."""

    def judge(block: Block) -> Iterable[Verdict]:
        return judges[block.type](block)

    return judge


def must_be(path: str, *allowed: object, default: object = None) -> Judge:
    """Every value at a path is one of these. ``default`` is what AWS takes where nothing is said."""
    return _literal(path, lambda value: value in allowed, f"is not {_words(allowed)}", default)


def must_not_be(path: str, *refused: object, default: object = None) -> Judge:
    """No value at a path is one of these. ``default`` is what AWS takes where nothing is said."""
    return _literal(path, lambda value: value not in refused, f"is {_words(refused)}", default)


def at_least(path: str, least: int, *, default: int | None = None) -> Judge:
    """Every number at a path is this or more."""
    return _literal(path, lambda value: _number(value) >= least, f"is less than {least}", default)


def at_most(path: str, most: int, *, default: int | None = None) -> Judge:
    """Every number at a path is this or less."""
    return _literal(path, lambda value: _number(value) <= most, f"is more than {most}", default)


def must_have(path: str) -> Judge:
    """There is a value at a path, or a reference to one."""

    def judge(block: Block) -> Iterator[Verdict]:
        if not any(value not in ("", {}) for value in block.values(path)):
            yield Breach(f"has no {path}", (path,))

    return judge


def must_not_have(path: str) -> Judge:
    """There is no value at a path, and no reference to one."""

    def judge(block: Block) -> Iterator[Verdict]:
        if any(value not in ("", {}) for value in block.values(path)):
            yield Breach(f"has {path}", (path,))

    return judge


def must_have_beside(entity_type: str, argument: str, judge_it: Judge | None = None) -> Judge:
    """There is a resource of a type beside it that names it in an argument, and that keeps a rule of its own."""

    def judge(block: Block) -> Iterator[Verdict]:
        beside = block.stack.about(block, entity_type, argument)
        if not beside:
            yield Breach(f"has no {entity_type} beside it", ())
        for other in beside if judge_it else ():
            for verdict in judge_it(other) if judge_it else ():
                if isinstance(verdict, Breach):
                    yield Breach(f"has {other.address}, which {verdict.message}", verdict.keys)
                else:
                    yield verdict

    return judge


def _literal(path: str, holds: Callable[[Any], bool], message: str, default: object) -> Judge:
    def judge(block: Block) -> Iterator[Verdict]:
        values = block.values(path) or (default,)
        if not all(map(is_known, values)):
            yield Undecided(f"{path} is known only to Terraform")
        elif not all(map(holds, values)):
            yield Breach(f"{path} {message if block.values(path) else 'is not set'}", (path,))

    return judge


def _number(value: object) -> float:
    try:
        return float(str(value))
    except ValueError:
        return float("nan")


def _words(values: tuple[object, ...]) -> str:
    texts = [str(value).lower() if isinstance(value, bool) else str(value) for value in values]
    return " or ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)
