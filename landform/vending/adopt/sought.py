"""A resource of a stack, and the account in which the same thing may stand already."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from landform.vending.steps.step import InAccount

_REFERENCE = re.compile(r"\$\{(aws_\w+)\.(\w+)\.(\w+)\}")
# The argument that another attribute of the resource is equal to.
_SAME: Mapping[tuple[str, str], str] = {
    ("aws_s3_bucket", "id"): "bucket",
    ("aws_iam_role", "id"): "name",
    ("aws_cloudwatch_log_group", "id"): "name",
    ("aws_config_configuration_recorder", "id"): "name",
    ("aws_config_configuration_recorder", "name"): "name",
}


@dataclass(frozen=True, slots=True)
class Sought:
    """A resource of a stack that may stand in the account.

    Attributes:
        at: the account.
        region: of the stack.
        resources: those of the whole stack, by type and name.
        name: the resource's, as Terraform's address has it.
        block: its arguments.
    """

    at: InAccount
    region: str
    resources: Mapping[str, Mapping[str, Mapping[str, Any]]]
    name: str
    block: Mapping[str, Any]

    @property
    def account_id(self) -> str:
        """The account's id."""
        return self.at.account.account_id

    def client(self, service: str) -> Any:
        """A client in the stack's Region."""
        return self.at.client(service, self.region)

    def text(self, argument: str) -> str | None:
        """An argument, also where it is taken from another resource's; None where it is known once that is made."""
        return self._literal(self.block.get(argument))

    def arn(self, service: str, resource: str, *, region: str = "") -> str:
        """An ARN in the account."""
        return f"arn:{self.at.partition}:{service}:{region}:{self.account_id}:{resource}"

    def _literal(self, value: Any) -> str | None:
        if not isinstance(value, str):
            return None
        if found := _REFERENCE.fullmatch(value):
            terraform_type, name, attribute = found.groups()
            block = self.resources.get(terraform_type, {}).get(name, {})
            return self._literal(block.get(_SAME.get((terraform_type, attribute), attribute)))
        return None if "${" in value else value


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Something stands where the resource would be made, and Terraform cannot take it over: ``why``, a sentence."""

    id: str
    why: str


def answer(client: Any, operation: str, absent: Iterable[str], **arguments: Any) -> Mapping[str, Any] | None:
    """What AWS says of something; None where it says that there is no such thing.

    Args:
        client: of the service.
        operation: the method's name.
        absent: the codes that say so.
        arguments: of the call.
    """
    try:
        said: Mapping[str, Any] = getattr(client, operation)(**arguments)
    except ClientError as error:
        if error.response["Error"]["Code"] in absent:
            return None
        raise
    return said
