"""APIs of both kinds."""

from __future__ import annotations

from mutant import ELSEWHERE, Mutant

from landform.constructs import AwsStack
from landform.constructs.apigateway import (
    ApiGatewayAccount,
    HttpApi,
    Integration,
    JwtIssuer,
    RestApi,
    UserPools,
)
from landform.constructs.ec2 import Vpc
from landform.constructs.iam import Role, Trust
from landform.constructs.lambda_ import Function
from landform.constructs.wafv2 import WebAcl
from landform.core import Construct
from specimens.lambda_ import code

ARN = "arn:aws:execute-api:eu-west-1:012345678901:0a1b2c"
PARTS = {"stage": "*", "method": "*", "path": "/*"}
DOCUMENTED: set[tuple[str, str]] = set()
POOL = "arn:aws:cognito-idp:eu-west-1:012345678901:userpool/eu-west-1_0a1b2c3d4"
SERVICE = Integration.https("https://ledger.example.com/entries/{id}")
TOKENS = JwtIssuer("https://login.example.com", ("ledger",))


def function(scope: Construct) -> Integration:
    """A function of this stack."""
    return Integration.function(Function(scope, "Function", code=code(scope)))


def build(scope: Construct, vpc: Vpc) -> None:
    """A REST API for roles, one for users, and an HTTP API for tokens."""
    answer, web_acl = function(scope), WebAcl(scope, "WebAcl")
    settle = Function.from_name(scope, "Settle", "settle")
    rest = RestApi(scope, "Rest", web_acl=web_acl, account=ApiGatewayAccount(scope, "Account"))
    rest.add_method("GET", "/entries/{id}", SERVICE)
    rest.add_method("POST", "/entries", answer)
    users = RestApi(
        scope, "Users", web_acl=web_acl, authorizer=UserPools((POOL,)), log_group=rest.stage.log_group
    )
    users.add_method("ANY", "/{proxy+}", Integration.function(settle), scopes=["ledger/read"])
    roles = HttpApi(scope, "Http")
    roles.add_route("GET", "/", answer)
    tokens = HttpApi(scope, "Tokens", authorizer=TOKENS, cors_origins=["https://www.example.com"])
    tokens.add_route("GET", "/entries/{id}", SERVICE, scopes=["ledger/read"])
    role = Role(scope, "Role", trust=[Trust.service("glue.amazonaws.com")])
    elsewhere = Role.from_arn("arn:aws:iam::999999999999:role/reader")
    imported = RestApi.from_id(scope, "Imported", "0a1b2c3d4e")
    for grants, principal in (
        (rest.grants, role),
        (rest.grants, elsewhere),
        (roles.grants, role),
        (imported.grants, role),
        (HttpApi.from_id(scope, "ImportedHttp", "1a1b2c3d4e").grants, role),
    ):
        grants.invoke(principal, method="GET", path="/entries/*")


def rest(stack: AwsStack) -> None:
    api = RestApi(stack, "Rest", web_acl=WebAcl(stack, "WebAcl"))
    api.add_method("GET", "/entries/{id}", function(stack))


def http(stack: AwsStack) -> None:
    HttpApi(stack, "Http").add_route("GET", "/entries/{id}", function(stack))


_METHOD = "Rest/Methods/GET|entries|{id}"
_ROUTE = "Http/Routes/GET|entries|{id}"
_SETTINGS = "Rest/Stage/Settings"
_STAGE = "Rest/Stage/Resource"

MUTANTS = (
    Mutant("method for everyone", rest, f"{_METHOD}/Method", {"authorization": "NONE"}, "CKV_AWS_59"),
    Mutant("nothing validated", rest, f"{_METHOD}/Method", {"request_validator_id": None}, "CKV2_AWS_53"),
    Mutant("api without web acl", rest, "Rest/WebAclAssociation", {"resource_arn": ELSEWHERE}, "CKV2_AWS_29"),
    Mutant("api behind no log4j rules", rest, "WebAcl/Resource", {"rule": None}, "CKV2_AWS_77"),
    Mutant("requests not logged", rest, _STAGE, {"access_log_settings": None}, "CKV_AWS_76"),
    Mutant("errors not logged", rest, _SETTINGS, {"settings.0.logging_level": "OFF"}, "CKV2_AWS_4"),
    Mutant("no metrics", rest, _SETTINGS, {"settings.0.metrics_enabled": False}, "CKV2_AWS_4"),
    Mutant("whole requests logged", rest, _SETTINGS, {"settings.0.data_trace_enabled": True}, "CKV_AWS_276"),
    Mutant("errors logged in the clear", rest, "Rest/Stage/ErrorLogs", {"kms_key_id": None}, "CKV_AWS_158"),
    Mutant("errors logged for ever", rest, "Rest/Stage/ErrorLogs", {"retention_in_days": None}, "CKV_AWS_66"),
    Mutant("not traced", rest, _STAGE, {"xray_tracing_enabled": False}, "CKV_AWS_73"),
    Mutant("no client certificate", rest, _STAGE, {"client_certificate_id": None}, "CKV2_AWS_51"),
    Mutant("api gone before the next", rest, "Rest/Resource", {"lifecycle": None}, "CKV_AWS_237"),
    Mutant("deployment gone before the next", rest, "Rest/Stage/Deployment", {"lifecycle": None}, "CKV_AWS_217"),
    Mutant("cached in the clear", rest, _SETTINGS, {
        "settings.0.caching_enabled": True, "settings.0.cache_data_encrypted": False}, "CKV_AWS_308"),
    Mutant("function for every api", rest, f"{_METHOD}/Permission", {
        "source_arn": None}, "CKV_AWS_364"),
    Mutant("function for everyone", rest, f"{_METHOD}/Permission", {
        "principal": "*", "source_arn": None}, "CKV_AWS_301"),
    Mutant("route for everyone", http, f"{_ROUTE}/Route", {"authorization_type": "NONE"}, "CKV_AWS_309"),
    Mutant("routes not logged", http, "Http/Stage", {"access_log_settings": None}, "CKV_AWS_76"),
    Mutant("route's function for every api", http, f"{_ROUTE}/Permission", {
        "source_arn": None}, "CKV_AWS_364"),
    Mutant("any number of requests", rest, _SETTINGS,
           {"settings.0.throttling_rate_limit": -1}, "LF_API_THROTTLED"),
    Mutant("called from any page", http, "Http/Resource",
           {"cors_configuration": [{"allow_origins": ["*"]}]}, "LF_API_ORIGINS"),
    Mutant("validator that validates nothing", rest, "Rest/Validator",
           {"validate_request_body": False, "validate_request_parameters": False}, "LF_API_VALIDATOR"),
)  # fmt: skip
"""What the scan must find."""

UNSEEN = (
    # The rule sees a policy that lets everyone in, and there is none.
    Mutant("options for everyone", rest, f"{_METHOD}/Method", {
        "authorization": "NONE", "http_method": "OPTIONS"}),
)  # fmt: skip
"""What no rule of checkov sees: the construct's own tests hold it."""
