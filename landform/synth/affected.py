"""Which stacks a change affects: those whose Terraform JSON differs from that of a base, and those that need them.

Inputs alone say too much: a comment in stack code changes the digest of the code and no stack. So what has other
inputs is synthesised in memory, and only other bytes count. Needs neither credentials nor Terraform.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from landform.digest import sha256
from landform.errors import LandformError, raise_all
from landform.org.facts import Change, changes, facts
from landform.org.fleet import Fleet, StackInstance
from landform.org.select import matches, no_match
from landform.synth.base import Base, BaseStack, contents, read_base
from landform.synth.inputs import Inputs, gather_inputs
from landform.synth.run import once_a_cause, synthesised

How = Literal["new", "removed", "changed", "dependent"]
Kind = Literal["spec", "code", "schema-pack", "context", "new", "removed", "needs", "base"]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: for ``spec`` the field that differs, for ``code`` the files, for ``needs`` the stack, else a text."""

    kind: Kind
    detail: str = ""
    change: Change | None = None

    def as_json(self) -> dict[str, Any]:
        """The reason as JSON."""
        if self.change:
            return {"kind": self.kind, **self.change.as_json()}
        return {"kind": self.kind, **({"detail": self.detail} if self.detail else {})}

    def __str__(self) -> str:
        if self.change:
            return f"{self.kind}: {self.change}"
        return f"{self.kind}: {self.detail}" if self.detail else self.kind


@dataclass(frozen=True, slots=True)
class AffectedStack:
    """A stack, how it is affected and why. ``parts`` names what differs in its text: addresses with +, - or ~."""

    name: str
    stack: str
    account: str
    tier: str
    region: str
    how: How
    reasons: tuple[Reason, ...]
    parts: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The stack as JSON."""
        return {
            "name": self.name,
            "stack": self.stack,
            "account": self.account,
            "tier": self.tier,
            "region": self.region,
            "how": self.how,
            "reasons": [reason.as_json() for reason in self.reasons],
            "parts": list(self.parts),
        }


@dataclass(frozen=True, slots=True)
class Affected:
    """The answer. ``stacks`` are affected; those in ``equal`` have other inputs and the same text."""

    base: str
    compared: int
    stacks: tuple[AffectedStack, ...]
    equal: tuple[AffectedStack, ...]

    def as_json(self) -> dict[str, Any]:
        """The answer as one JSON document."""
        return {
            "base": self.base,
            "compared": self.compared,
            "stacks": [stack.as_json() for stack in self.stacks],
            "equal": [stack.as_json() for stack in self.equal],
        }

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the affected stacks that there are, sorted: what a plan can take."""
        return tuple(stack.name for stack in self.stacks if stack.how != "removed")


def affected(
    fleet: Fleet,
    *,
    project: Path,
    base: str,
    accounts: Sequence[str] = (),
    tiers: Sequence[str] = (),
    stacks: Sequence[str] = (),
    regions: Sequence[str] = (),
    context: Mapping[str, Any] | None = None,
    jobs: int | None = None,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Affected:
    """Compare the fleet with a base.

    Args:
        base: a bundle's folder, relative to the project, or what git takes for a commit.
        accounts, tiers, stacks, regions: globs: tell of these alone; what they need is compared with them.

    Raises:
        LandformError: ``no-bundle``, ``no-revision``, ``no-match``; whatever is wrong in the spec or in a stack.
    """

    def wanted(stack: BaseStack | AffectedStack) -> bool:
        return (
            matches(accounts, stack.account)
            and matches(tiers, stack.tier)
            and matches(stacks, stack.stack, stack.name)
            and matches(regions, stack.region)
        )

    inputs = gather_inputs(fleet, project, context or {})
    now = {instance.key: _stack(instance, inputs) for instance in fleet.instances}
    chosen = [name for name, stack in now.items() if wanted(stack)]
    near = _with_needs(chosen, {name: stack.needs for name, stack in now.items()})
    known = {name: now[name].inputs for name in near}
    before = read_base(project, base, known=known, context=context or {}, jobs=jobs)
    gone = [stack for name, stack in before.stacks.items() if name not in now and wanted(stack)]
    if not chosen and not gone:
        raise no_match(accounts=accounts, tiers=tiers, stacks=stacks, regions=regions)
    todo = [
        instance
        for instance in fleet.instances
        if instance.key in near
        and instance.key in before.stacks
        and before.stacks[instance.key].inputs != known[instance.key]
    ]
    found = {stack.name: _told(stack, "removed", [Reason("removed")]) for stack in gone}
    new = (stack for name, stack in now.items() if name in near and name not in before.stacks)
    found |= {stack.name: _told(stack, "new", [Reason("new")]) for stack in new}
    equal = []
    for stack, differs in _compared(todo, before, inputs, project, context or {}, jobs, on_progress):
        if differs:
            found[stack.name] = stack
        else:
            equal.append(stack)
    found |= _dependents(found, now, before)
    return Affected(
        base=before.name,
        compared=len(chosen) + len(gone),
        stacks=tuple(found[name] for name in sorted(found) if wanted(found[name])),
        equal=tuple(stack for stack in equal if wanted(stack) and stack.name not in found),
    )


def _compared(
    todo: Sequence[StackInstance],
    before: Base,
    inputs: Inputs,
    project: Path,
    context: Mapping[str, Any],
    jobs: int | None,
    on_progress: Callable[[int, int], None],
) -> Iterator[tuple[AffectedStack, bool]]:
    """Each stack that has other inputs, with whether its text differs."""
    errors: list[LandformError] = []
    made = synthesised(todo, inputs, project=project, context=context, jobs=jobs)
    for done, (instance, (_, text)) in enumerate(zip(todo, made, strict=True), 1):
        on_progress(done, len(todo))
        if isinstance(text, LandformError):
            errors += text.each()
            continue
        old = before.stacks[instance.key]
        stack = _stack(instance, inputs)
        reasons = list(_reasons(instance, old, before, inputs))
        differs = old.sha256 != sha256(text)
        parts = tuple(_parts(old, text)) if differs else ()
        yield _told(stack, "changed", reasons, parts), differs
    raise_all(once_a_cause(errors))


def _reasons(instance: StackInstance, old: BaseStack, before: Base, inputs: Inputs) -> Iterator[Reason]:
    """Why a stack has other inputs."""
    found = []
    if old.failed is not None:
        found.append(Reason("base", f"it could not be synthesised there: {old.failed}"))
    if old.facts is not None:
        found += [Reason("spec", change=change) for change in changes(old.facts, facts(instance))]
    if before.code != inputs.code:
        files = changes(before.files, inputs.files) if before.files else ()
        found.append(Reason("code", ", ".join(change.field for change in files)))
    found += [
        Reason("schema-pack", str(change)) for change in changes(before.schema_packs, inputs.schema_packs)
    ]
    yield from found
    if not found:
        # What is left: the context, or a spec of which the base has no record.
        yield Reason("context" if old.facts is not None else "spec")


def _parts(old: BaseStack, text: str) -> Iterator[str]:
    """What differs between two texts of a stack."""
    was, now = old.parts(), contents(text)
    if was is None:
        return
    for address in sorted({*was, *now}):
        if was.get(address) != now.get(address):
            yield ("+" if address not in was else "-" if address not in now else "~") + f" {address}"


def _dependents(
    found: Mapping[str, AffectedStack], now: Mapping[str, BaseStack], before: Base
) -> dict[str, AffectedStack]:
    """What needs an affected stack, or needs what needs one, and has not changed itself."""
    after: dict[str, list[str]] = defaultdict(list)
    for name, stack in now.items():
        old = before.stacks.get(name)
        for need in {*stack.needs, *(old.needs if old else ())}:
            after[need].append(name)
    reached: dict[str, AffectedStack] = {}
    queue = deque(sorted(found))
    while queue:
        need = queue.popleft()
        for name in sorted(after[need]):
            if name not in found and name not in reached:
                reached[name] = _told(now[name], "dependent", [Reason("needs", need)])
                queue.append(name)
    return reached


def _with_needs(names: Iterable[str], needs: Mapping[str, Sequence[str]]) -> set[str]:
    """Some stacks with all that they need."""
    found: set[str] = set()
    left = list(names)
    while left:
        name = left.pop()
        if name not in found and name in needs:
            found.add(name)
            left += needs[name]
    return found


def _stack(instance: StackInstance, inputs: Inputs) -> BaseStack:
    return BaseStack(
        name=instance.key,
        stack=instance.stack,
        account=instance.account.name,
        tier=instance.tier.name,
        region=instance.region,
        inputs=inputs.of(instance),
        needs=instance.needs,
    )


def _told(stack: BaseStack, how: How, reasons: Sequence[Reason], parts: Sequence[str] = ()) -> AffectedStack:
    return AffectedStack(
        name=stack.name,
        stack=stack.stack,
        account=stack.account,
        tier=stack.tier,
        region=stack.region,
        how=how,
        reasons=tuple(reasons),
        parts=tuple(parts),
    )
