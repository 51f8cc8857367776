"""The organisation itself: what its policies need to be there, and what must not be undone by a plan."""

from __future__ import annotations

from collections.abc import Iterator

from landform.policies.rule import Breach, Rule, Undecided, Verdict, must_be
from landform.policies.view import Block, is_known

_GUARDS = ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY")


def _denies_something(block: Block) -> Iterator[Verdict]:
    """An allow list denies by leaving out, and a policy that allows everything denies nothing."""
    if block.value("type") not in (*_GUARDS, None):
        return
    if not all(map(is_known, block.values("content"))):
        yield Undecided("content is known only to Terraform")
        return
    statements = [
        statement
        for document in block.documents("content")
        for found in (document.get("Statement", []),)
        for statement in (found if isinstance(found, list) else [found])
        if isinstance(statement, dict)
    ]
    narrows = any(
        statement.get("Effect") == "Deny" or statement.get("Action") not in ("*", ["*"], None)
        for statement in statements
    )
    if not narrows:
        yield Breach("denies nothing", ("content",))


RULES = (
    Rule(
        id="LF_ORGANIZATION_FEATURES",
        title="An organisation has all features",
        severity="high",
        types=("aws_organizations_organization",),
        rationale="With consolidated billing alone there are no policies: no guardrail applies to any account.",
        remediation='Leave feature_set out, or set it to "ALL".',
        judge=must_be("feature_set", "ALL", default="ALL"),
        good=(
            {"aws_organizations_organization": {"o": {"enabled_policy_types": ["SERVICE_CONTROL_POLICY"]}}},
        ),
        bad=({"aws_organizations_organization": {"o": {"feature_set": "CONSOLIDATED_BILLING"}}},),
    ),
    Rule(
        id="LF_ACCOUNT_CLOSED",
        title="No plan closes an account",
        severity="high",
        types=("aws_organizations_account",),
        rationale="A resource that leaves the configuration is destroyed, and with close_on_deletion that closes the "
        "account with all that is in it.",
        remediation="Leave close_on_deletion out, and close accounts on purpose.",
        judge=must_be("close_on_deletion", False, default=False),
        good=({"aws_organizations_account": {"a": {"name": "a", "email": "a@acme.example"}}},),
        bad=({"aws_organizations_account": {"a": {"close_on_deletion": True}}},),
    ),
    Rule(
        id="LF_GUARDRAIL_DENIES",
        title="A guardrail denies something",
        severity="high",
        types=("aws_organizations_policy",),
        rationale="A service or resource control policy that denies nothing looks like a guardrail in every list.",
        remediation="Write what it denies, as landform's `Guardrails` does, or take it away.",
        judge=_denies_something,
        good=(
            {
                "aws_organizations_policy": {
                    "p": {"content": '{"Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}'},
                    "allowed": {
                        "content": '{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}'
                    },
                    "tags": {"type": "TAG_POLICY", "content": "{}"},
                }
            },
        ),
        bad=(
            {
                "aws_organizations_policy": {
                    "empty": {"content": "{}"},
                    "full": {
                        "content": '{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
                    },
                }
            },
        ),
    ),
    Rule(
        id="LF_SHARE_OUTSIDE",
        title="What is shared is for accounts of the organisation alone",
        severity="medium",
        types=("aws_ram_resource_share",),
        rationale="A share that takes principals from outside can be given to any account of AWS, by whoever may add "
        "one to it.",
        remediation="Leave allow_external_principals out, or set it to false, as landform's `ResourceShare` does.",
        judge=must_be("allow_external_principals", False, default=False),
        good=(
            {
                "aws_ram_resource_share": {
                    "said": {"name": "pools", "allow_external_principals": False},
                    "as-the-provider-has-it": {"name": "pools"},
                }
            },
        ),
        bad=({"aws_ram_resource_share": {"s": {"name": "pools", "allow_external_principals": True}}},),
    ),
)
