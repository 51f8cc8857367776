import json

import pytest
from reading import at, built, paths, statements
from specimens.lambda_ import code

from landform.constructs import AwsStack
from landform.constructs.apigateway import HttpApi, Integration, JwtIssuer, UserPools
from landform.constructs.iam import Role, Trust
from landform.constructs.lambda_ import Function
from landform.constructs.logs import LogGroup
from landform.core import App
from landform.errors import Code, LandformError
from landform.testing import stack_instance

GLUE = [Trust.service("glue.amazonaws.com")]
TOKENS = JwtIssuer("https://login.example.com", ("ledger", "reports"))
ENTRY = Integration.https("https://ledger.example.com/entries/{id}")
ENTRIES = Integration.https("https://ledger.example.com/entries")
ROUTE = "Ledger/Routes/GET|entries|{id}"


def ledger(stack, **arguments):
    """An API with every default, but for what is given, and a route."""
    made = HttpApi(stack, "Ledger", **arguments)
    made.add_route("GET", "/entries/{id}", ENTRY)
    return made


def routed(method, path, integration, **arguments):
    """An API with one route."""
    scopes = arguments.pop("scopes", ())
    return lambda stack: HttpApi(stack, "Ledger", **arguments).add_route(
        method, path, integration, scopes=scopes
    )


@pytest.fixture(scope="module")
def document():
    """One with every default and one route."""
    return built(ledger)


class TestApi:
    def test_no_page_may_call(self, document):
        """Unless it is named."""
        resource = at(document, "Ledger/Resource")

        assert resource["name"] == "acme-payments-prod-data-lake-ledger"
        assert resource["protocol_type"] == "HTTP"
        assert "cors_configuration" not in resource

    def test_pages_that_may_call(self):
        """Those alone, and without what a browser keeps of a user."""
        origins = ["https://www.example.com", "https://localhost:8443"]
        (cors,) = at(built(lambda stack: ledger(stack, cors_origins=origins)), "Ledger/Resource")[
            "cors_configuration"
        ]

        assert cors["allow_origins"] == origins
        assert cors["allow_credentials"] is False
        assert "*" not in cors["allow_methods"] + cors["allow_headers"]


class TestStage:
    def test_it_deploys_itself_and_takes_so_many_requests(self, document):
        """Under no name, so that it is in no URL."""
        stage = at(document, "Ledger/Stage")

        assert (stage["name"], stage["auto_deploy"]) == ("$default", True)
        assert stage["default_route_settings"] == [
            {
                "detailed_metrics_enabled": True,
                "throttling_burst_limit": 1000,
                "throttling_rate_limit": 1000,
            }
        ]

    def test_another_limit(self):
        """Of the rate, and of how many come at once."""
        stage = at(built(lambda stack: ledger(stack, rate_limit=50)), "Ledger/Stage")
        (settings,) = stage["default_route_settings"]

        assert (settings["throttling_burst_limit"], settings["throttling_rate_limit"]) == (50, 50)

    def test_requests_are_logged_as_json(self, document):
        """Who called, and why who was not let in was not."""
        (log,) = at(document, "Ledger/Stage")["access_log_settings"]
        fields = json.loads(log["format"])

        assert fields["identity.userArn"] == "$context.identity.userArn"
        assert fields["authorizer.error"] == "$context.authorizer.error"

    def test_the_log_group_is_where_aws_lets_deliveries_in(self, document):
        """And there before the stage is."""
        name = "/aws/vendedlogs/apis/acme-payments-prod-data-lake-ledger"
        (log,) = at(document, "Ledger/Stage")["access_log_settings"]

        assert at(document, "Ledger/Logs/Resource")["name"] == name
        assert log["destination_arn"] == f"arn:aws:logs:eu-west-1:012345678901:log-group:{name}"
        assert any(
            each.startswith("aws_cloudwatch_log_group.Ledger_Logs_")
            for each in at(document, "Ledger/Stage")["depends_on"]
        )

    @pytest.mark.parametrize(("tier", "days"), [("sandbox", 365), ("prod", 731)])
    def test_the_tier_says_for_how_long(self, tier, days):
        """They are kept."""
        assert at(built(ledger, tier=tier), "Ledger/Logs/Resource")["retention_in_days"] == days

    def test_a_log_group_that_is_given(self):
        """No other one is made."""
        document = built(lambda stack: ledger(stack, log_group=LogGroup(stack, "Shared")))

        assert paths(document, "aws_cloudwatch_log_group") == ["Shared/Resource"]

    def test_a_log_group_of_another_stack(self):
        """Could not be waited for."""
        app = App()
        here, there = (AwsStack(app, stack_instance(stack=name)) for name in ("here", "there"))
        ledger(here, log_group=LogGroup(there, "Logs"))

        with pytest.raises(LandformError) as caught:
            app.synthesise()

        assert caught.value.code is Code.REFERENCE


class TestRoutes:
    def test_a_route_asks_for_iam(self, document):
        """Without a word of the user's."""
        route = at(document, f"{ROUTE}/Route")

        assert route["route_key"] == "GET /entries/{id}"
        assert route["authorization_type"] == "AWS_IAM"
        assert route["target"].startswith("integrations/${aws_apigatewayv2_integration.Ledger_Routes_")
        assert "authorizer_id" not in route

    def test_a_service_is_asked_by_https(self, document):
        """By the method that the caller chose."""
        integration = at(document, f"{ROUTE}/Integration")

        assert integration["integration_type"] == "HTTP_PROXY"
        assert integration["integration_method"] == "GET"
        assert integration["integration_uri"] == "https://ledger.example.com/entries/{id}"
        assert integration["payload_format_version"] == "1.0"

    def test_tokens_of_an_issuer(self):
        """Made for one of the audiences, and with one of the scopes, where there are any."""
        document = built(routed("GET", "/entries", ENTRIES, authorizer=TOKENS, scopes=["ledger/read"]))
        authorizer, route = at(document, "Ledger/Authorizer"), at(document, "Ledger/Routes/GET|entries/Route")

        assert authorizer["authorizer_type"] == "JWT"
        assert authorizer["identity_sources"] == ["$request.header.Authorization"]
        assert authorizer["jwt_configuration"] == [
            {"audience": ["ledger", "reports"], "issuer": "https://login.example.com"}
        ]
        assert route["authorization_type"] == "JWT"
        assert route["authorizer_id"].startswith("${aws_apigatewayv2_authorizer.Ledger_")
        assert route["authorization_scopes"] == ["ledger/read"]

    def test_a_function_is_called_for_one_route_of_this_api_alone(self):
        """By its reference, so that it is there first."""

        def build(stack):
            settle = Integration.function(Function(stack, "Settle", code=code(stack)))
            routed("ANY", "/entries/{id}", settle)(stack)

        document = built(build)
        integration = at(document, "Ledger/Routes/ANY|entries|{id}/Integration")
        permission = at(document, "Ledger/Routes/ANY|entries|{id}/Permission")

        assert integration["integration_type"] == "AWS_PROXY"
        assert integration["integration_method"] == "POST"
        assert integration["integration_uri"].startswith("${aws_lambda_function.Settle_")
        assert integration["payload_format_version"] == "2.0"
        assert permission["principal"] == "apigateway.amazonaws.com"
        assert permission["source_arn"].startswith("${aws_apigatewayv2_api.Ledger_")
        assert permission["source_arn"].endswith(".execution_arn}/$default/*/entries/*")

    def test_the_permissions_of_an_imported_function_are_its_owners(self):
        """It is called by its ARN."""

        def build(stack):
            settle = Integration.function(Function.from_name(stack, "Settle", "settle"))
            routed("GET", "/entries", settle)(stack)

        document = built(build)

        assert paths(document, "aws_lambda_permission") == []
        assert at(document, "Ledger/Routes/GET|entries/Integration")["integration_uri"] == (
            "arn:aws:lambda:eu-west-1:012345678901:function:settle"
        )


class TestGrants:
    def test_the_stage_is_in_the_arn(self):
        """Though it is in no URL."""

        def build(stack):
            role = Role(stack, "Auditor", trust=GLUE)
            ledger(stack).grants.invoke(role, method="GET", path="/entries/*")

        statement = statements(built(build), "Auditor/Policy")["Invoke"]

        assert statement["Action"] == "execute-api:Invoke"
        assert statement["Resource"].startswith("${aws_apigatewayv2_api.Ledger_")
        assert statement["Resource"].endswith(".execution_arn}/$default/GET/entries/*")

    def test_an_imported_one_is_known_by_its_id(self):
        """Its ARN is literal then."""

        def build(stack):
            imported = HttpApi.from_id(stack, "Ledger", "0a1b2c3d4e")
            imported.grants.invoke(Role(stack, "Auditor", trust=GLUE))

        assert statements(built(build), "Auditor/Policy")["Invoke"]["Resource"] == (
            "arn:aws:execute-api:eu-west-1:012345678901:0a1b2c3d4e/$default/*/*"
        )

    def test_an_id_that_is_none(self):
        """A name."""
        with pytest.raises(LandformError, match="id of an API"):
            built(lambda stack: HttpApi.from_id(stack, "Ledger", "acme-ledger"))

    def test_a_role_from_elsewhere_cannot_be_let_in(self):
        """An HTTP API has no policy that could name it."""
        elsewhere = Role.from_arn("arn:aws:iam::999999999999:role/reader")

        with pytest.raises(LandformError, match="no policy here"):
            built(lambda stack: ledger(stack).grants.invoke(elsewhere))

    def test_nobody_is_granted_what_asks_for_tokens(self):
        """A policy would say that they may, and the API that they may not."""

        def build(stack):
            ledger(stack, authorizer=TOKENS).grants.invoke(Role(stack, "Auditor", trust=GLUE))

        with pytest.raises(LandformError, match="asks for tokens"):
            built(build)


class TestBadInput:
    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"rate_limit": 0}, "number of requests in a second"),
            ({"rate_limit": True}, "number of requests in a second"),
            ({"cors_origins": ["*"]}, "origin that may call"),
            ({"cors_origins": ["http://www.example.com"]}, "origin that may call"),
            ({"cors_origins": ["https://www.example.com/"]}, "origin that may call"),
            (
                {"authorizer": UserPools(("arn:aws:cognito-idp:eu-west-1:012345678901:userpool/a_1",))},
                "no authorizer of a HttpApi",
            ),
        ],
    )
    def test_of_the_api(self, arguments, message):
        """Told on the line that says it."""
        with pytest.raises(LandformError, match=message) as caught:
            built(lambda stack: ledger(stack, **arguments))

        assert caught.value.code is Code.ARGUMENT_VALUE
        assert caught.value.place.file == "test_apigateway_http_api.py"

    @pytest.mark.parametrize(
        ("build", "message"),
        [
            (routed("OPTIONS", "/entries", ENTRIES), "no such method"),
            (routed("GET", "$default", ENTRIES), "path of an API"),
            (routed("GET", "/entries", ENTRY), "variables from the path"),
            (routed("GET", "/entries", ENTRIES, scopes=["ledger/read"]), "API that asks for tokens"),
            (routed("GET", "/entries", ENTRIES, authorizer=TOKENS, scopes=[""]), "scope of tokens"),
        ],
    )
    def test_of_a_route(self, build, message):
        """What cannot ask who calls, what is no path, what does not answer."""
        with pytest.raises(LandformError, match=message) as caught:
            built(build)

        assert caught.value.code is Code.ARGUMENT_VALUE

    def test_a_route_twice(self):
        """The one would hide the other."""
        with pytest.raises(LandformError) as caught:
            built(lambda stack: ledger(stack).add_route("GET", "/entries/{id}", ENTRY))

        assert caught.value.code is Code.DUPLICATE_ID

    @pytest.mark.parametrize(
        ("issuer", "audiences", "message"),
        [
            ("http://login.example.com", ("ledger",), "issuer of tokens"),
            ("login.example.com", ("ledger",), "issuer of tokens"),
            ("https://${login}", ("ledger",), "issuer of tokens"),
            ("https://login.example.com", (), "one audience or more"),
            ("https://login.example.com", "ledger", "one audience or more"),
            ("https://login.example.com", ("ledger app",), "audience of tokens"),
        ],
    )
    def test_of_an_issuer(self, issuer, audiences, message):
        """In the clear, no URL, an expression of Terraform's; whoever the token is for."""
        with pytest.raises(LandformError, match=message) as caught:
            JwtIssuer(issuer, audiences)

        assert caught.value.place.file == "test_apigateway_http_api.py"
