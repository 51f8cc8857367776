import json

import pytest
from reading import at, built, paths, stack_of, statements

from landform.constructs import AwsStack
from landform.constructs.apigateway import ApiGatewayAccount, Integration, RestApi, UserPools
from landform.constructs.iam import Role, Trust
from landform.constructs.logs import LogGroup
from landform.constructs.wafv2 import WebAcl
from landform.core import App
from landform.errors import Code, LandformError
from landform.testing import TIERS, stack_instance

GLUE = [Trust.service("glue.amazonaws.com")]
ELSEWHERE = Role.from_arn("arn:aws:iam::999999999999:role/reader")
POOL = "arn:aws:cognito-idp:eu-west-1:012345678901:userpool/eu-west-1_0a1b2c3d4"
WEB_ACL = "arn:aws:wafv2:eu-west-1:012345678901:regional/webacl/apis/0a1b-2c3d"
ENTRY = Integration.https("https://ledger.example.com/entries/{id}")
ENTRIES = Integration.https("https://ledger.example.com/entries")
METHOD = "Ledger/Methods/GET|entries|{id}"


def api(stack, **arguments):
    """An API with every default, but for what is given."""
    web_acl = arguments.pop("web_acl", None) or WebAcl.from_arn(stack, "Acl", WEB_ACL)
    return RestApi(stack, "Ledger", web_acl=web_acl, **arguments)


def ledger(stack, **arguments):
    """One that has a method, too."""
    made = api(stack, **arguments)
    made.add_method("GET", "/entries/{id}", ENTRY)
    return made


def answered(*routes, **arguments):
    """An API with these methods, each a method, a path, what answers."""

    def build(stack):
        made = api(stack, **arguments)
        for method, path, integration in routes:
            made.add_method(method, path, integration)

    return build


@pytest.fixture(scope="module")
def document():
    """One with every default and one method."""
    return built(ledger)


class TestApi:
    def test_it_is_of_one_region(self, document):
        """And named by its path."""
        resource = at(document, "Ledger/Resource")

        assert resource["name"] == "acme-payments-prod-data-lake-ledger"
        assert resource["endpoint_configuration"] == [{"types": ["REGIONAL"]}]

    @pytest.mark.parametrize("path", ["Ledger/Resource", "Ledger/Stage/Deployment"])
    def test_the_next_one_is_there_before_this_one_goes(self, document, path):
        """Whoever calls meanwhile is answered."""
        assert at(document, path)["lifecycle"] == {"create_before_destroy": True}

    def test_the_web_acl_stands_before_its_stage(self, document):
        """Which is what AWS protects of an API."""
        association = at(document, "Ledger/WebAclAssociation")

        assert association["web_acl_arn"] == WEB_ACL
        assert association["resource_arn"].startswith("${aws_api_gateway_stage.Ledger_Stage_")

    def test_it_has_no_policy_of_its_own_until_it_needs_one(self, document):
        """Roles of its account are let in by theirs."""
        assert paths(document, "aws_api_gateway_rest_api_policy") == []


class TestStage:
    def test_requests_are_logged_as_json(self, document):
        """Who called, and what was answered."""
        (log,) = at(document, "Ledger/Stage/Resource")["access_log_settings"]
        fields = json.loads(log["format"])

        assert log["destination_arn"].endswith(":log-group:/acme-payments-prod-data-lake-ledger-stage-logs")
        assert fields["identity.userArn"] == "$context.identity.userArn"
        assert fields["status"] == "$context.status"

    def test_it_is_traced_and_shows_a_certificate(self, document):
        """So that what answers can tell it from others."""
        stage = at(document, "Ledger/Stage/Resource")

        assert stage["xray_tracing_enabled"] is True
        assert stage["client_certificate_id"].startswith("${aws_api_gateway_client_certificate.")

    def test_the_settings_are_of_every_method(self, document):
        """Errors are logged, never whole requests; so many requests pass."""
        settings = at(document, "Ledger/Stage/Settings")

        assert settings["method_path"] == "*/*"
        assert settings["settings"] == [
            {
                "cache_data_encrypted": True,
                "data_trace_enabled": False,
                "logging_level": "ERROR",
                "metrics_enabled": True,
                "throttling_burst_limit": 1000,
                "throttling_rate_limit": 1000,
            }
        ]

    @pytest.mark.parametrize("tier", TIERS)
    def test_the_log_of_errors_is_kept_as_the_other_one_is(self, tier):
        """With its key, for as long: API Gateway alone would make it in the clear and for ever."""
        document = built(ledger, tier=tier)
        logs, errors = at(document, "Ledger/Stage/Logs/Resource"), at(document, "Ledger/Stage/ErrorLogs")

        assert errors["name"].startswith("API-Gateway-Execution-Logs_${aws_api_gateway_rest_api.Ledger_")
        assert errors["name"].endswith(".id}/live")
        for argument in ("kms_key_id", "retention_in_days", "skip_destroy"):
            assert errors[argument] == logs[argument]

    def test_the_key_is_for_the_two_log_groups_alone(self, document):
        """Each by the ARN that CloudWatch Logs sends."""
        allowed = statements(document, "Ledger/Stage/Logs/Key/Resource")["ErrorLogsEncrypt"]
        (arn,) = allowed["Condition"]["ArnEquals"].values()

        assert allowed["Principal"] == {"Service": "logs.eu-west-1.amazonaws.com"}
        assert "log-group:API-Gateway-Execution-Logs_${aws_api_gateway_rest_api." in arn

    def test_it_waits_for_what_it_logs_with(self):
        """The log group, and the role of the account where the stack makes it."""

        def build(stack):
            ledger(stack, account=ApiGatewayAccount(stack, "Account"))

        waits_for = " ".join(at(built(build), "Ledger/Stage/Resource")["depends_on"])

        assert "aws_cloudwatch_log_group.Ledger_Stage_Logs" in waits_for
        assert "aws_api_gateway_account.Account" in waits_for

    def test_a_log_group_that_is_given(self):
        """No other one is made but that of errors."""
        document = built(lambda stack: ledger(stack, log_group=LogGroup(stack, "Shared")))

        assert paths(document, "aws_cloudwatch_log_group") == [
            "Ledger/Stage/ErrorLogs",
            "Shared/Resource",
        ]

    def test_another_name_and_limit(self):
        """The name is in every URL, and in every ARN."""
        document = built(lambda stack: ledger(stack, stage_name="v1", rate_limit=50))

        assert at(document, "Ledger/Stage/Resource")["stage_name"] == "v1"
        assert at(document, "Ledger/Stage/Settings")["settings"][0]["throttling_burst_limit"] == 50

    @pytest.mark.parametrize("tier", TIERS)
    def test_without_a_cache_and_recorded(self, tier):
        """One costs by the hour, whoever calls."""
        off = [each.checks for each in stack_of(ledger, tier=tier).switched_off]

        assert ("CKV_AWS_120", "CKV_AWS_225") in off


class TestDeployment:
    def digest(self, build):
        return at(built(build), "Ledger/Stage/Deployment")["triggers"]["deployed"]

    def test_it_waits_for_every_method(self, document):
        """And what answers it: AWS deploys what is there."""
        waits_for = [each.partition(".")[0] for each in at(document, "Ledger/Stage/Deployment")["depends_on"]]

        assert waits_for == [
            "aws_api_gateway_request_validator",
            "aws_api_gateway_method",
            "aws_api_gateway_integration",
        ]

    def test_the_same_is_not_deployed_again(self):
        """The digest is of what is deployed, not of when."""
        assert self.digest(ledger) == self.digest(ledger)

    @pytest.mark.parametrize(
        "build",
        [
            answered(("POST", "/entries/{id}", ENTRY)),
            answered(("GET", "/entries", ENTRIES)),
            answered(("GET", "/entries/{id}", ENTRIES)),
            answered(("GET", "/entries/{id}", ENTRY), authorizer=UserPools((POOL,))),
            answered(("GET", "/entries/{id}", ENTRY), ("GET", "/entries", ENTRIES)),
            lambda stack: ledger(stack).grants.invoke(ELSEWHERE),
        ],
        ids=["method", "path", "integration", "authorizer", "one more", "policy"],
    )
    def test_what_is_another_is_deployed(self, build):
        """Otherwise the change would stand in the account and do nothing."""
        assert self.digest(build) != self.digest(ledger)

    def test_other_users_are_deployed(self):
        """A deployment keeps the authorizer as it was."""
        other = POOL.replace("eu-west-1_", "eu-west-1_9")
        first, second = (
            self.digest(lambda stack, pool=pool: ledger(stack, authorizer=UserPools((pool,))))
            for pool in (POOL, other)
        )

        assert first != second

    def test_an_api_without_methods_is_refused(self):
        """AWS would refuse to deploy it."""
        with pytest.raises(LandformError, match="without methods is not deployed"):
            built(api)


class TestAccount:
    def test_api_gateway_alone_has_the_role(self):
        """With what AWS asks it to have, no more."""
        document = built(lambda stack: ApiGatewayAccount(stack, "Account"))
        (trust,) = statements(document, "Account/Role/Resource", "assume_role_policy").values()
        (attachment,) = document["resource"]["aws_iam_role_policy_attachment"].values()

        assert trust["Principal"] == {"Service": "apigateway.amazonaws.com"}
        assert attachment["policy_arn"].endswith("service-role/AmazonAPIGatewayPushToCloudWatchLogs")

    def test_it_is_there_when_aws_tries_it(self):
        """With its policy."""
        account = at(built(lambda stack: ApiGatewayAccount(stack, "Account")), "Account/Resource")

        assert [each.partition(".")[0] for each in account["depends_on"]] == [
            "aws_iam_role",
            "aws_iam_role_policy_attachment",
        ]

    def test_a_second_one_is_refused(self):
        """The one would undo the other at each apply."""

        def build(stack):
            ApiGatewayAccount(stack, "One")
            ApiGatewayAccount(stack, "Two")

        with pytest.raises(LandformError, match="one role for the logs") as caught:
            built(build)

        assert caught.value.code is Code.DUPLICATE_ID
        assert caught.value.given == "payments-prod.data-lake/Two and payments-prod.data-lake/One"

    def test_one_of_another_stack_is_not_waited_for(self):
        """A stack is applied on its own."""
        app = App()
        here, there = (AwsStack(app, stack_instance(stack=name)) for name in ("here", "there"))
        ledger(here, account=ApiGatewayAccount(there, "Account"))

        with pytest.raises(LandformError) as caught:
            app.synthesise()

        assert caught.value.code is Code.REFERENCE


class TestGrants:
    def invoked(self, principal=None, **arguments):
        """The statement of a role that may call."""

        def build(stack):
            ledger(stack).grants.invoke(principal or Role(stack, "Auditor", trust=GLUE), **arguments)

        return built(build)

    @pytest.mark.parametrize(
        ("arguments", "end"),
        [
            ({}, "/live/*/*"),
            ({"method": "GET"}, "/live/GET/*"),
            ({"method": "ANY", "path": "/entries"}, "/live/*/entries"),
            ({"method": "GET", "path": "/entries/*"}, "/live/GET/entries/*"),
        ],
    )
    def test_methods_and_paths(self, arguments, end):
        """All of the one stage, or those that are named."""
        statement = statements(self.invoked(**arguments), "Auditor/Policy")["Invoke"]

        assert statement["Action"] == "execute-api:Invoke"
        assert statement["Resource"].startswith("${aws_api_gateway_rest_api.Ledger_")
        assert statement["Resource"].endswith(f".execution_arn}}{end}")

    def test_a_role_of_another_account_is_let_in_by_the_policy(self):
        """Of the organisation, and for what was granted alone."""
        (statement,) = statements(self.invoked(ELSEWHERE, method="GET"), "Ledger/Policy").values()

        assert statement["Principal"] == {"AWS": "arn:aws:iam::999999999999:role/reader"}
        assert statement["Action"] == "execute-api:Invoke"
        assert statement["Resource"].endswith("/live/GET/*")
        assert statement["Condition"] == {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}

    def test_two_roles_of_another_account_are_in_one_policy(self):
        """AWS keeps one an API."""

        def build(stack):
            made = ledger(stack)
            made.grants.invoke(ELSEWHERE, method="GET")
            made.grants.invoke(Role.from_arn("arn:aws:iam::999999999999:role/writer"), method="POST")

        document = built(build)

        assert paths(document, "aws_api_gateway_rest_api_policy") == ["Ledger/Policy"]
        assert len(statements(document, "Ledger/Policy")) == 2

    def test_nobody_is_granted_what_asks_for_tokens(self):
        """A policy would say that they may, and the API that they may not."""
        with pytest.raises(LandformError, match="asks for tokens") as caught:
            built(lambda stack: ledger(stack, authorizer=UserPools((POOL,))).grants.invoke(ELSEWHERE))

        assert caught.value.code is Code.ARGUMENT_VALUE

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"method": "OPTIONS"}, "no such method"),
            ({"method": "get"}, "no such method"),
            ({"path": "entries"}, "path of a grant"),
            ({"path": "/entries/{id}"}, "path of a grant"),
        ],
    )
    def test_what_no_api_has(self, arguments, message):
        """Told on the line that grants."""
        with pytest.raises(LandformError, match=message):
            self.invoked(**arguments)

    def test_an_imported_one_is_known_by_its_id(self):
        """Its ARN is literal, and the policy of one of another account is its owner's."""

        def build(stack):
            imported = RestApi.from_id(
                stack, "Ledger", "0a1b2c3d4e", stage_name="v1", account_id="999999999999"
            )
            imported.grants.invoke(Role(stack, "Auditor", trust=GLUE), path="/entries")

        document = built(build)

        assert statements(document, "Auditor/Policy")["Invoke"]["Resource"] == (
            "arn:aws:execute-api:eu-west-1:999999999999:0a1b2c3d4e/v1/*/entries"
        )
        assert paths(document, "aws_api_gateway_rest_api_policy") == []

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"api_id": "https://0a1b2c3d4e.execute-api.eu-west-1.amazonaws.com"}, "id of an API"),
            ({"api_id": "0A1B2C3D4E"}, "id of an API"),
            ({"api_id": "0a1b2c3d4e", "stage_name": "$default"}, "stage name"),
        ],
    )
    def test_an_import_that_is_none(self, arguments, message):
        """A URL, capitals, a stage of the other kind of API."""
        with pytest.raises(LandformError, match=message) as caught:
            built(lambda stack: RestApi.from_id(stack, "Ledger", **arguments))

        assert caught.value.place.file == "test_apigateway_rest_api.py"
