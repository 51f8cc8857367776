"""What an account has once, whatever its regions."""

from __future__ import annotations

from landform.stacks.baseline.item import BaselineItem

ACCOUNT = (
    BaselineItem(9, "s3-public-access", "No public buckets", "account"),
    BaselineItem(15, "password-policy", "Password policy", "account"),
    BaselineItem(17, "alternate-contacts", "Alternate contacts", "account"),
    BaselineItem(18, "account-alias", "Account alias", "account"),
    BaselineItem(19, "support-role", "Role of those who talk to AWS Support", "account"),
    BaselineItem(22, "opt-in-regions", "Opt-in regions", "account"),
    BaselineItem(29, "deploy-roles", "Roles of the pipeline, by OIDC", "account"),
    BaselineItem(30, "state-backend", "State backend", "account"),
    BaselineItem(31, "bootstrap-role", "Role that an account is made with, locked", "account"),
    BaselineItem(33, "budget", "Budget and anomaly monitor", "account"),
    BaselineItem(36, "cis-alarms", "CIS alarms", "account"),
    BaselineItem(39, "service-quotas", "Service quotas", "account"),
    BaselineItem(43, "delegated-zone", "Delegated DNS zone", "account"),
    BaselineItem(45, "account-record", "Record of the account", "account"),
    BaselineItem(46, "auditor-role", "Access for auditors", "account"),
)
"""Rows of an account."""
