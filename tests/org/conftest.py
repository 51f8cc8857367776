"""A small, valid spec on disk, and ways to break one thing in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from landform.errors import LandformError
from landform.org.load import load
from landform.org.resolve import resolve

if TYPE_CHECKING:
    from .organization import Aws

ACCOUNT = """\
schema: landform/account/v1
name: {name}
email: aws+{name}@acme.example
account_id: "{id}"
ou: {ou}
tier: {tier}
owner:
  team: payments
  contact: payments@acme.example
  cost_center: "4711"
purpose: something
data_class: internal
regions: [eu-west-1, eu-central-1]
labels: {{ app: {name} }}
"""

TIER = """\
schema: landform/tier/v1
name: {name}
rank: {rank}
guard: {{ level: standard, fail_on: medium }}
waivers:
  max_days: {days}
  never: [CKV_AWS_53]
"""

WAIVER = """\
schema: landform/waiver/v1
id: W-2026-001
category: waiver
checks: [CKV_AWS_144]
scope:
  accounts: [payments-dev]
  stacks: [network]
  resources: ["aws_s3_bucket.*"]
reason: copied to another region by the application
requested_by: jane
approved_by: [sec-lead]
ticket: SEC-1
created: 2026-11-01
expires: 2026-11-30
"""

FILES = {
    "org/org.yaml": """\
schema: landform/org/v1
name: acme
organization_id: o-a1b2c3d4e5
management_account: management
log_archive_account: management
home_region: eu-west-1
regions: [eu-west-1, eu-central-1]
prefix: acme
tags: { company: acme, layer: organization }
""",
    "org/ous.yaml": """\
schema: landform/ous/v1
ous:
  - path: Security
  - path: Workloads
    tiers: [dev, prod]
    tags: { layer: workloads, above: workloads }
  - path: Workloads/Dev
    tiers: [dev]
    tags: { layer: dev-unit }
""",
    "org/stacks.yaml": """\
schema: landform/stacks/v1
stacks:
  - id: base
    construct: landform.stacks:Base
  - id: network
    construct: landform.stacks:Network
    per: account_region
    select: { ous: [Workloads] }
    needs: [base]
    params: { size: 20, dns: true }
  - id: app
    construct: acme.app:App
    select: { labels: { app: payments-dev } }
    needs: [network]
""",
    "org/tiers/dev.yaml": TIER.format(name="dev", rank=20, days=60),
    "org/tiers/prod.yaml": TIER.format(name="prod", rank=40, days=30),
    "org/accounts/management.yaml": ACCOUNT.format(
        name="management", id="100000000001", ou="Security", tier="prod"
    ),
    "org/accounts/payments-dev.yaml": ACCOUNT.format(
        name="payments-dev", id="012345678901", ou="Workloads/Dev", tier="dev"
    ),
    "org/accounts/payments-prod.yaml": ACCOUNT.format(
        name="payments-prod", id="300000000003", ou="Workloads", tier="prod"
    ),
}


class Project:
    """A project's folder with a spec in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for file, text in FILES.items():
            self.write(file, text)

    def write(self, file: str, text: str | bytes) -> None:
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)

    def edit(self, file: str, old: str, new: str) -> None:
        """Replace a text that must be in the file exactly once."""
        text = (self.root / file).read_text()
        assert text.count(old) == 1
        self.write(file, text.replace(old, new))

    def add(self, file: str, text: str) -> None:
        self.write(file, (self.root / file).read_text() + text)

    def errors(self) -> Sequence[LandformError]:
        """What loading and resolving the spec raises, error by error."""
        with pytest.raises(LandformError) as caught:
            resolve(load(self.root))
        return caught.value.each()

    def error(self) -> LandformError:
        """The one error."""
        (error,) = self.errors()
        return error


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.fixture
def networked(project: Project) -> Project:
    """The project with pools and two accounts that have a network."""
    from .networked import add_networks

    add_networks(project)
    return project


@pytest.fixture
def locked(networked: Project) -> Project:
    """The same, allotted."""
    from .networked import relock

    relock(networked)
    return networked


@pytest.fixture
def aws() -> Iterator[Aws]:
    """An organisation in moto."""
    from .organization import living_organization

    with living_organization() as made:
        yield made


@pytest.fixture
def imported(aws: Aws, tmp_path: Path) -> Path:
    """That organisation, imported into a project."""
    from landform.org.importing import import_organization

    from .organization import ANSWERS

    import_organization(tmp_path, aws.read(), ANSWERS)
    return tmp_path
