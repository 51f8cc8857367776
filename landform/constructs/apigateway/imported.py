"""An API of either kind that is made elsewhere."""

from __future__ import annotations

from landform.constructs.apigateway.api_grants import ApiGrants
from landform.constructs.apigateway.limits import API_ID
from landform.constructs.grants import Target
from landform.constructs.stack import AwsStack
from landform.core import Construct


class ImportedApi(Construct):
    """An API that another stack, account or nobody here makes; its policy is its owner's to write."""

    def __init__(
        self, scope: Construct, id: str, api_id: str, *, stage_name: str, account_id: str | None = None
    ) -> None:
        super().__init__(scope, id)
        self.arn = AwsStack.of(self).arn(
            "execute-api", API_ID.checked(api_id, self.node.place), account_id=account_id
        )
        self.grants = ApiGrants(Target(self, self.arn, account_id=account_id, imported=True), stage_name)
