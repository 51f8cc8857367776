"""AWS Systems Manager: parameters whose values are in no state file, and how sessions are logged."""

from landform.constructs.ssm.parameter import Parameter
from landform.constructs.ssm.session_preferences import SessionPreferences

__all__ = ["Parameter", "SessionPreferences"]
