"""The secure defaults of the Secrets Manager constructs."""

from landform.constructs.controls import Control, Controls

CONTROLS: Controls = {
    "Secret": (
        Control("encrypted with a customer managed key", ("CKV_AWS_149",)),
        Control("rotated by a function", ("CKV2_AWS_57", "SecretsManager.1")),
        Control("rotated every 90 days or more often", ("CKV_AWS_304", "SecretsManager.4")),
        Control("the function that rotates it is invoked for this secret alone", ("CKV_AWS_364",)),
        Control("its value is in no state file and in no bundle", ("LF_SECRET_IN_CODE",)),
        Control(
            "TLS only, and nothing is allowed to everyone (block_public_policy)",
            ("LF_POLICY_PUBLIC", "LF_SECRET_POLICY_CHECKED"),
        ),
        Control("a deleted secret can be brought back for 30 days", ("LF_RECOVERY_WINDOW",)),
        Control("Terraform may not destroy the secret", (), tier="sizing.deletion_protection"),
    )
}
