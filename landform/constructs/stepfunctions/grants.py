"""What may be granted on a state machine.

Actions are those of the AWS Step Functions service authorization reference.
"""

from landform.constructs.grants import Verb

_KEY = ("kms:Decrypt", "kms:GenerateDataKey")

START_EXECUTION = Verb("start_execution", ("states:StartExecution",), ("{arn}",), _KEY)
START_SYNC_EXECUTION = Verb("start_sync_execution", ("states:StartSyncExecution",), ("{arn}",), _KEY)
DESCRIBE = Verb(
    "describe",
    ("states:DescribeStateMachine", "states:ListExecutions"),
    ("{arn}",),
    ("kms:Decrypt",),
)
READ_EXECUTIONS = Verb(
    "read_executions",
    ("states:DescribeExecution", "states:DescribeStateMachineForExecution", "states:GetExecutionHistory"),
    ("{execution_arn}:*",),
    ("kms:Decrypt",),
)
STOP_EXECUTIONS = Verb("stop_executions", ("states:StopExecution",), ("{execution_arn}:*",))

VERBS = (START_EXECUTION, START_SYNC_EXECUTION, DESCRIBE, READ_EXECUTIONS, STOP_EXECUTIONS)

# What a state machine needs to have its executions logged and traced ("Using CloudWatch Logs to log execution
# history" and "Setting up X-Ray permissions"). AWS takes no resource for any of them.
LOG_DELIVERY_ACTIONS = (
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
)
TRACE_ACTIONS = (
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
)
