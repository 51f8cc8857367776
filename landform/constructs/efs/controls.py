"""The secure defaults of the EFS constructs."""

from landform.constructs.controls import Control, Controls

CONTROLS: Controls = {
    "FileSystem": (
        Control(
            "encrypted with a customer managed key",
            ("CKV_AWS_42", "CKV_AWS_184", "EFS.1", "EFS.8", "CIS 3.3.1"),
        ),
        Control("backed up by a plan, into a vault of its own unless one is given", ("CKV2_AWS_18", "EFS.2")),
        Control(
            "its policy takes no mount without TLS, and none by nobody", ("LF_POLICY_TLS", "LF_POLICY_PUBLIC")
        ),
        Control("mounted in subnets without a way to the internet", ("EFS.6",)),
        Control("from the peers that are named alone, on port 2049", ("CKV2_AWS_5",)),
        Control(
            "Terraform may not destroy the file system",
            ("LF_PREVENT_DESTROY",),
            tier="sizing.deletion_protection",
        ),
    ),
    "AccessPoint": (
        Control("a directory of its own, never the root", ("CKV_AWS_329", "EFS.3")),
        Control(
            "every client is one user and group, never root", ("LF_ACCESS_POINT_ROOT", "CKV_AWS_330", "EFS.4")
        ),
        Control("nobody else may read the directory", ()),
    ),
}
