"""Bundles written by hand, a JSON stack as HCL, and checkov's own command line to compare with."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hcl import hcl

from landform.checks.binding import resource_digest
from landform.checks.scan_copy import scan_copy
from landform.digest import sha256
from landform.synth.bundle import Bundle, ResourceRecord, StackRecord

TIERS = {
    "prod": {"rank": 40, "guard": {"level": "strict", "fail_on": "low"}},
    "sandbox": {"rank": 10, "guard": {"level": "relaxed", "fail_on": "critical"}},
}


LIMITS = {"max_days": 60, "never": ["CKV_AWS_20"], "approvers": ["sam", "kim"]}

OPTIONS = "--framework terraform --quiet --skip-download --soft-fail -o json"


@pytest.fixture
def make_bundle(tmp_path: Path) -> Callable[..., Bundle]:
    """Write stacks and return their bundle: ``make_bundle({"prod-a.data": {...}}, waivers=[...])``.

    The tier is the part of the account before the first hyphen. A waiver that says nothing of ``bind`` is bound to
    every resource of every stack, as it is.
    """

    def make(
        stacks: Mapping[str, Any], waivers: list[dict[str, Any]] | None = None, bounds: Any = None
    ) -> Bundle:
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
                waivers=(),
                waiver_limits=LIMITS,
                bounds=bounds,
                resources={
                    f"{kind}.{resource}": ResourceRecord(f"{name}/{resource}", f"acme/stacks.py:{line}")
                    for kind, named in (stack.get("resource", {}) if isinstance(stack, dict) else {}).items()
                    for line, resource in enumerate(named, start=10)
                },
            )
        bind: dict[str, list[str]] = {}
        for name, record in records.items() if waivers else ():
            for address in record.resources:
                bind.setdefault(address, []).append(resource_digest(scan_copy(stacks[name]), address, record))
        bound = tuple({"bind": bind, **waiver} for waiver in waivers or ())
        records = {name: replace(record, waivers=bound) for name, record in records.items()}
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
) -> Callable[[Mapping[str, dict[str, Any]]], dict[str, set[tuple[str, str]]]]:
    """What checkov's own, unpatched command line says of the HCL twins of stacks: (rule, address) that fail."""

    def failures(stacks: Mapping[str, dict[str, Any]]) -> dict[str, set[tuple[str, str]]]:
        root = tmp_path_factory.mktemp("hcl")
        for name, stack in stacks.items():
            (root / name).mkdir()
            (root / name / "main.tf").write_text(hcl(scan_copy(stack)))
        run = subprocess.run(
            [sys.executable, "-m", "checkov.main", "-d", str(root), *OPTIONS.split()],
            capture_output=True,
            text=True,
            check=True,
            # checkov gives a file up that takes it ten seconds to parse, which a machine at work on much else may need.
            env={**os.environ, "HOME": str(root), "HCL_PARSE_TIMEOUT_SEC": "120"},
        )
        report = json.loads(run.stdout)
        assert report["summary"]["parsing_errors"] == 0
        assert report["summary"]["skipped"] == 0
        found: dict[str, set[tuple[str, str]]] = {name: set() for name in stacks}
        for check in report["results"]["failed_checks"]:
            # checkov writes "aws.default" for a provider, and one record for each instance of a resource.
            address = re.sub(r"\.default$|\[.*", "", check["resource"])
            found[check["file_path"].strip("/").partition("/")[0]].add((check["check_id"], address))
        return found

    return failures
