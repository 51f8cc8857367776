"""Placeholders for what other stacks have not published yet, so that a preview knows what it cannot know.

A stack reads another's outputs from SSM parameters. Before the other stack is applied there is no parameter, and
the plan would fail. A built-in ``terraform_data`` resource stands in its place: what it gives is "known after
apply" in the plan, as it is in truth, and no made-up value reaches a rule or a reviewer. A plan with such a
placeholder can be reviewed and is never applied (Terraform, "The terraform_data Managed Resource Type").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from landform.errors import Code, LandformError
from landform.synth.bundle import Bundle, StackRecord

DATA = "aws_ssm_parameter"
PLACEHOLDER = "terraform_data"
PREFIX = "landform_pending__"
# What a reader may ask of the parameter, and what the placeholder gives instead.
VALUES = ("value", "insecure_value")
_PARAMETER = re.compile(r"/landform/(?P<account>[^/]+)/(?P<stack>[^/]+)/.+")


@dataclass(frozen=True, slots=True)
class Wait:
    """A stack that has to be applied before another one can be. ``published`` says whether it was applied before, so
    that there is a value to plan with, if an old one."""

    stack: str
    published: bool


@dataclass(frozen=True)
class Upstream:
    """Which stacks of a bundle are applied as they are now, and which were applied at all.

    Attributes:
        bundle: the bundle.
        applied: the SHA-256 of what was applied last, by stack name.
    """

    bundle: Bundle
    applied: Mapping[str, str]

    def wait(self, reader: StackRecord, parameter: str) -> Wait | None:
        """What a stack waits for that reads a parameter; None where it is there, or no stack of the bundle's."""
        found = _PARAMETER.fullmatch(parameter)
        if not found:
            return None
        publisher = self._publishers.get((*found.group("account", "stack"), reader.region))
        if publisher is None or self.applied.get(publisher.name) == publisher.sha256:
            return None
        return Wait(publisher.name, published=publisher.name in self.applied)

    @cached_property
    def _publishers(self) -> Mapping[tuple[str | Any, ...], StackRecord]:
        return {(one.account, one.stack, one.region): one for one in self.bundle.stacks.values()}


def with_placeholders(
    config: Mapping[str, Any], wait_of: Callable[[str], Wait | None]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """A stack's document with a placeholder for each parameter that is not there yet, and the stacks it waits for.

    Args:
        config: a ``cdk.tf.json`` document. It is not changed.
        wait_of: for the name of a parameter, what has to be applied first; None where nothing has.

    Raises:
        LandformError: ``reference`` where the stack asks more of such a parameter than its value, or has a
            resource of the placeholder's name.
    """
    read = config.get("data", {}).get(DATA, {})
    waits = {
        name: wait
        for name, block in read.items()
        if isinstance(parameter := block.get("name"), str) and (wait := wait_of(parameter))
    }
    pending = tuple(sorted({wait.stack for wait in waits.values()}))
    waiting = [name for name, wait in waits.items() if not wait.published]
    if not waiting:
        return dict(config), pending
    taken = {name for name in config.get("resource", {}).get(PLACEHOLDER, {}) if name.startswith(PREFIX)}
    if taken:
        raise LandformError(
            Code.REFERENCE,
            "A resource has a name that landform keeps for placeholders.",
            given=f"{PLACEHOLDER}.{min(taken)}",
            expected=f"a name that does not begin with {PREFIX}",
        )
    left = {name: block for name, block in read.items() if name not in waiting}
    data = {kind: named for kind, named in config["data"].items() if kind != DATA}
    if left:
        data[DATA] = left
    resources = dict(config.get("resource", {}))
    resources[PLACEHOLDER] = {
        **resources.get(PLACEHOLDER, {}),
        **{PREFIX + name: {"input": read[name]["name"]} for name in waiting},
    }
    document = {key: value for key, value in config.items() if key != "data"}
    document |= {"resource": resources} | ({"data": data} if data else {})
    pattern = re.compile(
        rf"\bdata\.{DATA}\.({'|'.join(map(re.escape, sorted(waiting, key=len, reverse=True)))})\b(?:\.(\w+))?"
    )
    return _rewritten(document, pattern), pending


def _rewritten(value: Any, pattern: re.Pattern[str]) -> Any:
    match value:
        case str():
            return pattern.sub(_instead, value)
        case Mapping():
            return {key: _rewritten(item, pattern) for key, item in value.items()}
        case list():
            return [_rewritten(item, pattern) for item in value]
    return value


def _instead(found: re.Match[str]) -> str:
    name, attribute = found.groups()
    if attribute is None:
        # In `depends_on` an address stands alone.
        return f"{PLACEHOLDER}.{PREFIX}{name}"
    if attribute not in VALUES:
        raise LandformError(
            Code.REFERENCE,
            "A stack asks for more of another's output than its value, which nobody knows before it is published.",
            given=found.group(),
            expected=f"one of {', '.join(VALUES)}",
        )
    return f"{PLACEHOLDER}.{PREFIX}{name}.output"
