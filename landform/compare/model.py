"""What differs between two bundles, as values that fold: equal differences of many accounts are one entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

FORMAT = "landform/diff/v1"

Kind = Literal["added", "removed", "changed", "moved"]
What = Literal["stack", "resource", "published", "data", "provider", "backend", "output", "setting"]
How = Literal["value", "items", "order"]


@dataclass(frozen=True, slots=True)
class Line:
    """One argument that differs. None is an argument that is not set, as Terraform takes it.

    Attributes:
        path: the argument within its block; ``policy statement "Read" Action`` within a policy.
        before, after: JSON values; of ``items`` those that went and those that came.
        how: ``items`` where only part of a list differs, ``order`` where only the order does.
        derived: whether both are names that come from the construct path, which has changed.
    """

    path: str
    before: Any
    after: Any
    how: How = "value"
    derived: bool = False

    def as_json(self) -> dict[str, Any]:
        """The line as JSON."""
        found = {"path": self.path, "how": self.how, "before": self.before, "after": self.after}
        return {**found, "derived": True} if self.derived else found


@dataclass(frozen=True, slots=True)
class Gained:
    """Access that is there afterwards and was not before, with one request that proves it.

    Attributes:
        holder: the resource whose policy gives it, or that a policy is attached to.
        statement: the statement's Sid or number; the ARN of a policy of which the text is not in the bundle.
        action, resource, principal: the request; empty where the policy cannot be read.
        guards: what must hold besides.
    """

    holder: str
    statement: str
    action: str = ""
    resource: str = ""
    principal: str = ""
    guards: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The access as JSON."""
        return {
            "holder": self.holder,
            "statement": self.statement,
            "action": self.action,
            "resource": self.resource,
            "principal": self.principal,
            "guards": list(self.guards),
        }

    def __str__(self) -> str:
        if not self.action:
            return f"{self.holder}: what {self.statement} allows, which cannot be read here"
        who = f" by {self.principal}" if self.principal else ""
        guards = "".join(f" {'and' if at else 'if'} {guard}" for at, guard in enumerate(self.guards))
        return f"{self.holder}: {self.action} on {self.resource}{who}{guards} ({self.statement})"


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one part of a stack.

    Attributes:
        address: the part: a Terraform address, ``provider.aws``, ``backend.s3``, ``output.X``; a stack's id.
        was: where it stood before, where it moved.
        construct_path: below the stack; of what is gone, where it was.
        was_path: the construct path before, where it moved.
        source: the line that makes it.
        declared: of a move, whether a ``moved`` block says it already.
    """

    kind: Kind
    what: What
    address: str
    lines: tuple[Line, ...] = ()
    was: str = ""
    construct_path: str = ""
    was_path: str = ""
    source: str = ""
    declared: bool = False

    def as_json(self) -> dict[str, Any]:
        """The change as JSON."""
        found: dict[str, Any] = {
            "kind": self.kind,
            "what": self.what,
            "address": self.address,
            "construct_path": self.construct_path,
            "source": self.source,
            "lines": [line.as_json() for line in self.lines],
        }
        if self.kind == "moved":
            found |= {"was": self.was, "was_path": self.was_path, "declared": self.declared}
        return found


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """Resources that may have moved, and nothing says which went where: so none is taken to have."""

    gone: tuple[str, ...]
    new: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The ambiguity as JSON."""
        return {"gone": list(self.gone), "new": list(self.new)}


@dataclass(frozen=True, slots=True)
class StackDifference:
    """What differs in one stack."""

    name: str
    stack: str
    changes: tuple[Change, ...]
    gained: tuple[Gained, ...] = ()
    ambiguous: tuple[Ambiguity, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One difference with every stack that has it.

    What is shown of several has ``<account>``, ``<account-id>``, ``<region>`` in place of their own.
    """

    stack: str
    members: tuple[str, ...]
    difference: Change | Gained | Ambiguity

    def as_json(self) -> dict[str, Any]:
        """The entry as JSON."""
        return {
            "stack": self.stack,
            "count": len(self.members),
            "members": list(self.members),
            **self.difference.as_json(),
        }


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two bundles: what it was called, the landform that made it, and its digest."""

    name: str
    generator: str
    digest: str

    def as_json(self) -> dict[str, Any]:
        """The side as JSON."""
        return {"name": self.name, "generator": self.generator, "digest": self.digest}


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between two bundles.

    Attributes:
        compared: stacks that either has, of those asked about.
        differing: how many of them differ.
        inputs: digests that differ of what all stacks are made from, by name: schema packs.
    """

    before: Side
    after: Side
    compared: int
    differing: int
    changes: tuple[Entry, ...]
    gained: tuple[Entry, ...]
    ambiguous: tuple[Entry, ...]
    inputs: Mapping[str, tuple[str | None, str | None]]

    @property
    def empty(self) -> bool:
        """Whether no stack differs."""
        return not self.differing

    def as_json(self) -> dict[str, Any]:
        """The difference as one JSON document."""
        return {
            "format": FORMAT,
            "before": self.before.as_json(),
            "after": self.after.as_json(),
            "compared": self.compared,
            "differing": self.differing,
            "inputs": {name: list(pair) for name, pair in self.inputs.items()},
            "changes": [entry.as_json() for entry in self.changes],
            "access": [entry.as_json() for entry in self.gained],
            "ambiguous": [entry.as_json() for entry in self.ambiguous],
        }
