import pytest
from reading import at, built, statements

from landform.constructs.iam import Role, Trust
from landform.constructs.lambda_ import Code, Function, FunctionUrl
from landform.errors import LandformError

GLUE = [Trust.service("glue.amazonaws.com")]
IMAGE = "012345678901.dkr.ecr.eu-west-1.amazonaws.com/settle:1.4.2"
ARN = "arn:aws:lambda:eu-west-1:012345678901:function:acme-payments-prod-data-lake-settle"


def url(**arguments):
    def build(stack):
        return FunctionUrl(
            stack, "Url", function=Function(stack, "Settle", code=Code.from_image(IMAGE)), **arguments
        )

    return build


class TestFunctionUrl:
    def test_callers_are_known_to_iam(self):
        """And no page of another site is one."""
        body = at(built(url()), "Url/Resource")

        assert body["authorization_type"] == "AWS_IAM"
        assert "cors" not in body

    def test_sites_are_named(self):
        """With what a signed request carries."""
        document = built(
            url(
                allow_origins=["https://app.example.com", "https://b.example:8443"],
                allow_methods=["POST", "GET"],
            )
        )

        (cors,) = at(document, "Url/Resource")["cors"]
        assert cors["allow_origins"] == ["https://app.example.com", "https://b.example:8443"]
        assert cors["allow_methods"] == ["GET", "POST"]
        assert "authorization" in cors["allow_headers"]

    @pytest.mark.parametrize(
        "origin", ["*", "https://*.example.com", "http://app.example.com", "app.example.com", "https://a/b"]
    )
    def test_an_origin_that_is_not_one_site(self, origin):
        """A wildcard, plain HTTP, no scheme, a path."""
        with pytest.raises(LandformError, match="refuse this origin") as caught:
            built(url(allow_origins=[origin]))

        assert caught.value.given == repr(origin)
        assert caught.value.place.file == "test_lambda_function_url.py"

    @pytest.mark.parametrize("method", ["*", "get", "OPTIONS"])
    def test_a_method_that_lambda_does_not_take(self, method):
        """Every method, small letters, and what browsers ask by themselves."""
        with pytest.raises(LandformError, match="may not use this method"):
            built(url(allow_methods=[method]))


class TestFunctionUrlGrants:
    def test_invoke_takes_both_actions(self):
        """The function itself through its URL alone."""

        def build(stack):
            url()(stack).grants.invoke(Role(stack, "Caller", trust=GLUE))

        policy = statements(built(build), "Caller/Policy")

        assert policy["InvokeUrl"]["Action"] == "lambda:InvokeFunctionUrl"
        assert policy["InvokeUrl"]["Condition"] == {"StringEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}}
        assert policy["InvokeThroughUrl"]["Action"] == "lambda:InvokeFunction"
        assert policy["InvokeThroughUrl"]["Condition"] == {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}}
        assert {statement["Resource"] for statement in policy.values()} == {ARN}

    def test_a_role_from_elsewhere_cannot_be_let_in(self):
        """The provider has no argument for the condition that keeps it from the function itself."""
        elsewhere = Role.from_arn("arn:aws:iam::999999999999:role/caller")

        with pytest.raises(LandformError, match="no policy here"):
            built(lambda stack: url()(stack).grants.invoke(elsewhere))
