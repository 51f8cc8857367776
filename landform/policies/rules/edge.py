"""What stands before applications: load balancers, distributions, APIs and web ACLs."""

from __future__ import annotations

from collections.abc import Iterator

from landform.policies.rule import (
    Breach,
    Rule,
    Verdict,
    all_of,
    at_least,
    at_most,
    must_be,
    must_have,
    must_not_be,
)
from landform.policies.view import Block

_CREDENTIALS = ("authorization", "cookie")
_FLOOD = 100_000


def _public_https(block: Block) -> Iterator[Verdict]:
    """Only listeners that end TLS send headers to browsers."""
    if block.value("protocol") == "HTTPS":
        yield from all_of(
            must_have("routing_http_response_strict_transport_security_header_value"),
            must_be("routing_http_response_server_enabled", False),
        )(block)


def _web_targets(block: Block) -> Iterator[Verdict]:
    """Target groups of functions have no protocol, and those of network load balancers pass TLS through."""
    if block.value("target_type") != "lambda":
        yield from must_not_be("protocol", "HTTP")(block)


def _hides_credentials(block: Block) -> Iterator[Verdict]:
    hidden = {str(name).lower() for name in block.values("redacted_fields.single_header.name")}
    shown = [name for name in _CREDENTIALS if name not in hidden]
    if shown:
        yield Breach(f"writes the headers {' and '.join(shown)} to its log", ("redacted_fields",))


def _rules_that_count(block: Block) -> Iterator[Verdict]:
    """A whole group that only counts stops nothing; single rules of it may be counted while they are tried."""
    if any(action.get("count") is not None for action in block.objects("rule.override_action")):
        yield Breach("only counts what a group of rules matches", ("rule.override_action",))


def _validates(block: Block) -> Iterator[Verdict]:
    if not any(
        block.value(name) is True for name in ("validate_request_body", "validate_request_parameters")
    ):
        yield Breach("validates neither body nor parameters", ("validate_request_body",))


RULES = (
    Rule(
        id="LF_TARGETS_TLS",
        title="Targets are reached over TLS",
        severity="low",
        types=("aws_lb_target_group", "aws_alb_target_group"),
        rationale="A load balancer that ends TLS and goes on in the clear sends every request and every credential "
        "through the VPC as text.",
        remediation='Set protocol = "HTTPS", as the targets of landform\'s `LoadBalancer` have.',
        judge=_web_targets,
        good=(
            {
                "aws_lb_target_group": {
                    "t": {"protocol": "HTTPS", "port": 443},
                    "function": {"target_type": "lambda"},
                }
            },
        ),
        bad=({"aws_lb_target_group": {"t": {"protocol": "HTTP", "port": 80}}},),
    ),
    Rule(
        id="LF_LOAD_BALANCER_FAILS_OPEN",
        title="A load balancer lets nothing past a web ACL that does not answer",
        severity="medium",
        types=("aws_lb", "aws_alb"),
        rationale="With the web ACL failing open, whoever can make it slow has switched it off.",
        remediation="Leave enable_waf_fail_open out, or set it to false.",
        judge=must_be("enable_waf_fail_open", False, default=False),
        good=({"aws_lb": {"l": {"name": "l"}}},),
        bad=({"aws_lb": {"l": {"enable_waf_fail_open": True}}},),
    ),
    Rule(
        id="LF_LISTENER_HEADERS",
        title="Browsers are told to stay at HTTPS, and not what serves them",
        severity="low",
        types=("aws_lb_listener", "aws_alb_listener"),
        rationale="Without Strict-Transport-Security the first request of a visit can be turned to plain HTTP; the "
        "server header helps to choose an attack.",
        remediation="Set routing_http_response_strict_transport_security_header_value and "
        "routing_http_response_server_enabled = false, as landform's `LoadBalancer` does.",
        judge=_public_https,
        good=(
            {
                "aws_lb_listener": {
                    "https": {
                        "protocol": "HTTPS",
                        "routing_http_response_strict_transport_security_header_value": "max-age=31536000",
                        "routing_http_response_server_enabled": False,
                    },
                    "redirect": {"protocol": "HTTP"},
                }
            },
        ),
        bad=({"aws_lb_listener": {"https": {"protocol": "HTTPS"}}},),
    ),
    Rule(
        id="LF_ORIGIN_SIGNED",
        title="CloudFront signs every request to its origin",
        severity="high",
        types=("aws_cloudfront_origin_access_control",),
        rationale="A bucket that serves unsigned requests serves everyone, past the distribution and its web ACL.",
        remediation='Set signing_behavior = "always".',
        judge=must_be("signing_behavior", "always"),
        good=({"aws_cloudfront_origin_access_control": {"o": {"signing_behavior": "always"}}},),
        bad=({"aws_cloudfront_origin_access_control": {"o": {"signing_behavior": "never"}}},),
    ),
    Rule(
        id="LF_RESPONSE_HEADERS",
        title="Pages say in which frames they may stand and what they may load",
        severity="low",
        types=("aws_cloudfront_response_headers_policy",),
        rationale="A page that any site may frame can be clicked unseen, and one without a content security policy "
        "runs whatever gets into it.",
        remediation="Set frame_options and content_security_policy, as landform's `Distribution` does.",
        judge=all_of(
            must_have("security_headers_config.frame_options"),
            must_have("security_headers_config.content_security_policy"),
        ),
        good=(
            {
                "aws_cloudfront_response_headers_policy": {
                    "h": {
                        "security_headers_config": {
                            "frame_options": {"frame_option": "DENY", "override": True},
                            "content_security_policy": {
                                "content_security_policy": "default-src 'self'",
                                "override": True,
                            },
                        }
                    }
                }
            },
        ),
        bad=({"aws_cloudfront_response_headers_policy": {"h": {"security_headers_config": {}}}},),
    ),
    Rule(
        id="LF_LOGGED_COOKIES",
        title="Cookies are in no access log",
        severity="medium",
        types=("aws_cloudfront_distribution",),
        rationale="A session's cookie is a credential: whoever reads the log is signed in.",
        remediation="Leave include_cookies out of logging_config.",
        judge=must_be("logging_config.include_cookies", False, default=False),
        good=({"aws_cloudfront_distribution": {"d": {"logging_config": {"bucket": "b"}}}},),
        bad=({"aws_cloudfront_distribution": {"d": {"logging_config": {"include_cookies": True}}}},),
    ),
    Rule(
        id="LF_WEB_ACL_LOG",
        title="A web ACL's log leaves out credentials",
        severity="medium",
        types=("aws_wafv2_web_acl_logging_configuration",),
        rationale="The log holds the headers of every request, tokens and cookies among them.",
        remediation="Redact the headers authorization and cookie, as landform's `WebAcl` does.",
        judge=_hides_credentials,
        good=(
            {
                "aws_wafv2_web_acl_logging_configuration": {
                    "l": {
                        "redacted_fields": [
                            {"single_header": {"name": "authorization"}},
                            {"single_header": {"name": "cookie"}},
                        ]
                    }
                }
            },
        ),
        bad=(
            {
                "aws_wafv2_web_acl_logging_configuration": {
                    "l": {"redacted_fields": [{"single_header": {"name": "cookie"}}]}
                }
            },
        ),
    ),
    Rule(
        id="LF_WEB_ACL_BLOCKS",
        title="A web ACL's groups of rules block what they match",
        severity="medium",
        types=("aws_wafv2_web_acl",),
        rationale="A group whose action is overridden to count writes a metric and lets the request through.",
        remediation="Give override_action a none block; count single rules with rule_action_override while they are "
        "tried.",
        judge=all_of(
            _rules_that_count,
            at_most("rule.statement.rate_based_statement.limit", _FLOOD, default=0),
        ),
        good=(
            {
                "aws_wafv2_web_acl": {
                    "a": {
                        "rule": [
                            {"name": "common", "override_action": {"none": {}}},
                            {"name": "rate", "statement": {"rate_based_statement": {"limit": 2000}}},
                        ]
                    }
                }
            },
        ),
        bad=(
            {"aws_wafv2_web_acl": {"a": {"rule": [{"name": "common", "override_action": {"count": {}}}]}}},
            {
                "aws_wafv2_web_acl": {
                    "a": {"rule": [{"statement": {"rate_based_statement": {"limit": 2_000_000_000}}}]}
                }
            },
        ),
    ),
    Rule(
        id="LF_WEB_ACL_METRICS",
        title="Every rule of a web ACL has a metric",
        severity="low",
        types=("aws_wafv2_web_acl",),
        rationale="A rule without a metric can be neither watched nor alarmed on.",
        remediation="Set cloudwatch_metrics_enabled = true in each visibility_config.",
        judge=all_of(
            must_be("rule.visibility_config.cloudwatch_metrics_enabled", True, default=True),
            must_be("visibility_config.cloudwatch_metrics_enabled", True),
        ),
        controls=("WAF.12",),
        good=(
            {
                "aws_wafv2_web_acl": {
                    "a": {
                        "visibility_config": {"cloudwatch_metrics_enabled": True},
                        "rule": [{"visibility_config": {"cloudwatch_metrics_enabled": True}}],
                    }
                }
            },
        ),
        bad=(
            {
                "aws_wafv2_web_acl": {
                    "a": {
                        "visibility_config": {"cloudwatch_metrics_enabled": True},
                        "rule": [{"visibility_config": {"cloudwatch_metrics_enabled": False}}],
                    }
                }
            },
        ),
    ),
    Rule(
        id="LF_API_ORIGINS",
        title="An API is called by scripts of named pages",
        severity="medium",
        types=("aws_apigatewayv2_api",),
        rationale="With every origin allowed, any page that a signed-in person opens can call the API from their "
        "browser.",
        remediation="Name the origins in cors_configuration.allow_origins, as landform's `HttpApi` asks for them.",
        judge=must_not_be("cors_configuration.allow_origins", "*"),
        good=(
            {
                "aws_apigatewayv2_api": {
                    "a": {"cors_configuration": {"allow_origins": ["https://acme.example"]}},
                    "none": {"name": "a"},
                }
            },
        ),
        bad=({"aws_apigatewayv2_api": {"a": {"cors_configuration": {"allow_origins": ["*"]}}}},),
    ),
    Rule(
        id="LF_API_VALIDATOR",
        title="A request validator validates",
        severity="low",
        types=("aws_api_gateway_request_validator",),
        rationale="Both of its switches are off unless they are set, and the method's models are then documentation.",
        remediation="Set validate_request_body and validate_request_parameters.",
        judge=_validates,
        good=({"aws_api_gateway_request_validator": {"v": {"validate_request_body": True}}},),
        bad=({"aws_api_gateway_request_validator": {"v": {"name": "v"}}},),
    ),
    Rule(
        id="LF_API_THROTTLED",
        title="A stage of an API has a limit of its own",
        severity="low",
        types=("aws_api_gateway_method_settings",),
        rationale="Without one, a single caller can use up the account's quota, and every other API stops with it.",
        remediation="Set throttling_rate_limit and throttling_burst_limit, as landform's `RestApi` does.",
        judge=all_of(
            at_least("settings.throttling_rate_limit", 0),
            at_most("settings.throttling_rate_limit", _FLOOD),
            at_least("settings.throttling_burst_limit", 0),
        ),
        good=(
            {
                "aws_api_gateway_method_settings": {
                    "m": {"settings": {"throttling_rate_limit": 100, "throttling_burst_limit": 50}}
                }
            },
        ),
        bad=(
            {
                "aws_api_gateway_method_settings": {
                    "m": {"settings": {"throttling_rate_limit": -1, "throttling_burst_limit": 50}},
                    "unset": {"settings": {"metrics_enabled": True}},
                }
            },
        ),
    ),
)
