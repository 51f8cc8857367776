"""What each layer of a spec says, read from its documents, statement by statement, with its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from landform.errors import Place
from landform.org.combine import Channel, Said
from landform.org.document import Document, Loc, Spot
from landform.org.leaves import MAPS, SECTIONS, Path, leaf_at
from landform.org.load import ACCOUNTS, BASELINES, ORGANIZATION, OUS, STACKS, TIERS, OrgSpec
from landform.org.models import Account, Guard, Model, Rollout, Sizing

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
class Layer:
    """What one layer says, by section: ``guard``, ``tags``, ..., and ``params.<stack>`` for each stack.

    ``file`` is where it stands; landform's own defaults stand in no file.
    """

    name: str
    sections: Mapping[str, tuple[Statement, ...]]
    says_settings: bool
    file: str = ""

    @classmethod
    def of(cls, name: str, statements: Iterable[Statement], file: str = "") -> Layer:
        """A layer of some statements."""
        sections: dict[str, list[Statement]] = {}
        for path, said in statements:
            section = f"params.{path[1]}" if path[0] == "params" else path[0]
            sections.setdefault(section, []).append((path, said))
        settings = not sections.keys().isdisjoint(SECTIONS)
        return cls(name, {key: tuple(value) for key, value in sections.items()}, settings, file)

    def statements(self) -> Iterator[Statement]:
        """Everything it says."""
        for statements in self.sections.values():
            yield from statements


class LayerReader:
    """The layers of a spec: ``landform``'s defaults, the ``organization``, and by name all others."""

    def __init__(self, spec: OrgSpec) -> None:
        self._spec = spec
        self._accounts: dict[str, tuple[Layer, ...]] = {}
        self._baselines = {(each.name, each.version): each for each in spec.baselines}
        self.landform = Layer.of("landform", _defaults())
        self.organization = self._layer("organisation", _ORGANIZATION, ORGANIZATION)
        self.units: Mapping[str, Layer] = {
            unit.path: self._layer(
                f"unit {unit.path}", _ORGANIZATION + len(unit.path.split("/")), OUS, "ous", at
            )
            for at, unit in enumerate(spec.ous)
        }
        self.tiers: Mapping[str, Layer] = {
            tier.name: self._layer(f"tier {tier.name}", _TIER, f"{TIERS}/{tier.name}.yaml")
            for tier in spec.tiers
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
        return Layer.of(name, _statements(self._spec.documents[file], loc, name, depth), file)

    def _account(self, account: str) -> Layer:
        name = f"account {account}"
        file = f"{ACCOUNTS}/{account}.yaml"
        document = self._spec.documents[file]
        statements = [
            *_statements(document, (), name, _ACCOUNT),
            *_entries(document, ("stacks", "params"), ("params",), name, _ACCOUNT, Channel.VALUES),
        ]
        return Layer.of(name, statements, file)

    def _baseline(self, account: Account) -> tuple[Layer, ...]:
        pin = account.baseline
        if pin is None or (pin.name, pin.version) not in self._baselines:
            return ()
        file = f"{BASELINES}/{pin.name}-{pin.version}.yaml"
        key = f"baseline {pin.name} {pin.version}"
        if key not in self._accounts:
            document = self._spec.documents[file]
            found = _entries(document, ("params",), ("params",), key, _ACCOUNT, Channel.MERGE)
            self._accounts[key] = (Layer.of(key, found, file),)
        return self._accounts[key]

    def _stack(self, id: str, at: int) -> Layer:
        name = f"stack {id}"
        document = self._spec.documents[STACKS]
        loc = ("stacks", at)
        statements = [
            *(each for each in _statements(document, loc, name, _STACK) if each[0][0] != "params"),
            # Any account may give another value, so a rule's parameters are defaults.
            *_entries(document, (*loc, "params"), ("params", id), name, _STACK, Channel.DEFAULTS),
        ]
        return Layer.of(name, statements, STACKS)


def _defaults() -> Iterator[Statement]:
    """What landform itself says where nobody says anything."""
    models: Mapping[str, type[Model]] = {"guard": Guard, "sizing": Sizing, "rollout": Rollout}
    for section, model in models.items():
        for key, field in model.model_fields.items():
            value = field.default
            if leaf_at((section, key)) and isinstance(value, str | int):
                yield (section, key), Said("landform", _LANDFORM, Channel.DEFAULTS, value, Place())


def _statements(document: Document, loc: Loc, layer: str, depth: int) -> Iterator[Statement]:
    """What a mapping of the spec says in all channels."""
    for key, value in _mapping(document, loc).items():
        if key in _KEYS:
            yield from _walk(document, (*loc, key), (key,), value, layer, depth, Channel.VALUES)
        elif key in _CHANNELS and value:
            for inner, each in value.items():
                yield from _walk(document, (*loc, key, inner), (inner,), each, layer, depth, _CHANNELS[key])


def _entries(
    document: Document, loc: Loc, path: Path, layer: str, depth: int, channel: Channel
) -> Iterator[Statement]:
    """What a mapping that stands elsewhere says, where it is there."""
    return _walk(document, loc, path, _mapping(document, loc), layer, depth, channel)


def _mapping(document: Document, loc: Loc) -> Mapping[str, Any]:
    """The mapping at a location, empty where there is none."""
    value: Any = document.value
    for part in loc:
        value = value[part] if isinstance(part, int) else value.get(part)
        if value is None:
            return {}
    return value  # type: ignore[no-any-return]  # the models have seen that it is one


def _walk(
    document: Document, loc: Loc, path: Path, value: Any, layer: str, depth: int, channel: Channel
) -> Iterator[Statement]:
    if leaf_at(path):
        # Nothing says nothing; but a parameter may be nothing.
        if value is not None or path[0] in MAPS:
            yield path, Said(layer, depth, channel, value, Spot(document, loc))
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _walk(document, (*loc, key), (*path, key), inner, layer, depth, channel)
