"""The state backend."""

from __future__ import annotations

from mutant import Mutant

from landform.constructs.ec2 import Vpc
from landform.constructs.state import PipelineRoles, StateBackend
from landform.core import Construct

ARN = "arn:aws:s3:::lake"
DOCUMENTED = {
    # S3 delivers access logs to no bucket with a KMS key, and its own log would grow without end.
    ("CKV_AWS_145", "State/AccessLogs/Resource"),
    ("CKV_AWS_18", "State/AccessLogs/Resource"),
}


def build(scope: Construct, vpc: Vpc) -> None:
    """The state backend, with the bucket that the other buckets' access logs go to."""
    StateBackend(scope, "State")
    pipeline(scope)


def pipeline(scope: Construct) -> None:
    PipelineRoles(scope, "Pipeline", repository="acme/ledger", environments=["prod"])


MUTANTS = (
    Mutant(
        "pipeline as administrator",
        pipeline,
        "Pipeline/ApplyProd/PowerUserAccess",
        {"policy_arn": "arn:aws:iam::aws:policy/AdministratorAccess"},
        "CKV_AWS_274",
    ),
)
UNSEEN = ()
