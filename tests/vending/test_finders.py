"""Finders, in moto: what stands is found by the id that Terraform imports it by, and what does not is not."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import pytest
from moto import mock_aws

from landform.vending.adopt.finders import FINDERS, NOT_SOUGHT
from landform.vending.adopt.sought import Obstacle, Sought

from .living import ACCOUNT_ID, Clients, inside

REGION = "eu-west-1"
TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})
POLICY = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
)
BUCKET = {"aws_s3_bucket": {"B": {"bucket": "acme-logs"}}}
ROLE = {"aws_iam_role": {"R": {"name": "clerk"}}}
OF_BUCKET = {"bucket": "${aws_s3_bucket.B.bucket}"}
OF_ROLE = {"role": "${aws_iam_role.R.name}"}
ALIAS = {"aws_kms_alias": {"A": {"name": "alias/acme", "target_key_id": "${aws_kms_key.X.key_id}"}}}


def aws(service: str) -> Any:
    """A client of the account."""
    return boto3.client(service, region_name=REGION)


def role() -> None:
    """A role."""
    aws("iam").create_role(RoleName="clerk", AssumeRolePolicyDocument=TRUST)


def bucket() -> Any:
    """A bucket, and S3."""
    s3 = aws("s3")
    s3.create_bucket(Bucket="acme-logs", CreateBucketConfiguration={"LocationConstraint": REGION})
    return s3


def key() -> None:
    """A key with an alias."""
    made = aws("kms").create_key()["KeyMetadata"]["KeyId"]
    aws("kms").create_alias(AliasName="alias/acme", TargetKeyId=made)


def with_role(call: str, **arguments: Any) -> None:
    """A role, and something of it."""
    role()
    getattr(aws("iam"), call)(RoleName="clerk", **arguments)


def with_bucket(call: str, **arguments: Any) -> None:
    """A bucket, and something of it."""
    getattr(bucket(), call)(Bucket="acme-logs", **arguments)


def config() -> None:
    """A recorder and a delivery channel of AWS Config's, under names of somebody's."""
    role_arn = f"arn:aws:iam::{ACCOUNT_ID}:role/config"
    aws("config").put_configuration_recorder(ConfigurationRecorder={"name": "default", "roleARN": role_arn})
    bucket()
    aws("config").put_delivery_channel(DeliveryChannel={"name": "channel", "s3BucketName": "acme-logs"})


DENY = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}
AES = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
# type: (what makes one, the resource's arguments, the stack's other resources, the id).
STANDING: Mapping[str, tuple[Any, Mapping[str, Any], Mapping[str, Any], str]] = {
    "aws_account_alternate_contact": (
        lambda: aws("account").put_alternate_contact(
            AlternateContactType="SECURITY", EmailAddress="a@b.example", Name="n", PhoneNumber="1", Title="t"
        ),
        {"alternate_contact_type": "SECURITY"},
        {},
        "SECURITY",
    ),
    "aws_backup_vault": (
        lambda: aws("backup").create_backup_vault(BackupVaultName="vault"),
        {"name": "vault"},
        {},
        "vault",
    ),
    "aws_budgets_budget": (
        lambda: aws("budgets").create_budget(
            AccountId=ACCOUNT_ID,
            Budget={
                "BudgetName": "b",
                "TimeUnit": "MONTHLY",
                "BudgetType": "COST",
                "BudgetLimit": {"Amount": "9", "Unit": "USD"},
            },
        ),
        {"name": "b"},
        {},
        f"{ACCOUNT_ID}:b",
    ),
    "aws_cloudtrail": (
        lambda: [bucket(), aws("cloudtrail").create_trail(Name="trail", S3BucketName="acme-logs")],
        {"name": "trail"},
        {},
        f"arn:aws:cloudtrail:{REGION}:{ACCOUNT_ID}:trail/trail",
    ),
    "aws_cloudwatch_log_group": (
        lambda: aws("logs").create_log_group(logGroupName="/acme/logs"),
        {"name": "/acme/logs"},
        {},
        "/acme/logs",
    ),
    "aws_config_configuration_recorder": (config, {"name": "acme"}, {}, "default"),
    "aws_config_configuration_recorder_status": (config, {"name": "acme"}, {}, "default"),
    "aws_config_delivery_channel": (config, {"name": "acme"}, {}, "channel"),
    "aws_dynamodb_table": (
        lambda: aws("dynamodb").create_table(
            TableName="books",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        ),
        {"name": "books"},
        {},
        "books",
    ),
    "aws_ebs_encryption_by_default": (
        lambda: aws("ec2").enable_ebs_encryption_by_default(),
        {"enabled": True},
        {},
        "default",
    ),
    "aws_iam_account_alias": (
        lambda: aws("iam").create_account_alias(AccountAlias="old"),
        {"account_alias": "new"},
        {},
        "old",
    ),
    "aws_iam_account_password_policy": (
        lambda: aws("iam").update_account_password_policy(MinimumPasswordLength=8),
        {},
        {},
        "iam-account-password-policy",
    ),
    "aws_iam_instance_profile": (
        lambda: aws("iam").create_instance_profile(InstanceProfileName="web"),
        {"name": "web"},
        {},
        "web",
    ),
    "aws_iam_policy": (
        lambda: aws("iam").create_policy(PolicyName="p", PolicyDocument=POLICY),
        {"name": "p"},
        {},
        f"arn:aws:iam::{ACCOUNT_ID}:policy/p",
    ),
    "aws_iam_role": (role, {"name": "clerk"}, {}, "clerk"),
    "aws_iam_role_policy": (
        lambda: with_role("put_role_policy", PolicyName="grants", PolicyDocument=POLICY),
        {"name": "grants", **OF_ROLE},
        ROLE,
        "clerk:grants",
    ),
    "aws_iam_role_policy_attachment": (
        lambda: with_role("attach_role_policy", PolicyArn=aws("iam").create_policy(
            PolicyName="p", PolicyDocument=POLICY
        )["Policy"]["Arn"]),
        {"policy_arn": f"arn:aws:iam::{ACCOUNT_ID}:policy/p", **OF_ROLE},
        ROLE,
        f"clerk/arn:aws:iam::{ACCOUNT_ID}:policy/p",
    ),
    "aws_iam_service_linked_role": (
        lambda: aws("iam").create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com"),
        {"aws_service_name": "autoscaling.amazonaws.com"},
        {},
        f"arn:aws:iam::{ACCOUNT_ID}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
    ),
    "aws_kms_alias": (key, {"name": "alias/acme"}, {}, "alias/acme"),
    "aws_s3_account_public_access_block": (
        lambda: aws("s3control").put_public_access_block(
            AccountId=ACCOUNT_ID, PublicAccessBlockConfiguration=DENY
        ),
        {},
        {},
        ACCOUNT_ID,
    ),
    "aws_s3_bucket": (bucket, {"bucket": "acme-logs"}, {}, "acme-logs"),
    "aws_s3_bucket_lifecycle_configuration": (
        lambda: with_bucket(
            "put_bucket_lifecycle_configuration",
            LifecycleConfiguration={
                "Rules": [{"ID": "r", "Status": "Enabled", "Prefix": "", "Expiration": {"Days": 9}}]
            },
        ),
        OF_BUCKET,
        BUCKET,
        "acme-logs",
    ),
    "aws_s3_bucket_notification": (
        lambda: with_bucket(
            "put_bucket_notification_configuration",
            NotificationConfiguration={
                "TopicConfigurations": [
                    {
                        "TopicArn": aws("sns").create_topic(Name="t")["TopicArn"],
                        "Events": ["s3:ObjectCreated:*"],
                    }
                ]
            },
        ),
        OF_BUCKET,
        BUCKET,
        "acme-logs",
    ),
    "aws_s3_bucket_ownership_controls": (
        lambda: with_bucket(
            "put_bucket_ownership_controls",
            OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        ),
        OF_BUCKET,
        BUCKET,
        "acme-logs",
    ),
    "aws_s3_bucket_policy": (lambda: with_bucket("put_bucket_policy", Policy=POLICY), OF_BUCKET, BUCKET, "acme-logs"),
    "aws_s3_bucket_public_access_block": (
        lambda: with_bucket("put_public_access_block", PublicAccessBlockConfiguration=DENY),
        OF_BUCKET,
        BUCKET,
        "acme-logs",
    ),
    "aws_s3_bucket_server_side_encryption_configuration": (
        lambda: with_bucket("put_bucket_encryption", ServerSideEncryptionConfiguration=AES),
        OF_BUCKET,
        BUCKET,
        "acme-logs",
    ),
    "aws_s3_bucket_versioning": (
        lambda: with_bucket("put_bucket_versioning", VersioningConfiguration={"Status": "Enabled"}),
        OF_BUCKET,
        BUCKET,
        "acme-logs",
    ),
    "aws_securityhub_account": (lambda: aws("securityhub").enable_security_hub(), {}, {}, ACCOUNT_ID),
    "aws_sns_topic": (
        lambda: aws("sns").create_topic(Name="alarms"),
        {"name": "alarms"},
        {},
        f"arn:aws:sns:{REGION}:{ACCOUNT_ID}:alarms",
    ),
    "aws_sqs_queue": (
        lambda: aws("sqs").create_queue(QueueName="q"),
        {"name": "q"},
        {},
        f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT_ID}/q",
    ),
    "aws_ssm_document": (
        lambda: aws("ssm").create_document(
            Name="SSM-SessionManagerRunShell",
            DocumentType="Session",
            Content=json.dumps({"schemaVersion": "1.0", "sessionType": "Standard_Stream", "inputs": {}}),
        ),
        {"name": "SSM-SessionManagerRunShell"},
        {},
        "SSM-SessionManagerRunShell",
    ),
    "aws_ssm_parameter": (
        lambda: aws("ssm").put_parameter(Name="/acme/p", Value="v", Type="String"),
        {"name": "/acme/p", "value_wo": "w"},
        {},
        "/acme/p",
    ),
}  # fmt: skip
# Finders whose things are tested apart, and why.
APART = {
    "aws_accessanalyzer_analyzer": "moto has no IAM Access Analyzer",
    "aws_guardduty_detector": "its id is AWS's",
    "aws_kms_key": "its id is AWS's",
    "aws_s3_bucket_logging": "moto wants a policy of the target",
}


@pytest.fixture(autouse=True)
def account() -> Iterator[None]:
    """An empty account."""
    with mock_aws():
        yield


def sought(block: Mapping[str, Any], others: Mapping[str, Any] | None = None, name: str = "X") -> Sought:
    """A resource of a stack."""
    return Sought(inside(), REGION, others or {}, name, block)


class TestFinders:
    """``FINDERS``."""

    def test_each_is_tried(self) -> None:
        """Here, or apart."""
        assert sorted(FINDERS) == sorted([*STANDING, *APART])
        assert not FINDERS.keys() & NOT_SOUGHT.keys()

    @pytest.mark.parametrize("kind", STANDING)
    def test_what_stands(self, kind: str) -> None:
        """It is found by its id, where it is, and not where it is not."""
        make, block, others, id = STANDING[kind]
        assert FINDERS[kind](sought(block, others)) is None
        make()
        assert FINDERS[kind](sought(block, others)) == id

    @pytest.mark.parametrize(
        "kind", [kind for kind, (_, block, others, _) in STANDING.items() if others == BUCKET]
    )
    def test_a_bucket_without_the_part(self, kind: str) -> None:
        """Terraform would refuse to import what is not there."""
        bucket()
        assert FINDERS[kind](sought(OF_BUCKET, BUCKET)) is None

    @pytest.mark.parametrize("kind", [kind for kind, (_, block, *_) in STANDING.items() if "name" in block])
    def test_a_name_that_is_not_known_yet(self, kind: str) -> None:
        """There is nothing to look for, but what an account has one of."""
        block = {**STANDING[kind][1], "name": "${aws_x.y.name}"}
        assert FINDERS[kind](sought(block, STANDING[kind][2])) is None

    def test_a_key_by_its_alias(self) -> None:
        """A key has no name of its own."""
        assert FINDERS["aws_kms_key"](sought({}, ALIAS)) is None
        key()
        (listed,) = aws("kms").list_keys()["Keys"]
        assert FINDERS["aws_kms_key"](sought({}, ALIAS)) == listed["KeyId"]
        assert FINDERS["aws_kms_key"](sought({}, ALIAS, name="Other")) is None

    def test_a_detector(self) -> None:
        """A Region has one."""
        assert FINDERS["aws_guardduty_detector"](sought({})) is None
        made = aws("guardduty").create_detector(Enable=True)["DetectorId"]
        assert FINDERS["aws_guardduty_detector"](sought({})) == made

    @pytest.mark.parametrize(("there", "id"), [([], None), ([{"name": "old"}], "old")])
    def test_an_analyzer(self, there: list[dict[str, str]], id: str | None) -> None:
        """The one of its kind that there is, whatever its name."""

        class Analyzers:
            def list_analyzers(self, *, type: str) -> dict[str, Any]:
                return {"analyzers": there if type == "ACCOUNT" else []}

        at = inside(Clients({"accessanalyzer": lambda _: Analyzers()}))
        found = FINDERS["aws_accessanalyzer_analyzer"](Sought(at, REGION, {}, "X", {"type": "ACCOUNT"}))
        assert found == id

    def test_logging_of_a_bucket(self) -> None:
        """It is off in a new one."""
        bucket()
        assert FINDERS["aws_s3_bucket_logging"](sought(OF_BUCKET, BUCKET)) is None

    def test_a_parameter_that_stands_in_the_way(self) -> None:
        """Whose value would never be set."""
        STANDING["aws_ssm_parameter"][0]()
        found = FINDERS["aws_ssm_parameter"](sought({"name": "/acme/p", "insecure_value": "v"}))
        assert isinstance(found, Obstacle)
        assert found.id == "/acme/p"
