"""What an account has in each of its regions, before any network."""

from __future__ import annotations

from collections.abc import Mapping
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
from landform.errors import Code, LandformError
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
        forward_events: where findings go, as ``{account: name, bus: name}``; the rule must name the account in its
            ``accounts``.
        vpc_public_access: as for ``RegionDefaults``.

    Raises:
        LandformError: ``argument-value`` where events are forwarded to half a place, ``reference`` for an account that
            the stack does not know.
    """

    def __init__(
        self,
        scope: Construct,
        instance: StackInstance,
        *,
        archive: str | None = None,
        recorder: bool = True,
        forward_events: Mapping[str, str] | None = None,
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
        if forward_events:
            self._forward(forward_events)
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

    def _forward(self, to: Mapping[str, str]) -> None:
        if set(to) != {"account", "bus"}:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "This does not say where events are forwarded to.",
                place=self.instance.source,
                given=", ".join(sorted(to)),
                expected="account and bus, both names",
                fix=f"Set both in stacks.params.{self.instance.stack}.forward_events.",
            )
        bus = EventBus.from_name(
            self, "SecurityBus", to["bus"], account_id=self.instance.accounts[to["account"]]
        )
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


def regional_quotas(quotas: tuple[Quota, ...]) -> tuple[Quota, ...]:
    """Those quotas of an account that each region has its own of."""
    return tuple(quota for quota in quotas if quota.service not in GLOBAL_SERVICES)
