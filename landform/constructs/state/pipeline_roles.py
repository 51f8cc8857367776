"""The roles of an account's own pipeline. Follows "Backend type: s3" of Terraform and ``github_oidc``.

The state's key is known by its alias here: a stack of its own makes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, get_args

from landform.constructs.grants import Verb
from landform.constructs.iam import GithubOidcProvider, GithubOidcRole
from landform.constructs.stack import AwsStack
from landform.constructs.state.grants import LIST_STATE, LOCK_STATE, READ_STATE, WRITE_STATE
from landform.constructs.state.state_backend import role_statements
from landform.core import Construct
from landform.errors import Code, LandformError, did_you_mean
from landform.iam import Condition, Statement
from landform.resources.aws.iam_role_policy_attachment import IamRolePolicyAttachment

ApplyRole = Literal["scoped", "admin"]

_APPLY_POLICIES: Mapping[str, str] = {"scoped": "PowerUserAccess", "admin": "AdministratorAccess"}
_ADMINISTRATOR = "no AdministratorAccess, no IAMFullAccess"


class PipelineRoles(Construct):
    """What the workflows of one repository plan and apply an account with, without a stored credential.

    The role that plans reads the account and its state; the roles that apply are for one environment of GitHub each,
    write the state, and make roles with the permissions boundary alone.

    Args:
        repository: ``owner/name``, one that the organisation's ``deploy.repositories`` allows.
        environments: the environments that apply; the tier's name unless given.
        plans: whether there is a role that plans.
        applies: ``scoped``, ``admin`` (all rights that the boundary leaves; a deviation that needs a waiver,
            CKV_AWS_274), or None for no role that applies.

    Raises:
        LandformError: as for ``GithubOidcRole``; ``argument-value`` for rights that there are not.

    >>> PipelineRoles(stack, "Pipeline", repository="acme/ledger").apply_roles["prod"].role_name
    'acme-payments-prod-data-lake-pipeline-apply-prod'
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        repository: str,
        environments: Sequence[str] = (),
        plans: bool = True,
        applies: ApplyRole | None = "scoped",
    ) -> None:
        super().__init__(scope, id)
        self._stack = AwsStack.of(self)
        if applies is not None and applies not in _APPLY_POLICIES:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "A pipeline applies with other rights than these.",
                place=self.node.place,
                given=repr(applies),
                expected=f"one of {', '.join(get_args(ApplyRole))}, or None",
                fix=did_you_mean(str(applies), get_args(ApplyRole)),
            )
        self.provider = GithubOidcProvider(self, "Provider")
        self.plan_role: GithubOidcRole | None = None
        if plans:
            self.plan_role = GithubOidcRole(
                self, "Plan", provider=self.provider, repository=repository, access="plan"
            )
            self._let(self.plan_role, LIST_STATE, READ_STATE, LOCK_STATE)
        self.apply_roles: dict[str, GithubOidcRole] = {}
        for environment in (environments or (self._stack.tier.name,)) if applies else ():
            self.apply_roles[environment] = self._apply_role(repository, environment, str(applies))

    def _apply_role(self, repository: str, environment: str, applies: str) -> GithubOidcRole:
        role = GithubOidcRole(
            self,
            f"Apply{environment.capitalize()}",
            provider=self.provider,
            repository=repository,
            access="apply",
            environment=environment,
        )
        policy = _APPLY_POLICIES[applies]
        if applies == "admin":
            self._stack.switch_off(self, _ADMINISTRATOR, why="deploy.apply_role", checks=("CKV_AWS_274",))
        IamRolePolicyAttachment(
            role,
            policy,
            role=role.resource.name,
            policy_arn=f"arn:{self._stack.partition}:iam::aws:policy/{policy}",
        )
        for statement in role_statements(self._stack):
            role.add_to_policy(statement)
        self._let(role, LIST_STATE, READ_STATE, LOCK_STATE, WRITE_STATE)
        return role

    def _let(self, role: GithubOidcRole, *verbs: Verb) -> None:
        stack = self._stack
        bucket = stack.arn("s3", stack.state_bucket_name, region="", account_id="")
        for verb in verbs:
            resources = tuple(resource.format(arn=bucket) for resource in verb.resources)
            role.add_to_policy(Statement(verb.sid, verb.actions, resources))
        via = Condition("StringEquals", "kms:ViaService", (stack.service("s3", region=stack.state_region),))
        alias = Condition("ForAnyValue:StringEquals", "kms:ResourceAliases", (stack.state_key_alias,))
        role.add_to_policy(
            Statement(
                "UseStateKey",
                ("kms:Decrypt", "kms:GenerateDataKey"),
                (stack.arn("kms", "key/*", region=stack.state_region),),
                conditions=(via, alias),
            )
        )
