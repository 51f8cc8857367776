"""The secure defaults of the ECR constructs."""

from landform.constructs.controls import Control, Controls

CONTROLS: Controls = {
    "Repository": (
        Control("a tag stays at its image", ("CKV_AWS_51", "ECR.2")),
        Control("images are scanned when they are pushed", ("CKV_AWS_163", "ECR.1")),
        Control("encrypted with a customer managed key", ("LF_CUSTOMER_KEY", "CKV_AWS_136", "ECR.5")),
        Control(
            "nobody outside of the organisation reads or writes images", ("CKV_AWS_32", "LF_POLICY_PUBLIC")
        ),
        Control("untagged images expire", ("LF_IMAGES_EXPIRE", "ECR.3")),
        Control("Terraform deletes no repository that holds images", ("LF_FORCED_DELETION",)),
        Control("Terraform may not destroy the repository", (), tier="sizing.deletion_protection"),
    )
}
