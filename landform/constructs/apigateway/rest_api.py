"""A REST API. Follows "Security best practices in Amazon API Gateway"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from landform.constructs.apigateway.account import ApiGatewayAccount
from landform.constructs.apigateway.api_grants import ApiGrants
from landform.constructs.apigateway.authorizer import UserPools, checked_authorizer, checked_scopes
from landform.constructs.apigateway.imported import ImportedApi
from landform.constructs.apigateway.integration import Integration, answering
from landform.constructs.apigateway.limits import RATE_LIMIT, STAGE_NAME
from landform.constructs.apigateway.rest_stage import RestStage
from landform.constructs.apigateway.route import Method, Route
from landform.constructs.grants import Target
from landform.constructs.logs import LogGroup
from landform.constructs.stack import AwsStack
from landform.constructs.statements import closed
from landform.constructs.wafv2.association import associate
from landform.constructs.wafv2.web_acl import AnyWebAcl
from landform.core import Construct, Lazy, Lifecycle, Ref
from landform.core.construct import user_place
from landform.errors import Code, LandformError
from landform.iam import PolicyDocument, Statement
from landform.resources.aws.api_gateway_authorizer import ApiGatewayAuthorizer
from landform.resources.aws.api_gateway_integration import ApiGatewayIntegration
from landform.resources.aws.api_gateway_method import ApiGatewayMethod
from landform.resources.aws.api_gateway_request_validator import ApiGatewayRequestValidator
from landform.resources.aws.api_gateway_resource import ApiGatewayResource
from landform.resources.aws.api_gateway_rest_api import ApiGatewayRestApi, EndpointConfiguration
from landform.resources.aws.api_gateway_rest_api_policy import ApiGatewayRestApiPolicy


class RestApi(Construct):
    """A regional REST API behind a web ACL, whose every method asks who calls.

    It asks for IAM, which ``grants.invoke`` gives, or for users of a pool. Requests are validated, limited, traced
    and logged. A role of another account is let in by the API's own policy.

    Args:
        web_acl: what protects it, a regional one.
        authorizer: whose users may call; roles that are granted to unless given.
        stage_name: the one stage, which is in every URL.
        rate_limit: how many requests in a second are let through, up to 10,000.
        log_group: where requests are logged; one of its own is made unless given.
        account: makes the role that logs are written with, where this stack does; AWS keeps one an account and region.

    Raises:
        LandformError: ``argument-value`` for a stage or limit AWS would refuse, or a web ACL of another region.

    >>> api = RestApi(stack, "Ledger", web_acl=WebAcl(stack, "WebAcl"))
    >>> api.add_method("GET", "/entries/{id}", Integration.https("https://ledger.example.com/entries/{id}"))
    >>> auditor = Role(stack, "Auditor", trust=[Trust.service("glue.amazonaws.com")])
    >>> api.grants.invoke(auditor, method="GET", path="/entries/*").actions
    ('execute-api:Invoke',)
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        web_acl: AnyWebAcl,
        authorizer: UserPools | None = None,
        stage_name: str = "live",
        rate_limit: int = 1000,
        log_group: LogGroup | None = None,
        account: ApiGatewayAccount | None = None,
    ) -> None:
        super().__init__(scope, id)
        stack = self._stack = AwsStack.of(self)
        self.stage_name = STAGE_NAME.checked(stage_name, self.node.place)
        self.resource = ApiGatewayRestApi(
            self,
            "Resource",
            name=stack.physical_name(self, 128),
            endpoint_configuration=EndpointConfiguration(types=["REGIONAL"]),
            lifecycle=Lifecycle(create_before_destroy=True),
        )
        self._policy = PolicyDocument("api policy")
        self._resource_ids: dict[str, Ref[str]] = {"": self.resource.root_resource_id}
        self._variables: dict[str, str] = {}
        self._paths = Construct(self, "Paths")
        self._methods = Construct(self, "Methods")
        self._validator = ApiGatewayRequestValidator(
            self,
            "Validator",
            rest_api_id=self.resource.id,
            name="everything",
            validate_request_body=True,
            validate_request_parameters=True,
        )
        self._authorizer = self._user_pools(authorizer) if authorizer else None
        self.stage = RestStage(
            self,
            api=self.resource,
            name=stage_name,
            rate_limit=RATE_LIMIT.checked(rate_limit, self.node.place),
            log_group=log_group,
            account=account,
        )
        # A deployment keeps what it finds of them.
        self.stage.deploy(self._validator, *([self._authorizer] if self._authorizer else ()))
        associate(self, web_acl, self.stage.resource.arn)
        self.node.add_validation(self._unanswered)
        self.grants = ApiGrants(
            Target(self, self.arn, add_to_policy=self.add_to_policy),
            self.stage_name,
            asks_for_tokens=authorizer is not None,
        )

    @staticmethod
    def from_id(
        scope: Construct, id: str, api_id: str, *, stage_name: str = "live", account_id: str | None = None
    ) -> ImportedApi:
        """An API of another stack or account, to grant on.

        Raises:
            LandformError: ``argument-value`` for an id or a stage that AWS would refuse.
        """
        return ImportedApi(
            scope, id, api_id, stage_name=STAGE_NAME.checked(stage_name, user_place()), account_id=account_id
        )

    @property
    def arn(self) -> Ref[str]:
        """What its methods' ARNs begin with. AWS chooses the id in it, so it is a reference."""
        return self.resource.execution_arn

    def add_method(
        self, method: Method, path: str, integration: Integration, *, scopes: Sequence[str] = ()
    ) -> None:
        """Answer a method on a path: ``add_method("GET", "/entries/{id}", ...)``.

        Args:
            method: any but ``OPTIONS``, which cannot ask who calls; ``ANY`` for all of them.
            path: with variables as ``{id}``, or ``{proxy+}`` at the end for all below.
            integration: what answers.
            scopes: one of which a user's token has, where users of a pool call.

        Raises:
            LandformError: ``argument-value`` for a method, a path or a scope AWS would refuse, what cannot answer,
                or scopes without a user pool; ``reference`` for a function that another stack makes.
        """
        route = Route.checked(method, path, self.node.place)
        answering(integration, route, self)
        asked_for = checked_scopes(scopes, self, asks_for_tokens=self._authorizer is not None)
        scope = Construct(self._methods, route.id)
        asked = ApiGatewayMethod(
            scope,
            "Method",
            rest_api_id=self.resource.id,
            resource_id=self._resource_id(route),
            http_method=method,
            authorization="COGNITO_USER_POOLS" if self._authorizer else "AWS_IAM",
            authorizer_id=self._authorizer.id if self._authorizer else None,
            authorization_scopes=asked_for or None,
            request_validator_id=self._validator.id,
            request_parameters={_parameter("method", name): True for name in route.variables} or None,
        )
        answered = ApiGatewayIntegration(
            scope,
            "Integration",
            rest_api_id=self.resource.id,
            resource_id=asked.resource_id,
            http_method=asked.http_method,
            type="AWS_PROXY" if integration.handler else "HTTP_PROXY",
            integration_http_method="POST" if integration.handler else method,
            uri=self._uri(integration),
            request_parameters={
                _parameter("integration", name): _parameter("method", name) for name in integration.variables
            }
            or None,
        )
        integration.allow(scope, self.arn, f"/{self.stage_name}/{route.arn_part}")
        self.stage.deploy(asked, answered)

    def add_to_policy(self, statement: Statement) -> None:
        """Add a statement to the API's policy.

        Raises:
            LandformError: ``argument-value`` for one that allows wildcards, or something to everyone.
        """
        if not self._policy:
            policy = Lazy(lambda: self._policy.to_json(self.node.place))
            self.stage.deploy(
                ApiGatewayRestApiPolicy(self, "Policy", rest_api_id=self.resource.id, policy=policy)
            )
        self._policy.add(closed(statement, self))

    def _resource_id(self, route: Route) -> Ref[str]:
        path = ""
        for part in route.parts:
            parent, path = path, f"{path}|{part}"
            if path not in self._resource_ids:
                self._check_siblings(parent, part)
                self._resource_ids[path] = ApiGatewayResource(
                    self._paths,
                    path,
                    rest_api_id=self.resource.id,
                    parent_id=self._resource_ids[parent],
                    path_part=part,
                ).id
        return self._resource_ids[path]

    def _check_siblings(self, parent: str, part: str) -> None:
        """AWS takes one variable below a part of a path, whatever its name is."""
        other = self._variables.setdefault(parent, part) if part.startswith("{") else part
        if other != part:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "A REST API has one variable in one place of its paths.",
                place=self.node.place,
                given=f"{part} beside {other} below {parent.replace('|', '/') or '/'}",
                expected=other,
            )

    def _uri(self, integration: Integration) -> str | Ref[str] | None:
        if integration.handler is None:
            return integration.url
        # Where other ARNs have an account, this one has the service that is called.
        before = self._stack.arn("apigateway", "path/2015-03-31/functions/", account_id="lambda")
        arn = integration.function_arn
        after = "/invocations"
        return arn.within(before, after) if isinstance(arn, Ref) else f"{before}{arn}{after}"

    def _user_pools(self, pools: UserPools) -> ApiGatewayAuthorizer:
        return ApiGatewayAuthorizer(
            self,
            "Authorizer",
            rest_api_id=self.resource.id,
            name="users",
            type="COGNITO_USER_POOLS",
            provider_arns=list(checked_authorizer(pools, UserPools, self).arns),
        )

    def _unanswered(self) -> list[str]:
        return [] if list(self._methods.node.children) else ["A REST API without methods is not deployed."]


def _parameter(side: Literal["integration", "method"], variable: str) -> str:
    """How a mapping names a variable of the path, on the side of the caller or of what answers."""
    return f"{side}.request.path.{variable}"
