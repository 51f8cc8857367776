"""What an apply did: read from its events as they come, so that it is known even where the apply is stopped.

Terraform writes one JSON object a line (https://developer.hashicorp.com/terraform/internals/machine-readable-ui):
``apply_start``, ``apply_complete`` and ``apply_errored`` name a resource and what is done with it.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from landform.errors import LandformError
from landform.terraform.diagnostics import Diagnostic

Kind = Literal["started", "complete", "errored"]
KINDS: dict[str, Kind] = {
    "apply_start": "started", "apply_complete": "complete", "apply_errored": "errored",
}  # fmt: skip
# What changes something; a data source that is read during an apply is none of it.
ACTIONS = ("create", "update", "delete")


@dataclass(frozen=True, slots=True)
class ResourceEvent:
    """Something has begun or ended for a resource, ``seconds`` after it began.

    ``action`` is ``create``, ``update`` or ``delete``; a replacement is told as the two that it consists of.
    """

    kind: Kind
    address: str
    action: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Applied:
    """What came of applying one plan.

    Attributes:
        events: all that was told, in order.
        error: why it is not whole, or None.
        warnings: what Terraform warned of.
    """

    events: tuple[ResourceEvent, ...]
    error: LandformError | None
    warnings: tuple[Diagnostic, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether all of the plan was done."""
        return self.error is None

    @property
    def done(self) -> tuple[ResourceEvent, ...]:
        """What was done to the end."""
        return tuple(event for event in self.events if event.kind == "complete")

    @property
    def failed(self) -> tuple[str, ...]:
        """The addresses of what AWS or the provider refused."""
        return tuple(dict.fromkeys(event.address for event in self.events if event.kind == "errored"))

    @property
    def unknown(self) -> tuple[str, ...]:
        """The addresses of what was begun and whose end was not told: it may be done or not."""
        open_: dict[tuple[str, str], None] = {}
        for event in self.events:
            if event.kind == "started":
                open_[event.address, event.action] = None
            else:
                open_.pop((event.address, event.action), None)
        return tuple(dict.fromkeys(address for address, _ in open_))

    def count(self, action: str) -> int:
        """How many resources were created, updated or deleted."""
        return sum(event.action == action for event in self.done)


@dataclass(frozen=True, slots=True)
class Listener:
    """Takes the lines of an apply and keeps its events."""

    on_event: Callable[[ResourceEvent], None]
    events: list[ResourceEvent] = field(default_factory=list)

    def __call__(self, line: str) -> None:
        """Take a line."""
        document: Any = {}
        # Providers may write plain text between Terraform's lines, and a killed one half a line.
        with contextlib.suppress(ValueError):
            document = json.loads(line)
        match document:
            case {
                "type": str(kind),
                "hook": {"resource": {"addr": str(address)}, "action": str(action)} as hook,
            }:
                if kind in KINDS and action in ACTIONS:
                    event = ResourceEvent(KINDS[kind], address, action, int(hook.get("elapsed_seconds", 0)))
                    self.events.append(event)
                    self.on_event(event)
