"""What holds for a whole account. Each setting is of the account in a region; a few are of all its regions.

The default VPC cannot be removed here: Terraform would first have to take it over as a resource, which CKV_AWS_148
rightly finds. What vends accounts removes it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

from landform.constructs.account.contact import AlternateContact
from landform.constructs.kms import Key
from landform.constructs.kms.key import AnyKey
from landform.constructs.limits import SERVICE_PRINCIPAL
from landform.constructs.ssm.parameter import version_of
from landform.constructs.stack import AwsStack
from landform.core import Construct
from landform.errors import Code, LandformError
from landform.resources.aws.accessanalyzer_analyzer import AccessanalyzerAnalyzer
from landform.resources.aws.account_alternate_contact import AccountAlternateContact
from landform.resources.aws.ebs_default_kms_key import EbsDefaultKmsKey
from landform.resources.aws.ebs_encryption_by_default import EbsEncryptionByDefault
from landform.resources.aws.ebs_snapshot_block_public_access import EbsSnapshotBlockPublicAccess
from landform.resources.aws.ec2_image_block_public_access import Ec2ImageBlockPublicAccess
from landform.resources.aws.ec2_instance_metadata_defaults import Ec2InstanceMetadataDefaults
from landform.resources.aws.ec2_serial_console_access import Ec2SerialConsoleAccess
from landform.resources.aws.iam_account_alias import IamAccountAlias
from landform.resources.aws.iam_account_password_policy import IamAccountPasswordPolicy
from landform.resources.aws.iam_service_linked_role import IamServiceLinkedRole
from landform.resources.aws.s3_account_public_access_block import S3AccountPublicAccessBlock
from landform.resources.aws.ssm_parameter import SsmParameter

RECORD = "/landform/account"


class AccountBaseline(Construct):
    """Public access off, encryption by default, IMDSv2, a password policy, an analyzer, contacts, the account's record.

    It stands once in each region; what is one setting for all regions is made in the organisation's home region.

    Args:
        key: what encrypts volumes and the record; one of its own is made unless given.
        contacts: whom AWS writes to, at most one of a kind; with the home region's.
        service_linked_roles: principals of services whose role an account has once, and has to have before what
            uses it: ``opensearchservice.amazonaws.com``. With the home region's.

    Raises:
        LandformError: ``argument-value`` for two contacts of a kind, or for what is no service; ``duplicate-id``
            for one service twice.

    >>> security = AlternateContact("security", "Blue Team", "On call", "soc@acme.example", "+44 20 7946 0000")
    >>> baseline = AccountBaseline(stack, "Baseline", contacts=[security])
    >>> baseline.record_name
    '/landform/account'
    """

    record_name = RECORD

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        key: AnyKey | None = None,
        contacts: Sequence[AlternateContact] = (),
        service_linked_roles: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, id)
        self._stack = AwsStack.of(self)
        self.key: AnyKey = key or Key(self, "Key", description="EBS volumes and parameters of the account")
        self._close_to_the_public()
        self._encrypt_volumes()
        self._analyze_access()
        self._write_record()
        if self._stack.region == self._stack.organization.home_region:
            self._close_buckets()
            self._harden_identity()
            self._name_contacts(contacts)
            self._add_service_linked_roles(service_linked_roles)

    def _close_to_the_public(self) -> None:
        EbsSnapshotBlockPublicAccess(self, "SnapshotPublicAccess", state="block-all-sharing")
        Ec2ImageBlockPublicAccess(self, "ImagePublicAccess", state="block-new-sharing")
        Ec2SerialConsoleAccess(self, "SerialConsole", enabled=False)
        Ec2InstanceMetadataDefaults(
            self, "InstanceMetadata", http_tokens="required", http_put_response_hop_limit=1
        )

    def _encrypt_volumes(self) -> None:
        EbsEncryptionByDefault(self, "VolumeEncryption", enabled=True)
        EbsDefaultKmsKey(self, "VolumeKey", key_arn=self.key.arn)

    def _analyze_access(self) -> None:
        AccessanalyzerAnalyzer(
            self,
            "AccessAnalyzer",
            analyzer_name=f"{self._stack.organization.prefix}-external-access",
            type="ACCOUNT",
        )

    def _write_record(self) -> None:
        account = self._stack.instance.account
        record = {
            "name": account.name,
            "ou": account.ou,
            "owner": account.owner.team,
            "tier": account.tier,
            "data_class": account.data_class,
        }
        text = json.dumps(record, sort_keys=True, separators=(",", ":"))
        SsmParameter(
            self,
            "Record",
            name=RECORD,
            description="What landform knows of this account.",
            type="SecureString",
            key_id=self.key.arn,
            value_wo=text,
            value_wo_version=version_of(text),
        )

    def _close_buckets(self) -> None:
        S3AccountPublicAccessBlock(
            self,
            "S3PublicAccess",
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
        )

    def _harden_identity(self) -> None:
        prefix = self._stack.organization.prefix
        IamAccountAlias(self, "Alias", account_alias=f"{prefix}-{self._stack.instance.account.name}")
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

    def _add_service_linked_roles(self, services: Sequence[str]) -> None:
        roles = Construct(self, "ServiceLinkedRoles")
        for service in services:
            SERVICE_PRINCIPAL.checked(service, self.node.place)
            IamServiceLinkedRole(roles, service.removesuffix(".amazonaws.com"), aws_service_name=service)

    def _name_contacts(self, contacts: Sequence[AlternateContact]) -> None:
        twice = [kind for kind, count in Counter(contact.kind for contact in contacts).items() if count > 1]
        if twice:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "An account has one contact of a kind.",
                place=self.node.place,
                given=f"two for {', '.join(sorted(twice))}",
            )
        for contact in contacts:
            AccountAlternateContact(
                self,
                f"{contact.kind.capitalize()}Contact",
                alternate_contact_type=contact.kind.upper(),
                name=contact.name,
                title=contact.title,
                email_address=contact.email,
                phone_number=contact.phone,
            )
