"""The secure defaults of the state backend; its bucket and key hold those of ``Bucket`` and ``Key``."""

from landform.constructs.controls import Control, Controls

CONTROLS: Controls = {
    "StateBackend": (
        Control("S3 locks the state by itself (use_lockfile); no lock table", ()),
        Control("no state file can be deleted, not by the role that writes it", ("CKV_AWS_93",)),
        Control("the plan role reads; it writes nothing but a lock", ()),
        Control(
            "the apply role makes roles with the permissions boundary alone",
            ("CKV_AWS_274", "CKV_AWS_286", "CKV_AWS_289", "CKV2_AWS_56"),
        ),
        Control(
            "both are assumed by the deployer of the management account alone", ("CKV_AWS_60", "CKV_AWS_61")
        ),
    ),
    "PipelineRoles": (
        Control(
            "no stored credential: workflows of one repository, by exact subjects",
            ("CKV_AWS_393", "LF_TRUST_SUBJECT"),
        ),
        Control("the role that plans reads; it writes nothing but a lock", ()),
        Control("a role that applies is for one environment", ("LF_TRUST_REPOSITORY",)),
        Control("no AdministratorAccess, no IAMFullAccess", ("CKV_AWS_274", "CKV2_AWS_56")),
        Control("roles are made with the permissions boundary alone", ("CKV_AWS_286", "CKV_AWS_289")),
    ),
}
