"""The secure defaults of the DynamoDB constructs."""

from landform.constructs.controls import Control, Controls

CONTROLS: Controls = {
    "Table": (
        Control("encrypted with a customer managed key", ("CKV_AWS_119",)),
        Control(
            "can be restored to any second of the last days",
            ("CKV_AWS_28", "DynamoDB.2"),
            tier="sizing.db.backup_days",
        ),
        Control("capacity follows the load (on demand)", ("CKV2_AWS_16", "DynamoDB.1")),
        Control("TLS only, on the table and its indexes", ("LF_POLICY_TLS",)),
        Control("nothing is allowed to everyone", ("LF_POLICY_PUBLIC",)),
        Control(
            "neither AWS nor Terraform deletes the table",
            ("LF_DELETION_PROTECTION", "DynamoDB.6"),
            tier="sizing.deletion_protection",
        ),
    )
}
