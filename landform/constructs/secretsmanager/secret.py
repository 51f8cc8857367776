"""Secrets. Follows "Rotate AWS Secrets Manager secrets" and "Lambda rotation function execution role permissions"."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol, runtime_checkable

from landform.constructs.grants import Grant, Grantee, ResourceGrants, Target
from landform.constructs.kms import Key
from landform.constructs.kms.key import AnyKey
from landform.constructs.secretsmanager.grants import GENERATE_PASSWORD, READ_VALUE, ROTATE, WRITE_VALUE
from landform.constructs.secretsmanager.limits import (
    DESCRIPTION,
    FUNCTION_ARN,
    RECOVERY_DAYS,
    ROTATION_DAYS,
    SECRET_NAME,
)
from landform.constructs.stack import AwsStack
from landform.constructs.statements import closed, plain_http_denied
from landform.core import Construct, Lazy, Lifecycle, Ref
from landform.errors import Code, LandformError
from landform.iam import PolicyDocument, Statement
from landform.resources.aws.lambda_permission import LambdaPermission
from landform.resources.aws.secretsmanager_secret import SecretsmanagerSecret
from landform.resources.aws.secretsmanager_secret_policy import SecretsmanagerSecretPolicy
from landform.resources.aws.secretsmanager_secret_rotation import (
    RotationRules,
    SecretsmanagerSecretRotation,
)


@runtime_checkable
class RotationFunction(Grantee, Protocol):
    """A Lambda function that rotates: it has an ARN, and hands what it is granted on to its role."""

    @property
    def arn(self) -> str | Ref[str]:
        """The function's ARN."""
        ...


class Secret(Construct):
    """A secret without its value: that is put by whom it is granted to, or by the function that rotates it.

    So it stands in no bundle and in no state file. A secret that no function rotates is found by the checks, and
    needs a waiver.

    Args:
        rotated_by: the function that gives it a new value; it is granted what it needs, and is invoked for this
            secret alone.
        rotation_days: how often, 1 to 90 days.
        description: what the secret opens.
        secret_name: from the construct path unless given.
        key: the key that encrypts it; one of its own is made unless given.
        recovery_days: how long a deleted secret can be brought back, 7 to 30 days.
        protected: whether Terraform may not destroy it; the tier says unless given.

    Raises:
        LandformError: ``argument-value`` for a name, a description or days that Secrets Manager would refuse, and
            for what is no function.

    >>> secret = Secret(stack, "Scheme", description="the card scheme's API")
    >>> settlement = Role(stack, "Settlement", trust=[Trust.service("glue.amazonaws.com")])
    >>> secret.grants.read_value(settlement).actions
    ('secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue')
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        rotated_by: RotationFunction | None = None,
        rotation_days: int = 30,
        description: str | None = None,
        secret_name: str | None = None,
        key: AnyKey | None = None,
        recovery_days: int = 30,
        protected: bool | None = None,
    ) -> None:
        super().__init__(scope, id)
        stack = self._stack = AwsStack.of(self)
        place = self.node.place
        self.secret_name = SECRET_NAME.checked(secret_name or stack.physical_name(self, 512), place)
        days = ROTATION_DAYS.checked(rotation_days, place)
        protected = stack.default_on(
            self,
            "Terraform may not destroy the secret",
            setting="sizing.deletion_protection",
            given=protected,
        )
        self.key: AnyKey = key or Key(self, "Key", description=f"value of {self.secret_name}")
        if RECOVERY_DAYS.checked(recovery_days, place) < RECOVERY_DAYS.most:
            holds = "a deleted secret can be brought back for 30 days"
            stack.switch_off(self, holds, checks=("LF_RECOVERY_WINDOW",))
        self.resource = SecretsmanagerSecret(
            self,
            "Resource",
            name=self.secret_name,
            description=DESCRIPTION.checked(self.node.path if description is None else description, place),
            kms_key_id=self.key.arn,
            recovery_window_in_days=recovery_days,
            lifecycle=Lifecycle(prevent_destroy=True) if protected else None,
        )
        self._policy = PolicyDocument("secret policy", [_TRANSPORT])
        SecretsmanagerSecretPolicy(
            self,
            "Policy",
            secret_arn=self.arn,
            policy=Lazy(lambda: self._policy.to_json(self.node.place)),
            block_public_policy=True,
        )
        self.grants = SecretGrants(
            Target(
                self,
                self.arn,
                key=self.key,
                via="secretsmanager",
                context=(_CONTEXT, _any_arn(stack, self.secret_name)),
                add_to_policy=self._add_grant,
            )
        )
        if rotated_by is None:
            stack.switch_off(self, "rotated by a function", checks=("CKV2_AWS_57",))
        else:
            self._rotate(rotated_by, days)

    @staticmethod
    def from_name(
        scope: Construct,
        id: str,
        secret_name: str,
        *,
        account_id: str | None = None,
        key: AnyKey | None = None,
    ) -> ImportedSecret:
        """A secret of another stack or account, in this region, to grant on.

        Args:
            scope: where it stands in the tree.
            id: unique in the scope.
            secret_name: its name.
            account_id: the account that owns it; the stack's unless given.
            key: the key that encrypts it, where it is a customer managed one.

        Raises:
            LandformError: ``argument-value`` for a name Secrets Manager would refuse.
        """
        return ImportedSecret(scope, id, secret_name, account_id=account_id, key=key)

    @property
    def arn(self) -> Ref[str]:
        """The secret's ARN. AWS chooses its last six characters, so it is a reference."""
        return self.resource.arn

    def add_to_policy(self, statement: Statement) -> None:
        """Add a statement to the secret's policy, about this secret, which is written as ``*`` there.

        Raises:
            LandformError: ``argument-value`` for one that allows wildcards, or something to everyone, or names a
                resource.
        """
        if statement.resources != ("*",):
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "The policy of a secret is about that secret.",
                place=self.node.here,
                given=f"statement {statement.sid} on {', '.join(map(str, statement.resources))}",
                expected="*, which stands for this secret alone",
                fix="Leave the resources out.",
            )
        self._policy.add(closed(statement, self))

    def _add_grant(self, statement: Statement) -> None:
        self.add_to_policy(replace(statement, resources=("*",)))

    def _rotate(self, function: RotationFunction, days: int) -> None:
        if not isinstance(function, RotationFunction):
            raise self._no_function(repr(function))
        if isinstance(function.arn, str):
            FUNCTION_ARN.checked(function.arn, self.node.place)
        self.grants.rotate(function)
        permission = LambdaPermission(
            self,
            "Invocation",
            statement_id=self._stack.physical_name(self, 100),
            action="lambda:InvokeFunction",
            function_name=function.arn,
            principal="secretsmanager.amazonaws.com",
            source_arn=self.arn,
            source_account=self._stack.account_id,
        )
        SecretsmanagerSecretRotation(
            self,
            "Rotation",
            secret_id=self.resource.id,
            rotation_lambda_arn=function.arn,
            rotation_rules=RotationRules(automatically_after_days=days),
            # The service tries the function when it is told of it.
            depends_on=[permission],
        )

    def _no_function(self, given: str) -> LandformError:
        return LandformError(
            Code.ARGUMENT_VALUE,
            "This is no function that could rotate a secret.",
            place=self.node.place,
            given=given,
            expected="a Lambda function of this account",
        )


class ImportedSecret(Construct):
    """A secret that another stack, account or nobody here makes; its policy is its owner's to write.

    Its ARN ends in a pattern, because AWS chose the last six characters.
    """

    def __init__(
        self, scope: Construct, id: str, secret_name: str, *, account_id: str | None, key: AnyKey | None
    ) -> None:
        super().__init__(scope, id)
        self.secret_name = SECRET_NAME.checked(secret_name, self.node.place)
        self.arn = _any_arn(AwsStack.of(self), secret_name, account_id)
        self.key = key
        self.grants = SecretGrants(
            Target(
                self,
                self.arn,
                account_id=account_id,
                key=key,
                via="secretsmanager",
                context=(_CONTEXT, self.arn),
                imported=True,
            )
        )


class SecretGrants(ResourceGrants):
    """What may be granted on a secret."""

    def __init__(self, target: Target) -> None:
        super().__init__(target)
        # It is about no secret, so no secret's policy can give it.
        self._passwords = ResourceGrants(replace(target, add_to_policy=None))

    def read_value(self, principal: Grantee) -> Grant:
        """Read the secret's value, and when it was rotated."""
        return self._grant(READ_VALUE, principal)

    def write_value(self, principal: Grantee) -> Grant:
        """Put a new value; the one before stays, as the version ``AWSPREVIOUS``."""
        return self._grant(WRITE_VALUE, principal)

    def rotate(self, principal: Grantee) -> Grant:
        """Read and put values, and say which is the current one: what a rotation function does."""
        return self._grant(ROTATE, principal)

    def generate_password(self, principal: Grantee) -> Grant:
        """Have a random password made, as many rotation functions do; to a role of this stack alone."""
        return self._passwords._grant(GENERATE_PASSWORD, principal)


# The pair of encryption context that Secrets Manager sets for each secret.
_CONTEXT = "SecretARN"

_TRANSPORT = plain_http_denied(("secretsmanager:*",))


def _any_arn(stack: AwsStack, secret_name: str, account_id: str | None = None) -> str:
    """The ARN of a secret of this name. Literal, because the key's policy, made before the secret, says it too."""
    return stack.arn("secretsmanager", f"secret:{secret_name}-??????", account_id=account_id)
