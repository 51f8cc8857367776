"""Roles that GitHub Actions assumes without a stored credential.

Follows "Configuring a role for GitHub OIDC identity provider" of the IAM guide and "Security hardening with OpenID
Connect" of GitHub. A subject names the repository and what of it asks: a pull request, a branch or an environment.
"""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Literal, get_args

from landform.constructs.iam.limits import BRANCH, ENVIRONMENT, REPOSITORY
from landform.constructs.iam.role import Role
from landform.constructs.iam.trust import Trust
from landform.constructs.stack import AwsStack
from landform.core import Construct
from landform.core.construct import user_place
from landform.errors import Code, LandformError, Place, did_you_mean
from landform.iam import Statement
from landform.iam.actions import access_level
from landform.resources.aws.iam_openid_connect_provider import IamOpenidConnectProvider

ISSUER = "token.actions.githubusercontent.com"
AUDIENCE = "sts.amazonaws.com"

Access = Literal["plan", "apply"]

# What AWS gives its own auditors: configuration, and none of the data.
_READ_POLICIES = ("SecurityAudit", "job-function/ViewOnlyAccess")
# What AWS calls a write and a plan needs: to open what it may read, hold the state's lock, become another plan role.
_PLANS_WRITE: Mapping[str, str] = {
    "kms:Decrypt": "*",
    "kms:GenerateDataKey": "*",
    "s3:DeleteObject": "*.tflock",
    "s3:PutObject": "*.tflock",
    "sts:AssumeRole": "*:role/*-plan",
}


class GithubOidcProvider(Construct):
    """The identity provider of GitHub Actions: one an account, for the roles that workflows assume.

    >>> GithubOidcProvider(stack, "Github").arn
    'arn:aws:iam::012345678901:oidc-provider/token.actions.githubusercontent.com'
    """

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self.arn = _provider_arn(self)
        self.resource = IamOpenidConnectProvider(
            self, "Resource", url=f"https://{ISSUER}", client_id_list=[AUDIENCE]
        )

    @staticmethod
    def from_account(scope: Construct, id: str) -> ImportedGithubOidcProvider:
        """The provider that another stack makes in this account."""
        return ImportedGithubOidcProvider(scope, id)


class ImportedGithubOidcProvider(Construct):
    """The identity provider of GitHub Actions that another stack makes in this account."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self.arn = _provider_arn(self)


AnyGithubOidcProvider = GithubOidcProvider | ImportedGithubOidcProvider
"""A provider made here, or the account's own from elsewhere."""


class GithubOidcRole(Role):
    """A role of the workflows of one repository: to plan, or to apply.

    A role that plans reads: pull requests and one branch assume it, and it takes no grant that writes, but for the
    lock of a state. A role that applies is for one environment of GitHub, whose protection rules say who may.

    Args:
        provider: the account's provider.
        repository: ``owner/name``, one that the organisation's ``deploy.repositories`` allows.
        access: ``plan`` or ``apply``.
        branch: the branch that plans, beside pull requests.
        environment: the environment that applies, the tier's name unless given; a role that plans takes one beside
            its branch.
        role_name: from the construct path unless given; at most 64 characters.
        description: what the role is for.

    Raises:
        LandformError: ``argument-value`` for a repository, branch or environment that is not one and exact, a
            repository that the organisation does not deploy from, or an access that is neither.

    >>> github = GithubOidcProvider(stack, "Github")
    >>> deploy = GithubOidcRole(stack, "Deploy", provider=github, repository="acme/ledger", access="apply")
    >>> deploy.subjects
    ('repo:acme/ledger:environment:prod',)
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        provider: AnyGithubOidcProvider,
        repository: str,
        access: Access,
        branch: str = "main",
        environment: str | None = None,
        role_name: str | None = None,
        description: str | None = None,
    ) -> None:
        stack = AwsStack.of(scope)
        self.access = access
        self.subjects = _subjects(stack, repository, access, branch, environment)
        trust = Trust.web_identity(provider.arn, audience=AUDIENCE, subjects=self.subjects)
        super().__init__(
            scope,
            id,
            trust=[trust],
            role_name=role_name,
            description=description or f"Workflows of {repository} that {access}.",
            managed_policies=_READ_POLICIES if access == "plan" else (),
        )

    def add_to_policy(self, statement: Statement) -> bool:
        """As for ``Role``; a role that plans takes no statement that writes.

        Raises:
            LandformError: ``argument-value`` for one that does.
        """
        if self.access == "plan" and statement.effect == "Allow":
            self._check_reads(statement)
        return super().add_to_policy(statement)

    def _check_reads(self, statement: Statement) -> None:
        resources = [str(resource) for resource in statement.resources]
        writes = [
            action
            for action in statement.actions
            if access_level(action) not in ("List", "Read")
            and not all(fnmatchcase(resource, _PLANS_WRITE.get(action, "")) for resource in resources)
        ]
        if writes:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "A role that plans changes nothing.",
                place=self.node.here,
                given=f"{', '.join(writes)} on {', '.join(resources)}",
                expected="actions that read or list",
                fix='Grant it to a role with access="apply".',
            )


def _provider_arn(construct: Construct) -> str:
    return AwsStack.of(construct).arn("iam", f"oidc-provider/{ISSUER}", region="")


def _subjects(
    stack: AwsStack, repository: str, access: str, branch: str, environment: str | None
) -> tuple[str, ...]:
    place = user_place()
    _check_access(access, place)
    _check_repository(stack, REPOSITORY.checked(repository, place), place)
    if environment is None and access == "apply":
        environment = stack.tier.name
    asks = []
    if access == "plan":
        asks += ["pull_request", f"ref:refs/heads/{BRANCH.checked(branch, place)}"]
    if environment is not None:
        asks.append(f"environment:{ENVIRONMENT.checked(environment, place)}")
    return tuple(f"repo:{repository}:{ask}" for ask in asks)


def _check_access(access: str, place: Place) -> None:
    known = get_args(Access)
    if access not in known:
        raise LandformError(
            Code.ARGUMENT_VALUE,
            "A role of workflows plans or applies.",
            place=place,
            given=repr(access),
            expected=f"one of {', '.join(known)}",
            fix=did_you_mean(str(access), known),
        )


def _check_repository(stack: AwsStack, repository: str, place: Place) -> None:
    allowed = stack.organization.deploy.repositories
    if allowed and not any(fnmatchcase(repository, pattern) for pattern in allowed):
        raise LandformError(
            Code.ARGUMENT_VALUE,
            "The organisation does not deploy from this repository.",
            place=place,
            given=repository,
            expected=f"one of {', '.join(allowed)}",
            fix="Add it to deploy.repositories in org/org.yaml.",
        )
