"""What each layer of a spec says, read from its documents, statement by statement, with its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from landform.errors import Place
from landform.org.combine import Channel, Said
from landform.org.document import Document, Loc, Spot
from landform.org.leaves import MAPS, SECTIONS, Path, leaf_at
from landform.org.models import Account, Guard, Model, Rollout, Sizing
from landform.org.spec import ORGANIZATION, OUS, STACKS, OrgSpec, account_file, baseline_file, tier_file

# How near to the stack each layer is; organizational units lie between the organisation and the tier.
_LANDFORM, _ORGANIZATION, _TIER, _REGION, _ACCOUNT, _STACK = 0, 1, 1000, 1001, 1002, 1003

_CHANNELS: Mapping[str, Channel] = {
    "defaults": Channel.DEFAULTS,
    "merge": Channel.MERGE,
    "enforce": Channel.ENFORCE,
}
_KEYS = frozenset({*SECTIONS, "params"})

Statement = tuple[Path, Said]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a document that says something: where it stands, which settings it is about, and what it says."""

    loc: Loc
    path: Path
    channel: Channel
    value: Any


@dataclass(frozen=True, slots=True)
class Section:
    """What one layer says about one section.

    Sections of equal ``content`` say the same at the same distance from a stack, wherever they stand: what is found
    out about one is true of the others. Most accounts of a fleet say much the same.
    """

    layer: str
    depth: int
    document: Document | None
    parts: tuple[Part, ...]
    content: str

    def statements(self) -> Iterator[Statement]:
        """Each setting and what is said of it."""
        for part in self.parts:
            yield from self._walk(part.loc, part.path, part.channel, part.value)

    def _walk(self, loc: Loc, path: Path, channel: Channel, value: Any) -> Iterator[Statement]:
        if leaf_at(path):
            # Nothing says nothing; but a parameter may be nothing.
            if value is not None or path[0] in MAPS:
                at = Spot(self.document, loc) if self.document else Place()
                yield path, Said(self.layer, self.depth, channel, value, at)
        elif isinstance(value, Mapping):
            for key, inner in value.items():
                yield from self._walk((*loc, key), (*path, key), channel, inner)


@dataclass(frozen=True, slots=True)
class Layer:
    """What one layer says, by section: ``guard``, ``tags``, ..., and ``params.<stack>`` for each stack.

    ``file`` is where it stands; landform's own defaults stand in no file.
    """

    name: str
    sections: Mapping[str, Section]
    says_settings: bool
    file: str

    @classmethod
    def of(cls, name: str, depth: int, document: Document | None, parts: Iterable[Part]) -> Layer:
        """A layer of some parts of a document."""
        found: dict[str, list[Part]] = {}
        for part in parts:
            for each in _by_stack(part) if part.path == ("params",) else (part,):
                found.setdefault(
                    ".".join(each.path) if each.path[0] == "params" else each.path[0], []
                ).append(each)
        sections = {
            key: Section(
                name,
                depth,
                document,
                tuple(each),
                repr([depth, *((p.path, p.channel, p.value) for p in each)]),
            )
            for key, each in found.items()
        }
        return cls(name, sections, not found.keys().isdisjoint(SECTIONS), document.file if document else "")

    def statements(self) -> Iterator[Statement]:
        """Everything it says."""
        for section in self.sections.values():
            yield from section.statements()


class LayerReader:
    """The layers of a spec: ``landform``'s defaults, the ``organization``, and by name all others."""

    def __init__(self, spec: OrgSpec) -> None:
        self._spec = spec
        self._accounts: dict[str, tuple[Layer, ...]] = {}
        self._baselines = {(each.name, each.version): each for each in spec.baselines}
        self.landform = Layer.of("landform", _LANDFORM, None, _defaults())
        self.organization = self._layer("organisation", _ORGANIZATION, ORGANIZATION)
        self.units: Mapping[str, Layer] = {
            unit.path: self._layer(
                f"unit {unit.path}", _ORGANIZATION + len(unit.path.split("/")), OUS, "ous", at
            )
            for at, unit in enumerate(spec.ous)
        }
        self.tiers: Mapping[str, Layer] = {
            tier.name: self._layer(f"tier {tier.name}", _TIER, tier_file(tier.name)) for tier in spec.tiers
        }
        self.regions: Mapping[str, Layer] = {
            region: self._layer(f"region {region}", _REGION, ORGANIZATION, "region_settings", region)
            for region in spec.organization.region_settings
        }
        self.stacks: Mapping[str, Layer] = {
            rule.id: self._stack(rule.id, at) for at, rule in enumerate(spec.stacks)
        }

    def account(self, account: Account) -> tuple[Layer, ...]:
        """The layer of an account, after that of its baseline."""
        found = self._accounts.get(account.name)
        if found is None:
            own = self._account(account.name)
            found = (*self._baseline(account), own)
            self._accounts[account.name] = found
        return found

    def all(self) -> Iterator[Layer]:
        """Every layer that a file says."""
        yield self.organization
        for layers in (self.regions, self.units, self.tiers, self.stacks):
            yield from layers.values()
        for account in self._spec.accounts:
            yield self.account(account)[-1]

    def _layer(self, name: str, depth: int, file: str, *loc: str | int) -> Layer:
        document = self._spec.documents[file]
        return Layer.of(name, depth, document, _parts(document, loc))

    def _account(self, account: str) -> Layer:
        document = self._spec.documents[account_file(account)]
        parts = (
            *_parts(document, ()),
            *_part(document, ("stacks", "params"), ("params",), Channel.VALUES),
        )
        return Layer.of(f"account {account}", _ACCOUNT, document, parts)

    def _baseline(self, account: Account) -> tuple[Layer, ...]:
        pin = account.baseline
        if pin is None or (pin.name, pin.version) not in self._baselines:
            return ()
        name = f"baseline {pin.name} {pin.version}"
        if name not in self._accounts:
            document = self._spec.documents[baseline_file(pin.name, pin.version)]
            parts = _part(document, ("params",), ("params",), Channel.MERGE)
            self._accounts[name] = (Layer.of(name, _ACCOUNT, document, parts),)
        return self._accounts[name]

    def _stack(self, id: str, at: int) -> Layer:
        document = self._spec.documents[STACKS]
        loc = ("stacks", at)
        parts = (
            *(part for part in _parts(document, loc) if part.path[0] != "params"),
            # Any account may give another value, so a rule's parameters are defaults.
            *_part(document, (*loc, "params"), ("params", id), Channel.DEFAULTS),
        )
        return Layer.of(f"stack {id}", _STACK, document, parts)


def _defaults() -> Iterator[Part]:
    """What landform itself says where nobody says anything."""
    models: Mapping[str, type[Model]] = {"guard": Guard, "sizing": Sizing, "rollout": Rollout}
    for section, model in models.items():
        yield from _defaults_of(model, (section,))


def _defaults_of(model: type[Model], path: Path) -> Iterator[Part]:
    for name, field in model.model_fields.items():
        inner, value = (*path, field.alias or name), field.default
        if isinstance(value, Model):
            yield from _defaults_of(type(value), inner)
        elif leaf_at(inner) and isinstance(value, str | int):
            yield Part((), inner, Channel.DEFAULTS, value)


def _parts(document: Document, loc: Loc) -> Iterator[Part]:
    """What a mapping of the spec says in all channels."""
    for key, value in _mapping(document, loc).items():
        if key in _KEYS:
            yield Part((*loc, key), (key,), Channel.VALUES, value)
        elif key in _CHANNELS and value:
            for inner, each in value.items():
                yield Part((*loc, key, inner), (inner,), _CHANNELS[key], each)


def _part(document: Document, loc: Loc, path: Path, channel: Channel) -> Iterator[Part]:
    """What a mapping that stands elsewhere says, where it is there."""
    value = _mapping(document, loc)
    if value:
        yield Part(loc, path, channel, value)


def _by_stack(part: Part) -> Iterator[Part]:
    """Parameters, stack by stack."""
    for stack, value in (part.value or {}).items():
        yield Part((*part.loc, stack), ("params", stack), part.channel, value)


def _mapping(document: Document, loc: Loc) -> Mapping[str, Any]:
    """The mapping at a location, empty where there is none."""
    value: Any = document.value
    for part in loc:
        value = value[part] if isinstance(part, int) else value.get(part)
        if value is None:
            return {}
    return value  # type: ignore[no-any-return]  # the models have seen that it is one
