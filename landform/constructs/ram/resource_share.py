"""What one account lets others use. Follows "Share resources with your organization" of the guide of AWS RAM."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from landform.constructs.limits import ACCOUNT_ID
from landform.constructs.ram.limits import SHARED_ARN
from landform.constructs.stack import AwsStack
from landform.core import Construct, Ref
from landform.errors import Code, LandformError
from landform.resources.aws.ram_principal_association import RamPrincipalAssociation
from landform.resources.aws.ram_resource_association import RamResourceAssociation
from landform.resources.aws.ram_resource_share import RamResourceShare


@runtime_checkable
class Shareable(Protocol):
    """A resource of this account and region that has an ARN."""

    @property
    def arn(self) -> str | Ref[str]:
        """Its ARN."""
        ...


class ResourceShare(Construct):
    """Resources of this account that every account of the organisation may use, or those that are named.

    Nobody is asked: ``aws_ram_sharing_with_organization``, in the management account, must be there before. What others
    may do with a resource is the default permission that AWS has for its type. A share is of one region, and of what
    RAM takes: pools of an IPAM, transit gateways, subnets, resolver rules.

    Args:
        resources: what is shared, by the names that it has in the share. Another one is added without touching those
            that are there.
        account_ids: the accounts of the organisation that it is for; all of them unless given.

    Raises:
        LandformError: ``argument-value`` for a share of nothing, what has no ARN, and an account that can be none or is
            this one; ``reference`` where the stack does not know the management account's id.

    >>> ipam = Ipam(stack, "Ipam")
    >>> pool = IpamPool(stack, "Pool", ipam=ipam, pool_name="prod", locale="eu-west-1", cidrs=["10.24.0.0/14"])
    >>> ResourceShare(stack, "Addresses", resources={"prod": pool}).principals
    ('arn:aws:organizations::111111111111:organization/o-a1b2c3d4e5',)
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        resources: Mapping[str, Shareable],
        account_ids: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, id)
        stack = AwsStack.of(self)
        self.principals = _accounts(self, account_ids) if account_ids else (_organization_arn(stack),)
        self.resource = RamResourceShare(
            self,
            "Resource",
            name=stack.physical_name(self, 100),
            allow_external_principals=False,
        )
        shared = Construct(self, "Resources")
        for name, resource in _checked(self, resources).items():
            RamResourceAssociation(
                shared, name, resource_arn=resource.arn, resource_share_arn=self.resource.arn
            )
        taken = Construct(self, "Principals")
        for principal in self.principals:
            RamPrincipalAssociation(
                taken,
                principal if account_ids else "Organization",
                principal=principal,
                resource_share_arn=self.resource.arn,
            )

    @property
    def arn(self) -> Ref[str]:
        """The share's ARN. AWS chooses its last part, so it is a reference."""
        return self.resource.arn


def _organization_arn(stack: AwsStack) -> str:
    organization = stack.organization
    return stack.arn(
        "organizations",
        f"organization/{organization.organization_id}",
        region="",
        account_id=stack.instance.accounts[organization.management_account],
    )


def _accounts(share: ResourceShare, account_ids: Sequence[str]) -> tuple[str, ...]:
    place, own = share.node.place, AwsStack.of(share).account_id
    named = tuple(sorted({ACCOUNT_ID.checked(account_id, place) for account_id in account_ids}))
    if own in named:
        raise LandformError(
            Code.ARGUMENT_VALUE,
            "An account shares nothing with itself.",
            place=place,
            given=own,
            expected="other accounts of the organisation",
        )
    return named


def _checked(share: ResourceShare, resources: Mapping[str, Shareable]) -> Mapping[str, Shareable]:
    place = share.node.place
    for name, resource in resources.items():
        if not isinstance(resource, Shareable):
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "What has no ARN cannot be shared.",
                place=place,
                given=f"{name}: {resource!r}",
                expected="a construct with an ARN, such as a pool of an IPAM",
            )
        if isinstance(resource.arn, str):
            SHARED_ARN.checked(resource.arn, place)
    if not resources:
        raise LandformError(
            Code.ARGUMENT_VALUE,
            "The share has nothing in it.",
            place=place,
            given="no resources",
            expected="at least one",
        )
    return resources
