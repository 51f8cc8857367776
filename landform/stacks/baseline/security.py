"""What the delegated administrator of security services has, for every account."""

from __future__ import annotations

from landform.stacks.baseline.item import BaselineItem

SECURITY = (
    BaselineItem(4, "config-rules", "Config rules of the organisation", "security"),
    BaselineItem(5, "guardduty", "GuardDuty in every account", "security"),
    BaselineItem(6, "security-hub", "Security Hub in every account", "security"),
    BaselineItem(7, "access-analyzer", "Access analyzers of the organisation", "security"),
    BaselineItem(8, "inspector-macie", "Inspector, Macie and Detective", "security"),
)
"""Rows of the security account."""
