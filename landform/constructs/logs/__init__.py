"""Amazon CloudWatch Logs: log groups that are encrypted and kept for as long as the tier says."""

from landform.constructs.logs.log_group import LogGroup

__all__ = ["LogGroup"]
