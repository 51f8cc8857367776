"""What the fleet is compared with: a bundle, or the project as it was at a git revision.

A revision is synthesised in a process of its own, from a folder of its own: Python keeps one module of a name, and two
versions of a project's code must not mix. It makes only the stacks whose inputs are not those of now.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from landform.digest import sha256
from landform.errors import Code, LandformError, Place, raise_all
from landform.org.facts import facts
from landform.org.format import write_all
from landform.org.load import load
from landform.org.migrate import migrate
from landform.org.resolve import resolve
from landform.org.revision import at_revision, places_of, resolve_revision
from landform.synth.bundle import INDEX, STACK_FILE, Bundle
from landform.synth.inputs import gather_inputs
from landform.synth.recorded import Recorded
from landform.synth.run import synth, synthesised

_CHILD = (
    "import json, sys\njob = json.load(sys.stdin)\nsys.path[:] = job['path']\n"
    "from landform.synth.base import answer\nanswer(job)\n"
)


@dataclass(frozen=True, slots=True)
class BaseStack:
    """One stack as it was.

    ``sha256`` is None where it was not made: its inputs are those of now, or ``failed`` says why it could not be.
    ``contents`` has a digest of each part of its text, by address, or ``file`` is the text; ``facts`` is what it was
    made from, where that is known.
    """

    name: str
    stack: str
    account: str
    tier: str
    region: str
    inputs: str
    needs: tuple[str, ...]
    sha256: str | None = None
    contents: Mapping[str, str] | None = None
    facts: Mapping[str, Any] | None = None
    failed: str | None = None
    file: Path | None = None

    def parts(self) -> Mapping[str, str] | None:
        """A digest of each part of its text, by address; None where the text is not there, or not the one made."""
        if self.file is None:
            return self.contents
        try:
            text = self.file.read_text(encoding="utf-8")
        except (OSError, ValueError):
            return None
        return contents(text) if sha256(text) == self.sha256 else None


@dataclass(frozen=True, slots=True)
class Base:
    """What is compared with: its name, its stacks, and the digests that all of them share.

    ``files`` has the digests of the code's files, where they are known.
    """

    name: str
    stacks: Mapping[str, BaseStack]
    code: str | None
    files: Mapping[str, str]
    schema_packs: Mapping[str, str]


def read_base(
    project: Path,
    base: str,
    *,
    known: Mapping[str, str],
    context: Mapping[str, Any],
    jobs: int | None = None,
) -> Base:
    """The stacks of a bundle or of a git revision.

    Args:
        base: a bundle's folder, relative to the project, or what git takes for a commit.
        known: for each stack that matters the digest of its inputs now; one with the same is not made again.

    Raises:
        LandformError: ``no-bundle``, ``no-revision``; whatever is wrong in the spec at the revision.
    """
    folder = bundle_named(project, base)
    if folder is not None:
        return _of_bundle(Bundle.load(folder), base)
    with _at(project, base) as there:
        return _of_revision(project, there, base, known=known, context=context, jobs=jobs)


def write_base(
    project: Path,
    revision: str,
    out: Path,
    *,
    context: Mapping[str, Any],
    jobs: int | None = None,
) -> None:
    """Write the bundle of the project as it was at a git revision.

    Args:
        revision: what git takes for a commit.
        out: the bundle's folder; stacks whose inputs are those of what stands there already are kept.

    Raises:
        LandformError: ``no-revision``; whatever is wrong in the spec or in a stack at the revision.
    """
    with _at(project, revision) as there:
        job = {"task": "bundle", "context": dict(context), "jobs": jobs, "out": str(out)}
        _in_own_process(project, there, revision, job)


def bundle_named(project: Path, base: str) -> Path | None:
    """The folder of the bundle that a base names; None where it names a git revision.

    Raises:
        LandformError: ``no-bundle``, ``no-revision`` where it is neither.
    """
    folder = project / base
    if (folder / INDEX).is_file():
        return folder
    try:
        resolve_revision(project, base)
    except LandformError as error:
        if error.code is not Code.NO_REVISION:
            raise
        raise LandformError(
            Code.NO_BUNDLE if folder.is_dir() else Code.NO_REVISION,
            "There is nothing of this name to compare with.",
            given=base,
            expected=f"a folder that holds {INDEX}, or a git revision",
            fix=error.fix if not folder.is_dir() else "Run `landform synth` first, or name a revision.",
        ) from None
    return None


@contextmanager
def _at(project: Path, revision: str) -> Iterator[Path]:
    """The project at a revision, its spec in the form that this landform reads."""
    with at_revision(project, revision) as there, places_of(revision):
        write_all(there, migrate(there))
        yield there


def contents(text: str) -> dict[str, str]:
    """A digest for each part of a stack's text: resources and data sources by address, else by kind and name."""
    found: dict[str, str] = {}
    for kind, block in json.loads(text).items():
        if kind in ("resource", "data"):
            prefix = "data." if kind == "data" else ""
            for type, named in block.items():
                found |= {f"{prefix}{type}.{name}": _digest(value) for name, value in named.items()}
        elif isinstance(block, dict) and kind != "//":
            found |= {f"{kind}.{name}": _digest(value) for name, value in block.items()}
        else:
            found[kind] = _digest(block)
    return found


def answer(job: Mapping[str, Any]) -> None:
    """What the process of a revision does: its task, and write down what came of it."""
    try:
        document = _TASKS[job["task"]](job)
    except LandformError as error:
        document = {"errors": [single.as_json() for single in error.each()]}
    Path(job["answer"]).write_text(json.dumps(document), encoding="utf-8")


def _bundle(job: Mapping[str, Any]) -> dict[str, Any]:
    """Write the whole bundle."""
    project = Path(job["project"])
    fleet = resolve(load(project))
    synth(
        fleet,
        fleet.instances,
        project=project,
        out=Path(job["out"]),
        context=job["context"],
        jobs=job["jobs"],
    )
    return {}


def _answered(job: Mapping[str, Any]) -> dict[str, Any]:
    """Resolve, and synthesise what differs."""
    project, known, context, jobs = Path(job["project"]), job["known"], job["context"], job["jobs"]
    fleet = resolve(load(project))
    inputs = gather_inputs(fleet, project, context)
    digests = {instance.key: inputs.of(instance) for instance in fleet.instances}
    todo = [i for i in fleet.instances if i.key in known and known[i.key] != digests[i.key]]
    made: dict[str, dict[str, Any]] = {instance.key: {"facts": facts(instance)} for instance in todo}
    for key, result in synthesised(todo, inputs, project=project, context=context, jobs=jobs):
        if isinstance(result, LandformError):
            made[key]["failed"] = "; ".join(map(_told, result.each()))
        else:
            made[key] |= {"sha256": sha256(result), "contents": contents(result)}
    stacks = [
        {
            "name": instance.key,
            "stack": instance.stack,
            "account": instance.account.name,
            "tier": instance.tier.name,
            "region": instance.region,
            "inputs": digests[instance.key],
            "needs": instance.needs,
            **made.get(instance.key, {}),
        }
        for instance in fleet.instances
    ]
    files = dict(inputs.files)
    return {"code": inputs.code, "files": files, "schema_packs": dict(inputs.schema_packs), "stacks": stacks}


_TASKS: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = MappingProxyType(
    {"answer": _answered, "bundle": _bundle}
)


def _of_bundle(bundle: Bundle, name: str) -> Base:
    recorded = Recorded.read(bundle.root, bundle.recorded)
    stacks = {
        record.name: BaseStack(
            name=record.name,
            stack=record.stack,
            account=record.account,
            tier=record.tier,
            region=record.region,
            inputs=record.inputs,
            needs=record.dependencies,
            sha256=record.sha256,
            file=bundle.folder(record.name) / STACK_FILE,
            facts=recorded.facts(record.name),
        )
        for record in bundle.stacks.values()
    }
    return Base(name, stacks, bundle.inputs.get("code"), recorded.code, bundle.inputs.get("schema_packs", {}))


def _of_revision(
    project: Path,
    there: Path,
    name: str,
    *,
    known: Mapping[str, str],
    context: Mapping[str, Any],
    jobs: int | None,
) -> Base:
    job = {"task": "answer", "known": dict(known), "context": dict(context), "jobs": jobs}
    document = _in_own_process(project, there, name, job)
    return Base(
        name,
        {
            stack["name"]: BaseStack(**{**stack, "needs": tuple(stack["needs"])})
            for stack in document["stacks"]
        },
        document["code"],
        document["files"],
        document["schema_packs"],
    )


def _in_own_process(project: Path, there: Path, name: str, job: Mapping[str, Any]) -> dict[str, Any]:
    """What comes of a task in the project as it was.

    Raises:
        LandformError: what the task raised; ``stack-failed`` where its process died.
    """
    answer = there.parent / "answer.json"
    job = {**job, "path": list(_path(project, there)), "project": str(there), "answer": str(answer)}
    done = subprocess.run(
        [sys.executable, "-c", _CHILD],
        input=json.dumps(job),
        cwd=there,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode or not answer.is_file():
        raise LandformError(
            Code.STACK_FAILED,
            "The project could not be synthesised as it was at this revision.",
            given=f"{name}: {(done.stderr.strip().splitlines() or ['no word of why'])[-1]}",
            fix="Check the revision out and run `landform synth` there.",
        )
    document: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
    raise_all([error_from_json(error) for error in document.get("errors", ())])
    return document


def _path(project: Path, there: Path) -> Iterator[str]:
    """Where the other process looks for modules: as here, but what lies in the project as it was then."""
    for entry in dict.fromkeys([*sys.path, str(Path(__file__).parents[2])]):
        at = Path(entry or ".").resolve()
        then = there / at.relative_to(project) if at.is_relative_to(project) else at
        # A virtual environment inside the project is in no revision, and stays where it is.
        yield str(then) if then != at and then.is_dir() else entry or str(at)


def error_from_json(value: Mapping[str, Any]) -> LandformError:
    """The error that ``LandformError.as_json`` wrote, in another process."""
    return LandformError(
        next(code for code in Code if code.slug == value["code"]),
        value["message"],
        place=Place(value.get("file"), value.get("line"), value.get("column"), value.get("construct_path")),
        given=value.get("given"),
        expected=value.get("expected"),
        fix=value.get("fix"),
    )


def _told(error: LandformError) -> str:
    return f"{error.message.removesuffix('.')} ({error.place})" if error.place else error.message


def _digest(value: Any) -> str:
    return sha256(json.dumps(value, sort_keys=True))
