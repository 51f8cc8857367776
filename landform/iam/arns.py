"""ARNs as policies name them, taken apart. Follows "IAM identifiers" of the IAM guide."""

from __future__ import annotations

import re

from landform.core.construct import user_place
from landform.errors import Code, LandformError

# Of a role that IAM Identity Center makes: before its permission set's name, and what AWS adds to that, which nobody
# knows beforehand. As many characters as it has: with an asterisk the role of `Read` would be that of `Read_Only` too.
_SIGNED_IN, _SUFFIX = "AWSReservedSSO_", "_" + 16 * "?"
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


def permission_set_roles(permission_set: str, account_id: str, partition: str = "aws") -> tuple[str, str]:
    """The ARN of the role that a permission set has in an account, as patterns of ``ArnLike``.

    The path names the region of IAM Identity Center, unless that is us-east-1: the first pattern is without one, the
    second with any ("Referencing permission sets in resource policies" of the IAM Identity Center guide).
    """
    path = f"arn:{partition}:iam::{account_id}:role/aws-reserved/sso.amazonaws.com"
    name = f"{_SIGNED_IN}{permission_set}{_SUFFIX}"
    return f"{path}/{name}", f"{path}/*/{name}"


def permission_set_of(role: str) -> str:
    """The permission set of a pattern that ``permission_set_roles`` gives."""
    return role.rpartition("/")[2].removeprefix(_SIGNED_IN).removesuffix(_SUFFIX)
