"""Selection by globs, the same for a fleet, a bundle and a waiver's scope."""

from __future__ import annotations

import fnmatch
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache

from landform.errors import Code, LandformError
from landform.org.fleet import Fleet, StackInstance, check_size
from landform.org.models import Account, Selector, WaveSelector

Globs = tuple[str, Sequence[str], Collection[str]]
"""What globs are of, the globs, and the names there are."""


def matches(globs: Sequence[str], *names: str) -> bool:
    """Whether a name matches one of the globs; no globs match everything."""
    return not globs or any(fnmatch.fnmatchcase(name, glob) for glob in globs for name in names)


def no_match(**selection: Sequence[str]) -> LandformError:
    """The error for a selection that matches no stack."""
    given = ", ".join(f"{kind} {' '.join(globs)}" for kind, globs in selection.items() if globs)
    return LandformError(
        Code.NO_MATCH,
        "The selection matches no stack.",
        given=given or "no selection, in an organisation without stacks",
        fix="`landform ls` lists what there is.",
    )


def select(
    fleet: Fleet,
    *,
    accounts: Sequence[str] = (),
    tiers: Sequence[str] = (),
    stacks: Sequence[str] = (),
    regions: Sequence[str] = (),
    limit: bool = False,
) -> tuple[StackInstance, ...]:
    """The instances that match: globs, any of one kind, all kinds. ``stacks`` match ids and full names.

    Args:
        limit: refuse more stacks of a tier than it lets be planned at once.

    Raises:
        LandformError: ``no-match`` where nothing does, ``too-many-stacks``.
    """
    found = tuple(
        instance
        for instance in fleet.instances
        if matches(accounts, instance.account.name)
        and matches(tiers, instance.tier.name)
        and matches(stacks, instance.stack, instance.key)
        and matches(regions, instance.region)
    )
    if not found:
        raise no_match(accounts=accounts, tiers=tiers, stacks=stacks, regions=regions)
    if limit:
        check_size(found)
    return found


@lru_cache(maxsize=1 << 12)
def ou_path(path: str) -> tuple[str, ...]:
    """An organizational unit's path with those of all above it, from the root down."""
    parts = path.split("/")
    return tuple("/".join(parts[: depth + 1]) for depth in range(len(parts)))


def selects(selector: Selector | WaveSelector, account: Account, labels: Mapping[str, str]) -> bool:
    """Whether a selector takes an account with these labels, whatever the account's status."""
    return (
        matches(selector.accounts, account.name)
        and (not selector.tiers or account.tier in selector.tiers)
        and matches(selector.ous, *ou_path(account.ou))
        and all(labels.get(key) == value for key, value in selector.labels.items())
    )


def among(globs: Iterable[str], names: Collection[str]) -> set[str]:
    """The names that one of the globs matches; a glob that is itself a name matches only that.

    ``names`` should answer ``in`` at once (a mapping or a set): most globs of a spec are names.
    """
    found: set[str] = set()
    for glob in globs:
        found |= {glob} if glob in names else set(fnmatch.filter(names, glob))
    return found
