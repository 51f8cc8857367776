"""What a tier's size of databases is, in instance types and volumes of OpenSearch Service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class DomainSize:
    """The types of data nodes and of dedicated master nodes, and the volume of each data node in GiB."""

    instance_type: str
    master_type: str
    volume_gib: int


DOMAINS: Mapping[Literal["s", "m", "l"], DomainSize] = {
    "s": DomainSize("t3.small.search", "t3.small.search", 20),
    "m": DomainSize("m7g.large.search", "m7g.large.search", 100),
    "l": DomainSize("r7g.xlarge.search", "m7g.large.search", 500),
}
"""Of a domain."""

MASTERS = 3
"""Dedicated master nodes: two of three are a majority when a zone is lost."""

DATA_NODES: Mapping[int, int] = {2: 4, 3: 3}
"""How many data nodes stand in so many zones: as many in each, and three or more."""
