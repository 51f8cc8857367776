"""checkov on Terraform JSON, as landform runs it, against checkov's own HCL run of the same stack."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from landform.checks.checkov_engine import scan
from landform.checks.scan_copy import scan_copy

Failures = set[tuple[str, str]]


class TestParity:
    @pytest.mark.parametrize(("name", "at_least"), [("insecure", 150), ("careful", 4)])
    def test_same_failures_as_hcl(
        self,
        name: str,
        at_least: int,
        request: pytest.FixtureRequest,
        hcl_failures: Callable[[dict[str, Any]], Failures],
    ) -> None:
        """A stack fails the same rules on the same resources as its HCL twin, none more and none fewer."""
        stack = request.getfixturevalue(name)
        ours = {
            (result.rule, re.sub(r"^(data|provider)\.", "", result.address))
            for result in scan({"a.b": scan_copy(stack)}).results
            if result.outcome == "failed"
        }
        # checkov writes "aws.default" for a provider, and one record for each instance of a resource.
        theirs = {(rule, re.sub(r"\.default$|\[.*", "", address)) for rule, address in hcl_failures(stack)}
        assert len(theirs) >= at_least
        assert sorted(ours - theirs) == []
        assert sorted(theirs - ours) == []
