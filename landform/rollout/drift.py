"""Drift: what stands in the accounts, and in the bundle's folder, and is not what was put there.

Each stack is planned with the text that was applied last, whatever the bundle says today. What Terraform's refresh
then stores differently was changed outside ("JSON Output Format", ``resource_drift``), and what it plans to do about
that is what the next apply would undo. What nobody manages is not looked for.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from landform.digest import digest, sha256
from landform.errors import LandformError
from landform.org.files import write_file
from landform.org.select import no_match
from landform.plan.model import Plan
from landform.plan.normalise import Identity, Normaliser
from landform.plan.planner import PlanResult
from landform.plan.review.sides import UNKNOWN, Side, sides
from landform.policies.change import ResourceChange
from landform.record.events import EventKind
from landform.record.ledger import Ledger
from landform.record.objects import Objects
from landform.rollout.history import History
from landform.rollout.kept import beside, kept
from landform.synth.bundle import INDEX, STACK_FILE, Bundle, StackRecord

FORMAT = "landform/drift/v1"
FOLDER = Path(".landform/drift")
"""Where the texts that were applied last are laid for Terraform."""

KEPT = "no-op"
"""What the next apply does to a change that nothing in the stack speaks against."""


@dataclass(frozen=True, slots=True)
class EditedFile:
    """A file of the bundle that is not what synth wrote; ``given`` is None where it is gone or cannot be read."""

    file: str
    stack: str | None
    given: str | None
    expected: str


@dataclass(frozen=True, slots=True)
class DriftedResource:
    """A resource that was changed outside.

    Attributes:
        address: Terraform's.
        source: the line of the user's code that made it, as ``file:line``; empty where that is not known.
        action: ``update`` or ``delete``: what was done to it outside.
        sides: what was changed, before and after; empty where it was removed, or only values that are not shown.
        next: what the next apply would do to it; ``no-op`` where it would leave it.
        undone: what that changes, from what stands now; of a resource that stays.
        digest: what the same drift in other accounts shares.
    """

    address: str
    source: str
    action: str
    sides: tuple[Side, ...]
    next: str
    undone: tuple[Side, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class StackDrift:
    """One stack, looked at.

    Attributes:
        stack: its full name.
        id: the id of the stack in the spec, which accounts share.
        tier: its tier.
        run: the run that applied it last.
        resources: what was changed outside, by address.
        vanished: whether all of it is gone, or its state is.
        other: what the next apply would change beside, though nothing was changed outside: its data sources say
            something else now, or the last apply did not end well.
        unsettled: how a later apply ended that was not whole, such as ``failed``; else empty.
        error: why it could not be looked at, or None.
        digest: of what drifted; empty for nothing.
        class_digest: as ``digest``, and the same for accounts with the same drift.
    """

    stack: str
    id: str
    tier: str
    run: str
    resources: tuple[DriftedResource, ...] = ()
    vanished: bool = False
    other: tuple[str, ...] = ()
    unsettled: str = ""
    error: LandformError | None = None
    digest: str = ""
    class_digest: str = ""

    @property
    def drifted(self) -> bool:
        """Whether anything was changed outside."""
        return self.vanished or bool(self.resources)


@dataclass(frozen=True, slots=True)
class DriftClass:
    """The same drift in several accounts, told once: of ``resource`` (None: the whole stack vanished).

    ``stack`` is the id in the spec, ``members`` are full names, of any tier. The resource is as in the first member.
    """

    stack: str
    resource: DriftedResource | None
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drift:
    """All that was found. ``sandbox`` is the place, None the real AWS; ``edited`` are files of today's bundle."""

    sandbox: str | None
    edited: tuple[EditedFile, ...]
    stacks: tuple[StackDrift, ...]

    @property
    def found(self) -> bool:
        """Whether there is any drift."""
        return bool(self.edited) or any(one.drifted for one in self.stacks)

    @property
    def failed(self) -> tuple[StackDrift, ...]:
        """The stacks that could not be looked at."""
        return tuple(one for one in self.stacks if one.error)

    @property
    def classes(self) -> tuple[DriftClass, ...]:
        """The drift by class: what vanished first, then the biggest."""
        members: dict[tuple[str, str], list[tuple[str, DriftedResource | None]]] = defaultdict(list)
        for one in self.stacks:
            if one.vanished:
                members[one.id, ""].append((one.stack, None))
            else:
                for resource in one.resources:
                    members[one.id, resource.digest].append((one.stack, resource))
        found = (
            DriftClass(id, each[0][1], tuple(name for name, _ in each)) for (id, _), each in members.items()
        )
        return tuple(sorted(found, key=_order))

    def as_json(self) -> dict[str, Any]:
        """The drift as one JSON document."""
        return {
            "format": FORMAT,
            "sandbox": self.sandbox,
            "drift": self.found,
            "edited": [asdict(one) for one in self.edited],
            "classes": [asdict(one) for one in self.classes],
            "stacks": [
                {**_without_error(one), "error": one.error and one.error.as_json()} for one in self.stacks
            ],
        }


def edited_files(bundle: Bundle, records: Sequence[StackRecord]) -> tuple[EditedFile, ...]:
    """The files of a bundle that are not what synth wrote: of some stacks, and what all stacks share."""
    root = bundle.root
    found = []
    index = json.loads((root / INDEX).read_text(encoding="utf-8"))
    # Its digest is of what it says, since it holds itself.
    stands = digest({key: value for key, value in index.items() if key != "digest"})
    if stands != bundle.digest:
        found.append(EditedFile(INDEX, None, stands, bundle.digest))
    files: list[tuple[str, str | None, str]] = [(path, None, expected) for path, expected in beside(index)]
    files += [(f"stacks/{one.name}/{STACK_FILE}", one.name, one.sha256) for one in records]
    for path, stack, expected in files:
        data = _bytes(root / path)
        given = None if data is None else sha256(data)
        if given != expected:
            found.append(EditedFile(path, stack, given, expected))
    return tuple(found)


def applied_bundle(
    project: Path,
    history: History,
    *,
    accounts: Sequence[str] = (),
    tiers: Sequence[str] = (),
    stacks: Sequence[str] = (),
    regions: Sequence[str] = (),
    without: Collection[str] = (),
) -> Bundle:
    """What was applied last, of every stack its own: a bundle of texts from several bundles.

    Args:
        project: the project's folder; the texts are laid into its ``.landform/drift``.
        history: what was applied in one place.
        accounts, tiers, stacks, regions: globs, as for ``Bundle.select``.
        without: accounts, by name, whose stacks are left out unless ``accounts`` says their very name.

    Raises:
        LandformError: ``nothing-applied``, ``no-match``, ``object-broken``, ``not-writable``.
    """
    if not history.applied:
        raise history.nothing()
    left_out = {*without} - {*accounts}
    last = {
        name: times[-1] for name, times in history.applied.items() if name.partition(".")[0] not in left_out
    }
    if not last:
        raise no_match(accounts=[f"other than {name}" for name in sorted(left_out)])
    bundles = {one: kept(project, one) for one in sorted({each.bundle for each in last.values()})}
    records = {}
    for name, each in last.items():
        if name not in bundles[each.bundle].stacks:
            raise no_match(stacks=[f"{name} in bundle {each.bundle}"])
        records[name] = replace(bundles[each.bundle].stacks[name], sha256=each.sha256)
    newest = max(last.values(), key=lambda each: each.seq).bundle
    view = replace(
        bundles[newest], root=project / FOLDER / ("sandbox" if history.sandbox else "aws"), stacks=records
    )
    chosen = view.select(accounts=accounts, tiers=tiers, stacks=stacks, regions=regions)
    objects = Objects.of(project)
    for record in chosen:
        text = objects.get(record.sha256).decode()
        view.folder(record.name).mkdir(parents=True, exist_ok=True)
        write_file(view.folder(record.name) / STACK_FILE, text)
    return replace(view, stacks={record.name: record for record in chosen})


def read_drift(results: Sequence[PlanResult], bundle: Bundle, history: History) -> tuple[StackDrift, ...]:
    """What drifted, by stack, from plans of what was applied last.

    Args:
        results: of planning the stacks of ``bundle``.
        bundle: from ``applied_bundle``.
        history: what was applied, and where.
    """
    return tuple(_stack_drift(result, bundle.stacks[result.stack], history) for result in results)


def record_drift(
    ledger: Ledger, found: Drift, history: History, *, run: str, at: str, by: str, host: str
) -> tuple[str, ...]:
    """Add what drifted to the ledger, the same drift of a stack once since it was applied last; the stacks that were.

    Files of the bundle are not in it: they are no account.

    Args:
        ledger: the project's.
        found: what was found.
        history: what it was compared with.
        run: the id that this look gets where there is anything to add.
        at: when, as ISO 8601.
        by, host: who looked, and on which machine.

    Raises:
        LandformError: as ``Ledger.append``.
    """
    known = {
        (event.stack, event.body.get("digest"))
        for event in ledger.events(kind=EventKind.DRIFT_FOUND)
        if (last := history.last(event.stack or "")) and event.seq > last.seq
    }
    # Digests hold the place, so that the same drift in a sandbox is another.
    new = [one for one in found.stacks if one.drifted and (one.stack, one.digest) not in known]
    if not new:
        return ()
    place = {"sandbox": found.sandbox} if found.sandbox else {}
    started = {
        "purpose": "drift",
        "by": by,
        "host": host,
        "stacks": [one.stack for one in found.stacks],
        **place,
    }
    ledger.append(EventKind.RUN_STARTED, at=at, run=run, body=started)
    for one in new:
        last = history.last(one.stack)
        body = {
            "digest": one.digest,
            "class_digest": one.class_digest,
            "addresses": [resource.address for resource in one.resources],
            "bundle": last.bundle if last else "",
        }
        ledger.append(EventKind.DRIFT_FOUND, at=at, run=run, stack=one.stack, body=body)
    ledger.append(EventKind.RUN_ENDED, at=at, run=run, body={"outcome": "done"})
    return tuple(one.stack for one in new)


def _stack_drift(result: PlanResult, record: StackRecord, history: History) -> StackDrift:
    last, now = history.last(record.name), history.now(record.name)
    assert last is not None, "only what was applied is planned"
    unsettled = now.outcome if now and now.outcome != "applied" else ""
    found = StackDrift(record.name, record.stack, record.tier, last.run, unsettled=unsettled)
    if result.plan is None:
        return replace(found, error=result.error)
    plan = result.plan
    resources = tuple(_resources(plan, record))
    acting = [change for change in plan.changes if change.acts]
    managed = [change for change in plan.changes if not change.data]
    vanished = bool(managed) and all(change.action == "create" for change in managed)
    drifted = {resource.address for resource in resources}
    other = () if vanished else tuple(one.address for one in acting if one.address not in drifted)
    if not resources and not vanished:
        return replace(found, other=other)
    content = [[one.address, one.action, [asdict(side) for side in one.sides]] for one in resources]
    return replace(
        found,
        resources=resources,
        vanished=vanished,
        other=other,
        digest=digest([history.sandbox, record.name, vanished, content]),
        class_digest=digest([record.stack, vanished, sorted(one.digest for one in resources)]),
    )


def _resources(plan: Plan, record: StackRecord) -> Iterator[DriftedResource]:
    planned = {change.address: change for change in plan.changes}
    without = Normaliser(plan, Identity.of(record))
    drift = {change.address: change for change in plan.drift if not change.data}
    for change in plan.changes:
        # The stack asks for what it was given: a change of nothing that is shown is one of a value that is not.
        if change.action == "update" and not _sides(change) and change.address not in drift:
            drift[change.address] = change
    for address, change in sorted(drift.items()):
        then = planned.get(address)
        shown = _sides(change) if change.action == "update" else ()
        next = then.action if then and then.acts else KEPT
        normalised = without.change(change)
        common = sides(normalised["before"], normalised["after"]) if shown else ()
        # A resource that is made once for each key or number has one construct.
        made = record.resources.get(address) or record.resources.get(address.partition("[")[0])
        yield DriftedResource(
            address=address,
            source=made.source if made else "",
            action=change.action,
            sides=shown,
            next=next,
            undone=_sides(then) if then and next in ("update", "replace") else (),
            digest=digest([without.text(address), change.action, [asdict(side) for side in common], next]),
        )


def _order(one: DriftClass) -> tuple[bool, int, str, str]:
    address = one.resource.address if one.resource else ""
    return one.resource is not None, -len(one.members), one.stack, address


def _sides(change: ResourceChange) -> tuple[Side, ...]:
    """What is given otherwise. What AWS says anew after each change is none of it."""
    found = sides(change.before, change.after, change.unknown)
    return tuple(side for side in found if side.after != UNKNOWN)


def _without_error(one: StackDrift) -> Mapping[str, Any]:
    # An error is no value of a dataclass, and is told by itself.
    return asdict(replace(one, error=None))


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
