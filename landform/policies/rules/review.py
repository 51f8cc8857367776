"""Terraform that defeats review: what happens at apply and stands in no plan, and what may be another thing tomorrow.

Follows "Provisioners are a last resort", "The lifecycle meta-argument" and "Version constraints" of Terraform's
documentation.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from typing import Any

from landform.policies.rule import Breach, Judge, Rule, Undecided, Verdict, must_not_have
from landform.policies.view import Block, is_known
from landform.schema.pack import BlockSchema, shipped_pack

_BOUNDED = re.compile(r"\s*(~>|<=?|=?\s*v?\d)")
# It is a part of Terraform, of Terraform's version.
_BUILT_IN = "terraform"


def _not_all(block: Block) -> Iterator[Verdict]:
    if "all" in block.values("lifecycle.ignore_changes"):
        yield Breach("ignores every change, whoever made it", ("lifecycle",))


def _no_data(entity_type: str, words: str) -> Judge:
    def judge(block: Block) -> Iterator[Verdict]:
        if block.type == entity_type:
            yield Breach(words, ())

    return judge


def _bounded(version: object) -> bool:
    """Whether a version constraint keeps out the releases of other major versions."""
    return any(_BOUNDED.match(part) for part in str(version).split(","))


def _version(block: Block) -> Iterator[Verdict]:
    version = block.value("version")
    if not is_known(version):
        yield Undecided("version is known only to Terraform")
    elif version is None or not _bounded(version):
        yield Breach("takes whatever version is the newest on the day", ("version",))


def _provider(block: Block) -> Iterator[Verdict]:
    """A provider that is configured and not asked for is asked for without a version."""
    name = block.name.partition(".")[0]
    if block.kind == "required_providers":
        if name != _BUILT_IN:
            yield from _version(block)
    elif name != _BUILT_IN and f"terraform.required_providers.{name}" not in block.stack.by_address:
        yield from _version(block)


def _module(block: Block) -> Iterator[Verdict]:
    """Modules without any version are what checkov finds."""
    if block.values("version"):
        yield from _version(block)


def _not_deprecated(block: Block) -> Iterator[Verdict]:
    schema = _schema(block.type)
    for path in sorted(set(_deprecated(block.body, schema))) if schema else ():
        yield Breach(f"sets {path}, which the provider will take away", (path,))


@functools.cache
def _schema(entity_type: str) -> BlockSchema | None:
    pack = shipped_pack("aws")
    return pack.resource(entity_type) if entity_type in pack.resource_types else None


def _deprecated(body: Mapping[str, Any], schema: BlockSchema) -> Iterator[str]:
    for name, value in body.items():
        if value is None or value == []:
            continue
        if name in schema.attributes:
            if schema.attributes[name].deprecated:
                yield name
        elif name in schema.blocks:
            if schema.blocks[name].deprecated:
                yield name
            for nested in value if isinstance(value, list) else [value]:
                if isinstance(nested, Mapping):
                    for path in _deprecated(nested, schema.blocks[name].block):
                        yield f"{name}.{path}"


_AWS = {"source": "hashicorp/aws", "version": "5.100.0"}

RULES = (
    Rule(
        id="LF_NO_PROVISIONER",
        title="Nothing runs at apply that no plan shows (provisioners)",
        severity="high",
        types=("*",),
        rationale="A provisioner runs commands with the rights of whoever applies; a plan shows neither them nor "
        "what they do, and nothing takes it back.",
        remediation="Take it out: user data, an image, a function or the pipeline do it in the open.",
        judge=must_not_have("provisioner"),
        good=({"aws_instance": {"i": {"ami": "ami-0a1b"}}},),
        bad=(
            {
                "aws_instance": {"i": {"provisioner": [{"remote-exec": {"inline": ["true"]}}]}},
                "null_resource": {"n": {"provisioner": {"local-exec": {"command": "true"}}}},
            },
        ),
    ),
    Rule(
        id="LF_IGNORE_ALL",
        title="Changes are ignored argument by argument, not all of them",
        severity="medium",
        types=("*",),
        rationale="With ignore_changes = all the code says how a resource was made once, and no plan says what it is.",
        remediation="List the arguments that something else is to change.",
        judge=_not_all,
        good=({"aws_instance": {"i": {"lifecycle": [{"ignore_changes": ["ami"]}]}}},),
        bad=(
            {"aws_instance": {"i": {"lifecycle": {"ignore_changes": "all"}}}},
            {"aws_instance": {"i": {"lifecycle": [{"ignore_changes": ["all"]}]}}},
        ),
    ),
    Rule(
        id="LF_DATA_EXTERNAL",
        title="No plan runs a program",
        severity="high",
        types=("data.*",),
        rationale="The data source external runs a program at every plan, so that whoever may propose a change runs "
        "code with the rights of the pipeline before anybody has reviewed it.",
        remediation="Work the value out in the code that synthesises the stack, or read it from a parameter.",
        judge=_no_data("external", "runs a program at every plan"),
        good=({"data.aws_region": {"here": {}}},),
        bad=({"data.external": {"e": {"program": ["true"]}}},),
    ),
    Rule(
        id="LF_DATA_HTTP",
        title="No plan depends on what an address on the internet says",
        severity="medium",
        types=("data.*",),
        rationale="What the address answers at apply need not be what it answered when the change was reviewed, and "
        "it hears what it is sent.",
        remediation="Write the value down where it is reviewed, or read it from a parameter.",
        judge=_no_data("http", "takes its value from whoever answers an address"),
        good=({"data.aws_region": {"here": {}}},),
        bad=({"data.http": {"h": {"url": "https://example.com"}}},),
    ),
    Rule(
        id="LF_PROVIDER_VERSION",
        title="A provider's version has an upper bound",
        severity="medium",
        types=("required_providers", "provider"),
        rationale="Without one, the next run without a lock file takes a release that nobody here has seen, and a "
        "provider runs with the rights of whoever applies.",
        remediation='Give an exact version, or a bound such as "~> 5.100"; landform writes the exact one.',
        judge=_provider,
        good=(
            {"required_providers": {"aws": _AWS, "random": {"version": ">= 3.1, < 4"}, "tls": {"version": "~> 4.0"}}},
        ),
        bad=({"required_providers": {"aws": {"source": "hashicorp/aws"}, "tls": {"version": ">= 4"}}},),
    ),
    Rule(
        id="LF_MODULE_VERSION",
        title="A module's version has an upper bound",
        severity="medium",
        types=("module",),
        rationale="A lock file does not hold the versions of modules: without a bound, the next init takes the newest.",
        remediation='Give an exact version, such as "5.1.0".',
        judge=_module,
        good=({"module": {"m": {"source": "a/b/aws", "version": "5.1.0"}, "local": {"source": "./m"}}},),
        bad=({"module": {"m": {"source": "a/b/aws", "version": ">= 5"}}},),
    ),
    Rule(
        id="LF_DEPRECATED_ARGUMENT",
        title="No argument is one that the provider will take away",
        severity="low",
        types=("*",),
        rationale="A deprecated argument ends with the next major version, and with it what it set: an ACL, a policy.",
        remediation="Take the argument or resource that the provider's documentation names in its place.",
        judge=_not_deprecated,
        good=({"aws_s3_bucket": {"b": {"bucket": "b"}}, "aws_eip": {"e": {"domain": "vpc"}}},),
        bad=(
            {
                "aws_s3_bucket": {"b": {"acl": "private"}},
                "aws_eip": {"e": {"vpc": True}},
                "aws_s3_bucket_lifecycle_configuration": {"l": {"rule": [{"id": "a", "prefix": "a/"}]}},
            },
        ),
    ),
)  # fmt: skip
