"""The scan copies of a bundle's stacks, each read when it is asked for: a fleet's would fill the memory."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeGuard

from landform.checks.scan_copy import scan_copy
from landform.errors import Code, LandformError, Place
from landform.policies.view import Surroundings
from landform.synth.bundle import INDEX, STACK_FILE, Bundle, StackRecord


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

    def surroundings(self) -> dict[str, Surroundings]:
        """What the spec says of each stack's place; of none in a bundle of a landform that did not write it.

        Raises:
            LandformError: ``check-incomplete`` where the bundle says something else there.
        """
        return surroundings_of(self.bundle.stacks.values())


def surroundings_of(records: Iterable[StackRecord]) -> dict[str, Surroundings]:
    """What the spec says of the place of each of some stacks, by name; of none where it says nothing.

    Raises:
        LandformError: ``check-incomplete`` where a bundle says something else there.
    """
    return {
        record.name: _surroundings(record, record.bounds) for record in records if record.bounds is not None
    }


def _surroundings(record: StackRecord, bounds: Any) -> Surroundings:
    said = bounds if isinstance(bounds, Mapping) else {}
    regions, tags, denied = said.get("regions"), said.get("mandatory_tags"), said.get("denied_services")
    services, prefix, data_class = said.get("services", ""), said.get("prefix"), said.get("data_class")
    if not (
        _are_words(regions)
        and _are_words(tags)
        and _are_words(denied)
        and (services is None or _are_words(services))
        and isinstance(prefix, str)
        and isinstance(data_class, str)
    ):
        raise LandformError(
            Code.CHECK_INCOMPLETE,
            "What the bundle says of the place of a stack cannot be read.",
            place=Place(file=INDEX),
            given=record.name,
            expected="regions, services, tags, prefix and data class as synth writes them",
            fix="Run `landform synth` again.",
        )
    return Surroundings(
        record.account_id,
        tuple(regions),
        tuple(tags),
        prefix=prefix,
        services=None if services is None else tuple(services),
        denied_services=tuple(denied),
        data_class=data_class,
    )


def _are_words(value: Any) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(word, str) for word in value)
