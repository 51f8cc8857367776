"""A folder of Terraform that somebody wrote: HCL or JSON, with local modules, as checkov's graph of it.

HCL is read by checkov's parser, which resolves variables, locals and local modules as far as they are literal.
Terraform's JSON files, which it does not read, are handed to it as definitions. A remote module is not fetched: that
its resources were not judged is a finding.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from landform.checks.scan_copy import merged, scan_copy
from landform.errors import Code, LandformError, Place, raise_all
from landform.policies.view import StackView
from landform.schema.pack import Pack, shipped_pack

HCL, JSON = ".tf", ".tf.json"
VARIABLES = (".tfvars", ".tfvars.json")
MOST_BYTES = 20_000_000
"""The largest file that is read: what is larger was written by no one."""

_SKIPPED = frozenset({".git", ".terraform", ".landform", "node_modules"})
# What is so called is of other programs, such as Terragrunt, and checkov would read it.
_FOREIGN = r"\.hcl$"
_MARKS = re.compile(r"__\w+__")
_PREFIXES = {"resource": "", "terraform": "terraform.required_providers."}
_MODULE = re.compile(r"(?:module\.[\w-]+(?:\[[^\]]*\])?\.)+")
# What checkov leaves of an expression that it could not resolve, without its braces: a reference, a call, a
# condition.
_EXPRESSION = re.compile(
    r"(data|var|local|module|each|count|path|terraform|self)\.[\w.\[\]\"*-]+|aws_\w+\.[\w-]+[\w.\[\]\"*-]*"
    r"|\w+\(.*\)[\w.\[\]\"*-]*"
    r"|[!(]*(data\.|var\.|local\.|module\.|each\.|count\.|aws_\w+\.|\w+\(|None |True |False ).* \? .* : .*",
    re.DOTALL,
)
# The same within a text, as in an ARN that goes on.
_WITHIN = re.compile(r"(?<![\w./-])((?:data\.)?aws_\w+\.[\w-]+(?:\[[^\]]*\])?\.\w+)")

# An expression of which texts with templates may be a part.
_FOR = re.compile(r"\[\s*for\s.*\]|\{\s*for\s.*\}", re.DOTALL)
# What checkov makes of a null that an expression comes to.
_NULL = "None"


@dataclass(frozen=True, slots=True)
class Files:
    """The files of Terraform below a folder, by their folder relative to it; ``.`` is the folder itself.

    ``variables`` are the files with values of variables.
    """

    root: Path
    hcl: Mapping[str, tuple[Path, ...]]
    json: Mapping[str, tuple[Path, ...]]
    variables: tuple[Path, ...] = ()


def find_files(root: Path) -> Files:
    """Find the files; links to folders are not followed.

    Raises:
        LandformError: ``configuration-unreadable`` where there is no such folder or no Terraform in it, or for a
            file that is too large.
    """
    if not root.is_dir():
        raise _refused("There is no such folder.", root, fix="Name a folder with .tf or .tf.json files.")
    hcl: dict[str, list[Path]] = {}
    documents: dict[str, list[Path]] = {}
    variables: list[Path] = []
    errors = []
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED)
        here = os.path.relpath(folder, root)
        for name in sorted(names):
            path = Path(folder, name)
            if name.endswith(VARIABLES) and path.is_file():
                variables.append(path)
            kind = documents if name.endswith(JSON) else hcl if name.endswith(HCL) else None
            if kind is None or not path.is_file():
                continue
            if path.stat().st_size > MOST_BYTES:
                errors.append(
                    _refused(
                        "A file is too large to be checked.",
                        path,
                        given=f"{path.stat().st_size:,} bytes",
                        expected=f"at most {MOST_BYTES:,} bytes",
                        fix="Split it into several files or stacks.",
                    )
                )
            kind.setdefault(here, []).append(path)
    raise_all(errors)
    if not hcl and not documents:
        raise _refused(
            "There is no Terraform in this folder.",
            root,
            expected="files that end in .tf or .tf.json",
            fix="Name the folder of the configuration.",
        )
    return Files(
        root,
        {name: tuple(paths) for name, paths in sorted(hcl.items())},
        {name: tuple(paths) for name, paths in sorted(documents.items())},
        tuple(variables),
    )


@dataclass(frozen=True, slots=True)
class Lines:
    """Where a block was written: the file, relative to the checked folder, and its first line."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


def read_json(files: Files) -> tuple[dict[str, dict[str, Any]], dict[tuple[str, str], Lines]]:
    """The JSON files of each folder, merged as Terraform merges them, as scan copies; and where each block stands.

    A block's line is its file's first: JSON is read whole.

    Raises:
        LandformError: ``configuration-unreadable`` for files that are no JSON, or no configuration, all in one go.
    """
    copies: dict[str, dict[str, Any]] = {}
    lines: dict[tuple[str, str], Lines] = {}
    errors = []
    for name, paths in files.json.items():
        for path in paths:
            try:
                part = scan_copy(json.loads(path.read_text(encoding="utf-8")))
                copies[name] = merged([copies.get(name, {}), part])
                place = Lines(os.path.relpath(path, files.root), 1)
                lines |= {(name, block.address): place for block in StackView(name, part).blocks}
            except RecursionError:
                errors.append(_refused("A file is nested too deeply to be read.", path))
            except ValueError as error:
                errors.append(
                    _refused(
                        "A file is not Terraform's JSON.",
                        Place(file=str(path), line=getattr(error, "lineno", None)),
                        given=getattr(error, "msg", str(error)),
                        expected="the JSON configuration syntax of Terraform",
                        fix="Correct the file; `terraform validate` reads it too.",
                    )
                )
    raise_all(errors)
    return copies, lines


@dataclass(frozen=True, slots=True)
class Configuration:
    """What was read of HCL: checkov's graph, the stack of each file, where blocks stand, and views for own rules.

    ``unread`` are the addresses of modules whose source is not here, by stack; ``twice`` those of blocks that stand in
    two places, of which views have the last. ``is_whole`` is whether nothing but the
    folder's files was read, or asked for by a path.
    """

    graph: Any
    names: Mapping[str, str]
    lines: Mapping[tuple[str, str], Lines]
    views: tuple[StackView, ...]
    unread: tuple[tuple[str, str], ...]
    twice: tuple[tuple[str, str], ...]
    is_whole: bool


def read_graph(manager: Any, files: Files) -> Configuration:
    """Read the HCL files with checkov's parser.

    Raises:
        LandformError: ``configuration-unreadable`` for files that are no HCL, all in one go.
    """
    failed: dict[str, Exception] = {}
    graph, _ = manager.build_graph_from_source_directory(
        str(files.root),
        render_variables=True,
        parsing_errors=failed,
        download_external_modules=False,
        excluded_paths=[*sorted(_SKIPPED), _FOREIGN],
    )
    raise_all(
        [
            _refused(
                "A file is not Terraform.",
                Path(path),
                given=type(error).__name__,
                expected="the configuration syntax of Terraform (HCL)",
                fix="Correct the file; `terraform validate` says where it is wrong.",
            )
            for path, error in sorted(failed.items())
        ]
    )
    names = {str(path): name for name, paths in files.hcl.items() for path in paths}
    inside = names.keys() | {str(path) for path in files.variables}
    for vertex in graph.vertices:
        # Values of variables are the stack's that they lie in; a module beside the folder is a stack like one in it.
        names.setdefault(vertex.path, os.path.relpath(os.path.dirname(vertex.path), files.root))
    pack = shipped_pack("aws")
    lines: dict[tuple[str, str], Lines] = {}
    documents: dict[tuple[str, str, str], dict[str, Any]] = {}
    unread = []
    twice: set[tuple[str, str]] = set()
    is_whole = names.keys() <= inside
    for vertex in graph.vertices:
        name, caller = names[vertex.path], _caller(vertex)
        for block in _blocks(vertex):
            file = os.path.relpath(vertex.path, files.root)
            here = Lines(file, block.body.get("__start_line__", 1))
            if block.kind != "provider" and lines.get((name, block.address), here) != here:
                twice.add((name, block.address))
            lines[name, block.address] = here
            if block.kind == "module" and not block.body.get("__resolved__"):
                unread.append((name, block.address))
                is_whole = is_whole and not str(block.body.get("source")).strip("[']").startswith((".", "/"))
            _add(documents.setdefault((name, block.module, caller), {}), block, _texts(pack, block))
    views = tuple(
        StackView(name, document, module) for (name, module, _), document in sorted(documents.items())
    )
    return Configuration(graph, names, lines, views, tuple(sorted(unread)), tuple(sorted(twice)), is_whole)


@dataclass(frozen=True, slots=True)
class _Block:
    """A block as the parser gives it. ``module`` is what its address begins with."""

    kind: str
    type: str
    name: str
    body: Mapping[str, Any]
    module: str = ""

    @property
    def address(self) -> str:
        """What findings call it."""
        local = ".".join(part for part in (self.type, self.name) if part)
        return f"{self.module}{_PREFIXES.get(self.kind, f'{self.kind}.')}{local}"


def _caller(vertex: Any) -> str:
    """The file in which the outermost module of a block is called: two folders may call one module by one name."""
    call, file = getattr(vertex, "source_module_object", None), ""
    while call is not None:
        call, file = call.nested_tf_module, str(call.path)
    return file


def _blocks(vertex: Any) -> Iterator[_Block]:
    """The blocks of a vertex that rules look at."""
    kind, config = vertex.block_type, vertex.config
    if kind in ("resource", "data"):
        for entity_type, named in config.items():
            for label, body in named.items():
                prefix = _MODULE.match(str(body.get("__address__", "")))
                yield _Block(kind, entity_type, label, body, prefix[0] if prefix else "")
    elif kind == "module":
        for label, body in config.items():
            yield _Block(kind, "", label, body)
    elif kind == "provider":
        for label, body in config.items():
            alias = body.get("alias")
            yield _Block(kind, "", f"{label}.{_argument(alias)}" if alias else label, body)
    elif kind == "terraform":
        for asked in config.get("required_providers", ()):
            for label, body in asked.items():
                if not _MARKS.fullmatch(label):
                    settings = body[0] if isinstance(body, list) and body else body
                    body = settings if isinstance(settings, Mapping) else {"version": settings}
                    yield _Block(kind, "", label, body)


def _add(document: dict[str, Any], block: _Block, texts: frozenset[str]) -> None:
    """Put a block where Terraform's JSON has it."""
    body = _plain(block.body, texts)
    if block.kind == "provider":
        document.setdefault("provider", {}).setdefault(block.name.partition(".")[0], []).append(body)
    elif block.kind == "terraform":
        document.setdefault("terraform", {}).setdefault("required_providers", {})[block.name] = body
    elif block.kind == "module":
        document.setdefault("module", {})[block.name] = body
    else:
        document.setdefault(block.kind, {}).setdefault(block.type, {})[block.name] = body


def _texts(pack: Pack, block: _Block) -> frozenset[str]:
    """The arguments of a type that are text: a JSON document where the parser gives an object."""
    types = {"resource": pack.resource_types, "data": pack.data_source_types}.get(block.kind, ())
    if block.type not in types:
        return frozenset()
    schema = pack.data_source(block.type) if block.kind == "data" else pack.resource(block.type)
    return frozenset(name for name, attribute in schema.attributes.items() if attribute.type == "string")


def _plain(body: Mapping[str, Any], texts: frozenset[str]) -> dict[str, Any]:
    """A body as Terraform's JSON has it: without the parser's marks, documents as text, references as templates."""
    return {
        key: _document(value) if key in texts else _argument(value)
        for key, value in body.items()
        if not _MARKS.fullmatch(key)
    }


def _argument(value: Any) -> Any:
    """The value of an argument, which the parser puts into an array; nested blocks are an array of objects."""
    if isinstance(value, list) and value and all(isinstance(item, Mapping) for item in value):
        return [_plain(item, frozenset()) for item in value]
    inner = value[0] if isinstance(value, list) and len(value) == 1 else value
    return None if inner == _NULL else _value(inner)


def _document(value: Any) -> Any:
    inner = value[0] if isinstance(value, list) and len(value) == 1 else value
    if inner == _NULL:
        return None
    return json.dumps(_value(inner)) if isinstance(inner, Mapping) else _value(inner)


def _value(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _value(item) for key, item in value.items() if not _MARKS.fullmatch(str(key))}
    if isinstance(value, list):
        return [_value(item) for item in value]
    if value == _NULL:
        # In the midst of a value, as a principal of a policy, it is something that only Terraform knows.
        return "${null}"
    if isinstance(value, str) and _FOR.fullmatch(value):
        return f"${{{value}}}"
    if isinstance(value, str) and "${" not in value:
        return f"${{{value}}}" if _EXPRESSION.fullmatch(value) else _WITHIN.sub(r"${\1}", value)
    return value


def _refused(message: str, where: Path | Place, **words: str) -> LandformError:
    place = where if isinstance(where, Place) else Place(file=str(where))
    return LandformError(Code.CONFIGURATION_UNREADABLE, message, place=place, **words)
