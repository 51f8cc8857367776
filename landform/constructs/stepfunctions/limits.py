"""What Step Functions takes. Sources: CreateStateMachine of the API reference, "Step Functions service quotas"."""

from typing import Literal

from landform.constructs.limits import Name

StateMachineType = Literal["STANDARD", "EXPRESS"]

STATE_MACHINE_NAME = Name("state machine name", r"[\w-]{1,80}", "1 to 80 letters, digits, _ and -")

DEFINITION_BYTES = 1_048_576
"""How large a definition may be."""
