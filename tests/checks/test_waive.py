"""Writing a waiver that is bound to a resource."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from landform.checks import check
from landform.checks.waive import bound_waiver, next_id, waiver_text
from landform.errors import Code, LandformError
from landform.org.models import Waiver
from landform.synth.bundle import Bundle

DAY = dt.date(2026, 11, 20)
QUEUE = {"resource": {"aws_sqs_queue": {"q": {"name": "q"}}}}
WORDS = {"reason": "Public prices only: #1", "requested_by": "jo", "approved_by": ["sam"], "ticket": "SEC-1"}
MakeBundle = Callable[..., Bundle]


def waive(
    bundle: Bundle, rule: str = "CKV_AWS_27", address: str = "aws_sqs_queue.q", **changes: Any
) -> Waiver:
    """A waiver in the bundle's first stack."""
    words = {**WORDS, **{key: changes.pop(key) for key in WORDS if key in changes}}
    record = next(iter(bundle.stacks.values()))
    given = {"id": "W-2026-001", "created": DAY, "days": 10, "words": words, **changes}
    return bound_waiver(bundle, record, rule, address, **given)


class TestBoundWaiver:
    """``bound_waiver``."""

    def test_covers_what_it_was_written_for(self, make_bundle: MakeBundle, tmp_path: Any) -> None:
        """The gate takes the waiver for the finding it names, on its last day too."""
        bundle = make_bundle({"prod-a.x": QUEUE})
        made = waive(bundle)
        (record,) = bundle.stacks.values()
        with_it = Bundle(
            root=bundle.root,
            stacks={
                record.name: type(record).from_json(
                    record.name, {**record.as_json(), "waivers": [_json(made)]}
                )
            },
            tiers=bundle.tiers,
            generator=bundle.generator,
            digest=bundle.digest,
        )
        report = check(with_it, tuple(with_it.stacks.values()), as_of=DAY + dt.timedelta(days=10))
        assert [finding.rule for finding in report.findings if finding.waiver] == ["CKV_AWS_27"]

    def test_holds_as_long_as_the_tier_allows(self, make_bundle: MakeBundle) -> None:
        """Unless said otherwise a waiver takes all the days of its tier."""
        assert (waive(make_bundle({"prod-a.x": QUEUE}), days=None).expires - DAY).days == 60

    def test_what_lessens_the_risk_is_mitigation(self, make_bundle: MakeBundle) -> None:
        """With a compensating measure the category is another."""
        bundle = make_bundle({"prod-a.x": QUEUE})
        mitigated = waive(bundle, words={**WORDS, "compensating": "Nobody reads it."})
        assert (waive(bundle).category, mitigated.category) == ("waiver", "mitigated")

    @pytest.mark.parametrize(
        ("changes", "code", "text"),
        [
            ({"rule": "CKV_AWS_27000"}, Code.USAGE, "no such rule"),
            ({"address": "aws_sqs_queue.r"}, Code.REFERENCE, "holds no such resource"),
            ({"days": 61}, Code.SPEC_WAIVER, "the tier allows 60"),
            ({"rule": "CKV_AWS_20"}, Code.SPEC_WAIVER, "never waives"),
            ({"approved_by": ["jo"]}, Code.SPEC_WAIVER, "who asked for it"),
            ({"approved_by": ["max"]}, Code.SPEC_WAIVER, "nobody who may approve"),
            ({"reason": "no"}, Code.SPEC_VALUE, "reason"),
        ],
    )
    def test_what_the_tier_would_not_take(
        self, make_bundle: MakeBundle, changes: dict[str, Any], code: Code, text: str
    ) -> None:
        """A waiver that the gate would refuse is not made, and the error says why."""
        with pytest.raises(LandformError) as caught:
            waive(make_bundle({"prod-a.x": QUEUE}), **changes)
        assert caught.value.code is code
        assert text in str(caught.value)


class TestWaiverText:
    """``waiver_text``."""

    def test_is_read_back(self, make_bundle: MakeBundle) -> None:
        """The file says what the waiver says, whatever its words."""
        made = waive(make_bundle({"prod-a.x": QUEUE}), reason="\"Yes\": 'no' # 1\nand — more")
        value = yaml.safe_load(waiver_text(made))
        assert Waiver.model_validate_json(json.dumps(value, default=str)) == made


class TestNextId:
    """``next_id``."""

    @pytest.mark.parametrize(
        ("taken", "id"),
        [
            ([], "W-2026-001"),
            (["W-2026-009", "W-2026-002", "W-2025-400"], "W-2026-010"),
            (["W-2026-999"], "W-2026-1000"),
        ],
    )
    def test_is_one_more(self, taken: list[str], id: str) -> None:
        """The number goes on after the highest of the year."""
        assert next_id(taken, 2026) == id


def _json(waiver: Waiver) -> dict[str, Any]:
    return waiver.model_dump(mode="json", by_alias=True)
