"""What an API logs of each request. Follows "Variables for access logging" of the API Gateway guide."""

from __future__ import annotations

import json
from collections.abc import Sequence

_COMMON = (
    "requestId",
    "requestTime",
    "identity.sourceIp",
    "identity.userAgent",
    "httpMethod",
    "protocol",
    "status",
    "responseLength",
    "integrationErrorMessage",
    "error.message",
)
# Who called, by the way that was asked: IAM, a user pool or a token.
REST_FIELDS = (*_COMMON, "resourcePath", "identity.userArn", "authorizer.claims.sub", "wafResponseCode")
HTTP_FIELDS = (*_COMMON, "routeKey", "identity.userArn", "authorizer.claims.sub", "authorizer.error")


def log_format(fields: Sequence[str]) -> str:
    """One line of JSON a request, the fields by their own names."""
    return json.dumps({field: f"$context.{field}" for field in sorted(fields)}, separators=(",", ":"))
