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
    )
}
