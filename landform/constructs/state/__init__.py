"""Terraform's state: the bucket, its key, and the two roles that read and write it."""

from landform.constructs.state.state_backend import StateBackend

__all__ = ["StateBackend"]
