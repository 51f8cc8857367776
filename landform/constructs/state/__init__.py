"""Terraform's state: the bucket, its key, the two roles that read and write it, and those of an account's pipeline."""

from landform.constructs.state.pipeline_roles import PipelineRoles
from landform.constructs.state.state_backend import StateBackend

__all__ = ["PipelineRoles", "StateBackend"]
