"""Recovery: backups that are there when they are needed, and that nobody takes away before."""

from __future__ import annotations

from collections.abc import Iterator

from landform.policies.rule import Breach, Rule, Verdict, all_of, at_least, must_have_beside
from landform.policies.view import Block

_DAYS = 7
_KEPT_FOR = ("rule.lifecycle.delete_after", "rule.copy_action.lifecycle.delete_after")


def _tagged(block: Block) -> Iterator[Verdict]:
    if not all(rule.get("recovery_point_tags") for rule in block.objects("rule")):
        yield Breach("has a rule without recovery_point_tags", ("rule.recovery_point_tags",))


RULES = (
    Rule(
        id="LF_VAULT_LOCK",
        title="A vault is locked against the deletion of backups",
        severity="low",
        types=("aws_backup_vault",),
        rationale="Whoever takes an account over deletes its backups first. A lock refuses that before their time, "
        "to administrators too.",
        remediation="Add an aws_backup_vault_lock_configuration, as landform's `BackupVault` does where the tier "
        "protects data.",
        judge=must_have_beside("aws_backup_vault_lock_configuration", "backup_vault_name"),
        good=(
            {
                "aws_backup_vault": {"v": {"name": "v"}},
                "aws_backup_vault_lock_configuration": {
                    "l": {"backup_vault_name": "${aws_backup_vault.v.name}", "min_retention_days": 35}
                },
            },
        ),
        bad=({"aws_backup_vault": {"v": {"name": "v"}}},),
    ),
    Rule(
        id="LF_BACKUP_RETENTION",
        title="A backup is kept for a week or longer",
        severity="medium",
        types=("aws_backup_plan",),
        rationale="Damage that is found after the weekend is in every backup that is younger than it.",
        remediation="Set delete_after to 7 days or more; landform's `BackupPlan` keeps backups for 35.",
        judge=all_of(*(at_least(path, _DAYS, default=_DAYS) for path in _KEPT_FOR)),
        good=(
            {
                "aws_backup_plan": {
                    "p": {"rule": [{"lifecycle": {"delete_after": 35}}]},
                    "for-ever": {"rule": {"rule_name": "daily"}},
                }
            },
        ),
        bad=(
            {
                "aws_backup_plan": {
                    "p": {
                        "rule": [{"lifecycle": [{"delete_after": 35}]}, {"lifecycle": [{"delete_after": 1}]}]
                    },
                    "copies": {"rule": {"copy_action": {"lifecycle": {"delete_after": 3}}}},
                }
            },
        ),
    ),
    Rule(
        id="LF_BACKUP_TAGS",
        title="Backups are tagged",
        severity="info",
        types=("aws_backup_plan",),
        rationale="A backup can outlive what it is of, and then its tags alone say whose it is.",
        remediation="Add recovery_point_tags to each rule, as landform's `BackupPlan` does with the mandatory tags.",
        judge=_tagged,
        controls=("Backup.2",),
        good=({"aws_backup_plan": {"p": {"rule": [{"recovery_point_tags": {"owner": "payments"}}]}}},),
        bad=({"aws_backup_plan": {"p": {"rule": [{"recovery_point_tags": {"owner": "payments"}}, {}]}}},),
    ),
)
