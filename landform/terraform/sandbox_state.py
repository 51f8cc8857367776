"""The state of a stack in the sandbox: a file in its working folder, of one sandbox instance alone.

moto forgets everything when it ends, so what a state says was made there is not in the next one: Terraform would
look for each resource, find none, and plan them all again as if somebody had deleted them. The file does not have
the name that Terraform gives a local state, so that no later ``init`` of the stack's own backend offers to move
what the sandbox made to where the real state is.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from landform.errors import Code, LandformError, Place

STATE = "sandbox.tfstate"
INSTANCE = "sandbox.instance"
BACKEND: Mapping[str, Any] = {"local": {"path": STATE}}
# Terraform's own names for what it writes beside a local state.
FILES = (STATE, f"{STATE}.backup", f".{STATE}.lock.info")


def claim(folder: Path, instance: str) -> tuple[str, ...]:
    """Make a working folder this sandbox's; a notice where it held what was applied to another.

    Raises:
        LandformError: ``not-writable``.
    """
    owner = folder / INSTANCE
    try:
        if owner.is_file() and owner.read_text(encoding="utf-8") == instance:
            return ()
        applied = (folder / STATE).exists()
        # First what is another's, then the name: a kill between leaves nothing taken that is not ours.
        for name in FILES:
            (folder / name).unlink(missing_ok=True)
        part = owner.with_name(f"{INSTANCE}.part")
        part.write_text(instance, encoding="utf-8")
        os.replace(part, owner)
    except OSError as error:
        raise LandformError(
            Code.NOT_WRITABLE,
            "The state of another sandbox cannot be put away.",
            place=Place(file=str(folder)),
            given=error.strerror or str(error),
        ) from None
    return (
        ("What was applied to a sandbox that has ended is forgotten: this one is empty.",) if applied else ()
    )
