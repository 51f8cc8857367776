"""What AWS takes as a name or a number, told at synth and not after half an apply. Sources: the API references."""

from __future__ import annotations

import re
from dataclasses import dataclass

from landform.errors import Code, LandformError, Place


@dataclass(frozen=True, slots=True)
class Name:
    """The form of one kind of name: a pattern for the whole of it, and the same in words."""

    what: str
    pattern: str
    expected: str
    fix: str | None = None

    def checked(self, text: str, place: Place) -> str:
        """The name itself.

        Raises:
            LandformError: ``argument-value`` where AWS would refuse it.
        """
        if isinstance(text, str) and re.fullmatch(self.pattern, text, re.ASCII):
            return text
        raise LandformError(
            Code.ARGUMENT_VALUE,
            f"AWS would refuse this {self.what}.",
            place=place,
            given=repr(text),
            expected=self.expected,
            fix=self.fix,
        )


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number between two bounds, both allowed."""

    what: str
    least: int
    most: int

    def checked(self, number: int, place: Place) -> int:
        """The number itself; errors as for ``Name.checked``."""
        if type(number) is int and self.least <= number <= self.most:
            return number
        raise LandformError(
            Code.ARGUMENT_VALUE,
            f"AWS would refuse this {self.what}.",
            place=place,
            given=repr(number),
            expected=f"{self.least} to {self.most}",
        )


ACCOUNT_ID = Name("id of an account", r"[0-9]{12}", "twelve digits, as text")
ROLE_NAME = Name("role name", r"[\w+=,.@-]{1,64}", "1 to 64 letters, digits and _ + = , . @ -")
POLICY_NAME = Name("policy name", r"[\w+=,.@-]{1,128}", "1 to 128 letters, digits and _ + = , . @ -")
PERMISSION_SET_NAME = Name(
    "name of a permission set", r"[\w+=,.@-]{1,32}", "1 to 32 letters, digits and _ + = , . @ -"
)
SERVICE_PRINCIPAL = Name(
    "principal of a service", r"[a-z0-9][a-z0-9.-]*\.amazonaws\.com", "for example config.amazonaws.com"
)
KEY_ALIAS = Name(
    "alias of a key",
    r"(?!aws/)(?!alias/)[\w/-]{1,250}",
    "1 to 250 letters, digits and / _ -, without alias/ and not below aws/",
)
KEY_ARN = Name(
    "ARN of a key",
    r"arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+",
    "arn:aws:kms:eu-west-1:123456789012:key/ and the key's id",
)
LOG_GROUP_NAME = Name(
    "log group name",
    r"(?!aws/)[\w./#-]{1,512}",
    "1 to 512 letters, digits and _ - / . #, not below aws/",
)
IMPORTED_LOG_GROUP_NAME = Name("log group name", r"[\w./#-]{1,512}", "1 to 512 letters, digits and _ - / . #")
BUCKET_NAME = Name(
    "bucket name",
    r"(?!xn--|sthree-|amzn-s3-demo-)"
    r"(?!\d+\.\d+\.\d+\.\d+\Z)(?!.*\.\.)"
    r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
    r"(?<!-s3alias)(?<!--ol-s3)(?<!\.mrap)(?<!--x-s3)(?<!--table-s3)",
    "3 to 63 lower-case letters, digits, dots and hyphens, a letter or digit at both ends, no address, "
    "none of S3's own prefixes and suffixes",
    "Leave bucket_name out to have one made from the construct path.",
)

DELETION_WINDOW_DAYS = Whole("number of days to wait before a key is deleted", 7, 30)
SESSION_HOURS = Whole("number of hours a session may last", 1, 12)
LIFECYCLE_DAYS = Whole("number of days in the life of an object", 1, 2_147_483_647)
LOCK_DAYS = Whole("number of days an object is locked", 1, 36_500)
