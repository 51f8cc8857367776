"""Stack rules and waves: what goes where, after what, and in which order it is rolled out."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from landform.org.models.base import ConstructPath, Duration, Model, Name, Parameter, Share, Text
from landform.org.models.settings import Settings

OutputName = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=64),
    Field(description="the name of an output: lower-case letters, digits and _"),
]
OutputKind = Literal["string", "number", "bool"]


class ListOutput(Model):
    """An output that is a list: of what, and how long it is where that is known, as a number or a setting."""

    list_: Annotated[OutputKind, Field(alias="list")]
    length: Annotated[int, Field(ge=0, le=1000)] | None = None
    len_from: Text | None = None


class Selector(Model):
    """Which accounts a stack goes to. Every key given must match; an empty selector matches every account.

    ``accounts`` and ``ous`` are globs; an organizational unit stands for itself and all below it.
    """

    accounts: tuple[str, ...] = ()
    tiers: tuple[Name, ...] = ()
    ous: tuple[str, ...] = ()
    labels: dict[str, str] = {}
    status: tuple[Literal["active", "quarantined"], ...] = ("active",)


class StackRule(Settings):
    """One entry of ``org/stacks.yaml``: a stack class, where it goes and what must stand before it.

    ``construct`` is ``package.module:Class``. ``needs`` names stack ids of the same account. An ``opt_in`` stack goes
    only to accounts that add it or whose baseline holds it. ``accounts`` names the accounts whose ids it reads, beside
    its own, the management and the log archive account. ``addresses`` gives it the parameter ``cidrs``, the account's
    blocks by region. ``outputs`` is what it publishes; ``uses`` what it reads of the stacks it needs. ``tree`` lets it
    read every unit, account and service control policy, ``pools`` the pools of addresses, which is for the stacks that
    make them: they change whenever one of these does.
    """

    id: Name
    construct_: ConstructPath = Field(alias="construct")
    per: Literal["account", "account_region"] = "account"
    select: Selector = Selector()
    opt_in: bool = False
    needs: tuple[Name, ...] = ()
    outputs: dict[OutputName, OutputKind | ListOutput] = {}
    uses: dict[Name, tuple[OutputName, ...]] = {}
    accounts: tuple[Name, ...] = ()
    addresses: bool = False
    tree: bool = False
    pools: bool = False
    params: dict[str, Parameter] = {}
    defaults: Settings | None = None
    merge: Settings | None = None
    enforce: Settings | None = None


class Stacks(Model):
    """``org/stacks.yaml``: which stacks go where."""

    schema_: Literal["landform/stacks/v1"] = Field(alias="schema")
    stacks: tuple[StackRule, ...]


class WaveSelector(Model):
    """Which accounts a wave takes. Every key given must match; an empty selector takes every account."""

    accounts: tuple[str, ...] = ()
    tiers: tuple[Name, ...] = ()
    ous: tuple[str, ...] = ()
    labels: dict[str, str] = {}


class Wave(Model):
    """One wave: the accounts it takes of those no wave before it took, how many of them at most, how long it bakes."""

    id: Name
    select: WaveSelector = WaveSelector()
    size: Share = "100%"
    bake: Duration | None = None


class Waves(Model):
    """``org/waves.yaml``: the order in which a change reaches the organisation."""

    schema_: Literal["landform/waves/v1"] = Field(alias="schema")
    waves: tuple[Wave, ...]
