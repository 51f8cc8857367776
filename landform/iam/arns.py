"""ARNs as policies name them, taken apart. Follows "IAM identifiers" of the IAM guide."""

from __future__ import annotations

import re

from landform.core.construct import user_place
from landform.errors import Code, LandformError

_ROLE = re.compile(r"arn:aws[a-z-]*:iam::([0-9]{12}):role/[\w+=,.@/-]+", re.ASCII)


def role_account(arn: str) -> str:
    """The account id in the ARN of a role.

    Raises:
        LandformError: ``argument-value`` where it is no ARN of one role.
    """
    match = _ROLE.fullmatch(arn) if isinstance(arn, str) else None
    if match:
        return match[1]
    raise LandformError(
        Code.ARGUMENT_VALUE,
        "This is not the ARN of one role.",
        place=user_place(),
        given=repr(arn),
        expected="arn:aws:iam::123456789012:role/name",
    )
