"""What waivers are good for on a day."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest

from landform.checks import Report, check
from landform.checks.waiver_use import WaiverUse, Written, uses
from landform.org.models import Waiver
from landform.synth.bundle import Bundle, ResourceRecord

DAY = dt.date(2026, 11, 20)
QUEUE = {"resource": {"aws_sqs_queue": {"q": {"name": "q"}, "p": {"name": "p"}}}}
MakeBundle = Callable[..., Bundle]


def waiver(**changes: Any) -> dict[str, Any]:
    """A waiver of the queues' encryption."""
    return {
        "schema": "landform/waiver/v1",
        "id": "W-2026-001",
        "category": "waiver",
        "checks": ["CKV_AWS_27"],
        "scope": {"resources": ["aws_sqs_queue.*"]},
        "reason": "A queue for public prices only.",
        "requested_by": "jo",
        "approved_by": ["sam"],
        "ticket": "SEC-1",
        "created": "2026-11-01",
        "expires": "2026-11-30",
        **changes,
    }


def used(make_bundle: MakeBundle, *waivers: dict[str, Any], day: dt.date = DAY) -> tuple[WaiverUse, ...]:
    """What some waivers are good for in two accounts with two queues each."""
    bundle = make_bundle({"prod-a.x": QUEUE, "prod-b.x": QUEUE}, waivers=list(waivers))
    report = check(bundle, tuple(bundle.stacks.values()), as_of=day)
    return of(waivers, report, day)


def of(waivers: Any, report: Report | None, day: dt.date = DAY) -> tuple[WaiverUse, ...]:
    """The uses of waivers as they stand in a bundle."""
    models = [Waiver.model_validate_json(json.dumps(value)) for value in waivers]
    return uses([Written(model, (ResourceRecord("", "org"),)) for model in models], report, day)


class TestUses:
    """``uses``."""

    def test_an_active_one(self, make_bundle: MakeBundle) -> None:
        """A waiver that covers something is counted by findings, stacks and resources."""
        (use,) = used(make_bundle, waiver())
        assert (use.state, use.days_left) == ("active", 10)
        assert (len(use.findings), use.stacks, len(use.resources)) == (4, ("prod-a.x", "prod-b.x"), 4)

    @pytest.mark.parametrize(
        ("changes", "state"),
        [
            ({"expires": "2026-11-19"}, "expired"),
            ({"created": "2026-11-21"}, "not begun"),
            ({"approved_by": ["max"]}, "refused"),
            ({"bind": {"aws_sqs_queue.q": [f"sha256:{'0' * 64}"]}}, "refused"),
            ({"bind": {}}, "refused"),
            ({"scope": {"resources": ["aws_sqs_queue.other"]}}, "unused"),
        ],
    )
    def test_one_that_covers_nothing(
        self, make_bundle: MakeBundle, changes: dict[str, Any], state: str
    ) -> None:
        """A waiver that covers nothing says why: its days, its terms, or nothing to cover."""
        (use,) = used(make_bundle, waiver(**changes))
        assert (use.state, use.findings) == (state, ())

    def test_one_behind_another(self, make_bundle: MakeBundle) -> None:
        """Where another waiver holds longer over the same findings, this one is not needed."""
        longer = waiver(id="W-2026-002", expires="2026-12-01")
        assert [(use.waiver.id, use.state) for use in used(make_bundle, longer, waiver())] == [
            ("W-2026-001", "unused"),
            ("W-2026-002", "active"),
        ]

    def test_without_a_bundle(self) -> None:
        """Without a bundle its days are known and nothing else."""
        days = [waiver(), waiver(id="W-2026-002", expires="2026-11-02")]
        assert [use.state for use in of(days, None)] == ["expired", "not synthesised"]
