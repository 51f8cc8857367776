"""How fast a change may reach the accounts: the waves and the tiers' roll-out settings, read from a bundle's index."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from landform.errors import Code, LandformError

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


@dataclass(frozen=True, slots=True)
class Freeze:
    """Days on which nothing starts, both inclusive, as days in UTC."""

    first: date
    last: date
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class TierPolicy:
    """A tier's roll-out.

    Attributes:
        rank: tiers of a lower rank come first inside a wave.
        failure_tolerance: in how many accounts of a step a stack may fail: a number, or a percentage such as ``10%``.
        max_concurrent: how many accounts at once, at most.
        bake: how long nothing starts after each step, in seconds.
        parts: percentages of the tier's accounts in a wave, cumulative, ascending; 100 is always the last.
        freeze: when nothing starts.
    """

    rank: int
    failure_tolerance: int | str = 0
    max_concurrent: int = 10
    bake: int = 0
    parts: tuple[int, ...] = (100,)
    freeze: tuple[Freeze, ...] = ()

    def tolerance(self, accounts: int) -> int:
        """How many of so many accounts may fail; a percentage is rounded down, as StackSets does."""
        if isinstance(self.failure_tolerance, int):
            return self.failure_tolerance
        return accounts * int(self.failure_tolerance.removesuffix("%")) // 100


@dataclass(frozen=True, slots=True)
class AccountWave:
    """The wave of an account: its number, from 1, what it is called, how long it bakes, in seconds."""

    number: int
    name: str
    bake: int = 0


@dataclass(frozen=True, slots=True)
class WavePolicy:
    """The wave of each account, and each tier's roll-out, by name."""

    accounts: Mapping[str, AccountWave]
    tiers: Mapping[str, TierPolicy]

    @classmethod
    def from_json(
        cls, waves: Mapping[str, Mapping[str, Any]], tiers: Mapping[str, Mapping[str, Any]]
    ) -> WavePolicy:
        """Read what the index of a bundle says.

        Args:
            waves: for each account ``number``, ``name`` and ``bake`` (such as ``30m``, or null).
            tiers: for each tier its ``rank`` and its ``rollout`` as in the spec.

        Raises:
            LandformError: ``no-bundle`` where something of it is missing, as in the index of an older landform.
        """
        try:
            return cls(
                {
                    account: AccountWave(wave["number"], wave["name"], seconds(wave["bake"]))
                    for account, wave in waves.items()
                },
                {name: _tier(tier["rank"], tier["rollout"]) for name, tier in tiers.items()},
            )
        except (KeyError, TypeError, ValueError) as error:
            raise LandformError(
                Code.NO_BUNDLE,
                "The bundle does not say how it is rolled out.",
                given=f"{type(error).__name__}: {error}",
                expected="the wave of each account and the roll-out of each tier",
                fix="Run `landform synth` again.",
            ) from None


def seconds(duration: str | None) -> int:
    """A duration of the spec, such as ``30m``, in seconds; None is no time.

    Raises:
        KeyError, ValueError: where it is none.
    """
    return int(duration[:-1]) * _SECONDS[duration[-1]] if duration else 0


def duration(seconds: float) -> str:
    """A time as its two largest units: ``45s``, ``30m``, ``2h 5m``, ``14d 3h``."""
    whole = round(seconds)
    parts = []
    for unit, size in (("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)):
        count, whole = divmod(whole, size)
        if count:
            parts.append(f"{count}{unit}")
        elif parts:
            break
    return " ".join(parts[:2]) or "0s"


def frozen_until(windows: tuple[Freeze, ...], now: datetime) -> tuple[datetime, str] | None:
    """When the windows that hold ``now`` are over, one after the other, and the first one's reason; else None."""
    day = now.astimezone(UTC).date()
    reason: str | None = None
    while window := next((each for each in windows if each.first <= day <= each.last), None):
        reason = reason or window.reason or "freeze window"
        day = window.last + timedelta(days=1)
    return (datetime.combine(day, time(), UTC), reason) if reason else None


def _tier(rank: int, rollout: Mapping[str, Any]) -> TierPolicy:
    return TierPolicy(
        rank=rank,
        failure_tolerance=rollout["failure_tolerance"],
        max_concurrent=rollout["max_concurrent"],
        bake=seconds(rollout["bake"]),
        parts=tuple(sorted({*(int(part.removesuffix("%")) for part in rollout["waves"]), 100})),
        freeze=tuple(
            Freeze(date.fromisoformat(each["from"]), date.fromisoformat(each["to"]), each.get("reason"))
            for each in rollout["freeze"]
        ),
    )
