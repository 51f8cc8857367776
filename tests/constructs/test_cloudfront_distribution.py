import json

import pytest
from reading import at, built, paths, stack_of, statements

from landform.checks.checkov_engine import scan
from landform.checks.scan_copy import scan_copy
from landform.constructs import AwsStack
from landform.constructs.cloudfront import Distribution, DistributionLogBucket
from landform.constructs.iam import Role, Trust
from landform.constructs.s3 import AccessLogBucket, Bucket
from landform.constructs.wafv2 import WebAcl
from landform.core import App
from landform.errors import Code, LandformError
from landform.testing import stack_instance, synthesise

CERTIFICATE = "arn:aws:acm:us-east-1:012345678901:certificate/0a1b2c3d"
WEB_ACL = "arn:aws:wafv2:us-east-1:012345678901:global/webacl/edge/0a1b-2c3d"
SITE = "${aws_cloudfront_distribution.Site_"
BUILDER = [Trust.service("codebuild.amazonaws.com")]


def made(stack, **arguments):
    """A distribution with every default, but for what is given."""
    given = {"domain_names": ["www.example.com"], "certificate_arn": CERTIFICATE, **arguments}
    if "origin" not in given:
        given["origin"] = Bucket(stack, "Pages")
    if "web_acl" not in given:
        given["web_acl"] = WebAcl.from_arn(stack, "Acl", WEB_ACL)
    return Distribution(stack, "Site", **given)


def site(**arguments):
    return lambda stack: made(stack, **arguments)


@pytest.fixture(scope="module")
def document():
    """One with every default."""
    return built(site())


class TestViewers:
    @pytest.mark.parametrize(
        ("argument", "value"),
        [
            ("enabled", True),
            ("aliases", ["www.example.com"]),
            ("default_root_object", "index.html"),
            ("http_version", "http2and3"),
            ("web_acl_id", WEB_ACL),
        ],
    )
    def test_default(self, document, argument, value):
        """It stands in the resource, whatever the provider's default is."""
        assert at(document, "Site/Resource")[argument] == value

    def test_they_are_sent_on_to_https(self, document):
        """And may only read."""
        (behavior,) = at(document, "Site/Resource")["default_cache_behavior"]

        assert behavior["viewer_protocol_policy"] == "redirect-to-https"
        assert behavior["allowed_methods"] == behavior["cached_methods"] == ["GET", "HEAD"]

    def test_tls_is_modern(self, document):
        """By server name indication, with the certificate that was given."""
        assert at(document, "Site/Resource")["viewer_certificate"] == [
            {
                "acm_certificate_arn": CERTIFICATE,
                "minimum_protocol_version": "TLSv1.2_2021",
                "ssl_support_method": "sni-only",
            }
        ]

    def test_answers_carry_headers(self, document):
        """That keep browsers at HTTPS, and pages to themselves."""
        (headers,) = at(document, "Site/Headers")["security_headers_config"]
        (behavior,) = at(document, "Site/Resource")["default_cache_behavior"]

        assert headers["strict_transport_security"] == [
            {
                "access_control_max_age_sec": 31_536_000,
                "include_subdomains": True,
                "preload": True,
                "override": True,
            }
        ]
        assert headers["frame_options"] == [{"frame_option": "DENY", "override": True}]
        assert headers["content_type_options"] == [{"override": True}]
        assert headers["content_security_policy"][0]["content_security_policy"].startswith(
            "default-src 'self'"
        )
        assert behavior["response_headers_policy_id"].startswith(
            "${aws_cloudfront_response_headers_policy.Site_Headers"
        )

    def test_pages_may_load_from_elsewhere_where_told(self):
        """The policy that is given stands for the whole."""
        given = "default-src 'self' https://fonts.example.com"
        (headers,) = at(built(site(content_security_policy=given)), "Site/Headers")["security_headers_config"]

        assert headers["content_security_policy"] == [{"content_security_policy": given, "override": True}]

    def test_every_country_is_served_unless_some_are_named(self, document):
        """Which those are is a matter of the business."""
        some = built(site(countries=["DE", "IE"]))

        assert (
            at(document, "Site/Resource")["restrictions"][0]["geo_restriction"][0]["restriction_type"]
            == "none"
        )
        assert at(some, "Site/Resource")["restrictions"] == [
            {"geo_restriction": [{"locations": ["DE", "IE"], "restriction_type": "whitelist"}]}
        ]

    @pytest.mark.parametrize(
        ("countries", "off"), [([], {"CKV_AWS_310", "CKV_AWS_374"}), (["DE"], {"CKV_AWS_310"})]
    )
    def test_what_it_does_not_hold_is_recorded(self, countries, off):
        """For whoever reads the manifest."""
        stack = stack_of(site(countries=countries))

        assert {
            check for each in stack.switched_off if each.construct.node.id == "Site" for check in each.checks
        } == off


class TestOrigin:
    def test_it_is_asked_with_a_signature(self, document):
        """Always, by an origin access control."""
        (origin,) = at(document, "Site/Resource")["origin"]
        control = at(document, "Site/OriginAccessControl")

        assert origin["domain_name"] == "acme-payments-prod-data-lake-pages.s3.eu-west-1.amazonaws.com"
        assert origin["origin_access_control_id"].startswith("${aws_cloudfront_origin_access_control.Site_")
        assert (control["signing_behavior"], control["signing_protocol"]) == ("always", "sigv4")
        assert control["origin_access_control_origin_type"] == "s3"

    def test_the_bucket_lets_this_distribution_read(self, document):
        """And no other of the account's."""
        statement = statements(document, "Pages/Policy")["DistributionReads"]

        assert statement["Principal"] == {"Service": "cloudfront.amazonaws.com"}
        assert statement["Action"] == "s3:GetObject"
        assert statement["Resource"] == "arn:aws:s3:::acme-payments-prod-data-lake-pages/*"
        assert statement["Condition"]["StringEquals"]["aws:SourceArn"].startswith(SITE)

    def test_so_does_the_buckets_key(self, document):
        """To decrypt, and for nothing else."""
        statement = statements(document, "PagesKey/Resource")["DistributionDecrypts"]

        assert statement["Principal"] == {"Service": "cloudfront.amazonaws.com"}
        assert statement["Action"] == "kms:Decrypt"
        assert statement["Condition"]["StringEquals"]["aws:SourceArn"].startswith(SITE)

    def test_the_distribution_waits_for_nothing_that_names_it(self, document):
        """The key's policy and the bucket's name the distribution; Terraform refuses a circle."""
        text = json.dumps(at(document, "Site/Resource"))

        assert "aws_kms_key." not in text
        assert "aws_s3_bucket.Pages" not in text


class TestLogs:
    def test_requests_are_logged_without_cookies(self, document):
        """To a bucket of its own, below the distribution's name."""
        assert at(document, "Site/Resource")["logging_config"] == [
            {
                "bucket": "acme-payments-prod-data-lake-site-logs.s3.amazonaws.com",
                "include_cookies": False,
                "prefix": "acme-payments-prod-data-lake-site/",
            }
        ]

    def test_the_bucket_has_its_acls_first(self, document):
        """CloudFront puts one more on it when the distribution is made."""
        first = at(document, "Site/Resource")["depends_on"]

        assert any(address.startswith("aws_s3_bucket_ownership_controls.Site_Logs") for address in first)

    def test_the_bucket_has_acls_and_no_public_ones(self, document):
        """CloudFront delivers by an ACL; the files belong to this account."""
        block = at(document, "Site/Logs/PublicAccessBlock")

        assert at(document, "Site/Logs/Ownership")["rule"] == [{"object_ownership": "BucketOwnerPreferred"}]
        assert block["block_public_acls"] is block["ignore_public_acls"] is True

    def test_other_buckets_have_no_acls(self, document):
        """This kind alone."""
        assert at(document, "Pages/Ownership")["rule"] == [{"object_ownership": "BucketOwnerEnforced"}]

    def test_a_bucket_that_is_given_takes_the_logs(self):
        """And none is made."""

        def build(stack):
            logs = DistributionLogBucket(stack, "Logs")
            made(stack, log_bucket=logs)

        document = built(build)

        assert paths(document, "aws_s3_bucket") == ["Logs/Resource", "Pages/Resource"]
        assert at(document, "Site/Resource")["logging_config"][0]["bucket"].startswith("acme-payments-prod")

    def test_a_region_that_cloudfront_does_not_deliver_to(self):
        """Its logs would be nowhere, and nobody would be told."""

        def build(stack):
            DistributionLogBucket(stack, "Logs", access_logs="acme-logs")

        with pytest.raises(LandformError, match="delivers no logs") as caught:
            built(build, region="eu-south-1")

        assert caught.value.given == "eu-south-1"
        assert caught.value.place.file == "test_cloudfront_distribution.py"

    @pytest.mark.parametrize(("tier", "days"), [("sandbox", 365), ("stage", 400), ("prod", 731)])
    def test_logs_expire_as_the_tier_says(self, tier, days):
        """Or as is given."""
        kept = at(built(lambda stack: DistributionLogBucket(stack, "Logs"), tier=tier), "Logs/Lifecycle")
        given = built(lambda stack: DistributionLogBucket(stack, "Logs", expire_days=90), tier=tier)

        assert kept["rule"][1]["expiration"] == [{"days": days}]
        assert at(given, "Logs/Lifecycle")["rule"][1]["expiration"] == [{"days": 90}]


class TestUsEast1:
    @pytest.mark.parametrize(
        "arn",
        [
            WEB_ACL.replace("global", "regional"),
            WEB_ACL.replace(":global", ":regional").replace("us-", "eu-"),
        ],
    )
    def test_a_web_acl_of_a_region_is_refused(self, arn):
        """CloudFront's are global ones, in us-east-1."""
        with pytest.raises(LandformError, match="cannot protect a Distribution") as caught:
            built(lambda stack: made(stack, web_acl=WebAcl.from_arn(stack, "Regional", arn)))

        assert caught.value.expected == "one of scope CLOUDFRONT in us-east-1"
        assert caught.value.place.file == "test_cloudfront_distribution.py"

    def test_a_certificate_of_another_region_is_refused(self):
        """With the region that it must be of."""
        with pytest.raises(LandformError, match="certificates of one region") as caught:
            built(site(certificate_arn=CERTIFICATE.replace("us-east-1", "eu-west-1")))

        assert caught.value.given == "a certificate of eu-west-1"
        assert caught.value.expected == "one of us-east-1"

    def test_a_web_acl_that_another_stack_makes_is_named_by_its_arn(self):
        """Its own reference would name nothing here."""
        app = App()
        edge = AwsStack(app, stack_instance(region="us-east-1", stack="edge"))
        pages = AwsStack(app, stack_instance(stack="pages"))
        made(pages, web_acl=WebAcl(edge, "Acl", acl_scope="CLOUDFRONT"))

        with pytest.raises(LandformError) as caught:
            app.synthesise()

        assert caught.value.code is Code.REFERENCE

    def test_all_of_it_in_a_stack_of_us_east_1(self):
        """The rule that looks behind the distribution at its web ACL is satisfied there."""

        def build(stack):
            access_logs = AccessLogBucket(stack, "AccessLogs").bucket_name
            made(
                stack,
                origin=Bucket(stack, "Content", access_logs=access_logs),
                web_acl=WebAcl(stack, "Edge", acl_scope="CLOUDFRONT"),
                log_bucket=DistributionLogBucket(stack, "Logs", access_logs=access_logs),
            )

        synthesis = synthesise(build, stack_instance(region="us-east-1"))
        (address,) = (a for a in synthesis.origins if a.startswith("aws_cloudfront_distribution."))
        results = scan({"edge": scan_copy(json.loads(synthesis.text))}).results
        outcomes = {(result.rule, result.outcome) for result in results if result.address == address}

        assert ("CKV2_AWS_47", "passed") in outcomes
        assert {rule for rule, outcome in outcomes if outcome == "failed"} == {"CKV_AWS_310", "CKV_AWS_374"}


class TestBadInput:
    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"domain_names": []}, "names of its own"),
            ({"domain_names": ["example"]}, "domain name"),
            ({"domain_names": ["https://www.example.com"]}, "domain name"),
            ({"domain_names": ["WWW.example.com"]}, "domain name"),
            ({"default_root_object": "/index.html"}, "default root object"),
            ({"default_root_object": ""}, "default root object"),
            ({"countries": ["Germany"]}, "refuse this country"),
            ({"content_security_policy": ""}, "content security policy"),
            ({"certificate_arn": "www"}, "ARN of a certificate"),
        ],
    )
    def test_what_aws_refuses(self, arguments, message):
        """Told on the line that says it."""
        with pytest.raises(LandformError, match=message) as caught:
            built(site(**arguments))

        assert caught.value.code is Code.ARGUMENT_VALUE
        assert caught.value.place.file == "test_cloudfront_distribution.py"


class TestGrants:
    @pytest.mark.parametrize(
        ("verb", "sid", "actions"),
        [
            ("invalidate", "Invalidate", ["cloudfront:CreateInvalidation", "cloudfront:GetInvalidation"]),
            ("read", "Read", ["cloudfront:GetDistribution", "cloudfront:GetDistributionConfig"]),
        ],
    )
    def test_a_verb_is_its_actions_on_this_distribution(self, verb, sid, actions):
        """By reference, because AWS chooses its id."""

        def build(stack):
            getattr(made(stack).grants, verb)(Role(stack, "Deployment", trust=BUILDER))

        statement = statements(built(build), "Deployment/Policy")[sid]

        assert statement["Action"] == actions
        assert statement["Resource"].startswith(SITE)

    def test_one_of_another_stack_is_known_by_its_id(self):
        """Its ARN is literal then."""

        def build(stack):
            site = Distribution.from_id(stack, "Site", "E0A1B2C3D4")
            site.grants.invalidate(Role(stack, "Deployment", trust=BUILDER))

        statement = statements(built(build), "Deployment/Policy")["Invalidate"]

        assert statement["Resource"] == "arn:aws:cloudfront::012345678901:distribution/E0A1B2C3D4"

    @pytest.mark.parametrize("id", ["www.example.com", "e0a1b2c3d4", "E0"])
    def test_an_id_that_is_none(self, id):
        """A name, small letters, too short."""
        with pytest.raises(LandformError, match="id of a distribution") as caught:
            built(lambda stack: Distribution.from_id(stack, "Site", id))

        assert caught.value.place.file == "test_cloudfront_distribution.py"

    def test_a_role_from_elsewhere_cannot_be_let_in(self):
        """A distribution has no policy that could name it."""
        elsewhere = Role.from_arn("arn:aws:iam::999999999999:role/deployment")

        with pytest.raises(LandformError, match="no policy here"):
            built(lambda stack: made(stack).grants.invalidate(elsewhere))
