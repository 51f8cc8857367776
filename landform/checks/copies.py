"""The scan copies of a bundle's stacks, each read when it is asked for: a fleet's would fill the memory."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from landform.checks.scan_copy import scan_copy
from landform.errors import Code, LandformError, Place
from landform.synth.bundle import STACK_FILE, Bundle


@dataclass(frozen=True, slots=True, eq=False)
class ScanCopies(Mapping[str, dict[str, Any]]):
    """The scan copies of a bundle's stacks by name; nothing is kept of what was read.

    Asking for one raises ``bundle-tampered`` where the stack's file is not the one that was synthesised, and
    ``check-incomplete`` where it is no Terraform JSON.
    """

    bundle: Bundle

    def __getitem__(self, name: str) -> dict[str, Any]:
        try:
            return scan_copy(json.loads(self.bundle.text(name)))
        except ValueError as error:
            raise LandformError(
                Code.CHECK_INCOMPLETE,
                "A stack is not the Terraform JSON that rules can read.",
                place=Place(file=str(self.bundle.folder(name) / STACK_FILE)),
                given=str(error),
                expected="the Terraform JSON configuration syntax",
                fix="Run `landform synth` again.",
            ) from error

    def __iter__(self) -> Iterator[str]:
        return iter(self.bundle.stacks)

    def __len__(self) -> int:
        return len(self.bundle.stacks)

    def of(self, *names: str) -> ScanCopies:
        """Those of some stacks: little enough to be handed to another process."""
        stacks = {name: self.bundle.stacks[name] for name in names}
        return ScanCopies(replace(self.bundle, stacks=stacks))
