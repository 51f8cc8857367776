"""The secure defaults of the SNS constructs."""

from landform.constructs.controls import Control, Controls

CONTROLS: Controls = {
    "Topic": (
        Control("encrypted with a customer managed key", ("CKV_AWS_26", "SNS.1")),
        Control("nothing is allowed to everyone", ("CKV_AWS_169", "SNS.4", "LF_POLICY_PUBLIC")),
        Control("another account is let in by role, from within the organisation", ("CKV_AWS_385",)),
        Control("TLS only", ("LF_POLICY_TLS",)),
        Control("a service publishes for one resource alone (aws:SourceArn)", ("LF_POLICY_CONFUSED_DEPUTY",)),
        Control("failed deliveries are logged", ("LF_TOPIC_FAILURES",)),
        Control("what a subscriber could not be given goes to a dead-letter queue", ()),
        Control("messages are signed with SHA-256", ()),
    ),
}
