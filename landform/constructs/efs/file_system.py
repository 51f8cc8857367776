"""File systems. Follows "Using IAM to control file system data access" of the EFS guide.

Without a policy EFS lets in every client that reaches a mount target, by whatever name. With one it asks IAM, so
clients mount with the options ``tls`` and ``iam``.
"""

from __future__ import annotations

from landform.constructs.backup import BackupPlan
from landform.constructs.backup.backup_plan import AnyBackupPlan
from landform.constructs.ec2 import Connections, SecurityGroup
from landform.constructs.ec2.placement import data_subnets
from landform.constructs.ec2.vpc import AnyVpc
from landform.constructs.efs.access_point import AnyAccessPoint
from landform.constructs.efs.grants import CLIENT, READ, WRITE
from landform.constructs.efs.limits import FILE_SYSTEM_ID
from landform.constructs.grants import Grant, Grantee, ResourceGrants, Target, Verb
from landform.constructs.kms import Key
from landform.constructs.kms.key import AnyKey
from landform.constructs.stack import AwsStack
from landform.constructs.statements import closed, plain_http_denied
from landform.core import Construct, Lazy, Lifecycle, Ref
from landform.errors import Code, LandformError
from landform.iam import Condition, PolicyDocument, Statement
from landform.resources.aws.efs_file_system import EfsFileSystem
from landform.resources.aws.efs_file_system_policy import EfsFileSystemPolicy
from landform.resources.aws.efs_mount_target import EfsMountTarget

NFS_PORT = 2049


class FileSystem(Construct):
    """A file system with a mount target in each zone of a VPC, encrypted, backed up, open to nobody.

    A client needs both: a connection (``connections.allow_from``) and a grant.

    Args:
        vpc: where it is mounted, in the subnets without a way to the internet.
        key: the key that encrypts it; one of its own is made unless given.
        backup_plan: the plan that backs it up; one of its own is made unless given.
        protected: whether Terraform may not destroy it; the tier says unless given.

    >>> files = FileSystem(stack, "Files", vpc=vpc)
    >>> app = SecurityGroup(stack, "App", vpc=vpc, description="web servers of the ledger")
    >>> files.connections.allow_from(app)
    >>> role = Role(stack, "Role", trust=[Trust.service("ec2.amazonaws.com")])
    >>> files.grants.read(role).actions
    ('elasticfilesystem:ClientMount',)
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        vpc: AnyVpc,
        key: AnyKey | None = None,
        backup_plan: AnyBackupPlan | None = None,
        protected: bool | None = None,
    ) -> None:
        super().__init__(scope, id)
        stack = AwsStack.of(self)
        name = stack.physical_name(self, 64)
        protected = stack.default_on(
            self,
            "Terraform may not destroy the file system",
            setting="sizing.deletion_protection",
            given=protected,
            checks=("LF_PREVENT_DESTROY",),
        )
        self.key: AnyKey = key or Key(self, "Key", description=f"files of {name}")
        self.resource = EfsFileSystem(
            self,
            "Resource",
            creation_token=name,
            encrypted=True,
            kms_key_id=self.key.arn,
            throughput_mode="elastic",
            tags={"Name": name},
            lifecycle=Lifecycle(prevent_destroy=True) if protected else None,
        )
        self._policy = PolicyDocument("file system policy", [_transport(self.arn)])
        EfsFileSystemPolicy(
            self,
            "Policy",
            file_system_id=self.file_system_id,
            policy=Lazy(lambda: self._policy.to_json(self.node.place)),
        )
        group = SecurityGroup(self, "SecurityGroup", vpc=vpc, description=f"Mount targets of {name}.")
        self.connections = Connections(group, port=NFS_PORT)
        for subnet in data_subnets(vpc, self.node.place):
            EfsMountTarget(
                self,
                f"MountTarget{subnet.availability_zone[-1].upper()}",
                file_system_id=self.file_system_id,
                subnet_id=subnet.subnet_id,
                security_groups=[group.security_group_id],
            )
        plan: AnyBackupPlan = backup_plan or BackupPlan(self, "Backup", tags={})
        plan.add(self)
        self.grants = FileSystemGrants(Target(self, self.arn, add_to_policy=self.add_to_policy))

    @staticmethod
    def from_id(
        scope: Construct, id: str, file_system_id: str, *, account_id: str | None = None
    ) -> ImportedFileSystem:
        """A file system of another stack or account, in this region, to grant on.

        Args:
            scope: where it stands in the tree.
            id: unique in the scope.
            file_system_id: its id, ``fs-`` and hexadecimal digits.
            account_id: the account that owns it; the stack's unless given.

        Raises:
            LandformError: ``argument-value`` where it is no file system's id.
        """
        return ImportedFileSystem(scope, id, file_system_id, account_id=account_id)

    @property
    def file_system_id(self) -> Ref[str]:
        """The file system's id. AWS chooses it, so it is a reference."""
        return self.resource.id

    @property
    def arn(self) -> Ref[str]:
        """The file system's ARN, a reference as its id is."""
        return self.resource.arn

    def add_to_policy(self, statement: Statement) -> None:
        """Add a statement to the file system's policy.

        Raises:
            LandformError: ``argument-value`` for one that allows wildcards, or something to everyone, or is about
                another resource.
        """
        if statement.resources != (self.arn,):
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "EFS would refuse a file system's policy that is about something else.",
                place=self.node.here,
                given=f"statement {statement.sid} on {', '.join(map(str, statement.resources))}",
                expected="the arn of this file system alone",
            )
        self._policy.add(closed(statement, self))


class ImportedFileSystem(Construct):
    """A file system that another stack, account or nobody here makes; its policy is its owner's to write."""

    def __init__(self, scope: Construct, id: str, file_system_id: str, *, account_id: str | None) -> None:
        super().__init__(scope, id)
        self.file_system_id = FILE_SYSTEM_ID.checked(file_system_id, self.node.place)
        self.arn = AwsStack.of(self).arn(
            "elasticfilesystem", f"file-system/{file_system_id}", account_id=account_id
        )
        self.grants = FileSystemGrants(Target(self, self.arn, account_id=account_id, imported=True))


AnyFileSystem = FileSystem | ImportedFileSystem
"""A file system made here, or one from elsewhere."""


class FileSystemGrants(ResourceGrants):
    """What may be granted on a file system, through its mount targets alone.

    With an ``access_point`` it is what lies below that one's directory, as that one's user.
    """

    def read(self, principal: Grantee, *, access_point: AnyAccessPoint | None = None) -> Grant:
        """Mount the file system to read."""
        return self._mount(READ, principal, access_point)

    def write(self, principal: Grantee, *, access_point: AnyAccessPoint | None = None) -> Grant:
        """Mount the file system to read and to write; a file can be deleted by whoever may write to it."""
        return self._mount(WRITE, principal, access_point)

    def _mount(self, verb: Verb, principal: Grantee, access_point: AnyAccessPoint | None) -> Grant:
        conditions: tuple[Condition, ...] = (
            Condition("Bool", "elasticfilesystem:AccessedViaMountTarget", ("true",)),
        )
        if access_point:
            self._check(access_point)
            conditions += (
                Condition("StringEquals", "elasticfilesystem:AccessPointArn", (access_point.arn,)),
            )
        return self._grant(verb, principal, conditions=conditions)

    def _check(self, access_point: AnyAccessPoint) -> None:
        construct = self._target.construct
        own = construct.file_system_id if isinstance(construct, FileSystem | ImportedFileSystem) else None
        if access_point.file_system_id not in (None, own):
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "The access point is one of another file system.",
                place=construct.node.here,
                given=access_point.node.path,
                expected=f"an access point of {construct.node.path}",
            )


def _transport(arn: Ref[str]) -> Statement:
    return plain_http_denied(CLIENT, arn, sid="DenyWithoutTls")
