"""What landform says when something is wrong: one error type, a closed set of codes, exit statuses.

An error for a user is never a traceback. It names the code, the place (file, line and column, or construct
path), what was given, what was expected and what to do. ``docs/errors.md`` has an entry for each code.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, IntEnum


class Exit(IntEnum):
    """Exit statuses of the command line."""

    DONE = 0
    SAID_NO = 1
    BAD_INPUT = 2
    MISSING = 3
    STOPPED = 4
    INTERRUPTED = 130


class Code(Enum):
    """Every error code, its exit status and its meaning in a sentence."""

    # the organisation's spec
    SPEC_NOT_FOUND = (
        "spec-not-found",
        Exit.BAD_INPUT,
        "There is no org/ folder, or a file of it is missing.",
    )
    SPEC_SYNTAX = ("spec-syntax", Exit.BAD_INPUT, "A file of the spec is not the YAML it must be.")
    SPEC_UNKNOWN_KEY = ("spec-unknown-key", Exit.BAD_INPUT, "A key that this kind of file does not have.")
    SPEC_VALUE = ("spec-value", Exit.BAD_INPUT, "A value of the wrong type, form or range.")
    SPEC_MISSING_KEY = ("spec-missing-key", Exit.BAD_INPUT, "A key that must be there is not.")
    SPEC_DUPLICATE = ("spec-duplicate", Exit.BAD_INPUT, "Two entries share what must be unique.")
    SPEC_REFERENCE = ("spec-reference", Exit.BAD_INPUT, "A name that nothing in the spec has.")
    SPEC_VERSION = (
        "spec-version",
        Exit.BAD_INPUT,
        "A file is of a schema version that this landform does not read.",
    )
    SPEC_CYCLE = ("spec-cycle", Exit.BAD_INPUT, "Stacks need each other in a circle.")
    SPEC_WAIVER = ("spec-waiver", Exit.BAD_INPUT, "A waiver breaks a rule of its tier.")
    SPEC_ENFORCED = (
        "spec-enforced",
        Exit.BAD_INPUT,
        "A layer would lower what a layer above it enforces.",
    )
    SPEC_ACCOUNT = ("spec-account", Exit.BAD_INPUT, "An account breaks a rule of its tier or organisation.")
    SPEC_OUTPUT = ("spec-output", Exit.BAD_INPUT, "A stack uses an output that no stack declares.")
    SPEC_LOCK = ("spec-lock", Exit.BAD_INPUT, "The lock file of addresses is not what landform wrote.")
    SPEC_LOCK_CONFLICT = (
        "spec-lock-conflict",
        Exit.BAD_INPUT,
        "Two branches allotted addresses, and nobody has settled it.",
    )
    SPEC_ADDRESSES = (
        "spec-addresses",
        Exit.BAD_INPUT,
        "An account lacks an address block, or a pool has none that it can have.",
    )
    SPEC_REMOVED = (
        "spec-removed",
        Exit.SAID_NO,
        "An account's file is gone, and the account was not closed.",
    )
    SPEC_IMMUTABLE = (
        "spec-immutable",
        Exit.SAID_NO,
        "A value changed that must stay once the account is there.",
    )
    SPEC_EXPIRED = (
        "spec-expired",
        Exit.SAID_NO,
        "The last day of a waiver, a pinned baseline or an account has passed.",
    )
    # user code
    STACK_CLASS = ("stack-class", Exit.BAD_INPUT, "A stack class cannot be imported or is no stack class.")
    STACK_FAILED = ("stack-failed", Exit.BAD_INPUT, "A stack class raised an exception.")
    # the construct tree
    CONSTRUCT_ID = ("construct-id", Exit.BAD_INPUT, "A construct id that Terraform would refuse.")
    DUPLICATE_ID = ("duplicate-id", Exit.BAD_INPUT, "Two constructs, addresses or stacks of one name.")
    NO_STACK = ("no-stack", Exit.BAD_INPUT, "A Terraform element outside of any stack.")
    NO_BACKEND = ("no-backend", Exit.BAD_INPUT, "A stack without a backend, or with two.")
    DEPENDENCY_CYCLE = ("dependency-cycle", Exit.BAD_INPUT, "Stacks depend on each other in a circle.")
    REFERENCE = ("reference", Exit.BAD_INPUT, "A reference to something that the stack does not hold.")
    VALUE = ("value", Exit.BAD_INPUT, "A value that cannot be written as Terraform JSON.")
    ANNOTATION = ("annotation", Exit.BAD_INPUT, "A construct carries an error annotation.")
    VALIDATION = ("validation", Exit.BAD_INPUT, "A construct's own validation failed.")
    # arguments, against the provider's schema
    UNKNOWN_TYPE = ("unknown-type", Exit.BAD_INPUT, "The provider has no such resource type or data source.")
    UNKNOWN_ARGUMENT = ("unknown-argument", Exit.BAD_INPUT, "The resource type has no such argument.")
    MISSING_ARGUMENT = ("missing-argument", Exit.BAD_INPUT, "A required argument was not given.")
    ARGUMENT_TYPE = ("argument-type", Exit.BAD_INPUT, "An argument of the wrong type.")
    READ_ONLY_ARGUMENT = (
        "read-only-argument",
        Exit.BAD_INPUT,
        "The provider sets this attribute; it cannot be given.",
    )
    BLOCK_COUNT = ("block-count", Exit.BAD_INPUT, "Too few or too many blocks of one kind.")
    ARGUMENT_VALUE = ("argument-value", Exit.BAD_INPUT, "A value AWS or landform would refuse.")
    # what the machine lacks
    TERRAFORM_MISSING = ("terraform-missing", Exit.MISSING, "No usable Terraform or OpenTofu was found.")
    PROVIDER_MISSING = ("provider-missing", Exit.MISSING, "A provider is neither mirrored nor reachable.")
    PACK_MISSING = ("pack-missing", Exit.MISSING, "There is no schema pack for a provider version.")
    EXTRA_MISSING = ("extra-missing", Exit.MISSING, "An optional part of landform is not installed.")
    CHECKS_ENVIRONMENT = (
        "checks-environment",
        Exit.MISSING,
        "The environment that was named for checkov cannot be used.",
    )
    GIT_MISSING = ("git-missing", Exit.MISSING, "git is needed for this and was not found.")
    NODE_MISSING = ("node-missing", Exit.MISSING, "cdktf needs Node.js and none was found.")
    # files and folders
    NOT_WRITABLE = ("not-writable", Exit.BAD_INPUT, "A folder or file cannot be written.")
    NOT_EMPTY = ("not-empty", Exit.BAD_INPUT, "A folder that must be empty is not.")
    NO_BUNDLE = ("no-bundle", Exit.BAD_INPUT, "There is no bundle, or it is not whole.")
    BUNDLE_TAMPERED = ("bundle-tampered", Exit.SAID_NO, "A bundle's file is not what its index says.")
    NO_MATCH = ("no-match", Exit.BAD_INPUT, "A selection matches no stack.")
    TOO_MANY_STACKS = (
        "too-many-stacks",
        Exit.BAD_INPUT,
        "A selection holds more stacks than may be planned at once.",
    )
    USAGE = ("usage", Exit.BAD_INPUT, "Options that do not go together, or a value out of range.")
    NO_REVISION = ("no-revision", Exit.BAD_INPUT, "There is no such git revision, or no repository.")
    # AWS itself
    REQUEST = ("request", Exit.BAD_INPUT, "A request for an account that cannot be granted as it is.")
    REQUEST_REPLAYED = (
        "request-replayed",
        Exit.BAD_INPUT,
        "The key of a request was used before, for a request that says something else.",
    )
    REQUEST_WEAKENS = (
        "request-weakens",
        Exit.SAID_NO,
        "A request asks for less than the layers above allow.",
    )
    ACCOUNT_LIFE = ("account-life", Exit.SAID_NO, "A step of an account's life that it cannot take now.")
    AWS_REFUSED = ("aws-refused", Exit.MISSING, "AWS could not be reached, or refused a call.")
    STEP_UNDONE = (
        "step-undone",
        Exit.STOPPED,
        "AWS took a step in an account, and what it was for is not there.",
    )
    # checks and plans
    CHECK_INCOMPLETE = ("check-incomplete", Exit.SAID_NO, "A rule could not judge what it must judge.")
    CONFIGURATION_UNREADABLE = (
        "configuration-unreadable",
        Exit.BAD_INPUT,
        "A folder that holds no Terraform, or Terraform that cannot be read.",
    )
    CHECK_BASELINE = (
        "check-baseline",
        Exit.BAD_INPUT,
        "A baseline is not a report that `landform check` wrote.",
    )
    POLICY_RULE = ("policy-rule", Exit.BAD_INPUT, "A rule of the project's or of a package's is no rule.")
    TERRAFORM_FAILED = ("terraform-failed", Exit.SAID_NO, "Terraform refused a stack or could not plan it.")
    SANDBOX_FAILED = ("sandbox-failed", Exit.MISSING, "The local AWS did not start.")
    PLAN_FORMAT = ("plan-format", Exit.MISSING, "A plan in a form that this landform does not know.")
    PLAN_KEY = ("plan-key", Exit.BAD_INPUT, "The key that plan files are encrypted with is no key.")
    PLAN_FILE = ("plan-file", Exit.SAID_NO, "A saved plan is not what was saved, or cannot be opened.")
    PLAN_OUTDATED = ("plan-outdated", Exit.SAID_NO, "A plan set was made from another bundle.")
    NO_PLAN_SET = ("no-plan-set", Exit.BAD_INPUT, "There is no such plan set.")
    # roll-outs
    ROLLOUT_ORDER = (
        "rollout-order",
        Exit.BAD_INPUT,
        "A stack needs one that a later step of the roll-out brings.",
    )
    ROLLOUT_RECORD = (
        "rollout-record",
        Exit.SAID_NO,
        "The record of a roll-out says what cannot have happened.",
    )
    # the record of what was done
    LEDGER_UNREADABLE = (
        "ledger-unreadable",
        Exit.BAD_INPUT,
        "A ledger that is damaged, is no ledger, or is of a newer format.",
    )
    LEDGER_BROKEN = ("ledger-broken", Exit.SAID_NO, "An event of the ledger is not what was written.")
    OBJECT_BROKEN = (
        "object-broken",
        Exit.SAID_NO,
        "A file that the record keeps is gone, or is not what was kept.",
    )
    NOTHING_APPLIED = (
        "nothing-applied",
        Exit.BAD_INPUT,
        "Nothing was applied, or not here, or not before.",
    )
    CLOCK_MOVED = ("clock-moved", Exit.SAID_NO, "The machine's clock is behind the ledger's last event.")
    IN_USE = ("in-use", Exit.SAID_NO, "Another run is at work in the same project.")
    SIGNING_KEY = ("signing-key", Exit.BAD_INPUT, "A key that cannot be read, or cannot sign.")
    SIGNATURE = ("signature", Exit.SAID_NO, "A signature that does not hold, or is by nobody who is known.")
    NOT_APPROVED = ("not-approved", Exit.SAID_NO, "A plan that may not be applied, or approved, as it is.")
    # applying
    STATE_LOCKED = ("state-locked", Exit.STOPPED, "Another run holds the lock of a state.")
    STATE_NOT_SAVED = ("state-not-saved", Exit.STOPPED, "What was applied could not be written to the state.")
    PLAN_STALE = (
        "plan-stale",
        Exit.SAID_NO,
        "A plan file that may not be applied any more, or not by this Terraform.",
    )
    PLAN_UNREADABLE = ("plan-unreadable", Exit.BAD_INPUT, "A plan file that is not whole, or is none.")
    THROTTLED = (
        "throttled",
        Exit.STOPPED,
        "AWS was asked too much, and said so each time it was asked again.",
    )
    TIMED_OUT = ("timed-out", Exit.STOPPED, "A command did not end in time and was stopped.")
    PROVIDER_CRASHED = ("provider-crashed", Exit.STOPPED, "A provider died while Terraform needed it.")
    DISK_FULL = ("disk-full", Exit.MISSING, "There is no room left on the disk.")
    CREDENTIALS_EXPIRED = ("credentials-expired", Exit.MISSING, "Credentials have expired.")
    WRONG_ACCOUNT = ("wrong-account", Exit.SAID_NO, "Credentials are of another account than the stack.")
    HALF_APPLIED = ("half-applied", Exit.STOPPED, "A part of a plan was applied, and the rest was not.")
    RUN_STOPPED = ("run-stopped", Exit.STOPPED, "A run was kept from going on; it can be resumed.")
    FROZEN = ("frozen", Exit.STOPPED, "The tier lets nothing be rolled out on this day.")
    NO_RUN = ("no-run", Exit.BAD_INPUT, "There is no such run in the ledger, or none that could go on.")
    # the interface for machines
    SERVER_EXPOSED = (
        "server-exposed",
        Exit.BAD_INPUT,
        "A server that others could reach, and that would ask nobody who they are.",
    )
    SERVER_STATE = (
        "server-state",
        Exit.BAD_INPUT,
        "The server's database is damaged, is something else, or is of another format.",
    )
    SERVER_ADDRESS = ("server-address", Exit.MISSING, "The server cannot listen where it was told to.")
    TOKEN = ("token", Exit.BAD_INPUT, "A token that cannot be made as asked, or that there is not.")
    IDENTITY_PROVIDER = (
        "identity-provider",
        Exit.MISSING,
        "The identity provider cannot be reached, or is not what it was said to be.",
    )
    NOT_AUTHENTICATED = ("not-authenticated", Exit.SAID_NO, "A call without a token that holds.")
    NOT_PERMITTED = ("not-permitted", Exit.SAID_NO, "A call whose token does not have the scope it needs.")
    CALL_UNKNOWN = ("call-unknown", Exit.BAD_INPUT, "A path or a method that the interface does not have.")
    CALL_VALUE = (
        "call-value",
        Exit.BAD_INPUT,
        "A header, parameter or body of a form that a call cannot have.",
    )
    CALL_TOO_LARGE = ("call-too-large", Exit.BAD_INPUT, "A body that is larger than any request.")
    CALL_MEDIA_TYPE = ("call-media-type", Exit.BAD_INPUT, "A body that is neither JSON nor YAML.")
    TOO_MANY_CALLS = ("too-many-calls", Exit.STOPPED, "A caller calls too often, or too much is waiting.")
    KEY_REUSED = ("key-reused", Exit.SAID_NO, "An Idempotency-Key that came with another request before.")
    NO_JOB = ("no-job", Exit.BAD_INPUT, "There is no such account request, or it has no preview.")
    JOB_STOPPED = (
        "job-stopped",
        Exit.STOPPED,
        "A request that its worker did not survive, or did not end in time.",
    )
    # interop
    CDKTF_FAILED = ("cdktf-failed", Exit.BAD_INPUT, "The real cdktf refused what was mounted.")

    def __init__(self, slug: str, status: Exit, meaning: str) -> None:
        self.slug = slug
        self.status = status
        self.meaning = meaning


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: a file with 1-based line and column, a construct path, or both."""

    file: str | None = None
    line: int | None = None
    column: int | None = None
    construct_path: str | None = None

    def __str__(self) -> str:
        position = self.file or ""
        if self.file and self.line:
            position += f":{self.line}" + (f":{self.column}" if self.column else "")
        if self.construct_path and position:
            return f"{position} ({self.construct_path})"
        return self.construct_path or position


class LandformError(Exception):
    """Something a user can put right.

    Args:
        code: which of the closed set of codes.
        message: what is wrong, one sentence.
        place: where it stands.
        given: what was given, as the user wrote it. Never a secret.
        expected: what would have been right.
        fix: what to do.
    """

    def __init__(
        self,
        code: Code,
        message: str,
        *,
        place: Place | None = None,
        given: str | None = None,
        expected: str | None = None,
        fix: str | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.place = place
        self.given = given
        self.expected = expected
        self.fix = fix

    def __reduce__(self) -> tuple[object, ...]:
        # Keyword arguments are lost by the default, and an error must cross process borders whole.
        return _rebuilt, (type(self), self.__dict__)

    def each(self) -> Sequence[LandformError]:
        """The single errors in this one: itself, or what it gathers."""
        return (self,)

    def as_json(self) -> dict[str, object]:
        """The error as a JSON object; keys without a value are left out."""
        place = self.place or Place()
        fields = {
            "code": self.code.slug,
            "message": self.message,
            "file": place.file,
            "line": place.line,
            "column": place.column,
            "construct_path": place.construct_path,
            "given": self.given,
            "expected": self.expected,
            "fix": self.fix,
        }
        return {key: value for key, value in fields.items() if value is not None}

    def __str__(self) -> str:
        parts = [f"{self.message} [{self.code.slug}]"]
        if self.place:
            parts.append(f"at {self.place}")
        parts += [
            f"{label} {value}"
            for label, value in (("given:", self.given), ("expected:", self.expected), ("fix:", self.fix))
            if value is not None
        ]
        return "\n  ".join(parts)


class LandformErrors(LandformError):
    """Several errors found in one go; its exit status is that of the first."""

    def __init__(self, errors: Iterable[LandformError]) -> None:
        self.errors = tuple(single for error in errors for single in error.each())
        first = self.errors[0]
        super().__init__(first.code, f"{len(self.errors)} errors")

    def each(self) -> Sequence[LandformError]:
        return self.errors

    def __str__(self) -> str:
        return "\n".join(str(error) for error in self.errors)


def _rebuilt(kind: type[LandformError], fields: dict[str, object]) -> LandformError:
    error = kind.__new__(kind)
    error.__dict__.update(fields)
    error.args = (error.message,)
    return error


def raise_all(errors: Sequence[LandformError]) -> None:
    """Raise what was gathered: nothing for none, the error itself for one, all of them for more."""
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise LandformErrors(errors)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like the given one, or None where none is near."""
    # Imported here, because most runs of the command line have no name to guess.
    import difflib

    matches = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return matches[0] if matches else None


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """A fix that names the nearest known name, or None."""
    match = nearest(name, known)
    return f"Did you mean {match!r}?" if match else None
