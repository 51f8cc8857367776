"""What landform's own stacks attach to units and accounts, taken back to what the spec says of them.

The organisation's stack makes policies that no file of ``org/policies`` has: guardrails, an account's standing, and
documents packed where AWS takes no more of them. They are that stack's to plan and to compare; who compares the living
organisation with the spec sees the documents behind them.
"""

from __future__ import annotations

from dataclasses import replace

from landform.org.living import LivingOrganization, LivingPolicy
from landform.org.packing import arrange
from landform.org.policies import attached_policies
from landform.org.spec import OrgSpec


def as_said(spec: OrgSpec, living: LivingOrganization) -> LivingOrganization:
    """The living organisation without the policies of landform's own stacks; where they pack documents, with those.

    A policy is theirs by its name, which begins with the organisation's prefix and the management account's name.
    """
    own = f"{spec.organization.prefix}-{spec.organization.management_account}-"
    documents = {
        place: [name for name in names if name in spec.policies]
        for place, names in attached_policies(spec.ous, spec.accounts).items()
    }
    arranged = arrange("scp", spec.policies, documents, [account.name for account in spec.accounts])
    ids = {account.name: account.account_id for account in spec.accounts}
    packed = {place: documents[place] for policy in arranged if policy.packed for place in policy.places}
    at = {ids.get(place, place): tuple(names) for place, names in packed.items()}
    there = [policy for policy in living.policies if not policy.name.startswith(own)]
    missing = {name for names in packed.values() for name in names} - {policy.name for policy in there}
    behind = [LivingPolicy("", name, spec.policies[name]) for name in sorted(missing)]

    def said(place: str, attached: tuple[str, ...]) -> tuple[str, ...]:
        # Only where the packed ones are attached: a place that nothing was applied to has none.
        if place in at and any(name.startswith(own) for name in attached):
            return at[place]
        return tuple(name for name in attached if not name.startswith(own))

    return replace(
        living,
        units=tuple(replace(unit, policies=said(unit.path, unit.policies)) for unit in living.units),
        accounts=tuple(
            replace(account, policies=said(account.id, account.policies)) for account in living.accounts
        ),
        policies=tuple(sorted((*there, *behind), key=lambda policy: policy.name)),
    )
