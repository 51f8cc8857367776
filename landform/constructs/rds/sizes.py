"""What a tier's size of databases is, in instance classes and storage. All are Graviton, which PostgreSQL 15 has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Size = Literal["s", "m", "l"]


@dataclass(frozen=True, slots=True)
class InstanceSize:
    """An instance class, and the storage in GiB that an instance begins with."""

    instance_class: str
    storage_gib: int


INSTANCES: Mapping[Size, InstanceSize] = {
    "s": InstanceSize("db.t4g.medium", 20),
    "m": InstanceSize("db.m7g.large", 100),
    # From 400 GiB on, gp3 gives PostgreSQL four times the operations a second.
    "l": InstanceSize("db.r7g.xlarge", 400),
}
"""Of a PostgreSQL instance."""

CLUSTER_INSTANCES: Mapping[Size, str] = {"s": "db.t4g.medium", "m": "db.r7g.large", "l": "db.r7g.2xlarge"}
"""The classes of a cluster's instances, whose storage grows by itself. Aurora has no m family."""

GROWTH = 5
"""How many times its first storage an instance may grow to."""
