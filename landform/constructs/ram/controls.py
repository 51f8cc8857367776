"""The secure defaults of the AWS RAM constructs. No rule of checkov judges a share."""

from landform.constructs.controls import Control, Controls

CONTROLS: Controls = {
    "ResourceShare": (
        Control("for accounts of the organisation alone", ("LF_SHARE_OUTSIDE",)),
        Control("for no other action than AWS's default permission of the resource's type", ()),
    ),
}
