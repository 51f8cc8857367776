"""A bundle of three stacks in two tiers, a plan set of it, and people who can sign."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ed25519

from landform.plan.approval import Approval, Filed, draft
from landform.plan.model import Plan
from landform.plan.plan_set import JudgedPlan, PlanSet
from landform.policies.plan_rule import Risk
from landform.record.events import Head
from landform.record.ssh import FileKey
from landform.synth.bundle import INDEX, Bundle

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
KEYS = {
    name: FileKey(ed25519.Ed25519PrivateKey.generate()) for name in ("jane", "sam", "lee", "old", "stranger")
}
APPROVERS: dict[str, Any] = {
    "schema": "landform/approvers/v1",
    "people": [
        {"name": "jane", "keys": [str(KEYS["jane"].public)], "until": None},
        {"name": "sam", "keys": [str(KEYS["sam"].public)], "until": None},
        {"name": "lee", "keys": [str(KEYS["lee"].public)], "until": None},
        {"name": "old", "keys": [str(KEYS["old"].public)], "until": "2020-12-31"},
    ],
    "groups": [{"name": "security", "members": ["jane", "lee"]}],
}
TIERS: dict[str, Any] = {
    "dev": {"rollout": {"approvals": 1, "auto_apply": "additive"}},
    "prod": {"rollout": {"approvals": 1, "approvers": ["security", "old"], "auto_apply": "never"}},
}
STACKS = {"a.app": "dev", "b.app": "prod", "c.app": "prod"}


def make_bundle(
    root: Path, *, approvers: Mapping[str, Any] | None = APPROVERS, tiers: Mapping[str, Any] = TIERS
) -> Bundle:
    """A bundle's index; nothing here reads its files."""
    index = {
        "format": "landform/bundle/v1",
        "generator": {"name": "landform", "version": "0"},
        "digest": "sha256:bundle",
        "tiers": tiers,
        "approvers": approvers,
        "stacks": {
            name: {
                "account": name[0],
                "account_id": "100000000001",
                "construct": "acme:App",
                "dependencies": [],
                "inputs": "sha256:i",
                "region": "eu-west-1",
                "resources": {},
                "sha256": f"sha-{name}",
                "stack": "app",
                "tier": tier,
                "waivers": [],
            }
            for name, tier in STACKS.items()
        },
    }
    (root / INDEX).parent.mkdir(parents=True)
    (root / INDEX).write_text(json.dumps(index))
    return Bundle.load(root)


def judged(stack: str, risk: Risk = Risk.R2, **said: Any) -> JudgedPlan:
    """A plan of a stack; the stacks b and c are of one class."""
    values: dict[str, Any] = {
        "digest": f"sha256:plan-{stack}",
        "class_digest": "sha256:class-a" if stack == "a.app" else "sha256:class-bc",
        "stack_sha256": f"sha-{stack}",
        "plan_file_sha256": f"file-{stack}",
    }
    plan = Plan(stack, stack[0], STACKS[stack], "1.11.4", "1.2", ())
    return JudgedPlan(plan=plan, risk=risk, concerns=(), **(values | said))


def plans(*given: JudgedPlan, **said: Any) -> PlanSet:
    """A plan set of some plans, or of one of each stack, that kim asked for."""
    values: dict[str, Any] = {
        "bundle_digest": "sha256:bundle",
        "terraform_version": "1.11.4",
        "requested_by": "kim",
        "created": "2026-11-21T11:00:00Z",
        "findings_digest": "sha256:findings",
    }
    found = given or tuple(judged(stack) for stack in STACKS)
    return PlanSet(**(values | said), plans={plan.plan.stack: plan for plan in found})


@dataclass(frozen=True)
class Signed:
    """Approvals of some of a plan set's stacks by one person."""

    by: str
    stacks: tuple[str, ...] = tuple(STACKS)

    def of(self, plan_set: PlanSet, **said: Any) -> Approval:
        approval = draft(
            plan_set,
            [stack for stack in self.stacks if stack in plan_set.plans],
            **({"approver": self.by, "now": NOW, "ledger": Head()} | said),
        )
        return approval.signed(KEYS[self.by])

    def filed(self, plan_set: PlanSet, **said: Any) -> Filed:
        return Filed(f"{self.by}.json", self.of(plan_set, **said))
