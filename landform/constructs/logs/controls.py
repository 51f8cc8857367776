"""The secure defaults of the CloudWatch Logs constructs."""

from landform.constructs.controls import Control, Controls

CONTROLS: Controls = {
    "LogGroup": (
        Control("encrypted with a customer managed key", ("CKV_AWS_158",)),
        Control("a retention is always set", ("CKV_AWS_66",), tier="sizing.log_retention_days"),
        Control("kept for a year or longer", ("CKV_AWS_338",), tier="sizing.log_retention_days"),
        Control("the key serves this log group alone (encryption context)", ()),
        Control("kept when Terraform destroys the stack", (), tier="sizing.deletion_protection"),
    )
}
