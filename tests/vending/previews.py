"""Previews written by hand: one of each thing that a preview can hold, and accounts by the dozen."""

from __future__ import annotations

from typing import Any

from landform.vending.preview import (
    AccessPreview,
    AccountPreview,
    Address,
    FindingPreview,
    GuardPreview,
    PlannedStack,
    Preview,
    SignIn,
    StackPreview,
)

GUARD = GuardPreview(
    level="strict",
    fail_on="low",
    approvals=2,
    approvers=("platform-leads", "security-leads"),
    auto_apply="none",
    max_destroy=3,
    protected_types=("aws_dynamodb_table",),
    wave="wave 4 customers",
    service_control_policies=("deny-leaving",),
    waivers_days=30,
)


def account(name: str = "ledger-prod", **edits: Any) -> AccountPreview:
    """An account in which everything is said."""
    said: dict[str, Any] = {
        "name": name,
        "email": f"aws+{name}@acme.example",
        "ou": "Workloads/Prod",
        "tier": "prod",
        "owner": "ledger-team",
        "purpose": "The books of the house",
        "data_class": "confidential",
        "regions": ("eu-west-1", "eu-central-1"),
        "status": "requested",
        "is_new": True,
        "baseline": "workload 2",
        "requested_by": "jane",
        "approved_by": ("omar", "lin"),
        "expires": "2027-06-30",
        "budget": 12_000,
        "alerts": ("50%", "80%"),
        "quotas": ("ec2 L-1216C47A = 64",),
        "sign_in": (SignIn("ledger-developers", "ReadOnlyAccess", "PT4H", approval=True),),
        "guard": GUARD,
    }
    return AccountPreview(**{**said, **edits})


def stack(
    name: str, *needs: str, baseline: bool = False, resources: dict[str, int] | None = None
) -> StackPreview:
    """A stack by its name, ``account.stack`` or ``account.region.stack``."""
    owner, *region, own = name.split(".")
    return StackPreview(
        name=name,
        account=owner,
        region=region[0] if region else "eu-west-1",
        stack=own,
        resources={"aws_s3_bucket": 2, "aws_kms_key": 1} if resources is None else resources,
        needs=needs,
        in_baseline=baseline,
    )


def stacks(owner: str, *regions: str) -> tuple[StackPreview, ...]:
    """Those of an account: four of its own and three a region, with needs across columns and bands."""
    found = [
        stack(f"{owner}.state-backend", baseline=True),
        stack(f"{owner}.baseline", f"{owner}.state-backend", baseline=True),
        stack(f"{owner}.identity", f"{owner}.state-backend", f"{owner}.baseline"),
        stack(f"{owner}.budget", f"{owner}.baseline"),
    ]
    for region in regions:
        own = f"{owner}.{region}"
        found += [
            stack(f"{own}.network", f"{owner}.baseline", baseline=True),
            stack(f"{own}.data", f"{own}.network", f"{owner}.identity"),
            stack(f"{own}.api", f"{own}.data", f"{own}.network"),
        ]
    return tuple(found)


def preview(**edits: Any) -> Preview:
    """One account with ten stacks in two regions, and a stack of another account that changes."""
    said: dict[str, Any] = {
        "organization": "acme",
        "tiers": ("sandbox", "dev", "prod"),
        "accounts": (account(),),
        "stacks": (*stacks("ledger-prod", "eu-west-1", "eu-central-1"), stack("management.organization")),
        "unchanged": 7,
        "addresses": (
            Address("ledger-prod", "eu-west-1", "prod", "10.128.240.0/20", 0.93),
            Address("ledger-prod", "eu-central-1", "prod", "10.64.0.0/20", 0.31),
        ),
        "findings": (
            FindingPreview(
                "LF-1", "high", "Buckets are private", "failing", 2, ("ledger-prod.baseline",), ()
            ),
            FindingPreview(
                "LF-2", "low", "Keys rotate", "waived", 1, ("ledger-prod.identity",), ("W-2026-9",)
            ),
        ),
        "ok": False,
        "passed": 983,
        "access": (
            AccessPreview(
                "landform-apply", "role", "aws_s3_bucket.Books", {"read": "allowed", "tag": "stopped"}
            ),
            AccessPreview("landform-apply", "role", "aws_kms_key.Key", {"write": "allowed if"}),
            AccessPreview("logs.amazonaws.com", "service", "aws_s3_bucket.Books", {"write": "allowed"}),
        ),
        "files": ("org/accounts/ledger-prod.yaml", "org/network.lock.json"),
        "bundle": "sha256:" + "0" * 64,
        "plans": (
            PlannedStack("ledger-prod.baseline", add=3),
            PlannedStack("ledger-prod.identity", error="no credentials for 100000000001"),
        ),
        "notes": ("A managed policy was not read.",),
    }
    return Preview(**{**said, **edits})


def many(count: int) -> Preview:
    """Accounts by the dozen, of all tiers, half of them in two regions."""
    regions = [("eu-west-1", "eu-central-1")[: 1 + number % 2] for number in range(count)]
    names = [f"team-{number}" for number in range(count)]
    return preview(
        accounts=tuple(
            account(name, tier=("sandbox", "dev", "prod")[number % 3], regions=regions[number])
            for number, name in enumerate(names)
        ),
        stacks=tuple(each for name, own in zip(names, regions, strict=True) for each in stacks(name, *own)),
        addresses=tuple(
            Address(name, region, "prod", f"10.{number}.0.0/20", number / count)
            for number, name in enumerate(names)
            for region in regions[number]
        ),
    )
