"""Code that is signed. Follows "Using code signing to verify code integrity with Lambda"."""

from __future__ import annotations

from landform.constructs.lambda_.limits import CODE_SIGNING_CONFIG_ARN
from landform.constructs.stack import AwsStack
from landform.core import Construct, Ref
from landform.resources.aws.lambda_code_signing_config import (
    AllowedPublishers,
    LambdaCodeSigningConfig,
    Policies,
)
from landform.resources.aws.signer_signing_profile import SignerSigningProfile

_PLATFORM = "AWSLambda-SHA384-ECDSA"


class CodeSigning(Construct):
    """A signing profile, and the rule that functions run only what was signed with it.

    Whoever builds a package signs it with the profile. An image is not signed this way.

    >>> signing = CodeSigning(stack, "Signing")
    >>> signing.profile_name
    'acme_payments_prod_data_lake_signing'
    """

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        # AWS Signer takes no hyphens.
        self.profile_name = AwsStack.of(self).physical_name(self, 64).replace("-", "_")
        self.profile = SignerSigningProfile(self, "Profile", name=self.profile_name, platform_id=_PLATFORM)
        self.resource = LambdaCodeSigningConfig(
            self,
            "Resource",
            description=self.node.path,
            allowed_publishers=AllowedPublishers(signing_profile_version_arns=[self.profile.version_arn]),
            policies=Policies(untrusted_artifact_on_deployment="Enforce"),
        )

    @staticmethod
    def from_arn(scope: Construct, id: str, arn: str) -> ImportedCodeSigning:
        """The rule of another stack of this account and region, for functions to obey.

        Raises:
            LandformError: ``argument-value`` for what is no ARN of a code signing configuration.
        """
        return ImportedCodeSigning(scope, id, arn)

    @property
    def code_signing_config_arn(self) -> Ref[str]:
        """What a function names it by. AWS chooses it, so it is a reference."""
        return self.resource.arn


class ImportedCodeSigning(Construct):
    """A rule that functions run only what was signed, which another stack makes."""

    def __init__(self, scope: Construct, id: str, arn: str) -> None:
        super().__init__(scope, id)
        self.code_signing_config_arn = CODE_SIGNING_CONFIG_ARN.checked(arn, self.node.place)


AnyCodeSigning = CodeSigning | ImportedCodeSigning
"""A rule made here, or one from elsewhere."""
