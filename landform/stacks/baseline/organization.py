"""What the management account has for the whole organisation."""

from __future__ import annotations

from landform.stacks.baseline.item import BaselineItem

ORGANIZATION = (
    BaselineItem(1, "organization-trail", "Organisation trail", "organization"),
    BaselineItem(2, "data-events", "Data events and insights of the trail", "organization"),
    BaselineItem(16, "central-root", "Root users managed centrally", "organization"),
    BaselineItem(23, "service-control-policies", "Service control policies", "organization"),
    BaselineItem(24, "resource-control-policies", "Resource control policies", "organization"),
    BaselineItem(25, "declarative-policies", "Declarative policies", "organization"),
    BaselineItem(26, "management-policies", "Tag, backup and AI opt-out policies", "organization"),
    BaselineItem(27, "quarantine", "Quarantine of new accounts", "organization"),
    BaselineItem(28, "identity-center", "Permission sets and their groups", "organization"),
    BaselineItem(34, "cost-allocation", "Cost allocation tags and cost exports", "organization"),
    BaselineItem(36, "cis-alarms", "CIS alarms on the organisation trail", "organization"),
    BaselineItem(44, "mandatory-tags", "Mandatory tags", "organization"),
)
"""Rows of the organisation."""
