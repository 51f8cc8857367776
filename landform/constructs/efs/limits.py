"""What EFS takes. Sources: ``CreateFileSystem``, ``CreateAccessPoint`` and "Amazon EFS quotas"."""

from landform.constructs.limits import Name, Whole

FILE_SYSTEM_ID = Name("id of a file system", r"fs-[0-9a-f]{8,40}", "fs- and hexadecimal digits")
ACCESS_POINT_ID = Name("id of an access point", r"fsap-[0-9a-f]{8,40}", "fsap- and hexadecimal digits")
DIRECTORY = Name(
    "root directory of an access point",
    r"(?=.{2,100}\Z)(/(?!\.)[^$#<>;`|&?{}^*/\n]+){1,4}",
    "a path as /ledger: one to four directories, not the file system's own root",
)
# Others than the owner and the group have nothing, because every client of an access point is its owner.
PERMISSIONS = Name(
    "permissions of a directory", r"0?[0-7]{2}0", "three octal digits, of which the last is 0, as 0750"
)

POSIX_ID = Whole("id of a user or group that is not root", 1, 4_294_967_295)
