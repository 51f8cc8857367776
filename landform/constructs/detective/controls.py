"""The secure defaults of what sees."""

from landform.constructs.controls import Control, Controls

CONTROLS: Controls = {
    "DetectiveBaseline": (
        Control(
            "Config records every kind of resource, with its service-linked role",
            ("CKV2_AWS_45", "CKV2_AWS_48", "Config.1", "CIS 4.3"),
        ),
        Control("one aggregator of every account and region", ("CKV_AWS_121",)),
        Control(
            "GuardDuty in every account, with every feature that needs no agent",
            (
                "CKV_AWS_238",
                "CKV2_AWS_3",
                "GuardDuty.1",
                "GuardDuty.9",
                "GuardDuty.10",
                "LF_DETECTOR_FEATURE",
            ),
        ),
        Control("Security Hub in every account, with two standards", ("CIS 5.16", "LF_DETECTIVE_MEMBERS")),
        Control(
            "Macie looks for sensitive data in buckets",
            ("CIS 3.1.3", "LF_MACIE_ENABLED"),
            tier="sizing.deletion_protection",
        ),
        Control("the organisation's trail, in the management account", ("CloudTrail.1", "CIS 4.1")),
    ),
    "Trail": (
        Control("of every region, switched on", ("CKV_AWS_67", "CKV_AWS_251", "CloudTrail.1", "CIS 4.1")),
        Control("its files can be proved unchanged", ("CKV_AWS_36", "CloudTrail.4", "CIS 4.2")),
        Control(
            "its files are encrypted with a customer managed key", ("CKV_AWS_35", "CloudTrail.2", "CIS 4.5")
        ),
        Control("delivered to an encrypted log group too", ("CKV2_AWS_10", "CKV_AWS_158", "CloudTrail.5")),
        Control("each delivery is told to a topic", ("CKV_AWS_252",)),
        Control("data events of S3, where the organisation's logging asks for them", ("CIS 4.8", "CIS 4.9")),
        Control("Terraform may not destroy it", (), tier="sizing.deletion_protection"),
        Control(
            "an alarm for each event that the CIS benchmark lists",
            ("CKV_AWS_319", *(f"CIS 5.{number}" for number in range(1, 16)), "LF_TRAIL_ALARMS"),
        ),
        Control("the topics are encrypted with customer managed keys", ("CKV_AWS_26",)),
        Control(
            "nobody publishes to them but the services that must, over TLS", ("CKV_AWS_169", "CKV_AWS_385")
        ),
    ),
}
