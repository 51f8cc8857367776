"""What a tier's size of databases is, in node types of ElastiCache. All are Graviton."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

NODES: Mapping[Literal["s", "m", "l"], str] = {
    "s": "cache.t4g.small",
    "m": "cache.m7g.large",
    "l": "cache.r7g.xlarge",
}
"""Of every node of a replication group."""
