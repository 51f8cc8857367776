"""The app: the root of the tree, and the cdktf-compatible output of its stacks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from landform.core.construct import Construct
from landform.core.emit import terraform_json
from landform.core.outdir import OutputFolder
from landform.core.stack import CDKTF_VERSION, Annotation, Stack, StackSynthesis
from landform.errors import Code, LandformError, Place, raise_all

MANIFEST = "manifest.json"


class App(Construct):
    """The root of a construct tree. ``context`` holds values that every construct can look up."""

    def __init__(self, *, context: Mapping[str, Any] | None = None) -> None:
        super().__init__(None, "")
        for key, value in (context or {}).items():
            self.node.set_context(key, value)

    def stacks(self) -> tuple[Stack, ...]:
        """Every stack of the app, in the order they were made."""
        return tuple(c for c in self.node.find_all() if isinstance(c, Stack))

    def synthesise(self) -> tuple[StackSynthesis, ...]:
        """Synthesise every stack in memory.

        Raises:
            LandformError: everything that is wrong in any stack, in one go.
        """
        stacks = self.stacks()
        errors: list[LandformError] = list(_shared_names(stacks))
        done: list[StackSynthesis] = []
        for stack in stacks:
            try:
                done.append(stack.synthesise())
            except LandformError as error:
                errors.append(error)
        errors.extend(LandformError(Code.VALIDATION, message) for message in self.node.validate())
        raise_all(errors)
        return tuple(done)

    def synth(self, outdir: Path | str = "cdktf.out") -> None:
        """Synthesise and write a folder that the cdktf command lines accept, whole or not at all."""
        stacks = self.synthesise()
        with OutputFolder(Path(outdir), marker=MANIFEST, owned=is_cdktf_file) as folder:
            for stack in stacks:
                folder.write(stack_path(stack.name), stack.text)
            folder.write(MANIFEST, manifest(stacks))


def context_from_json(text: str | None) -> dict[str, Any]:
    """The context that the cdktf command lines pass as ``CDKTF_CONTEXT_JSON``.

    Raises:
        LandformError: ``usage`` where it is not a JSON object.
    """
    if not text:
        return {}
    try:
        context = json.loads(text)
    except ValueError:
        context = None
    if not isinstance(context, dict):
        raise LandformError(
            Code.USAGE,
            "The context is not a JSON object.",
            place=Place(file="CDKTF_CONTEXT_JSON"),
            given=text[:80],
            expected='{"key": "value"}',
        )
    return context


def stack_path(name: str) -> str:
    """Where a stack's file stands in the output folder."""
    return f"stacks/{name}/cdk.tf.json"


def is_cdktf_file(path: Path) -> bool:
    """Whether a path of the output folder is one that cdktf, or landform, writes."""
    return path.parts == (MANIFEST,) or (
        len(path.parts) == 3 and path.parts[0] == "stacks" and path.name in ("cdk.tf.json", "metadata.json")
    )


def manifest(stacks: Iterable[StackSynthesis]) -> str:
    """The text of ``manifest.json``."""
    return terraform_json(
        {"version": CDKTF_VERSION, "stacks": {stack.name: manifest_entry(stack) for stack in stacks}}
    )


def manifest_entry(stack: StackSynthesis) -> dict[str, Any]:
    """A stack's entry in the manifest. Dependencies are names, which is what the command lines compare."""
    return {
        "name": stack.name,
        "constructPath": stack.path,
        "workingDirectory": f"stacks/{stack.name}",
        "synthesizedStackPath": stack_path(stack.name),
        "stackMetadataPath": f"stacks/{stack.name}/metadata.json",
        "annotations": [_annotation(annotation) for annotation in stack.annotations],
        "dependencies": list(stack.dependencies),
    }


def annotations_of(entries: Iterable[Mapping[str, Any]]) -> Iterator[Annotation]:
    """The annotations that entries of a manifest hold."""
    for entry in entries:
        for each in entry["annotations"]:
            yield Annotation(each["constructPath"], each["level"].removeprefix("@cdktf/"), each["message"])


def _annotation(annotation: Annotation) -> dict[str, str]:
    return {
        "constructPath": annotation.construct_path,
        "level": f"@cdktf/{annotation.level}",
        "message": annotation.message,
    }


def _shared_names(stacks: Iterable[Stack]) -> Iterator[LandformError]:
    seen: dict[str, Stack] = {}
    for stack in stacks:
        other = seen.setdefault(stack.name, stack)
        if other is not stack:
            yield LandformError(
                Code.DUPLICATE_ID,
                "Two stacks share a name, and would share a folder and a state.",
                place=stack.node.place,
                given=repr(stack.name),
                expected="a name unique in the app, whatever the stack stands under",
                fix=f"The other one is {other.node.path!r}, made at {other.node.source}. Rename one of the two.",
            )
