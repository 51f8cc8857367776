"""The secure defaults of the IAM constructs."""

from landform.constructs.controls import Control, Controls
from landform.constructs.iam.trust import NO_ACCOUNT

CONTROLS: Controls = {
    "Role": (
        Control("a permissions boundary on every role", ("LF_IDENTITY_BOUNDARY",)),
        Control("a trust policy that names who, never everyone", ("CKV_AWS_60",)),
        Control(NO_ACCOUNT, ("CKV_AWS_61",)),
        Control("a service is trusted for this account alone (aws:SourceAccount)", ("LF_TRUST_SOURCE",)),
        Control("no AdministratorAccess, no IAMFullAccess", ("CKV_AWS_274", "CKV2_AWS_56", "CIS 2.14")),
        Control("sessions of one hour", ("LF_SESSION_LENGTH",)),
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
    "GithubOidcProvider": (
        Control("tokens for AWS STS alone (client id)", ()),
        Control("no thumbprint: AWS trusts the issuer's certificate by its own library", ()),
    ),
    "GithubOidcRole": (
        Control(
            "an exact subject: a repository, and of it pull requests, a branch or an environment",
            ("CKV_AWS_393", "LF_TRUST_SUBJECT", "LF_TRUST_REPOSITORY"),
        ),
        Control("an exact audience", ()),
        Control("a role that plans takes no grant that writes", ("CKV_AWS_274", "CKV2_AWS_56")),
        Control("a role that applies is for one environment, the tier's unless given", ()),
        Control("a permissions boundary, and sessions of one hour", ()),
    ),
    "BreakGlassRole": (
        Control(
            "named users or roles, with a second factor not older than an hour",
            ("CKV_AWS_60", "CKV_AWS_61", "LF_TRUST_SECOND_FACTOR"),
        ),
        Control(
            "an alarm each time it is assumed, in every region where it can be",
            ("CKV_AWS_319", "LF_EVENT_RULE_ENABLED"),
        ),
        Control("no AdministratorAccess, no IAMFullAccess", ("CKV_AWS_274", "CKV2_AWS_56")),
        Control("the alarm's topic is encrypted with a customer managed key", ("CKV_AWS_26",)),
        Control(
            "nobody but alarms and events of the account publishes to it, over TLS",
            ("CKV_AWS_169", "CKV_AWS_385"),
        ),
        Control("sessions of one hour", ("LF_SESSION_LENGTH",)),
    ),
    "AuditorRole": (
        Control("roles or permission sets that are named, of the organisation alone", ("CKV_AWS_60",)),
        Control(NO_ACCOUNT, ("CKV_AWS_61",)),
        Control("configuration, and no data", ("CKV_AWS_274", "CKV2_AWS_56")),
        Control(
            "a permissions boundary, and sessions of one hour", ("LF_IDENTITY_BOUNDARY", "LF_SESSION_LENGTH")
        ),
    ),
    "BootstrapRole": (
        Control("nobody, or roles and permission sets that are named, of the organisation", ("CKV_AWS_60",)),
        Control(NO_ACCOUNT, ("CKV_AWS_61",)),
        Control(
            "a permissions boundary, and sessions of one hour", ("LF_IDENTITY_BOUNDARY", "LF_SESSION_LENGTH")
        ),
    ),
    "SupportRole": (
        Control("somebody talks to AWS Support, and nothing else", ("IAM.18", "CIS 2.15")),
        Control("roles or permission sets that are named, of the organisation alone", ("CKV_AWS_60",)),
        Control(NO_ACCOUNT, ("CKV_AWS_61",)),
        Control(
            "a permissions boundary, and sessions of one hour", ("LF_IDENTITY_BOUNDARY", "LF_SESSION_LENGTH")
        ),
    ),
    "PermissionsBoundary": (
        Control("roles act in the organisation's regions alone (aws:RequestedRegion)", ()),
        Control("nobody makes users, changes the boundary or leaves the organisation", ()),
    ),
}
