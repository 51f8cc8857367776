"""AWS Systems Manager: parameters that are encrypted, and whose values are in no state file."""

from landform.constructs.ssm.parameter import Parameter

__all__ = ["Parameter"]
