"""Amazon EFS: file systems that are mounted over TLS by roles that are named, below a directory of their own."""

from landform.constructs.efs.access_point import AccessPoint
from landform.constructs.efs.file_system import FileSystem

__all__ = ["AccessPoint", "FileSystem"]
