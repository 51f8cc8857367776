"""Accounts: one file each, which is also the request for it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from landform.org.models.base import (
    AccountId,
    DataClass,
    Date,
    Duration,
    Email,
    Model,
    Name,
    Netmask,
    OuPath,
    Parameter,
    Phone,
    RegionName,
    Text,
)
from landform.org.models.organization import DeployProvider
from landform.org.models.settings import AccountChannel, AccountSettings, NetworkSettings
from landform.org.models.tier import Version


class Owner(Model):
    """Who answers for an account, and who hears of its security. AWS's alternate contacts need ``phone``."""

    team: Name
    contact: Email
    cost_center: Text
    security_contact: Email | None = None
    phone: Phone | None = None


class BaselinePin(Model):
    """The baseline of an account: which, which version, and the last day it stays on it."""

    name: Name
    version: Version
    pin_until: Date | None = None


class Access(Model):
    """A group that may sign in: with which permission set, how long, and whether somebody must approve."""

    group: Text
    permission_set: Text
    max_session: Duration | None = None
    approval: bool = False


# A role trusts the environments that are named here: no wildcard, and nothing that IAM or Terraform would replace.
Environment = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9 _./-]*$", max_length=255),
    Field(description="an environment's name: letters, digits, spaces and _ . / -, a letter or digit first"),
]


class Deploy(Model):
    """What deploys into an account: a repository, its environments, and the roles of plan and apply."""

    provider: DeployProvider
    repo: Annotated[
        str,
        StringConstraints(pattern=r"^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+$"),
        Field(description="a repository as owner/name"),
    ]
    environments: tuple[Environment, ...] = ()
    plan_role: Literal["read", "none"] = "read"
    apply_role: Literal["scoped", "admin", "none"] = "scoped"


# What a caller that may call twice calls its request.
RequestKey = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]*$", max_length=128),
    Field(description="up to 128 letters, digits and . _ : -, a letter or digit first"),
]


class Quota(Model):
    """A service quota to ask for: Service Quotas' own codes and a value."""

    service: Text
    code: Annotated[
        str,
        StringConstraints(pattern=r"^L-[0-9A-F]{8}$"),
        Field(description="a quota's code, such as L-1216C47A"),
    ]
    # The bounds of Service Quotas' QuotaValue.
    value: Annotated[int, Field(ge=0, le=10_000_000_000)]


class AccountNetwork(NetworkSettings):
    """The address pool that an account's blocks come from, and their size where it is not the pool's own.

    No layer above can say these: another block is another VPC.
    """

    pool: Name
    netmask: Netmask | None = None


class AccountStacks(Model):
    """What one account changes about its stacks.

    ``add`` names stacks it gets although no rule selects it, ``skip`` drops some, ``params`` gives values by stack id.
    """

    add: tuple[Name, ...] = ()
    skip: tuple[Name, ...] = ()
    params: dict[str, dict[str, Parameter]] = {}


Status = Literal["requested", "provisioning", "quarantined", "active", "suspended", "closed"]


class LifeStep(Model):
    """A later step of an account's life: the status or the unit that it came to, by whom, why and when.

    The request stays in ``change``, from whose date the days of an account are counted.
    """

    status: Status | None = None
    ou: OuPath | None = None
    by: Text
    reason: Text
    ticket: Text | None = None
    date: Date


class RequestRecord(Model):
    """The request that an account was made from: its digest, and the key that whoever asked gave it."""

    digest: Annotated[
        str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$"), Field(description="sha256: and 64 digits")
    ]
    key: RequestKey | None = None


class Change(Model):
    """Who asked for an account, who allowed it, why, where and when; ``request`` is written by ``landform vend``."""

    requested_by: Text
    approved_by: tuple[Text, ...] = ()
    reason: Text
    ticket: Text | None = None
    date: Date | None = None
    request: RequestRecord | None = None


class Account(AccountSettings):
    """``org/accounts/<name>.yaml``: one AWS account. The file is the request for it.

    ``account_id`` may be empty while the status is ``requested`` or ``provisioning``: AWS gives it when the account is
    made. ``life`` is what was done to the account since, the oldest first.
    """

    schema_: Literal["landform/account/v1"] = Field(alias="schema")
    name: Name
    email: Email
    account_id: AccountId = ""
    status: Status = "active"
    ou: OuPath
    tier: Name
    baseline: BaselinePin | None = None
    owner: Owner
    purpose: Text
    data_class: DataClass
    compliance: tuple[Text, ...] = ()
    regions: Annotated[tuple[RegionName, ...], Field(min_length=1)]
    network: AccountNetwork | None = None
    access: tuple[Access, ...] = ()
    deploy: Deploy | None = None
    quotas: tuple[Quota, ...] = ()
    stacks: AccountStacks = AccountStacks()
    service_control_policies: tuple[Name, ...] = ()
    change: Change | None = None
    life: tuple[LifeStep, ...] = ()
    expires: Date | None = None
    defaults: AccountChannel | None = None
    merge: AccountChannel | None = None
    enforce: AccountChannel | None = None
