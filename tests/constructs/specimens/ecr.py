"""Repositories of container images."""

from __future__ import annotations

from mutant import EVERYONE, Mutant, document

from landform.constructs import AwsStack
from landform.constructs.ec2 import Vpc
from landform.constructs.ecr import Repository
from landform.constructs.iam import Role, Trust
from landform.core import Construct

ARN = "arn:aws:ecr:eu-west-1:012345678901:repository/ledger"
DOCUMENTED: set[tuple[str, str]] = set()


def build(scope: Construct, vpc: Vpc) -> None:
    """A repository, and one of another account."""
    made = Repository(scope, "Repository")
    imported = Repository.from_name(scope, "Imported", "platform/envoy", account_id="999999999999")
    role = Role(scope, "Role", trust=[Trust.service("glue.amazonaws.com")])
    elsewhere = Role.from_arn("arn:aws:iam::999999999999:role/builder")
    for grants, principal in ((made.grants, role), (made.grants, elsewhere), (imported.grants, role)):
        grants.pull(principal)
        grants.push(principal)
        grants.describe(principal)
        grants.delete_images(principal)


def repository(stack: AwsStack) -> None:
    Repository(stack, "Repository")


_PULL = {**EVERYONE, "Action": "ecr:BatchGetImage"}

MUTANTS = (
    Mutant("tags that move", repository, "Repository/Resource",
           {"image_tag_mutability": "MUTABLE"}, "CKV_AWS_51"),
    Mutant("tags as aws has them", repository, "Repository/Resource",
           {"image_tag_mutability": None}, "CKV_AWS_51"),
    Mutant("images not scanned", repository, "Repository/Resource",
           {"image_scanning_configuration.0.scan_on_push": False}, "CKV_AWS_163"),
    Mutant("no scan settings", repository, "Repository/Resource",
           {"image_scanning_configuration": None}, "CKV_AWS_163"),
    Mutant("images without kms", repository, "Repository/Resource",
           {"encryption_configuration.0.encryption_type": "AES256"}, "CKV_AWS_136"),
    Mutant("images without encryption settings", repository, "Repository/Resource",
           {"encryption_configuration": None}, "CKV_AWS_136"),
    Mutant("images for everyone", repository, "Repository/Policy", {"policy": document(_PULL)}, "CKV_AWS_32"),
    Mutant("images for every account", repository, "Repository/Policy",
           {"policy": document({**_PULL, "Principal": {"AWS": "*"}})}, "CKV_AWS_32"),
    Mutant("images with aws's key", repository, "Repository/Resource",
           {"encryption_configuration.0.kms_key": None}, "LF_CUSTOMER_KEY"),
    Mutant("images kept for ever", repository, "Repository/Lifecycle", {"repository": "another"},
           "LF_IMAGES_EXPIRE"),
    Mutant("repository deleted with its images", repository, "Repository/Resource",
           {"lifecycle": None, "force_delete": True}, "LF_FORCED_DELETION"),
)  # fmt: skip
"""What the scan must find."""

UNSEEN = (
    # A repository without a policy is the account's alone.
    Mutant("open to other organisations", repository, "Repository/Policy", {"repository": "another"}),
)  # fmt: skip
"""What no rule of checkov sees: the construct's own tests hold it."""
