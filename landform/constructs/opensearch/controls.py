"""The secure defaults of the OpenSearch Service constructs."""

from landform.constructs.controls import Control, Controls

CONTROLS: Controls = {
    "OpenSearchDomain": (
        Control("encrypted at rest with a customer managed key", ("CKV_AWS_5", "CKV_AWS_247", "Opensearch.1")),
        Control("inside a VPC, in subnets without a way to the internet, with a security group of its own",
                ("CKV_AWS_137", "CKV_AWS_248", "Opensearch.2")),
        Control("encrypted between its nodes", ("CKV_AWS_6", "Opensearch.3")),
        Control("HTTPS alone, TLS 1.2 with forward secrecy or newer",
                ("CKV_AWS_83", "CKV_AWS_228", "Opensearch.8")),
        Control("fine-grained access control, its administrator a role, no user with a password",
                ("LF_SEARCH_USERS", "CKV2_AWS_52", "Opensearch.7")),
        Control("nothing is allowed to everyone; its policy names roles of the organisation", ("LF_POLICY_PUBLIC",)),
        Control("audit logs go to CloudWatch Logs", ("CKV_AWS_317", "Opensearch.5")),
        Control("errors and slow requests go to CloudWatch Logs", ("CKV_AWS_84", "Opensearch.4")),
        Control("its log groups are encrypted with the key, and kept", ("CKV_AWS_158", "CKV_AWS_66"),
                tier="sizing.log_retention_days"),
        Control("data nodes and three dedicated master nodes over several zones",
                ("CKV_AWS_318", "CKV2_AWS_59", "Opensearch.6", "Opensearch.11"), tier="sizing.db.multi_az"),
        Control("service software is updated by AWS", ("LF_SERVICE_UPDATES", "Opensearch.10")),
        Control("Terraform may not destroy the domain", ("LF_PREVENT_DESTROY",), tier="sizing.deletion_protection"),
    ),
}  # fmt: skip
