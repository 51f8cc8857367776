"""How tests of the constructs read a synthesised stack: resources by construct path, policies by statement id."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from landform.checks.coverage import POLICY_ATTRIBUTES
from landform.constructs import AwsStack
from landform.testing import stack_instance, synthesise_json


def resources(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every resource: type, construct path below the stack, arguments."""
    for terraform_type, named in document["resource"].items():
        for body in named.values():
            yield terraform_type, body["//"]["metadata"]["path"].partition("/")[2], body


def at(document: dict[str, Any], path: str) -> dict[str, Any]:
    """The one resource at a construct path below the stack: ``Lake/Versioning``."""
    (found,) = [body for _, place, body in resources(document) if place == path]
    return found


def paths(document: dict[str, Any], terraform_type: str) -> list[str]:
    """The construct paths of the resources of one type, sorted."""
    return sorted(place for kind, place, _ in resources(document) if kind == terraform_type)


# Policies of a service's own, which are not IAM's.
NOT_IAM = {"aws_ecr_lifecycle_policy"}


def policies(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every IAM policy: type of its resource, construct path below the stack, the policy."""
    for terraform_type, path, body in resources(document):
        if terraform_type not in NOT_IAM:
            for argument in sorted(POLICY_ATTRIBUTES & body.keys()):
                yield terraform_type, path, json.loads(body[argument])


def statements(document: dict[str, Any], path: str, argument: str = "policy") -> dict[str, dict[str, Any]]:
    """The statements of the policy that the resource at a path holds, by their ids."""
    return {
        statement["Sid"]: statement for statement in json.loads(at(document, path)[argument])["Statement"]
    }


def built(build: Any, **instance: Any) -> dict[str, Any]:
    """The document of a stack that ``build`` fills, in an account described by keywords."""
    return synthesise_json(build, stack_instance(**instance))


def stack_of(build: Any, **instance: Any) -> AwsStack:
    """The stack itself, after ``build`` filled it."""
    kept: list[AwsStack] = []

    def keep(stack: AwsStack) -> None:
        build(stack)
        kept.append(stack)

    synthesise_json(keep, stack_instance(**instance))
    return kept[0]
