"""The state backend of an account: what must stand before any other stack can be planned."""

from __future__ import annotations

from typing import Literal

from landform.constructs.grants import ResourceGrants, Target
from landform.constructs.iam import Role, Trust
from landform.constructs.kms import Key
from landform.constructs.s3 import AccessLogBucket, Bucket
from landform.constructs.s3.imported import ImportedBucket
from landform.constructs.stack import AwsStack
from landform.constructs.state.grants import (
    BOUNDED_ROLE_ACTIONS,
    LIST_STATE,
    LOCK_STATE,
    POLICY_ACTIONS,
    READ_STATE,
    ROLE_ACTIONS,
    WRITE_STATE,
)
from landform.core import Construct
from landform.iam import Condition, Principal, Statement

PLAN_ROLE = "landform-plan"
APPLY_ROLE = "landform-apply"

# What AWS gives its own auditors: configuration, and none of the data.
_READ_POLICIES = ("SecurityAudit", "job-function/ViewOnlyAccess")


class StateBackend(Construct):
    """The state bucket, its key, the access log bucket, and the roles that plan and apply.

    The first apply of the stack that holds it runs on a local state, which Terraform then moves into the bucket
    (``terraform init -migrate-state``).

    Args:
        replicate_to: the bucket of another region that the state is replicated to, as for ``Bucket``.

    Raises:
        LandformError: ``argument-value`` for a bucket that the state cannot be replicated to.

    >>> StateBackend(stack, "State").apply_role.arn
    'arn:aws:iam::012345678901:role/landform-apply'
    """

    def __init__(
        self, scope: Construct, id: str, *, replicate_to: ImportedBucket | Literal[False] | None = None
    ) -> None:
        super().__init__(scope, id)
        stack = self._stack = AwsStack.of(self)
        self.access_logs = AccessLogBucket(self, "AccessLogs")
        self.key = Key(
            self, "Key", description="Terraform state", alias=stack.state_key_alias.removeprefix("alias/")
        )
        self.bucket = Bucket(
            self,
            "Bucket",
            bucket_name=stack.state_bucket_name,
            key=self.key,
            access_logs=self.access_logs.bucket_name,
            replicate_to=replicate_to,
        )
        self.bucket.add_to_policy(
            Statement(
                "DenyDeletingState",
                ("s3:DeleteObject", "s3:DeleteObjectVersion"),
                (f"{self.bucket.arn}/*.tfstate",),
                effect="Deny",
                principals=(Principal.everyone(),),
            )
        )
        self.plan_role = self._role("PlanRole", PLAN_ROLE, "Plans: reads the account and its state.", ())
        self.apply_role = self._role(
            "ApplyRole", APPLY_ROLE, "Applies what was planned and approved.", ("PowerUserAccess",)
        )
        grants = StateGrants(
            Target(self, self.bucket.arn, key=self.key, via="s3", context=("aws:s3:arn", self.bucket.arn))
        )
        grants.plan(self.plan_role)
        grants.apply(self.apply_role)
        for statement in role_statements(stack):
            self.apply_role.add_to_policy(statement)

    def _role(self, id: str, name: str, description: str, policies: tuple[str, ...]) -> Role:
        organization = self._stack.organization
        management = self._stack.instance.accounts[organization.management_account]
        deployer = self._stack.arn(
            "iam", f"role/{organization.prefix}-deployer", region="", account_id=management
        )
        return Role(
            self,
            id,
            role_name=name,
            description=description,
            trust=[Trust.role(deployer, organization_id=organization.organization_id)],
            managed_policies=[*_READ_POLICIES, *policies],
        )


class StateGrants(ResourceGrants):
    """What the account's own two roles may do with its state."""

    def plan(self, role: Role) -> None:
        """Read the state, and hold its lock."""
        for verb in (LIST_STATE, READ_STATE, LOCK_STATE):
            self._grant(verb, role)

    def apply(self, role: Role) -> None:
        """As ``plan``, and write the state."""
        self.plan(role)
        self._grant(WRITE_STATE, role)


def role_statements(stack: AwsStack) -> list[Statement]:
    """What a role that applies may do with roles and policies: make bounded ones, keep and pass the prefix's own."""
    prefix = stack.organization.prefix
    roles = (stack.arn("iam", f"role/{prefix}-*", region=""),)
    policies = (stack.arn("iam", f"policy/{prefix}-*", region=""),)
    bounded = Condition("StringEquals", "iam:PermissionsBoundary", (stack.permissions_boundary_arn,))
    own = Condition("StringEquals", "aws:ResourceAccount", (stack.account_id,))
    return [
        Statement("MakeBoundedRoles", BOUNDED_ROLE_ACTIONS, roles, conditions=(bounded,)),
        Statement("KeepRoles", ROLE_ACTIONS, roles, conditions=(own,)),
        Statement("KeepPolicies", POLICY_ACTIONS, policies, conditions=(own,)),
        Statement(
            "PassRoles",
            ("iam:PassRole",),
            roles,
            conditions=(Condition("StringLike", "iam:PassedToService", ("*.amazonaws.com",)),),
        ),
    ]
