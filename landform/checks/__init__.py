"""The gate between synth and plan: rules over the stacks of a bundle, findings, one report.

Terraform JSON is the form that scanners know least, and a scanner that cannot read a file says nothing. So what
is judged here is a copy of each stack in a form that can be read, and what was not judged is itself a finding.
"""

from landform.checks.finding import Finding, WaiverNote
from landform.checks.report import Group, Occurrence, as_json, groups
from landform.checks.run import Report, TierVerdict, check

__all__ = [
    "Finding",
    "Group",
    "Occurrence",
    "Report",
    "TierVerdict",
    "WaiverNote",
    "as_json",
    "check",
    "groups",
]
