"""Accounts to put a stack in: an imaginary one in any tier, or one of the project's spec."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from landform.digest import digest
from landform.errors import Code, LandformError, Place, did_you_mean

if TYPE_CHECKING:
    from landform.org.fleet import OutputShape, StackInstance

TIERS = ("sandbox", "dev", "stage", "prod")


@cache
def _organization() -> Any:
    from landform.org.models import Organization

    return Organization.model_validate_json(
        json.dumps(
            {
                "schema": "landform/org/v1",
                "name": "acme",
                "organization_id": "o-a1b2c3d4e5",
                "management_account": "management",
                "log_archive_account": "log-archive",
                "home_region": "eu-west-1",
                "regions": ["eu-west-1", "eu-central-1"],
                "prefix": "acme",
            }
        )
    )


def stack_instance(
    *,
    stack: str = "data-lake",
    account: str = "payments-prod",
    account_id: str = "012345678901",
    tier: str = "prod",
    region: str = "eu-west-1",
    regional: bool = False,
    params: Mapping[str, Any] | None = None,
    outputs: Mapping[str, OutputShape] | None = None,
    uses: Mapping[str, Mapping[str, OutputShape]] | None = None,
) -> StackInstance:
    """A stack instance of an imaginary organisation, to make a stack of in a test.

    The four tiers differ as in the shipped example: the number of zones and NAT gateways, how long logs are
    kept, whether deletion is guarded against, the size of databases. ``outputs`` and ``uses`` are what the stack's
    rule would say that it publishes, and reads of other stacks.
    """
    from landform.org.fleet import StackInstance
    from landform.org.models import Account, ResolvedSettings, Tier

    rank = TIERS.index(tier)
    sizing = {
        "az_count": (1, 2, 2, 3)[rank],
        "nat": ("none", "single", "single", "per_az")[rank],
        "log_retention_days": (365, 365, 400, 731)[rank],
        "deletion_protection": rank >= TIERS.index("stage"),
        "db": {
            "class": ("s", "s", "m", "l")[rank],
            "multi_az": rank >= TIERS.index("stage"),
            "backup_days": (1, 7, 14, 35)[rank],
        },
    }
    tier_model = Tier.model_validate_json(
        json.dumps(
            {
                "schema": "landform/tier/v1",
                "name": tier,
                "rank": 10 * (rank + 1),
                "guard": {"level": "strict" if rank > 1 else "standard", "fail_on": "low"},
                "sizing": sizing,
                "waivers": {"max_days": 30},
            }
        )
    )
    account_model = Account.model_validate_json(
        json.dumps(
            {
                "schema": "landform/account/v1",
                "name": account,
                "email": f"aws+{account}@acme.example",
                "account_id": account_id,
                "ou": "Workloads",
                "tier": tier,
                "owner": {"team": "payments", "contact": "payments@acme.example", "cost_center": "4711"},
                "purpose": "a test",
                "data_class": "restricted",
                "regions": ["eu-west-1", "eu-central-1"],
            }
        )
    )
    tags = {
        "account": account,
        "cost-center": "4711",
        "data-class": "restricted",
        "managed-by": "landform",
        "owner": "payments",
        "tier": tier,
    }
    key = f"{account}.{region}.{stack}" if regional else f"{account}.{stack}"
    return StackInstance(
        key=key,
        stack=stack,
        construct="tests:Stack",
        organization=_organization(),
        account=account_model,
        tier=tier_model,
        region=region,
        regional=regional,
        params=dict(params or {}),
        tags=tags,
        accounts={account: account_id, "management": "111111111111", "log-archive": "222222222222"},
        needs=(),
        waivers=(),
        source=Place(file="org/stacks.yaml", line=1, column=1),
        digest=digest([key, tier, region]),
        settings=ResolvedSettings(
            guard=tier_model.guard,
            sizing=tier_model.sizing,
            rollout=tier_model.rollout,
            waivers=tier_model.waivers,
            regions=account_model.regions,
        ),
        outputs=dict(outputs or {}),
        uses=dict(uses or {}),
    )


def instance_of(project: Path, key: str) -> StackInstance:
    """A stack instance of a project's own spec: its account, tier, parameters and waivers as they are.

    Args:
        project: the folder that holds ``org/``.
        key: the name of the stack, as ``payments-prod.payments-ledger``.

    Raises:
        LandformError: whatever is wrong in the spec; ``usage`` where no stack has this name.
    """
    from landform.org.load import load
    from landform.org.resolve import resolve

    instances = {instance.key: instance for instance in resolve(load(project)).instances}
    if key not in instances:
        raise LandformError(
            Code.USAGE,
            "The organisation has no such stack.",
            given=key,
            expected="the name of a stack, as payments-prod.payments-ledger",
            fix=did_you_mean(key, instances) or "`landform list` has all of them.",
        )
    return instances[key]
