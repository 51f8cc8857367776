"""Backup vaults. Follows "Vault access policies" and "AWS Backup Vault Lock" of the AWS Backup guide."""

from __future__ import annotations

from landform.constructs.backup.grants import ENDING, LIST_BACKUPS
from landform.constructs.backup.limits import GRACE_DAYS, RETENTION_DAYS, VAULT_NAME
from landform.constructs.grants import Grant, Grantee, ResourceGrants, Target
from landform.constructs.kms import Key
from landform.constructs.kms.key import AnyKey
from landform.constructs.stack import AwsStack
from landform.constructs.statements import closed
from landform.core import Construct, Lazy, Lifecycle
from landform.errors import Code, LandformError
from landform.iam import Condition, PolicyDocument, Principal, Statement
from landform.resources.aws.backup_vault import BackupVault as AwsBackupVault
from landform.resources.aws.backup_vault_lock_configuration import BackupVaultLockConfiguration
from landform.resources.aws.backup_vault_policy import BackupVaultPolicy

# The least that Audit Manager and Config's rule on recovery points ask for.
LEAST_RETENTION_DAYS = 35


class BackupVault(Construct):
    """A vault that backups go into, encrypted, and out of which nobody takes one before its time.

    The lock of a vault holds against whoever may administer backups. With ``lock_grace_days`` it holds against the
    account's root and AWS too, for ever, once those days are over.

    Args:
        vault_name: from the construct path unless given.
        key: the key that encrypts it; one of its own is made unless given.
        min_retention_days: the least that a locked vault keeps a backup; the settings' retention unless given.
        lock_grace_days: after how many days nobody can lift the lock any more; it can be lifted unless given.
        locked: whether it is locked; the settings' ``backup.vault_lock`` or the tier say unless given.
        protected: whether Terraform may not destroy it; the tier says unless given.

    Raises:
        LandformError: ``argument-value`` for a name or days that AWS Backup would refuse, and for days of grace
            without a lock.

    >>> vault = BackupVault(stack, "Vault", lock_grace_days=30)
    >>> vault.arn
    'arn:aws:backup:eu-west-1:012345678901:backup-vault:acme-payments-prod-data-lake-vault'
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        vault_name: str | None = None,
        key: AnyKey | None = None,
        min_retention_days: int | None = None,
        lock_grace_days: int | None = None,
        locked: bool | None = None,
        protected: bool | None = None,
    ) -> None:
        super().__init__(scope, id)
        stack = self._stack = AwsStack.of(self)
        place = self.node.place
        self.vault_name = VAULT_NAME.checked(vault_name or stack.physical_name(self, 50), place)
        self.arn = stack.arn("backup", f"backup-vault:{self.vault_name}")
        protected = stack.default_on(
            self,
            "Terraform may not destroy the vault",
            setting="sizing.deletion_protection",
            given=protected,
        )
        self.key: AnyKey = key or Key(self, "Key", description=f"backups in {self.vault_name}")
        self.resource = AwsBackupVault(
            self,
            "Resource",
            name=self.vault_name,
            kms_key_arn=self.key.arn,
            lifecycle=Lifecycle(prevent_destroy=True) if protected else None,
        )
        self._policy = PolicyDocument("vault policy", [_KEEP])
        BackupVaultPolicy(
            self,
            "Policy",
            backup_vault_name=self.resource.name,
            policy=Lazy(lambda: self._policy.to_json(self.node.place)),
        )
        self._lock(locked, min_retention_days, lock_grace_days)
        self.grants = BackupVaultGrants(Target(self, self.arn, add_to_policy=self.add_to_policy))

    @staticmethod
    def from_name(
        scope: Construct,
        id: str,
        vault_name: str,
        *,
        region: str | None = None,
        account_id: str | None = None,
    ) -> ImportedBackupVault:
        """A vault of another stack, region or account, to copy to and to grant on.

        Args:
            scope: where it stands in the tree.
            id: unique in the scope.
            vault_name: its name.
            region: where it is; the stack's region unless given.
            account_id: the account that owns it; the stack's unless given.

        Raises:
            LandformError: ``argument-value`` for a name AWS Backup would refuse, or a region that is none of the
                organisation's.
        """
        return ImportedBackupVault(scope, id, vault_name, region=region, account_id=account_id)

    @staticmethod
    def for_copies(scope: Construct, id: str, *, key: AnyKey | None = None) -> BackupVault:
        """The vault of this account and region that plans of the other regions copy to, under the name they know."""
        return BackupVault(scope, id, vault_name=copies_vault_name(AwsStack.of(scope)), key=key)

    def accept_copies_from(self, account: str) -> None:
        """Let plans of another account copy into this vault, as long as it is of the organisation.

        Args:
            account: the account's name in the organisation; the stack's rule must let it know that account.

        Raises:
            LandformError: ``reference`` for an account that the stack does not know.
        """
        stack = self._stack
        root = stack.arn("iam", "root", region="", account_id=stack.instance.accounts[account])
        self.add_to_policy(
            Statement(
                "AcceptCopies",
                ("backup:CopyIntoBackupVault",),
                (self.arn,),
                principals=(Principal("AWS", root),),
                conditions=(
                    Condition("StringEquals", "aws:PrincipalOrgID", (stack.organization.organization_id,)),
                ),
            )
        )

    def add_to_policy(self, statement: Statement) -> None:
        """Add a statement to the vault's policy.

        Raises:
            LandformError: ``argument-value`` for one that allows wildcards, or something to everyone.
        """
        self._policy.add(closed(statement, self))

    def _lock(self, locked: bool | None, min_retention_days: int | None, grace_days: int | None) -> None:
        backup = self._stack.instance.settings.backup
        place = self.node.place
        if min_retention_days is None:
            min_retention_days = backup.retention_days or LEAST_RETENTION_DAYS
        days = RETENTION_DAYS.checked(min_retention_days, place)
        locked = self._stack.default_on(
            self,
            "locked: no backup is deleted before its time",
            setting="sizing.deletion_protection",
            # The settings can ask for a lock where the tier has none, and not the other way.
            given=(backup.vault_lock or None) if locked is None else locked,
            checks=("LF_VAULT_LOCK",),
        )
        if locked:
            BackupVaultLockConfiguration(
                self,
                "Lock",
                backup_vault_name=self.resource.name,
                min_retention_days=days,
                changeable_for_days=None if grace_days is None else GRACE_DAYS.checked(grace_days, place),
            )
        elif grace_days is not None:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "A vault without a lock has no days until nobody can lift it.",
                place=place,
                given=f"lock_grace_days={grace_days}",
                expected="locked=True, or no lock_grace_days",
            )


class ImportedBackupVault(Construct):
    """A vault that another stack, region or account makes; its policy is its owner's to write."""

    def __init__(
        self, scope: Construct, id: str, vault_name: str, *, region: str | None, account_id: str | None
    ) -> None:
        super().__init__(scope, id)
        stack = AwsStack.of(self)
        regions = stack.organization.regions
        if region is not None and region not in regions:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "The vault is in a region that is none of the organisation's.",
                place=self.node.place,
                given=repr(region),
                expected=f"one of {', '.join(regions)}",
            )
        self.vault_name = VAULT_NAME.checked(vault_name, self.node.place)
        self.arn = stack.arn("backup", f"backup-vault:{vault_name}", region=region, account_id=account_id)
        self.grants = BackupVaultGrants(Target(self, self.arn, account_id=account_id, imported=True))


AnyBackupVault = BackupVault | ImportedBackupVault
"""A vault made here, or one from elsewhere."""


class BackupVaultGrants(ResourceGrants):
    """What may be granted on a vault. A backup is restored by a role that the service it is of knows."""

    def list_backups(self, principal: Grantee) -> Grant:
        """Describe the vault, and list the backups in it."""
        return self._grant(LIST_BACKUPS, principal)


def copies_vault_name(stack: AwsStack) -> str:
    """The name, in every account and region, of the vault that copies from other regions go to."""
    return f"{stack.organization.prefix}-backup-copies"


_KEEP = Statement("NobodyEndsABackup", ENDING, effect="Deny", principals=(Principal.everyone(),))
