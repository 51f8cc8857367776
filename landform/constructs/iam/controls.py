"""The secure defaults of the IAM constructs."""

from landform.constructs.controls import Control, Controls

CONTROLS: Controls = {
    "Role": (
        Control("a permissions boundary on every role", ("CIS 2.14",)),
        Control("a trust policy that names who, never everyone", ("CKV_AWS_60", "CKV_AWS_61")),
        Control("a service is trusted for this account alone (aws:SourceAccount)", ()),
        Control("no AdministratorAccess, no IAMFullAccess", ("CKV_AWS_274", "CKV2_AWS_56", "IAM.1")),
        Control("sessions of one hour", ()),
    ),
    "Policy": (
        Control("no statement allows every action", ("CKV_AWS_62", "CKV_AWS_63", "CKV2_AWS_40", "IAM.21")),
        Control(
            "no wildcard resource where the action takes one",
            (
                "CKV_AWS_286",
                "CKV_AWS_287",
                "CKV_AWS_288",
                "CKV_AWS_289",
                "CKV_AWS_290",
                "CKV_AWS_355",
                "KMS.1",
            ),
        ),
        Control("refused at synth: wildcards in actions, everything but, and more text than AWS takes", ()),
    ),
    "PermissionsBoundary": (
        Control("roles act in the organisation's regions alone (aws:RequestedRegion)", ()),
        Control("nobody makes users, changes the boundary or leaves the organisation", ()),
    ),
}
