"""A project whose accounts have networks, and what tests of the lock file do to it."""

from __future__ import annotations

import subprocess
from pathlib import Path

from landform.org.addresses import allot
from landform.org.load import load
from landform.org.lock import Lock, write_lock
from landform.org.validate_network import demands

from .conftest import ACCOUNT, Project

NETWORK = """\
schema: landform/network/v1
pools:
  - name: dev
    cidrs: { eu-west-1: 10.20.0.0/16, eu-central-1: [10.21.0.0/16] }
    tiers: [dev]
  - name: prod
    cidrs: { eu-west-1: 10.24.0.0/16, eu-central-1: 10.25.0.0/16 }
"""


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), "-c", "user.name=t", "-c", "user.email=t@t", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout


def commit(folder: Path) -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "x")


def relock(project: Project) -> Lock:
    """What ``landform org lock`` does."""
    spec = load(project.root)
    lock = allot(spec.lock, {pool.name: pool for pool in spec.pools}, demands(spec))
    write_lock(project.root, lock)
    return lock


def add_networks(project: Project) -> None:
    """Pools, and two accounts that have a network; nothing is allotted yet."""
    project.write("org/network.yaml", NETWORK)
    project.add("org/accounts/payments-dev.yaml", "network: { pool: dev }\n")
    project.add("org/accounts/payments-prod.yaml", "network: { pool: prod, netmask: 22 }\n")
    project.edit("org/stacks.yaml", "    params: { size: 20, dns: true }", "    addresses: true")


def add_account(project: Project, name: str, id: str) -> None:
    text = ACCOUNT.format(name=name, id=id, ou="Workloads/Dev", tier="dev")
    project.write(f"org/accounts/{name}.yaml", text + "network: { pool: dev }\n")
