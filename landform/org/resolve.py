"""The spec resolved: which stack stands in which account and region, with what values and after what.

Everything is known here (account ids, regions, tags), so everything after it can be literal. What many
instances share (settings, tags, parameters) is made once and shared, and an instance's digest is made of its
parts' digests: time and memory grow with the number of instances and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any

from landform.digest import digest
from landform.errors import Place, raise_all
from landform.org.addresses import allotted
from landform.org.fleet import Fleet, KnownAccounts, OrganizationTreeView, OutputShape, StackInstance
from landform.org.layers import Effective, Refused
from landform.org.load import in_order, read
from landform.org.memory import collector_paused
from landform.org.models import (
    Account,
    LayerSettings,
    ListOutput,
    Model,
    NetworkPool,
    Organization,
    OutputKind,
    Parameter,
    StackRule,
    Tier,
)
from landform.org.provenance import Provenance
from landform.org.reach import Reach, instance_key
from landform.org.select import matches
from landform.org.spec import STACKS, OrgSpec
from landform.org.tags import resolve_tags
from landform.org.validate import validate
from landform.org.validate_network import CIDRS
from landform.org.waves import waves


@collector_paused()
def resolve(spec: OrgSpec, *, only: Sequence[str] = ()) -> Fleet:
    """Judge the spec across its files and expand it.

    Args:
        only: globs: give the stacks of these accounts alone. They are what they are in the whole fleet.

    Raises:
        LandformError: each broken rule, sorted by file and line, with a ``spec-...`` code.
    """
    return _resolved(spec, Reach(spec), only)


@collector_paused()
def expand(spec: OrgSpec, *, only: Sequence[str] = ()) -> tuple[StackInstance, ...]:
    """The stacks of a spec that nobody judges: of one that is good but for accounts that are not in it yet.

    Arguments and result as for ``resolve``.
    """
    return _expanded(spec, Reach(spec), _Shared.of(spec), only)


def _expanded(spec: OrgSpec, reach: Reach, shared: _Shared, only: Sequence[str]) -> tuple[StackInstance, ...]:
    found = (
        instance
        for account in spec.accounts
        if matches(only, account.name)
        for instance in _instances(spec, reach, shared, account)
    )
    return tuple(sorted(found, key=lambda instance: instance.key))


def _resolved(spec: OrgSpec, reach: Reach, only: Sequence[str]) -> Fleet:
    raise_all(in_order(list(validate(spec, reach))))
    shared = _Shared.of(spec)
    instances = _expanded(spec, reach, shared, only)
    tiers = tuple(reach.layers.tier(tier) for tier in spec.tiers)
    # A percentage of some of the accounts is none of all.
    taken = waves(spec) if spec.whole else {}
    return Fleet(
        organization=spec.organization,
        accounts=spec.accounts,
        tiers=tiers,
        waivers=spec.waivers,
        instances=instances,
        digest=digest(
            {
                "accounts": shared.accounts,
                "instances": {instance.key: instance.digest for instance in instances},
                "organization": _json(spec.organization),
                "tiers": [_json(tier) for tier in tiers],
                "waivers": shared.waivers,
                "waves": {name: asdict(wave) for name, wave in taken.items()},
                # Where nobody is named, nothing is said of it.
                **({"approvers": _json(spec.approvers)} if spec.approvers else {}),
            }
        ),
        approvers=spec.approvers,
        waves=taken,
    )


@dataclass(frozen=True, slots=True)
class Judged:
    """A spec that is good, resolved, and what in it did not count because a layer above is stricter."""

    spec: OrgSpec
    fleet: Fleet
    refused: Sequence[Refused]


@collector_paused()
def judge_spec(spec: OrgSpec, *, only: Sequence[str] = ()) -> Judged:
    """Judge a spec across its files. Arguments and errors as for ``resolve``; what is refused is of ``only`` alone."""
    reach = Reach(spec)
    fleet = _resolved(spec, reach, only)
    return Judged(spec, fleet, reach.layers.refusals())


@collector_paused()
def judge(project: Path) -> Judged:
    """Read a project's spec and judge all of it.

    Raises:
        LandformError: all that is wrong in one go, sorted by file and line: the mistakes in each file, and each broken
            rule across those that could be read.
    """
    spec, errors = read(project)
    reach = Reach(spec)
    if errors:
        raise_all(in_order([*errors, *validate(spec, reach)]))
    return Judged(spec, _resolved(spec, reach, ()), reach.layers.refusals())


@dataclass(frozen=True, slots=True)
class _Shared:
    """What many instances share: the organisation without its layer, ids, digests by name, the places of rules,
    what moved in each stack, and what each instance takes over."""

    organization: Organization
    organization_digest: str
    ids: Mapping[str, str]
    accounts: Mapping[str, str]
    waivers: Mapping[str, str]
    sources: Mapping[str, Place]
    moves: Mapping[str, Mapping[str, str]]
    imports: Mapping[str, Mapping[str, str]]
    tree: OrganizationTreeView | None
    tree_digest: str
    pools: tuple[NetworkPool, ...]
    pools_digest: str

    @classmethod
    def of(cls, spec: OrgSpec) -> _Shared:
        organization = _without_layers(spec.organization)
        tree = _tree(spec)
        accounts = {account.name: digest(_json(account)) for account in spec.accounts}
        return cls(
            organization=organization,
            organization_digest=digest(_json(organization)),
            ids={account.name: account.account_id for account in spec.accounts if account.account_id},
            accounts=accounts,
            waivers={waiver.id: digest(_json(waiver)) for waiver in spec.waivers},
            sources={rule.id: spec.place(STACKS, "stacks", index) for index, rule in enumerate(spec.stacks)},
            moves={
                rule.id: {move.to: move.from_ for move in spec.moved if move.stack == rule.id}
                for rule in spec.stacks
            },
            imports=_imports(spec),
            tree=tree,
            tree_digest=digest(
                {
                    "accounts": accounts,
                    "policies": tree.policies,
                    "units": [_json(unit) for unit in tree.units],
                }
            )
            if tree
            else "",
            pools=spec.pools,
            pools_digest=digest([_json(pool) for pool in spec.pools]),
        )

    def known_to(self, account: Account, rule: StackRule) -> KnownAccounts:
        """The ids that a stack may read."""
        organization = self.organization
        names = (
            organization.management_account,
            organization.log_archive_account,
            account.name,
            *rule.accounts,
        )
        return KnownAccounts({name: self.ids[name] for name in sorted({*names}) if name in self.ids})


def _imports(spec: OrgSpec) -> Mapping[str, Mapping[str, str]]:
    """What stacks take over: ids by path, by stack."""
    found: dict[str, dict[str, str]] = {}
    for each in spec.imports:
        found.setdefault(each.stack, {})[each.to] = each.id
    return found


def _instances(spec: OrgSpec, reach: Reach, shared: _Shared, account: Account) -> Iterator[StackInstance]:
    """The instances of one account."""
    rules = reach.stacks[account.name]
    if not rules:
        return
    tags: dict[int, Mapping[str, str]] = {}
    for rule in rules.values():
        accounts = shared.known_to(account, rule)
        for region in reach.regions(account, rule):
            key = instance_key(account, rule, region)
            effective = reach.layers.effective(account, region, rule)
            params = _params(spec, reach, rule, account, region)
            pool = _address_pool(spec, account, region)
            allocation = _allocation(spec, rule, account, region)
            outputs = _shapes(rule, effective.tier)
            uses = {id: _used(reach, rules[id], names, account, region) for id, names in rule.uses.items()}
            needs = tuple(_needs(rule, rules, account, region))
            waivers = reach.waivers(account.name, rule.id, key)
            yield StackInstance(
                key=key,
                stack=rule.id,
                construct=rule.construct_,
                organization=shared.organization,
                account=account,
                tier=effective.tier,
                region=region,
                regional=rule.per == "account_region",
                params=params,
                tags=_tags(tags, shared, account, effective),
                accounts=accounts,
                needs=needs,
                waivers=waivers,
                source=shared.sources[rule.id],
                digest=digest(
                    {
                        "account": shared.accounts[account.name],
                        "accounts": accounts,
                        "construct": rule.construct_,
                        "key": key,
                        "needs": needs,
                        "organization": shared.organization_digest,
                        "params": params,
                        "region": region,
                        "regional": rule.per == "account_region",
                        "settings": effective.digest,
                        "waivers": [shared.waivers[waiver.id] for waiver in waivers],
                        # Where there is no pool, and nothing is published, moved or taken over, nothing is said of it.
                        **({"address_pool": pool} if pool else {}),
                        **({"ipam_allocation": allocation} if allocation else {}),
                        **({"moves": shared.moves[rule.id]} if shared.moves[rule.id] else {}),
                        **({"imports": shared.imports[key]} if key in shared.imports else {}),
                        **({"outputs": _plain(outputs)} if outputs else {}),
                        **({"pools": shared.pools_digest} if rule.pools else {}),
                        **({"tree": shared.tree_digest} if rule.tree else {}),
                        **({"uses": {id: _plain(shapes) for id, shapes in uses.items()}} if uses else {}),
                    }
                ),
                settings=effective.settings,
                address_pool=pool,
                ipam_allocation=allocation,
                outputs=outputs,
                uses=uses,
                moves=shared.moves[rule.id],
                imports=shared.imports.get(key, {}),
                tree=shared.tree if rule.tree else None,
                pools=shared.pools if rule.pools else None,
                provenance=Provenance(reach.layers.of(account, region, rule), rule.id),
            )


def _tree(spec: OrgSpec) -> OrganizationTreeView | None:
    # Of some of the accounts alone no stack could be made that has them all.
    if not spec.whole or not any(rule.tree for rule in spec.stacks):
        return None
    return OrganizationTreeView(
        spec.ous,
        tuple(sorted(spec.accounts, key=lambda account: account.name)),
        spec.policies,
    )


def _shapes(rule: StackRule, tier: Tier) -> dict[str, OutputShape]:
    return {name: _shape(shape, tier) for name, shape in rule.outputs.items()}


def _used(
    reach: Reach, rule: StackRule, names: Sequence[str], account: Account, region: str
) -> dict[str, OutputShape]:
    """The outputs of another stack that one reads, as long as that stack's own tier makes them."""
    shapes = _shapes(rule, reach.layers.effective(account, region, rule).tier)
    return {name: shapes[name] for name in names}


def _plain(shapes: Mapping[str, OutputShape]) -> dict[str, Any]:
    return {name: astuple(shape) for name, shape in shapes.items()}


def _shape(declared: OutputKind | ListOutput, tier: Tier) -> OutputShape:
    if not isinstance(declared, ListOutput):
        return OutputShape(declared)
    length = declared.length if declared.len_from is None else attrgetter(declared.len_from)(tier)
    return OutputShape(declared.list_, is_list=True, length=length)


def _tags(
    made: dict[int, Mapping[str, str]], shared: _Shared, account: Account, effective: Effective
) -> Mapping[str, str]:
    key = id(effective.tags)
    if key not in made:
        made[key] = resolve_tags(shared.organization, account, effective.tags)
    return made[key]


def _params(
    spec: OrgSpec, reach: Reach, rule: StackRule, account: Account, region: str
) -> Mapping[str, Parameter]:
    params = reach.layers.params(account, region, rule)
    if rule.addresses and account.network is not None:
        return {**params, CIDRS: allotted(spec.lock, account.name)}
    return params


def _address_pool(spec: OrgSpec, account: Account, region: str) -> tuple[str, ...]:
    """The blocks of the account's pool in a region."""
    if account.network is None:
        return ()
    pools = [pool for pool in spec.pools if pool.name == account.network.pool]
    return tuple(str(network) for pool in pools for network in pool.networks(region))


def _allocation(spec: OrgSpec, rule: StackRule, account: Account, region: str) -> str | None:
    """The allocation in IPAM of the block that a stack gets."""
    held = spec.lock.held_by(account.name) if rule.addresses and account.network is not None else {}
    return held[region].ipam if region in held else None


def _needs(rule: StackRule, rules: Mapping[str, StackRule], account: Account, region: str) -> Iterator[str]:
    """Keys of what a rule's instance needs: the one of its region, or all regions' where it has none."""
    for need in sorted(rule.needs):
        needed = rules[need]
        everywhere = rule.per == "account" and needed.per == "account_region"
        for place in sorted(account.regions) if everywhere else (region,):
            yield instance_key(account, needed, place)


def _without_layers(organization: Organization) -> Organization:
    """The organisation without its layers' words: a stack reads these in its settings, resolved."""
    layered = {*LayerSettings.model_fields, "defaults", "merge", "enforce", "region_settings"} - {"regions"}
    fields = Organization.model_fields
    return organization.model_copy(update={key: fields[key].get_default() for key in layered})


def _json(model: Model) -> dict[str, Any]:
    # What is not said is left out, so that a new key of landform's changes no digest.
    return model.model_dump(mode="json", by_alias=True, exclude_defaults=True)
