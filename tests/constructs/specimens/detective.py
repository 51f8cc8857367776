"""What sees."""

from __future__ import annotations

from mutant import EVERYONE, Mutant, document

from landform.constructs.detective import DetectiveBaseline, Trail
from landform.constructs.ec2 import Vpc
from landform.constructs.s3 import Bucket
from landform.core import Construct

ARN = ""
DOCUMENTED: set[tuple[str, str]] = set()


def build(scope: Construct, vpc: Vpc) -> None:
    """A delegated administrator, and a trail."""
    administrator(scope)
    trail(scope)


def administrator(scope: Construct) -> None:
    archive = Bucket.from_name(scope, "Archive", "acme-archive", account_id="222222222222")
    DetectiveBaseline(scope, "Seen", archive=archive, duty="administrator")


def trail(scope: Construct) -> None:
    archive = Bucket.from_name(scope, "TrailArchive", "acme-archive", account_id="222222222222")
    Trail(scope, "Trail", archive=archive)


MUTANTS = (
    Mutant("trail of a region", trail, "Trail/Resource", {"is_multi_region_trail": False}, "CKV_AWS_67"),
    Mutant("trail that sleeps", trail, "Trail/Resource", {"enable_logging": False}, "CKV_AWS_251"),
    Mutant("trail that may be forged", trail, "Trail/Resource",
           {"enable_log_file_validation": False}, "CKV_AWS_36"),
    Mutant("trail in the open", trail, "Trail/Resource", {"kms_key_id": None}, "CKV_AWS_35"),
    Mutant("trail without logs", trail, "Trail/Resource", {"cloud_watch_logs_group_arn": None}, "CKV2_AWS_10"),
    Mutant("trail that tells nobody", trail, "Trail/Resource", {"sns_topic_name": None}, "CKV_AWS_252"),
    Mutant("trail of open logs", trail, "Trail/Logs/Resource", {"kms_key_id": None}, "CKV_AWS_158"),
    Mutant("trail without alarm", trail, "Trail/Alarms/RootUsage/Resource",
           {"actions_enabled": False}, "CKV_AWS_319"),
    Mutant("alarms in the open", trail, "Trail/Topic/Resource", {"kms_master_key_id": None}, "CKV_AWS_26"),
    Mutant("deliveries in the open", trail, "Trail/Deliveries/Resource",
           {"kms_master_key_id": None}, "CKV_AWS_26"),
    Mutant("alarms from anyone", trail, "Trail/Topic/Policy",
           {"policy": document({**EVERYONE, "Action": "sns:Publish"})}, "CKV_AWS_169"),
    Mutant("recorder of some", administrator, "Seen/Recorder/Resource",
           {"recording_group.0.include_global_resource_types": False}, "CKV2_AWS_48"),
    Mutant("recorder that sleeps", administrator, "Seen/Recorder/Status", {"is_enabled": False}, "CKV2_AWS_45"),
    Mutant("recorder of few", administrator, "Seen/Recorder/Resource",
           {"recording_group.0.all_supported": False}, "CKV2_AWS_45"),
    Mutant("aggregator of some regions", administrator, "Seen/Aggregator/Resource",
           {"organization_aggregation_source.0.all_regions": None,
            "organization_aggregation_source.0.regions": ["eu-west-1"]}, "CKV_AWS_121"),
    Mutant("detector that sleeps", administrator, "Seen/GuardDuty/Resource", {"enable": False}, "CKV_AWS_238"),
    Mutant("detector of one account", administrator, "Seen/GuardDuty/Members",
           {"auto_enable_organization_members": "NONE"}, "CKV2_AWS_3"),
    Mutant("members of another detector", administrator, "Seen/GuardDuty/Members",
           {"detector_id": "another"}, "CKV2_AWS_3"),
    Mutant("detector without s3", administrator, "Seen/GuardDuty/S3_DATA_EVENTS", {"status": "DISABLED"},
           "LF_DETECTOR_FEATURE"),
    Mutant("members without a hub", administrator, "Seen/SecurityHub/Members", {"auto_enable": False},
           "LF_DETECTIVE_MEMBERS"),
    Mutant("macie that sleeps", administrator, "Seen/Macie/Resource", {"status": "PAUSED"}, "LF_MACIE_ENABLED"),
    Mutant("alarm on nothing", trail, "Trail/Alarms/RootUsage/Filter", {"pattern": "nothing"}, "LF_TRAIL_ALARMS"),
)  # fmt: skip
"""What the scan must find."""

UNSEEN = ()
"""What no rule of checkov sees: the construct's own tests hold it."""
