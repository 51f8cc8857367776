"""AWS's own managed policies, those that constructs and people attach most, as AWS published them.

``data/managed.json`` has the text of each with its version and the day of it ("AWS managed policy reference"). AWS
changes some of them weekly; a policy that is not in the table is never taken for one that allows nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

_ARN = re.compile(r"arn:aws[a-z-]*:iam::aws:policy/(.+)", re.ASCII)


@cache
def managed_policies() -> Mapping[str, Mapping[str, Any]]:
    """What the table has: name with path -> ``version``, ``updated``, ``document``."""
    text = resources.files(__package__).joinpath("data/managed.json").read_text(encoding="utf-8")
    found: dict[str, Mapping[str, Any]] = json.loads(text)
    return found


@cache
def managed_text(arn: str) -> str | None:
    """The text of one of AWS's policies; None for one that the table has not, and for any other ARN."""
    match = _ARN.fullmatch(arn)
    found = managed_policies().get(match[1]) if match else None
    return json.dumps(found["document"]) if found else None
