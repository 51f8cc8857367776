"""What a stack is made from, as digests: equal inputs give equal bytes, so equal inputs need no synthesis."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import landform
from landform.digest import digest, sha256
from landform.org.fleet import Fleet, StackInstance
from landform.schema.pack import shipped_pack

# Folders of a project that hold no code of a stack.
_NO_CODE = frozenset({"org", "tests", "docs", "node_modules", "__pycache__", "cdktf.out", "build", "dist"})
# landform's own copy of the example is not code that makes a stack.
_LANDFORM_NO_CODE = frozenset({"example", "__pycache__"})

# What the cdktf command lines put into the context of every project for their own use.
_CLI_CONTEXT = frozenset({"allowSepCharsInLogicalIds", "excludeStackIdFromLogicalIds"})


@dataclass(frozen=True, slots=True)
class Inputs:
    """The digests that every stack of a bundle shares. ``code`` covers the project's and landform's.

    ``files`` has the SHA-256 of each file of the code, by name.
    """

    spec: str
    code: str
    files: Mapping[str, str]
    schema_packs: Mapping[str, str]
    context: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        """The inputs as they stand in the bundle's index."""
        return {"spec": self.spec, "code": self.code, "schema_packs": dict(self.schema_packs)}

    def of(self, instance: StackInstance) -> str:
        """The digest of everything that one stack is made from."""
        return digest([instance.digest, self.code, dict(self.schema_packs), dict(self.context)])


def gather_inputs(fleet: Fleet, project: Path, context: Mapping[str, Any]) -> Inputs:
    """Digest the spec, the project's code and landform's own, and the schema packs."""
    pack = shipped_pack("aws")
    modules = {instance.construct.partition(".")[0].partition(":")[0] for instance in fleet.instances}
    files = {
        name: sha256(path.read_bytes())
        for name, path in sorted({*_own_code(project), *_packages(project, modules)})
    }
    return Inputs(
        spec=fleet.digest,
        code=digest(files),
        files=files,
        schema_packs={pack.source: f"{pack.version} {pack.digest}"},
        context={
            key: value
            for key, value in context.items()
            if not key.startswith("cdktf") and key not in _CLI_CONTEXT
        },
    )


def _own_code(project: Path) -> Iterator[tuple[str, Path]]:
    for entry in sorted(project.iterdir()):
        if entry.name.startswith(".") or entry.name in _NO_CODE or (entry / "pyvenv.cfg").exists():
            continue
        if entry.is_file() and entry.suffix == ".py":
            yield entry.name, entry
        elif entry.is_dir():
            files = list(_files(entry, _NO_CODE))
            if any(path.suffix == ".py" for path in files):
                yield from ((path.relative_to(project).as_posix(), path) for path in files)


def _packages(project: Path, modules: Iterable[str]) -> Iterator[tuple[str, Path]]:
    """The files of landform, and of the installed packages whose stack classes the spec names."""
    root = Path(landform.__file__).parent
    yield from _python_files("landform", root, _LANDFORM_NO_CODE)
    for module in sorted(set(modules) - {"landform"}):
        if (project / module).is_dir() or (project / f"{module}.py").is_file():
            continue
        spec = find_spec(module)
        for folder in (spec.submodule_search_locations or ()) if spec else ():
            yield from _python_files(module, Path(folder), _NO_CODE)


def _python_files(name: str, root: Path, without: frozenset[str]) -> Iterator[tuple[str, Path]]:
    for path in _files(root, without):
        if path.suffix == ".py":
            yield f"{name}/{path.relative_to(root).as_posix()}", path


def _files(folder: Path, without: frozenset[str]) -> Iterator[Path]:
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in without and not name.startswith("."))
        for name in files:
            if not name.endswith(".pyc"):
                yield Path(root, name)
