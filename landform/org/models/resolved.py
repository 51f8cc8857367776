"""What a stack may read of its settings: every layer's word, combined."""

from __future__ import annotations

from landform.org.models.base import DataClass, Model, RegionName, ServiceName
from landform.org.models.settings import (
    Backup,
    Budget,
    Guard,
    NetworkSettings,
    Rollout,
    Sizing,
    TierWaivers,
)


class ResolvedSettings(Model):
    """The settings of one stack in one account and region, as all its layers together give them.

    ``services`` is None where no layer bounds them. ``network`` is an ``AccountNetwork`` where the account has a pool.
    """

    guard: Guard
    sizing: Sizing
    rollout: Rollout
    waivers: TierWaivers
    backup: Backup = Backup()
    budget: Budget = Budget()
    network: NetworkSettings = NetworkSettings()
    regions: tuple[RegionName, ...]
    services: tuple[ServiceName, ...] | None = None
    denied_services: tuple[ServiceName, ...] = ()
    max_data_class: DataClass | None = None
    max_account_days: int | None = None
