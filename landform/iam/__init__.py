"""IAM policies as values: statements, documents, and the JSON that AWS reads.

A policy is literal JSON wherever its names are known at synth, so that a plan, a check and an auditor can read
it whole. A ``data.aws_iam_policy_document`` would hide it until apply.
"""

from landform.iam.document import Condition, PolicyDocument, Principal, Statement

__all__ = ["Condition", "PolicyDocument", "Principal", "Statement"]
