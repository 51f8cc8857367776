"""File systems and access points."""

from __future__ import annotations

from mutant import ELSEWHERE, EVERYONE, Mutant, document

from landform.constructs import AwsStack
from landform.constructs.backup import BackupPlan
from landform.constructs.ec2 import Vpc
from landform.constructs.efs import AccessPoint, FileSystem
from landform.constructs.iam import Role, Trust
from landform.core import Construct

ARN = "arn:aws:elasticfilesystem:eu-west-1:012345678901:file-system/fs-0a1b2c3d"
DOCUMENTED: set[tuple[str, str]] = set()


def build(scope: Construct, vpc: Vpc) -> None:
    """A file system with an access point, one whose plan is given, and one of another account."""
    made = FileSystem(scope, "Files", vpc=vpc)
    FileSystem(scope, "Planned", vpc=vpc, backup_plan=BackupPlan(scope, "Plan"))
    access_point = AccessPoint(scope, "AccessPoint", file_system=made, path="/ledger", uid=1000)
    imported = FileSystem.from_id(scope, "Imported", "fs-0a1b2c3d", account_id="999999999999")
    theirs = AccessPoint.from_id(scope, "Theirs", "fsap-0a1b2c3d")
    role = Role(scope, "Role", trust=[Trust.service("lambda.amazonaws.com")])
    elsewhere = Role.from_arn("arn:aws:iam::999999999999:role/reader")
    for grants, principal, point in (
        (made.grants, role, access_point),
        (made.grants, elsewhere, access_point),
        (imported.grants, role, theirs),
    ):
        grants.read(principal)
        grants.write(principal, access_point=point)


def files(stack: AwsStack) -> None:
    vpc = Vpc(stack, "Vpc", cidr="10.0.0.0/20")
    made = FileSystem(stack, "Files", vpc=vpc)
    AccessPoint(stack, "AccessPoint", file_system=made, path="/ledger", uid=1000)


MUTANTS = (
    Mutant("files in the clear", files, "Files/Resource", {"encrypted": False}, "CKV_AWS_42"),
    Mutant("files without a word on encryption", files, "Files/Resource", {"encrypted": None}, "CKV_AWS_42"),
    Mutant("files with the key of aws", files, "Files/Resource", {"kms_key_id": None}, "CKV_AWS_184"),
    Mutant("files that are not backed up", files, "Files/Backup/Added", {"resources": None}, "CKV2_AWS_18"),
    Mutant("other files that are backed up", files, "Files/Backup/Added",
           {"resources.0": ELSEWHERE}, "CKV2_AWS_18"),
    Mutant("access to the root", files, "AccessPoint/Resource", {"root_directory.0.path": "/"}, "CKV_AWS_329"),
    Mutant("access to any directory", files, "AccessPoint/Resource", {"root_directory": None}, "CKV_AWS_329"),
    Mutant("access by anybody", files, "AccessPoint/Resource", {"posix_user": None}, "CKV_AWS_330"),
    Mutant("files for everyone", files, "Files/Policy",
           {"policy": document({**EVERYONE, "Action": "elasticfilesystem:ClientMount"})}, "LF_POLICY_PUBLIC"),
    Mutant("files without tls", files, "Files/Policy",
           {"policy": document({**EVERYONE, "Effect": "Deny", "Action": "elasticfilesystem:ClientWrite"})},
           "LF_POLICY_TLS"),
    Mutant("access as root", files, "AccessPoint/Resource", {"posix_user.0.uid": 0, "posix_user.0.gid": 0},
           "LF_ACCESS_POINT_ROOT"),
    Mutant("files that can be destroyed", files, "Files/Resource", {"lifecycle": None},
           "LF_PREVENT_DESTROY"),
)  # fmt: skip
"""What the scan must find."""

UNSEEN = ()
"""What no rule of checkov sees: the construct's own tests hold it."""
