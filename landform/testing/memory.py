"""A bundle that is on no disk: stacks that were synthesised in memory, as rules and questions on access read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import landform
from landform.digest import digest
from landform.org.layers import strictest
from landform.org.models import Tier
from landform.synth.bundle import Bundle, StackRecord


@dataclass(frozen=True, slots=True)
class MemoryBundle(Bundle):
    """A bundle whose stacks are texts by name."""

    texts: Mapping[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A stack's synthesised text."""
        return self.texts[name]


def memory_bundle(stacks: Mapping[str, tuple[StackRecord, str, Tier]]) -> MemoryBundle:
    """The bundle of some stacks: each one's record, text and tier, by name."""
    by_tier: dict[str, list[Tier]] = {}
    for _, _, tier in stacks.values():
        by_tier.setdefault(tier.name, []).append(tier)
    records = {name: record for name, (record, _, _) in sorted(stacks.items())}
    return MemoryBundle(
        root=Path(),
        stacks=records,
        tiers={
            name: {"guard": strictest(each).guard.model_dump(mode="json")} for name, each in by_tier.items()
        },
        generator=f"landform {landform.__version__}",
        digest=digest([record.sha256 for record in records.values()]),
        texts={name: text for name, (_, text, _) in stacks.items()},
    )
