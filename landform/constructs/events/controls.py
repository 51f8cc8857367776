"""The secure defaults of the EventBridge constructs."""

from landform.constructs.controls import Control, Controls

CONTROLS: Controls = {
    "EventBus": (
        Control(
            "a policy that keeps everyone outside of the organisation out",
            ("EventBridge.3", "LF_POLICY_PUBLIC"),
        ),
        Control("encrypted with a customer managed key, for this bus alone", ("LF_CUSTOMER_KEY",)),
        Control("events that could not be encrypted or decrypted go to a dead-letter queue", ()),
    ),
    "Rule": (
        Control("delivers under a role of its own, which reaches its targets alone", ()),
        Control("EventBridge assumes the role for this rule alone (aws:SourceArn)", ("LF_TRUST_SOURCE",)),
        Control("what could not be delivered goes to a dead-letter queue", ()),
    ),
}
