"""The management account's stacks under real Terraform and the real AWS provider, planned against the local AWS."""

from __future__ import annotations

import pytest
from bundles import plan_bundle, write_bundle
from organization_stacks import MANAGEMENT, SECURITY, document_of, instance_of
from test_organization_stacks import WITH_ALL

from landform.stacks import OrganizationStack, OrganizationTrail, SecurityDelegation, SecurityServices

pytestmark = pytest.mark.terraform

STACKS = {
    OrganizationStack: WITH_ALL,
    OrganizationTrail: {},
    SecurityDelegation: {"security_account": "security-tooling"},
    SecurityServices: {},
}


@pytest.fixture(scope="module")
def planned(tmp_path_factory, terraform_binary, provider_mirror, sandbox):
    """Each stack, planned: by its class."""
    root = tmp_path_factory.mktemp("organization")
    documents, keys = {}, {}
    for stack_class, parameters in STACKS.items():
        account = (
            {"account": "security-tooling", "account_id": SECURITY} if stack_class is SecurityServices else {}
        )
        instance = instance_of(stack_class.__name__.lower(), **account)
        documents[instance.key] = document_of(stack_class, instance, **parameters)
        keys[instance.key] = stack_class
    bundle = write_bundle(
        root / "cdktf.out",
        documents,
        {"management": (MANAGEMENT, "prod"), "security-tooling": (SECURITY, "prod")},
    )
    results = plan_bundle(
        bundle,
        tuple(bundle.stacks.values()),
        project=root,
        binary=terraform_binary,
        mirror=provider_mirror,
        sandbox=sandbox,
    )
    return {keys[result.stack]: (result, documents[result.stack]) for result in results}


@pytest.mark.parametrize("stack_class", STACKS)
def test_every_resource_is_planned(planned, stack_class):
    """Terraform and the provider take every argument, and every type of policy."""
    result, document = planned[stack_class]
    assert result.error is None, str(result.error)
    made = {change.address.partition("[")[0] for change in result.plan.changes}

    assert made == {f"{kind}.{name}" for kind, named in document["resource"].items() for name in named}
