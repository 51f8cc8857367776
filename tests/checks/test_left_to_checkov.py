"""What landform's own rules leave to checkov, checkov finds."""

from __future__ import annotations

import json
from typing import Any

import pytest

from landform.checks.checkov_engine import scan
from landform.checks.scan_copy import scan_copy
from landform.policies.documents import POLICY_PLACES
from landform.policies.rules.sharing import LEFT_TO_CHECKOV

ACTIONS = {
    "aws_ecr_repository_policy": "ecr:BatchGetImage",
    "aws_kms_key": "kms:Decrypt",
    "aws_s3_bucket_policy": "s3:GetObject",
    "aws_sns_topic_policy": "sns:Publish",
    "aws_sqs_queue_policy": "sqs:SendMessage",
}
NAMED = {"AWS": "arn:aws:iam::111122223333:role/worker"}


def stack(*principals: Any) -> dict[str, Any]:
    """Each of the types with a policy of a statement for each principal."""
    resources = {}
    for name in LEFT_TO_CHECKOV:
        statement = {"Effect": "Allow", "Action": ACTIONS[name], "Resource": "*"}
        statements = [{**statement, "Principal": principal} for principal in principals]
        ((_, argument),) = POLICY_PLACES[name]
        resources[name] = {"x": {argument: json.dumps({"Version": "2012-10-17", "Statement": statements})}}
    return scan_copy({"resource": resources})


@pytest.fixture(scope="module")
def failed() -> dict[str, set[tuple[str, str]]]:
    """The rules of checkov that fail, with the address, by stack."""
    stacks = {
        "star": stack("*"),
        "aws-star": stack({"AWS": "*"}),
        "among-others": stack({"AWS": [NAMED["AWS"], "*"]}),
        "after-another": stack(NAMED, "*"),
        "named": stack(NAMED),
    }
    found: dict[str, set[tuple[str, str]]] = {name: set() for name in stacks}
    for result in scan(stacks).results:
        if result.outcome == "failed":
            found[result.stack].add((result.rule, result.address))
    return found


class TestPublic:
    @pytest.mark.parametrize("how", ["star", "aws-star", "among-others", "after-another"])
    @pytest.mark.parametrize("entity_type", LEFT_TO_CHECKOV)
    def test_is_found(self, failed: dict[str, set[tuple[str, str]]], entity_type: str, how: str) -> None:
        """Some rule fails that does not where somebody is named."""
        new = {rule for rule, address in failed[how] - failed["named"] if address == f"{entity_type}.x"}

        assert new
