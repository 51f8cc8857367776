"""What every account has before anything else is put into it. Each setting is account-wide in its region."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from landform.constructs import AwsStack
from landform.constructs.kms import Key
from landform.core import Construct
from landform.resources.aws.accessanalyzer_analyzer import AccessanalyzerAnalyzer
from landform.resources.aws.ebs_default_kms_key import EbsDefaultKmsKey
from landform.resources.aws.ebs_encryption_by_default import EbsEncryptionByDefault
from landform.resources.aws.ebs_snapshot_block_public_access import EbsSnapshotBlockPublicAccess
from landform.resources.aws.ec2_image_block_public_access import Ec2ImageBlockPublicAccess
from landform.resources.aws.ec2_instance_metadata_defaults import Ec2InstanceMetadataDefaults
from landform.resources.aws.ec2_serial_console_access import Ec2SerialConsoleAccess
from landform.resources.aws.iam_account_alias import IamAccountAlias
from landform.resources.aws.iam_account_password_policy import IamAccountPasswordPolicy
from landform.resources.aws.s3_account_public_access_block import S3AccountPublicAccessBlock
from landform.resources.aws.ssm_parameter import SsmParameter

if TYPE_CHECKING:
    from landform.org.fleet import StackInstance

RECORD = "/landform/account"


class AccountBaseline(AwsStack):
    """Public access off, encryption by default, IMDSv2, a password policy, an analyzer, the account's record.

    Covers S3.1, EC2.7, EC2.8, EC2.182, IAM.7, IAM.10 and CIS 2.3, 2.8, 2.9, 3.1.4, 6.1.1.
    """

    def __init__(self, scope: Construct, instance: StackInstance) -> None:
        super().__init__(scope, instance)
        key = Key(self, "Key", description="EBS volumes and parameters of the account")
        self._close_to_the_public()
        self._encrypt_volumes(key)
        self._harden_identity()
        self._write_record(key)

    def _close_to_the_public(self) -> None:
        S3AccountPublicAccessBlock(
            self,
            "S3PublicAccess",
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
        )
        EbsSnapshotBlockPublicAccess(self, "SnapshotPublicAccess", state="block-all-sharing")
        Ec2ImageBlockPublicAccess(self, "ImagePublicAccess", state="block-new-sharing")
        Ec2SerialConsoleAccess(self, "SerialConsole", enabled=False)
        Ec2InstanceMetadataDefaults(
            self, "InstanceMetadata", http_tokens="required", http_put_response_hop_limit=1
        )

    def _encrypt_volumes(self, key: Key) -> None:
        EbsEncryptionByDefault(self, "VolumeEncryption", enabled=True)
        EbsDefaultKmsKey(self, "VolumeKey", key_arn=key.arn)

    def _harden_identity(self) -> None:
        IamAccountAlias(
            self, "Alias", account_alias=f"{self.organization.prefix}-{self.instance.account.name}"
        )
        IamAccountPasswordPolicy(
            self,
            "PasswordPolicy",
            minimum_password_length=14,
            require_lowercase_characters=True,
            require_uppercase_characters=True,
            require_numbers=True,
            require_symbols=True,
            allow_users_to_change_password=True,
            max_password_age=90,
            password_reuse_prevention=24,
        )
        AccessanalyzerAnalyzer(
            self,
            "AccessAnalyzer",
            analyzer_name=f"{self.organization.prefix}-external-access",
            type="ACCOUNT",
        )

    def _write_record(self, key: Key) -> None:
        account = self.instance.account
        record = {
            "name": account.name,
            "ou": account.ou,
            "owner": account.owner.team,
            "tier": account.tier,
            "data_class": account.data_class,
        }
        SsmParameter(
            self,
            "Record",
            name=RECORD,
            description="What landform knows of this account.",
            type="SecureString",
            key_id=key.arn,
            value=json.dumps(record, sort_keys=True, separators=(",", ":")),
        )
