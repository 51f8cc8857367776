"""The layers of a spec: who says what about the settings of a stack, from landform's own defaults down to the stack.

``org -> organizational unit (each from the root down) -> tier -> region -> account -> stack``. Most accounts say the
same, so what a set of layers gives is worked out once and shared: time and memory grow with what differs.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from landform.digest import digest
from landform.errors import Place
from landform.org.combine import Channel, Combined, Lowered, Outcome, Said, combine
from landform.org.document import At
from landform.org.leaves import SECTIONS, Path, dotted, leaf_at
from landform.org.models import (
    Account,
    AccountNetwork,
    Backup,
    Budget,
    Guard,
    Model,
    NetworkSettings,
    ResolvedSettings,
    Rollout,
    Sizing,
    StackRule,
    Tier,
    TierWaivers,
)
from landform.org.said import Layer, LayerReader, Section, Statement
from landform.org.select import ou_path
from landform.org.spec import OrgSpec

_MODELS: Mapping[str, type[Model]] = {
    "guard": Guard,
    "sizing": Sizing,
    "rollout": Rollout,
    "waivers": TierWaivers,
    "backup": Backup,
    "budget": Budget,
    "network": NetworkSettings,
}
_EMPTY: Mapping[str, Any] = {
    "services": None,
    "denied_services": (),
    "max_data_class": None,
    "max_account_days": None,
    "tags": {},
    "labels": {},
}


Content = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Effective:
    """What a set of layers gives: the tier as it is there, all settings, the tags, and the digest of these."""

    tier: Tier
    settings: ResolvedSettings
    tags: Mapping[str, str]
    digest: str


@dataclass(frozen=True, slots=True)
class Refused:
    """What a layer said and could not have, as it would have been weaker, and the value that holds instead."""

    path: Path
    said: Said
    holds: Any


@dataclass(frozen=True, slots=True)
class _Section:
    """One section as some layers give it, with the digest of its plain value."""

    value: Any
    digest: str


class Layers:
    """The layers of one spec and what they give, each set of layers worked out once.

    ``reader`` has the single layers. As sets of layers are worked out, ``lowered`` gathers what would lower an
    enforced value, and ``refused`` what did not count.
    """

    def __init__(self, spec: OrgSpec) -> None:
        self.lowered: dict[tuple[Path, At, At], Lowered] = {}
        self.refused: dict[tuple[Path, At], Refused] = {}
        self.reader = LayerReader(spec)
        self._tiers = {tier.name: tier for tier in spec.tiers}
        self._region_says = {region for region, layer in self.reader.regions.items() if layer.says_settings}
        self._rule_says = {id for id, layer in self.reader.stacks.items() if layer.says_settings}
        self._above: dict[tuple[str, str], tuple[Layer, ...]] = {}
        self._effective: dict[tuple[str, str | None, str | None], Effective] = {}
        # By what is said and not by who says it: most accounts say much the same.
        self._sections: dict[Content, _Section] = {}
        self._params: dict[Content, Mapping[str, Any]] = {}
        self._telling: set[Content] = set()
        self._typed: dict[tuple[str, ...], Tier] = {}

    def refusals(self) -> list[Refused]:
        """What did not count in what has been worked out, sorted by place."""
        return sorted(
            self.refused.values(),
            key=lambda each: (each.said.place.file or "", each.said.place.line or 0, each.path),
        )

    def of(
        self, account: Account, region: str | None = None, rule: StackRule | None = None
    ) -> tuple[Layer, ...]:
        """The layers of an account, or of a stack in it, from the farthest to the nearest."""
        reader = self.reader
        above = (account.ou, account.tier)
        if above not in self._above:
            units = [reader.units[path] for path in ou_path(account.ou) if path in reader.units]
            tiers = [reader.tiers[account.tier]] if account.tier in reader.tiers else []
            self._above[above] = (reader.landform, reader.organization, *units, *tiers)
        return (
            *self._above[above],
            *([reader.regions[region]] if region and region in reader.regions else ()),
            *reader.account(account),
            *([reader.stacks[rule.id]] if rule else ()),
        )

    def effective(
        self, account: Account, region: str | None = None, rule: StackRule | None = None
    ) -> Effective:
        """What the layers of an account, or of a stack in it, give; its tier and units must exist."""
        # Regions and stacks that say nothing share what their account gives.
        near = region if region in self._region_says else None
        nearest = rule if rule and rule.id in self._rule_says else None
        key = (account.name, near, nearest.id if nearest else None)
        found = self._effective.get(key)
        if found is None:
            layers = self.of(account, near, nearest)
            found = self._effective[key] = self._resolved(self._tiers[account.tier], layers)
        return found

    def tier(self, tier: Tier) -> Tier:
        """A tier as the organisation and the tier itself say, whatever other layers add."""
        return self._resolved(
            tier, (self.reader.landform, self.reader.organization, self.reader.tiers[tier.name])
        ).tier

    def labels(self, account: Account) -> Mapping[str, str]:
        """The labels of an account, with those that the layers above give it."""
        value: Mapping[str, str] = self._section("labels", self.of(account)).value
        return value

    def params(self, account: Account, region: str, rule: StackRule) -> Mapping[str, Any]:
        """The parameters of a stack in an account and region."""
        said = _said(f"params.{rule.id}", self.of(account, region, rule))
        key = _content(said)
        found = self._params.get(key)
        if found is None:
            combined = self._combined(said)
            found = self._params[key] = {path[-1]: each.value for path, each in combined.items()}
        self._tell(said)
        return found

    def _resolved(self, tier: Tier, layers: Sequence[Layer]) -> Effective:
        sections = {name: self._section(name, layers) for name in SECTIONS}
        shaping = tuple(sections[name].digest for name in ("guard", "sizing", "rollout", "waivers"))
        values = {name: section.value for name, section in sections.items()}
        if (tier.name, *shaping) not in self._typed:
            self._typed[(tier.name, *shaping)] = Tier.model_construct(
                schema_=tier.schema_,
                name=tier.name,
                rank=tier.rank,
                guard=values["guard"],
                sizing=values["sizing"],
                rollout=values["rollout"],
                waivers=values["waivers"],
            )
        tags = values.pop("tags")
        del values["labels"]
        return Effective(
            tier=self._typed[(tier.name, *shaping)],
            settings=ResolvedSettings.model_construct(**values),
            tags=tags,
            digest=digest([tier.name, tier.rank, *(section.digest for section in sections.values())]),
        )

    def _section(self, name: str, layers: Sequence[Layer]) -> _Section:
        said = _said(name, layers)
        key = (name, *_content(said))
        found = self._sections.get(key)
        if found is None:
            values = {path: each.value for path, each in self._combined(said).items()}
            value = _nested(values).get(name)
            found = self._sections[key] = _Section(_typed(name, value), digest(value))
        self._tell(said)
        return found

    def _combined(self, said: Sequence[Section]) -> dict[Path, Combined]:
        found = combined(statement for section in said for statement in section.statements())
        if any(each.lowered or _refused(each) for each in found.values()):
            self._telling.add(_content(said))
        return found

    def _tell(self, said: Sequence[Section]) -> None:
        """Gather what these sections would lower or could not have; equal ones elsewhere have other places."""
        if not self._telling or _content(said) not in self._telling:
            return
        for path, each in combined(
            statement for section in said for statement in section.statements()
        ).items():
            for lowered in each.lowered:
                self.lowered.setdefault((path, lowered.enforced.at, lowered.by.at), lowered)
            for refused in _refused(each):
                self.refused.setdefault((path, refused.at), Refused(path, refused, each.value))


def _said(name: str, layers: Sequence[Layer]) -> list[Section]:
    """What layers say about one section."""
    return [layer.sections[name] for layer in layers if name in layer.sections]


def _content(said: Sequence[Section]) -> Content:
    """What is said, wherever it stands."""
    return tuple([section.content for section in said])


def _refused(combined: Combined) -> list[Said]:
    return [link.said for link in combined.chain if link.outcome is Outcome.REFUSED]


def strictest(tiers: Iterable[Tier]) -> Tier:
    """Of one tier as it is in several places, one whose guard and roll-out are as strict as the strictest of them."""
    first, *others = {(each.guard, each.rollout): each for each in tiers}.values()
    if not others:
        return first
    statements = (
        (path, Said(first.name, depth, Channel.VALUES, value, Place()))
        for depth, tier in enumerate([first, *others])
        for section in ("guard", "rollout")
        for path, value in _leaves((section,), getattr(tier, section).model_dump(mode="json", by_alias=True))
    )
    values = _nested({path: each.value for path, each in combined(statements).items()})
    return first.model_copy(
        update={section: _typed(section, values[section]) for section in ("guard", "rollout")}
    )


def _leaves(path: Path, value: Any) -> Iterator[tuple[Path, Any]]:
    if leaf_at(path):
        if value is not None:
            yield path, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves((*path, key), inner)


def combined(statements: Iterable[Statement]) -> dict[Path, Combined]:
    """Every setting that some statement is about, with its value and its chain."""
    by_path: dict[Path, list[Any]] = {}
    for path, said in statements:
        by_path.setdefault(path, []).append(said)
    found = {}
    for path, all_said in by_path.items():
        leaf = leaf_at(path)
        assert leaf is not None, f"{dotted(path)} is no setting"
        found[path] = combine(leaf, all_said)
    return found


def _nested(values: Mapping[Path, Any]) -> dict[str, Any]:
    nested: dict[str, Any] = {}
    for path, value in values.items():
        at = nested
        for part in path[:-1]:
            at = at.setdefault(part, {})
        at[path[-1]] = value
    return nested


def _typed(section: str, value: Any) -> Any:
    """A section's plain value as what a stack reads."""
    model = _MODELS.get(section)
    if model is None:
        value = _EMPTY[section] if value is None else value
        return tuple(value) if isinstance(value, list) else value
    if section == "network" and value and "pool" in value:
        model = AccountNetwork
    # JSON mode, as the files themselves are read.
    return model.model_validate_json(json.dumps(value or {}))
