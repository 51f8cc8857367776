"""Backup plans. Follows "Create a backup plan" and "Assign resources to a backup plan" of the AWS Backup guide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from landform.constructs.backup.backup_vault import (
    LEAST_RETENTION_DAYS,
    AnyBackupVault,
    BackupVault,
    copies_vault_name,
)
from landform.constructs.backup.limits import PLAN_ID, PLAN_NAME, RETENTION_DAYS, SCHEDULE
from landform.constructs.iam import Role, Trust
from landform.constructs.stack import AwsStack
from landform.core import Construct, Lazy, Ref
from landform.errors import Code, LandformError
from landform.resources.aws.backup_plan import BackupPlan as AwsBackupPlan
from landform.resources.aws.backup_plan import Rule, RuleCopyAction, RuleCopyActionLifecycle, RuleLifecycle
from landform.resources.aws.backup_selection import (
    BackupSelection,
    ConditionStringEquals,
)
from landform.resources.aws.backup_selection import Condition as SelectionCondition
from landform.resources.aws.iam_role_policy_attachment import IamRolePolicyAttachment
from landform.resources.base import CheckedResource

# What AWS Backup backs up ("Feature availability by resource"), of what has an ARN in Terraform.
BACKED_UP = frozenset(
    {
        "aws_db_instance",
        "aws_docdb_cluster",
        "aws_dynamodb_table",
        "aws_ebs_volume",
        "aws_efs_file_system",
        "aws_fsx_lustre_file_system",
        "aws_fsx_ontap_file_system",
        "aws_fsx_openzfs_file_system",
        "aws_fsx_windows_file_system",
        "aws_instance",
        "aws_neptune_cluster",
        "aws_rds_cluster",
        "aws_redshift_cluster",
        "aws_s3_bucket",
        "aws_timestreamwrite_table",
    }
)


class HasResource(Protocol):
    """A construct that is one resource above all: a table, a file system, a bucket, a database."""

    @property
    def resource(self) -> CheckedResource:
        """Its main resource."""
        ...


class Selecting(Construct):
    """The common ground of backup plans: what they select, and the role that backs it up. Use one of those."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self._plan_id: str | Ref[str] = ""
        self._added: list[Ref[str]] = []
        self._role: Role | None = None
        self._backs_up_buckets = False

    def add(self, construct: HasResource | CheckedResource) -> None:
        """Back up a construct of this stack, or a resource of it.

        Raises:
            LandformError: ``argument-value`` for what AWS Backup does not back up.
        """
        resource = (
            construct if isinstance(construct, CheckedResource) else getattr(construct, "resource", None)
        )
        if not isinstance(resource, CheckedResource) or resource.terraform_type not in BACKED_UP:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "AWS Backup does not back this up.",
                place=self.node.here,
                given=resource.terraform_type if isinstance(resource, CheckedResource) else repr(construct),
                expected=f"a construct whose resource is one of {', '.join(sorted(BACKED_UP))}",
            )
        arn: Ref[str] = resource.ref("arn")
        if arn in self._added:
            return
        if not self._added:
            self._select("Added", resources=Lazy(lambda: list(self._added)))
        self._added.append(arn)
        if resource.terraform_type == "aws_s3_bucket":
            self._back_up_buckets()

    def _select(
        self,
        id: str,
        *,
        resources: list[str | Ref[str]] | Lazy[list[str | Ref[str]]],
        conditions: SelectionCondition | None = None,
    ) -> None:
        role = self._backup_role()
        BackupSelection(
            self,
            id,
            name=id.lower(),
            plan_id=self._plan_id,
            iam_role_arn=role.arn,
            resources=resources,
            condition=[conditions] if conditions else None,
            # The service tries the role when it is told of it.
            depends_on=[role],
        )

    def _backup_role(self) -> Role:
        if self._role is None:
            self._role = Role(
                self,
                "Role",
                trust=[Trust.service("backup.amazonaws.com")],
                description="Backs up what the plan selects.",
                managed_policies=["service-role/AWSBackupServiceRolePolicyForBackup"],
            )
        return self._role

    def _back_up_buckets(self) -> None:
        """Let the role read buckets and their events, which the policy for all the rest leaves out."""
        if self._backs_up_buckets:
            return
        self._backs_up_buckets = True
        IamRolePolicyAttachment(
            self,
            "BackUpBuckets",
            role=self._backup_role().resource.name,
            policy_arn=AwsStack.of(self).arn(
                "iam", "policy/AWSBackupServiceRolePolicyForS3Backup", region="", account_id="aws"
            ),
        )


class BackupPlan(Selecting):
    """A plan that backs up every day what is added to it, and what carries its tags.

    Backups go into a vault of the plan's own, and from there into the vaults that it copies to. The organisation
    says whether accounts may copy to each other (AWS Backup, cross-account management).

    Args:
        vault: where backups go, in this account and region; one of its own is made unless given.
        copy_to: the vaults they are copied to. Unless given, the vault for copies
            (``BackupVault.for_copies``) of each other region that the settings' ``backup.copy_regions`` name.
        tags: what carries all of these is backed up, whichever stack of the account and region makes it;
            ``backup-plan`` with the settings' ``backup.plan``, or the plan's name, unless given. Empty for nothing
            but what is added.
        retention_days: how long backups are kept; the settings' retention unless given, and 35 days without one.
        schedule: when, as ``cron(...)`` in UTC.
        plan_name: from the construct path unless given.

    Raises:
        LandformError: ``argument-value`` for a name, a schedule or days that AWS Backup would refuse, and for a
            vault of elsewhere to back up into.

    >>> plan = BackupPlan(stack, "Backup")
    >>> ledger = Table(stack, "Ledger", partition_key=Attribute("account"))
    >>> plan.add(ledger)
    >>> plan.vault.vault_name
    'acme-payments-prod-data-lake-backup-vault'
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        vault: AnyBackupVault | None = None,
        copy_to: Sequence[AnyBackupVault] | None = None,
        tags: Mapping[str, str] | None = None,
        retention_days: int | None = None,
        schedule: str = "cron(0 5 ? * * *)",
        plan_name: str | None = None,
    ) -> None:
        super().__init__(scope, id)
        stack = self._stack = AwsStack.of(self)
        place = self.node.place
        backup = stack.instance.settings.backup
        self.plan_name = PLAN_NAME.checked(plan_name or stack.physical_name(self, 50), place)
        if retention_days is None:
            retention_days = backup.retention_days or LEAST_RETENTION_DAYS
        days = RETENTION_DAYS.checked(retention_days, place)
        SCHEDULE.checked(schedule, place)
        self.vault: AnyBackupVault = vault or BackupVault(self, "Vault", min_retention_days=days)
        own = stack.arn("backup", f"backup-vault:{self.vault.vault_name}")
        copies = self._copies(copy_to)
        if self.vault.arn != own or own in copies:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "A plan backs up into a vault of its own account and region, and copies to others.",
                place=place,
                given=f"{self.vault.arn}, copied to {', '.join(copies) or 'none'}",
                expected=own,
                fix="Pass a vault of elsewhere in copy_to.",
            )
        self.resource = AwsBackupPlan(
            self,
            "Resource",
            name=self.plan_name,
            rule=[
                Rule(
                    rule_name="daily",
                    target_vault_name=self.vault.resource.name
                    if isinstance(self.vault, BackupVault)
                    else self.vault.vault_name,
                    schedule=schedule,
                    recovery_point_tags=dict(stack.tags),
                    lifecycle_=RuleLifecycle(delete_after=days),
                    copy_action=[
                        RuleCopyAction(
                            destination_vault_arn=arn, lifecycle_=RuleCopyActionLifecycle(delete_after=days)
                        )
                        for arn in copies
                    ],
                )
            ],
        )
        self._plan_id = self.resource.id
        self.tags = {"backup-plan": backup.plan or self.plan_name} if tags is None else dict(tags)
        if self.tags:
            self._select(
                "Tagged",
                resources=["*"],
                conditions=SelectionCondition(
                    string_equals=[
                        ConditionStringEquals(key=f"aws:ResourceTag/{key}", value=value)
                        for key, value in sorted(self.tags.items())
                    ]
                ),
            )
            self._back_up_buckets()

    @staticmethod
    def from_id(scope: Construct, id: str, plan_id: str) -> ImportedBackupPlan:
        """A plan of this account and region that another stack makes, to add to.

        Raises:
            LandformError: ``argument-value`` where it is no plan's id.
        """
        return ImportedBackupPlan(scope, id, plan_id)

    def _copies(self, copy_to: Sequence[AnyBackupVault] | None) -> list[str]:
        """The ARNs of the vaults that backups are copied to."""
        if copy_to is not None:
            return [vault.arn for vault in copy_to]
        stack = self._stack
        name = copies_vault_name(stack)
        return [
            stack.arn("backup", f"backup-vault:{name}", region=region)
            for region in stack.instance.settings.backup.copy_regions
            if region != stack.region
        ]


class ImportedBackupPlan(Selecting):
    """A plan that another stack makes in this account and region: what is added here goes along with the rest."""

    def __init__(self, scope: Construct, id: str, plan_id: str) -> None:
        super().__init__(scope, id)
        self._plan_id = PLAN_ID.checked(plan_id, self.node.place)


AnyBackupPlan = BackupPlan | ImportedBackupPlan
"""A plan made here, or one from elsewhere."""
