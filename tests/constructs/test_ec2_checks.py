"""The networking constructs under checkov: what it finds in every tier."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from landform.checks.checkov_engine import Scan, scan
from landform.checks.scan_copy import scan_copy
from landform.constructs import AwsStack
from landform.constructs.ec2 import Peer, SecurityGroup, Vpc
from landform.testing import TIERS, stack_instance, synthesise_json

# A group that nothing carries yet: true of this test's stack, where there is no instance to carry it.
UNATTACHED = "CKV2_AWS_5"


def fill(stack: AwsStack) -> None:
    """A VPC as the tier has it, and groups with each kind of rule."""
    vpc = Vpc(stack, "Vpc", cidr="10.20.0.0/20")
    app = SecurityGroup(stack, "App", vpc=vpc, description="web servers of the ledger")
    db = SecurityGroup(stack, "Db", vpc=vpc, description="database of the ledger")
    app.allow_from(Peer.internet(), 443)
    app.allow_from(Peer.cidr("10.0.0.0/8"), 22)
    app.allow_to(Peer.internet(), 443)
    app.allow_to(vpc.s3, 443)
    db.allow_from(app, 5432)


@pytest.fixture(scope="module")
def scanned() -> Scan:
    """What checkov says of the same code in all tiers."""
    stacks: Mapping[str, Any] = {
        tier: scan_copy(synthesise_json(fill, stack_instance(stack="network", tier=tier))) for tier in TIERS
    }
    return scan(stacks)


@pytest.mark.parametrize("tier", TIERS)
class TestCheckov:
    def test_no_finding(self, scanned: Scan, tier: str) -> None:
        """No rule fails but the one about groups that nothing carries."""
        failed = {
            (result.rule, result.address)
            for result in scanned.results
            if result.stack == tier and result.outcome == "failed" and result.rule != UNATTACHED
        }
        assert failed == set()

    def test_endpoint_group_is_carried(self, scanned: Scan, tier: str) -> None:
        """The groups without a carrier are those this test made; the VPC leaves none behind."""
        unattached = {
            result.address.split(".")[1].split("_")[0]
            for result in scanned.results
            if result.stack == tier and result.outcome == "failed" and result.rule == UNATTACHED
        }
        assert unattached == {"App", "Db"}

    def test_rules_had_something_to_judge(self, scanned: Scan, tier: str) -> None:
        """The rules that the constructs are there to satisfy passed, which is more than not failing."""
        passed = {
            result.rule for result in scanned.results if result.stack == tier and result.outcome == "passed"
        }
        assert {
            "CKV2_AWS_1", "CKV2_AWS_11", "CKV2_AWS_12", "CKV2_AWS_35", "CKV_AWS_130", "CKV_AWS_158", "CKV_AWS_23",
            "CKV_AWS_24", "CKV_AWS_25", "CKV_AWS_229", "CKV_AWS_231", "CKV_AWS_232", "CKV_AWS_382",
        } <= passed  # fmt: skip

    def test_nothing_crashed(self, scanned: Scan, tier: str) -> None:
        """No rule failed to judge."""
        assert [crash for crash in scanned.crashes if crash.stack == tier] == []
