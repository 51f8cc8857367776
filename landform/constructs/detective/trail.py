"""Trails. Follows "Creating a trail for an organization" and "Encrypting CloudTrail log files"."""

from __future__ import annotations

from collections.abc import Sequence

from landform.constructs.alarms import AlarmTopic
from landform.constructs.detective.cis_alarms import CisAlarms
from landform.constructs.iam import Role, Trust
from landform.constructs.kms import Key
from landform.constructs.kms.key import AnyKey
from landform.constructs.logs import LogGroup
from landform.constructs.s3.imported import ImportedBucket, ImportedLogBucket
from landform.constructs.s3.log_archive_bucket import LogArchiveBucket
from landform.constructs.stack import AwsStack
from landform.core import Construct, Lifecycle
from landform.iam import Condition
from landform.resources.aws.cloudtrail import Cloudtrail, EventSelector, EventSelectorDataResource

AnyArchive = LogArchiveBucket | ImportedLogBucket | ImportedBucket
"""The bucket of the organisation's logs, made here or elsewhere."""

_SERVICE = "cloudtrail.amazonaws.com"


class Trail(Construct):
    """A trail of every region, validated and encrypted, and an alarm for each event that the CIS benchmark lists.

    In the management account it is of every account; elsewhere of the account alone. The organisation's ``logging``
    says its name, and whether it records what happens to the objects of S3.

    Args:
        archive: where its files end: the bucket of the organisation's logs.
        key: the key that encrypts them; one of its own is made unless given.
        subscribers: e-mail addresses that hear the alarms; the account's security contact unless given.

    >>> archive = LogArchiveBucket.from_name(stack, "Archive", "acme-archive", account_id="222222222222")
    >>> trail = Trail(stack, "Trail", archive=archive)
    >>> trail.arn
    'arn:aws:cloudtrail:eu-west-1:012345678901:trail/organization'
    >>> rescue = "arn:aws:iam::111111111111:user/rescue-1"
    >>> role = BreakGlassRole(stack, "Rescue", principals=[rescue], trail_log_group=trail.log_group)
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        archive: AnyArchive,
        key: AnyKey | None = None,
        subscribers: Sequence[str] | None = None,
    ) -> None:
        super().__init__(scope, id)
        stack = AwsStack.of(self)
        logging = stack.organization.logging
        self.arn = stack.arn("cloudtrail", f"trail/{logging.trail}")
        self.key: AnyKey = key or Key(self, "Key", description=f"files of the trail {logging.trail}")
        self._let_encrypt(stack)
        self.log_group = LogGroup(self, "Logs")
        role = Role(
            self,
            "Role",
            description="Delivers the trail to its log group.",
            trust=[Trust.service(_SERVICE, source_arn=self.arn)],
        )
        self.log_group.grants.write(role)
        # Each delivery of a file is told here; queues subscribe, nobody is written to.
        self.deliveries = AlarmTopic(self, "Deliveries", subscribers=())
        source = Condition("StringEquals", "aws:SourceArn", (self.arn,))
        self.deliveries.allow(_SERVICE, sid="Trail", conditions=(source,))
        protected = stack.default_on(
            self, "Terraform may not destroy the trail", setting="sizing.deletion_protection"
        )
        self.resource = Cloudtrail(
            self,
            "Resource",
            name=logging.trail,
            s3_bucket_name=archive.bucket_name,
            kms_key_id=self.key.arn,
            is_organization_trail=stack.instance.account.name == stack.organization.management_account,
            is_multi_region_trail=True,
            include_global_service_events=True,
            enable_logging=True,
            enable_log_file_validation=True,
            cloud_watch_logs_group_arn=f"{self.log_group.resource.arn}:*",
            cloud_watch_logs_role_arn=role.resource.arn,
            sns_topic_name=self.deliveries.resource.name,
            event_selector=[_selector(stack, logging.data_events)],
            lifecycle=Lifecycle(prevent_destroy=True) if protected else None,
            # CloudTrail tries the role, the topic and the bucket before it makes the trail.
            depends_on=[role, self.deliveries, archive],
        )
        self.topic = AlarmTopic(self, "Topic", subscribers=subscribers)
        CisAlarms(self, "Alarms", log_group=self.log_group, topic=self.topic)

    def _let_encrypt(self, stack: AwsStack) -> None:
        source = Condition("StringEquals", "aws:SourceArn", (self.arn,))
        trails = stack.arn("cloudtrail", "trail/*", region="*")
        context = Condition("StringLike", "kms:EncryptionContext:aws:cloudtrail:arn", (trails,))
        self.key.allow_service(
            _SERVICE, sid="TrailEncrypts", actions=("kms:GenerateDataKey",), conditions=[source, context]
        )
        self.key.allow_service(
            _SERVICE, sid="TrailDescribesKey", actions=("kms:DescribeKey",), conditions=[source]
        )


def _selector(stack: AwsStack, data_events: bool) -> EventSelector:
    objects = EventSelectorDataResource(type="AWS::S3::Object", values=[f"arn:{stack.partition}:s3"])
    return EventSelector(
        read_write_type="All",
        include_management_events=True,
        data_resource=[objects] if data_events else None,
    )
