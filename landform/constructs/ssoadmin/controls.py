"""The secure defaults of the IAM Identity Center constructs."""

from landform.constructs.controls import Control, Controls

CONTROLS: Controls = {
    "IdentityCenter": (
        Control("groups are looked up in the directory; no user and no group is made here", ()),
    ),
    "PermissionSet": (
        Control("no AdministratorAccess, no IAMFullAccess", ("CKV_AWS_274", "CKV2_AWS_56", "CIS 2.14")),
        Control("the account's permissions boundary, but for break_glass", ()),
        Control(
            "sessions of 4 hours at most, 12 where the tier does not guard against deletion",
            ("LF_SESSION_LENGTH",),
            tier="sizing.deletion_protection",
        ),
        Control(
            "statements name their actions and resources",
            (
                "CKV_AWS_62",
                "CKV_AWS_63",
                "CKV_AWS_286",
                "CKV_AWS_287",
                "CKV_AWS_288",
                "CKV_AWS_289",
                "CKV_AWS_290",
                "CKV_AWS_355",
            ),
        ),
        Control("groups are assigned, never single users", ()),
    ),
}
