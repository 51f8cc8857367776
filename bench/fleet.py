"""A seeded generator of organisations: the same seed gives the same files, for every bench that needs a fleet."""

from __future__ import annotations

import random
from pathlib import Path

REGIONS = ("eu-west-1", "eu-central-1")
TIERS = {
    "sandbox": (10, "relaxed", "high", 365),
    "dev": (20, "standard", "medium", 365),
    "stage": (30, "strict", "low", 400),
    "prod": (40, "strict", "low", 731),
}
STACKS_AN_ACCOUNT = 5

STACK_MODULE = '''"""A stack of a given number of resources, ten a bucket."""

from landform.constructs import AwsStack
from landform.constructs.s3 import Bucket
from landform.constructs.kms import Key


class Buckets(AwsStack):
    """A key and its alias, and as many buckets as fit."""

    def __init__(self, scope, instance, *, resources: int = 50):
        super().__init__(scope, instance)
        key = Key(self, "Key")
        for number in range((resources - 2) // 9):
            Bucket(self, f"B{number}", key=key)
'''


def write_fleet(folder: Path, *, accounts: int, seed: int = 1) -> None:
    """Write a project of some accounts, five stacks of about fifty resources each."""
    chance = random.Random(seed)
    org = folder / "org"
    for sub in ("accounts", "tiers"):
        (org / sub).mkdir(parents=True, exist_ok=True)
    (folder / "fleet").mkdir(exist_ok=True)
    (folder / "fleet" / "__init__.py").write_text('"""A bench\'s stacks."""\n')
    (folder / "fleet" / "stacks.py").write_text(STACK_MODULE)
    (org / "org.yaml").write_text(
        "schema: landform/org/v1\nname: bench\norganization_id: o-bench12345\n"
        "management_account: account-00000\nlog_archive_account: account-00001\n"
        f"home_region: {REGIONS[0]}\nregions: [{', '.join(REGIONS)}]\nprefix: bench\n"
    )
    (org / "ous.yaml").write_text("schema: landform/ous/v1\nous:\n  - path: Workloads\n")
    for name, (rank, level, fail_on, days) in TIERS.items():
        (org / "tiers" / f"{name}.yaml").write_text(
            f"schema: landform/tier/v1\nname: {name}\nrank: {rank}\n"
            f"guard: {{ level: {level}, fail_on: {fail_on} }}\n"
            f"sizing: {{ log_retention_days: {days} }}\nwaivers: {{ max_days: 30 }}\n"
        )
    rules = "".join(
        f"  - id: stack-{number}\n    construct: fleet.stacks:Buckets\n"
        for number in range(STACKS_AN_ACCOUNT)
    )
    (org / "stacks.yaml").write_text(f"schema: landform/stacks/v1\nstacks:\n{rules}")
    for number in range(accounts):
        _write_account(org / "accounts", number, chance)


def _write_account(folder: Path, number: int, chance: random.Random) -> None:
    name = f"account-{number:05d}"
    (folder / f"{name}.yaml").write_text(
        f"schema: landform/account/v1\nname: {name}\nemail: aws+{name}@bench.example\n"
        f'account_id: "{100000000000 + number}"\nou: Workloads\ntier: {chance.choice(sorted(TIERS))}\n'
        f"owner: {{ team: team-{chance.randrange(40)}, contact: team@bench.example,"
        f' cost_center: "{chance.randrange(900)}" }}\n'
        f"purpose: bench\ndata_class: {chance.choice(['internal', 'restricted'])}\nregions: [{', '.join(REGIONS)}]\n"
    )
