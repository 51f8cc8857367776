"""Stacks written by hand, whose resources have construct paths and cdktf's addresses."""

import json

from landform.compare.parts import Stack
from landform.core.names import unique_id
from landform.digest import sha256
from landform.synth.bundle import StackRecord

ACCOUNTS = {"dev": "012345678901", "prod": "123456789012", "stage": "234567890123"}


def document(resources, *, account="dev", region="eu-west-1", moved=(), **sections):
    """A stack's document. ``resources`` has (type, construct path) -> body; addresses are cdktf's."""
    made = {
        "//": {"metadata": {"stackName": "x"}},
        "terraform": {
            "backend": {"s3": {"bucket": f"acme-tfstate-{ACCOUNTS[account]}"}},
            "required_providers": {"aws": {"source": "aws", "version": "5.100.0"}},
        },
        "provider": {"aws": [{"region": region, "allowed_account_ids": [ACCOUNTS[account]]}]},
        **sections,
    }
    for (type, path), body in resources.items():
        made.setdefault("resource", {}).setdefault(type, {})[unique_id(path.split("/"))] = body
    if moved:
        made["moved"] = [{"from": was, "to": now} for was, now in moved]
    return made


def record(
    name, made, paths, *, tags=None, tier="dev", region="eu-west-1", stack=None, construct="acme:Stack"
):
    """The index's record of a stack."""
    account = name.partition(".")[0]
    text = json.dumps(made)
    return {
        "account": account,
        "account_id": ACCOUNTS[account],
        "construct": construct,
        "dependencies": [],
        "inputs": "sha256:0",
        "region": region,
        "resource_count": len(paths),
        "resources": {
            f"{type}.{unique_id(path.split('/'))}": {
                "construct_path": f"{name}/{path}",
                "source": "acme.py:1",
            }
            for type, path in paths
        },
        "sha256": sha256(text),
        "stack": stack or name.rpartition(".")[2],
        "tags": tags or {},
        "tier": tier,
        "waivers": [],
    }


def stack_of(resources, name="dev.app", **more):
    """One stack, parsed."""
    account = name.partition(".")[0]
    made = document(resources, account=account, **more)
    return Stack(StackRecord.from_json(name, record(name, made, resources)), made)
