"""A customer managed key. Follows "Key policies in AWS KMS" and "Default key policy" of the KMS guide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from landform.constructs.grants import Grant, Grantee, ResourceGrants, Target, Verb
from landform.constructs.kms.grants import ADMINISTER, USE, VERBS
from landform.constructs.limits import DELETION_WINDOW_DAYS, KEY_ALIAS, KEY_ARN
from landform.constructs.stack import AwsStack
from landform.constructs.statements import closed
from landform.core import Construct, Lazy, Lifecycle, Ref
from landform.errors import Code, LandformError
from landform.iam import Condition, PolicyDocument, Principal, Statement
from landform.iam.arns import role_account
from landform.resources.aws.kms_alias import KmsAlias
from landform.resources.aws.kms_key import KmsKey

_ENCRYPT, _DECRYPT, _DESCRIBE = VERBS


class Key(Construct):
    """A symmetric key and its alias.

    The account administers the key; its use is what IAM policies of the account grant, and only to principals of
    the account. Services and other accounts are let in one by one, each under a condition.

    Args:
        description: what the key is for.
        alias: the alias without ``alias/``; from the construct path unless given.
        administrators: ARNs of roles that administer the key beside the account.
        deletion_window_days: how long a deleted key can be brought back, 7 to 30 days.
        protected: whether Terraform may not destroy it; the tier says unless given.

    Raises:
        LandformError: ``argument-value`` for an alias or a window AWS would refuse, or an administrator that is no
            role.

    >>> key = Key(stack, "Data", description="the ledger's objects")
    >>> key.alias_name
    'alias/acme-payments-prod-data-lake-data'
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        description: str | None = None,
        alias: str | None = None,
        administrators: Sequence[str] = (),
        deletion_window_days: int = 30,
        protected: bool | None = None,
    ) -> None:
        super().__init__(scope, id)
        stack = self._stack = AwsStack.of(self)
        alias = KEY_ALIAS.checked(alias or stack.physical_name(self, 250), self.node.place)
        self.alias_name = f"alias/{alias}"
        self._policy = PolicyDocument("key policy", _account_statements(stack, administrators))
        protected = stack.default_on(
            self, "Terraform may not destroy the key", setting="sizing.deletion_protection", given=protected
        )
        if DELETION_WINDOW_DAYS.checked(deletion_window_days, self.node.place) < DELETION_WINDOW_DAYS.most:
            holds = "a deleted key can be kept for 30 days"
            stack.switch_off(self, holds, checks=("LF_RECOVERY_WINDOW",))
        self.resource = KmsKey(
            self,
            "Resource",
            description=description or f"{self.node.path}",
            enable_key_rotation=True,
            rotation_period_in_days=365,
            deletion_window_in_days=deletion_window_days,
            policy=Lazy(lambda: self._policy.to_json(self.node.place)),
            lifecycle=Lifecycle(prevent_destroy=True) if protected else None,
        )
        KmsAlias(self, "Alias", name=self.alias_name, target_key_id=self.resource.key_id)
        self.grants = KeyGrants(Target(self, self.arn, add_to_policy=self._add_grant))

    @staticmethod
    def from_arn(scope: Construct, id: str, arn: str) -> ImportedKey:
        """A key of another stack or account, to encrypt with and to grant on.

        Raises:
            LandformError: ``argument-value`` where it is no ARN of one key.
        """
        return ImportedKey(scope, id, arn)

    @property
    def arn(self) -> Ref[str]:
        """The key's ARN. AWS chooses it, so it is a reference."""
        return self.resource.arn

    def add_to_policy(self, statement: Statement) -> None:
        """Add a statement to the key policy.

        Raises:
            LandformError: ``argument-value`` for one that allows wildcards, or something to everyone.
        """
        self._policy.add(closed(statement, self))

    def allow_service(
        self, service: str, *, sid: str, actions: Sequence[str], conditions: Sequence[Condition]
    ) -> None:
        """Let an AWS service use the key, under conditions that say for what.

        Raises:
            LandformError: ``argument-value`` without a condition: the service would use the key for everyone.
        """
        if not conditions:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "A service uses a key for whoever asks it, unless a condition says for whom.",
                place=self.node.here,
                given=f"{service} without a condition",
                expected="a condition on aws:SourceAccount, aws:SourceArn or the encryption context",
            )
        self.add_to_policy(
            Statement(
                sid,
                tuple(actions),
                principals=(Principal("Service", service),),
                conditions=tuple(conditions),
            )
        )

    def _add_grant(self, statement: Statement) -> None:
        # In a key policy the resource is always this key, written as *.
        self.add_to_policy(replace(statement, resources=("*",)))


class ImportedKey(Construct):
    """A key that another stack, account or nobody here makes; its policy is its owner's to write.

    >>> key = Key.from_arn(stack, "Shared", "arn:aws:kms:eu-west-1:999999999999:key/0a1b2c3d")
    >>> key.account_id
    '999999999999'
    """

    def __init__(self, scope: Construct, id: str, arn: str) -> None:
        super().__init__(scope, id)
        self.arn = arn
        self.account_id = KEY_ARN.checked(arn, self.node.place).split(":")[4]
        self.grants = KeyGrants(Target(self, arn, account_id=self.account_id, imported=True))

    def allow_service(
        self, service: str, *, sid: str, actions: Sequence[str], conditions: Sequence[Condition]
    ) -> None:
        """Say that the key's owner must let a service use it: the key's policy is not ours to write."""
        del sid, conditions
        self.node.annotate(
            "info", f"The policy of {self.arn} must let {service} use the key: {', '.join(sorted(actions))}."
        )


AnyKey = Key | ImportedKey
"""A key made here, or one from elsewhere."""


class KeyGrants(ResourceGrants):
    """What may be granted on a key."""

    def encrypt(self, principal: Grantee, *, via: str | None = None) -> Grant:
        """Encrypt and make data keys; ``via`` limits it to one service, ``s3.eu-west-1.amazonaws.com``."""
        return self._grant(_ENCRYPT, principal, conditions=_only_via(via))

    def decrypt(self, principal: Grantee, *, via: str | None = None) -> Grant:
        """Decrypt; ``via`` as for ``encrypt``."""
        return self._grant(_DECRYPT, principal, conditions=_only_via(via))

    def describe(self, principal: Grantee) -> Grant:
        """Read the key's description and policy."""
        return self._grant(_DESCRIBE, principal)

    def for_service(
        self, principal: Grantee, actions: Sequence[str], *, via: str, context: tuple[str, str] | None = None
    ) -> Grant:
        """Let a principal use the key through a service: the KMS half of a grant on something encrypted.

        ``context`` is a pair of encryption context that the service sets, as ``aws:s3:arn`` and a bucket's ARN.
        """
        conditions = _only_via(via)
        if context:
            name, value = context
            conditions += (Condition("StringLike", f"kms:EncryptionContext:{name}", (value, f"{value}/*")),)
        service = via.partition(".")[0].capitalize()
        verb = Verb(f"use_key_via_{service}", tuple(actions), ("{arn}",))
        return self._grant(verb, principal, conditions=conditions)


def _only_via(service: str | None) -> tuple[Condition, ...]:
    return (Condition("StringEquals", "kms:ViaService", (service,)),) if service else ()


def _account_statements(stack: AwsStack, administrators: Sequence[str]) -> list[Statement]:
    account = Principal("AWS", stack.arn("iam", "root", region=""))
    own = Condition("StringEquals", "kms:CallerAccount", (stack.account_id,))
    for arn in administrators:
        role_account(arn)
    return [
        Statement(
            "AccountAdministersKey",
            ADMINISTER,
            principals=(account, *(Principal("AWS", arn) for arn in administrators)),
        ),
        Statement("AccountPoliciesGrantUse", USE, principals=(account,), conditions=(own,)),
    ]
