"""What an account has once, whatever its regions: in the organisation's home region."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from landform.constructs import AwsStack
from landform.constructs.account import AccountDefaults, AlternateContact, Spending
from landform.constructs.iam import AuditorRole, SupportRole
from landform.constructs.state import PipelineRoles
from landform.core import Construct
from landform.errors import Code, LandformError
from landform.org.models import Account, Deploy

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
        auditors: ARNs of the roles that may become the account's auditor.
        supporters: ARNs of the roles that may talk to AWS Support for it.
        service_linked_roles: services whose role the account needs before they are used, beside Config's.

    Raises:
        LandformError: ``argument-value`` for a contact that says less, or for what a construct refuses.
    """

    def __init__(
        self,
        scope: Construct,
        instance: StackInstance,
        *,
        security_contact: Mapping[str, str] | None = None,
        billing_contact: Mapping[str, str] | None = None,
        operations_contact: Mapping[str, str] | None = None,
        auditors: Sequence[str] = (),
        supporters: Sequence[str] = (),
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
            AuditorRole(self, "Auditor", principals=auditors)
        if supporters:
            SupportRole(self, "Support", principals=supporters)
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
