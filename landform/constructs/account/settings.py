"""The settings of an account and of its regions: ``AccountBaseline`` makes all of them, the others each its own.

What they are called in the tree is part of Terraform's addresses.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence

from landform.constructs.account.contact import AlternateContact
from landform.constructs.kms.key import AnyKey
from landform.constructs.limits import SERVICE_PRINCIPAL
from landform.constructs.ssm.parameter import version_of
from landform.constructs.stack import AwsStack
from landform.core import Construct
from landform.errors import Code, LandformError
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
"""The parameter that holds what landform knows of an account."""


def close_to_the_public(scope: Construct) -> None:
    """Share no snapshot or image with everyone, and ask instances for tokens; of a region."""
    EbsSnapshotBlockPublicAccess(scope, "SnapshotPublicAccess", state="block-all-sharing")
    Ec2ImageBlockPublicAccess(scope, "ImagePublicAccess", state="block-new-sharing")
    Ec2SerialConsoleAccess(scope, "SerialConsole", enabled=False)
    Ec2InstanceMetadataDefaults(
        scope, "InstanceMetadata", http_tokens="required", http_put_response_hop_limit=1
    )


def encrypt_volumes(scope: Construct, key: AnyKey) -> None:
    """Encrypt every volume, with this key where none is named; of a region."""
    EbsEncryptionByDefault(scope, "VolumeEncryption", enabled=True)
    EbsDefaultKmsKey(scope, "VolumeKey", key_arn=key.arn)


def close_buckets(scope: Construct) -> None:
    """Let no bucket be made public; of an account."""
    S3AccountPublicAccessBlock(
        scope,
        "S3PublicAccess",
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
    )


def harden_identity(scope: Construct) -> None:
    """The alias, and what passwords must be like; of an account."""
    stack = AwsStack.of(scope)
    alias = f"{stack.organization.prefix}-{stack.instance.account.name}"
    IamAccountAlias(scope, "Alias", account_alias=alias)
    IamAccountPasswordPolicy(
        scope,
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


def record_of(stack: AwsStack) -> dict[str, str]:
    """What landform knows of an account."""
    account = stack.instance.account
    return {
        "name": account.name,
        "ou": account.ou,
        "owner": account.owner.team,
        "tier": account.tier,
        "data_class": account.data_class,
    }


def write_record(scope: Construct, key: AnyKey, record: Mapping[str, str]) -> None:
    """Keep what landform knows of an account in a parameter there, encrypted with this key."""
    text = json.dumps(record, sort_keys=True, separators=(",", ":"))
    SsmParameter(
        scope,
        "Record",
        name=RECORD,
        description="What landform knows of this account.",
        type="SecureString",
        key_id=key.arn,
        value_wo=text,
        value_wo_version=version_of(text),
    )


def add_service_linked_roles(scope: Construct, services: Sequence[str]) -> None:
    """Make the roles of services, of which an account has one each."""
    roles = Construct(scope, "ServiceLinkedRoles")
    for service in services:
        SERVICE_PRINCIPAL.checked(service, scope.node.place)
        IamServiceLinkedRole(roles, service.removesuffix(".amazonaws.com"), aws_service_name=service)


def name_contacts(scope: Construct, contacts: Sequence[AlternateContact]) -> None:
    """Name whom AWS writes to.

    Raises:
        LandformError: ``argument-value`` for two of a kind.
    """
    twice = [kind for kind, count in Counter(contact.kind for contact in contacts).items() if count > 1]
    if twice:
        raise LandformError(
            Code.ARGUMENT_VALUE,
            "An account has one contact of a kind.",
            place=scope.node.place,
            given=f"two for {', '.join(sorted(twice))}",
        )
    for contact in contacts:
        AccountAlternateContact(
            scope,
            f"{contact.kind.capitalize()}Contact",
            alternate_contact_type=contact.kind.upper(),
            name=contact.name,
            title=contact.title,
            email_address=contact.email,
            phone_number=contact.phone,
        )
