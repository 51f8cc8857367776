"""The organisation and its organizational units."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from landform.org.models.base import Duration, Model, Name, OrgId, OuPath, RegionName, Text
from landform.org.models.settings import Layer, RegionLayer

DeployProvider = Literal["github", "gitlab", "bitbucket", "terraform-cloud"]


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


class Naming(Model):
    """What names of accounts and their root addresses must be like; nothing given allows everything.

    ``email`` makes the address of an account whose request gives none, from ``{account}``.
    """

    accounts: tuple[Text, ...] = ()
    email_domains: tuple[Text, ...] = ()
    email: (
        Annotated[
            str,
            StringConstraints(pattern=r"^[^@\s{}]*\{account\}[^@\s{}]*@[^@\s{}]+\.[^@\s{}]+$"),
            Field(description="an e-mail address with {account} in it, such as aws+{account}@acme.example"),
        ]
        | None
    ) = None


class Identity(Model):
    """IAM Identity Center: its region, the permission sets there are, the longest session one may give."""

    region: RegionName | None = None
    permission_sets: tuple[Text, ...] = ()
    max_session: Duration | None = None


class Logging(Model):
    """The organisation's trail: its name, and whether it records data events too."""

    trail: Name = "organization"
    data_events: bool = False


class DeployRules(Model):
    """Who may deploy into accounts: the providers and the repositories (globs); nothing given allows everything."""

    providers: tuple[DeployProvider, ...] = ()
    repositories: tuple[Text, ...] = ()


class Organization(Layer):
    """``org/org.yaml``: what is true of the whole organisation.

    ``region_settings`` holds the layer of each region. ``max_accounts`` is the quota of AWS Organizations, as Service
    Quotas says it: no request is taken beyond it.
    """

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
    naming: Naming = Naming()
    identity: Identity = Identity()
    logging: Logging = Logging()
    deploy: DeployRules = DeployRules()
    repository: str | None = None
    max_accounts: Annotated[int, Field(ge=1, le=100_000)] | None = None
    mandatory_tags: tuple[str, ...] = ("owner", "cost-center", "data-class")
    region_settings: dict[RegionName, RegionLayer] = {}


class OrganizationalUnit(Layer):
    """One organizational unit: its path from the root, and the tiers its accounts may have (empty: any).

    ``service_control_policies`` names files of ``org/policies``.
    """

    path: OuPath
    tiers: tuple[Name, ...] = ()
    service_control_policies: tuple[Name, ...] = ()


class OrganizationalUnits(Model):
    """``org/ous.yaml``: the tree of organizational units, as paths."""

    schema_: Literal["landform/ous/v1"] = Field(alias="schema")
    ous: tuple[OrganizationalUnit, ...]
