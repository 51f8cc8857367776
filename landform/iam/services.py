"""What is special of single services as principals ("The confused deputy problem" of the IAM guide)."""

from __future__ import annotations

from collections.abc import Mapping

WITHOUT_SOURCE_ACCOUNT: Mapping[str, str] = {
    "apigateway.amazonaws.com": "its role is passed when the account's settings or an API name it",
    "autoscaling.amazonaws.com": "its role is passed when a lifecycle hook names it",
    "dax.amazonaws.com": "its role is passed when the cluster is made",
    "ec2.amazonaws.com": "an instance profile is passed by whoever launches the instance",
    "edgelambda.amazonaws.com": "replicas run outside the account's region",
    "lambda.amazonaws.com": "the execution role is passed when the function is made",
    "s3.amazonaws.com": "the role of a replication is passed when the bucket's configuration names it",
    "spotfleet.amazonaws.com": "its role is passed with the request of the fleet",
}
"""Services that do not send ``aws:SourceAccount`` when they assume a role, each with what binds its roles instead:
somebody of the account, who may ``iam:PassRole``, passes them."""
