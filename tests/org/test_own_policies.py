"""Policies of landform's own stacks, taken back to what the spec says."""

from __future__ import annotations

import json
from pathlib import Path

from landform.org.load import load
from landform.org.own_policies import as_said

from .organization import DENY, Aws, drift, edit

NAMES = ("a", "b", "c", "d", "e")


def own(imported: Path, name: str) -> str:
    """The name that a policy of the organisation's stack has in AWS."""
    organization = load(imported).organization
    return f"{organization.prefix}-{organization.management_account}-organization-{name}"


def policy(aws: Aws, name: str, *targets: str) -> None:
    """Make a policy and attach it."""
    made = aws.client.create_policy(
        Name=name, Description="d", Type="SERVICE_CONTROL_POLICY", Content=json.dumps(DENY)
    )
    for target in targets:
        aws.client.attach_policy(PolicyId=made["Policy"]["PolicySummary"]["Id"], TargetId=target)


class TestAsSaid:
    """``as_said``: what comparing and importing see."""

    def test_its_own_policies_are_left_out(self, aws: Aws, imported: Path) -> None:
        """Where they are attached too."""
        policy(aws, own(imported, "guardrails"), aws.units["Security"], aws.accounts["log-archive"])

        assert drift(imported, aws.read()) == []
        assert own(imported, "guardrails") not in str(as_said(load(imported), aws.read()))

    def test_packed_documents_are_seen_behind_their_policy(self, aws: Aws, imported: Path) -> None:
        """Five at one unit are one policy in AWS."""
        for name in NAMES:
            (imported / f"org/policies/{name}.json").write_text(json.dumps(DENY))
        edit(
            imported / "org/ous.yaml",
            "  - path: Security\n",
            f"  - path: Security\n    service_control_policies: [{', '.join(NAMES)}]\n",
        )
        policy(aws, own(imported, "documents-security-1"), aws.units["Security"])

        assert drift(imported, aws.read()) == []
        (unit,) = (each for each in as_said(load(imported), aws.read()).units if each.path == "Security")
        assert unit.policies == NAMES

    def test_documents_that_were_never_attached_are_missed(self, aws: Aws, imported: Path) -> None:
        """Nothing was applied to the unit yet."""
        for name in NAMES:
            (imported / f"org/policies/{name}.json").write_text(json.dumps(DENY))
        edit(
            imported / "org/ous.yaml",
            "  - path: Security\n",
            f"  - path: Security\n    service_control_policies: [{', '.join(NAMES)}]\n",
        )

        assert [each[:2] for each in drift(imported, aws.read())] == [("other-policies", "unit Security")]
