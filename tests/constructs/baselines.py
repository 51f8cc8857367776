"""Accounts that ask for all of the baseline, and accounts that ask for as little as they can."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import landform.stacks
from landform.constructs import AwsStack
from landform.core import App
from landform.core.stack import StackSynthesis
from landform.org.fleet import StackInstance
from landform.org.models import Backup, BaselinePin, Budget, Deploy, Quota
from landform.org.models.account import AccountNetwork
from landform.org.models.network import NetworkPool
from landform.testing import stack_instance

CIDRS = {"eu-west-1": "10.20.0.0/20"}
ROLE = "arn:aws:iam::111111111111:role/operators"
PEOPLE = {"security-tooling": "ReadOnly"}
CONTACT = {"name": "Blue Team", "title": "On call", "email": "soc@acme.example", "phone": "+44 20 7946 0000"}

POOL = NetworkPool(name="prod", cidrs={"eu-west-1": "10.20.0.0/16"})

PARAMETERS: dict[str, tuple[bool, dict[str, Any], dict[str, Any]]] = {
    "AddressPools": (False, {}, {}),
    "FindingsBus": (True, {}, {}),
    "GlobalBaseline": (
        False,
        {},
        {
            "auditors": PEOPLE,
            "supporters": [ROLE],
            "security_contact": CONTACT,
            "bootstrap_role": "OrganizationAccountAccessRole",
        },
    ),
    "Network": (
        True,
        {"cidrs": CIDRS, "dns_firewall": False},
        {
            "cidrs": CIDRS,
            "transit_gateways": {"eu-west-1": "tgw-0a1b2c3d4e5f60718"},
            "transit_cidrs": ["10.0.0.0/8"],
            "domain": "aws.acme.example",
            "ipam_account": "shared-network",
        },
    ),
    "RegionBaseline": (
        True,
        {"recorder": False},
        {"forward_to": "security-tooling"},
    ),
    "StateBackendStack": (False, {}, {}),
}
"""Of each stack class: whether it stands per region, and its parameters where little is asked for, and where all is."""


def asking_for_all(instance: StackInstance) -> StackInstance:
    """The instance of an account that wants everything."""
    account = instance.account.model_copy(
        update={
            "deploy": Deploy(provider="github", repo="acme/payments", environments=("prod",)),
            "quotas": (
                Quota(service="ec2", code="L-1216C47A", value=64),
                Quota(service="iam", code="L-FE177D64", value=2000),
            ),
            "regions": ("eu-west-1", "eu-south-1"),
            "baseline": BaselinePin(name="workload", version="3"),
            "network": AccountNetwork(pool=POOL.name),
        }
    )
    settings = instance.settings.model_copy(
        update={
            "budget": Budget(monthly_usd=1000),
            "backup": Backup(plan="daily", copy_regions=("eu-west-1",)),
        }
    )
    accounts = {**instance.accounts, "security-tooling": "333333333333", "shared-network": "444444444444"}
    return replace(instance, account=account, settings=settings, accounts=accounts, pools=(POOL,))


def instance_of(stack_class: str, tier: str, *, everything: bool) -> StackInstance:
    """The instance of a stack class in an account that asks for everything, or for as little as it can."""
    regional, little, much = PARAMETERS[stack_class]
    params = much if everything else little
    made = stack_instance(stack=stack_class.lower(), tier=tier, regional=regional, params=params)
    return asking_for_all(made) if everything else made


def made_of(instance: StackInstance, stack_class: str) -> tuple[AwsStack, StackSynthesis, dict[str, Any]]:
    """The stack of an instance, what came of it, and that as a document."""
    app = App()
    stack = getattr(landform.stacks, stack_class)(app, instance, **instance.params)
    (synthesis,) = app.synthesise()
    return stack, synthesis, json.loads(synthesis.text)
