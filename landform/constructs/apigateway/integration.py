"""What answers the requests of an API. Follows "Set up Lambda proxy integrations in API Gateway"."""

from __future__ import annotations

from dataclasses import dataclass

from landform.constructs.apigateway.limits import URL
from landform.constructs.apigateway.route import Route, variables
from landform.constructs.delivery import receiver_id
from landform.constructs.lambda_ import Function
from landform.constructs.lambda_.function import ImportedFunction
from landform.constructs.lambda_.grants import INVOKE
from landform.core import Construct, Ref
from landform.core.construct import user_place
from landform.errors import Code, LandformError
from landform.resources.aws.lambda_permission import LambdaPermission

_API_GATEWAY = "apigateway.amazonaws.com"


@dataclass(frozen=True, slots=True)
class Integration:
    """A function, or a service that is asked by HTTPS.

    >>> Integration.https("https://ledger.example.com/entries/{id}").url
    'https://ledger.example.com/entries/{id}'
    """

    handler: Function | ImportedFunction | None = None
    url: str | None = None

    @classmethod
    def function(cls, handler: Function | ImportedFunction) -> Integration:
        """A function of AWS Lambda; the API alone is allowed to call it, for the method alone.

        What another stack or account makes says itself who may call it: the API's manifest tells what to say.

        Raises:
            LandformError: ``argument-value`` for what is none.
        """
        if isinstance(handler, (Function, ImportedFunction)):
            return cls(handler=handler)
        raise LandformError(
            Code.ARGUMENT_VALUE,
            "An API cannot call this.",
            place=user_place(),
            given=repr(handler),
            expected="a Function, or Function.from_name(...)",
        )

    @classmethod
    def https(cls, url: str) -> Integration:
        """A service, by a URL that may have the path's variables in it: ``https://a.example.com/entries/{id}``.

        Raises:
            LandformError: ``argument-value`` where it is no URL of HTTPS.
        """
        return cls(url=URL.checked(url, user_place()))

    @property
    def function_arn(self) -> str | Ref[str]:
        """The function's ARN: by reference where this stack makes it, so that it is there first."""
        if isinstance(self.handler, Function):
            return self.handler.resource.arn
        return self.handler.arn if self.handler else ""

    @property
    def variables(self) -> list[str]:
        """The names of the variables in the URL."""
        return variables(self.url or "")

    def allow(self, scope: Construct, api_arn: Ref[str], path: str) -> None:
        """Let the API call the function for one method, ``path`` below the API's ARN.

        A service is let in by nobody here, and a function of another stack by its owner.
        """
        if isinstance(self.handler, ImportedFunction):
            scope.node.annotate(
                "info",
                f"The policy of {self.handler.arn} must let {_API_GATEWAY} invoke for {path} of this API.",
            )
        if isinstance(self.handler, Function):
            LambdaPermission(
                scope,
                "Permission",
                action=INVOKE.actions[0],
                function_name=self.handler.resource.function_name,
                principal=_API_GATEWAY,
                source_arn=api_arn.within(after=path),
            )


def answering(integration: Integration, route: Route, owner: Construct) -> Integration:
    """An integration that can answer a route of an API, itself.

    Raises:
        LandformError: ``argument-value`` for what is none, or a URL with variables that the path does not have;
            ``reference`` for a function that another stack makes.
    """
    if not isinstance(integration, Integration):
        raise LandformError(
            Code.ARGUMENT_VALUE,
            "An API cannot be answered by this.",
            place=owner.node.place,
            given=repr(integration),
            expected="Integration.function(...) or Integration.https(...)",
        )
    if integration.handler:
        receiver_id(integration.handler, owner, "a Function")
    unknown = [name for name in integration.variables if name not in route.variables]
    if unknown:
        raise LandformError(
            Code.ARGUMENT_VALUE,
            "A URL takes its variables from the path.",
            place=owner.node.place,
            given=f"{integration.url} for {route.path}",
            expected=f"a path with {', '.join(f'{{{name}}}' for name in unknown)}",
        )
    return integration
