"""A small organisation whose accounts live: a baseline of two stacks, and a record written by hand."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from bundles import write_bundle
from records import Project

from landform.org.load import load
from landform.org.models import Account
from landform.org.spec import OrgSpec, account_file
from landform.synth.bundle import Bundle

ACCOUNTS = {
    "management": ("100000000001", "prod"),
    "shop": ("200000000002", "prod"),
    "lab": ("300000000003", "dev"),
}
BASELINE = ("base", "state")
ADDRESS = "aws+{}@acme.example"

FILES = {
    "org/org.yaml": """\
schema: landform/org/v1
name: acme
organization_id: o-a1b2c3d4e5
management_account: management
log_archive_account: management
home_region: eu-west-1
regions: [eu-west-1]
prefix: acme
""",
    "org/ous.yaml": """\
schema: landform/ous/v1
ous:
  - path: Root
  - path: Work
    tiers: [prod, dev]
    service_control_policies: [no-leave]
  - path: Lab
    tiers: [dev]
    service_control_policies: [no-iam]
  - path: Free
""",
    "org/stacks.yaml": """\
schema: landform/stacks/v1
stacks:
  - { id: base, construct: "acme:Base", opt_in: true }
  - { id: state, construct: "acme:State", opt_in: true }
  - { id: app, construct: "acme:App", select: { ous: [Work] } }
""",
    "org/tiers/prod.yaml": """\
schema: landform/tier/v1
name: prod
rank: 40
guard: { level: strict, fail_on: medium, plan: { protected_types: [aws_sqs_queue] } }
waivers: { max_days: 30 }
""",
    "org/tiers/dev.yaml": """\
schema: landform/tier/v1
name: dev
rank: 20
guard: { level: standard, fail_on: medium }
waivers: { max_days: 30 }
""",
    "org/baselines/workload-1.yaml": """\
schema: landform/baseline/v1
name: workload
version: "1"
stacks: [base, state]
""",
}
POLICIES: Mapping[str, Mapping[str, Any]] = {
    "no-leave": {"Effect": "Deny", "Action": "organizations:LeaveOrganization", "Resource": "*"},
    "no-iam": {"Effect": "Deny", "Action": "iam:*", "Resource": "*"},
}
_ACCOUNT = """\
# The file is the request.
schema: landform/account/v1
name: {name}
email: {email}
account_id: "{id}"
status: {status}
ou: {ou}
tier: {tier}  # said by hand
baseline: {{ name: workload, version: "1" }}
owner: {{ team: shop, contact: shop@acme.example, cost_center: "4711" }}
purpose: A shop
data_class: internal
regions: [eu-west-1]
"""
NOTHING: Mapping[str, Any] = {"resource": {"aws_iam_role": {"r": {"name": "r"}}}}
BUCKET: Mapping[str, Any] = {"resource": {"aws_s3_bucket": {"b": {"bucket": "b"}}}}
QUEUE: Mapping[str, Any] = {"resource": {"aws_sqs_queue": {"q": {"name": "q"}}}}


class Lives:
    """The project in ``root``."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.record = Project(root)
        for file, text in FILES.items():
            self.write(file, text)
        for name, statement in POLICIES.items():
            policy = {"Version": "2012-10-17", "Statement": [statement]}
            self.write(f"org/policies/{name}.json", json.dumps(policy))
        for name, (id, tier) in ACCOUNTS.items():
            ou = "Root" if name == "management" else "Work"
            account = _ACCOUNT.format(
                name=name, email=ADDRESS.format(name), id=id, status="active", ou=ou, tier=tier
            )
            self.write(account_file(name), account)

    def write(self, file: str, text: str) -> None:
        """Write one file."""
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def text(self, name: str) -> str:
        """An account's file."""
        return (self.root / account_file(name)).read_text()

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace a text that must be in an account's file exactly once."""
        assert self.text(name).count(old) == 1
        self.write(account_file(name), self.text(name).replace(old, new))

    def status(self, name: str, status: str) -> None:
        """Give an account another status; without an id where AWS has given none yet."""
        self.edit(name, f"status: {self.account(name).status}", f"status: {status}")
        if status in ("requested", "provisioning"):
            self.edit(name, f'account_id: "{ACCOUNTS[name][0]}"\n', "")

    @property
    def spec(self) -> OrgSpec:
        """The spec as it is now."""
        return load(self.root)

    def account(self, name: str) -> Account:
        """An account as it is now."""
        (found,) = (each for each in self.spec.accounts if each.name == name)
        return found

    def bundle(self, stacks: Mapping[str, Mapping[str, Any]]) -> Bundle:
        """A bundle in the usual folder."""
        return write_bundle(self.root / "cdktf.out", stacks, ACCOUNTS)

    def apply(self, bundle: Bundle, *stacks: str, run: str = "r1", failed: Iterable[str] = ()) -> None:
        """Record that stacks of a bundle were applied, and that others failed half-way."""
        self.record.run(run, bundle, stacks, failed=dict.fromkeys(failed, True))
