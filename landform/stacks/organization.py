"""The management account's own stacks: the organisation, who administers what in it, and its trail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from types import MappingProxyType
from typing import TYPE_CHECKING

from landform.constructs import AwsStack
from landform.constructs.detective import Trail
from landform.constructs.naming import physical_name
from landform.constructs.organizations import (
    DocumentPolicies,
    Guardrails,
    MemberAccount,
    OrganizationPolicy,
    OrganizationTree,
    Quarantine,
    Suspension,
)
from landform.constructs.organizations.delegation import REGIONAL_SERVICES, delegate
from landform.constructs.s3 import LogArchiveBucket
from landform.core import Construct
from landform.errors import Code, LandformError
from landform.org.fleet import OrganizationTreeView
from landform.org.packing import ROOT, Kind
from landform.org.policies import attached_policies
from landform.resources.aws.ce_cost_allocation_tag import CeCostAllocationTag
from landform.resources.aws.ram_sharing_with_organization import RamSharingWithOrganization
from landform.stacks.texts import named

if TYPE_CHECKING:
    from landform.org.fleet import StackInstance

# Accounts of these statuses are shut but for what landform does in them; an account is made into its quarantine.
QUARANTINED = frozenset({"requested", "provisioning", "quarantined"})

# Administered for all regions at once; the others have an administrator a region.
GLOBAL_SERVICES = (
    "access-analyzer.amazonaws.com",
    "config-multiaccountsetup.amazonaws.com",
    "config.amazonaws.com",
)

DELEGATED_SERVICES = (
    "guardduty.amazonaws.com",
    "inspector2.amazonaws.com",
    "macie.amazonaws.com",
    "securityhub.amazonaws.com",
)
"""What the security account administers in each region: what ``SecurityServices`` turns on for every account."""

# What the security services and the sharing of resources need of the organisation beside its own constructs.
_TRUSTED = ("malware-protection.guardduty.amazonaws.com", "ram.amazonaws.com", *REGIONAL_SERVICES)

# Nothing that is given to AWS's AI services may be kept for training, and no account may say otherwise.
_AI_OPT_OUT = {
    "services": {
        "@@operators_allowed_for_child_policies": ["@@none"],
        "default": {
            "@@operators_allowed_for_child_policies": ["@@none"],
            "opt_out_policy": {
                "@@operators_allowed_for_child_policies": ["@@none"],
                "@@assign": "optOut",
            },
        },
    }
}


class OrganizationStack(AwsStack):
    """Every unit and account of the spec, and what nobody in them can do.

    Accounts without an id are made. Those that are not active yet stand in quarantine from their first minute,
    suspended ones are shut, and closed ones are left to AWS. The service control policies that units and accounts
    name are attached; guardrails and an opt-out from AI training stand at the root.

    Parameters of the spec:
        unit_ids: ids of the units that there are already, by path.
        trusted_services: principals of services that work in all accounts, beside those of landform's own stacks.
        trusted_accounts: ids of accounts outside of the organisation that reach resources in it.
        security_account: the account that administers Config and the access analyzers for all; none unless given.
        network_account: the account that administers IPAM for all, where ``AddressPools`` stands; none unless given.
        policy_account: the account that may administer the organisation's policies; none unless given.
        resource_control_policies, tag_policies, backup_policies, declarative_policies: where documents of
            ``org/policies`` stand as policies of these kinds, as ``{document: Root}``, ``{document: "Dev, Prod"}``.
        ai_opt_out: whether AWS may not train on what its AI services are given.
        cost_allocation_tags: keys of tags that bills are split by. AWS takes those that it has seen on a resource.

    Raises:
        LandformError: ``argument-value`` where the stack does not stand in the management account or may not read the
            tree, and for what its constructs refuse.
    """

    def __init__(
        self,
        scope: Construct,
        instance: StackInstance,
        *,
        unit_ids: Mapping[str, str] = MappingProxyType({}),
        trusted_services: Sequence[str] = (),
        trusted_accounts: Sequence[str] = (),
        security_account: str | None = None,
        network_account: str | None = None,
        policy_account: str | None = None,
        resource_control_policies: Mapping[str, str] = MappingProxyType({}),
        tag_policies: Mapping[str, str] = MappingProxyType({}),
        backup_policies: Mapping[str, str] = MappingProxyType({}),
        declarative_policies: Mapping[str, str] = MappingProxyType({}),
        ai_opt_out: bool = True,
        cost_allocation_tags: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, instance)
        in_management(self)
        view = self._view = tree_of(instance)
        self.tree = OrganizationTree(
            self,
            "Tree",
            units=[unit.path for unit in view.units],
            accounts=[MemberAccount.from_spec(account) for account in view.accounts],
            unit_ids=unit_ids,
            trusted_services=[*_TRUSTED, *trusted_services],
        )
        RamSharingWithOrganization(self, "ResourceSharing", depends_on=[self.tree.resource])
        for service in GLOBAL_SERVICES if security_account else ():
            self.tree.delegate(service, account=str(security_account))
        if network_account:
            self.tree.delegate("ipam.amazonaws.com", account=network_account)
        if policy_account:
            self.tree.delegate_policies(account=policy_account)
        Guardrails(self, "Guardrails", tree=self.tree, trusted_accounts=trusted_accounts)
        Quarantine(self, "Quarantine", tree=self.tree, accounts=self._named(QUARANTINED))
        Suspension(self, "Suspension", tree=self.tree, accounts=self._named({"suspended"}))
        self._attach(
            {
                "rcp": resource_control_policies,
                "tag": tag_policies,
                "backup": backup_policies,
                "ec2": declarative_policies,
            }
        )
        if ai_opt_out:
            OrganizationPolicy(
                self,
                "AiOptOut",
                tree=self.tree,
                kind="ai",
                targets=[ROOT],
                content=_AI_OPT_OUT,
                description="AWS trains on nothing that its AI services are given.",
            )
        tags = Construct(self, "CostAllocation")
        for key in cost_allocation_tags:
            CeCostAllocationTag(tags, key, tag_key=key, status="Active")

    def _named(self, statuses: AbstractSet[str]) -> list[str]:
        management = self.organization.management_account
        return [
            account.name
            for account in self._view.accounts
            if account.status in statuses and account.name != management
        ]

    def _attach(self, others: Mapping[Kind, Mapping[str, str]]) -> None:
        there = [account for account in self._view.accounts if account.status != "closed"]
        attached: dict[Kind, Mapping[str, Sequence[str]]] = {
            "scp": attached_policies(self._view.units, there),
            **{kind: _by_place(documents) for kind, documents in others.items()},
        }
        for kind, at in attached.items():
            if at:
                DocumentPolicies(
                    self,
                    f"Documents{kind.capitalize()}",
                    tree=self.tree,
                    kind=kind,
                    documents=self._view.policies,
                    attached=at,
                    accounts=[account.name for account in there],
                )


class SecurityDelegation(AwsStack):
    """Who administers the security services in a region: they have an administrator in each.

    Parameters of the spec:
        security_account: the account; the rule must name it in its ``accounts``.
        services: principals of the services; GuardDuty, Inspector, Macie and Security Hub unless given.

    Raises:
        LandformError: ``argument-value`` where the stack does not stand in the management account or a service has no
            administrator a region, ``reference`` for an account that the stack does not know.
    """

    def __init__(
        self,
        scope: Construct,
        instance: StackInstance,
        *,
        security_account: str,
        services: Sequence[str] = DELEGATED_SERVICES,
    ) -> None:
        super().__init__(scope, instance)
        in_management(self)
        account_id = instance.accounts[security_account]
        for service in services:
            if service not in REGIONAL_SERVICES:
                raise LandformError(
                    Code.ARGUMENT_VALUE,
                    "The service has no administrator a region.",
                    place=instance.source,
                    given=service,
                    expected=f"one of {', '.join(REGIONAL_SERVICES)}",
                )
            delegate(self, service.removesuffix(".amazonaws.com"), service=service, account_id=account_id)


class OrganizationTrail(AwsStack):
    """The trail of every account and region, and an alarm for each event that the CIS benchmark lists.

    What it records of objects is the organisation's ``logging.data_events``.

    Parameters of the spec:
        archive: the bucket it delivers to; that of the stack ``log-archive`` of the log archive account unless given.
        subscribers: who hears the alarms; the account's security contact unless given.

    Raises:
        LandformError: ``argument-value`` where the stack does not stand in the management account.
    """

    def __init__(
        self,
        scope: Construct,
        instance: StackInstance,
        *,
        archive: str | None = None,
        subscribers: Sequence[str] | None = None,
    ) -> None:
        super().__init__(scope, instance)
        in_management(self)
        organization = self.organization
        owner = organization.log_archive_account
        bucket = LogArchiveBucket.from_name(
            self,
            "Archive",
            archive or physical_name([organization.prefix, owner, "log-archive", "archive"], 63),
            account_id=instance.accounts[owner],
            region=organization.home_region,
        )
        self.trail = Trail(self, "Trail", archive=bucket, subscribers=subscribers)


def tree_of(instance: StackInstance) -> OrganizationTreeView:
    """The whole organisation, which the stack's rule lets it read.

    Raises:
        LandformError: ``argument-value`` where it does not.
    """
    if instance.tree is None:
        raise LandformError(
            Code.ARGUMENT_VALUE,
            "The stack makes what the whole organisation says, and its rule does not let it read that.",
            place=instance.source,
            given=f"the rule of {instance.stack}",
            expected="tree: true",
            fix="Add `tree: true` to the stack's rule in org/stacks.yaml.",
        )
    return instance.tree


def in_management(stack: AwsStack) -> None:
    """Hold a stack to the management account.

    Raises:
        LandformError: ``argument-value`` in any other.
    """
    management = stack.organization.management_account
    if stack.instance.account.name != management:
        raise LandformError(
            Code.ARGUMENT_VALUE,
            f"{type(stack).__name__} is the management account's: AWS takes its calls from no other.",
            place=stack.instance.source,
            given=f"account {stack.instance.account.name}",
            expected=f"account {management}, management_account of org/org.yaml",
            fix=f"Give the rule `select: {{ accounts: [{management}] }}`.",
        )


def _by_place(documents: Mapping[str, str]) -> dict[str, list[str]]:
    """``{perimeter: "Dev, Prod"}`` as the names of the documents at each place."""
    places: dict[str, list[str]] = {}
    for name, where in sorted(documents.items()):
        for place in named(where):
            places.setdefault(place, []).append(name)
    return places
