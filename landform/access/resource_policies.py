"""Where resource policies stand in Terraform: a table, and Lambda's, which is written argument by argument.

``data/resource_policies.tsv`` has a line for each type whose argument holds a policy of its own grammar: the type, the
argument, and the argument that says what it is attached to (``.`` for the resource itself, ``*`` for everything of
its service in the account and region). Policies of endpoints of a VPC are about a way into AWS and not about a
resource, and are left out; so are lifecycle, data protection and access policies in grammars of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any


@cache
def policy_arguments() -> Mapping[str, tuple[str, str]]:
    """For each type of the table: the argument that holds the policy, and the one that says of what."""
    text = resources.files(__package__).joinpath("data/resource_policies.tsv").read_text(encoding="utf-8")
    lines = (line.split("\t") for line in text.splitlines())
    return {type: (argument, about) for type, argument, about in lines}


# The argument of aws_lambda_permission -> the test that Lambda makes of it in the function's policy.
_TESTS = (
    ("source_arn", "ArnLike", "AWS:SourceArn"),
    ("source_account", "StringEquals", "AWS:SourceAccount"),
    ("principal_org_id", "StringEquals", "aws:PrincipalOrgID"),
    ("function_url_auth_type", "StringEquals", "lambda:FunctionUrlAuthType"),
    ("event_source_token", "StringEquals", "lambda:EventSourceToken"),
)


def lambda_statement(body: Mapping[str, Any]) -> dict[str, Any]:
    """The statement that Lambda makes of an ``aws_lambda_permission``.

    Follows "Viewing resource-based IAM policies in Lambda" of Lambda's guide. The resource is left to the function
    that it is attached to.
    """
    who = str(body["principal"])
    kind = "Service" if "." in who and not who.startswith("arn:") else "AWS"
    tests: dict[str, dict[str, str]] = {}
    for argument, operator, key in _TESTS:
        if isinstance(body.get(argument), str):
            tests.setdefault(operator, {})[key] = body[argument]
    return {
        "Sid": str(body.get("statement_id", "")),
        "Effect": "Allow",
        "Principal": "*" if who == "*" else {kind: who},
        "Action": body["action"],
        "Resource": "*",
        **({"Condition": tests} if tests else {}),
    }
