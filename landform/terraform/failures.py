"""What a failure of Terraform's means, by the words it is told in.

Terraform and the AWS provider give no codes. Their sentences are recognised here, each with landform's code and what
to do. AWS's own error codes stand in them as ``api error <code>:``
(https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html). The first row that fits is taken.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from landform.errors import Code

# AWS's ways to say "slower": of EC2, of most services, of S3, and of some alone.
THROTTLING = (
    "BandwidthLimitExceeded", "EC2ThrottledException", "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException", "RequestLimitExceeded", "RequestThrottled",
    "RequestThrottledException", "SlowDown", "ThrottledException", "Throttling", "ThrottlingException",
    "TooManyRequestsException", "TooManyRequests", "TransactionInProgressException",
)  # fmt: skip
EXPIRED = ("ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired")
PROVIDERS = (
    "Failed to query available provider packages",
    "Failed to install provider",
    "Failed to resolve provider packages",
    "Could not retrieve the list of available versions",
    "Incompatible provider version",
    "Required plugins are not installed",
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """A row of the table: the words (a regular expression over summary and detail), the code, what to do."""

    words: re.Pattern[str]
    code: Code
    fix: str | None


@dataclass(frozen=True, slots=True)
class Lock:
    """Who holds a state's lock, in Terraform's own words.

    Attributes:
        id: the lock's id, which ``terraform force-unlock`` takes.
        path: the state that is locked.
        operation: what is done meanwhile, such as ``OperationTypeApply``.
        who: ``user@host``.
        created: since when.
    """

    id: str
    path: str
    operation: str
    who: str
    created: str

    def __str__(self) -> str:
        return f"{self.path}, by {self.who} since {self.created}, for {self.operation}, lock id {self.id}"


def _api(codes: tuple[str, ...]) -> str:
    return rf"(?:api error |\b)(?:{'|'.join(codes)}):"


AGAIN = "Plan again and apply the new plan."
_ROWS: tuple[tuple[str, Code, str | None], ...] = (
    (
        r"no space left on device|disk quota exceeded",
        Code.DISK_FULL,
        "Make room, then plan again. If an apply was under way, look for errored.tfstate in the working folder first.",
    ),
    (
        "^(?:Failed to (?:save|persist) state|Failed to update state|Error saving state)|errored\\.tfstate",
        Code.STATE_NOT_SAVED,
        "Keep errored.tfstate in the working folder: it alone knows what was made. When the backend answers again, "
        "run `terraform state push errored.tfstate` there.",
    ),
    (
        r"Lock Info:\s+ID:",
        Code.STATE_LOCKED,
        "Wait until that one has ended. If nobody works there any more, run `terraform force-unlock {id}` in the "
        "working folder.",
    ),
    (_api(THROTTLING) + "|StatusCode: 429", Code.THROTTLED, "Run fewer stacks at once with --jobs, or later."),
    (_api(EXPIRED), Code.CREDENTIALS_EXPIRED, "Get new credentials; what was not applied is planned again."),
    (r"^Saved plan is stale", Code.PLAN_STALE, AGAIN),
    (
        r"plan file was created by Terraform|plan files cannot be transferred",
        Code.PLAN_STALE,
        f"Apply with the Terraform that planned. Or: {AGAIN}",
    ),
    (
        r"^Failed to (?:load \".*\" as a plan|read plan from plan) file"
        r"|Failed to read the given file as a state or plan",
        Code.PLAN_UNREADABLE,
        AGAIN,
    ),
    (
        r"AWS account ID not allowed",
        Code.WRONG_ACCOUNT,
        "Use credentials, or a role, of the stack's own account.",
    ),
    (
        r"^(?:Plugin did not respond|Request cancelled|Unrecognized remote plugin message)|plugin crashed!",
        Code.PROVIDER_CRASHED,
        "Run it again; fewer at once with --jobs where memory is short.",
    ),
    (
        rf"^(?:{'|'.join(PROVIDERS)})",
        Code.PROVIDER_MISSING,
        "Give a folder that holds the provider with --plugin-dir or LANDFORM_PLUGIN_DIR, or allow access to its "
        "registry; `landform doctor` says where providers come from.",
    ),
)  # fmt: skip
MEANINGS = tuple(Meaning(re.compile(words), code, fix) for words, code, fix in _ROWS)
OTHER = Meaning(re.compile(""), Code.TERRAFORM_FAILED, None)
_LOCK = re.compile(
    r"Lock Info:\s+ID: +(?P<id>\S+)\s+Path: +(?P<path>.*?)\n\s+Operation: +(?P<operation>.*?)\n"
    r"\s+Who: +(?P<who>.*?)\n\s+Version: .*?\n\s+Created: +(?P<created>.*?)\n"
)


def meaning(text: str) -> Meaning:
    """What a failure means: the row whose words stand in it, or that Terraform failed.

    Args:
        text: a diagnostic's summary, a line break, its detail; or what was written as plain text.
    """
    return next((row for row in MEANINGS if row.words.search(text)), OTHER)


def lock_in(text: str) -> Lock | None:
    """The lock that a failure tells of, or None."""
    match = _LOCK.search(text)
    return Lock(**match.groupdict()) if match else None
