"""What RDS takes as a name or a number. Sources: "Quotas and constraints" and the API reference of Amazon RDS."""

from __future__ import annotations

from landform.constructs.limits import Name, Whole

INSTANCE_IDENTIFIER = Name(
    "identifier of a database",
    r"(?!.*--)[a-z][a-z0-9-]{0,62}(?<!-)",
    "1 to 63 lower-case letters, digits and single hyphens, a letter first, no hyphen last",
)
CLUSTER_IDENTIFIER = Name(
    "identifier of a cluster",
    r"(?!.*--)[a-z][a-z0-9-]{0,59}(?<!-)",
    "1 to 60 lower-case letters, digits and single hyphens, a letter first, no hyphen last; "
    "the names of its instances are three longer",
)
DATABASE_NAME = Name(
    "name of a database",
    r"(?!(?:postgres|rdsadmin|template[01])\Z)[a-z_][a-z0-9_]{0,62}",
    "1 to 63 lower-case letters, digits and _, a letter or _ first, none of PostgreSQL's own",
)
MASTER_USERNAME = Name(
    "master user name",
    r"(?!(?:admin|postgres|rdsadmin|rds_\w*|pg_\w*)\Z)[a-z][a-z0-9_]{0,15}",
    "1 to 16 lower-case letters, digits and _, a letter first, none that everyone would guess or RDS keeps",
)
DATABASE_USER = Name(
    "name of a database user",
    r"[A-Za-z_][A-Za-z0-9_.@-]{0,62}",
    "1 to 63 letters, digits and _ . @ -, a letter or _ first, no wildcard",
)
RESOURCE_ID = Name(
    "resource id of a database",
    r"(?:db|cluster)-[A-Z0-9]{1,60}",
    "db- or cluster- and the capitals and digits that RDS chose; identifiers can be given again, this never",
)
ENGINE_VERSION = Name("version of PostgreSQL", r"15|16|17", "15, 16 or 17")
INSTANCE_CLASS = Name(
    "instance class",
    r"db\.[a-z0-9-]+\.[a-z0-9]+",
    "db., a family and a size, as db.r7g.large",
)

BACKUP_DAYS = Whole("number of days that backups are kept", 1, 35)
# The storage may grow to five times, and RDS ends at 65,536.
STORAGE_GIB = Whole("number of GiB of storage", 20, 13_107)
READERS = Whole("number of readers of a cluster", 0, 15)
