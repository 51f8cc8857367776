"""AWS Config. Follows "Service-linked roles for AWS Config" and "Aggregating data" of its guide."""

from __future__ import annotations

from landform.constructs.detective.trail import AnyArchive
from landform.constructs.iam import Role, Trust
from landform.constructs.stack import AwsStack
from landform.core import Construct
from landform.resources.aws.config_configuration_aggregator import (
    ConfigConfigurationAggregator,
    OrganizationAggregationSource,
)
from landform.resources.aws.config_configuration_recorder import ConfigConfigurationRecorder, RecordingGroup
from landform.resources.aws.config_configuration_recorder_status import ConfigConfigurationRecorderStatus
from landform.resources.aws.config_delivery_channel import ConfigDeliveryChannel, SnapshotDeliveryProperties
from landform.resources.aws.iam_service_linked_role import IamServiceLinkedRole

_SERVICE = "config.amazonaws.com"


class Recorder(Construct):
    """The recorder of an account in a region: every kind of resource, delivered to the archive.

    Args:
        archive: where snapshots and histories end.
        makes_role: whether it makes the service-linked role, of which an account has one.
    """

    def __init__(self, scope: Construct, id: str, *, archive: AnyArchive, makes_role: bool) -> None:
        super().__init__(scope, id)
        stack = AwsStack.of(self)
        role = f"role/aws-service-role/{_SERVICE}/AWSServiceRoleForConfig"
        made = [IamServiceLinkedRole(self, "Role", aws_service_name=_SERVICE)] if makes_role else []
        recorder = ConfigConfigurationRecorder(
            self,
            "Resource",
            name=stack.organization.prefix,
            role_arn=stack.arn("iam", role, region=""),
            recording_group=RecordingGroup(all_supported=True, include_global_resource_types=True),
            depends_on=made,
        )
        channel = ConfigDeliveryChannel(
            self,
            "Channel",
            name=stack.organization.prefix,
            s3_bucket_name=archive.bucket_name,
            s3_kms_key_arn=archive.key.arn if archive.key else None,
            snapshot_delivery_properties=SnapshotDeliveryProperties(delivery_frequency="TwentyFour_Hours"),
            depends_on=[recorder, archive],
        )
        ConfigConfigurationRecorderStatus(
            self,
            "Status",
            name=recorder.name,
            is_enabled=True,
            # A recorder without a channel cannot be started.
            depends_on=[channel],
        )


class Aggregator(Construct):
    """What every recorder of the organisation has recorded, in one place."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        role = Role(
            self,
            "Role",
            description="Lists the organisation's accounts for AWS Config.",
            trust=[Trust.service(_SERVICE)],
            managed_policies=["service-role/AWSConfigRoleForOrganizations"],
        )
        ConfigConfigurationAggregator(
            self,
            "Resource",
            name=AwsStack.of(self).organization.prefix,
            organization_aggregation_source=OrganizationAggregationSource(
                all_regions=True, role_arn=role.resource.arn
            ),
            # AWS Config tries the role.
            depends_on=[role],
        )
