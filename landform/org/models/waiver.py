"""Waivers: exceptions with a reason, an approver and an end."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from landform.org.models.base import CheckId, Date, Model, Text


class WaiverScope(Model):
    """What a waiver covers, as globs; an empty list means every one.

    Stacks are stack ids or full names (``<account>.<stack>``), resources are Terraform addresses.
    """

    accounts: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    stacks: tuple[str, ...] = ()
    resources: Annotated[tuple[str, ...], Field(min_length=1)]


ResourceDigest = Annotated[
    str,
    StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$"),
    Field(description="sha256: and 64 hexadecimal digits"),
]


class Waiver(Model):
    """``org/waivers/<id>.yaml``: a check that may fail somewhere, for a reason, until a date (inclusive).

    ``bind`` has the digests of the resources that were looked at, by Terraform address, one for each form that a
    resource has in the scope. The waiver covers nothing else.
    """

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
    bind: dict[str, Annotated[tuple[ResourceDigest, ...], Field(min_length=1)]] = {}
