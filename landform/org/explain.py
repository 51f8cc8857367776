"""Why an account is what it is: every field with its value, and who said what about it, where.

It needs a spec that can be read, not one that is right: a value that a layer was refused, or that another enforces,
is best understood here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from landform.errors import Code, LandformError, Place, did_you_mean
from landform.org.addresses import allotted
from landform.org.combine import Channel, Link, Outcome, Said
from landform.org.layers import Refused
from landform.org.lock import LOCK
from landform.org.models import Account, AccountSettings, StackRule
from landform.org.nodes import Fields, Node, plain
from landform.org.provenance import Provenance
from landform.org.reach import Reach
from landform.org.spec import STACKS, OrgSpec, account_file, baseline_file
from landform.org.tags import DERIVED, resolve_tags
from landform.org.validate_layers import enforced_errors
from landform.org.validate_network import CIDRS

# Keys of an account's file that are told as settings, or as stacks.
_LAYERED = frozenset({*AccountSettings.model_fields, "regions", "stacks", "defaults", "merge", "enforce"})


@dataclass(frozen=True, slots=True)
class Explained:
    """One field of an account: its dotted name, its value, and the chain of statements from weak to strong."""

    field: str
    value: Any
    chain: tuple[Link, ...]

    def as_json(self) -> dict[str, Any]:
        """The field as JSON."""
        return {
            "field": self.field,
            "value": self.value,
            "chain": [
                {
                    "layer": link.said.layer,
                    "channel": link.said.channel.name.lower(),
                    "value": link.said.value,
                    "outcome": link.outcome.value,
                    "file": link.said.place.file,
                    "line": link.said.place.line,
                    "column": link.said.place.column,
                }
                for link in self.chain
            ],
        }


def explain(
    spec: OrgSpec, account: str, field: str | None = None, *, region: str | None = None
) -> list[Explained]:
    """Every field of an account, or those of one name: ``guard`` is all of the guard.

    Args:
        region: take that region's layer in; without it, what regions say is left out.

    Raises:
        LandformError: ``no-match`` where there is no such account, field or region.
    """
    reach = Reach(spec)
    if account not in reach.accounts:
        raise _no("account", account, reach.accounts)
    found = reach.accounts[account]
    if region is not None and region not in found.regions:
        raise _no("region of the account", region, found.regions)
    fields = {each.field: each for each in _all(spec, reach, found, region)}
    named = [
        each for name, each in sorted(fields.items()) if field in (None, name) or name.startswith(f"{field}.")
    ]
    if not named:
        raise _no("field", str(field), fields)
    return named


def refused(spec: OrgSpec) -> list[Refused]:
    """What layers said and could not have, because a layer above is stricter; sorted by place.

    Raises nothing: what would lower an *enforced* value is an error of ``resolve``.
    """
    reach = Reach(spec)
    # Works out every set of layers that a stack has.
    list(enforced_errors(spec, reach))
    return reach.layers.refusals()


def _all(spec: OrgSpec, reach: Reach, account: Account, region: str | None) -> Iterator[Explained]:
    yield from _own(spec, account)
    layers = reach.layers.of(account, region)
    for field, combined in Provenance(layers).combined().items():
        if not field.startswith("params."):
            yield Explained(field, combined.value, combined.chain)
    yield from _derived_tags(spec, reach, account, region)
    for rule in spec.stacks:
        yield from _stack(spec, reach, account, rule)
        if rule.id in reach.stacks[account.name]:
            chain = reach.layers.of(account, region, rule)
            for field, combined in Provenance(chain, rule.id).combined().items():
                if field.startswith("params."):
                    yield Explained(field, combined.value, combined.chain)
            if rule.addresses and account.network is not None:
                yield _said(
                    f"params.{rule.id}.{CIDRS}", "addresses", allotted(spec.lock, account.name), Place(LOCK)
                )


def _own(spec: OrgSpec, account: Account) -> Iterator[Explained]:
    """What an account's file says of the account alone."""
    file = account_file(account.name)
    layer = f"account {account.name}"
    root = spec.documents[file].root
    for key, (_, node) in root.fields.items():
        if key not in _LAYERED and key != "schema":
            yield from _leaves(layer, file, key, node)
    if "status" not in root.fields:
        said = Said("landform", 0, Channel.DEFAULTS, account.status, Place())
        yield Explained("status", account.status, (Link(said, Outcome.SET),))


def _leaves(layer: str, file: str, field: str, node: Node) -> Iterator[Explained]:
    if isinstance(node, Fields):
        for key, (_, inner) in node.fields.items():
            yield from _leaves(layer, file, f"{field}.{key}", inner)
    else:
        yield _said(field, layer, plain(node), Place(file, node.line, node.column))


def _derived_tags(spec: OrgSpec, reach: Reach, account: Account, region: str | None) -> Iterator[Explained]:
    if not reach.known(account):
        return
    tags = reach.layers.effective(account, region).tags
    for key, value in resolve_tags(spec.organization, account, tags).items():
        if key in DERIVED:
            yield _said(f"tags.{key}", "landform", value, Place())


def _stack(spec: OrgSpec, reach: Reach, account: Account, rule: StackRule) -> Iterator[Explained]:
    """Whether an account has a stack, and who gave it or took it."""
    field = f"stacks.{rule.id}"
    own, file = account.stacks, account_file(account.name)
    there = rule.id in reach.stacks[account.name]
    at = spec.stacks.index(rule)
    said = []
    if rule.id in own.add:
        place = spec.place(file, "stacks", "add", own.add.index(rule.id))
        said.append(Said(f"account {account.name}", 2, Channel.VALUES, True, place))
    baseline = reach.baseline(account)
    if baseline and rule.id in baseline.stacks:
        place = spec.place(
            baseline_file(baseline.name, baseline.version), "stacks", baseline.stacks.index(rule.id)
        )
        said.append(Said(f"baseline {baseline.name} {baseline.version}", 1, Channel.VALUES, True, place))
    if not said and rule.id in reach.selected[account.name]:
        place = spec.place(STACKS, "stacks", at, "select")
        said.append(Said(f"stack {rule.id}", 0, Channel.VALUES, True, place))
    if said and not reach.stands(account, rule):
        place = spec.place(file, "status")
        said.append(Said(f"account {account.name}", 2, Channel.VALUES, account.status, place))
    if rule.id in own.skip:
        place = spec.place(file, "stacks", "skip", own.skip.index(rule.id))
        said.append(Said(f"account {account.name}", 2, Channel.VALUES, False, place))
    if said:
        yield Explained(field, there, tuple(Link(each, Outcome.SET) for each in said))


def _said(field: str, layer: str, value: Any, place: Place) -> Explained:
    return Explained(field, value, (Link(Said(layer, 0, Channel.VALUES, value, place), Outcome.SET),))


def _no(what: str, given: str, known: Any) -> LandformError:
    return LandformError(
        Code.NO_MATCH,
        f"There is no {what} {given!r}.",
        given=given,
        fix=did_you_mean(given, known) or f"One of {', '.join(sorted(known)[:20])}.",
    )
