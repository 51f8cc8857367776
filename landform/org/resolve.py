"""The spec resolved: which stack stands in which account and region, with what values and after what.

Everything is known here (account ids, regions, tags), so everything after it can be literal. What many
instances share (tags, parameters, the table of accounts) is made once and shared, and an instance's digest is
made of its parts' digests: time and memory grow with the number of instances and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from landform.digest import digest
from landform.errors import Place, raise_all
from landform.org.fleet import Fleet, StackInstance
from landform.org.load import STACKS, OrgSpec, in_order
from landform.org.models import Account, Model, Parameter, StackRule, Waiver
from landform.org.reach import Reach, instance_key
from landform.org.tags import resolve_tags
from landform.org.validate import validate


def resolve(spec: OrgSpec) -> Fleet:
    """Judge the spec across its files and expand it.

    Raises:
        LandformError: each broken rule, sorted by file and line, with a ``spec-...`` code.
    """
    reach = Reach(spec)
    raise_all(in_order(list(validate(spec, reach))))
    shared = _Shared.of(spec)
    instances = sorted(
        (instance for account in spec.accounts for instance in _instances(spec, reach, shared, account)),
        key=lambda instance: instance.key,
    )
    return Fleet(
        organization=spec.organization,
        accounts=spec.accounts,
        tiers=spec.tiers,
        waivers=spec.waivers,
        instances=tuple(instances),
        digest=digest(
            {
                "accounts": shared.digests["accounts"],
                "instances": {instance.key: instance.digest for instance in instances},
                "organization": shared.digests["organization"],
                "tiers": {tier.name: shared.digests[f"tier {tier.name}"] for tier in spec.tiers},
                "waivers": {waiver.id: shared.digests[f"waiver {waiver.id}"] for waiver in spec.waivers},
            }
        ),
    )


@dataclass(frozen=True, slots=True)
class _Shared:
    """What many instances share."""

    accounts: Mapping[str, str]
    digests: Mapping[str, str]
    sources: Mapping[str, Place]

    @classmethod
    def of(cls, spec: OrgSpec) -> _Shared:
        accounts = {account.name: account.account_id for account in spec.accounts}
        return cls(
            accounts=accounts,
            digests={
                "accounts": digest({account.name: _json(account) for account in spec.accounts}),
                "ids": digest(accounts),
                "organization": digest(_json(spec.organization)),
                **{f"tier {tier.name}": digest(_json(tier)) for tier in spec.tiers},
                **{f"stack {rule.id}": digest(_json(rule)) for rule in spec.stacks},
                **{f"waiver {waiver.id}": digest(_json(waiver)) for waiver in spec.waivers},
            },
            sources={rule.id: spec.place(STACKS, "stacks", index) for index, rule in enumerate(spec.stacks)},
        )


def _instances(spec: OrgSpec, reach: Reach, shared: _Shared, account: Account) -> Iterator[StackInstance]:
    """The instances of one account."""
    rules = reach.stacks[account.name]
    if not rules:
        return
    tier = reach.tiers[account.tier]
    tags = resolve_tags(spec.organization, reach.ous, tier, account)
    digests = shared.digests
    common = {
        "account": digest(_json(account)),
        "accounts": digests["ids"],
        "organization": digests["organization"],
        "tags": digest(tags),
        "tier": digests[f"tier {tier.name}"],
    }
    for rule in rules.values():
        regional = rule.per == "account_region"
        params = _params(rule, account)
        for region in account.regions if regional else (spec.organization.home_region,):
            key = instance_key(account, rule, region)
            needs = tuple(_needs(rule, rules, account, region))
            waivers: tuple[Waiver, ...] = reach.waivers(account.name, rule.id, key)
            yield StackInstance(
                key=key,
                stack=rule.id,
                construct=rule.construct_,
                organization=spec.organization,
                account=account,
                tier=tier,
                region=region,
                regional=regional,
                params=params,
                tags=tags,
                accounts=shared.accounts,
                needs=needs,
                waivers=waivers,
                source=shared.sources[rule.id],
                digest=digest(
                    {
                        **common,
                        "key": key,
                        "needs": needs,
                        "params": params,
                        "region": region,
                        "stack": digests[f"stack {rule.id}"],
                        "waivers": [digests[f"waiver {waiver.id}"] for waiver in waivers],
                    }
                ),
            )


def _params(rule: StackRule, account: Account) -> Mapping[str, Parameter]:
    own = account.stacks.params.get(rule.id)
    return rule.params | own if own else rule.params


def _needs(rule: StackRule, rules: Mapping[str, StackRule], account: Account, region: str) -> Iterator[str]:
    """Keys of what a rule's instance needs: the one of its region, or all regions' where it has none."""
    for need in sorted(rule.needs):
        needed = rules[need]
        everywhere = rule.per == "account" and needed.per == "account_region"
        for place in sorted(account.regions) if everywhere else (region,):
            yield instance_key(account, needed, place)


def _json(model: Model) -> dict[str, Any]:
    return model.model_dump(mode="json", by_alias=True)
