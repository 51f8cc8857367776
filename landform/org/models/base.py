"""The words of the spec: the base of every model, and the types that its keys share.

Ids are strings: YAML reads an account id with a leading zero as an octal number, which is how real fleets lost
accounts. The description of a type is what an error says was expected, and what an editor shows.
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


# What a list may hold, and what an edit of it has behind its sign. [0-9], never \d: pydantic's takes the digits of
# every script.
_REGION = r"[a-z]{2}(-[a-z]+)+-[0-9]"
# Control characters are named, because not every dialect of regular expressions has them all among its spaces.
_EMAIL = r"[^@\s\x00-\x1f\x7f-\x9f]+@[^@\s\x00-\x1f\x7f-\x9f]+\.[^@\s\x00-\x1f\x7f-\x9f]+"
_PERCENT = r"[0-9]{1,3}%"

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
    StringConstraints(pattern=f"^{_REGION}$"),
    Field(description="the name of an AWS region, such as eu-west-1"),
]
Email = Annotated[
    str,
    StringConstraints(pattern=f"^{_EMAIL}$", max_length=64),
    Field(description="an e-mail address of at most 64 characters"),
]
# As the Account Management API takes a telephone number.
Phone = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9+(][0-9 ()+-]{0,24}$"),
    Field(description="a telephone number of at most 25 digits, spaces and + ( ) -"),
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
ResourceType = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)+$"),
    Field(description="a Terraform resource type, such as aws_kms_key"),
]
ServiceName = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]*$"),
    Field(description="the prefix of an AWS service in IAM, such as s3"),
]
# A VPC's block has between 16 and 65,536 addresses.
Netmask = Annotated[int, Field(ge=16, le=28)]
Percent = Annotated[
    str, StringConstraints(pattern=f"^{_PERCENT}$"), Field(description="a percentage, such as 10%")
]
Share = Annotated[
    Annotated[int, Field(ge=0, le=100_000)] | Percent,
    Field(description="a number of stacks, or a percentage such as 10%"),
]
Duration = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{1,5}[smhd]$"),
    Field(description="a number with s, m, h or d, such as 30m"),
]
Text = Annotated[str, StringConstraints(min_length=1), Field(description="a text that is not empty")]
Date = Annotated[dt.date, BeforeValidator(_iso_date), Field(description="a date as YYYY-MM-DD")]
Severity = Literal["critical", "high", "medium", "low", "info"]
DataClass = Literal["public", "internal", "confidential", "restricted"]
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
# What a list that is not replaced says: each item with a sign before it.
PercentEdit = Annotated[
    str,
    StringConstraints(pattern=f"^[+-]?{_PERCENT}$"),
    Field(description="a percentage such as 10%, or one to add or remove: +10%, -10%"),
]
EmailEdit = Annotated[
    str,
    StringConstraints(pattern=f"^[+-]?{_EMAIL}$", max_length=65),
    Field(description="an e-mail address, or one to add or remove: +a@b.example, -a@b.example"),
]
RegionEdit = Annotated[
    str,
    StringConstraints(pattern=f"^[+-]?{_REGION}$"),
    Field(description="the name of an AWS region, or one to add or remove: +eu-west-1, -eu-west-1"),
]


class Model(BaseModel):
    """The base of every model of the spec: frozen, nothing unknown, nothing coerced from another type."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
