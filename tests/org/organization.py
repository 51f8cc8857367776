"""An organisation in moto, and what tests do to it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from moto import mock_aws

from landform.org.drift import differences
from landform.org.imported import Answers
from landform.org.living import (
    LivingOrganization,
    open_session,
    read_organization,
)
from landform.org.load import load

ANSWERS = Answers(name="acme", regions=("eu-west-1", "eu-central-1"), owner="platform")
DENY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Deny", "Action": "organizations:Leave*", "Resource": "*"}],
}


@dataclass
class Aws:
    """An organisation in moto, and how to change it."""

    client: Any
    root: str
    units: dict[str, str]
    accounts: dict[str, str]
    policy: str

    def read(self) -> LivingOrganization:
        return read_organization(open_session())

    def account(self, name: str, unit: str, **tags: str) -> str:
        """Make an account and move it into a unit; its id."""
        made = self.client.create_account(
            AccountName=name,
            Email=f"aws+{'-'.join(name.lower().split())}@acme.example",
            Tags=[{"Key": key.replace("_", "-"), "Value": value} for key, value in tags.items()],
        )
        id: str = made["CreateAccountStatus"]["AccountId"]
        self.client.move_account(AccountId=id, SourceParentId=self.root, DestinationParentId=self.units[unit])
        self.accounts[name] = id
        return id

    def unit(self, name: str, above: str | None = None) -> None:
        parent = self.units[above] if above else self.root
        made = self.client.create_organizational_unit(ParentId=parent, Name=name)
        self.units[f"{above}/{name}" if above else name] = made["OrganizationalUnit"]["Id"]


@contextmanager
def living_organization() -> Iterator[Aws]:
    """An organisation of two accounts beside the managing one, for as long as a test takes."""
    with mock_aws():
        client = boto3.client("organizations", region_name="us-east-1")
        client.create_organization(FeatureSet="ALL")
        policy = client.create_policy(
            Name="DenyLeave", Description="d", Type="SERVICE_CONTROL_POLICY", Content=json.dumps(DENY)
        )["Policy"]["PolicySummary"]["Id"]
        made = Aws(client, client.list_roots()["Roots"][0]["Id"], {}, {}, policy)
        made.unit("Work loads")
        made.unit("Prod", "Work loads")
        made.unit("Security")
        made.account("Payments Prod", "Work loads/Prod", owner="Payments", cost_center="4711", app="cards")
        made.account("log-archive", "Security", data_class="confidential")
        client.attach_policy(PolicyId=policy, TargetId=made.units["Work loads"])
        client.attach_policy(PolicyId=policy, TargetId=made.accounts["log-archive"])
        yield made


def drift(project: Path, living: LivingOrganization) -> list[tuple[str, str, str | None, str | None]]:
    return [
        (each.drift.slug, each.subject, each.spec, each.living) for each in differences(load(project), living)
    ]


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))
