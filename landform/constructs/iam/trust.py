"""Who may assume a role: each form of trust with the conditions that keep others out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from landform.constructs.iam.limits import PERSON_ARN, SOURCE_ARNS
from landform.constructs.limits import ACCOUNT_ID, PERMISSION_SET_NAME
from landform.constructs.stack import AwsStack
from landform.core import Construct
from landform.core.construct import user_place
from landform.errors import Code, LandformError
from landform.iam import Condition, Principal, Statement
from landform.iam.arns import permission_set_roles, role_account
from landform.iam.services import WITHOUT_SOURCE_ACCOUNT

NO_ACCOUNT = "no principal that is a whole account"

_SERVICE = re.compile(r"[a-z0-9][a-z0-9.-]*\.amazonaws\.com(\.cn)?")


@dataclass(frozen=True, slots=True)
class Trust:
    """One way into a role: the principal, the actions and the conditions of a statement of its trust policy."""

    sid: str
    principal: Principal
    conditions: tuple[Condition, ...]
    own_account_alone: bool = False
    action: str = "sts:AssumeRole"

    @classmethod
    def service(cls, service: str, *, source_arn: str | None = None) -> Trust:
        """An AWS service, for this account alone; ``source_arn`` names the resource it acts for.

        ``service`` is its principal: ``vpc-flow-logs.amazonaws.com``.

        Raises:
            LandformError: ``argument-value`` where it is no service's principal, or no ARN.
        """
        if not _SERVICE.fullmatch(service):
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "This is not the principal of an AWS service.",
                place=user_place(),
                given=repr(service),
                expected="for example lambda.amazonaws.com",
            )
        conditions: tuple[Condition, ...] = ()
        if source_arn is not None:
            SOURCE_ARNS.checked(source_arn, user_place())
            conditions = (Condition("ArnLike", "aws:SourceArn", (source_arn,)),)
        name = "".join(part.capitalize() for part in service.removesuffix(".amazonaws.com").split("-"))
        return cls(
            f"Trust{name.replace('.', '')}",
            Principal("Service", service),
            conditions,
            own_account_alone=service not in WITHOUT_SOURCE_ACCOUNT,
        )

    @classmethod
    def role(cls, arn: str, *, organization_id: str) -> Trust:
        """One role, by its ARN, as long as its account is in the organisation.

        Raises:
            LandformError: ``argument-value`` where it is no ARN of one role.
        """
        role_account(arn)
        condition = Condition("StringEquals", "aws:PrincipalOrgID", (organization_id,))
        return cls("TrustRole", Principal("AWS", arn), (condition,))

    @classmethod
    def permission_set(
        cls, name: str, *, account_id: str, organization_id: str, partition: str = "aws"
    ) -> Trust:
        """People who signed in to an account through IAM Identity Center, with one permission set.

        AWS makes their role there, under a name that nobody knows beforehand and that changes when the set is
        assigned anew. So the account is the principal, and a condition on the role's ARN leaves it one set; checkov
        sees the account alone, and the role says so (CKV_AWS_61, which needs a waiver). The permission set must let
        them assume the role as well.

        Raises:
            LandformError: ``argument-value`` for what is no name of a permission set, or no id of an account.
        """
        PERMISSION_SET_NAME.checked(name, user_place())
        root = f"arn:{partition}:iam::{ACCOUNT_ID.checked(account_id, user_place())}:root"
        return cls(
            "TrustPermissionSet",
            Principal("AWS", root),
            (
                Condition("ArnLike", "aws:PrincipalArn", permission_set_roles(name, account_id, partition)),
                Condition("StringEquals", "aws:PrincipalOrgID", (organization_id,)),
            ),
        )

    @classmethod
    def with_mfa(cls, arn: str, *, organization_id: str, regions: Sequence[str] = ()) -> Trust:
        """One user or role that proved a second factor within the last hour; ``regions`` limits where it asks STS.

        Raises:
            LandformError: ``argument-value`` where it is no ARN of one user or role.
        """
        conditions = [
            Condition("Bool", "aws:MultiFactorAuthPresent", ("true",)),
            Condition("NumericLessThan", "aws:MultiFactorAuthAge", ("3600",)),
            Condition("StringEquals", "aws:PrincipalOrgID", (organization_id,)),
        ]
        if regions:
            conditions.append(Condition("StringEquals", "aws:RequestedRegion", tuple(regions)))
        principal = Principal("AWS", PERSON_ARN.checked(arn, user_place()))
        return cls("TrustWithMfa", principal, tuple(conditions))

    @classmethod
    def web_identity(cls, provider_arn: str, *, audience: str, subjects: Sequence[str]) -> Trust:
        """The exact subjects of an OpenID Connect provider of the account, for one audience."""
        issuer = provider_arn.partition(":oidc-provider/")[2]
        return cls(
            "TrustWorkflow",
            Principal("Federated", provider_arn),
            (
                Condition("StringEquals", f"{issuer}:aud", (audience,)),
                Condition("StringEquals", f"{issuer}:sub", tuple(subjects)),
            ),
            action="sts:AssumeRoleWithWebIdentity",
        )

    @classmethod
    def people(cls, principals: Sequence[str | Trust], *, organization_id: str) -> list[Trust]:
        """The trusts of those who may assume a role for people: roles by their ARNs, and trusts as they are."""
        return [
            one if isinstance(one, Trust) else cls.role(one, organization_id=organization_id)
            for one in principals
        ]

    def statement(self, owner: Construct) -> Statement:
        """The statement of the trust policy.

        Raises:
            LandformError: ``argument-value`` for a principal that is everyone.
        """
        if self._is_everyone:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "A role may not be trusted by everyone.",
                place=owner.node.place,
                given=f"principal {self.principal.id}",
                expected="a service, the ARN of a role, or an identity provider with the subjects that are meant",
                fix="Use Trust.service(...), Trust.role(...), Trust.permission_set(...) or "
                "Trust.web_identity(...).",
            )
        conditions = self.conditions
        if self.own_account_alone:
            account = AwsStack.of(owner).account_id
            conditions = (*conditions, Condition("StringEquals", "aws:SourceAccount", (account,)))
        return Statement(self.sid, (self.action,), (), principals=(self.principal,), conditions=conditions)

    @staticmethod
    def note_accounts(owner: Construct, trust: Iterable[Trust]) -> None:
        """Record on a role that a principal of it is a whole account, where one is."""
        if any(each.is_account for each in trust):
            why = "a permission set, whose role AWS names,"
            AwsStack.of(owner).switch_off(owner, NO_ACCOUNT, why=why, checks=("CKV_AWS_61",))

    @property
    def is_account(self) -> bool:
        """Whether the principal is a whole account, whatever its conditions leave of it."""
        return str(self.principal.id).endswith(":root")

    @property
    def _is_everyone(self) -> bool:
        """Whether anyone may come: a provider of OpenID Connect knows anyone who signed up with it."""
        provider = str(self.principal.id)
        if "*" in provider or self.principal.kind == "*":
            return True
        if ":oidc-provider/" not in provider:
            return False
        subjects = [each.values for each in self.conditions if each.key.endswith(":sub")]
        return not any(values and all(str(value).strip("*") for value in values) for values in subjects)
