import pytest
from reading import at, built, paths

from landform.constructs.logs import LogGroup
from landform.constructs.wafv2 import WebAcl
from landform.constructs.wafv2.association import associate, protecting
from landform.core import Construct
from landform.errors import Code, LandformError

ARN = "arn:aws:wafv2:eu-west-1:012345678901:regional/webacl/edge/0a1b-2c3d"
GLOBAL_ARN = "arn:aws:wafv2:us-east-1:999999999999:global/webacl/edge/0a1b-2c3d"
API = "arn:aws:apigateway:eu-west-1::/restapis/0a1b2c/stages/live"


def acl(**arguments):
    return lambda stack: WebAcl(stack, "Acl", **arguments)


def rules(document):
    """The rules by name."""
    return {rule["name"]: rule for rule in at(document, "Acl/Resource")["rule"]}


class TestWebAcl:
    @pytest.mark.parametrize(
        ("rule", "group"),
        [
            ("ip-reputation", "AWSManagedRulesAmazonIpReputationList"),
            ("anonymous-ip", "AWSManagedRulesAnonymousIpList"),
            ("common", "AWSManagedRulesCommonRuleSet"),
            ("known-bad-inputs", "AWSManagedRulesKnownBadInputsRuleSet"),
        ],
    )
    def test_awss_rules_block(self, rule, group):
        """Nothing overrides what a group of rules does."""
        body = rules(built(acl()))[rule]

        assert body["override_action"] == [{"none": [{}]}]
        assert body["statement"] == [
            {"managed_rule_group_statement": [{"name": group, "vendor_name": "AWS"}]}
        ]

    def test_one_address_has_a_limit(self):
        """Before every other rule, because it costs the least."""
        rate = rules(built(acl(rate_limit=500)))["rate-limit"]

        assert rate["priority"] == 0
        assert rate["action"] == [{"block": [{}]}]
        assert rate["statement"] == [{"rate_based_statement": [{"aggregate_key_type": "IP", "limit": 500}]}]

    def test_priorities_are_unique(self):
        """AWS refuses two rules of one priority."""
        priorities = [rule["priority"] for rule in rules(built(acl())).values()]

        assert sorted(priorities) == list(range(len(priorities)))

    def test_every_rule_has_metrics_and_keeps_no_samples(self):
        """A sample shows the headers that the logs leave out."""
        document = built(acl())
        settings = [at(document, "Acl/Resource"), *rules(document).values()]

        assert len(settings) == 6
        for (visible,) in (each["visibility_config"] for each in settings):
            assert visible["cloudwatch_metrics_enabled"] is True
            assert visible["sampled_requests_enabled"] is False

    @pytest.mark.parametrize("limit", [9, 0, -1, 2_000_000_001, "100", True])
    def test_a_limit_that_aws_refuses(self, limit):
        """10 to two thousand million."""
        with pytest.raises(LandformError, match="requests of one address") as caught:
            built(acl(rate_limit=limit))

        assert caught.value.given == repr(limit)
        assert caught.value.place.file == "test_wafv2_web_acl.py"

    @pytest.mark.parametrize("tier", ["sandbox", "prod"])
    def test_no_tier_has_fewer_rules(self, tier):
        """What a web ACL costs is the same everywhere, and so is what it holds off."""
        assert rules(built(acl(), tier=tier)) == rules(built(acl(), tier="stage"))

    def test_one_for_cloudfront_stands_in_us_east_1(self):
        """CloudFront looks there alone."""
        document = built(acl(acl_scope="CLOUDFRONT"), region="us-east-1")

        assert at(document, "Acl/Resource")["scope"] == "CLOUDFRONT"

    def test_one_for_cloudfront_elsewhere_is_refused(self):
        """AWS would say so half an apply later."""
        with pytest.raises(LandformError, match="made in one region") as caught:
            built(acl(acl_scope="CLOUDFRONT"))

        assert caught.value.code is Code.ARGUMENT_VALUE
        assert caught.value.given == "a stack of eu-west-1"
        assert caught.value.expected == "a stack of us-east-1"
        assert caught.value.place.file == "test_wafv2_web_acl.py"

    def test_a_scope_that_is_none(self):
        """AWS writes them in capitals."""
        with pytest.raises(LandformError, match="no scope") as caught:
            built(acl(acl_scope="regional"))

        assert caught.value.expected == "REGIONAL or CLOUDFRONT"


class TestLogging:
    def test_it_logs_to_a_group_of_its_own(self):
        """Under the prefix that WAF asks for, and after the group is there."""
        document = built(acl())
        logging = at(document, "Acl/Logging")
        name = "aws-waf-logs-acme-payments-prod-data-lake-acl"

        assert at(document, "Acl/Logs/Resource")["name"] == name
        assert logging["log_destination_configs"] == [f"arn:aws:logs:eu-west-1:012345678901:log-group:{name}"]
        assert any(address.startswith("aws_cloudwatch_log_group.") for address in logging["depends_on"])

    def test_credentials_are_left_out(self):
        """Those of headers, and those of the query."""
        redacted = at(built(acl()), "Acl/Logging")["redacted_fields"]

        assert redacted == [
            {"single_header": [{"name": "authorization"}]},
            {"single_header": [{"name": "cookie"}]},
            {"query_string": [{}]},
        ]

    def test_other_headers_are_left_out(self):
        """The query always is."""
        redacted = at(built(acl(redacted_headers=["x-api-key"])), "Acl/Logging")["redacted_fields"]

        assert redacted == [{"single_header": [{"name": "x-api-key"}]}, {"query_string": [{}]}]

    @pytest.mark.parametrize("header", ["Authorization", "", "x" * 65, "a b"])
    def test_a_header_that_aws_refuses(self, header):
        """WAF compares in lower case."""
        with pytest.raises(LandformError, match="name of a header") as caught:
            built(acl(redacted_headers=[header]))

        assert caught.value.given == repr(header)

    def test_a_log_group_is_shared(self):
        """One that has the prefix."""

        def build(stack):
            logs = LogGroup(stack, "Logs", log_group_name="aws-waf-logs-edge")
            WebAcl(stack, "Acl", log_group=logs)

        document = built(build)

        assert paths(document, "aws_cloudwatch_log_group") == ["Logs/Resource"]
        assert at(document, "Acl/Logging")["log_destination_configs"][0].endswith(":aws-waf-logs-edge")

    def test_a_log_group_of_another_name_is_refused(self):
        """WAF would not deliver to it."""

        def build(stack):
            WebAcl(stack, "Acl", log_group=LogGroup(stack, "Logs"))

        with pytest.raises(LandformError, match="would not deliver") as caught:
            built(build)

        assert caught.value.expected == "a name that begins with aws-waf-logs-"
        assert caught.value.place.file == "test_wafv2_web_acl.py"


class TestFromArn:
    @pytest.mark.parametrize(
        ("arn", "scope", "region"), [(ARN, "REGIONAL", "eu-west-1"), (GLOBAL_ARN, "CLOUDFRONT", "us-east-1")]
    )
    def test_the_arn_says_scope_and_region(self, arn, scope, region):
        """CloudFront's are global ones."""
        kept = []
        built(lambda stack: kept.append(WebAcl.from_arn(stack, "Acl", arn)))

        assert (kept[0].arn, kept[0].acl_scope, kept[0].region) == (arn, scope, region)

    @pytest.mark.parametrize("arn", ["edge", ARN.replace("webacl", "rulegroup"), ARN.replace("0123", "01")])
    def test_another_arn_is_refused(self, arn):
        """A name, a rule group, an account that is none."""
        with pytest.raises(LandformError, match="ARN of a web ACL") as caught:
            built(lambda stack: WebAcl.from_arn(stack, "Acl", arn))

        assert caught.value.given == repr(arn)
        assert caught.value.place.file == "test_wafv2_web_acl.py"


class TestAssociate:
    def test_it_names_both(self):
        """The web ACL by reference, so that Terraform makes it first."""
        body = at(built(lambda stack: associate(stack, WebAcl(stack, "Acl"), API)), "WebAclAssociation")

        assert body["resource_arn"] == API
        assert body["web_acl_arn"].startswith("${aws_wafv2_web_acl.Acl_")

    @pytest.mark.parametrize("arn", [GLOBAL_ARN, ARN.replace("eu-west-1", "eu-central-1")])
    def test_one_of_another_scope_or_region_is_refused(self, arn):
        """AWS would not find it."""
        with pytest.raises(LandformError, match="cannot protect") as caught:
            built(lambda stack: associate(stack, WebAcl.from_arn(stack, "Acl", arn), API))

        assert caught.value.expected == "one of scope REGIONAL in eu-west-1"


class TestProtecting:
    def test_a_distribution_takes_one_of_cloudfront(self):
        """Wherever its own stack is."""
        kept = []

        def build(stack):
            web_acl = WebAcl.from_arn(stack, "Acl", GLOBAL_ARN)
            kept.append(protecting(Construct(stack, "Site"), web_acl, "CLOUDFRONT") is web_acl)

        built(build)

        assert kept == [True]
