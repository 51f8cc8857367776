"""What any layer may say: the settings, all optional, and the four channels in which a layer says them.

The same keys stand in the organisation, an organizational unit, a tier, a region, an account and a stack. A key
that is absent (or ``null``) says nothing. How two layers' values combine is in ``landform.org.leaves``, as data.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from landform.org.models.base import (
    CheckId,
    DataClass,
    Date,
    Duration,
    EmailEdit,
    Model,
    Name,
    Parameter,
    PercentEdit,
    RegionEdit,
    RegionName,
    ResourceType,
    RetentionDays,
    ServiceName,
    Severity,
    Share,
    Text,
)

Count = Annotated[int, Field(ge=0, le=100_000)]
Level = Literal["relaxed", "standard", "strict"]


class PlanGuard(Model):
    """What a plan may do: how many resources it may destroy or change, and the types it never destroys."""

    max_destroy: Count | None = None
    max_changes: Count | None = None
    protected_types: tuple[ResourceType, ...] = ()


class GuardSettings(Model):
    """How strict the gate is. ``fail_on`` is the lowest severity that fails a check."""

    level: Level | None = None
    fail_on: Severity | None = None
    skip_requires_waiver: bool | None = None
    frameworks: tuple[Text, ...] = ()
    plan: PlanGuard = PlanGuard()


class DatabaseSizing(Model):
    """The size of a tier's databases, whether each has a standby in another zone, and days of backups."""

    class_: Annotated[Literal["s", "m", "l"] | None, Field(alias="class")] = None
    multi_az: bool | None = None
    backup_days: Annotated[int, Field(ge=1, le=35)] | None = None


class SizingSettings(Model):
    """What a tier makes larger or smaller.

    Days are days; ``nat`` says how many NAT gateways a VPC has, ``replication`` whether buckets are replicated to
    another region.
    """

    az_count: Annotated[int, Field(ge=1, le=6)] | None = None
    nat: Literal["none", "single", "per_az"] | None = None
    log_retention_days: RetentionDays | None = None
    deletion_protection: bool | None = None
    replication: bool | None = None
    db: DatabaseSizing = DatabaseSizing()


class FreezeWindow(Model):
    """Days, both inclusive, on which nothing is rolled out."""

    from_: Annotated[Date, Field(alias="from")]
    to: Date
    reason: Text | None = None


class RolloutSettings(Model):
    """How changes reach the accounts.

    ``approvers`` are people and groups of ``org/approvers.yaml`` (unsaid: anyone there); ``max_stacks`` bounds one
    plan's selection in a tier.
    """

    approvals: Annotated[int, Field(ge=0, le=10)] | None = None
    separation_of_duties: bool | None = None
    approvers: tuple[Text, ...] | None = None
    failure_tolerance: Share | None = None
    max_concurrent: Annotated[int, Field(ge=1, le=10_000)] | None = None
    bake: Duration | None = None
    waves: tuple[PercentEdit, ...] = ()
    freeze: tuple[FreezeWindow, ...] = ()
    auto_apply: Literal["always", "additive", "never"] | None = None
    max_stacks: Annotated[int, Field(ge=1, le=1_000_000)] | None = None


class WaiverSettings(Model):
    """How many days a waiver may last, the checks it may never cover, and who may approve it (unsaid: anyone)."""

    max_days: Annotated[int, Field(ge=0, le=365)] | None = None
    never: tuple[CheckId, ...] = ()
    approvers: tuple[Text, ...] | None = None


class Backup(Model):
    """Which backup plan covers an account, how many days it keeps, and the regions it copies to."""

    plan: Name | None = None
    retention_days: Annotated[int, Field(ge=1, le=36_500)] | None = None
    vault_lock: bool | None = None
    copy_regions: tuple[RegionEdit, ...] = ()


class Budget(Model):
    """What an account may cost in a month, the shares of it that raise an alert, and who hears it."""

    monthly_usd: Annotated[int, Field(ge=1, le=1_000_000_000)] | None = None
    alerts: tuple[PercentEdit, ...] = ()
    subscribers: tuple[EmailEdit, ...] = ()
    anomaly: bool | None = None


class NetworkSettings(Model):
    """The way out of an account's networks, the shape of its VPCs, and its zone."""

    egress: Literal["direct", "inspected", "none"] | None = None
    vpc_template: Name | None = None
    dns: Text | None = None


class Settings(Model):
    """What every layer may say."""

    guard: GuardSettings | None = None
    sizing: SizingSettings | None = None
    rollout: RolloutSettings | None = None
    waivers: WaiverSettings | None = None
    backup: Backup | None = None
    services: tuple[ServiceName, ...] | None = None
    denied_services: tuple[ServiceName, ...] = ()
    tags: dict[str, str] = {}


class RegionSettings(Settings):
    """What a region may say: the settings, and parameters by stack id."""

    params: dict[str, dict[str, Parameter]] = {}


class AccountSettings(Settings):
    """What is true of whole accounts, beside the settings.

    ``max_data_class`` is the most sensitive data an account may hold; ``max_account_days`` how many days after
    its request an account must have expired.
    """

    budget: Budget | None = None
    network: NetworkSettings | None = None
    labels: dict[str, str] = {}
    max_data_class: DataClass | None = None
    max_account_days: Annotated[int, Field(ge=1, le=3650)] | None = None


class AccountChannel(AccountSettings, RegionSettings):
    """What an account may say beside its values."""


class LayerSettings(AccountChannel):
    """What a layer above the account may say: everything. ``regions`` are those that its accounts may be in."""

    regions: tuple[RegionName, ...] | None = None


class Layer(LayerSettings):
    """A layer above the account: its values are its own keys; the other three channels stand beside them."""

    defaults: LayerSettings | None = None
    merge: LayerSettings | None = None
    enforce: LayerSettings | None = None


class RegionLayer(RegionSettings):
    """The layer of one region."""

    defaults: RegionSettings | None = None
    merge: RegionSettings | None = None
    enforce: RegionSettings | None = None


class Guard(GuardSettings):
    """A tier's guard: how strict the gate is."""

    level: Level
    fail_on: Severity
    skip_requires_waiver: bool = True


class Databases(DatabaseSizing):
    """The sizing of a tier's databases."""

    class_: Annotated[Literal["s", "m", "l"], Field(alias="class")] = "m"
    multi_az: bool = True
    backup_days: Annotated[int, Field(ge=1, le=35)] = 30


class Sizing(SizingSettings):
    """A tier's sizing."""

    az_count: Annotated[int, Field(ge=1, le=6)] = 2
    nat: Literal["none", "single", "per_az"] = "single"
    log_retention_days: RetentionDays = 365
    deletion_protection: bool = True
    replication: bool = False
    db: Databases = Databases()


class Rollout(RolloutSettings):
    """A tier's roll-out."""

    approvals: Annotated[int, Field(ge=0, le=10)] = 1
    separation_of_duties: bool = True
    failure_tolerance: Share = 0
    max_concurrent: Annotated[int, Field(ge=1, le=10_000)] = 10
    bake: Duration = "0m"
    auto_apply: Literal["always", "additive", "never"] = "never"


class TierWaivers(WaiverSettings):
    """How long a waiver may last in a tier, in days, the checks it may never cover, and who may approve it."""

    max_days: Annotated[int, Field(ge=0, le=365)]
