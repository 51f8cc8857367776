"""The organisation."""

from __future__ import annotations

from mutant import Mutant

from landform.constructs.ec2 import Vpc
from landform.constructs.organizations import (
    DocumentPolicies,
    Guardrails,
    MemberAccount,
    OrganizationPolicy,
    OrganizationTree,
    Quarantine,
    Suspension,
)
from landform.core import Construct

ARN = ""
DOCUMENTED: set[tuple[str, str]] = set()
BACKUP = {
    "plans": {
        "daily": {
            "regions": {"@@assign": ["eu-west-1"]},
            "rules": {
                "daily": {
                    "schedule_expression": {"@@assign": "cron(0 3 ? * * *)"},
                    "target_backup_vault_name": {"@@assign": "daily"},
                    "lifecycle": {"delete_after_days": {"@@assign": "35"}},
                }
            },
            "selections": {
                "tags": {
                    "all": {
                        "iam_role_arn": {"@@assign": "arn:aws:iam::$account:role/backup"},
                        "tag_key": {"@@assign": "tier"},
                        "tag_value": {"@@assign": ["prod"]},
                    }
                }
            },
        }
    }
}


def build(scope: Construct, vpc: Vpc) -> None:
    """A tree with an account that there is and one to come, and guardrails on it and on a tree elsewhere."""
    organization(scope)
    shared = OrganizationTree.from_ids(scope, "Shared", "r-a1b2", units={"Sandbox": "ou-a1b2-c3d4e5f6"})
    Guardrails(scope, "OfSandbox", tree=shared, targets=["Sandbox"])


def organization(scope: Construct) -> None:
    tree = OrganizationTree(
        scope,
        "Tree",
        units=["Security", "Workloads", "Workloads/Prod"],
        unit_ids={"Security": "ou-a1b2-c3d4e5f6"},
        accounts=[
            MemberAccount("security-tooling", "aws+security@acme.example", "Security", "333333333333"),
            MemberAccount("ledger-prod", "aws+ledger@acme.example", "Workloads/Prod"),
            MemberAccount("old", "aws+old@acme.example", "Workloads", "444444444444"),
        ],
    )
    for service in ("guardduty", "securityhub", "macie", "cloudtrail", "config", "access-analyzer"):
        tree.delegate(f"{service}.amazonaws.com", account="security-tooling")
    tree.delegate_policies(account="security-tooling")
    Guardrails(scope, "Guardrails", tree=tree)
    OrganizationPolicy(scope, "Backup", tree=tree, kind="backup", targets=["Workloads/Prod"], content=BACKUP)
    Quarantine(scope, "Quarantine", tree=tree, accounts=["ledger-prod"])
    Suspension(scope, "Suspension", tree=tree, accounts=["old"])
    cheap = {"Effect": "Deny", "Action": "ec2:PurchaseHostReservation", "Resource": "*"}
    documents = {"cheap": {"Version": "2012-10-17", "Statement": [cheap]}}
    DocumentPolicies(
        scope, "Own", tree=tree, kind="scp", documents=documents, attached={"Workloads": ["cheap"]}
    )


MUTANTS = (
    Mutant(
        "accounts that are closed",
        organization,
        "Tree/Accounts/ledger-prod",
        {"close_on_deletion": True},
        "LF_ACCOUNT_CLOSED",
    ),
    Mutant(
        "half an organisation",
        organization,
        "Tree/Resource",
        {"feature_set": "CONSOLIDATED_BILLING"},
        "LF_ORGANIZATION_FEATURES",
    ),
    Mutant(
        "guardrails that guard nothing",
        organization,
        "Guardrails/Principals/Resource",
        {"content": "{}"},
        "LF_GUARDRAIL_DENIES",
    ),
)
"""What the scan must find."""

UNSEEN: tuple[Mutant, ...] = ()
"""What no rule sees."""
