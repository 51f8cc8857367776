"""The secure defaults of the CloudFront constructs."""

from landform.constructs.controls import Control, Controls

CONTROLS: Controls = {
    "Distribution": (
        Control("viewers are sent on to HTTPS", ("CKV_AWS_34", "CloudFront.3")),
        Control("TLS 1.2 or newer, as of the policy of 2021", ("CKV_AWS_174",)),
        Control(
            "a certificate of its own, by server name indication",
            ("CKV2_AWS_42", "CloudFront.7", "CloudFront.8"),
        ),
        Control("a web ACL stands before it", ("CKV_AWS_68", "CloudFront.6")),
        Control("requests are logged, without cookies", ("CKV_AWS_86", "CloudFront.5")),
        Control("a request for nothing is answered by an object", ("CKV_AWS_305", "CloudFront.1")),
        Control("it alone reads the bucket, by an origin access control", ("CKV2_AWS_46", "CloudFront.13")),
        Control(
            "the bucket is asked by HTTPS", ("CKV2_AWS_54", "CKV2_AWS_72", "CloudFront.9", "CloudFront.10")
        ),
        Control("browsers stay at HTTPS for a year, subdomains and all", ("CKV_AWS_259", "CKV2_AWS_32")),
        Control("a page is in no frame, and loads nothing from elsewhere unless told otherwise", ()),
        Control("viewers read; nothing else is passed on", ()),
    ),
    "DistributionLogBucket": (
        Control("files belong to this account; the ACL that CloudFront delivers by is no public one", ()),
        Control("encrypted by S3", ("CKV_AWS_19",)),
        Control("grants read and list; nobody is granted a write", ()),
        Control("versions are kept", ("CKV_AWS_21", "S3.14")),
        Control(
            "all four public access blocks are on",
            (
                "CKV_AWS_53",
                "CKV_AWS_54",
                "CKV_AWS_55",
                "CKV_AWS_56",
                "CKV2_AWS_6",
                "S3.8",
                "CIS 3.1.4",
            ),
        ),
        Control(
            "TLS only, and not below 1.2, on the bucket and its objects",
            ("S3.5", "CIS 3.1.1", "LF_POLICY_TLS"),
        ),
        Control("access is logged to the account's access log bucket", ("CKV_AWS_18", "S3.9")),
        Control("logs expire", ("CKV_AWS_300", "CKV2_AWS_61", "S3.13"), tier="sizing.log_retention_days"),
        Control("Terraform may not destroy the bucket", (), tier="sizing.deletion_protection"),
    ),
}
