"""The secure defaults of the Systems Manager constructs."""

from landform.constructs.controls import Control, Controls

CONTROLS: Controls = {
    "Parameter": (
        Control("a SecureString", ("CKV2_AWS_34",)),
        Control("encrypted with a customer managed key", ("CKV_AWS_337",)),
        Control("its value is in no state file (write-only)", ("LF_SECRET_IN_CODE",)),
        Control("Terraform may not destroy the parameter", (), tier="sizing.deletion_protection"),
    ),
    "SessionPreferences": (
        Control("every session is logged, and the log encrypted", ("CKV_AWS_113", "CKV_AWS_158")),
        Control("what is typed is encrypted with a customer managed key", ("CKV_AWS_112",)),
        Control("a session that nobody uses ends after 20 minutes", ()),
    ),
}
