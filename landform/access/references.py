"""References of Terraform's resolved from the stack alone, and the ARNs of what a stack makes.

A policy in a bundle says ``${aws_kms_key.Key.arn}`` where AWS chooses the name. What can be known is put in; in place
of what AWS chooses stands the address in angle brackets, which no name of AWS's holds:
``arn:aws:kms:eu-west-1:111111111111:key/<ledger/aws_kms_key.Key>``. The forms of ARNs are a table, ``data/arns.tsv``,
after "Actions, resources, and condition keys" of the service authorization reference: ``{}`` is what AWS chooses,
``{path=/}`` an argument and what it is where it is left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from landform.iam import actions as table
from landform.iam.policy import unescaped
from landform.synth.bundle import StackRecord

# `$${` is how Terraform writes a `${` of AWS's own.
REFERENCE = re.compile(r"(?<!\$)\$\{([^{}]+)\}")
_ADDRESS = re.compile(r"(aws_\w+)\.([\w-]+)(?:\.(\w+))?")
_SLOT = re.compile(r"\{(\w*)(?:=([^{}]*))?\}")
_GLOBAL = "us-east-1"
"""Where requests go to services that have one endpoint a partition, as IAM."""


@cache
def arn_forms() -> Mapping[str, str]:
    """The form of the ARN of each type, as in the table."""
    text = resources.files(__package__).joinpath("data/arns.tsv").read_text(encoding="utf-8")
    return dict(line.split("\t") for line in text.splitlines())


class References:
    """What the references of one stack stand for."""

    def __init__(self, record: StackRecord, document: Mapping[str, Any]) -> None:
        self._record = record
        self._resources: Mapping[str, Mapping[str, Any]] = document.get("resource", {})
        aliases = document.get("provider", {}).get("aws", [])
        self._regions: dict[str, str] = {
            f"aws.{one['alias']}": one["region"] for one in aliases if "alias" in one and "region" in one
        }

    def text(self, text: str) -> str:
        """A string of Terraform's as AWS gets it, with what references stand for."""
        return unescaped(REFERENCE.sub(lambda match: self._value(match[1]), text))

    def argument(self, body: Mapping[str, Any], name: str) -> str | None:
        """An argument that is text; None where it is not given."""
        value = body.get(name)
        return self.text(value) if isinstance(value, str) else None

    def target(self, text: str) -> tuple[str, str] | None:
        """The type and name of the resource of this stack that a value refers to; None where it is no reference."""
        match = REFERENCE.fullmatch(text)
        address = _ADDRESS.fullmatch(match[1]) if match else None
        if address and address[2] in self._resources.get(address[1], {}):
            return address[1], address[2]
        return None

    def region(self, body: Mapping[str, Any]) -> str:
        """The region that a resource is made in."""
        return self._regions.get(body.get("provider", ""), self._record.region)

    def arn(self, type: str, name: str) -> str:
        """The ARN of a resource of the stack."""
        body = self._resources[type][name]
        return self._filled(type, name, body, self._chosen(f"{type}.{name}"))

    def shape(self, type: str, name: str) -> str:
        """The ARN with ``x`` for every name in it: the same for all resources of a type, of one account and region."""
        return self._filled(type, name, {}, "x")

    def _filled(self, type: str, name: str, body: Mapping[str, Any], chosen: str) -> str:
        region = self.region(self._resources[type][name])
        form = arn_forms().get(type) or f"arn:{_service(type)}:{{region}}:{{account}}:{{}}"
        known = {"region": region, "account": self._record.account_id}

        def value(match: re.Match[str]) -> str:
            slot, default = match[1], match[2]
            if slot in known:
                return known[slot]
            given = self.argument(body, slot) if slot else None
            return given if given is not None else (default if default is not None else chosen)

        filled = _SLOT.sub(value, form.replace("arn:", f"arn:{_partition(region)}:", 1))
        # Names of parameters begin with a slash or not, and mean the same.
        return filled.replace(":parameter//", ":parameter/")

    def _chosen(self, what: str) -> str:
        return f"<{self._record.stack}/{what}>"

    def _value(self, expression: str) -> str:
        match = _ADDRESS.fullmatch(expression)
        if not match or match[2] not in self._resources.get(match[1], {}):
            return self._chosen(expression)
        type, name, attribute = match.groups()
        body = self._resources[type][name]
        given = body.get(attribute or "")
        if attribute == "arn":
            return self.arn(type, name)
        # A value that refers to itself is refused by Terraform.
        return self.text(given) if isinstance(given, str) else self._chosen(expression)


def request_region(arn: str, region: str) -> str:
    """The region that requests about a resource go to."""
    parts = arn.split(":", 5)
    return _GLOBAL if len(parts) == 6 and parts[2] in ("iam", "cloudfront", "route53") else region


def _service(type: str) -> str:
    """The service in the ARN of a type that the table has not: the word after ``aws_``, where it is one."""
    word = type.split("_")[1]
    return word if table.has_service(word) else "unknown"


def _partition(region: str) -> str:
    return {"cn": "aws-cn", "us-gov": "aws-us-gov"}.get(region.rpartition("-")[0].rpartition("-")[0], "aws")
