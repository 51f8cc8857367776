"""What nobody in an organisation can do. The management account itself stands outside of it, as AWS has it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

from landform.constructs.limits import ACCOUNT_ID, ROLE_NAME
from landform.constructs.organizations.organization_policy import OrganizationPolicy
from landform.constructs.organizations.organization_tree import AnyOrganizationTree
from landform.constructs.organizations.statements import (
    principal_statements,
    region_statements,
    resource_statements,
)
from landform.constructs.stack import AwsStack
from landform.constructs.state.state_backend import APPLY_ROLE
from landform.core import Construct
from landform.errors import Code, LandformError
from landform.org.models.base import DataClass
from landform.org.packing import ROOT


class Guardrails(Construct):
    """The policies that every account stands below: two for principals, one for resources, one for tags.

    Nobody leaves the organisation, acts as root, turns off what watches, opens what the account's baseline closed,
    starts instances with the first version of the metadata service, or acts outside the organisation's regions.
    Nobody from outside reaches what is in it, unless through a service of AWS that acts for it, and nobody over plain
    HTTP. Tags are spelled as the organisation does.

    Args:
        tree: the organisation.
        targets: ``Root``, paths of units, names of accounts.
        exempt_roles: names of the roles, in every account, that may change what is protected and act in every region.
        trusted_accounts: ids of accounts outside of the organisation that reach resources in it.

    Raises:
        LandformError: ``argument-value`` for a target the organisation has not, a name that is not one role's, an id
            that is no account's, or more than AWS takes of one policy.

    >>> tree = OrganizationTree(stack, "Tree", units=["Workloads"])
    >>> Guardrails(stack, "Guardrails", tree=tree, targets=["Workloads"]).regions
    ('eu-central-1', 'eu-west-1')
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        tree: AnyOrganizationTree,
        targets: Sequence[str] = (ROOT,),
        exempt_roles: Sequence[str] = (APPLY_ROLE,),
        trusted_accounts: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, id)
        stack = AwsStack.of(self)
        self._check(targets, exempt_roles, trusted_accounts)
        organization = stack.organization
        self.regions = tuple(sorted(organization.regions))
        self.principals = OrganizationPolicy(
            self,
            "Principals",
            tree=tree,
            kind="scp",
            targets=targets,
            statements=principal_statements(stack, exempt_roles),
            description="What no principal does.",
        )
        self.regional = OrganizationPolicy(
            self,
            "Regions",
            tree=tree,
            kind="scp",
            targets=targets,
            statements=region_statements(stack, self.regions, exempt_roles),
            description="Nothing outside the organisation's regions.",
        )
        self.resources = OrganizationPolicy(
            self,
            "Resources",
            tree=tree,
            kind="rcp",
            targets=targets,
            statements=resource_statements(stack, trusted_accounts),
            description="Nothing for who is not of the organisation.",
        )
        self.spelling: OrganizationPolicy | None = None
        if organization.mandatory_tags:
            self.spelling = OrganizationPolicy(
                self,
                "Tags",
                tree=tree,
                kind="tag",
                targets=targets,
                content=_tag_policy(organization.mandatory_tags),
                description="Tags as the organisation spells them.",
            )

    def _check(
        self, targets: Sequence[str], exempt_roles: Sequence[str], trusted_accounts: Sequence[str]
    ) -> None:
        place = self.node.place
        for name in exempt_roles:
            ROLE_NAME.checked(name, place)
        for account_id in trusted_accounts:
            ACCOUNT_ID.checked(account_id, place)
        if not targets or not exempt_roles:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "Guardrails need somewhere to stand, and a role that may change what they protect.",
                place=place,
                given=f"targets {list(targets)}, exempt_roles {list(exempt_roles)}",
                expected="one or more of both",
            )


def _tag_policy(keys: Sequence[str]) -> dict[str, Any]:
    """A tag policy: the keys as they are spelled, and the values of those that have a closed set."""
    values = {"data-class": list(get_args(DataClass))}
    return {
        "tags": {
            key: {
                "tag_key": {"@@assign": key},
                **({"tag_value": {"@@assign": values[key]}} if key in values else {}),
            }
            for key in keys
        }
    }
