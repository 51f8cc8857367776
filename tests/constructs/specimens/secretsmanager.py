"""Secrets."""

from __future__ import annotations

from dataclasses import dataclass

from mutant import EVERYONE, Mutant, document

from landform.constructs import AwsStack
from landform.constructs.ec2 import Vpc
from landform.constructs.iam import Role, Trust
from landform.constructs.secretsmanager import Secret
from landform.core import Construct
from landform.iam import Statement

ARN = "arn:aws:secretsmanager:eu-west-1:012345678901:secret:ledger-a1b2c3"
DOCUMENTED: set[tuple[str, str]] = set()


@dataclass(frozen=True)
class Rotator:
    """A function that another stack makes, with its role."""

    role: Role
    arn: str = "arn:aws:lambda:eu-west-1:012345678901:function:rotate"

    @property
    def principal_arn(self) -> str:
        return self.role.principal_arn

    @property
    def account_id(self) -> str:
        return self.role.account_id

    def add_to_policy(self, statement: Statement) -> bool:
        return self.role.add_to_policy(statement)


def build(scope: Construct, vpc: Vpc) -> None:
    """A secret that is rotated, and one of another account."""
    role = Role(scope, "Role", trust=[Trust.service("lambda.amazonaws.com")])
    made = Secret(scope, "Secret", rotated_by=Rotator(role))
    imported = Secret.from_name(scope, "Imported", "scheme", account_id="999999999999")
    elsewhere = Role.from_arn("arn:aws:iam::999999999999:role/reader")
    for grants, principal in (
        (made.grants, role),
        (made.grants, elsewhere),
        (imported.grants, role),
    ):
        grants.read_value(principal)
        grants.write_value(principal)
        grants.rotate(principal)
    made.grants.generate_password(role)


def secret(stack: AwsStack) -> None:
    role = Role(stack, "Role", trust=[Trust.service("lambda.amazonaws.com")])
    Secret(stack, "Secret", rotated_by=Rotator(role))


MUTANTS = (
    Mutant("secret without key", secret, "Secret/Resource", {"kms_key_id": None}, "CKV_AWS_149"),
    Mutant("secret with the key of aws", secret, "Secret/Resource",
           {"kms_key_id": "alias/aws/secretsmanager"}, "CKV_AWS_149"),
    Mutant("rotation of another secret", secret, "Secret/Rotation", {"secret_id": "another"}, "CKV2_AWS_57"),
    Mutant("rotation twice a year", secret, "Secret/Rotation",
           {"rotation_rules.0.automatically_after_days": 180}, "CKV_AWS_304"),
    Mutant("rotation without rule", secret, "Secret/Rotation",
           {"rotation_rules.0.automatically_after_days": None}, "CKV_AWS_304"),
    Mutant("rotation for any secret", secret, "Secret/Invocation",
           {"source_arn": None, "source_account": None}, "CKV_AWS_364"),
    Mutant("rotation for everyone", secret, "Secret/Invocation", {"principal": "*"}, "CKV_AWS_301"),
    Mutant("secret with a public policy", secret, "Secret/Policy", {"block_public_policy": False},
           "LF_SECRET_POLICY_CHECKED"),
    Mutant("secret for everyone", secret, "Secret/Policy",
           {"policy": document({**EVERYONE, "Action": "secretsmanager:GetSecretValue"})}, "LF_POLICY_PUBLIC"),
    Mutant("secret gone in a week", secret, "Secret/Resource", {"recovery_window_in_days": 7},
           "LF_RECOVERY_WINDOW"),
)  # fmt: skip
"""What the scan must find."""

UNSEEN = (
    # Secrets Manager keeps a deleted secret for the recovery window, which has a rule.
    Mutant("secret that can be destroyed", secret, "Secret/Resource", {"lifecycle": None}),
)  # fmt: skip
"""What no rule of checkov sees: the construct's own tests hold it."""
