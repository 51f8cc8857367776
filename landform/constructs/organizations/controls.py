"""The secure defaults of an organisation. No rule of checkov judges them: AWS Organizations has none there."""

from landform.constructs.controls import Control, Controls

CONTROLS: Controls = {
    "OrganizationTree": (
        Control("all features, and every type of policy that guards", ("CIS 2.1.2",)),
        Control("root access is managed for all accounts in one place", ("CIS 2.1.1",)),
        Control("units by environment and sensitivity, as the spec has them", ("CIS 2.1.4",)),
        Control("a member account may administer policies, and each service", ("CIS 2.1.5", "CIS 2.1.6")),
        Control("nothing that it names is destroyed, and no account is closed", ()),
    ),
    "OrganizationPolicy": (
        Control("statements deny; a document is no longer than AWS takes", ("CIS 2.1.2",)),
        Control("no more policies at one place than AWS takes", ()),
    ),
    "DocumentPolicies": (
        Control("a document is its own policy, packed only where AWS takes no more of them", ("CIS 2.1.2",)),
    ),
    "Quarantine": (Control("nothing happens in an account before its baseline is there", ("CIS 2.1.2",)),),
    "Suspension": (Control("nothing happens in an account that is given up", ("CIS 2.1.2",)),),
    "Guardrails": (
        Control("nobody leaves the organisation, and nobody acts as root", ("CIS 2.1.2",)),
        Control("nobody turns off trails, recorders, detectors and hubs", ("CIS 2.1.2",)),
        Control("nobody opens buckets, snapshots, images or consoles of an account", ("CIS 2.1.2",)),
        Control("nobody starts instances with IMDSv1", ("EC2.8",)),
        Control("nothing outside the organisation's regions", ("CIS 2.1.2",)),
        Control(
            "resources of S3, SQS, KMS, Secrets Manager and roles are for the organisation alone",
            ("CIS 2.21",),
        ),
        Control("TLS only", ()),
        Control("tags are spelled as the organisation does", ()),
    ),
}
