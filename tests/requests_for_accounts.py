"""Requests for accounts of the example's organisation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from landform.org.load import load
from landform.vending.accept import Accepted, accept
from landform.vending.request import read_request

TODAY = dt.date(2026, 11, 21)

REQUEST = """\
schema: landform/account-request/v1
key: CHG-2001
name: ledger-dev
email: aws+ledger-dev@acme.example
ou: Workloads/Dev
tier: dev
baseline: { name: workload, version: "2" }
owner: { team: ledger, contact: ledger@acme.example, cost_center: "4712" }
# Theirs alone.
purpose: Development of the ledger
data_class: internal
regions: [eu-west-1]
network: { pool: nonprod }
change: { requested_by: jane, reason: A team of its own, ticket: CHG-2001 }
budget: { monthly_usd: 500 }
"""


def request(**edits: str) -> str:
    """The request with some of its lines replaced, by key; an empty text takes a line out."""
    lines = []
    for line in REQUEST.splitlines():
        key = line.partition(":")[0]
        if key not in edits:
            lines.append(line)
        elif text := edits.pop(key):
            lines.append(f"{key}: {text}")
    lines += [f"{key}: {text}" for key, text in edits.items()]
    return "\n".join(lines) + "\n"


def named(name: str, **edits: str) -> str:
    """The request of another account."""
    return request(name=name, email=f"aws+{name}@acme.example", key=f"key-{name}", **edits)


def accepted(project: Path, *texts: str, approvals: Mapping[str, tuple[str, ...]] | None = None) -> Accepted:
    """What becomes of requests, in a project as its files are now."""
    read = [read_request(text, f"r{number}.yaml") for number, text in enumerate(texts, 1)]
    return accept(load(project), read, today=TODAY, approvals=approvals)
