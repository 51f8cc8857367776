"""The secure defaults of an account."""

from landform.constructs.controls import Control, Controls

CONTROLS: Controls = {
    "AccountBaseline": (
        Control(
            "no bucket of the account can be made public", ("S3.1", "CIS 3.1.4", "LF_ACCOUNT_PUBLIC_BUCKETS")
        ),
        Control(
            "EBS volumes are encrypted with the account's own key", ("CKV_AWS_106", "EC2.7", "CIS 6.1.1")
        ),
        Control(
            "snapshots and images cannot be shared with everyone",
            ("EC2.182", "LF_ACCOUNT_PUBLIC_SNAPSHOTS", "LF_ACCOUNT_PUBLIC_IMAGES"),
        ),
        Control(
            "instances ask for IMDSv2 tokens, which do not leave them",
            ("EC2.8", "LF_ACCOUNT_INSTANCE_METADATA"),
        ),
        Control("no serial console", ("LF_ACCOUNT_SERIAL_CONSOLE",)),
        Control("passwords of 14 characters or more", ("CKV_AWS_10", "IAM.7", "CIS 2.8")),
        Control(
            "passwords of every kind of character",
            ("CKV_AWS_11", "CKV_AWS_12", "CKV_AWS_14", "CKV_AWS_15", "IAM.10"),
        ),
        Control("the last 24 passwords cannot come back", ("CKV_AWS_13", "CIS 2.9")),
        Control("passwords expire after 90 days", ("CKV_AWS_9",)),
        Control("an analyzer finds what is shared with others", ("CIS 2.18",)),
        Control("the record of the account is encrypted", ("CKV_AWS_337", "CKV2_AWS_34")),
        Control("contacts, where they are given", ("Account.1", "CIS 2.3")),
    ),
    "AccountDefaults": (
        Control(
            "no bucket of the account can be made public", ("S3.1", "CIS 3.1.4", "LF_ACCOUNT_PUBLIC_BUCKETS")
        ),
        Control("passwords of 14 characters or more", ("CKV_AWS_10", "IAM.7", "CIS 2.8")),
        Control(
            "passwords of every kind of character",
            ("CKV_AWS_11", "CKV_AWS_12", "CKV_AWS_14", "CKV_AWS_15", "IAM.10"),
        ),
        Control("the last 24 passwords cannot come back", ("CKV_AWS_13", "CIS 2.9")),
        Control("passwords expire after 90 days", ("CKV_AWS_9",)),
        Control("the record of the account is encrypted", ("CKV_AWS_337", "CKV2_AWS_34")),
        Control("contacts, where they are given", ("Account.1", "CIS 2.3")),
        Control("opt-in regions are enabled where the account's file names them", ()),
    ),
    "RegionDefaults": (
        Control(
            "EBS volumes are encrypted with the account's own key", ("CKV_AWS_106", "EC2.7", "CIS 6.1.1")
        ),
        Control(
            "snapshots and images cannot be shared with everyone",
            ("EC2.182", "LF_ACCOUNT_PUBLIC_SNAPSHOTS", "LF_ACCOUNT_PUBLIC_IMAGES"),
        ),
        Control(
            "instances ask for IMDSv2 tokens, which do not leave them",
            ("EC2.8", "LF_ACCOUNT_INSTANCE_METADATA"),
        ),
        Control("no serial console", ("LF_ACCOUNT_SERIAL_CONSOLE",)),
        Control("no VPC answers to the internet", ("EC2.172",), tier="sizing.nat"),
        Control(
            "documents of Systems Manager are not shared with everyone",
            ("SSM.7", "LF_ACCOUNT_PUBLIC_DOCUMENTS"),
        ),
    ),
    "Spending": (
        Control("alerts at 80 and 100 per cent of the month's budget, or as the settings say", ()),
        Control("anomalies of cost are looked for", ()),
    ),
}
