"""What API Gateway needs of an account. Follows "Set up CloudWatch logging for REST APIs in API Gateway"."""

from __future__ import annotations

from landform.constructs.iam import Role, Trust
from landform.constructs.stack import AwsStack
from landform.core import Construct
from landform.errors import Code, LandformError
from landform.resources.aws.api_gateway_account import ApiGatewayAccount as AwsApiGatewayAccount


class ApiGatewayAccount(Construct):
    """The role that REST APIs write their logs with: one an account and region, because AWS keeps one.

    AWS tries the role when it is set, and asks for what its own managed policy holds.

    Raises:
        LandformError: ``duplicate-id`` for a second one in a stack.

    >>> ApiGatewayAccount(stack, "Apis").role.arn
    'arn:aws:iam::012345678901:role/acme-payments-prod-data-lake-apis-role'
    """

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        _check_alone(self)
        self.role = Role(
            self,
            "Role",
            trust=[Trust.service("apigateway.amazonaws.com")],
            description="Writes the logs of REST APIs.",
            managed_policies=["service-role/AmazonAPIGatewayPushToCloudWatchLogs"],
        )
        self.resource = AwsApiGatewayAccount(
            self,
            "Resource",
            cloudwatch_role_arn=self.role.arn,
            # The ARN is literal, so nothing else tells Terraform what must be there first.
            depends_on=[self.role],
        )


def _check_alone(account: ApiGatewayAccount) -> None:
    others = (other for other in AwsStack.of(account).node.find_all() if isinstance(other, ApiGatewayAccount))
    other = next((other for other in others if other is not account), None)
    if other is None:
        return
    raise LandformError(
        Code.DUPLICATE_ID,
        "AWS keeps one role for the logs of all REST APIs of an account and region.",
        place=account.node.place,
        given=f"{account.node.path} and {other.node.path}",
        expected="one ApiGatewayAccount",
        fix=f"Pass the one that was made at {other.node.source} to each RestApi.",
    )
