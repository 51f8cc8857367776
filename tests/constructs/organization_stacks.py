"""An organisation in small, for tests of the stacks that make one: accounts of every status, policies of every kind."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from reading import at, resources

from landform.core import App
from landform.iam.identity import Guardrails
from landform.iam.policy import parse_policy, unescaped
from landform.org.fleet import OrganizationTreeView, StackInstance
from landform.org.models import Account, OrganizationalUnit
from landform.testing import stack_instance

MANAGEMENT, SECURITY = "111111111111", "333333333333"

# FullAWSAccess and RCPFullAWSAccess, which AWS puts everywhere.
EVERYTHING = parse_policy({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
EVERYTHING_OF_EVERYONE = parse_policy(
    {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}
)


def account(name: str, account_id: str, ou: str, status: str = "active", **more: Any) -> Account:
    """One account of the spec."""
    said = {
        "schema": "landform/account/v1",
        "name": name,
        "email": f"aws+{name}@acme.example",
        **({"account_id": account_id} if account_id else {}),
        "status": status,
        "ou": ou,
        "tier": "prod",
        "owner": {"team": "platform", "contact": "platform@acme.example", "cost_center": "1000"},
        "purpose": "a test",
        "data_class": "internal",
        "regions": ["eu-west-1"],
        **more,
    }
    return Account.model_validate_json(json.dumps(said))


def deny(*actions: str, **more: Any) -> dict[str, Any]:
    """A document that denies."""
    statement = {"Sid": "DenyIt", "Effect": "Deny", "Action": list(actions), "Resource": "*", **more}
    return {"Version": "2012-10-17", "Statement": [statement]}


OPERATES = {"group": "operators", "permission_set": "Operator", "max_session": "2h"}
RESCUES = {"group": "platform", "permission_set": "Administrator", "approval": True}

VIEW = OrganizationTreeView(
    units=(
        OrganizationalUnit(path="Root"),
        OrganizationalUnit(path="Security"),
        OrganizationalUnit(path="Workloads", service_control_policies=("no-gpus",)),
        OrganizationalUnit(path="Workloads/Prod"),
    ),
    accounts=(
        account("gone", "666666666666", "Workloads", "closed", access=[OPERATES]),
        account("ledger-prod", "444444444444", "Workloads/Prod", access=[OPERATES, RESCUES]),
        account("log-archive", "222222222222", "Security"),
        account("management", MANAGEMENT, "Root", access=[RESCUES]),
        account("new", "", "Workloads", "requested", access=[OPERATES]),
        account(
            "shut", "777777777777", "Workloads", "quarantined", service_control_policies=["no-gpus", "no-hosts"]
        ),
        account("security-tooling", SECURITY, "Security"),
        account("spent", "555555555555", "Workloads", "suspended", access=[OPERATES]),
    ),
    policies={
        "no-gpus": deny("ec2:RunInstances", Condition={"StringLike": {"ec2:InstanceType": "p*"}}),
        "no-hosts": deny("ec2:AllocateHosts"),
        "perimeter": {
            "Version": "2012-10-17",
            "Statement": [
                {"Sid": "Own", "Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*",
                 "Condition": {"BoolIfExists": {"aws:SecureTransport": "false"}}},
            ],
        },
        "closed-images": {
            "ec2_attributes": {"image_block_public_access": {"state": {"@@assign": "block_new_sharing"}}}
        },
    },
)  # fmt: skip


def instance_of(stack: str, *, view: OrganizationTreeView | None = VIEW, **more: Any) -> StackInstance:
    """A stack of the management account, which may read the whole organisation."""
    said = {"account": "management", "account_id": MANAGEMENT, **more}
    instance = stack_instance(stack=stack, **said)
    ids = {**instance.accounts, "management": MANAGEMENT, "security-tooling": SECURITY}
    return replace(instance, tree=view, accounts=ids)


def document_of(stack_class: Any, instance: StackInstance, **parameters: Any) -> dict[str, Any]:
    """The document of a stack."""
    app = App()
    stack_class(app, instance, **parameters)
    (synthesis,) = app.synthesise()
    document: dict[str, Any] = json.loads(synthesis.text)
    return document


def attached(document: dict[str, Any]) -> dict[str, set[str]]:
    """The construct paths of the policies at each place."""
    found: dict[str, set[str]] = {}
    for _, path, _ in filter(
        lambda each: each[0] == "aws_organizations_policy_attachment", resources(document)
    ):
        policy, _, place = path.partition("/Targets/")
        found.setdefault(place.replace("--", "/"), set()).add(policy)
    return found


def over(document: dict[str, Any], name: str, account_id: str) -> dict[str, Guardrails]:
    """What stands over an account of the organisation, from the root down, as an evaluation takes it."""
    (unit,) = (each.ou for each in VIEW.accounts if each.name == name)
    parts = unit.split("/")
    places = ["Root", *("/".join(parts[: depth + 1]) for depth in range(len(parts)) if unit != "Root"), name]
    at_places = attached(document)
    scps, rcps = [], []
    for place in places:
        policies = [at(document, f"{path}/Resource") for path in sorted(at_places.get(place, ()))]
        for kind, levels in (("SERVICE_CONTROL_POLICY", scps), ("RESOURCE_CONTROL_POLICY", rcps)):
            own = [parse_policy(unescaped(each["content"])) for each in policies if each["type"] == kind]
            levels.append((EVERYTHING if kind.startswith("S") else EVERYTHING_OF_EVERYONE, *own))
    return {account_id: Guardrails(tuple(scps), tuple(rcps))}
