"""The baseline as data: what an organisation, its accounts and their regions have, what makes it, and why it may be
left out. One table a scope; stacks make it, and ``landform accounts baseline`` compares accounts with it.
"""

from __future__ import annotations

from landform.stacks.baseline.account import ACCOUNT
from landform.stacks.baseline.item import BaselineItem, Scope
from landform.stacks.baseline.log_archive import LOG_ARCHIVE
from landform.stacks.baseline.organization import ORGANIZATION
from landform.stacks.baseline.region import REGION
from landform.stacks.baseline.security import SECURITY

__all__ = ["ITEMS", "BaselineItem", "Scope"]

ITEMS: tuple[BaselineItem, ...] = tuple(
    sorted((*ORGANIZATION, *SECURITY, *LOG_ARCHIVE, *ACCOUNT, *REGION), key=lambda item: item.number)
)
"""Every item of the baseline, by number."""
