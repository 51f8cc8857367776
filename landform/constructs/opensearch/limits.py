"""What OpenSearch Service takes as a name or a number. Source: its API reference and "Quotas"."""

from __future__ import annotations

from landform.constructs.limits import Name, Whole

DOMAIN_NAME = Name(
    "name of a domain",
    r"[a-z][a-z0-9-]{2,27}",
    "3 to 28 lower-case letters, digits and hyphens, a letter first",
)
INDEX = Name(
    "name of an index",
    r"[a-z0-9][a-z0-9._-]{0,253}\*?",
    "lower-case letters, digits and . _ -, a letter or digit first, with * at the end for all that begin so",
)
ENGINE_VERSION = Name("version of OpenSearch", r"2\.(?:17|19)", "2.17 or 2.19")
INSTANCE_TYPE = Name(
    "instance type",
    r"[a-z][a-z0-9]*\.[a-z0-9]+\.search",
    "a family, a size and search, as r7g.large.search",
)
VOLUME_GIB = Whole("number of GiB of a node's volume", 10, 24_576)

LONGEST_NAME = 28
