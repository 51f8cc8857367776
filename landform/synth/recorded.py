"""What the stacks of a bundle were made from, beside them: ``landform/inputs.json``.

A digest says that something differs; this says what. Accounts, settings and tags are shared by many stacks, so each
value stands once, under its digest.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from landform.digest import canonical_json, digest, sha256
from landform.org.facts import PARTS
from landform.org.fleet import StackInstance

FORMAT = "landform/inputs/v1"
RECORDED = "landform/inputs.json"


def recorded_text(instances: Iterable[StackInstance], code: Mapping[str, str]) -> str:
    """The text of the file for some stack instances and the files of the code that made them."""
    values: dict[str, Any] = {}
    stacks: dict[str, dict[str, str]] = {}
    # Instances share what is the same for them: its digest is worked out once.
    known: dict[tuple[str, int], str] = {}
    for instance in instances:
        parts = stacks[instance.key] = {}
        for name, part in PARTS.items():
            key = (name, id(getattr(instance, name)))
            if key not in known:
                value = part(instance)
                known[key] = digest(value)
                values[known[key]] = value
            parts[name] = known[key]
    return canonical_json({"code": dict(code), "format": FORMAT, "stacks": stacks, "values": values})


@dataclass(frozen=True, slots=True)
class Recorded:
    """The file as it was read."""

    stacks: Mapping[str, Mapping[str, str]]
    values: Mapping[str, Any]
    code: Mapping[str, str]

    @classmethod
    def read(cls, root: Path, expected: str | None) -> Recorded:
        """Read the file of a bundle; one that is missing, or not the one of that SHA-256, says nothing."""
        try:
            data = (root / RECORDED).read_bytes()
            if sha256(data) == expected:
                document = json.loads(data)
                return cls(document["stacks"], document["values"], document["code"])
        except (OSError, ValueError, KeyError, TypeError):
            # A record that cannot be read is none; what it would explain stays unexplained and is told so.
            pass
        return cls({}, {}, {})

    def facts(self, name: str) -> dict[str, Any] | None:
        """What a stack was made from, by part; None where that is not recorded."""
        if name not in self.stacks:
            return None
        return {part: self.values.get(of) for part, of in self.stacks[name].items()}
