"""What an account has once, whatever its regions: in the organisation's home region."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from landform.constructs import AwsStack
from landform.constructs.account import AccountDefaults, AlternateContact, Spending
from landform.constructs.iam import AuditorRole, BootstrapRole, SupportRole, Trust
from landform.constructs.limits import PERMISSION_SET_NAME
from landform.constructs.state import PipelineRoles
from landform.core import Construct
from landform.errors import Code, LandformError, did_you_mean
from landform.org.models import Account, Deploy
from landform.stacks.texts import named

if TYPE_CHECKING:
    from landform.org.fleet import StackInstance

# The recorder of each region has this role, of which an account has one.
_ROLES = ("config.amazonaws.com",)
_CONTACT = ("name", "title", "email", "phone")


class GlobalBaseline(AwsStack):
    """No public buckets, passwords, alias, contacts, opt-in regions, budget, pipeline, and the roles of people.

    The pipeline is what the account's ``deploy`` says, the budget what its settings say.

    Parameters of the spec:
        security_contact, billing_contact, operations_contact: whom AWS writes to, as
            ``{name: ..., title: ..., email: ..., phone: ...}``.
        auditors: who may become the account's auditor: permission sets of IAM Identity Center by the account that
            people sign in to with them, ``{security-tooling: ReadOnly}``, several with commas between; or a list of
            ARNs of roles, which must be there first. The rule must name the accounts in its ``accounts``.
        supporters: who may talk to AWS Support for it, said in the same way.
        bootstrap_role: the name of the role that AWS Organizations made the account with, such as
            ``OrganizationAccountAccessRole``: it is taken over and locked once the account is active. Left alone unless
            given, and in the management account, which has none.
        rescuers: who may still assume that role, said in the same way; nobody unless given.
        service_linked_roles: services whose role the account needs before they are used, beside Config's.

    Raises:
        LandformError: ``argument-value`` for a contact that says less, or for what a construct refuses;
            ``reference`` for an account that the stack does not know, or a permission set that nobody has.
    """

    def __init__(
        self,
        scope: Construct,
        instance: StackInstance,
        *,
        security_contact: Mapping[str, str] | None = None,
        billing_contact: Mapping[str, str] | None = None,
        operations_contact: Mapping[str, str] | None = None,
        auditors: Sequence[str] | Mapping[str, str] = (),
        supporters: Sequence[str] | Mapping[str, str] = (),
        bootstrap_role: str | None = None,
        rescuers: Sequence[str] | Mapping[str, str] = (),
        service_linked_roles: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, instance)
        contacts = [
            self._contact("security", security_contact),
            self._contact("billing", billing_contact),
            self._contact("operations", operations_contact),
        ]
        AccountDefaults(
            self,
            "Account",
            contacts=[contact for contact in contacts if contact],
            service_linked_roles=[*_ROLES, *service_linked_roles],
        )
        if instance.settings.budget.monthly_usd:
            Spending(self, "Spending")
        if auditors:
            AuditorRole(self, "Auditor", principals=self._people("auditors", auditors))
        if supporters:
            SupportRole(self, "Support", principals=self._people("supporters", supporters))
        locked = locked_role(instance, bootstrap_role)
        if locked:
            people = self._people("rescuers", rescuers)
            BootstrapRole(self, "Bootstrap", role_name=locked, principals=people)
        self._make_pipeline()

    def _contact(self, kind: str, given: Mapping[str, str] | None) -> AlternateContact | None:
        if not given:
            return None
        if set(given) != set(_CONTACT):
            raise LandformError(
                Code.ARGUMENT_VALUE,
                f"The {kind} contact is not said whole.",
                place=self.instance.source,
                given=", ".join(sorted(given)),
                expected=", ".join(_CONTACT),
                fix=f"Set all four in stacks.params.{self.instance.stack}.{kind}_contact.",
            )
        return AlternateContact(kind, **given)  # type: ignore[arg-type]  # the kinds are the parameters' names

    def _people(self, parameter: str, given: Sequence[str] | Mapping[str, str]) -> Sequence[str | Trust]:
        if not isinstance(given, Mapping):
            return given
        return [
            Trust.permission_set(
                self._permission_set(parameter, name),
                account_id=self._signed_in(parameter, account),
                organization_id=self.organization.organization_id,
                partition=self.partition,
            )
            for account, names in given.items()
            for name in named(names)
        ]

    def _signed_in(self, parameter: str, account: str) -> str:
        """The id of an account that people sign in to."""
        known = self.instance.accounts
        if account in known:
            return known[account]
        raise LandformError(
            Code.REFERENCE,
            f"The stack does not know the account that its {parameter} sign in to.",
            place=self.instance.source,
            given=account,
            expected=f"one of {', '.join(sorted(known))}",
            fix=did_you_mean(account, known) or f"Add it to the rule's `accounts`: `accounts: [{account}]`.",
        )

    def _permission_set(self, parameter: str, name: str) -> str:
        listed = self.organization.identity.permission_sets
        if listed and name not in listed:
            raise LandformError(
                Code.REFERENCE,
                f"The organisation has no permission set that its {parameter} could sign in with.",
                place=self.instance.source,
                given=name,
                expected=f"one of {', '.join(listed)}",
                fix=did_you_mean(name, listed) or "Add it to identity.permission_sets in org/org.yaml.",
            )
        return PERMISSION_SET_NAME.checked(name, self.instance.source)

    def _make_pipeline(self) -> None:
        deploy = pipeline_of(self.instance.account)
        if deploy:
            PipelineRoles(
                self,
                "Pipeline",
                repository=deploy.repo,
                environments=deploy.environments,
                plans=deploy.plan_role == "read",
                applies=None if deploy.apply_role == "none" else deploy.apply_role,
            )


def pipeline_of(account: Account) -> Deploy | None:
    """What deploys into an account by roles of its own: workflows of GitHub that plan or apply."""
    deploy = account.deploy
    if not deploy or deploy.provider != "github" or deploy.plan_role == deploy.apply_role == "none":
        return None
    return deploy


def locked_role(instance: StackInstance, bootstrap_role: object) -> str | None:
    """The name of the role that the account was made with, where it is to be locked.

    Until the account is active its baseline is applied by that role.
    """
    account = instance.account
    if account.status != "active" or account.name == instance.organization.management_account:
        return None
    return str(bootstrap_role) if bootstrap_role else None
