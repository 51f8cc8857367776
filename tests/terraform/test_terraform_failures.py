"""What Terraform and the provider say when they fail, each in their real words, and what that means."""

from __future__ import annotations

import pytest

from landform.errors import Code
from landform.terraform.backoff import Backoff
from landform.terraform.failures import Lock, lock_in, meaning

STS = (
    "Retrieving AWS account details: validating provider credentials: retrieving caller identity from STS: operation "
    "error STS: GetCallerIdentity, https response error StatusCode: 403, RequestID: r, api error "
)
EC2 = (
    "fetching Availability Zones: operation error EC2: DescribeAvailabilityZones, exceeded maximum number of "
    "attempts, 1, https response error StatusCode: 503, RequestID: r, api error "
)
HELD = (
    "Error acquiring the state lock\nError message: operation error S3: PutObject, https response error StatusCode: "
    "412, RequestID: r, HostID: h, api error PreconditionFailed: At least one of the pre-conditions you specified "
    "did not hold\nLock Info:\n  ID:        3a1f307f-e13a-ef17-2081-492d4f051e0d\n"
    "  Path:      state/ledger.tfstate\n  Operation: OperationTypeApply\n  Who:       root@vm\n  Version:   1.11.4\n"
    "  Created:   2026-11-21 19:37:49.516978709 +0000 UTC\n  Info:      \n\n\nTerraform acquires a state lock"
)
NO_ROOM = (
    'Error acquiring the state lock\nError message: could not write lock info for "terraform.tfstate": write '
    ".terraform.tfstate.lock.info: no space left on device\n\nTerraform acquires a state lock to protect the state"
)
NOT_ALLOWED = (
    "Error acquiring the state lock\nError message: operation error S3: PutObject, https response error StatusCode: "
    "403, RequestID: r, HostID: h, api error AccessDenied: Access Denied\nUnable to retrieve item from DynamoDB"
)
VERSION = (
    "Failed to read plan from plan file\nCannot read the plan from the given plan file: plan file was created by "
    "Terraform 1.11.9, but this is 1.11.4; plan files cannot be transferred between different Terraform versions."
)
TRUNCATED = (
    'Failed to load "t" as a plan file\nError: couldn\'t load the provided path as either a local plan file (zip: '
    "not a valid zip file) or a saved cloud plan (invalid character 'P' looking for beginning of value)"
)
STALE = (
    "Saved plan is stale\nThe given plan file can no longer be applied because the state was changed by another "
    "operation after the plan was created."
)
SILENT = (
    "Plugin did not respond\nThe plugin encountered an error, and failed to respond to the "
    "plugin.(*GRPCProvider).ApplyResourceChange call. The plugin logs may contain more details."
)
CRASHED = (
    "Stack trace from the terraform-provider-aws_v5.100.0_x5 plugin:\n\npanic: runtime error: invalid memory"
    " address\n\nError: The terraform-provider-aws_v5.100.0_x5 plugin crashed!"
)
NOT_SAVED = (
    "Failed to persist state to backend\nThe error shown above has prevented Terraform from writing the updated state "
    'to the configured backend. To allow for recovery, the state has been written to the file "errored.tfstate" in '
    "the current working directory."
)


class TestMeaning:
    """``meaning``."""

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            (STS + "ExpiredToken: The security token included in the request is expired", Code.CREDENTIALS_EXPIRED),
            (EC2 + "RequestLimitExceeded: Request limit exceeded.", Code.THROTTLED),
            (EC2 + "Throttling: Rate exceeded", Code.THROTTLED),
            (EC2 + "TooManyRequestsException: Rate exceeded", Code.THROTTLED),
            (EC2 + "SlowDown: Please reduce your request rate.", Code.THROTTLED),
            (EC2 + "ThrottlingException: Rate exceeded", Code.THROTTLED),
            (EC2 + "UnauthorizedOperation: You are not authorized.", Code.TERRAFORM_FAILED),
            (HELD, Code.STATE_LOCKED),
            (NO_ROOM, Code.DISK_FULL),
            (NOT_ALLOWED, Code.TERRAFORM_FAILED),
            (VERSION, Code.PLAN_STALE),
            (TRUNCATED, Code.PLAN_UNREADABLE),
            (STALE, Code.PLAN_STALE),
            (SILENT, Code.PROVIDER_CRASHED),
            (CRASHED, Code.PROVIDER_CRASHED),
            (NOT_SAVED, Code.STATE_NOT_SAVED),
            ("AWS account ID not allowed: 111111111111\n", Code.WRONG_ACCOUNT),
            ("Failed to install provider\nError while installing hashicorp/aws", Code.PROVIDER_MISSING),
            ("Unsupported argument\nAn argument named \"nmae\" is not expected here.", Code.TERRAFORM_FAILED),
        ],
    )  # fmt: skip
    def test_real_words(self, text: str, code: Code) -> None:
        """Each is recognised, and what only resembles it is not."""
        assert meaning(text).code is code


class TestLockIn:
    """``lock_in``."""

    def test_its_owner(self) -> None:
        """Who holds it, since when, for what, and what would free it."""
        assert lock_in(HELD) == Lock(
            "3a1f307f-e13a-ef17-2081-492d4f051e0d",
            "state/ledger.tfstate",
            "OperationTypeApply",
            "root@vm",
            "2026-11-21 19:37:49.516978709 +0000 UTC",
        )

    def test_no_lock(self) -> None:
        """A lock that could not be asked for is nobody's."""
        assert lock_in(NOT_ALLOWED) is None


class TestBackoff:
    """``Backoff``."""

    def test_waits_grow_to_the_longest(self) -> None:
        """Each is at most twice the one before, and none is longer than the longest."""
        assert list(Backoff(6, 4.0, 30.0, jitter=lambda: 1.0).waits()) == [4.0, 8.0, 16.0, 30.0, 30.0]

    def test_jitter(self) -> None:
        """A part of each is waited."""
        assert list(Backoff(3, 4.0, 30.0, jitter=lambda: 0.5).waits()) == [2.0, 4.0]
