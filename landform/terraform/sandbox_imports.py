"""What stands in a sandbox and stacks may take over there.

An ``import`` block of a stack is about the real AWS, so the sandbox's plan leaves it out (``sandbox_support``). What
``landform accounts adopt --sandbox`` found in a sandbox stands there, and its blocks are kept, as long as that one
sandbox is up.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from landform.errors import Code, LandformError, Place

FILE = Path(".landform/sandbox-imports.json")


def standing_imports(project: Path, instance: str) -> Mapping[str, frozenset[str]]:
    """The addresses of each stack whose objects stand in a sandbox, by stack; none of another sandbox's."""
    try:
        kept = json.loads((project / FILE).read_text(encoding="utf-8"))
        if kept["instance"] != instance:
            return {}
        return {stack: frozenset(addresses) for stack, addresses in kept["stacks"].items()}
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        # It can be deleted at any time; what is not known to stand is planned as new.
        return {}


def remember(project: Path, instance: str, found: Mapping[str, Iterable[str]]) -> None:
    """Add addresses of stacks whose objects stand in a sandbox.

    Raises:
        LandformError: ``not-writable``.
    """
    path = project / FILE
    known = standing_imports(project, instance)
    stacks = {
        stack: sorted({*known.get(stack, ()), *found.get(stack, ())}) for stack in sorted({*known, *found})
    }
    part = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(exist_ok=True)
        part.write_text(json.dumps({"instance": instance, "stacks": stacks}), encoding="utf-8")
        os.replace(part, path)
    except OSError as error:
        raise LandformError(
            Code.NOT_WRITABLE,
            "What stands in the sandbox cannot be written down.",
            place=Place(file=str(path)),
            given=error.strerror or str(error),
        ) from None
