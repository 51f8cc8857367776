"""What ElastiCache takes as a name or a number. Source: the API reference of Amazon ElastiCache."""

from __future__ import annotations

from landform.constructs.limits import Name, Whole

REPLICATION_GROUP_ID = Name(
    "id of a replication group",
    r"(?!.*--)[a-z][a-z0-9-]{0,39}(?<!-)",
    "1 to 40 lower-case letters, digits and single hyphens, a letter first, no hyphen last",
)
USER = Name(
    "name of a user",
    r"(?!default\Z)(?!.*--)[a-z][a-z0-9-]{0,39}(?<!-)",
    "1 to 40 lower-case letters, digits and single hyphens, a letter first, no hyphen last, and not default, "
    "which every cache has and this one turns off",
)
ACCESS_STRING = Name(
    "access string",
    r"on(?: (?!nopass\Z|nopass |[<>#!])\S+)+",
    "on and rules on keys, channels and commands, as 'on ~app::* +@read'; no password, because IAM signs in",
)
NODE_TYPE = Name(
    "node type", r"cache\.[a-z0-9]+\.[a-z0-9]+", "cache., a family and a size, as cache.r7g.large"
)

BACKUP_DAYS = Whole("number of days that backups are kept", 1, 35)
REPLICAS = Whole("number of replicas", 0, 5)

LONGEST_ID = 40
