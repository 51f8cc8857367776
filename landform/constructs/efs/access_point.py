"""Access points. Follows "Working with Amazon EFS access points" of the EFS guide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landform.constructs.efs.limits import ACCESS_POINT_ID, DIRECTORY, PERMISSIONS, POSIX_ID
from landform.constructs.stack import AwsStack
from landform.core import Construct, Ref
from landform.resources.aws.efs_access_point import (
    EfsAccessPoint,
    PosixUser,
    RootDirectory,
    RootDirectoryCreationInfo,
)

if TYPE_CHECKING:
    from landform.constructs.efs.file_system import AnyFileSystem


class AccessPoint(Construct):
    """A way into a file system that ends at one directory, and makes every client one user.

    EFS makes the directory when it is first mounted, and gives it to that user.

    Args:
        file_system: the file system.
        path: the directory, ``/ledger``; not the file system's own root.
        uid: the user that every client is, 1 or higher; 0 is root.
        gid: its group; the user's number unless given.
        permissions: of the directory when it is made, octal; others than user and group have none.

    Raises:
        LandformError: ``argument-value`` for the root, a path or permissions that are refused, and for root.

    >>> files = FileSystem(stack, "Files", vpc=vpc)
    >>> ledger = AccessPoint(stack, "Ledger", file_system=files, path="/ledger", uid=1000)
    >>> settlement = Role(stack, "Settlement", trust=[Trust.service("lambda.amazonaws.com")])
    >>> files.grants.write(settlement, access_point=ledger).actions
    ('elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite')
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        file_system: AnyFileSystem,
        path: str,
        uid: int,
        gid: int | None = None,
        permissions: str = "0750",
    ) -> None:
        super().__init__(scope, id)
        place = self.node.place
        uid = POSIX_ID.checked(uid, place)
        gid = uid if gid is None else POSIX_ID.checked(gid, place)
        self.file_system_id: str | Ref[str] | None = file_system.file_system_id
        self.resource = EfsAccessPoint(
            self,
            "Resource",
            file_system_id=file_system.file_system_id,
            posix_user=PosixUser(uid=uid, gid=gid),
            root_directory=RootDirectory(
                path=DIRECTORY.checked(path, place),
                creation_info=RootDirectoryCreationInfo(
                    owner_uid=uid, owner_gid=gid, permissions=PERMISSIONS.checked(permissions, place)
                ),
            ),
            tags={"Name": AwsStack.of(self).physical_name(self, 200)},
        )

    @staticmethod
    def from_id(scope: Construct, id: str, access_point_id: str) -> ImportedAccessPoint:
        """An access point of this account and region that another stack makes, to narrow grants to.

        Raises:
            LandformError: ``argument-value`` where it is no access point's id.
        """
        return ImportedAccessPoint(scope, id, access_point_id)

    @property
    def arn(self) -> Ref[str]:
        """The access point's ARN. AWS chooses it, so it is a reference."""
        return self.resource.arn


class ImportedAccessPoint(Construct):
    """An access point that another stack makes in this account and region."""

    def __init__(self, scope: Construct, id: str, access_point_id: str) -> None:
        super().__init__(scope, id)
        access_point_id = ACCESS_POINT_ID.checked(access_point_id, self.node.place)
        self.arn = AwsStack.of(self).arn("elasticfilesystem", f"access-point/{access_point_id}")
        self.file_system_id: str | Ref[str] | None = None


AnyAccessPoint = AccessPoint | ImportedAccessPoint
"""An access point made here, or one from elsewhere."""
