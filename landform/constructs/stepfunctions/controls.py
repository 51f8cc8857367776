"""The secure defaults of the Step Functions constructs."""

from landform.constructs.controls import Control, Controls

CONTROLS: Controls = {
    "StateMachine": (
        Control(
            "every event of an execution is logged, with its data",
            ("LF_EXECUTION_LOGS", "CKV_AWS_285", "StepFunctions.1"),
        ),
        Control("executions are traced", ("CKV_AWS_284",)),
        Control("definition and executions are encrypted with a customer managed key", ("LF_CUSTOMER_KEY",)),
        Control("logs are encrypted with its key", ("CKV_AWS_158",), tier="sizing.log_retention_days"),
        Control(
            "Step Functions assumes the role for this state machine alone (aws:SourceArn)",
            ("LF_TRUST_SOURCE",),
        ),
    ),
}
