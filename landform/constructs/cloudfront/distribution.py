"""A distribution of a bucket. Follows "Restrict access to an Amazon S3 origin" of the CloudFront guide."""

from __future__ import annotations

from collections.abc import Sequence

from landform.constructs.certificates import checked_certificate
from landform.constructs.cloudfront.grants import VERBS
from landform.constructs.cloudfront.limits import (
    COUNTRY,
    DISTRIBUTION_ID,
    DOMAIN_NAME,
    ROOT_OBJECT,
    SECURITY_POLICY,
)
from landform.constructs.cloudfront.log_bucket import AnyDistributionLogBucket, DistributionLogBucket
from landform.constructs.grants import Grant, Grantee, ResourceGrants, Target
from landform.constructs.s3 import Bucket
from landform.constructs.stack import AwsStack
from landform.constructs.wafv2.association import protecting
from landform.constructs.wafv2.web_acl import CLOUDFRONT_REGION, AnyWebAcl
from landform.core import Construct, Ref
from landform.errors import Code, LandformError
from landform.iam import Condition, Principal, Statement
from landform.resources.aws.cloudfront_distribution import (
    CloudfrontDistribution,
    DefaultCacheBehavior,
    LoggingConfig,
    Origin,
    Restrictions,
    RestrictionsGeoRestriction,
    ViewerCertificate,
)
from landform.resources.aws.cloudfront_origin_access_control import CloudfrontOriginAccessControl
from landform.resources.aws.cloudfront_response_headers_policy import (
    CloudfrontResponseHeadersPolicy,
    SecurityHeadersConfig,
    SecurityHeadersConfigContentSecurityPolicy,
    SecurityHeadersConfigContentTypeOptions,
    SecurityHeadersConfigFrameOptions,
    SecurityHeadersConfigReferrerPolicy,
    SecurityHeadersConfigStrictTransportSecurity,
)

_INVALIDATE, _READ = VERBS

_SERVICE = "cloudfront.amazonaws.com"
_ORIGIN = "bucket"
_READ_METHODS = ("GET", "HEAD")
# AWS's own cache policy for what does not change: "Managed-CachingOptimized".
_CACHE_POLICY_ID = "658327ea-f89d-4fab-a63d-7e88639e58f6"
_ONE_YEAR = 31_536_000
OWN_CONTENT_ALONE = "default-src 'self'; frame-ancestors 'none'; object-src 'none'"
"""The content security policy unless another is given: a page loads nothing from elsewhere."""


class Distribution(Construct):
    """A distribution of what a private bucket holds, by HTTPS, behind a web ACL.

    It alone reads the bucket, and its key, by an origin access control. Answers carry the headers that keep
    browsers at HTTPS and pages to themselves. The web ACL and the certificate are of us-east-1: made in a stack of
    that region, where this one may stand elsewhere.

    Args:
        origin: the bucket, of this stack.
        domain_names: under which it is reached, at least one; the certificate is for them.
        certificate_arn: a certificate of us-east-1, by its ARN.
        web_acl: what protects it, of the scope ``CLOUDFRONT``.
        default_root_object: what is answered to a request for nothing.
        countries: codes of the countries that are served; all unless given.
        content_security_policy: where a page may load from; itself alone unless given.
        log_bucket: where its logs go; one of its own is made unless given.

    Raises:
        LandformError: ``argument-value`` for names, countries or an object AWS would refuse, and for a web ACL or
            certificate of another region.

    >>> certificate = "arn:aws:acm:us-east-1:012345678901:certificate/0a1b2c3d"
    >>> arn = "arn:aws:wafv2:us-east-1:012345678901:global/webacl/edge/0a1b-2c3d"
    >>> site = Distribution(
    ...     stack,
    ...     "Site",
    ...     origin=Bucket(stack, "Pages"),
    ...     domain_names=["www.example.com"],
    ...     certificate_arn=certificate,
    ...     web_acl=WebAcl.from_arn(stack, "WebAcl", arn),
    ... )
    >>> deployment = Role(stack, "Deployment", trust=[Trust.service("codebuild.amazonaws.com")])
    >>> site.grants.invalidate(deployment).actions
    ('cloudfront:CreateInvalidation', 'cloudfront:GetInvalidation')
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        origin: Bucket,
        domain_names: Sequence[str],
        certificate_arn: str | Ref[str],
        web_acl: AnyWebAcl,
        default_root_object: str = "index.html",
        countries: Sequence[str] = (),
        content_security_policy: str = OWN_CONTENT_ALONE,
        log_bucket: AnyDistributionLogBucket | None = None,
    ) -> None:
        super().__init__(scope, id)
        stack = self._stack = AwsStack.of(self)
        place = self.node.place
        aliases = self._checked_names(domain_names)
        certificate = checked_certificate(certificate_arn, self, CLOUDFRONT_REGION)
        protecting(self, web_acl, "CLOUDFRONT")
        self.log_bucket: AnyDistributionLogBucket = log_bucket or DistributionLogBucket(self, "Logs")
        self.resource = CloudfrontDistribution(
            self,
            "Resource",
            enabled=True,
            comment=self.node.path[-128:],
            aliases=aliases,
            default_root_object=ROOT_OBJECT.checked(default_root_object, place),
            http_version="http2and3",
            is_ipv6_enabled=True,
            web_acl_id=web_acl.arn,
            origin=[self._origin(origin)],
            default_cache_behavior=self._behavior(content_security_policy),
            viewer_certificate=ViewerCertificate(
                acm_certificate_arn=certificate,
                minimum_protocol_version="TLSv1.2_2021",
                ssl_support_method="sni-only",
            ),
            logging_config=LoggingConfig(
                bucket=self.log_bucket.domain_name,
                # Sessions are in cookies.
                include_cookies=False,
                prefix=f"{stack.physical_name(self, 128)}/",
            ),
            restrictions=self._restrictions(countries),
            # CloudFront puts its ACL on the bucket, which must have them by then.
            depends_on=[self.log_bucket],
        )
        stack.switch_off(
            self, "a second origin answers where the first fails", why="one bucket", checks=("CKV_AWS_310",)
        )
        self._let_in(origin)
        self.grants = DistributionGrants(Target(self, self.arn))

    @staticmethod
    def from_id(
        scope: Construct, id: str, distribution_id: str, *, account_id: str | None = None
    ) -> ImportedDistribution:
        """A distribution of another stack or account, to grant on.

        Raises:
            LandformError: ``argument-value`` where it is no id of a distribution.
        """
        return ImportedDistribution(scope, id, distribution_id, account_id=account_id)

    @property
    def arn(self) -> Ref[str]:
        """The distribution's ARN. AWS chooses the id in it, so it is a reference."""
        return self.resource.arn

    @property
    def domain_name(self) -> Ref[str]:
        """The name that AWS gives it, for an alias record."""
        return self.resource.domain_name

    def _origin(self, bucket: Bucket) -> Origin:
        access = CloudfrontOriginAccessControl(
            self,
            "OriginAccessControl",
            name=self._stack.physical_name(self, 64),
            description=f"Reads {bucket.bucket_name}.",
            origin_access_control_origin_type="s3",
            signing_behavior="always",
            signing_protocol="sigv4",
        )
        return Origin(
            origin_id=_ORIGIN,
            # Literal: the bucket's key names the distribution, which could not name the bucket then.
            domain_name=f"{bucket.bucket_name}.s3.{self._stack.region}.amazonaws.com",
            origin_access_control_id=access.id,
        )

    def _behavior(self, content_security_policy: str) -> DefaultCacheBehavior:
        headers = CloudfrontResponseHeadersPolicy(
            self,
            "Headers",
            name=self._stack.physical_name(self, 128),
            security_headers_config=SecurityHeadersConfig(
                strict_transport_security=SecurityHeadersConfigStrictTransportSecurity(
                    access_control_max_age_sec=_ONE_YEAR, include_subdomains=True, preload=True, override=True
                ),
                content_type_options=SecurityHeadersConfigContentTypeOptions(override=True),
                frame_options=SecurityHeadersConfigFrameOptions(frame_option="DENY", override=True),
                referrer_policy=SecurityHeadersConfigReferrerPolicy(
                    referrer_policy="same-origin", override=True
                ),
                content_security_policy=SecurityHeadersConfigContentSecurityPolicy(
                    content_security_policy=SECURITY_POLICY.checked(content_security_policy, self.node.place),
                    override=True,
                ),
            ),
        )
        return DefaultCacheBehavior(
            target_origin_id=_ORIGIN,
            viewer_protocol_policy="redirect-to-https",
            allowed_methods=_READ_METHODS,
            cached_methods=_READ_METHODS,
            cache_policy_id=_CACHE_POLICY_ID,
            response_headers_policy_id=headers.id,
            compress=True,
        )

    def _restrictions(self, countries: Sequence[str]) -> Restrictions:
        locations = [COUNTRY.checked(country, self.node.place) for country in countries]
        if not locations:
            self._stack.switch_off(self, "some countries alone are served", checks=("CKV_AWS_374",))
        return Restrictions(
            geo_restriction=RestrictionsGeoRestriction(
                restriction_type="whitelist" if locations else "none", locations=locations
            )
        )

    def _let_in(self, origin: Bucket) -> None:
        service = Principal("Service", _SERVICE)
        itself = Condition("StringEquals", "aws:SourceArn", (self.arn,))
        objects = (f"{origin.arn}/*",)
        origin.add_to_policy(
            Statement(
                "DistributionReads", ("s3:GetObject",), objects, principals=(service,), conditions=(itself,)
            )
        )
        if origin.key:
            origin.key.allow_service(
                _SERVICE, sid="DistributionDecrypts", actions=("kms:Decrypt",), conditions=(itself,)
            )

    def _checked_names(self, names: Sequence[str]) -> list[str]:
        if not names:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "A distribution is reached under names of its own.",
                place=self.node.place,
                given="no domain_names",
                expected="at least one, which the certificate is for",
            )
        return [DOMAIN_NAME.checked(name, self.node.place) for name in names]


class ImportedDistribution(Construct):
    """A distribution that another stack, account or nobody here makes."""

    def __init__(
        self, scope: Construct, id: str, distribution_id: str, *, account_id: str | None = None
    ) -> None:
        super().__init__(scope, id)
        distribution_id = DISTRIBUTION_ID.checked(distribution_id, self.node.place)
        self.arn = AwsStack.of(self).arn(
            "cloudfront", f"distribution/{distribution_id}", region="", account_id=account_id
        )
        self.grants = DistributionGrants(Target(self, self.arn, account_id=account_id, imported=True))


class DistributionGrants(ResourceGrants):
    """What may be granted on a distribution."""

    def invalidate(self, principal: Grantee) -> Grant:
        """Have what is cached fetched anew."""
        return self._grant(_INVALIDATE, principal)

    def read(self, principal: Grantee) -> Grant:
        """Read the distribution's configuration."""
        return self._grant(_READ, principal)
