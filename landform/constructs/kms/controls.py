"""The secure defaults of the KMS constructs."""

from landform.constructs.controls import Control, Controls

CONTROLS: Controls = {
    "Key": (
        Control("the key material rotates every year", ("CKV_AWS_7", "KMS.4", "CIS 4.6")),
        Control("the key is enabled", ("CKV_AWS_227",)),
        Control("an explicit key policy, with no principal *", ("CKV_AWS_33", "CKV2_AWS_64", "KMS.5")),
        Control("who administers a key may not use it by the key policy alone", ("KMS.1", "KMS.2")),
        Control("a deleted key can be kept for 30 days", ("LF_RECOVERY_WINDOW", "KMS.3")),
        Control("Terraform may not destroy the key", (), tier="sizing.deletion_protection"),
    )
}
