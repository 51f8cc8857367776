"""``landform org fmt``: the spec's files in one form, so that a diff shows what changed and nothing else.

Keys come in the order of their model; comments, quotes and the order of lists stay. What a file says is compared
before and after, and a file that would say something else, or lose a comment, is refused.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import yaml

from landform.errors import Code, LandformError, Place, raise_all
from landform.org.document import Document, parse, read_text
from landform.org.files import write_file
from landform.org.jsonschema import MODELS
from landform.org.load import require_spec
from landform.org.models import Model
from landform.org.spec import ROOT
from landform.org.yaml_tree import Fields, Items, Node, comments, read_tree
from landform.org.yaml_write import write_tree

# What a layer says in other channels than its own keys, and so behind them.
CHANNELS = frozenset({"defaults", "merge", "enforce"})
_ALTERNATIVES = (Annotated, Union, UnionType)


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A file of the spec, relative to the project, as it is and as it would be."""

    file: str
    before: str
    after: str


def format_text(text: str, file: str) -> str:
    """A file's text in the one form; ``file`` is what errors call it.

    Raises:
        LandformError: ``spec-...`` where the text is no file of a spec; ``spec-syntax`` where it cannot be
            written anew without a change of what it says.
    """
    before = parse(text, file)
    try:
        tree = read_tree(text)
        _order(tree, _model(before))
        after = write_tree(tree)
        same = parse(after, file).value == before.value and _remarks(after) == _remarks(text)
    except (yaml.YAMLError, LandformError):
        same = False
    if not same:
        raise LandformError(
            Code.SPEC_SYNTAX,
            "The file cannot be written anew without a change of what it says.",
            place=Place(file),
            expected="YAML without tabs and unusual line breaks between its values",
            fix="Write it more plainly: one key a line, texts in double quotes.",
        )
    return after


def format_spec(project: Path) -> tuple[list[Rewritten], int]:
    """What would change in the files of a project's spec, and how many files there are. Writes nothing.

    Raises:
        LandformError: each file that cannot be formatted.
    """
    changed: list[Rewritten] = []
    errors: list[LandformError] = []
    files = spec_files(project)
    for file in files:
        try:
            before = read_text(project, file)
            after = format_text(before, file)
        except LandformError as error:
            errors += error.each()
            continue
        if before != after:
            changed.append(Rewritten(file, before, after))
    raise_all(errors)
    return changed, len(files)


def write_all(project: Path, rewritten: list[Rewritten]) -> None:
    """Write files anew, each whole or not at all.

    Raises:
        LandformError: ``not-writable``.
    """
    for each in rewritten:
        write_file(project / each.file, each.after)


def spec_files(project: Path) -> list[str]:
    """The YAML files of a project's spec, relative to it, sorted.

    Raises:
        LandformError: as ``require_spec``.
    """
    require_spec(project)
    root = project / ROOT
    return sorted(
        path.relative_to(project).as_posix()
        for path in root.rglob("*.yaml")
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(root).parts)
    )


def _remarks(text: str) -> list[str]:
    return sorted(comments(text))


def _model(text: Document) -> type[Model] | None:
    """The model of a file by its ``schema``, whatever the version; None where there is none."""
    kind = re.fullmatch(r"landform/([a-z-]+)/v[0-9]+", str(text.value.get("schema")))
    return MODELS.get(kind[1]) if kind else None


def _order(node: Node, annotation: Any) -> None:
    """Put the keys of models into the models' order; unknown keys and free mappings keep theirs."""
    if isinstance(node, Items):
        inner = next(_arguments(annotation, (tuple, list)), (None,))[0]
        for entry in node.entries:
            _order(entry.value, inner)
    elif isinstance(node, Fields):
        types = next(map(_keys, _models(annotation)), {})
        rank = {key: number for number, key in enumerate(types)}
        node.entries.sort(key=lambda entry: rank.get(entry.name, len(rank)))
        values = next(_arguments(annotation, (dict,)), (None,))[-1]
        for entry in node.entries:
            _order(entry.value, types.get(entry.name, values))


@cache
def _keys(model: type[Model]) -> Mapping[str, Any]:
    """A model's keys with their types: its own first, then those it shares with others, the channels last."""
    names = dict.fromkeys(name for each in model.__mro__ for name in inspect.get_annotations(each))
    fields = [(name, model.model_fields[name]) for name in names if name in model.model_fields]
    fields.sort(key=lambda item: item[0] in CHANNELS)
    return {field.alias or name: field.annotation for name, field in fields}


def _models(annotation: Any) -> Iterator[type[Model]]:
    """The models that a type is, or may be."""
    if inspect.isclass(annotation) and issubclass(annotation, Model):
        yield annotation
    elif get_origin(annotation) in _ALTERNATIVES:
        for each in get_args(annotation):
            yield from _models(each)


def _arguments(annotation: Any, origins: tuple[type, ...]) -> Iterator[tuple[Any, ...]]:
    """The arguments of the generic types of some origins that a type is, or may be."""
    if get_origin(annotation) in origins:
        yield get_args(annotation)
    elif get_origin(annotation) in _ALTERNATIVES:
        for each in get_args(annotation):
            yield from _arguments(each, origins)
