"""A repository of container images. Follows "Amazon ECR private repositories" and "Lifecycle policies" of the guide."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from landform.constructs.ecr.grants import DELETE_IMAGES, DESCRIBE, LOG_IN, PULL, PUSH
from landform.constructs.ecr.image import ContainerImage
from landform.constructs.ecr.limits import IMAGE_DIGEST, IMAGE_TAG, REPOSITORY_NAME, UNTAGGED_DAYS
from landform.constructs.grants import Grant, Grantee, ResourceGrants, Target, Verb
from landform.constructs.kms import Key
from landform.constructs.kms.key import AnyKey
from landform.constructs.limits import ACCOUNT_ID
from landform.constructs.stack import AwsStack
from landform.constructs.statements import closed
from landform.core import Construct, Lazy, Lifecycle
from landform.iam import Condition, PolicyDocument, Principal, Statement
from landform.resources.aws.ecr_lifecycle_policy import EcrLifecyclePolicy
from landform.resources.aws.ecr_repository import (
    EcrRepository,
    EncryptionConfiguration,
    ImageScanningConfiguration,
)
from landform.resources.aws.ecr_repository_policy import EcrRepositoryPolicy


class Repository(Construct):
    """A private repository: scanned on push, encrypted, its tags never moved, closed to other organisations.

    Args:
        repository_name: from the construct path unless given.
        key: the key that encrypts the images; one of its own is made unless given.
        untagged_days: how long an image without a tag is kept, 1 to 3,650 days.
        protected: whether Terraform may not destroy it; the tier says unless given.

    Raises:
        LandformError: ``argument-value`` for a name or days that ECR would refuse.

    >>> ledger = Repository(stack, "Ledger")
    >>> ledger.image("1.4.2").uri
    '012345678901.dkr.ecr.eu-west-1.amazonaws.com/acme-payments-prod-data-lake-ledger:1.4.2'
    >>> builder = Role(stack, "Builder", trust=[Trust.service("codebuild.amazonaws.com")])
    >>> ledger.grants.push(builder).verb
    'push'
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        repository_name: str | None = None,
        key: AnyKey | None = None,
        untagged_days: int = 14,
        protected: bool | None = None,
    ) -> None:
        super().__init__(scope, id)
        stack = AwsStack.of(self)
        place = self.node.place
        self.repository_name = REPOSITORY_NAME.checked(
            repository_name or stack.physical_name(self, 256), place
        )
        self.arn = stack.arn("ecr", f"repository/{self.repository_name}")
        self.repository_uri = _uri(stack, stack.account_id, self.repository_name)
        days = UNTAGGED_DAYS.checked(untagged_days, place)
        protected = stack.default_on(
            self,
            "Terraform may not destroy the repository",
            setting="sizing.deletion_protection",
            given=protected,
        )
        self.key: AnyKey = key or Key(self, "Key", description=f"images of {self.repository_name}")
        self.resource = EcrRepository(
            self,
            "Resource",
            name=self.repository_name,
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration=ImageScanningConfiguration(scan_on_push=True),
            encryption_configuration=[EncryptionConfiguration(encryption_type="KMS", kms_key=self.key.arn)],
            force_delete=False,
            lifecycle=Lifecycle(prevent_destroy=True) if protected else None,
        )
        self.policy = PolicyDocument("repository policy", [_organization_alone(stack)])
        EcrRepositoryPolicy(
            self,
            "Policy",
            repository=self.resource.name,
            policy=Lazy(lambda: self.policy.to_json(place)),
        )
        EcrLifecyclePolicy(self, "Lifecycle", repository=self.resource.name, policy=_expire_untagged(days))
        self.grants = RepositoryGrants(Target(self, self.arn, add_to_policy=self.add_to_policy))

    @staticmethod
    def from_name(
        scope: Construct, id: str, repository_name: str, *, account_id: str | None = None
    ) -> ImportedRepository:
        """A repository of another stack or account, in this region, to pull from and to grant on.

        Args:
            scope: where it stands in the tree.
            id: unique in the scope.
            repository_name: its name.
            account_id: the account that owns it; the stack's unless given.

        Raises:
            LandformError: ``argument-value`` for a name that ECR would refuse, or what is no account id.
        """
        return ImportedRepository(scope, id, repository_name, account_id=account_id)

    def image(self, version: str) -> ContainerImage:
        """An image of the repository, by its tag or by its digest.

        Raises:
            LandformError: ``argument-value`` for what is neither, and for the tag ``latest``.
        """
        return _image(self, version)

    def add_to_policy(self, statement: Statement) -> None:
        """Add a statement to the repository policy, which is about this repository without saying so.

        Raises:
            LandformError: ``argument-value`` for one that allows wildcards, or something to everyone.
        """
        # ECR refuses a repository policy that names a resource.
        self.policy.add(closed(replace(statement, resources=()), self))


class ImportedRepository(Construct):
    """A repository that another stack, account or nobody here makes; its policy is its owner's to write.

    >>> shared = Repository.from_name(stack, "Shared", "platform/envoy", account_id="999999999999")
    >>> shared.image("1.31.0").uri
    '999999999999.dkr.ecr.eu-west-1.amazonaws.com/platform/envoy:1.31.0'
    """

    def __init__(self, scope: Construct, id: str, repository_name: str, *, account_id: str | None) -> None:
        super().__init__(scope, id)
        stack = AwsStack.of(self)
        place = self.node.place
        owner = stack.account_id if account_id is None else ACCOUNT_ID.checked(account_id, place)
        self.repository_name = REPOSITORY_NAME.checked(repository_name, place)
        self.arn = stack.arn("ecr", f"repository/{repository_name}", account_id=owner)
        self.repository_uri = _uri(stack, owner, repository_name)
        self.grants = RepositoryGrants(Target(self, self.arn, account_id=owner, imported=True))

    def image(self, version: str) -> ContainerImage:
        """An image of the repository; as ``Repository.image``."""
        return _image(self, version)


AnyRepository = Repository | ImportedRepository
"""A repository made here, or one from elsewhere."""


class RepositoryGrants(ResourceGrants):
    """What may be granted on a repository."""

    def pull(self, principal: Grantee) -> Grant:
        """Read images, and log in to do so."""
        return self._logged_in(PULL, principal)

    def push(self, principal: Grantee) -> Grant:
        """Write images, and log in to do so. A tag that is taken stays at its image."""
        return self._logged_in(PUSH, principal)

    def describe(self, principal: Grantee) -> Grant:
        """List images, and read what their scans found."""
        return self._grant(DESCRIBE, principal)

    def delete_images(self, principal: Grantee) -> Grant:
        """Delete images."""
        return self._grant(DELETE_IMAGES, principal)

    def _logged_in(self, verb: Verb, principal: Grantee) -> Grant:
        given = self._grant(verb, principal)
        # No repository's policy can say it, so a role from elsewhere has it from its own account or not at all.
        principal.add_to_policy(Statement(LOG_IN.sid, LOG_IN.actions, LOG_IN.resources))
        return given


def _uri(stack: AwsStack, account_id: str, name: str) -> str:
    return f"{account_id}.dkr.ecr.{stack.region}.amazonaws.com/{name}"


def _image(repository: AnyRepository, version: str) -> ContainerImage:
    if isinstance(version, str) and re.fullmatch(IMAGE_DIGEST, version):
        return ContainerImage(f"{repository.repository_uri}@{version}", repository)
    tag = IMAGE_TAG.checked(version, repository.node.here)
    return ContainerImage(f"{repository.repository_uri}:{tag}", repository)


def _organization_alone(stack: AwsStack) -> Statement:
    return Statement(
        "OrganizationAlone",
        tuple({*PULL.actions, *PUSH.actions, *DELETE_IMAGES.actions}),
        (),
        effect="Deny",
        principals=(Principal.everyone(),),
        conditions=(
            Condition("StringNotEqualsIfExists", "aws:PrincipalOrgID", (stack.organization.organization_id,)),
            # AWS's own services, which pull for us, belong to no organisation.
            Condition("BoolIfExists", "aws:PrincipalIsAWSService", ("false",)),
        ),
    )


def _expire_untagged(days: int) -> str:
    rule = {
        "rulePriority": 1,
        "description": "untagged images",
        "selection": {
            "tagStatus": "untagged",
            "countType": "sinceImagePushed",
            "countUnit": "days",
            "countNumber": days,
        },
        "action": {"type": "expire"},
    }
    return json.dumps({"rules": [rule]}, separators=(",", ":"))
