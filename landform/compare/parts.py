"""A stack's document taken apart: resources, data sources, providers, the backend, outputs, settings, by address.

What says the same in other words is left out: cdktf's metadata, the mandatory tags (told once for the stack), the tag
with a resource's own construct path.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from landform.compare.model import What
from landform.synth.bundle import StackRecord

Body = Mapping[str, Any]

_PUBLISHED = "/landform/"
_HIDDEN = "//"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a stack. ``type`` is the resource type, or empty."""

    what: What
    address: str
    type: str
    body: Any


@dataclass(frozen=True)
class Stack:
    """A stack of a bundle: its record and its document, parsed."""

    record: StackRecord
    document: Mapping[str, Any] = field(repr=False)

    @cached_property
    def parts(self) -> dict[str, Part]:
        """Every part by its address."""
        return {part.address: part for part in self._parts()}

    @cached_property
    def moved(self) -> dict[str, str]:
        """What its ``moved`` blocks say: the address before, by the address now."""
        found = self.document.get("moved", [])
        return {block["to"]: block["from"] for block in (found if isinstance(found, list) else [found])}

    def path(self, address: str) -> str:
        """The construct path of a resource below the stack; empty where the index has none."""
        made = self.record.resources.get(address)
        return made.construct_path.removeprefix(f"{self.record.name}/") if made else ""

    def source(self, address: str) -> str:
        """The line that makes a resource."""
        made = self.record.resources.get(address)
        return made.source if made else ""

    def bare(self, part: Part, *, mandatory: bool = False) -> Any:
        """A part's body without what repeats; the mandatory tags stay in only where asked."""
        if not isinstance(part.body, dict):
            return part.body
        body = {name: value for name, value in part.body.items() if name != _HIDDEN}
        tags = body.get("tags")
        if isinstance(tags, dict):
            own = self.record.resources.get(part.address)
            same = {} if mandatory else dict(self.record.tags)
            if own:
                same["construct"] = own.construct_path
            body["tags"] = {name: one for name, one in tags.items() if same.get(name) != one}
        return body

    def _parts(self) -> Iterator[Part]:
        for section, blocks in self.document.items():
            match section:
                case "//" | "moved":
                    pass
                case "resource" | "data":
                    yield from self._typed(section, blocks)
                case "provider":
                    for name, bodies in blocks.items():
                        yield from _providers(name, bodies)
                case "terraform":
                    yield from _settings(blocks)
                case "output":
                    yield from (Part("output", f"output.{name}", "", body) for name, body in blocks.items())
                case _ if isinstance(blocks, dict):
                    yield from (
                        Part("setting", f"{section}.{name}", "", body) for name, body in blocks.items()
                    )
                case _:
                    yield Part("setting", section, "", blocks)

    def _typed(self, section: str, blocks: Mapping[str, Any]) -> Iterator[Part]:
        for type, named in blocks.items():
            for name, body in named.items():
                if section == "data":
                    yield Part("data", f"data.{type}.{name}", f"data.{type}", body)
                else:
                    yield Part(
                        "published" if _is_published(type, body) else "resource", f"{type}.{name}", type, body
                    )


def _is_published(type: str, body: Body) -> bool:
    return type == "aws_ssm_parameter" and str(body.get("name", "")).startswith(_PUBLISHED)


def _providers(name: str, bodies: Any) -> Iterator[Part]:
    for body in bodies if isinstance(bodies, list) else [bodies]:
        alias = body.get("alias")
        yield Part("provider", f"provider.{name}.{alias}" if alias else f"provider.{name}", "", body)


def _settings(terraform: Mapping[str, Any]) -> Iterator[Part]:
    for name, value in terraform.items():
        if name == "backend":
            yield from (Part("backend", f"backend.{kind}", "", body) for kind, body in value.items())
        elif name == "required_providers":
            for provider, body in value.items():
                yield Part("provider", f"required_providers.{provider}", "", body)
        else:
            yield Part("setting", f"terraform.{name}", "", value)
