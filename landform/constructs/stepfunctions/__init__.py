"""AWS Step Functions: state machines whose executions are encrypted, traced and logged in full."""

from landform.constructs.stepfunctions.state_machine import StateMachine

__all__ = ["StateMachine"]
