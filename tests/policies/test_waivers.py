"""Whether a waiver covers a finding on a day."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, replace
from typing import Any

import pytest

from landform.org.models import Waiver
from landform.policies.waivers import judge, reaches

CREATED, EXPIRES = dt.date(2026, 11, 1), dt.date(2026, 12, 31)


@dataclass(frozen=True)
class Broken:
    rule: str = "CKV_AWS_18"
    account: str = "payments-prod"
    tier: str = "prod"
    stack: str = "payments-prod.eu-west-1.data-lake"
    address: str = "aws_s3_bucket.logs_1A2B"


def waiver(**changes: Any) -> Waiver:
    """A waiver of CKV_AWS_18 for the log buckets; ``scope`` keys may be given beside the waiver's own."""
    value: dict[str, Any] = {
        "schema": "landform/waiver/v1",
        "id": "W-2026-001",
        "category": "mitigated",
        "checks": ["CKV_AWS_18"],
        "scope": {"resources": ["aws_s3_bucket.logs_*"]},
        "reason": "The log bucket cannot log into itself.",
        "requested_by": "jo",
        "approved_by": ["sam"],
        "ticket": "SEC-1",
        "created": str(CREATED),
        "expires": str(EXPIRES),
    }
    scope = {key: changes.pop(key) for key in ("accounts", "tiers", "stacks", "resources") if key in changes}
    value |= changes
    value["scope"] |= scope
    return Waiver.model_validate_json(json.dumps(value))


class TestReaches:
    @pytest.mark.parametrize(
        "scope",
        [
            {},
            {"accounts": ["payments-*"]},
            {"tiers": ["stage", "prod"]},
            {"stacks": ["data-lake"]},
            {"stacks": ["*.eu-west-1.data-lake"]},
            {"resources": ["aws_sqs_queue.x", "aws_s3_bucket.*"]},
        ],
    )
    def test_in_scope(self, scope: dict[str, list[str]]) -> None:
        """Globs match account, tier, stack (id or full name) and resource address; none match all."""
        assert reaches(waiver(**scope), Broken())

    @pytest.mark.parametrize(
        "scope",
        [
            {"checks": ["CKV_AWS_21"]},
            {"accounts": ["payments-dev"]},
            {"tiers": ["dev"]},
            {"stacks": ["network"]},
            {"resources": ["aws_s3_bucket.data_*"]},
            {"accounts": ["payments-*"], "tiers": ["dev"]},
        ],
    )
    def test_out_of_scope(self, scope: dict[str, list[str]]) -> None:
        """One kind of glob that does not match is enough to be out of scope."""
        assert not reaches(waiver(**scope), Broken())


class TestJudge:
    @pytest.mark.parametrize("day", [CREATED, dt.date(2026, 11, 20), EXPIRES])
    def test_covers_from_first_to_last_day(self, day: dt.date) -> None:
        """Both ends of a waiver's days are included."""
        verdict = judge([waiver()], Broken(), day)
        assert verdict.waiver == waiver()
        assert verdict.notes == ()

    def test_expired(self) -> None:
        """On the day after its last a waiver covers nothing, and the verdict says when it ended."""
        verdict = judge([waiver()], Broken(), EXPIRES + dt.timedelta(days=1))
        assert verdict.waiver is None
        assert verdict.notes == ("waiver W-2026-001 expired on 2026-12-31",)

    def test_not_yet_valid(self) -> None:
        """Before its first day a waiver covers nothing, and the verdict says when it begins."""
        verdict = judge([waiver()], Broken(), CREATED - dt.timedelta(days=1))
        assert verdict.waiver is None
        assert verdict.notes == ("waiver W-2026-001 is not valid before 2026-11-01",)

    def test_out_of_scope_is_not_noted(self) -> None:
        """A waiver for something else is no part of the verdict."""
        verdict = judge([waiver()], replace(Broken(), address="aws_sqs_queue.q"), EXPIRES)
        assert (verdict.waiver, verdict.notes) == (None, ())

    def test_a_valid_one_beside_an_expired_one(self) -> None:
        """An expired waiver does not take away what a valid one gives."""
        old = waiver(id="W-2025-001", created="2025-01-01", expires="2025-02-01")
        assert judge([old, waiver()], Broken(), EXPIRES).waiver == waiver()

    def test_of_several_the_longest(self) -> None:
        """The waiver that holds longest is named, whatever the order."""
        longer = waiver(id="W-2026-002", expires="2027-01-31")
        assert judge([waiver(), longer], Broken(), CREATED).waiver == longer
        assert judge([longer, waiver()], Broken(), CREATED).waiver == longer
