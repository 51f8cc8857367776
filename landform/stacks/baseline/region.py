"""What an account has in each of its regions."""

from __future__ import annotations

from landform.stacks.baseline.item import BaselineItem

REGION = (
    BaselineItem(3, "config-recorder", "Config recorder and delivery", "region"),
    BaselineItem(10, "ebs-encryption", "EBS encryption by default", "region"),
    BaselineItem(11, "snapshot-public-access", "No public snapshots and images", "region"),
    BaselineItem(12, "instance-metadata", "IMDSv2, and no serial console", "region"),
    BaselineItem(13, "vpc-public-access", "VPC block public access", "region"),
    BaselineItem(14, "ssm-settings", "Settings of Systems Manager", "region"),
    BaselineItem(20, "default-vpc", "No default VPC", "region"),
    BaselineItem(21, "default-security-group", "Default security groups locked", "region"),
    BaselineItem(32, "baseline-keys", "Keys per service", "region"),
    BaselineItem(37, "event-forwarding", "Events forwarded to the security account", "region"),
    BaselineItem(38, "backups", "Backup vault and plan", "region"),
    BaselineItem(40, "address-allocation", "Addresses from the organisation's pools", "region"),
    BaselineItem(41, "network", "VPC with flow logs, endpoints and DNS firewall", "region"),
    BaselineItem(42, "transit", "Attachment to the transit gateway", "region"),
)
"""Rows of an account in a region."""
