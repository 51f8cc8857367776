import pytest
from reading import at, built, paths, stack_of
from specimens.lambda_ import code

from landform.constructs import AwsStack
from landform.constructs.apigateway import Integration, JwtIssuer, RestApi, UserPools
from landform.constructs.lambda_ import Function
from landform.constructs.wafv2 import WebAcl
from landform.core import App
from landform.errors import Code, LandformError
from landform.testing import stack_instance

POOL = "arn:aws:cognito-idp:eu-west-1:012345678901:userpool/eu-west-1_0a1b2c3d4"
WEB_ACL = "arn:aws:wafv2:eu-west-1:012345678901:regional/webacl/apis/0a1b-2c3d"
ENTRY = Integration.https("https://ledger.example.com/entries/{id}")
ENTRIES = Integration.https("https://ledger.example.com/entries")
METHOD = "Ledger/Methods/GET|entries|{id}"


def api(stack, **arguments):
    """An API with every default, but for what is given."""
    web_acl = arguments.pop("web_acl", None) or WebAcl.from_arn(stack, "Acl", WEB_ACL)
    return RestApi(stack, "Ledger", web_acl=web_acl, **arguments)


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
    return built(answered(("GET", "/entries/{id}", ENTRY)))


class TestMethods:
    def test_a_method_asks_for_iam_and_is_validated(self, document):
        """Both need no word of the user's."""
        method = at(document, f"{METHOD}/Method")

        assert method["authorization"] == "AWS_IAM"
        assert method["request_validator_id"].startswith("${aws_api_gateway_request_validator.")
        assert method["request_parameters"] == {"method.request.path.id": True}

    def test_a_service_is_asked_by_https(self, document):
        """With the variables of the path in its URL."""
        integration = at(document, f"{METHOD}/Integration")

        assert integration["type"] == "HTTP_PROXY"
        assert integration["integration_http_method"] == "GET"
        assert integration["uri"] == "https://ledger.example.com/entries/{id}"
        assert integration["request_parameters"] == {"integration.request.path.id": "method.request.path.id"}

    def test_a_url_takes_the_variables_that_it_has(self):
        """AWS refuses to map one that is in no URL."""
        document = built(answered(("GET", "/entries/{id}", ENTRIES)))

        assert "request_parameters" not in at(document, f"{METHOD}/Integration")

    def test_the_parts_of_a_path_are_made_once(self):
        """Each below the one before it."""
        document = built(
            answered(
                ("GET", "/entries", ENTRIES),
                ("POST", "/entries", ENTRIES),
                ("GET", "/entries/{id}", ENTRY),
                ("GET", "/", ENTRIES),
            )
        )
        entries, entry = (at(document, f"Ledger/Paths/{path}") for path in ("|entries", "|entries|{id}"))

        assert paths(document, "aws_api_gateway_resource") == [
            "Ledger/Paths/|entries",
            "Ledger/Paths/|entries|{id}",
        ]
        assert entries["parent_id"].endswith(".root_resource_id}")
        assert entry["parent_id"].startswith("${aws_api_gateway_resource.Ledger_Paths_entries_")
        assert at(document, "Ledger/Methods/GET|/Method")["resource_id"].endswith(".root_resource_id}")

    def test_everything_below_a_path(self):
        """By one variable that takes the rest."""
        rest = Integration.https("https://ledger.example.com/{proxy}")
        document = built(answered(("ANY", "/v1/{proxy+}", rest)))

        assert at(document, "Ledger/Paths/|v1|{proxy+}")["path_part"] == "{proxy+}"
        assert at(document, "Ledger/Methods/ANY|v1|{proxy+}/Method")["request_parameters"] == {
            "method.request.path.proxy": True
        }

    def test_users_of_a_pool(self):
        """Who have one of the scopes, where there are any."""

        def build(stack):
            made = api(stack, authorizer=UserPools((POOL,)))
            made.add_method("GET", "/entries", ENTRIES, scopes=["ledger/read"])
            made.add_method("GET", "/entries/{id}", ENTRY)

        document = built(build)
        method = at(document, "Ledger/Methods/GET|entries/Method")

        assert at(document, "Ledger/Authorizer")["type"] == "COGNITO_USER_POOLS"
        assert at(document, "Ledger/Authorizer")["provider_arns"] == [POOL]
        assert method["authorization"] == "COGNITO_USER_POOLS"
        assert method["authorizer_id"].startswith("${aws_api_gateway_authorizer.Ledger_")
        assert method["authorization_scopes"] == ["ledger/read"]
        assert "authorization_scopes" not in at(document, f"{METHOD}/Method")


class TestFunctions:
    @staticmethod
    def build(stack):
        settle = Integration.function(Function(stack, "Settle", code=code(stack)))
        made = api(stack, stage_name="v1")
        made.add_method("ANY", "/entries/{id}", settle)

    def test_it_is_called_by_its_reference(self):
        """So that it is there first, and by POST, whatever the method is."""
        integration = at(built(self.build), "Ledger/Methods/ANY|entries|{id}/Integration")

        assert integration["type"] == "AWS_PROXY"
        assert integration["integration_http_method"] == "POST"
        assert integration["uri"].startswith(
            "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${aws_lambda_function.Settle_"
        )
        assert integration["uri"].endswith(".arn}/invocations")

    def test_for_this_method_of_this_api_alone(self):
        """With a ``*`` in the place of what a caller chooses."""
        permission = at(built(self.build), "Ledger/Methods/ANY|entries|{id}/Permission")

        assert permission["principal"] == "apigateway.amazonaws.com"
        assert permission["action"] == "lambda:InvokeFunction"
        assert permission["source_arn"].startswith("${aws_api_gateway_rest_api.Ledger_")
        assert permission["source_arn"].endswith(".execution_arn}/v1/*/entries/*")

    def test_the_owner_of_another_one_is_told_to_let_it_be_called(self):
        """Its permissions are not ours to write."""

        def build(stack):
            settle = Function.from_name(stack, "Settle", "settle", account_id="999999999999")
            answered(("GET", "/entries", Integration.function(settle)))(stack)

        stack, document = stack_of(build), built(build)
        notes = [note for each in stack.node.find_all() for note in each.node.annotations]

        assert paths(document, "aws_lambda_permission") == []
        assert at(document, "Ledger/Methods/GET|entries/Integration")["uri"].endswith(
            "functions/arn:aws:lambda:eu-west-1:999999999999:function:settle/invocations"
        )
        assert (
            "info",
            "The policy of arn:aws:lambda:eu-west-1:999999999999:function:settle must let "
            "apigateway.amazonaws.com invoke for /live/GET/entries of this API.",
        ) in notes

    def test_one_that_another_stack_makes_is_imported(self):
        """Its own reference would name nothing here."""
        app = App()
        here, there = (AwsStack(app, stack_instance(stack=name)) for name in ("here", "there"))
        settle = Function(there, "Settle", code=code(there))

        with pytest.raises(LandformError, match="stands in another stack") as caught:
            api(here).add_method("GET", "/", Integration.function(settle))

        assert caught.value.code is Code.REFERENCE


class TestBadInput:
    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"stage_name": "$default"}, "stage name"),
            ({"stage_name": ""}, "stage name"),
            ({"rate_limit": 0}, "number of requests in a second"),
            ({"rate_limit": 10_001}, "number of requests in a second"),
            ({"authorizer": JwtIssuer("https://a.example.com", ("a",))}, "no authorizer of a RestApi"),
        ],
    )
    def test_of_the_api(self, arguments, message):
        """Told on the line that says it."""
        with pytest.raises(LandformError, match=message) as caught:
            built(lambda stack: api(stack, **arguments))

        assert caught.value.code is Code.ARGUMENT_VALUE
        assert caught.value.place.file == "test_apigateway_rest_methods.py"

    def test_a_web_acl_of_cloudfront(self):
        """AWS has it for distributions alone."""
        arn = "arn:aws:wafv2:us-east-1:012345678901:global/webacl/edge/0a1b-2c3d"

        with pytest.raises(LandformError, match="cannot protect a RestApi"):
            built(lambda stack: api(stack, web_acl=WebAcl.from_arn(stack, "Edge", arn)))

    @pytest.mark.parametrize(
        ("route", "message"),
        [
            (("OPTIONS", "/entries", ENTRIES), "no such method"),
            (("Get", "/entries", ENTRIES), "no such method"),
            (("GET", "entries", ENTRIES), "path of an API"),
            (("GET", "/entries/", ENTRIES), "path of an API"),
            (("GET", "/{proxy+}/entries", ENTRIES), "path of an API"),
            (("GET", "/a b", ENTRIES), "path of an API"),
            (("GET", "/entries", ENTRY), "variables from the path"),
            (("GET", "/entries", "https://ledger.example.com"), "cannot be answered by this"),
        ],
    )
    def test_of_a_method(self, route, message):
        """What cannot ask who calls, what is no path, what does not answer."""
        with pytest.raises(LandformError, match=message) as caught:
            built(answered(route))

        assert caught.value.code is Code.ARGUMENT_VALUE

    @pytest.mark.parametrize("second", ["/entries/{name}", "/entries/{proxy+}"])
    def test_two_variables_in_one_place(self, second):
        """AWS could not tell which one is meant."""
        with pytest.raises(LandformError, match="one variable in one place") as caught:
            built(answered(("GET", "/entries/{id}", ENTRY), ("GET", second, ENTRIES)))

        assert caught.value.expected == "{id}"

    def test_one_variable_in_two_places(self):
        """Below the one and below another part."""
        document = built(answered(("GET", "/entries/{id}", ENTRY), ("GET", "/people/{id}", ENTRY)))

        assert len(paths(document, "aws_api_gateway_method")) == 2

    def test_a_method_twice(self):
        """The one would hide the other."""
        with pytest.raises(LandformError) as caught:
            built(answered(("GET", "/entries", ENTRIES), ("GET", "/entries", ENTRIES)))

        assert caught.value.code is Code.DUPLICATE_ID

    @pytest.mark.parametrize(
        ("authorizer", "scopes", "message"),
        [
            (None, ["ledger/read"], "API that asks for tokens"),
            (UserPools((POOL,)), "ledger/read", "several texts"),
            (UserPools((POOL,)), ["ledger read"], "scope of tokens"),
        ],
    )
    def test_scopes(self, authorizer, scopes, message):
        """Of what asks for IAM, one text in the place of several, two in one."""
        with pytest.raises(LandformError, match=message):
            built(
                lambda stack: api(stack, authorizer=authorizer).add_method(
                    "GET", "/entries", ENTRIES, scopes=scopes
                )
            )

    @pytest.mark.parametrize(
        ("arns", "message"),
        [
            ((), "one user pool or more"),
            (POOL, "one user pool or more"),
            (("eu-west-1_0a1b2c3d4",), "ARN of a user pool"),
        ],
    )
    def test_of_user_pools(self, arns, message):
        """None, a text in the place of several, an id."""
        with pytest.raises(LandformError, match=message) as caught:
            UserPools(arns)

        assert caught.value.place.file == "test_apigateway_rest_methods.py"

    @pytest.mark.parametrize(
        "url",
        [
            "http://ledger.example.com",
            "ledger.example.com",
            "https://",
            "https://ledger.example.com/{id",
            "https://ledger.example.com/${id}",
            "https://ledger.example.com/a b",
        ],
    )
    def test_of_a_service(self, url):
        """In the clear, no URL, no host, half a variable, an expression of Terraform's, a space."""
        with pytest.raises(LandformError, match="URL of an integration") as caught:
            Integration.https(url)

        assert caught.value.place.file == "test_apigateway_rest_methods.py"

    def test_of_a_function(self):
        """An ARN is none: what it would allow could not be written."""
        with pytest.raises(LandformError, match="cannot call this") as caught:
            Integration.function("arn:aws:lambda:eu-west-1:012345678901:function:settle")

        assert caught.value.expected == "a Function, or Function.from_name(...)"
