"""Every construct under real Terraform and the real AWS provider, planned against the local AWS."""

from __future__ import annotations

import json

import pytest
from bundles import plan_bundle, write_bundle
from every_construct import build
from somebody import client_in

from landform.testing import TIERS, stack_instance, synthesise

pytestmark = pytest.mark.terraform


def make_group(sandbox, account_id):
    """Make the group that the permission sets' specimen is assigned to: its data source looks for it."""
    (center,) = client_in(sandbox.url, account_id, "sso-admin").list_instances()["Instances"]
    client_in(sandbox.url, account_id, "identitystore").create_group(
        IdentityStoreId=center["IdentityStoreId"], DisplayName="operators"
    )


@pytest.fixture(scope="module")
def planned(tmp_path_factory, terraform_binary, provider_mirror, sandbox):
    """Every construct in a stack of each tier, planned: by tier."""
    root = tmp_path_factory.mktemp("every")
    documents, accounts = {}, {}
    for number, tier in enumerate(TIERS, start=1):
        account, account_id = f"every-{tier}", str(number) * 12
        instance = stack_instance(account=account, account_id=account_id, tier=tier, stack="all")
        documents[instance.key] = json.loads(synthesise(build, instance).text)
        accounts[account] = (account_id, tier)
        make_group(sandbox, account_id)
    bundle = write_bundle(root / "cdktf.out", documents, accounts)
    results = plan_bundle(
        bundle,
        tuple(bundle.stacks.values()),
        project=root,
        binary=terraform_binary,
        mirror=provider_mirror,
        sandbox=sandbox,
    )
    return {bundle.stacks[result.stack].tier: (result, documents[result.stack]) for result in results}


@pytest.mark.parametrize("tier", TIERS)
class TestPlan:
    def test_every_resource_is_planned(self, planned, tier):
        """Terraform and the provider take every argument of every construct."""
        result, document = planned[tier]
        assert result.error is None, str(result.error)
        made = {change.address.partition("[")[0] for change in result.plan.changes}
        expected = {f"{kind}.{name}" for kind, named in document["resource"].items() for name in named}
        assert made == expected

    def test_without_a_notice(self, planned, tier):
        """No argument is deprecated or ignored; the sandbox leaves nothing out but what is to be taken over."""
        result, document = planned[tier]
        assert result.notices == tuple(
            f"{block['to']} is planned as new: the sandbox has nothing to take over."
            for block in document["import"]
        )
