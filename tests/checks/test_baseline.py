"""The baseline: what was found before fails nothing."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from landform.checks import Report, as_json, check
from landform.checks.baseline import Baseline, read_baseline
from landform.errors import Code, LandformError
from landform.synth.bundle import Bundle

DAY = dt.date(2026, 11, 20)
QUEUE = {"resource": {"aws_sqs_queue": {"q": {"name": "q"}}}}
WAIVER = {
    "schema": "landform/waiver/v1",
    "id": "W-2026-001",
    "category": "waiver",
    "checks": ["CKV_AWS_27"],
    "scope": {"resources": ["*"]},
    "reason": "A queue for public prices only.",
    "requested_by": "jo",
    "approved_by": ["sam"],
    "ticket": "SEC-1",
    "created": "2026-11-01",
    "expires": "2026-11-20",
}
MakeBundle = Callable[..., Bundle]


def gate(bundle: Bundle, names: Sequence[str] = (), **options: Any) -> Report:
    """Check some stacks of a bundle, or all."""
    records = [bundle.stacks[name] for name in names or bundle.stacks]
    return check(bundle, records, **{"as_of": DAY, **options})


def baseline_of(report: Report) -> Baseline:
    """A report as the next one's baseline, through its JSON."""
    return read_baseline(json.dumps(as_json(report)), "check.json")


class TestCompare:
    """What a baseline does to a report."""

    def test_what_is_known_does_not_fail(self, make_bundle: MakeBundle) -> None:
        """A bundle against its own report passes, and each finding is there and known."""
        bundle = make_bundle({"prod-a.x": QUEUE})
        before = gate(bundle)
        after = gate(bundle, baseline=baseline_of(before))
        assert (before.ok, after.ok) == (False, True)
        assert len(after.findings) == len(before.findings)
        assert all(finding.is_known for finding in after.findings)
        assert (after.tiers[0].failing, after.tiers[0].known, after.gone) == (0, len(before.findings), 0)

    def test_what_is_new_fails(self, make_bundle: MakeBundle) -> None:
        """The same mistake in a stack that the baseline does not have fails, and it alone."""
        bundle = make_bundle({"prod-a.x": QUEUE, "prod-b.x": QUEUE})
        fresh = gate(bundle, baseline=baseline_of(gate(bundle, ["prod-b.x"])))
        assert {finding.stack for finding in fresh.findings if fresh.fails(finding)} == {"prod-a.x"}

    def test_more_of_the_same_fingerprint_is_new(self, make_bundle: MakeBundle) -> None:
        """Where there was one and now are two, one of them is new."""
        bundle = make_bundle({"prod-a.x": QUEUE})
        report = gate(bundle)
        (first, *_) = report.findings
        marked, gone = baseline_of(report).compare([first, first], is_looked_at=lambda stack: True)
        assert [finding.is_known for finding in marked] == [True, False]
        assert gone == len(report.findings) - 1

    def test_what_is_gone_is_counted(self, make_bundle: MakeBundle) -> None:
        """What is put right is counted, as is what was in a stack that is no more."""
        known = Baseline({("sha256:f", "prod-a.x"): 2, ("sha256:g", "prod-a.gone"): 1})
        assert gate(make_bundle({"prod-a.x": {}}), baseline=known).gone == 3

    def test_a_stack_that_was_not_looked_at(self, make_bundle: MakeBundle) -> None:
        """What was found in a stack that is not checked now is not gone."""
        bundle = make_bundle({"prod-a.x": QUEUE, "prod-b.x": {}})
        assert gate(bundle, ["prod-b.x"], baseline=baseline_of(gate(bundle))).gone == 0

    def test_the_end_of_a_waiver_is_felt(self, make_bundle: MakeBundle) -> None:
        """What a waiver covered when the baseline was made fails once the waiver has ended."""
        bundle = make_bundle({"prod-a.x": QUEUE}, waivers=[WAIVER])
        before = gate(bundle)
        after = gate(bundle, baseline=baseline_of(before), as_of=DAY + dt.timedelta(days=1))
        assert [f.rule for f in before.findings if f.waiver] == ["CKV_AWS_27"]
        assert [f.rule for f in after.findings if after.fails(f)] == ["CKV_AWS_27"]

    def test_what_is_waived_now_is_waived(self, make_bundle: MakeBundle) -> None:
        """A finding of the baseline that has a waiver by now is waived, not known, and not gone."""
        bundle = make_bundle({"prod-a.x": QUEUE}, waivers=[WAIVER])
        before = gate(bundle, as_of=DAY + dt.timedelta(days=1))
        after = gate(bundle, baseline=baseline_of(before))
        (waived,) = (finding for finding in after.findings if finding.rule == "CKV_AWS_27")
        assert waived.waiver
        assert not waived.is_known
        assert after.gone == 0


class TestReadBaseline:
    """``read_baseline``."""

    @pytest.mark.parametrize(
        ("text", "given"),
        [
            ("", "no JSON"),
            ("{", "no JSON"),
            ("[]", "no format"),
            ('{"version": "2.1.0", "runs": []}', "no format"),
            ('{"format": "landform/bundle/v1"}', "landform/bundle/v1"),
            ('{"format": "landform/check/v1"}', "findings"),
            ('{"format": "landform/check/v1", "findings": [{"fingerprint": 1}]}', "findings"),
            ('{"format": "landform/check/v1", "findings": [{"fingerprint": "a", "stack": "b"}]}', "findings"),
        ],
    )
    def test_what_is_none(self, text: str, given: str) -> None:
        """What the gate did not write is refused, with the file's name."""
        with pytest.raises(LandformError) as caught:
            read_baseline(text, "old.json")
        assert caught.value.code is Code.CHECK_BASELINE
        assert given in (caught.value.given or "")
        assert str(caught.value.place) == "old.json"
