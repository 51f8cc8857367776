"""GuardDuty, Security Hub, Macie, Inspector and access analyzers, as the delegated administrator has them.

Members have theirs from the administrator, who enables them in every account there is and is to come.
"""

from __future__ import annotations

from landform.constructs.stack import AwsStack
from landform.core import Construct
from landform.resources.aws.accessanalyzer_analyzer import (
    AccessanalyzerAnalyzer,
    Configuration,
    ConfigurationUnusedAccess,
)
from landform.resources.aws.guardduty_detector import GuarddutyDetector
from landform.resources.aws.guardduty_detector_feature import GuarddutyDetectorFeature
from landform.resources.aws.guardduty_organization_configuration import GuarddutyOrganizationConfiguration
from landform.resources.aws.guardduty_organization_configuration_feature import (
    GuarddutyOrganizationConfigurationFeature,
)
from landform.resources.aws.inspector2_enabler import Inspector2Enabler
from landform.resources.aws.inspector2_organization_configuration import (
    AutoEnable,
    Inspector2OrganizationConfiguration,
)
from landform.resources.aws.macie2_account import Macie2Account
from landform.resources.aws.macie2_organization_configuration import Macie2OrganizationConfiguration
from landform.resources.aws.securityhub_account import SecurityhubAccount
from landform.resources.aws.securityhub_finding_aggregator import SecurityhubFindingAggregator
from landform.resources.aws.securityhub_organization_configuration import SecurityhubOrganizationConfiguration
from landform.resources.aws.securityhub_standards_subscription import SecurityhubStandardsSubscription

# What GuardDuty reads beside its foundations; runtime monitoring needs an agent on what runs.
FEATURES = (
    "EBS_MALWARE_PROTECTION",
    "EKS_AUDIT_LOGS",
    "LAMBDA_NETWORK_LOGS",
    "RDS_LOGIN_EVENTS",
    "S3_DATA_EVENTS",
)
STANDARDS = {
    "BestPractices": "aws-foundational-security-best-practices/v/1.0.0",
    "Cis": "cis-aws-foundations-benchmark/v/3.0.0",
}

# Days without use after which access counts as unused; AWS's own figure.
UNUSED_DAYS = 90


class GuardDuty(Construct):
    """The detector, and that of every member, with every feature.

    Args:
        detector_id: the detector that there is already, which Terraform takes over.
    """

    def __init__(self, scope: Construct, id: str, *, detector_id: str | None = None) -> None:
        super().__init__(scope, id)
        detector = GuarddutyDetector(
            self, "Resource", enable=True, finding_publishing_frequency="FIFTEEN_MINUTES"
        )
        if detector_id:
            detector.import_from(detector_id)
        members = GuarddutyOrganizationConfiguration(
            self, "Members", detector_id=detector.id, auto_enable_organization_members="ALL"
        )
        for feature in FEATURES:
            GuarddutyDetectorFeature(self, feature, detector_id=detector.id, name=feature, status="ENABLED")
            GuarddutyOrganizationConfigurationFeature(
                self,
                f"Members_{feature}",
                detector_id=detector.id,
                name=feature,
                auto_enable="ALL",
                depends_on=[members],
            )


class SecurityHub(Construct):
    """The hub with its standards, that of every member, and the findings of all regions in the home region.

    Args:
        there: whether the account has a hub already, which Terraform takes over.
    """

    def __init__(self, scope: Construct, id: str, *, there: bool = False) -> None:
        super().__init__(scope, id)
        stack = AwsStack.of(self)
        hub = SecurityhubAccount(
            self,
            "Resource",
            enable_default_standards=False,
            auto_enable_controls=True,
            control_finding_generator="SECURITY_CONTROL",
        )
        if there:
            hub.import_from(stack.account_id)
        for name, standard in STANDARDS.items():
            SecurityhubStandardsSubscription(
                self,
                name,
                standards_arn=stack.arn("securityhub", f"standards/{standard}", account_id=""),
                depends_on=[hub],
            )
        if stack.region == stack.organization.home_region:
            SecurityhubFindingAggregator(self, "Aggregator", linking_mode="ALL_REGIONS", depends_on=[hub])
        SecurityhubOrganizationConfiguration(
            self, "Members", auto_enable=True, auto_enable_standards="DEFAULT", depends_on=[hub]
        )


class Macie(Construct):
    """Macie, and that of every new member."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        account = Macie2Account(
            self, "Resource", status="ENABLED", finding_publishing_frequency="FIFTEEN_MINUTES"
        )
        Macie2OrganizationConfiguration(self, "Members", auto_enable=True, depends_on=[account])


class Inspector(Construct):
    """Inspector of machines, images and functions, and that of every new member."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        enabled = Inspector2Enabler(
            self,
            "Resource",
            account_ids=[AwsStack.of(self).account_id],
            resource_types=["EC2", "ECR", "LAMBDA"],
        )
        Inspector2OrganizationConfiguration(
            self, "Members", auto_enable=AutoEnable(ec2=True, ecr=True, lambda_=True), depends_on=[enabled]
        )


class OrganizationAnalyzers(Construct):
    """What the organisation's resources give to who is not of it; in the home region, what access nobody uses too.

    Unused access is one answer for all regions, and AWS takes money for each role it looks at.
    """

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        stack = AwsStack.of(self)
        prefix = stack.organization.prefix
        AccessanalyzerAnalyzer(self, "External", analyzer_name=f"{prefix}-organization", type="ORGANIZATION")
        if stack.region == stack.organization.home_region:
            AccessanalyzerAnalyzer(
                self,
                "Unused",
                analyzer_name=f"{prefix}-organization-unused",
                type="ORGANIZATION_UNUSED_ACCESS",
                configuration=Configuration(
                    unused_access=ConfigurationUnusedAccess(unused_access_age=UNUSED_DAYS)
                ),
            )
