"""``org/imports.yaml`` with what was found, and without what was applied; comments and order stay."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from landform.org.format import format_text
from landform.org.jsonschema import schema_id
from landform.org.models import Import, Imports
from landform.org.round_trip import read_round_trip, written
from landform.org.spec import IMPORTS


def with_entries(text: str | None, found: Iterable[Import]) -> str:
    """The file with more entries at its end; ``text`` is None where there is no file yet."""
    document = read_round_trip(text) if text else {"schema": schema_id(Imports), "imports": []}
    document["imports"] = [
        *document["imports"],
        *({"stack": each.stack, "to": each.to, "id": each.id} for each in found),
    ]
    return format_text(written(document), IMPORTS)


def without_entries(text: str, applied: Collection[tuple[str, str]]) -> str:
    """The file without the entries of these stacks and paths."""
    document = read_round_trip(text)
    entries = document["imports"]
    for index in reversed(range(len(entries))):
        if (entries[index]["stack"], entries[index]["to"]) in applied:
            del entries[index]
    return format_text(written(document), IMPORTS)
