"""Code that is signed. Follows "Using code signing to verify code integrity with Lambda"."""

from __future__ import annotations

from landform.constructs.stack import AwsStack
from landform.core import Construct
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
