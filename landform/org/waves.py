"""Which account is in which wave of a roll-out, as ``org/waves.yaml`` says."""

from __future__ import annotations

from math import ceil

from landform.org.fleet import InWave
from landform.org.layers import Layers
from landform.org.models import Wave
from landform.org.select import selects
from landform.org.spec import OrgSpec

NO_WAVE = "in no wave"
# An account without stacks would take the place of one that has some, and a first wave of one account would be empty.
_HAVE_STACKS = ("active", "quarantined")


def waves(spec: OrgSpec) -> dict[str, InWave]:
    """The wave of each account, by name.

    A wave takes, of the accounts that have stacks, that its selector matches and no wave before it took, as many as its
    size allows, in the order of their names; a percentage is rounded up. Where the spec has no waves, the tiers are the
    waves, in the order of their rank, equal ranks at once. What no wave takes comes last.
    """
    if not spec.waves:
        ranks = {tier.name: tier.rank for tier in spec.tiers}
        numbers = {rank: number for number, rank in enumerate(sorted({*ranks.values()}), 1)}
        found = {account.name: numbers[ranks[account.tier]] for account in spec.accounts}
        return {name: InWave(number, f"wave {number}") for name, number in found.items()}
    layers = Layers(spec)
    left = {
        account.name: account
        for account in sorted(spec.accounts, key=lambda account: account.name)
        if account.status in _HAVE_STACKS
    }
    none = {account.name for account in spec.accounts} - {*left}
    taken: dict[str, InWave] = {}
    for number, wave in enumerate(spec.waves, 1):
        matching = [
            name for name, account in left.items() if selects(wave.select, account, layers.labels(account))
        ]
        for name in matching[: _most(wave, len(matching))]:
            taken[name] = InWave(number, f"wave {number} {wave.id}", wave.bake)
            del left[name]
    return taken | {name: InWave(len(spec.waves) + 1, NO_WAVE) for name in (*left, *none)}


def _most(wave: Wave, matching: int) -> int:
    if isinstance(wave.size, int):
        return wave.size
    return ceil(matching * int(wave.size.removesuffix("%")) / 100)
