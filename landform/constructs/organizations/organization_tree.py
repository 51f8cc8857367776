"""The organisation itself. Follows "Best practices for a multi-account environment" of AWS Organizations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from landform.constructs.limits import SERVICE_PRINCIPAL
from landform.constructs.organizations.delegation import delegate, policy_statements
from landform.constructs.organizations.limits import UNIT_ID, UNIT_PATH
from landform.constructs.organizations.member_account import MemberAccount
from landform.constructs.organizations.policy_targets import ImportedOrganizationTree, PolicyTargets
from landform.constructs.stack import AwsStack
from landform.core import Construct, Lazy, Lifecycle, Ref, Removed
from landform.errors import Code, LandformError, did_you_mean
from landform.iam import PolicyDocument
from landform.org.packing import KINDS, ROOT
from landform.resources.aws.iam_organizations_features import IamOrganizationsFeatures
from landform.resources.aws.organizations_account import OrganizationsAccount
from landform.resources.aws.organizations_organization import OrganizationsOrganization
from landform.resources.aws.organizations_organizational_unit import OrganizationsOrganizationalUnit
from landform.resources.aws.organizations_resource_policy import OrganizationsResourcePolicy

# What landform's own constructs need of the organisation; delegation adds to it.
TRUSTED_SERVICES = (
    "access-analyzer.amazonaws.com",
    "account.amazonaws.com",
    "backup.amazonaws.com",
    "cloudtrail.amazonaws.com",
    "config.amazonaws.com",
    "iam.amazonaws.com",
    "sso.amazonaws.com",
    "tagpolicies.tag.amazonaws.com",
)
POLICY_TYPES = tuple(sorted(limits.type for limits in KINDS.values()))


class OrganizationTree(PolicyTargets):
    """The organisation, its units and its accounts. It stands in the management account.

    The organisation exists before its tree does, and its units and accounts may: Terraform takes over what has an
    id. It destroys nothing that the tree names, and closes no account that the tree no longer names. An account that
    is closed already Terraform forgets.

    Args:
        units: the paths of the organizational units, parents too: ``Workloads``, ``Workloads/Prod``.
        accounts: the accounts, the management account among them or not.
        unit_ids: the ids of the units that there are, by their paths.
        trusted_services: principals of services that work in all accounts, beside those that landform's own
            constructs need and those that are delegated. AWS forgets its trust in any other.

    Raises:
        LandformError: ``argument-value`` for a path AWS would refuse, one without its parent or one twice, for an
            account in a unit there is not, or whose name or address another has, and for what is no id of a unit of
            the tree or no service.

    >>> security = MemberAccount("security-tooling", "aws+security@acme.example", "Security", "333333333333")
    >>> tree = OrganizationTree(stack, "Tree", units=["Security", "Workloads", "Workloads/Prod"], accounts=[security])
    >>> tree.delegate("guardduty.amazonaws.com", account="security-tooling")
    >>> guardrails = Guardrails(stack, "Guardrails", tree=tree)
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        units: Sequence[str],
        accounts: Iterable[MemberAccount] = (),
        unit_ids: Mapping[str, str] = MappingProxyType({}),
        trusted_services: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, id)
        self._stack = AwsStack.of(self)
        trusted = {SERVICE_PRINCIPAL.checked(service, self.node.place) for service in trusted_services}
        self._services = {*TRUSTED_SERVICES, *trusted}
        self.resource = OrganizationsOrganization(
            self,
            "Resource",
            feature_set="ALL",
            enabled_policy_types=list(POLICY_TYPES),
            aws_service_access_principals=Lazy(lambda: sorted(self._services)),
            lifecycle=Lifecycle(prevent_destroy=True),
        )
        self.resource.import_from(self._stack.organization.organization_id)
        IamOrganizationsFeatures(
            self,
            "RootAccess",
            enabled_features=["RootCredentialsManagement", "RootSessions"],
            depends_on=[self.resource],
        )
        self._targets[ROOT] = self.resource.ref("roots")[0]["id"]
        self._units = {ROOT}
        self._add_units(units, unit_ids)
        self._accounts: dict[str, str | Ref[str]] = {}
        self._add_accounts(tuple(accounts))
        self._delegations = Construct(self, "Delegated")

    @staticmethod
    def from_ids(
        scope: Construct,
        id: str,
        root_id: str,
        *,
        units: Mapping[str, str] = MappingProxyType({}),
        accounts: Mapping[str, str] = MappingProxyType({}),
    ) -> ImportedOrganizationTree:
        """The organisation as another stack keeps it, to attach policies to.

        For the account that ``delegate_policies`` names; the policies that stand there already are not counted.

        Args:
            scope: where it stands in the tree of constructs.
            id: unique in the scope.
            root_id: the id of the root, ``r-a1b2``.
            units: ids of units by their paths.
            accounts: ids of accounts by their names.

        Raises:
            LandformError: ``argument-value`` for what is no id, and where a unit and an account have one name.
        """
        return ImportedOrganizationTree(scope, id, root_id, units=units, accounts=accounts)

    @property
    def before_policies(self) -> tuple[Construct, ...]:
        """What must be there before a policy is made: the organisation turns on their types."""
        return (self.resource,)

    def delegate(self, service: str, *, account: str) -> None:
        """Make an account the administrator of a service for the whole organisation.

        Args:
            service: its principal, ``guardduty.amazonaws.com``.
            account: an account of the tree, by its name; not the management account.

        Raises:
            LandformError: ``argument-value`` for what is no service, or an account that cannot be.
        """
        SERVICE_PRINCIPAL.checked(service, self.node.place)
        account_id = self._delegable(account)
        self._services.add(service)
        delegate(
            self._delegations,
            f"{service.removesuffix('.amazonaws.com')}-{account}",
            service=service,
            account_id=account_id,
            after=[self.resource],
        )

    def delegate_policies(self, *, account: str) -> None:
        """Let an account administer the organisation's policies; one does.

        Raises:
            LandformError: ``argument-value`` for an account that cannot be, ``duplicate-id`` for a second one.
        """
        root = self._stack.arn("iam", "root", region="", account_id=str(self._delegable(account)))
        document = PolicyDocument("delegation policy", policy_statements(root, POLICY_TYPES))
        OrganizationsResourcePolicy(
            self._delegations,
            "Policies",
            content=document.to_json(self.node.place),
            depends_on=[self.resource],
        )

    def _delegable(self, account: str) -> str | Ref[str]:
        management = self._stack.organization.management_account
        if account in self._accounts and account != management:
            return self._accounts[account]
        raise LandformError(
            Code.ARGUMENT_VALUE,
            "This account cannot administer a service for the organisation.",
            place=self.node.here,
            given=repr(account),
            expected=f"one of {', '.join(sorted(self._accounts.keys() - {management})) or 'the accounts'}",
            fix=did_you_mean(account, self._accounts),
        )

    def _add_units(self, paths: Sequence[str], ids: Mapping[str, str]) -> None:
        scope = Construct(self, "Units")
        for path, unit_id in ids.items():
            UNIT_ID.checked(unit_id, self.node.place)
            if path not in paths or path == ROOT:
                raise LandformError(
                    Code.ARGUMENT_VALUE,
                    "An id is of a unit of the tree.",
                    place=self.node.place,
                    given=f"{unit_id} of {path}",
                    fix=did_you_mean(path, paths) or f"Add {path!r} to units.",
                )
        for path in sorted(paths):
            UNIT_PATH.checked(path, self.node.place)
            if path == ROOT:
                continue
            parent, _, name = path.rpartition("/")
            if path in self._units or (parent or ROOT) not in self._units:
                raise LandformError(
                    Code.ARGUMENT_VALUE,
                    "A unit stands in the tree once, below its parent.",
                    place=self.node.place,
                    given=f"{path} {'twice' if path in self._units else f'without {parent}'}",
                    fix=f"Add {parent!r} to units."
                    if path not in self._units
                    else "Take one of the two out.",
                )
            unit = OrganizationsOrganizationalUnit(
                scope,
                path,
                name=name,
                parent_id=self._targets[parent or ROOT],
                lifecycle=Lifecycle(prevent_destroy=True),
            )
            self._units.add(path)
            self._targets[path] = unit.id
            if path in ids:
                unit.import_from(ids[path])

    def _add_accounts(self, accounts: Sequence[MemberAccount]) -> None:
        scope = Construct(self, "Accounts")
        for what in ("name", "email"):
            said = Counter(getattr(account, what) for account in accounts)
            twice = sorted(value for value, count in said.items() if count > 1)
            if twice:
                raise self._account_error(f"Two accounts have one {what}.", twice[0])
        for account in accounts:
            if account.unit not in self._units:
                raise self._account_error(
                    "The account stands in a unit that there is not.",
                    f"{account.name} in {account.unit}",
                    fix=did_you_mean(account.unit, self._units),
                )
            if account.name in self._targets:
                raise self._account_error("An account has the name of a unit.", account.name)
            if account.closed:
                _forget(scope, account)
                continue
            self._targets[account.name] = self._accounts[account.name] = self._add_account(scope, account)

    def _add_account(self, scope: Construct, account: MemberAccount) -> str | Ref[str]:
        made = OrganizationsAccount(
            scope,
            account.name,
            name=account.name,
            email=account.email,
            parent_id=self._targets[account.unit],
            close_on_deletion=False,
            tags=dict(account.tags),
            # AWS tells neither of an account that there is, and making it anew would be the answer to both.
            lifecycle=Lifecycle(
                prevent_destroy=True, ignore_changes=["role_name", "iam_user_access_to_billing"]
            ),
        )
        if not account.account_id:
            return made.id
        made.import_from(account.account_id)
        return account.account_id

    def _account_error(self, message: str, given: str, fix: str | None = None) -> LandformError:
        return LandformError(Code.ARGUMENT_VALUE, message, place=self.node.place, given=given, fix=fix)


def _forget(scope: Construct, account: MemberAccount) -> None:
    """Leave a closed account to AWS, which keeps it for 90 days; Terraform would take it out of the organisation."""
    removed = Removed(scope, account.name, "")
    removed.from_address = f"{OrganizationsAccount.TYPE}.{removed.logical_id}"


AnyOrganizationTree = OrganizationTree | ImportedOrganizationTree
"""The organisation, kept here or by another stack."""
