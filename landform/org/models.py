"""The spec's files as frozen pydantic models: what an organisation may say about itself.

One model a file kind, ``extra="forbid"`` everywhere, so that a misspelt key is an error and never a silent
default. Ids are strings: YAML reads an account id with a leading zero as an octal number, which is how real
fleets lost accounts. The description of a type is what an error says was expected, and what an editor shows.
The file layout and the meaning of each key stand in ``docs/spec.md``.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints


def _iso_date(value: object) -> object:
    """A date written YYYY-MM-DD; pydantic alone would also read digits as seconds since 1970."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return dt.date.fromisoformat(value)
    if isinstance(value, dt.date):
        return value
    raise ValueError("not a date")


# [0-9], never \d: pydantic's \d takes the digits of every script.
AccountId = Annotated[
    str, StringConstraints(pattern=r"^[0-9]{12}$"), Field(description="a quoted string of 12 digits")
]
Name = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=50),
    Field(description="a name of up to 50 lower-case letters, digits and single hyphens, a letter first"),
]
RegionName = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z]{2}(-[a-z]+)+-[0-9]$"),
    Field(description="the name of an AWS region, such as eu-west-1"),
]
Email = Annotated[
    str,
    StringConstraints(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", max_length=64),
    Field(description="an e-mail address of at most 64 characters"),
]
OrgId = Annotated[
    str,
    StringConstraints(pattern=r"^o-[a-z0-9]{10,32}$"),
    Field(description="the organisation's id: o- and 10 to 32 lower-case letters and digits"),
]
OuPath = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*(/[A-Za-z0-9][A-Za-z0-9_.-]*)*$"),
    Field(description="a path of organizational units below the root, such as Workloads/Prod"),
]
ConstructPath = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*:[A-Za-z_][A-Za-z0-9_]*$"),
    Field(description="a class as package.module:Class"),
]
CheckId = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$"),
    Field(description="the id of one check, such as CKV_AWS_144"),
]
Text = Annotated[str, StringConstraints(min_length=1), Field(description="a text that is not empty")]
Date = Annotated[dt.date, BeforeValidator(_iso_date), Field(description="a date as YYYY-MM-DD")]
Severity = Literal["critical", "high", "medium", "low", "info"]
# The values that CloudWatch Logs' PutRetentionPolicy takes.
RetentionDays = Literal[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653
]
Parameter = Annotated[
    str | int | float | bool | list[str] | list[int] | dict[str, str] | None,
    Field(
        description="a text, a number, true or false, a list of texts or of whole numbers, "
        "or a mapping of texts to texts"
    ),
]


class Model(BaseModel):
    """The base of every model of the spec: frozen, nothing unknown, nothing coerced from another type."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class State(Model):
    """Where Terraform's state lives: one bucket per account, with S3's own lock file.

    ``bucket`` may hold ``{prefix}``, ``{account}``, ``{account_id}`` and ``{region}``.
    """

    bucket: Annotated[
        str,
        StringConstraints(pattern=r"^([a-z0-9-]|\{(prefix|account|account_id|region)\})+$"),
        Field(description="lower-case letters, digits, hyphens, {prefix}, {account}, {account_id}, {region}"),
    ] = "{prefix}-tfstate-{account_id}"
    region: RegionName | None = None


class Organization(Model):
    """``org/org.yaml``: what is true of the whole organisation."""

    schema_: Literal["landform/org/v1"] = Field(alias="schema")
    name: Name
    organization_id: OrgId
    management_account: Name
    log_archive_account: Name
    partition: Literal["aws", "aws-us-gov", "aws-cn"] = "aws"
    home_region: RegionName
    regions: tuple[RegionName, ...]
    prefix: Annotated[
        str,
        StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,15}$"),
        Field(description="2 to 16 lower-case letters, digits and hyphens, a letter first"),
    ]
    state: State = State()
    repository: str | None = None
    tags: dict[str, str] = {}
    mandatory_tags: tuple[str, ...] = ("owner", "cost-center", "data-class")


class OrganizationalUnit(Model):
    """One organizational unit: its path from the root, and the tiers its accounts may have (empty: any)."""

    path: OuPath
    tiers: tuple[Name, ...] = ()
    tags: dict[str, str] = {}


class OrganizationalUnits(Model):
    """``org/ous.yaml``: the tree of organizational units, as paths."""

    schema_: Literal["landform/ous/v1"] = Field(alias="schema")
    ous: tuple[OrganizationalUnit, ...]


class Guard(Model):
    """How strict the gate is. ``fail_on`` is the lowest severity that fails a check."""

    level: Literal["relaxed", "standard", "strict"]
    fail_on: Severity


class Sizing(Model):
    """What a tier makes larger or smaller. Days are days; ``nat`` says how many NAT gateways a VPC has."""

    az_count: Annotated[int, Field(ge=1, le=6)] = 2
    nat: Literal["none", "single", "per_az"] = "single"
    log_retention_days: RetentionDays = 365
    deletion_protection: bool = True


class TierWaivers(Model):
    """How long a waiver may last in a tier, in days, and the checks it may never cover."""

    max_days: Annotated[int, Field(ge=0, le=365)]
    never: tuple[CheckId, ...] = ()


class Tier(Model):
    """``org/tiers/<name>.yaml``: a class of accounts. A higher ``rank`` is nearer to customers."""

    schema_: Literal["landform/tier/v1"] = Field(alias="schema")
    name: Name
    rank: Annotated[int, Field(ge=0, le=100)]
    guard: Guard
    sizing: Sizing = Sizing()
    waivers: TierWaivers
    tags: dict[str, str] = {}


class Owner(Model):
    """Who answers for an account."""

    team: Name
    contact: Email
    cost_center: Text


class AccountStacks(Model):
    """What one account changes about its stacks: ``skip`` drops some, ``params`` gives values by stack id."""

    skip: tuple[Name, ...] = ()
    params: dict[str, dict[str, Parameter]] = {}


class Account(Model):
    """``org/accounts/<name>.yaml``: one AWS account. The file is the request for it."""

    schema_: Literal["landform/account/v1"] = Field(alias="schema")
    name: Name
    email: Email
    account_id: AccountId
    status: Literal["active", "quarantined", "suspended", "closed"] = "active"
    ou: OuPath
    tier: Name
    owner: Owner
    purpose: Text
    data_class: Literal["public", "internal", "confidential", "restricted"]
    regions: Annotated[tuple[RegionName, ...], Field(min_length=1)]
    stacks: AccountStacks = AccountStacks()
    labels: dict[str, str] = {}
    tags: dict[str, str] = {}


class Selector(Model):
    """Which accounts a stack goes to. Every key given must match; an empty selector matches every account.

    ``accounts`` and ``ous`` are globs; an organizational unit stands for itself and all below it.
    """

    accounts: tuple[str, ...] = ()
    tiers: tuple[Name, ...] = ()
    ous: tuple[str, ...] = ()
    labels: dict[str, str] = {}
    status: tuple[Literal["active", "quarantined"], ...] = ("active",)


class StackRule(Model):
    """One entry of ``org/stacks.yaml``: a stack class, where it goes and what must stand before it.

    ``construct`` is ``package.module:Class``. ``needs`` names stack ids of the same account.
    """

    id: Name
    construct_: ConstructPath = Field(alias="construct")
    per: Literal["account", "account_region"] = "account"
    select: Selector = Selector()
    needs: tuple[Name, ...] = ()
    params: dict[str, Parameter] = {}


class Stacks(Model):
    """``org/stacks.yaml``: which stacks go where."""

    schema_: Literal["landform/stacks/v1"] = Field(alias="schema")
    stacks: tuple[StackRule, ...]


class WaiverScope(Model):
    """What a waiver covers, as globs; an empty list means every one.

    Stacks are stack ids or full names (``<account>.<stack>``), resources are Terraform addresses.
    """

    accounts: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    stacks: tuple[str, ...] = ()
    resources: Annotated[tuple[str, ...], Field(min_length=1)]


class Waiver(Model):
    """``org/waivers/<id>.yaml``: a check that may fail somewhere, for a reason, until a date (inclusive)."""

    schema_: Literal["landform/waiver/v1"] = Field(alias="schema")
    id: Annotated[
        str,
        StringConstraints(pattern=r"^W-[0-9]{4}-[0-9]{3,}$"),
        Field(description="W-, a year, a hyphen and at least 3 digits, such as W-2026-014"),
    ]
    category: Literal["waiver", "mitigated"]
    checks: Annotated[tuple[CheckId, ...], Field(min_length=1)]
    scope: WaiverScope
    reason: Annotated[
        str, StringConstraints(min_length=10), Field(description="a reason of at least 10 characters")
    ]
    compensating: str | None = None
    requested_by: Text
    approved_by: Annotated[tuple[Text, ...], Field(min_length=1)]
    ticket: Text
    created: Date
    expires: Date
