"""IAM policies as values: statements, documents, and the JSON that AWS reads.

A policy is literal JSON wherever its names are known at synth, so that a plan, a check and an auditor can read
it whole. A ``data.aws_iam_policy_document`` would hide it until apply.

What is written here is read back as anybody's policy is, and asked:

- ``policy.parse_policy`` reads a policy, ``identity`` has the values that a question is about;
- ``evaluate.evaluate``: may P do A on R? ``who.who_can``: who can do A on R?
- ``access.what_can``: what can P do? ``who.actions_on``: what can P do on R?
- ``changes.new_access``: what does B allow that A did not? ``escalation.paths_of``: what could P make of it?
- ``lint.flaws_of``: what is wrong in a policy by itself?
"""

from landform.iam.document import Condition, PolicyDocument, Principal, Statement

__all__ = ["Condition", "PolicyDocument", "Principal", "Statement"]
