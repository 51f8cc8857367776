"""How to find in a living account what a resource of a stack would make, and the id that Terraform imports it by.

``FINDERS`` says of a type how it is found, ``NOT_SOUGHT`` why it is not looked for; of any other it is not known.
Of what an account or a Region has only one, that one is found whatever its name is: the plan then says what would
become of it. ("Import" at the end of each resource's page in the AWS provider's documentation.)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from landform.vending.adopt.sought import Obstacle, Sought, answer

Finder = Callable[[Sought], str | Obstacle | None]


@dataclass(frozen=True, slots=True)
class Named:
    """Finds a thing by the name that its resource gives it; the name is the id.

    Attributes:
        argument: the resource's, that holds the name.
        service, operation, parameter: what AWS is asked.
        absent: the codes that say that there is none.
    """

    argument: str
    service: str
    operation: str
    parameter: str
    absent: tuple[str, ...]

    def __call__(self, sought: Sought) -> str | None:
        """The name, where there is such a thing."""
        name = sought.text(self.argument)
        if name is None:
            return None
        client = sought.client(self.service)
        return name if answer(client, self.operation, self.absent, **{self.parameter: name}) else None


@dataclass(frozen=True, slots=True)
class OfBucket:
    """Finds a part of a bucket that has a resource of its own; the bucket's name is the id.

    Attributes:
        operation: the call that reads the part.
        part: the key of the answer that is there where the part is.
        absent: the code that says that there is none, where there is one.
    """

    operation: str
    part: str
    absent: str = ""

    def __call__(self, sought: Sought) -> str | None:
        """The bucket's name, where it has the part."""
        bucket = sought.text("bucket")
        if bucket is None or bucket_named(sought, bucket) is None:
            return None
        found = answer(sought.client("s3"), self.operation, (self.absent,), Bucket=bucket)
        return bucket if found and found.get(self.part) else None


def bucket_named(sought: Sought, bucket: str) -> str | None:
    """A bucket's name, where the account has it. One of another account is an error of AWS's."""
    found = answer(
        sought.client("s3"),
        "head_bucket",
        ("404", "NoSuchBucket"),
        Bucket=bucket,
        ExpectedBucketOwner=sought.account_id,
    )
    return bucket if found is not None else None


def _bucket(sought: Sought) -> str | None:
    bucket = sought.text("bucket")
    return bucket and bucket_named(sought, bucket)


def _notification(sought: Sought) -> str | None:
    bucket = sought.text("bucket")
    if bucket is None or bucket_named(sought, bucket) is None:
        return None
    found = sought.client("s3").get_bucket_notification_configuration(Bucket=bucket)
    return bucket if found.keys() - {"ResponseMetadata"} else None


def _account_access_block(sought: Sought) -> str | None:
    account_id = sought.account_id
    absent = ("NoSuchPublicAccessBlockConfiguration",)
    found = answer(sought.client("s3control"), "get_public_access_block", absent, AccountId=account_id)
    return account_id if found else None


def _password_policy(sought: Sought) -> str | None:
    found = answer(sought.client("iam"), "get_account_password_policy", ("NoSuchEntity",))
    return "iam-account-password-policy" if found else None


def _alias(sought: Sought) -> str | None:
    found = sought.client("iam").list_account_aliases()["AccountAliases"]
    return found[0] if found else None


def _policy(sought: Sought) -> str | None:
    name = sought.text("name")
    if name is None:
        return None
    arn = sought.arn("iam", f"policy{sought.text('path') or '/'}{name}")
    return arn if answer(sought.client("iam"), "get_policy", ("NoSuchEntity",), PolicyArn=arn) else None


def _role_policy(sought: Sought) -> str | None:
    role, name = sought.text("role"), sought.text("name")
    if role is None or name is None:
        return None
    client = sought.client("iam")
    found = answer(client, "get_role_policy", ("NoSuchEntity",), RoleName=role, PolicyName=name)
    return f"{role}:{name}" if found else None


def _attachment(sought: Sought) -> str | None:
    role, policy = sought.text("role"), sought.text("policy_arn")
    if role is None or policy is None:
        return None
    found = answer(sought.client("iam"), "list_attached_role_policies", ("NoSuchEntity",), RoleName=role)
    attached = {each["PolicyArn"] for each in found["AttachedPolicies"]} if found else set()
    return f"{role}/{policy}" if policy in attached else None


def _service_linked_role(sought: Sought) -> str | None:
    service = sought.text("aws_service_name")
    if service is None:
        return None
    roles = (
        sought.client("iam").get_paginator("list_roles").paginate(PathPrefix=f"/aws-service-role/{service}/")
    )
    return next((str(role["Arn"]) for page in roles for role in page["Roles"]), None)


def _key(sought: Sought) -> str | None:
    """A key has no name: it is the one that the stack's alias leads to."""
    reference = re.compile(rf"\$\{{aws_kms_key\.{re.escape(sought.name)}\.\w+\}}")
    for alias in sought.resources.get("aws_kms_alias", {}).values():
        if reference.fullmatch(str(alias.get("target_key_id"))):
            client = sought.client("kms")
            found = answer(client, "describe_key", ("NotFoundException",), KeyId=alias["name"])
            return str(found["KeyMetadata"]["KeyId"]) if found else None
    return None


def _log_group(sought: Sought) -> str | None:
    name = sought.text("name")
    if name is None:
        return None
    found = sought.client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    return name if any(group["logGroupName"] == name for group in found) else None


def _contact(sought: Sought) -> str | None:
    kind = sought.text("alternate_contact_type")
    absent = ("ResourceNotFoundException",)
    client = sought.at.client("account")
    return kind if answer(client, "get_alternate_contact", absent, AlternateContactType=kind) else None


def _analyzer(sought: Sought) -> str | None:
    kind = sought.text("type") or "ACCOUNT"
    found = sought.client("accessanalyzer").list_analyzers(type=kind)["analyzers"]
    return str(found[0]["name"]) if found else None


def _recorder(sought: Sought) -> str | None:
    found = sought.client("config").describe_configuration_recorders()["ConfigurationRecorders"]
    return str(found[0]["name"]) if found else None


def _delivery_channel(sought: Sought) -> str | None:
    found = sought.client("config").describe_delivery_channels()["DeliveryChannels"]
    return str(found[0]["name"]) if found else None


def _detector(sought: Sought) -> str | None:
    found = sought.client("guardduty").list_detectors()["DetectorIds"]
    return str(found[0]) if found else None


def _hub(sought: Sought) -> str | None:
    absent = ("InvalidAccessException", "ResourceNotFoundException")
    return sought.account_id if answer(sought.client("securityhub"), "describe_hub", absent) else None


def _topic(sought: Sought) -> str | None:
    name = sought.text("name")
    if name is None:
        return None
    arn = sought.arn("sns", name, region=sought.region)
    return arn if answer(sought.client("sns"), "get_topic_attributes", ("NotFound",), TopicArn=arn) else None


def _trail(sought: Sought) -> str | None:
    name = sought.text("name")
    if name is None:
        return None
    found = sought.client("cloudtrail").get_paginator("list_trails").paginate()
    return next(
        (str(each["TrailARN"]) for page in found for each in page["Trails"] if each["Name"] == name), None
    )


def _queue(sought: Sought) -> str | None:
    name = sought.text("name")
    if name is None:
        return None
    absent = ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist")
    found = answer(sought.client("sqs"), "get_queue_url", absent, QueueName=name)
    return str(found["QueueUrl"]) if found else None


def _vault(sought: Sought) -> str | None:
    """A vault by its name: of one that there is not AWS says that it may not be described."""
    found = sought.client("backup").get_paginator("list_backup_vaults").paginate()
    names = {each["BackupVaultName"] for page in found for each in page["BackupVaultList"]}
    name = sought.text("name")
    return name if name in names else None


def _budget(sought: Sought) -> str | None:
    name = sought.text("name")
    if name is None:
        return None
    client, id = sought.at.client("budgets"), sought.account_id
    found = answer(client, "describe_budget", ("NotFoundException",), AccountId=id, BudgetName=name)
    return f"{id}:{name}" if found else None


def _parameter(sought: Sought) -> str | Obstacle | None:
    """A parameter by its name; its value is not read."""
    name = sought.text("name")
    if name is None:
        return None
    wanted = {"Key": "Name", "Option": "Equals", "Values": [name]}
    if not sought.client("ssm").describe_parameters(ParameterFilters=[wanted])["Parameters"]:
        return None
    # Seen with provider 5.100.0: value and insecure_value are both unknown in each plan, and neither is ever set.
    if "insecure_value" in sought.block:
        return Obstacle(name, "The provider never sets `insecure_value` of a parameter that it imported.")
    return name


def _volume_encryption(sought: Sought) -> str | None:
    found = sought.client("ec2").get_ebs_encryption_by_default()
    return "default" if found["EbsEncryptionByDefault"] else None


FINDERS: Mapping[str, Finder] = {
    "aws_accessanalyzer_analyzer": _analyzer,
    "aws_account_alternate_contact": _contact,
    "aws_backup_vault": _vault,
    "aws_budgets_budget": _budget,
    "aws_cloudtrail": _trail,
    "aws_cloudwatch_log_group": _log_group,
    "aws_config_configuration_recorder": _recorder,
    "aws_config_configuration_recorder_status": _recorder,
    "aws_config_delivery_channel": _delivery_channel,
    "aws_dynamodb_table": Named(
        "name", "dynamodb", "describe_table", "TableName", ("ResourceNotFoundException",)
    ),
    "aws_ebs_encryption_by_default": _volume_encryption,
    "aws_guardduty_detector": _detector,
    "aws_iam_account_alias": _alias,
    "aws_iam_account_password_policy": _password_policy,
    "aws_iam_instance_profile": Named(
        "name", "iam", "get_instance_profile", "InstanceProfileName", ("NoSuchEntity",)
    ),
    "aws_iam_policy": _policy,
    "aws_iam_role": Named("name", "iam", "get_role", "RoleName", ("NoSuchEntity",)),
    "aws_iam_role_policy": _role_policy,
    "aws_iam_role_policy_attachment": _attachment,
    "aws_iam_service_linked_role": _service_linked_role,
    "aws_kms_alias": Named("name", "kms", "describe_key", "KeyId", ("NotFoundException",)),
    "aws_kms_key": _key,
    "aws_s3_account_public_access_block": _account_access_block,
    "aws_s3_bucket": _bucket,
    "aws_s3_bucket_lifecycle_configuration": OfBucket(
        "get_bucket_lifecycle_configuration", "Rules", "NoSuchLifecycleConfiguration"
    ),
    "aws_s3_bucket_logging": OfBucket("get_bucket_logging", "LoggingEnabled"),
    "aws_s3_bucket_notification": _notification,
    "aws_s3_bucket_ownership_controls": OfBucket(
        "get_bucket_ownership_controls", "OwnershipControls", "OwnershipControlsNotFoundError"
    ),
    "aws_s3_bucket_policy": OfBucket("get_bucket_policy", "Policy", "NoSuchBucketPolicy"),
    "aws_s3_bucket_public_access_block": OfBucket(
        "get_public_access_block",
        "PublicAccessBlockConfiguration",
        "NoSuchPublicAccessBlockConfiguration",
    ),
    "aws_s3_bucket_server_side_encryption_configuration": OfBucket(
        "get_bucket_encryption",
        "ServerSideEncryptionConfiguration",
        "ServerSideEncryptionConfigurationNotFoundError",
    ),
    "aws_s3_bucket_versioning": OfBucket("get_bucket_versioning", "Status"),
    "aws_securityhub_account": _hub,
    "aws_sns_topic": _topic,
    "aws_sqs_queue": _queue,
    "aws_ssm_document": Named("name", "ssm", "describe_document", "Name", ("InvalidDocument",)),
    "aws_ssm_parameter": _parameter,
}
"""How the things of a type are found, by type."""

_SETTING = "It is a setting that is always there: it is set as the stack says, and nothing is destroyed."
NOT_SOUGHT: Mapping[str, str] = {
    "aws_ebs_default_kms_key": _SETTING,
    "aws_ebs_snapshot_block_public_access": _SETTING,
    "aws_ec2_image_block_public_access": _SETTING,
    "aws_ec2_instance_metadata_defaults": _SETTING,
    "aws_ec2_serial_console_access": _SETTING,
    "aws_ssm_service_setting": _SETTING,
    "aws_vpc_block_public_access_options": _SETTING,
}
"""Why the things of a type are not looked for, by type."""
UNKNOWN = "Nobody has said how it is found: what stands stays beside what the stack makes."
"""Of every other type."""
