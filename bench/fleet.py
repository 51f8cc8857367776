"""A seeded generator of organisations: the same seed gives the same files, for every bench that needs a fleet."""

from __future__ import annotations

import random
from pathlib import Path

from landform.org.addresses import allot
from landform.org.load import load
from landform.org.lock import write_lock
from landform.org.validate_network import demands

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


# What an organisation, and each account, says beyond what it must.
_ORG = """\
naming: { accounts: ["account-*"], email_domains: [bench.example] }
identity: { permission_sets: [ReadOnly, Operator], max_session: 8h }
deploy: { providers: [github], repositories: ["bench/*"] }
tags: { company: bench }
defaults: { network: { egress: inspected }, backup: { plan: daily, retention_days: 35 } }
enforce: { guard: { skip_requires_waiver: true }, sizing: { log_retention_days: 365 } }
"""
_ACCOUNT = """\
baseline: {{ name: workload, version: "1", pin_until: 2030-01-31 }}
compliance: [pci, soc2]
network: {{ pool: {tier}, egress: inspected, vpc_template: private-3az, dns: {app}.bench.example }}
access:
  - {{ group: {app}-eng, permission_set: ReadOnly, max_session: 4h }}
  - {{ group: {app}-oncall, permission_set: Operator, max_session: 1h, approval: true }}
deploy: {{ provider: github, repo: {repo}, environments: [{tier}] }}
budget: {{ monthly_usd: {usd}, alerts: [50%, 80%, 100%], subscribers: [+{app}@bench.example], anomaly: true }}
backup: {{ plan: daily-35d, vault_lock: true, copy_regions: [eu-central-1] }}
quotas: [{{ service: ec2, code: L-1216C47A, value: 512 }}]
stacks: {{ params: {{ stack-2: {{ resources: {resources} }}, stack-3: {{ resources: 20 }} }} }}
labels: {{ app: {app}, canary: "{canary}", criticality: "1" }}
tags: {{ app: {app}, criticality: "1", contact: {app}@bench.example }}
change: {{ requested_by: jane, approved_by: [joe], reason: bench, ticket: CHG-1, date: 2026-11-20 }}
guard: {{ frameworks: [cis-3, pci], plan: {{ max_destroy: 0, protected_types: [aws_kms_key, aws_s3_bucket] }} }}
enforce: {{ sizing: {{ deletion_protection: true }} }}
defaults: {{ sizing: {{ az_count: 3 }} }}
"""
# A unit of the organisation for each tier, two levels down, where accounts say all that they can.
UNITS = {"sandbox": "Sandbox", "dev": "Workloads/Dev", "stage": "Workloads/Stage", "prod": "Workloads/Prod"}
# An eighth of 10.0.0.0/8 for each tier, half of it for each region: 4,096 blocks of 256 addresses each.
POOLS = {
    tier: {region: f"10.{32 * at + 16 * half}.0.0/12" for half, region in enumerate(REGIONS)}
    for at, tier in enumerate(TIERS)
}


def write_fleet(folder: Path, *, accounts: int, seed: int = 1, rich: bool = False) -> None:
    """Write a project of some accounts, five stacks of about fifty resources each.

    Args:
        rich: accounts say nearly all that an account can, in two channels and below units, baselines, pools, waivers
            and waves, with their address blocks allotted; without it they say what they must.
    """
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
        f"home_region: {REGIONS[0]}\nregions: [{', '.join(REGIONS)}]\nprefix: bench\n" + _ORG * rich
    )
    units = dict.fromkeys(["Workloads", *UNITS.values()] if rich else ["Workloads"])
    (org / "ous.yaml").write_text(
        "schema: landform/ous/v1\nous:\n" + "".join(f"  - path: {unit}\n" for unit in units)
    )
    for name, (rank, level, fail_on, days) in TIERS.items():
        (org / "tiers" / f"{name}.yaml").write_text(
            f"schema: landform/tier/v1\nname: {name}\nrank: {rank}\n"
            f"guard: {{ level: {level}, fail_on: {fail_on} }}\n"
            f"sizing: {{ log_retention_days: {days} }}\nwaivers: {{ max_days: 30 }}\n"
        )
    rules = "".join(
        f"  - id: stack-{number}\n    construct: fleet.stacks:Buckets\n"
        + f"    params: {{ resources: 50 }}\n    needs: [stack-{number - 1}]\n" * (rich and number > 0)
        for number in range(STACKS_AN_ACCOUNT)
    )
    (org / "stacks.yaml").write_text(f"schema: landform/stacks/v1\nstacks:\n{rules}")
    if rich:
        _write_beside(org)
    for number in range(accounts):
        _write_account(org / "accounts", number, chance, rich=rich)
    if rich:
        _allot(folder)


def _write_beside(org: Path) -> None:
    """What stands beside the accounts: a baseline, pools, waves and a waiver."""
    for sub in ("baselines", "waivers"):
        (org / sub).mkdir(exist_ok=True)
    (org / "baselines" / "workload-1.yaml").write_text(
        'schema: landform/baseline/v1\nname: workload\nversion: "1"\nstacks: [stack-0, stack-1]\n'
        "params: { stack-1: { resources: 40 } }\nsunset: 2030-06-30\n"
    )
    pools = "".join(
        f"  - name: {tier}\n    cidrs: {{ {', '.join(f'{region}: {cidr}' for region, cidr in cidrs.items())} }}\n"
        f"    netmask: 24\n    tiers: [{tier}]\n"
        for tier, cidrs in POOLS.items()
    )
    (org / "network.yaml").write_text(f"schema: landform/network/v1\npools:\n{pools}")
    (org / "waves.yaml").write_text(
        "schema: landform/waves/v1\nwaves:\n"
        '  - id: canary\n    select: { labels: { canary: "true" } }\n    bake: 30m\n'
        "  - id: rest\n    size: 10%\n"
    )
    (org / "waivers" / "W-2026-001.yaml").write_text(
        "schema: landform/waiver/v1\nid: W-2026-001\ncategory: waiver\nchecks: [CKV_AWS_144]\n"
        'scope: { stacks: [stack-1], resources: ["aws_s3_bucket.*"] }\nreason: one region is enough for a bench\n'
        "requested_by: jane\napproved_by: [joe]\nticket: T-1\ncreated: 2026-11-01\nexpires: 2026-11-30\n"
    )


def _write_account(folder: Path, number: int, chance: random.Random, *, rich: bool) -> None:
    name = f"account-{number:05d}"
    tier = chance.choice(sorted(TIERS))
    text = (
        f"schema: landform/account/v1\nname: {name}\nemail: aws+{name}@bench.example\n"
        f'account_id: "{100000000000 + number}"\nou: {UNITS[tier] if rich else "Workloads"}\ntier: {tier}\n'
        f"owner: {{ team: team-{chance.randrange(40)}, contact: team@bench.example,"
        f' cost_center: "{chance.randrange(900)}" }}\n'
        f"purpose: bench\ndata_class: {chance.choice(['internal', 'restricted'])}\nregions: [{', '.join(REGIONS)}]\n"
    )
    if rich:
        text += _ACCOUNT.format(
            tier=tier,
            repo=f"bench/repo-{chance.randrange(200)}",
            usd=100 * chance.randrange(1, 90),
            app=f"app-{chance.randrange(300)}",
            canary="true" if chance.random() < 0.02 else "false",
            resources=10 * chance.randrange(1, 9),
        )
    (folder / f"{name}.yaml").write_text(text)


def _allot(folder: Path) -> None:
    spec = load(folder)
    pools = {pool.name: pool for pool in spec.pools}
    write_lock(folder, allot(spec.lock, pools, demands(spec)))
