"""A small organisation whose stacks are applied in seconds: roles, parameters, and what one stack reads of another."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from somebody import client_in

from landform.record.ssh import FileKey

ACCOUNTS = {
    "hub": "100000000001",
    "shop-dev": "100000000002",
    "shop-a": "100000000003",
    "shop-b": "100000000004",
}
TIERS = {"hub": "prod", "shop-dev": "dev", "shop-a": "prod", "shop-b": "prod"}
REGION = "eu-west-1"

CODE = '''"""Stacks of the shop."""

from landform.constructs import AwsStack
from landform.constructs.iam import Role, Trust
from landform.constructs.published import NeededStack, Published
from landform.constructs.sqs import Queue
from landform.resources.aws.ssm_parameter import SsmParameter


class Orders(AwsStack):
    """A role and a parameter; the id that AWS gives the role is published."""

    def __init__(self, scope, instance, *, parameter="rate", rate="1", sends=False):
        super().__init__(scope, instance)
        clerk = Role(self, "Clerk", trust=[Trust.service("lambda.amazonaws.com")], boundary=False)
        name = f"/shop/{parameter}"
        # All else follows the role, so that a role that cannot be made leaves nothing half-done.
        after = [clerk.resource]
        SsmParameter(self, "Rate", name=name, type="String", insecure_value=rate, depends_on=after)
        Published(self, "clerk_id", clerk.resource.unique_id)
        if sends:
            orders = Queue.from_name(self, "Orders", "orders", key=None)
            orders.grants.send_messages(clerk)


class Desk(AwsStack):
    """A parameter that holds what the other stack publishes."""

    def __init__(self, scope, instance):
        super().__init__(scope, instance)
        clerk = NeededStack(self, "Orders", stack="orders").output("clerk_id")
        SsmParameter(self, "Clerk", name="/shop/clerk", type="String", insecure_value=clerk)
'''

SPEC: Mapping[str, Any] = {
    "org.yaml": {
        "schema": "landform/org/v1",
        "name": "shop",
        "organization_id": "o-a1b2c3d4e5",
        "management_account": "hub",
        "log_archive_account": "hub",
        "home_region": REGION,
        "regions": [REGION],
        "prefix": "shop",
    },
    "ous.yaml": {"schema": "landform/ous/v1", "ous": [{"path": "Root"}, {"path": "Shop"}]},
    "tiers/dev.yaml": {
        "schema": "landform/tier/v1",
        "name": "dev",
        "rank": 10,
        "guard": {"level": "standard", "fail_on": "critical"},
        "rollout": {"approvals": 1, "separation_of_duties": False},
        "waivers": {"max_days": 60},
    },
    "tiers/prod.yaml": {
        "schema": "landform/tier/v1",
        "name": "prod",
        "rank": 20,
        "guard": {
            "level": "strict",
            "fail_on": "critical",
            "plan": {"max_destroy": 0, "protected_types": ["aws_ssm_parameter"]},
        },
        "rollout": {"approvals": 1, "failure_tolerance": 0, "waves": ["50%", "100%"]},
        "waivers": {"max_days": 30},
    },
    "waves.yaml": {
        "schema": "landform/waves/v1",
        "waves": [{"id": "canary", "select": {"labels": {"canary": "true"}}}, {"id": "all"}],
    },
}


@dataclass(frozen=True)
class Said:
    """What a command said, and how it ended."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.out)


@dataclass(frozen=True)
class SmallProject:
    """The project in ``folder``, and the people who sign in the folder ``keys``."""

    folder: Path
    keys: Path

    @classmethod
    def begin(cls, folder: Path, keys: Path, people: Sequence[str]) -> SmallProject:
        """Write the project, its code and its people's keys."""
        project = cls(folder, keys)
        made = {name: write_key(keys / name) for name in people}
        (folder / "shop").mkdir(parents=True)
        (folder / "shop/__init__.py").write_text(CODE)
        for file, document in SPEC.items():
            project.write(file, document)
        project.write("approvers.yaml", _approvers(made))
        for name in ACCOUNTS:
            project.write(f"accounts/{name}.yaml", _account(name))
        project.say()
        return project

    def say(self, orders: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        """Write which stacks go where, with the parameters of the stack ``orders`` by account."""
        self.write("stacks.yaml", {"schema": "landform/stacks/v1", "stacks": list(_STACKS)})
        for name in ACCOUNTS:
            given = (orders or {}).get(name)
            self.write(f"accounts/{name}.yaml", _account(name, given))

    def __call__(self, *arguments: str, status: int = 0) -> Said:
        """Run ``landform ARGUMENTS --json``, which must end with a status."""
        done = subprocess.run(
            [sys.executable, "-m", "landform.cli.main", *arguments, "--json"],
            cwd=self.folder,
            env={**os.environ, "COLUMNS": "160", "XDG_STATE_HOME": str(self.keys), "LANDFORM_USER": "sam"},
            capture_output=True,
            text=True,
            timeout=900,
        )
        assert done.returncode == status, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return Said(done.returncode, done.stdout, done.stderr)

    def approve(self, *arguments: str, key: str = "jane", status: int = 0) -> Said:
        """Approve some plans as somebody."""
        return self("approve", *arguments, "--key", str(self.keys / key), "--yes", status=status)

    def aws(self, service: str, account: str) -> Any:
        """A client of a service in one of the accounts."""
        return self.client(service, ACCOUNTS[account])

    def client(self, service: str, account_id: str) -> Any:
        """A client of a service in an account of the sandbox, as somebody beside Terraform would have it."""
        port = json.loads((self.folder / ".landform/sandbox.json").read_text())["port"]
        return client_in(f"http://127.0.0.1:{port}", account_id, service, REGION)

    def write(self, file: str, document: Mapping[str, Any]) -> None:
        """Write a file of the spec."""
        path = self.folder / "org" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        # JSON is YAML.
        path.write_text(json.dumps(document, indent=2))


_STACKS = (
    {
        "id": "orders",
        "construct": "shop:Orders",
        "select": {"ous": ["Shop"]},
        "outputs": {"clerk_id": "string"},
    },
    {
        "id": "desk",
        "construct": "shop:Desk",
        "select": {"tiers": ["dev"]},
        "needs": ["orders"],
        "uses": {"orders": ["clerk_id"]},
    },
)


def _approvers(keys: Mapping[str, str]) -> dict[str, Any]:
    people = [{"name": name, "keys": [key]} for name, key in keys.items()]
    return {"schema": "landform/approvers/v1", "people": people}


def _account(name: str, orders: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return {
        "schema": "landform/account/v1",
        "name": name,
        "email": f"aws+{name}@shop.example",
        "account_id": ACCOUNTS[name],
        "ou": "Root" if name == "hub" else "Shop",
        "tier": TIERS[name],
        "owner": {"team": "shop", "contact": "shop@shop.example", "cost_center": "1"},
        "purpose": "A shop",
        "data_class": "internal",
        "regions": [REGION],
        "labels": {"canary": "true"} if name == "shop-dev" else {},
        **({"stacks": {"params": {"orders": dict(orders)}}} if orders else {}),
    }


def write_key(path: Path) -> str:
    key = ed25519.Ed25519PrivateKey.generate()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
    path.chmod(0o600)
    return str(FileKey(key).public)
