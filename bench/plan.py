"""Planning with real Terraform beside the loop that a person writes: ``init`` and ``plan``, one folder after the other.

The loop works on copies of the same stacks with the same override, providers and environment, and reads nothing of
what it planned. landform makes the plans into results: shown as JSON, redacted, digested.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from landform.digest import sha256
from landform.plan import Runner, plan_stacks
from landform.plan.planner import Keep
from landform.plan.vault import Vault
from landform.synth.bundle import INDEX, Bundle
from landform.terraform.binary import find_terraform
from landform.terraform.override import sandbox_override
from landform.terraform.providers import find_mirror
from landform.terraform.sandbox import Sandbox, start_sandbox

_ACCOUNT = "111111111111"
_REGION = "eu-west-1"


@dataclass(frozen=True, slots=True)
class Planning:
    """Seconds by the clock and of the processor, Terraform's and landform's, in which a way plans some stacks."""

    who: str
    seconds: float
    processor: float
    stacks: int


def plannings(*, plain: int, aws: int) -> list[Planning]:
    """Each way over stacks without a provider, and over stacks of AWS in the sandbox, one after the other."""
    found = []
    for what, stacks, sandboxed in (
        ("terraform_data", {f"bench.plain{n}": _plain(n) for n in range(plain)}, False),
        ("AWS in the sandbox", {f"bench.aws{n}": _aws(n) for n in range(aws)}, True),
    ):
        with (
            tempfile.TemporaryDirectory() as folder,
            start_sandbox() if sandboxed else nullcontext() as sandbox,
        ):
            bundle = _bundle(Path(folder, "bundle"), stacks)
            runner = _runner(bundle, Path(folder, "project"), sandbox)
            keep = Keep(Vault(bytes(32)), Path(folder))
            copies = _copies(Path(folder, "copies"), stacks, sandboxed=sandboxed)
            ways: dict[str, Callable[[], int]] = {
                "landform, anew": partial(_landform, runner, keep),
                "landform, again": partial(_landform, runner, keep),
                "init && plan": partial(_loop, copies, runner),
            }
            found += [_timed(f"{what}: {way}", len(stacks), work) for way, work in ways.items()]
    return found


def _landform(runner: Runner, keep: Keep) -> int:
    results = plan_stacks(runner, tuple(runner.bundle.stacks.values()), keep=keep)
    for result in results:
        if result.error:
            raise result.error
    return len(results)


def _loop(folders: list[Path], runner: Runner) -> int:
    terraform = runner.workdir.terraform
    for folder in folders:
        for command in (["init", "-input=false"], ["plan", "-input=false", "-out=p"]):
            subprocess.run(
                [*terraform.binary.argv, *command],
                cwd=folder,
                env=dict(terraform.environ),
                check=True,
                capture_output=True,
            )
    return len(folders)


def _timed(who: str, stacks: int, work: Callable[[], int]) -> Planning:
    started, before = time.perf_counter(), _processor()
    ended = work()
    if ended != stacks:
        raise RuntimeError(f"{who} planned {ended} of {stacks} stacks")
    return Planning(who, time.perf_counter() - started, _processor() - before, stacks)


def _processor() -> float:
    """Of this process and of its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _runner(bundle: Bundle, project: Path, sandbox: Sandbox | None) -> Runner:
    project.mkdir()
    mirror = find_mirror(None, project=project)
    return Runner.begin(
        bundle,
        project=project,
        binary=find_terraform(None),
        mirror=mirror,
        sandbox=sandbox,
        environ={name: text for name, text in os.environ.items() if name != "TF_CLI_CONFIG_FILE"},
    )


def _plain(number: int) -> dict[str, Any]:
    data = {f"t{n}": {"input": {"name": f"{number}-{n}", "size": n}} for n in range(20)}
    return {"terraform": {"backend": {"local": {}}}, "resource": {"terraform_data": data}}


def _aws(number: int) -> dict[str, Any]:
    return {
        "terraform": {
            "required_providers": {"aws": {"source": "hashicorp/aws", "version": "5.100.0"}},
            "backend": {"s3": {"bucket": "state", "key": f"{number}", "region": _REGION}},
        },
        "provider": {"aws": [{"region": _REGION}]},
        "resource": {
            "aws_sqs_queue": {f"q{n}": {"name": f"q-{number}-{n}"} for n in range(10)},
            "aws_sns_topic": {f"t{n}": {"name": f"t-{number}-{n}"} for n in range(10)},
        },
    }


def _bundle(root: Path, stacks: Mapping[str, Mapping[str, Any]]) -> Bundle:
    records = {}
    for name, document in stacks.items():
        text = json.dumps(document)
        folder = root / "stacks" / name
        folder.mkdir(parents=True)
        (folder / "cdk.tf.json").write_text(text, encoding="utf-8")
        account, _, stack = name.partition(".")
        records[name] = {
            "account": account, "account_id": _ACCOUNT, "construct": "bench:Stack", "dependencies": [],
            "inputs": "sha256:0", "region": _REGION, "resource_count": 20, "resources": {},
            "sha256": sha256(text), "stack": stack, "tier": "dev", "waivers": [],
        }  # fmt: skip
    index = {
        "format": "landform/bundle/v1",
        "generator": {"name": "landform", "version": "0"},
        "digest": "sha256:0",
        "tiers": {},
        "stacks": records,
    }
    (root / INDEX).parent.mkdir(parents=True)
    (root / INDEX).write_text(json.dumps(index), encoding="utf-8")
    return Bundle.load(root)


def _copies(root: Path, stacks: Mapping[str, Mapping[str, Any]], *, sandboxed: bool) -> list[Path]:
    folders = []
    for name, document in stacks.items():
        folder = root / name
        folder.mkdir(parents=True)
        (folder / "cdk.tf.json").write_text(json.dumps(document), encoding="utf-8")
        if sandboxed:
            override = json.dumps(sandbox_override(document, _ACCOUNT))
            (folder / "sandbox_override.tf.json").write_text(override, encoding="utf-8")
        folders.append(folder)
    return folders
