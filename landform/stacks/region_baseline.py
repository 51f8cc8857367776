"""What an account has in each of its regions, before any network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landform.constructs import AwsStack
from landform.constructs.account import RegionDefaults
from landform.constructs.account.region_defaults import VpcPublicAccess
from landform.constructs.backup import BackupPlan, BackupVault
from landform.constructs.detective.recorder import Recorder
from landform.constructs.events import EventBus, Rule
from landform.constructs.kms import Key
from landform.constructs.naming import physical_name
from landform.constructs.s3 import LogArchiveBucket
from landform.constructs.ssm import SessionPreferences
from landform.core import Construct
from landform.org.models import Quota
from landform.resources.aws.servicequotas_service_quota import ServicequotasServiceQuota

if TYPE_CHECKING:
    from landform.org.fleet import StackInstance

FORWARDED = (
    "aws.access-analyzer",
    "aws.config",
    "aws.guardduty",
    "aws.health",
    "aws.inspector2",
    "aws.macie",
    "aws.securityhub",
)
"""The sources of events that are findings, or news of AWS's own."""

# Quotas that AWS keeps in one region for all: Service Quotas answers for them there alone.
GLOBAL_SERVICES = frozenset({"account", "cloudfront", "globalaccelerator", "iam", "organizations", "route53"})


class RegionBaseline(AwsStack):
    """Nothing public, volumes encrypted, keys per service, a recorder, logged sessions, backups, quotas.

    Volumes, logs and backups have a key each. Backups are of what carries the tag of the settings' ``backup.plan``,
    and last as long as those say; a region that they copy to has the vault for copies.

    Parameters of the spec:
        archive: the bucket that the recorder delivers to; that of the stack ``log-archive`` of the log archive account
            unless given.
        recorder: whether AWS Config records here; false where another stack of the account does.
        forward_to: the account whose event bus findings go to, that of ``FindingsBus`` there; the rule must name it
            in its ``accounts``. Nowhere unless given.
        vpc_public_access: as for ``RegionDefaults``.

    Raises:
        LandformError: ``reference`` for an account that the stack does not know.
    """

    def __init__(
        self,
        scope: Construct,
        instance: StackInstance,
        *,
        archive: str | None = None,
        recorder: bool = True,
        forward_to: str | None = None,
        vpc_public_access: VpcPublicAccess | None = None,
    ) -> None:
        super().__init__(scope, instance)
        keys = Construct(self, "Keys")
        RegionDefaults(
            self,
            "Region",
            key=Key(keys, "Volumes", description="EBS volumes of the account"),
            vpc_public_access=vpc_public_access,
        )
        SessionPreferences(self, "Sessions", key=Key(keys, "Logs", description="logs of the account"))
        if recorder:
            self._record(archive)
        if forward_to:
            self._forward(self.instance.accounts[forward_to])
        self._back_up(Key(keys, "Backups", description="backups of the account"))
        quotas = Construct(self, "Quotas")
        for quota in regional_quotas(instance.account.quotas):
            ServicequotasServiceQuota(
                quotas,
                f"{quota.service}-{quota.code}",
                service_code=quota.service,
                quota_code=quota.code,
                value=quota.value,
            )

    def _record(self, archive: str | None) -> None:
        organization = self.organization
        owner = organization.log_archive_account
        bucket = LogArchiveBucket.from_name(
            self,
            "Archive",
            archive or physical_name([organization.prefix, owner, "log-archive", "archive"], 63),
            account_id=self.instance.accounts[owner],
            region=organization.home_region,
        )
        # The account's own stack makes the role.
        Recorder(self, "Recorder", archive=bucket, makes_role=False)

    def _forward(self, account_id: str) -> None:
        bus = EventBus.from_name(self, "SecurityBus", findings_bus_name(self), account_id=account_id)
        rule = Rule(
            self,
            "Findings",
            event_pattern={"source": list(FORWARDED)},
            description="Findings, and news of AWS's own, for the security account.",
        )
        rule.add_target(bus)

    def _back_up(self, key: Key) -> None:
        BackupPlan(self, "Backup", vault=BackupVault(self, "Vault", key=key))
        if self.region in self.instance.settings.backup.copy_regions:
            BackupVault.for_copies(self, "Copies", key=key)


def findings_bus_name(stack: AwsStack) -> str:
    """The name, in every region of the security account, of the event bus that findings are forwarded to."""
    return f"{stack.organization.prefix}-findings"


def regional_quotas(quotas: tuple[Quota, ...]) -> tuple[Quota, ...]:
    """Those quotas of an account that each region has its own of."""
    return tuple(quota for quota in quotas if quota.service not in GLOBAL_SERVICES)
