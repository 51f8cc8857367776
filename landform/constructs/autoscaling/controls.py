"""The secure defaults of the Auto Scaling constructs."""

from landform.constructs.controls import Control, Controls

CONTROLS: Controls = {
    "AutoScalingGroup": (
        Control("machines are started from a launch template", ("CKV_AWS_315", "AutoScaling.9")),
        Control("the mandatory tags, which its machines get too", ("LF_MACHINE_TAGS", "CKV_AWS_153")),
        Control(
            "a machine is replaced within 30 days, and when the template changes",
            ("LF_GROUP_LIFETIME", "LF_GROUP_REFRESH"),
        ),
        Control("a service-linked role of its own, the only one that the volumes' key lets in", ()),
        Control("spans the zones of the VPC", ("LF_GROUP_ZONES", "AutoScaling.2"), tier="sizing.az_count"),
        Control("targets of a load balancer are replaced when it finds them ill", ("AutoScaling.1",)),
    ),
}
