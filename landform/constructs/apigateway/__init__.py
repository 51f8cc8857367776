"""Amazon API Gateway: REST and HTTP APIs whose every method asks who calls, and what their logs need."""

from landform.constructs.apigateway.account import ApiGatewayAccount
from landform.constructs.apigateway.authorizer import JwtIssuer, UserPools
from landform.constructs.apigateway.http_api import HttpApi
from landform.constructs.apigateway.integration import Integration
from landform.constructs.apigateway.rest_api import RestApi

__all__ = ["ApiGatewayAccount", "HttpApi", "Integration", "JwtIssuer", "RestApi", "UserPools"]
