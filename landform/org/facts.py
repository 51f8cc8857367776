"""What a stack is made from, as plain JSON in named parts, and how two such differ, field by field."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from landform.org.fleet import StackInstance
from landform.org.models import Model


@dataclass(frozen=True, slots=True)
class Change:
    """A field that differs: its dotted path, and the JSON value on both sides, None where there is none."""

    field: str
    before: Any
    after: Any

    def as_json(self) -> dict[str, Any]:
        """The change as JSON."""
        return {"field": self.field, "before": self.before, "after": self.after}

    def __str__(self) -> str:
        if self.before is None:
            return f"{self.field}: {shown(self.after)} (new)"
        if self.after is None:
            return f"{self.field}: {shown(self.before)} (gone)"
        return f"{self.field}: {shown(self.before)} -> {shown(self.after)}"


def facts(instance: StackInstance) -> dict[str, Any]:
    """What one stack instance is made from, by part."""
    return {name: part(instance) for name, part in PARTS.items()}


def changes(before: Any, after: Any, path: str = "") -> Iterator[Change]:
    """The fields that differ between two JSON values; a list is one field, a mapping one for each key."""
    before, after = (None if side == {} else side for side in (before, after))
    if before == after:
        return
    if all(side is None or isinstance(side, Mapping) for side in (before, after)):
        # A mapping that is new or gone is told field by field too.
        before, after = before or {}, after or {}
        for key in sorted({*before, *after}):
            yield from changes(before.get(key), after.get(key), f"{path}.{key}" if path else key)
    else:
        yield Change(path, before, after)


def shown(value: Any) -> str:
    """A JSON value in words."""
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(shown, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    if value is None or value == "":
        return "nothing"
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def model_json(model: Model) -> dict[str, Any]:
    """A model as JSON, under the keys of its file, without those it does not give."""
    return model.model_dump(mode="json", by_alias=True, exclude_none=True)


PARTS: Mapping[str, Callable[[StackInstance], Any]] = MappingProxyType(
    {
        "account": lambda instance: model_json(instance.account),
        "accounts": lambda instance: dict(instance.accounts),
        "construct": lambda instance: instance.construct,
        "imports": lambda instance: dict(instance.imports),
        "moves": lambda instance: dict(instance.moves),
        "needs": lambda instance: list(instance.needs),
        "organization": lambda instance: model_json(instance.organization),
        "params": lambda instance: dict(instance.params),
        "region": lambda instance: instance.region,
        "regional": lambda instance: instance.regional,
        "settings": lambda instance: model_json(instance.settings),
        "tags": lambda instance: dict(instance.tags),
        # What else a tier holds stands in the settings, resolved.
        "tier": lambda instance: {"name": instance.tier.name, "rank": instance.tier.rank},
        "waivers": lambda instance: {waiver.id: model_json(waiver) for waiver in instance.waivers},
    }
)
