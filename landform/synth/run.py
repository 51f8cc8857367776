"""Synthesises stack instances and writes the bundle, in one process or several, whole or not at all."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import landform
from landform.constructs.waiving import WaiversInCode
from landform.core.app import MANIFEST, annotations_of, is_cdktf_file, manifest_entry, stack_path
from landform.core.emit import terraform_json
from landform.core.outdir import OutputFolder
from landform.core.processes import worker_pool
from landform.core.stack import CDKTF_VERSION, Annotation, StackSynthesis
from landform.digest import sha256
from landform.errors import Code, LandformError, raise_all
from landform.org.fleet import Fleet, StackInstance
from landform.org.layers import strictest
from landform.org.models import Tier
from landform.synth.bundle import INDEX, Bundle, Origins, ResourceRecord, StackRecord
from landform.synth.classes import StackClasses
from landform.synth.index import FORMAT, IndexDigest, index_digest, index_text, read_index
from landform.synth.inputs import Inputs, gather_inputs
from landform.synth.outputs import check_outputs
from landform.synth.recorded import RECORDED, recorded_text
from landform.synth.waivers import shared_ids

# Below this many stacks a second process costs more than it saves.
PARALLEL_FROM = 400
_CHUNK = 32

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class SynthResult:
    """What a synth did: the bundle, which stacks were made anew, and what their constructs remarked."""

    bundle: Bundle
    made: tuple[str, ...]
    kept: tuple[str, ...]
    annotations: tuple[Annotation, ...]


@dataclass(frozen=True, slots=True)
class _Made:
    record: StackRecord
    entry: dict[str, Any]
    text: str
    annotations: tuple[Annotation, ...]


def synth(
    fleet: Fleet,
    instances: Sequence[StackInstance],
    *,
    project: Path,
    out: Path,
    context: Mapping[str, Any] | None = None,
    jobs: int | None = None,
    fresh: bool = False,
    on_progress: Progress = lambda done, total: None,
) -> SynthResult:
    """Write the bundle of some stack instances.

    A stack whose inputs are those of the bundle that stands there already is kept as it is.

    Args:
        jobs: processes; one for few stacks and one a processor for many, unless given.
        fresh: synthesise every stack, whatever stands there.

    Raises:
        LandformError: everything that is wrong in any stack, in one go; the old bundle stays.
    """
    inputs = gather_inputs(fleet, project, context or {})
    before = None if fresh else _Before.read(out)
    kept = before.kept(instances, inputs) if before else {}
    if before and before.inputs == inputs.as_json() and kept.keys() == before.bundle.stacks.keys():
        on_progress(len(kept), len(instances))
        remarks = annotations_of(entry for _, entry in kept.values())
        return SynthResult(before.bundle, made=(), kept=tuple(kept), annotations=tuple(remarks))
    todo = [instance for instance in instances if instance.key not in kept]
    records: dict[str, StackRecord] = {}
    entries: dict[str, Any] = {}
    annotations = list(annotations_of(entry for _, entry in kept.values()))
    with OutputFolder(out, marker=MANIFEST, owned=_is_bundle_file) as folder:
        for name, (record, entry) in kept.items():
            folder.keep(stack_path(name))
            records[name], entries[name] = record, entry
        on_progress(len(kept), len(instances))
        classes = StackClasses(project, context)
        for done, made in enumerate(_make(classes, todo, inputs, _processes(jobs, len(todo))), len(kept) + 1):
            name = made.record.name
            folder.write(stack_path(name), made.text)
            records[name], entries[name] = made.record, made.entry
            annotations += made.annotations
            on_progress(done, len(instances))
        raise_all(list(shared_ids(fleet, records)))
        for name, entry in entries.items():
            # A bundle of a selection must not wait for stacks that it does not hold.
            entry["dependencies"] = [need for need in records[name].dependencies if need in records]
        manifest = terraform_json({"version": CDKTF_VERSION, "stacks": entries})
        folder.write(MANIFEST, manifest)
        recorded = recorded_text(instances, inputs.files)
        folder.write(RECORDED, recorded)
        folder.write_parts(INDEX, _index(fleet, instances, inputs, records, manifest, recorded))
    return SynthResult(
        bundle=Bundle.load(out),
        made=tuple(sorted(instance.key for instance in todo)),
        kept=tuple(sorted(kept)),
        annotations=tuple(annotations),
    )


def differences(
    fleet: Fleet,
    instances: Sequence[StackInstance],
    *,
    project: Path,
    out: Path,
    context: Mapping[str, Any] | None = None,
    jobs: int | None = None,
    on_progress: Progress = lambda done, total: None,
) -> dict[str, str]:
    """Synthesise in memory and compare with the bundle that stands there; write nothing.

    Returns:
        The stacks that differ, by name: ``changed``, ``missing`` or ``left over``.
    """
    inputs = gather_inputs(fleet, project, context or {})
    before = Bundle.load(out)
    differing = dict.fromkeys(before.stacks, "left over")
    made = _make(StackClasses(project, context), instances, inputs, _processes(jobs, len(instances)))
    for done, stack in enumerate(made, 1):
        name = stack.record.name
        if name not in before.stacks:
            differing[name] = "missing"
        elif stack.record == before.stacks[name] and _file_is(out, stack.record):
            del differing[name]
        else:
            differing[name] = "changed"
        on_progress(done, len(instances))
    return dict(sorted(differing.items()))


def synthesised(
    instances: Sequence[StackInstance],
    inputs: Inputs,
    *,
    project: Path,
    context: Mapping[str, Any],
    jobs: int | None = None,
) -> Iterator[tuple[str, str | LandformError]]:
    """Synthesise in memory: the name of each instance, in order, with its text or with what is wrong in it."""
    work = _Work(StackClasses(project, context), inputs)
    with _mapped(work, instances, _processes(jobs, len(instances))) as results:
        for instance, result in zip(instances, results, strict=True):
            yield instance.key, result if isinstance(result, LandformError) else result.text


@dataclass(frozen=True, slots=True)
class _Before:
    """The bundle that stands there already, if its index and manifest are whole."""

    bundle: Bundle
    inputs: Mapping[str, Any]
    entries: Mapping[str, Any]

    @classmethod
    def read(cls, out: Path) -> _Before | None:
        try:
            stands = IndexDigest()
            with (out / INDEX).open(encoding="utf-8") as file:
                index = read_index(file, StackRecord.from_json, stands)
            manifest = (out / MANIFEST).read_text(encoding="utf-8")
            if index["digest"] != stands.text() or index["manifest"] != sha256(manifest):
                return None
            return cls(Bundle.from_index(out, index), index["inputs"], json.loads(manifest)["stacks"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            # No bundle, or none that can be read: everything is made anew.
            return None

    def kept(
        self, instances: Iterable[StackInstance], inputs: Inputs
    ) -> dict[str, tuple[StackRecord, dict[str, Any]]]:
        """The stacks whose inputs are what they were and whose file is untouched, with their manifest entries."""
        found = {}
        for instance in instances:
            record = self.bundle.stacks.get(instance.key)
            if record and record.inputs == inputs.of(instance) and _file_is(self.bundle.root, record):
                found[instance.key] = (record, self.entries[instance.key])
        return found


def _file_is(out: Path, record: StackRecord) -> bool:
    try:
        return sha256((out / stack_path(record.name)).read_bytes()) == record.sha256
    except OSError:
        return False


def _make(
    classes: StackClasses, instances: Sequence[StackInstance], inputs: Inputs, processes: int
) -> Iterator[_Made]:
    errors: list[LandformError] = []
    work = _Work(classes, inputs)
    with _mapped(work, instances, processes) as results:
        for result in results:
            if isinstance(result, LandformError):
                errors.append(result)
            elif not errors:
                yield result
    raise_all(once_a_cause(errors))


def once_a_cause(errors: Iterable[LandformError]) -> list[LandformError]:
    """One error a cause: the same line of stack code fails for every account that has the stack."""
    seen: dict[object, LandformError] = {}
    counts: Counter[object] = Counter()
    for error in errors:
        for single in error.each():
            cause = (single.code, single.message, single.place and (single.place.file, single.place.line))
            seen.setdefault(cause, single)
            counts[cause] += 1
    for key, error in seen.items():
        if counts[key] > 1:
            error.given = f"{error.given or error.place} (and {counts[key] - 1} more of the same cause)"
    return list(seen.values())


class _Work:
    """Synthesises one instance; a value, so that it can be handed to another process."""

    def __init__(self, classes: StackClasses, inputs: Inputs) -> None:
        self._classes = classes
        self._inputs = inputs

    def __call__(self, instance: StackInstance) -> _Made | LandformError:
        try:
            synthesis, in_code = self._classes.synthesise(instance)
            check_outputs(instance, synthesis.text)
        except LandformError as error:
            return error
        record = record_of(instance, synthesis, in_code, self._inputs.of(instance))
        return _Made(record, manifest_entry(synthesis), synthesis.text, synthesis.annotations)


def record_of(
    instance: StackInstance, synthesis: StackSynthesis, in_code: WaiversInCode, inputs: str
) -> StackRecord:
    """What the index says of a stack.

    Args:
        instance: what it was made of.
        synthesis: what it became.
        in_code: the waivers in its code.
        inputs: the digest of all that it was made from.
    """
    return StackRecord(
        name=instance.key,
        stack=instance.stack,
        account=instance.account.name,
        account_id=instance.account.account_id,
        tier=instance.tier.name,
        region=instance.region,
        construct=instance.construct,
        sha256=sha256(synthesis.text),
        inputs=inputs,
        dependencies=instance.needs,
        waivers=tuple(
            waiver.model_dump(mode="json", by_alias=True)
            for waiver in (*instance.waivers, *(waiver for waiver, _ in in_code))
        ),
        resources=Origins.of(
            instance.key,
            (
                (address, ResourceRecord(path, source))
                for address, (path, source) in sorted(synthesis.origins.items())
            ),
        ),
        waiver_limits=instance.tier.waivers.model_dump(mode="json"),
        waivers_in_code={
            waiver.id: tuple(ResourceRecord(at.construct_path or "", f"{at.file}:{at.line}") for at in places)
            for waiver, places in in_code
        },
        tags=instance.tags,
        bounds={
            "data_class": instance.account.data_class,
            "denied_services": list(instance.settings.denied_services),
            "mandatory_tags": list(instance.organization.mandatory_tags),
            "prefix": instance.organization.prefix,
            "regions": list(dict.fromkeys((instance.region, *instance.settings.regions))),
            "services": None if (allowed := instance.settings.services) is None else list(allowed),
        },
    )


@contextmanager
def _mapped(
    work: _Work, instances: Sequence[StackInstance], processes: int
) -> Iterator[Iterator[_Made | LandformError]]:
    if processes == 1:
        yield map(work, instances)
        return
    with worker_pool(processes) as pool:
        yield pool.imap(work, instances, chunksize=_CHUNK)


def _processes(jobs: int | None, stacks: int) -> int:
    if jobs is not None:
        if jobs < 1:
            raise LandformError(
                Code.USAGE, "There must be at least one job.", given=str(jobs), expected="1 or more"
            )
        return min(jobs, max(stacks, 1))
    return 1 if stacks < PARALLEL_FROM else os.cpu_count() or 1


def _index(
    fleet: Fleet,
    instances: Sequence[StackInstance],
    inputs: Inputs,
    records: Mapping[str, StackRecord],
    manifest: str,
    recorded: str,
) -> Iterator[str]:
    used: dict[str, dict[int, Tier]] = {}
    for instance in instances:
        used.setdefault(instance.tier.name, {})[id(instance.tier)] = instance.tier
    # Where a unit, an account or a stack is stricter than its tier, the bundle's gate is as strict as that.
    tiers = {name: strictest(each.values()) for name, each in sorted(used.items())}
    accounts = sorted({instance.account.name for instance in instances})
    index: dict[str, Any] = {
        # Who may approve, and in which wave an account is, are in the bundle, so that its digest binds them too.
        "approvers": fleet.approvers and fleet.approvers.model_dump(mode="json", by_alias=True),
        "format": FORMAT,
        "generator": {"name": "landform", "version": landform.__version__},
        "inputs": inputs.as_json(),
        "manifest": sha256(manifest),
        "recorded": sha256(recorded),
        "tiers": {
            name: {
                "rank": tier.rank,
                "guard": tier.guard.model_dump(mode="json"),
                "max_stacks": tier.rollout.max_stacks,
                "rollout": tier.rollout.model_dump(mode="json", by_alias=True),
            }
            for name, tier in tiers.items()
        },
        "waves": {name: asdict(fleet.waves[name]) for name in accounts if name in fleet.waves},
    }

    def stacks() -> Iterator[tuple[str, dict[str, Any]]]:
        return ((name, records[name].as_json()) for name in sorted(records))

    return index_text({**index, "digest": index_digest(index, stacks())}, stacks())


def _is_bundle_file(path: Path) -> bool:
    return is_cdktf_file(path) or path.as_posix() in (INDEX, RECORDED)
