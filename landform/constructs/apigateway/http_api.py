"""An HTTP API. Follows "Working with HTTP APIs" of the API Gateway guide."""

from __future__ import annotations

from collections.abc import Sequence

from landform.constructs.apigateway.access_log import HTTP_FIELDS, log_format
from landform.constructs.apigateway.api_grants import ApiGrants
from landform.constructs.apigateway.authorizer import JwtIssuer, checked_authorizer, checked_scopes
from landform.constructs.apigateway.imported import ImportedApi
from landform.constructs.apigateway.integration import Integration, answering
from landform.constructs.apigateway.limits import ORIGIN, RATE_LIMIT
from landform.constructs.apigateway.route import Method, Route
from landform.constructs.grants import Target
from landform.constructs.logs import LogGroup
from landform.constructs.stack import AwsStack
from landform.core import Construct, Ref
from landform.resources.aws.apigatewayv2_api import Apigatewayv2Api, CorsConfiguration
from landform.resources.aws.apigatewayv2_authorizer import Apigatewayv2Authorizer, JwtConfiguration
from landform.resources.aws.apigatewayv2_integration import Apigatewayv2Integration
from landform.resources.aws.apigatewayv2_route import Apigatewayv2Route
from landform.resources.aws.apigatewayv2_stage import (
    AccessLogSettings,
    Apigatewayv2Stage,
    DefaultRouteSettings,
)

# The stage that is in no URL, and deploys by itself.
_STAGE = "$default"
# AWS lets a delivery in to all log groups below, where every other one makes a policy of the region longer.
_LOG_GROUP_PREFIX = "/aws/vendedlogs/apis/"


class HttpApi(Construct):
    """An HTTP API whose every route asks who calls.

    It asks for IAM, which ``grants.invoke`` gives, or for a token of an issuer. Requests are limited and logged. AWS
    has no web ACL and no tracing for this kind: what the internet calls is better a ``RestApi``.

    Args:
        authorizer: whose tokens are taken; roles that are granted to may call unless given.
        cors_origins: the pages that may call from a browser; none unless given.
        rate_limit: how many requests in a second are let through, up to 10,000.
        log_group: where requests are logged; one of its own is made unless given.

    Raises:
        LandformError: ``argument-value`` for a limit or an origin AWS would refuse.

    >>> api = HttpApi(stack, "Ledger", authorizer=JwtIssuer("https://login.example.com", ("ledger",)))
    >>> api.add_route("GET", "/entries/{id}", Integration.https("https://ledger.example.com/entries/{id}"))
    >>> api.log_group.log_group_name
    '/aws/vendedlogs/apis/acme-payments-prod-data-lake-ledger'
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        authorizer: JwtIssuer | None = None,
        cors_origins: Sequence[str] = (),
        rate_limit: int = 1000,
        log_group: LogGroup | None = None,
    ) -> None:
        super().__init__(scope, id)
        place = self.node.place
        name = AwsStack.of(self).physical_name(self, 128)
        self.resource = Apigatewayv2Api(
            self,
            "Resource",
            name=name,
            protocol_type="HTTP",
            cors_configuration=_cors([ORIGIN.checked(origin, place) for origin in cors_origins]),
        )
        self.log_group = log_group or LogGroup(self, "Logs", log_group_name=f"{_LOG_GROUP_PREFIX}{name}")
        RATE_LIMIT.checked(rate_limit, place)
        Apigatewayv2Stage(
            self,
            "Stage",
            api_id=self.resource.id,
            name=_STAGE,
            auto_deploy=True,
            access_log_settings=AccessLogSettings(
                destination_arn=self.log_group.arn, format=log_format(HTTP_FIELDS)
            ),
            default_route_settings=DefaultRouteSettings(
                detailed_metrics_enabled=True,
                throttling_rate_limit=rate_limit,
                throttling_burst_limit=rate_limit,
            ),
            # The ARN is literal, so nothing else tells Terraform what must be there first.
            depends_on=[self.log_group],
        )
        self._routes = Construct(self, "Routes")
        self._authorizer = self._tokens(authorizer) if authorizer else None
        self.grants = ApiGrants(Target(self, self.arn), _STAGE, asks_for_tokens=authorizer is not None)

    @staticmethod
    def from_id(scope: Construct, id: str, api_id: str) -> ImportedApi:
        """An API of another stack of this account, to grant on: no other account can be let in by IAM.

        Raises:
            LandformError: ``argument-value`` for an id that AWS would refuse.
        """
        return ImportedApi(scope, id, api_id, stage_name=_STAGE)

    @property
    def arn(self) -> Ref[str]:
        """What its routes' ARNs begin with. AWS chooses the id in it, so it is a reference."""
        return self.resource.execution_arn

    def add_route(
        self, method: Method, path: str, integration: Integration, *, scopes: Sequence[str] = ()
    ) -> None:
        """Answer a method on a path: ``add_route("GET", "/entries/{id}", ...)``.

        Args:
            method: any but ``OPTIONS``, which cannot ask who calls; ``ANY`` for all of them.
            path: with variables as ``{id}``, or ``{proxy+}`` at the end for all below.
            integration: what answers.
            scopes: one of which a token has, where tokens are taken.

        Raises:
            LandformError: ``argument-value`` for a method, a path or a scope AWS would refuse, what cannot answer,
                or scopes without an issuer; ``reference`` for a function that another stack makes.
        """
        route = Route.checked(method, path, self.node.place)
        answering(integration, route, self)
        asked_for = checked_scopes(scopes, self, asks_for_tokens=self._authorizer is not None)
        scope = Construct(self._routes, route.id)
        answered = self._integration(scope, integration, method)
        Apigatewayv2Route(
            scope,
            "Route",
            api_id=self.resource.id,
            route_key=f"{method} {path}",
            target=answered.id.within("integrations/"),
            authorization_type="JWT" if self._authorizer else "AWS_IAM",
            authorizer_id=self._authorizer.id if self._authorizer else None,
            authorization_scopes=asked_for or None,
        )
        integration.allow(scope, self.arn, f"/{_STAGE}/{route.arn_part}")

    def _integration(
        self, scope: Construct, integration: Integration, method: Method
    ) -> Apigatewayv2Integration:
        handler = integration.handler
        return Apigatewayv2Integration(
            scope,
            "Integration",
            api_id=self.resource.id,
            integration_type="AWS_PROXY" if handler else "HTTP_PROXY",
            integration_method="POST" if handler else method,
            integration_uri=integration.function_arn if handler else integration.url,
            payload_format_version="2.0" if handler else "1.0",
        )

    def _tokens(self, issuer: JwtIssuer) -> Apigatewayv2Authorizer:
        checked_authorizer(issuer, JwtIssuer, self)
        return Apigatewayv2Authorizer(
            self,
            "Authorizer",
            api_id=self.resource.id,
            name="tokens",
            authorizer_type="JWT",
            identity_sources=["$request.header.Authorization"],
            jwt_configuration=JwtConfiguration(issuer=issuer.issuer, audience=list(issuer.audiences)),
        )


def _cors(origins: list[str]) -> CorsConfiguration | None:
    if not origins:
        return None
    return CorsConfiguration(
        allow_origins=origins,
        allow_methods=["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"],
        allow_headers=["authorization", "content-type"],
        allow_credentials=False,
        max_age=600,
    )
