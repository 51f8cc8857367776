"""checkov on Terraform JSON, as landform runs it, against checkov's own HCL run of the same stacks."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from every_construct import build

from landform.checks.checkov_engine import scan
from landform.checks.scan_copy import scan_copy
from landform.testing import TIERS, stack_instance, synthesise_json

Failures = set[tuple[str, str]]
HclFailures = Callable[[Mapping[str, dict[str, Any]]], dict[str, Failures]]


def our_failures(stacks: Mapping[str, dict[str, Any]]) -> dict[str, Failures]:
    """What landform's own run finds: (rule, address) by stack."""
    found: dict[str, Failures] = {name: set() for name in stacks}
    for result in scan({name: scan_copy(stack) for name, stack in stacks.items()}).results:
        if result.outcome == "failed":
            found[result.stack].add((result.rule, re.sub(r"^(data|provider)\.", "", result.address)))
    return found


class TestParity:
    @pytest.mark.parametrize(("name", "at_least"), [("insecure", 150), ("careful", 4)])
    def test_same_failures_as_hcl(
        self, name: str, at_least: int, request: pytest.FixtureRequest, hcl_failures: HclFailures
    ) -> None:
        """A stack fails the same rules on the same resources as its HCL twin, none more and none fewer."""
        stacks = {name: request.getfixturevalue(name)}
        ours, theirs = our_failures(stacks)[name], hcl_failures(stacks)[name]
        assert len(theirs) >= at_least
        assert sorted(ours - theirs) == []
        assert sorted(theirs - ours) == []

    def test_every_construct_fails_as_its_hcl(self, hcl_failures: HclFailures) -> None:
        """In each tier; what fails there is documented or switched off, which tests of the constructs hold."""
        stacks = {tier: synthesise_json(build, stack_instance(tier=tier)) for tier in TIERS}
        ours, theirs = our_failures(stacks), hcl_failures(stacks)
        assert {tier: sorted(ours[tier] ^ theirs[tier]) for tier in TIERS} == {tier: [] for tier in TIERS}
