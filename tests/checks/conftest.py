"""Bundles written by hand, a JSON stack as HCL, and checkov's own command line to compare with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from landform.checks.scan_copy import scan_copy
from landform.digest import sha256
from landform.schema.pack import BlockSchema, shipped_pack
from landform.synth.bundle import Bundle, ResourceRecord, StackRecord

TIERS = {
    "prod": {"rank": 40, "guard": {"level": "strict", "fail_on": "low"}},
    "sandbox": {"rank": 10, "guard": {"level": "relaxed", "fail_on": "critical"}},
}


OPTIONS = "--framework terraform --quiet --skip-download --soft-fail -o json"


@pytest.fixture
def make_bundle(tmp_path: Path) -> Callable[..., Bundle]:
    """Write stacks and return their bundle: ``make_bundle({"prod-a.data": {...}}, waivers=[...])``.

    The tier is the part of the account before the first hyphen.
    """

    def make(stacks: Mapping[str, Any], waivers: list[dict[str, Any]] | None = None) -> Bundle:
        records = {}
        for name, stack in sorted(stacks.items()):
            text = stack if isinstance(stack, str) else json.dumps(stack)
            folder = tmp_path / "stacks" / name
            folder.mkdir(parents=True)
            (folder / "cdk.tf.json").write_text(text)
            account, _, stack_id = name.partition(".")
            records[name] = StackRecord(
                name=name,
                stack=stack_id,
                account=account,
                account_id="012345678901",
                tier=account.split("-")[0],
                region="eu-west-1",
                construct="acme:Stack",
                sha256=sha256(text),
                inputs="sha256:0",
                dependencies=(),
                waivers=tuple(waivers or ()),
                resources={
                    f"{kind}.{resource}": ResourceRecord(f"{name}/{resource}", f"acme/stacks.py:{line}")
                    for kind, named in (stack.get("resource", {}) if isinstance(stack, dict) else {}).items()
                    for line, resource in enumerate(named, start=10)
                },
            )
        return Bundle(
            root=tmp_path, stacks=records, tiers=TIERS, generator="landform test", digest="sha256:1"
        )

    return make


@pytest.fixture(scope="session")
def insecure() -> dict[str, Any]:
    """A stack of many types with everything wrong, in the blocks that checkov drops files for."""
    return json.loads((Path(__file__).parent / "insecure.json").read_text())


@pytest.fixture(scope="session")
def careful() -> dict[str, Any]:
    """A stack of many types with nearly everything right, with locals, variables and references."""
    return json.loads((Path(__file__).parent / "careful.json").read_text())


@pytest.fixture(scope="session")
def hcl_failures(
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[dict[str, Any]], set[tuple[str, str]]]:
    """What checkov's own, unpatched command line says of the HCL twin of a stack: (rule, address) that fail."""

    def failures(stack: dict[str, Any]) -> set[tuple[str, str]]:
        folder = tmp_path_factory.mktemp("hcl")
        (folder / "main.tf").write_text(hcl(scan_copy(stack)))
        run = subprocess.run(
            [sys.executable, "-m", "checkov.main", "-d", str(folder), *OPTIONS.split()],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "HOME": str(folder)},
        )
        report = json.loads(run.stdout)
        assert report["summary"]["parsing_errors"] == 0
        return {(check["check_id"], check["resource"]) for check in report["results"]["failed_checks"]}

    return failures


def hcl(stack: Mapping[str, Any]) -> str:
    """A scan copy of AWS resources as HCL. The provider's schema tells blocks from attributes."""
    aws = shipped_pack("aws")
    parts = [
        f'provider "{name}" {{\n{body(config, None)}}}\n'
        for name, configs in stack.get("provider", {}).items()
        for config in configs
    ]
    parts += [
        f'variable "{name}" {{\n{body(config, None)}}}\n'
        for name, config in stack.get("variable", {}).items()
    ]
    parts.append(f"locals {{\n{body(stack.get('locals', {}), None)}}}\n")
    for kind, schema_of in (("resource", aws.resource), ("data", aws.data_source)):
        parts += [
            f'{kind} "{entity_type}" "{name}" {{\n{body(config, schema_of(entity_type))}}}\n'
            for entity_type, named in stack.get(kind, {}).items()
            for name, config in named.items()
        ]
    return "\n".join(parts)


META = {
    "depends_on": lambda names: f"[{', '.join(names)}]",
    "for_each": lambda value: expression(value),
    "type": lambda name: name if name in ("number", "string") else json.dumps(name),
}


def body(config: Mapping[str, Any], schema: BlockSchema | None) -> str:
    """The arguments and nested blocks between two braces."""
    lines = []
    for key, value in config.items():
        if key in ("lifecycle", "default_tags"):
            lines.append(f"{key} {{\n{body(value[0] if isinstance(value, list) else value, None)}}}\n")
        elif key in META:
            lines.append(f"{key} = {META[key](value)}\n")
        elif schema and (key in schema.blocks or holds_objects(schema.attributes[key].type)):
            nested = schema.blocks[key].block if key in schema.blocks else None
            blocks = value if isinstance(value, list) else [value]
            lines += [f"{key} {{\n{body(block, nested)}}}\n" for block in blocks]
        else:
            lines.append(f"{key} = {expression(value)}\n")
    return "".join(lines)


def holds_objects(terraform_type: Any) -> bool:
    """Whether an attribute is one that HCL writes as blocks, as ``ingress`` of a security group."""
    return isinstance(terraform_type, tuple) and isinstance(terraform_type[1], tuple)


def expression(value: Any) -> str:
    """A value as an HCL expression; a string that is one reference becomes the reference."""
    if isinstance(value, dict):
        return "{\n" + "".join(f"{json.dumps(k)} = {expression(v)}\n" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(expression(item) for item in value) + "]"
    if isinstance(value, str) and value.startswith("${") and value.count("${") == 1 and value.endswith("}"):
        return value[2:-1]
    return json.dumps(value)
