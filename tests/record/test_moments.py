"""Moments and runs as they are recorded."""

import datetime as dt

import pytest

from landform.record.moments import run_id
from landform.terraform.credentials import session_name

BEGUN = dt.datetime(2026, 11, 21, 19, 30, tzinfo=dt.UTC)
EAST = dt.timezone(dt.timedelta(hours=5))


class TestRunId:
    def test_it_says_when_and_what(self):
        """In UTC, with microseconds."""
        assert run_id(BEGUN, "drift") == "20261121T193000.000000Z-drift"

    def test_ids_sort_as_the_runs_began(self):
        """Wherever they began, and whatever they were of."""
        runs = [
            run_id(BEGUN, "prepare"),
            run_id((BEGUN + dt.timedelta(microseconds=1)).astimezone(EAST), "drift"),
            run_id(BEGUN + dt.timedelta(days=40), "accounts"),
        ]

        assert runs == sorted(runs)

    def test_a_role_session_bears_it_whole(self):
        """So that CloudTrail and the ledger call a run by one name."""
        run = run_id(BEGUN, "activate")

        assert session_name(run, "apply") == f"landform-apply-{run}"

    def test_a_moment_without_a_zone_is_refused(self):
        """It names no moment."""
        with pytest.raises(ValueError, match="time zone"):
            run_id(BEGUN.replace(tzinfo=None), "drift")
