"""The secure defaults of the SQS constructs."""

from landform.constructs.controls import Control, Controls

_CLOSED = (
    Control("encrypted with a customer managed key", ("CKV_AWS_27", "CKV2_AWS_73", "SQS.1")),
    Control("nothing is allowed to everyone", ("CKV_AWS_168", "CKV_AWS_387", "SQS.3", "LF_POLICY_PUBLIC")),
    Control("no statement allows every action", ("CKV_AWS_72",)),
    Control("TLS only", ("LF_POLICY_TLS",)),
    Control("a service sends for one resource alone (aws:SourceArn)", ("LF_POLICY_CONFUSED_DEPUTY",)),
    Control(
        "Terraform may not destroy the queue", ("LF_PREVENT_DESTROY",), tier="sizing.deletion_protection"
    ),
)

CONTROLS: Controls = {
    "Queue": (
        *_CLOSED,
        Control("what is received five times in vain goes to a dead-letter queue", ()),
        Control("no queue sends its dead letters here", ()),
    ),
    "DeadLetterQueue": (
        *_CLOSED,
        Control("dead letters are kept for 14 days, as long as SQS keeps any", ()),
        Control("only the queues that name it send their dead letters here", ()),
    ),
}
