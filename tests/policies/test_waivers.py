"""Whether a waiver covers a finding on a day."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, replace
from typing import Any

import pytest

from landform.org.models import TierWaivers, Waiver
from landform.policies.waivers import Terms, WaiverVerdict, judge, reaches

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
        "bind": {Broken.address: [ONE]},
    }
    scope = {key: changes.pop(key) for key in ("accounts", "tiers", "stacks", "resources") if key in changes}
    value |= changes
    value["scope"] |= scope
    return Waiver.model_validate_json(json.dumps(value))


LIMITS = TierWaivers(max_days=100, never=("CKV_AWS_20",), approvers=("sam", "kim"))


def judged(waivers: list[Waiver], finding: Broken, day: dt.date, **terms: Any) -> WaiverVerdict:
    """The verdict on a day, within generous limits, for a resource of the digest ``sha256:11...``."""
    return judge(waivers, finding, Terms(**{"as_of": day, "limits": LIMITS, "digest": lambda: ONE, **terms}))


ONE, TWO = f"sha256:{'1' * 64}", f"sha256:{'2' * 64}"
UNBOUND = "is not bound to this resource; `landform waivers --bind W-2026-001` binds it"


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
        verdict = judged([waiver()], Broken(), day)
        assert verdict.waiver == waiver()
        assert verdict.notes == ()

    def test_expired(self) -> None:
        """On the day after its last a waiver covers nothing, and the verdict says when it ended."""
        verdict = judged([waiver()], Broken(), EXPIRES + dt.timedelta(days=1))
        assert verdict.waiver is None
        assert verdict.notes == ("waiver W-2026-001 expired on 2026-12-31",)

    def test_not_yet_valid(self) -> None:
        """Before its first day a waiver covers nothing, and the verdict says when it begins."""
        verdict = judged([waiver()], Broken(), CREATED - dt.timedelta(days=1))
        assert verdict.waiver is None
        assert verdict.notes == ("waiver W-2026-001 is not valid before 2026-11-01",)

    def test_out_of_scope_is_not_noted(self) -> None:
        """A waiver for something else is no part of the verdict."""
        verdict = judged([waiver()], replace(Broken(), address="aws_sqs_queue.q"), EXPIRES)
        assert (verdict.waiver, verdict.notes) == (None, ())

    def test_a_valid_one_beside_an_expired_one(self) -> None:
        """An expired waiver does not take away what a valid one gives."""
        old = waiver(id="W-2025-001", created="2025-01-01", expires="2025-02-01")
        assert judged([old, waiver()], Broken(), EXPIRES).waiver == waiver()

    def test_of_several_the_longest(self) -> None:
        """The waiver that holds longest is named, whatever the order."""
        longer = waiver(id="W-2026-002", expires="2027-01-31")
        assert judged([waiver(), longer], Broken(), CREATED).waiver == longer
        assert judged([longer, waiver()], Broken(), CREATED).waiver == longer

    @pytest.mark.parametrize(
        ("changes", "note"),
        [
            ({"requested_by": " Sam"}, "was approved by who asked for it"),
            ({"expires": "2027-03-01"}, "lasts 120 days, and the tier allows 100"),
            ({"checks": ["CKV_AWS_18", "CKV_AWS_20"]}, "is about a rule that the tier never waives"),
            ({"approved_by": ["max"]}, "was approved by nobody who may approve waivers of the tier"),
            ({"bind": {Broken.address: [TWO]}}, "is bound to the resource as it was, and it has changed"),
            ({"bind": {"aws_s3_bucket.other": [ONE]}}, UNBOUND),
            ({"bind": {}}, UNBOUND),
        ],
    )
    def test_what_the_terms_refuse(self, changes: dict[str, Any], note: str) -> None:
        """A waiver that breaks a term covers nothing, and the verdict says which."""
        verdict = judged(
            [waiver(**changes)], replace(Broken(), rule=[*changes.get("checks", ["CKV_AWS_18"])][-1]), CREATED
        )
        assert verdict.waiver is None
        assert verdict.notes == (f"waiver W-2026-001 {note}",)

    def test_a_never_waived_rule_beside_another(self) -> None:
        """A waiver of two rules still covers the one that may be waived."""
        both = waiver(checks=["CKV_AWS_18", "CKV_AWS_20"])
        assert judged([both], Broken(), CREATED).waiver == both

    @pytest.mark.parametrize("digests", [[ONE], [ONE, TWO], [TWO, ONE]])
    def test_bound_to_the_resource_as_it_is(self, digests: list[str]) -> None:
        """A waiver covers every form of a resource that was looked at."""
        bound = waiver(bind={Broken.address: digests})
        assert judged([bound], Broken(), CREATED).waiver == bound

    def test_no_digest_is_asked_for_without_need(self) -> None:
        """A waiver that is not bound to the resource does not look at it."""

        def never() -> str:
            raise AssertionError

        assert judged([waiver(bind={})], Broken(), CREATED, digest=never).notes == (
            f"waiver W-2026-001 {UNBOUND}",
        )

    def test_anyone_may_approve_where_nobody_is_named(self) -> None:
        """A tier without approvers takes anybody's word, save that of who asks."""
        limits = TierWaivers(max_days=100)
        assert judged([waiver(approved_by=["max"])], Broken(), CREATED, limits=limits).waiver

    def test_without_limits_nothing_is_waived(self) -> None:
        """Where nobody says what the tier allows, nothing is allowed."""
        verdict = judged([waiver()], Broken(), CREATED, limits=None)
        assert verdict.waiver is None
        assert "synthesise it again" in verdict.notes[0]
