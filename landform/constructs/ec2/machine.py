"""What an instance and a launch template share. Follows "Security in Amazon EC2" of the guide."""

from __future__ import annotations

import re

from landform.constructs.ec2.limits import USER_DATA_BYTES
from landform.constructs.iam import Role, Trust
from landform.constructs.kms import Key
from landform.constructs.kms.grants import DECRYPT, ENCRYPT
from landform.constructs.kms.key import AnyKey
from landform.core import Construct
from landform.errors import Code, LandformError, Place
from landform.iam import Condition, Principal, Statement
from landform.resources.aws.iam_instance_profile import IamInstanceProfile
from landform.resources.aws.iam_service_linked_role import IamServiceLinkedRole

SSM_POLICY = "AmazonSSMManagedInstanceCore"

_REFERENCE = re.compile(r"\$\{(data\.)?\w+\.\w+")
# Access keys begin with AKIA, those of a session with ASIA ("IAM identifiers").
_CREDENTIALS = re.compile(r"\bA[KS]IA[0-9A-Z]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY-----")


def machine_role(scope: Construct) -> Role:
    """The role of a machine that is reached through Systems Manager alone."""
    return Role(
        scope,
        "Role",
        trust=[Trust.service("ec2.amazonaws.com")],
        managed_policies=[SSM_POLICY],
    )


def instance_profile(scope: Construct, role: Role) -> IamInstanceProfile:
    """The instance profile that gives a machine its role."""
    return IamInstanceProfile(scope, "Profile", name=role.role_name, role=role.resource.name)


def checked_user_data(text: str | None, place: Place) -> str | None:
    """The user data itself, as it was written: a shell's own ``${...}`` stay what they are.

    Raises:
        LandformError: ``argument-value`` for more than EC2 takes, for credentials, and for a reference, which
            would reach the machine as text.
    """
    if text is None:
        return None
    refused = (
        (len(text.encode()) > USER_DATA_BYTES, f"more than {USER_DATA_BYTES} bytes", "a shorter script"),
        (_CREDENTIALS.search(text), "an access key or a private key", "a secret, read by the role"),
        (_REFERENCE.search(text), "a reference to a resource", "literal names and ARNs"),
    )
    for found, given, expected in refused:
        if found:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "This cannot be the user data of a machine.",
                place=place,
                given=given,
                expected=expected,
                fix="Everyone who may describe the machine can read its user data, and nothing fills it in.",
            )
    return text


def let_launch(key: AnyKey, arn: str, *, after: IamServiceLinkedRole | None = None) -> None:
    """Let a service's own role start machines whose volumes a key encrypts.

    Its role has no policy that we write, so the key's policy must name it ("Required AWS KMS key policy for use
    with encrypted volumes"). KMS refuses a policy that names a role before it exists; ``after`` is what makes it.
    """
    if not isinstance(key, Key):
        key.allow_service(arn, sid="", actions=(*ENCRYPT, *DECRYPT, "kms:CreateGrant"), conditions=())
        return
    principals = (Principal("AWS", arn),)
    key.add_to_policy(
        Statement("LaunchesWithVolumes", (*ENCRYPT, *DECRYPT, "kms:DescribeKey"), principals=principals)
    )
    for_aws = Condition("Bool", "kms:GrantIsForAWSResource", ("true",))
    key.add_to_policy(
        Statement("AttachesVolumes", ("kms:CreateGrant",), principals=principals, conditions=(for_aws,))
    )
    if after:
        key.resource.depends_on.append(after)
