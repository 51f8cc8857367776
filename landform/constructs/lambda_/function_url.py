"""The URL of a function. Follows "Controlling access to Lambda function URLs"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from landform.constructs.grants import Grant, Grantee, ResourceGrants, Target
from landform.constructs.lambda_.function import Function
from landform.constructs.lambda_.grants import INVOKE_THROUGH_URL, INVOKE_URL
from landform.constructs.lambda_.limits import FUNCTION_NAME, ORIGIN, HttpMethod
from landform.constructs.stack import AwsStack
from landform.core import Construct, Ref
from landform.errors import Code, LandformError
from landform.iam import Condition
from landform.resources.aws.lambda_function_url import Cors, LambdaFunctionUrl

_AUTHORIZATION = "AWS_IAM"
# What a request that is signed for IAM carries.
_SIGNED_HEADERS = ("authorization", "content-type", "x-amz-date", "x-amz-security-token")


class FunctionUrl(Construct):
    """An HTTPS address of a function, for callers that IAM knows and that were granted it.

    Args:
        function: the function that answers.
        allow_origins: sites whose pages may call it from a browser, ``https://app.example.com``; none unless given.
        allow_methods: the methods that those pages may use.

    Raises:
        LandformError: ``argument-value`` for an origin that is not one site over TLS, or another method.

    >>> image = "012345678901.dkr.ecr.eu-west-1.amazonaws.com/settle:1.4.2"
    >>> settle = Function(stack, "Settle", code=Code.from_image(image))
    >>> url = FunctionUrl(stack, "SettleUrl", function=settle)
    >>> caller = Role(stack, "Caller", trust=[Trust.service("glue.amazonaws.com")])
    >>> url.grants.invoke(caller).actions
    ('lambda:InvokeFunctionUrl',)
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        function: Function,
        allow_origins: Sequence[str] = (),
        allow_methods: Sequence[HttpMethod] = ("GET", "POST"),
    ) -> None:
        super().__init__(scope, id)
        place = self.node.place
        unknown = [method for method in allow_methods if method not in get_args(HttpMethod)]
        if unknown:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "A page may not use this method.",
                place=place,
                given=", ".join(map(repr, unknown)),
                expected=f"some of {', '.join(get_args(HttpMethod))}",
            )
        origins = [ORIGIN.checked(origin, place) for origin in allow_origins]
        cors = Cors(
            allow_origins=origins, allow_methods=sorted(allow_methods), allow_headers=list(_SIGNED_HEADERS)
        )
        self.resource = LambdaFunctionUrl(
            self,
            "Resource",
            function_name=function.resource.function_name,
            authorization_type=_AUTHORIZATION,
            cors=cors if origins else None,
        )
        self.grants = FunctionUrlGrants(Target(self, function.arn))

    @staticmethod
    def from_name(scope: Construct, id: str, function_name: str) -> ImportedFunctionUrl:
        """The URL of a function of this account and region that another stack makes, to grant on.

        Raises:
            LandformError: ``argument-value`` for a name Lambda would refuse.
        """
        return ImportedFunctionUrl(scope, id, function_name)

    @property
    def url(self) -> Ref[str]:
        """The address. AWS chooses it, so it is a reference."""
        return self.resource.function_url


class ImportedFunctionUrl(Construct):
    """The URL of a function of this account and region that another stack makes."""

    def __init__(self, scope: Construct, id: str, function_name: str) -> None:
        super().__init__(scope, id)
        FUNCTION_NAME.checked(function_name, self.node.place)
        arn = AwsStack.of(self).arn("lambda", f"function:{function_name}")
        self.grants = FunctionUrlGrants(Target(self, arn, imported=True))


class FunctionUrlGrants(ResourceGrants):
    """What may be granted on a function's URL."""

    def invoke(self, principal: Grantee) -> Grant:
        """Call the URL, and the function through it alone; a role from elsewhere cannot be let in."""
        through_url = Condition("Bool", "lambda:InvokedViaFunctionUrl", ("true",))
        self._grant(INVOKE_THROUGH_URL, principal, conditions=(through_url,))
        by_iam = Condition("StringEquals", "lambda:FunctionUrlAuthType", (_AUTHORIZATION,))
        return self._grant(INVOKE_URL, principal, conditions=(by_iam,))
