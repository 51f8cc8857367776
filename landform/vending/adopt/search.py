"""The stacks of an account gone through, resource by resource: what of them stands in the account already."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from landform.errors import LandformError
from landform.org.living import told
from landform.org.models import Import
from landform.synth.bundle import Bundle, StackRecord
from landform.vending.adopt.finders import FINDERS, NOT_SOUGHT, UNKNOWN
from landform.vending.adopt.sought import Obstacle, Sought
from landform.vending.steps.step import FIX, InAccount, replaced


@dataclass(frozen=True, slots=True)
class Found:
    """A resource of a stack whose like stands in the account; ``entry`` is its line in the spec."""

    address: str
    type: str
    entry: Import


@dataclass(frozen=True, slots=True)
class Search:
    """What came of a search.

    Attributes:
        found: what stands in the account.
        absent: addresses of what was looked for and is not there, with their stacks before them.
        obstacles: what stands in the way and cannot be imported: stack and address, and what it is.
        unsought: the types that were not looked for, with how many resources there are of each and why.
    """

    found: tuple[Found, ...]
    absent: tuple[str, ...]
    unsought: Mapping[str, tuple[int, str]]
    obstacles: Mapping[str, Obstacle]

    @property
    def addresses(self) -> dict[str, tuple[str, ...]]:
        """The addresses of what was found, by stack."""
        stacks = sorted({each.entry.stack for each in self.found})
        return {
            stack: tuple(each.address for each in self.found if each.entry.stack == stack) for stack in stacks
        }


def search(
    bundle: Bundle,
    records: Sequence[StackRecord],
    at: InAccount,
    *,
    skip: Mapping[str, str] | None = None,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Search:
    """Look in an account for what some stacks would make. What code or spec takes over already is left out.

    Args:
        bundle: the bundle.
        records: the stacks, all of the one account.
        at: the account.
        skip: types that are not looked for, and why.
        on_progress: told how many resources were looked for, and of how many.

    Raises:
        LandformError: ``aws-refused``, ``bundle-tampered``.
    """
    reasons = {**NOT_SOUGHT, **(skip or {})}
    found: list[Found] = []
    absent: list[str] = []
    unsought: dict[str, tuple[int, str]] = {}
    obstacles: dict[str, Obstacle] = {}
    resources = [each for record in records for each in _resources(bundle, record, at)]
    for done, (record, address, terraform_type, sought) in enumerate(resources, 1):
        finder = None if terraform_type in reasons else FINDERS.get(terraform_type)
        if finder is None:
            count, _ = unsought.get(terraform_type, (0, ""))
            unsought[terraform_type] = (count + 1, reasons.get(terraform_type, UNKNOWN))
        elif (id := _asked(terraform_type, lambda: finder(sought))) is None:  # noqa: B023 - called at once
            absent.append(f"{record.name}: {address}")
        elif isinstance(id, Obstacle):
            obstacles[f"{record.name}: {address}"] = id
        else:
            path = record.resources[address].construct_path.removeprefix(f"{record.name}/")
            found.append(Found(address, terraform_type, Import(stack=record.name, to=path, id=id)))
        on_progress(done, len(resources))
    return Search(tuple(found), tuple(absent), dict(sorted(unsought.items())), obstacles)


def _resources(
    bundle: Bundle, record: StackRecord, at: InAccount
) -> Iterator[tuple[StackRecord, str, str, Sought]]:
    document: Mapping[str, Any] = json.loads(bundle.text(record.name))
    taken = {block["to"] for block in document.get("import", [])}
    resources = document.get("resource", {})
    for terraform_type, named in resources.items():
        for name, block in named.items():
            address = f"{terraform_type}.{name}"
            if address not in taken and address in record.resources:
                yield record, address, terraform_type, Sought(at, record.region, resources, name, block)


def _asked(terraform_type: str, find: Callable[[], str | Obstacle | None]) -> str | Obstacle | None:
    try:
        with told(f"what reads {terraform_type}"):
            return find()
    except LandformError as error:
        raise replaced(error, FIX) from None
