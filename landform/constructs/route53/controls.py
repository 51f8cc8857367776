"""The secure defaults of the Route 53 constructs."""

from landform.constructs.controls import Control, Controls

CONTROLS: Controls = {
    "PrivateHostedZone": (
        Control(
            "it answers in VPCs alone, and nobody else can ask what is in it", ("CKV2_AWS_38", "CKV2_AWS_39")
        ),
        Control("it is not deleted together with its records", ("LF_FORCED_DELETION",)),
        Control("who may write a record may not delete one", ()),
    ),
}
