"""Tiers and baselines: the classes that accounts are of."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from landform.org.models.base import Date, Model, Name, Parameter, Text
from landform.org.models.settings import Guard, Layer, Rollout, Sizing, TierWaivers

Version = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{1,5}(\.[0-9]{1,5}){0,2}$"),
    Field(description='a version in quotes, such as "13" or "1.2.0"'),
]


class Tier(Layer):
    """``org/tiers/<name>.yaml``: a class of accounts. A higher ``rank`` is nearer to customers."""

    schema_: Literal["landform/tier/v1"] = Field(alias="schema")
    name: Name
    rank: Annotated[int, Field(ge=0, le=100)]
    guard: Guard
    sizing: Sizing = Sizing()
    rollout: Rollout = Rollout()
    waivers: TierWaivers


class Baseline(Model):
    """``org/baselines/<name>-<version>.yaml``: one version of the stacks that a kind of account must have.

    An account of the baseline has its ``stacks`` whether or not a rule selects it, and cannot skip them. ``params``
    stand between those of ``stacks.yaml`` and the account's own. ``sunset`` is the last day of the version.
    """

    schema_: Literal["landform/baseline/v1"] = Field(alias="schema")
    name: Name
    version: Version
    description: Text | None = None
    stacks: tuple[Name, ...] = ()
    params: dict[str, dict[str, Parameter]] = {}
    sunset: Date | None = None
