"""Bundles written by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from landform.core.app import MANIFEST
from landform.digest import digest, sha256
from landform.plan import PlanResult, Progress, Runner, plan_stacks
from landform.plan.planner import Keep
from landform.synth.bundle import INDEX, Bundle, StackRecord

MANIFEST_TEXT = '{"stacks": {}, "version": "0"}'


def write_bundle(
    root: Path,
    stacks: Mapping[str, Mapping[str, Any]],
    accounts: Mapping[str, tuple[str, str]],
    tiers: Mapping[str, Mapping[str, Any]] | None = None,
) -> Bundle:
    """Write a bundle: a document by stack name, ``<account>.<stack>``; each account's id and tier; what tiers say."""
    records = {}
    for name, document in sorted(stacks.items()):
        account, stack = name.split(".")
        account_id, tier = accounts[account]
        text = json.dumps(document, indent=2)
        folder = root / "stacks" / name
        folder.mkdir(parents=True)
        (folder / "cdk.tf.json").write_text(text)
        records[name] = {
            "account": account,
            "account_id": account_id,
            "construct": "acme.stacks:Stack",
            "dependencies": [],
            "inputs": "sha256:0",
            "region": "eu-west-1",
            "resource_count": 0,
            "resources": {
                "aws_sqs_queue.q": {"construct_path": f"{name}/queue", "source": "acme/stacks.py:12"},
            },
            "sha256": sha256(text),
            "stack": stack,
            "tier": tier,
            "waivers": [],
        }
    index = {
        "format": "landform/bundle/v1",
        "generator": {"name": "landform", "version": "0"},
        "manifest": sha256(MANIFEST_TEXT),
        "tiers": tiers or {},
        "stacks": records,
    }
    (root / INDEX).parent.mkdir(parents=True)
    write_index(root, index)
    (root / MANIFEST).write_text(MANIFEST_TEXT)
    return Bundle.load(root)


def write_index(root: Path, index: Mapping[str, Any]) -> None:
    """Write the index of a bundle, under the digest of what it says."""
    unsigned = {key: value for key, value in index.items() if key != "digest"}
    (root / INDEX).write_text(json.dumps({**unsigned, "digest": digest(unsigned)}))


def plan_bundle(
    bundle: Bundle,
    records: Sequence[StackRecord],
    *,
    jobs: int | None = None,
    keep: Keep | None = None,
    seconds: Mapping[str, float] | None = None,
    on_progress: Callable[[Progress], None] = lambda _: None,
    **runner: Any,
) -> list[PlanResult]:
    """Plan stacks of a bundle with a runner of their own."""
    begun = Runner.begin(bundle, **runner)
    return plan_stacks(begun, records, jobs=jobs, keep=keep, seconds=seconds, on_progress=on_progress)
