"""Keys."""

from __future__ import annotations

from mutant import EVERYONE, Mutant, document

from landform.constructs import AwsStack
from landform.constructs.ec2 import Vpc
from landform.constructs.iam import Role, Trust
from landform.constructs.kms import Key
from landform.core import Construct

ARN = "arn:aws:kms:eu-west-1:012345678901:key/0a1b"
DOCUMENTED: set[tuple[str, str]] = set()


def build(scope: Construct, vpc: Vpc) -> None:
    """A key, and one from elsewhere."""
    made = Key(scope, "Key")
    imported = Key.from_arn(scope, "Imported", "arn:aws:kms:eu-west-1:999999999999:key/0a1b2c3d")
    role = Role(scope, "Role", trust=[Trust.service("glue.amazonaws.com")])
    elsewhere = Role.from_arn("arn:aws:iam::999999999999:role/reader")
    for grants, principal in (
        (made.grants, role),
        (made.grants, elsewhere),
        (imported.grants, role),
    ):
        grants.encrypt(principal)
        grants.decrypt(principal)
        grants.describe(principal)


def key(stack: AwsStack) -> None:
    Key(stack, "Key")


MUTANTS = (
    Mutant("no rotation", key, "Key/Resource", {"enable_key_rotation": False}, "CKV_AWS_7"),
    Mutant("disabled key", key, "Key/Resource", {"is_enabled": False}, "CKV_AWS_227"),
    Mutant("key for everyone", key, "Key/Resource",
           {"policy": document({**EVERYONE, "Action": "kms:Decrypt"})}, "CKV_AWS_33"),
    Mutant("key that is off", key, "Key/Resource", {"is_enabled": False}, "LF_KEY_ENABLED"),
    Mutant("no key policy", key, "Key/Resource", {"policy": None}, "CKV2_AWS_64"),
    Mutant("a week to bring a key back", key, "Key/Resource", {"deletion_window_in_days": 7},
           "LF_RECOVERY_WINDOW"),
)  # fmt: skip
"""What the scan must find."""

UNSEEN = ()
"""What no rule of checkov sees: the construct's own tests hold it."""
