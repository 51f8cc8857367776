"""The rules of layers: nothing enforced is lowered, lists say what they mean, and names are of things that exist."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any

from landform.errors import Code, LandformError
from landform.org.combine import Channel, Said, is_unclear
from landform.org.leaves import Kind, Path, dotted, leaf_at
from landform.org.problems import Errors, unknown
from landform.org.reach import Reach
from landform.org.said import Layer
from landform.org.spec import ACCOUNTS, APPROVERS, ORGANIZATION, STACKS, OrgSpec

_LISTS = (Kind.ALLOW, Kind.DENY, Kind.LIST)


def layer_errors(spec: OrgSpec, reach: Reach) -> Errors:
    """Every broken rule of every layer."""
    yield from _regions(spec)
    good: set[str] = set()
    for layer in reach.layers.reader.all():
        for section in layer.sections.values():
            # What is right in one place is right in all.
            if section.content not in good:
                errors = [
                    error for path, said in section.statements() for error in _statement(spec, path, said)
                ]
                yield from errors
                if not errors:
                    good.add(section.content)


def parameter_errors(spec: OrgSpec, reach: Reach) -> Errors:
    """Layers that give parameters to stacks that are not there."""
    ids = [rule.id for rule in spec.stacks]
    for layer in reach.layers.reader.all():
        yield from _stacks_of_params(layer, ids)


def _statement(spec: OrgSpec, path: Path, said: Said) -> Errors:
    leaf = leaf_at(path)
    if said.channel is Channel.MERGE and leaf and not leaf.merges:
        yield _wrong(said, f"{dotted(path)} is one value; there is nothing to merge.", "defaults or enforce")
    if leaf and leaf.kind is Kind.LIST and is_unclear(said.value):
        yield _wrong(
            said,
            f"The list {dotted(path)} does not say clearly what it changes.",
            "plain items alone, which replace, or items with + and - alone, each once",
        )
    # The lists of regions are judged where they are read.
    if leaf and leaf.kind in _LISTS and path != ("regions",):
        yield from _repeated(path, said)
    judge = _JUDGED.get(path)
    if judge:
        yield from judge(spec, path, said)


def enforced_errors(spec: OrgSpec, reach: Reach) -> Errors:
    """What would lower an enforced value, told once for each two places."""
    for account in spec.accounts:
        if not reach.known(account):
            continue
        reach.layers.effective(account)
        for rule in reach.stacks[account.name].values():
            for region in reach.regions(account, rule):
                reach.layers.effective(account, region, rule)
                reach.layers.params(account, region, rule)
    for (path, _, _), lowered in reach.layers.lowered.items():
        yield LandformError(
            Code.SPEC_ENFORCED,
            f"The {lowered.by.layer} would lower {dotted(path)}, which the {lowered.enforced.layer} enforces.",
            place=lowered.by.place,
            given=_shown(lowered.by),
            expected=f"at least {_shown(lowered.enforced)}, enforced at {lowered.enforced.place}",
            fix="Remove it here, or have the layer above enforce less.",
        )


def _shown(said: Said) -> str:
    return json.dumps(said.value, ensure_ascii=False)[:80]


def _regions(spec: OrgSpec) -> Errors:
    regions = spec.organization.regions
    for region in spec.organization.region_settings:
        if region not in regions:
            place = spec.documents[ORGANIZATION].key_place("region_settings", region)
            yield unknown(place, "region in `regions`", region, regions)


def _stacks_of_params(layer: Layer, ids: list[str]) -> Errors:
    # An account's own parameters are judged with its stacks.
    own = layer.file == STACKS or layer.file.startswith(ACCOUNTS)
    for name, section in layer.sections.items():
        stack = name.removeprefix("params.")
        if stack == name or stack in ids:
            continue
        for _, said in islice(section.statements(), 1):
            if not own or said.channel is not Channel.VALUES:
                yield unknown(said.place, "stack", stack, ids)


def _repeated(path: Path, said: Said) -> Errors:
    items = [json.dumps(item, ensure_ascii=False) for item in said.value]
    for item in sorted({item for item in items if items.count(item) > 1}):
        yield LandformError(
            Code.SPEC_DUPLICATE,
            f"The list {dotted(path)} holds an item twice.",
            place=said.place,
            given=item[:80],
            expected="each item once",
        )


def _freeze(spec: OrgSpec, path: Path, said: Said) -> Errors:
    for window in said.value:
        if window["to"] < window["from"]:
            yield _wrong(said, "A freeze ends before it begins.", "`to` on or after `from`", window)


def _copy_regions(spec: OrgSpec, path: Path, said: Said) -> Errors:
    for item in said.value:
        region = item.lstrip("+-")
        if region not in spec.organization.regions:
            place = said.place
            yield unknown(place, "region in the organisation's `regions`", region, spec.organization.regions)


def _approvers(spec: OrgSpec, path: Path, said: Said) -> Errors:
    if not spec.knows(APPROVERS):
        return
    found = spec.approvers
    known = found.names if found else ()
    for name in said.value:
        if name not in known:
            yield unknown(said.place, f"person or group of {APPROVERS}", name, known)


_JUDGED: Mapping[Path, Callable[[OrgSpec, Path, Said], Errors]] = {
    ("rollout", "approvers"): _approvers,
    ("rollout", "freeze"): _freeze,
    ("backup", "copy_regions"): _copy_regions,
}


def _wrong(said: Said, message: str, expected: str, given: Any = None) -> LandformError:
    shown = _shown(said) if given is None else json.dumps(given, ensure_ascii=False)[:80]
    return LandformError(Code.SPEC_VALUE, message, place=said.place, given=shown, expected=expected)
