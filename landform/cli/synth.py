"""``landform synth``: the bundle."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from landform.cli import options
from landform.cli.command import add_command
from landform.cli.console import Out
from landform.cli.project import bundle_folder, project_folder, read_fleet, relative, selected
from landform.errors import Code, Exit, LandformError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from landform.core.stack import Annotation
    from landform.org.fleet import StackInstance
    from landform.synth.run import SynthResult

EXAMPLES = """
Examples:

  landform synth                              every stack

  landform synth --tier prod --stack network  the networks of prod

  landform synth --verify                     say what differs, write nothing

  landform synth --shard 2/4                  the second quarter, for a build that runs in four jobs
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    add_command(app, synth, epilog=EXAMPLES)


def synth(
    account: options.Accounts = [],  # noqa: B006 - typer copies defaults
    tier: options.Tiers = [],  # noqa: B006
    stack: options.Stacks = [],  # noqa: B006
    region: options.Regions = [],  # noqa: B006
    out: options.Out = None,
    jobs: options.Jobs = None,
    shard: Annotated[str | None, typer.Option(help="K/N: the K-th of N parts of the selection.")] = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="Compare with the bundle there; write nothing.")
    ] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Synthesise stacks whose inputs are unchanged too.")
    ] = False,
    remarks: Annotated[
        bool, typer.Option("--remarks", help="Show remarks, as what a tier switches off.")
    ] = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """Synthesise the stacks of the organisation into Terraform JSON.

    The bundle is written whole or not at all; where nothing changed, no file is rewritten. A selection gives a
    bundle of the selected stacks alone.
    """
    from landform.core.app import context_from_json
    from landform.synth.run import differences
    from landform.synth.run import synth as write

    started = time.monotonic()
    said = Out(as_json=json, quiet=quiet)
    project = project_folder(directory)
    fleet = read_fleet(project)
    instances = _shard(selected(fleet, account, tier, stack, region), shard)
    context = context_from_json(os.environ.get("CDKTF_CONTEXT_JSON"))
    folder = bundle_folder(project, out)
    if verify:
        with said.progress("comparing") as advance:
            found = differences(
                fleet, instances, project=project, out=folder, context=context, jobs=jobs, on_progress=advance
            )
        said.result(
            {"ok": not found, "differences": found}, lambda console: _show_differences(console, found)
        )
        return int(Exit.SAID_NO if found else Exit.DONE)
    with said.progress("synthesising") as advance:
        result = write(
            fleet,
            instances,
            project=project,
            out=folder,
            context=context,
            jobs=jobs,
            fresh=fresh,
            on_progress=advance,
        )
    _say_annotations(said, result.annotations, remarks)
    seconds = time.monotonic() - started
    said.result(_document(result), lambda console: show_synth(console, result, seconds))
    return int(Exit.DONE)


def _say_annotations(said: Out, annotations: Sequence[Annotation], remarks: bool) -> None:
    told = {"warn": said.warning, "info": said.notice if remarks else None}
    for annotation in annotations:
        if tell := told[annotation.level]:
            tell(f"{annotation.construct_path}: {annotation.message}")
    hidden = sum(told[annotation.level] is None for annotation in annotations)
    if hidden:
        said.notice(f"{hidden} remarks in the manifest, as what a tier switches off; --remarks shows them")


def show_synth(console: Console, result: SynthResult, seconds: float) -> None:
    """The result of a synth for people."""
    bundle = result.bundle
    resources = sum(len(record.resources) for record in bundle.stacks.values())
    console.print(
        f"[green]synthesised[/] {len(bundle.stacks)} stacks, {resources} resources into {relative(bundle.root)}"
        f" ({len(result.made)} made, {len(result.kept)} unchanged) in {seconds:.1f} s",
        highlight=False,
        soft_wrap=True,
    )
    console.print(f"bundle {bundle.digest}", style="dim", highlight=False, soft_wrap=True)


def _document(result: SynthResult) -> dict[str, Any]:
    bundle = result.bundle
    return {
        "bundle": {"path": str(bundle.root), "digest": bundle.digest},
        "stacks": {
            name: {"sha256": record.sha256, "resources": len(record.resources)}
            for name, record in bundle.stacks.items()
        },
        "made": list(result.made),
        "kept": list(result.kept),
        "annotations": [
            {"construct_path": a.construct_path, "level": a.level, "message": a.message}
            for a in result.annotations
        ],
    }


def _show_differences(console: Console, found: dict[str, str]) -> None:
    if not found:
        console.print("[green]the bundle is what the spec and the code give[/]")
    for name, how in found.items():
        console.print(f"{name}: {how}", highlight=False)


def _shard(instances: Sequence[StackInstance], shard: str | None) -> tuple[StackInstance, ...]:
    if shard is None:
        return tuple(instances)
    part, _, parts = shard.partition("/")
    if not (part.isdecimal() and parts.isdecimal() and 1 <= int(part) <= int(parts)):
        raise LandformError(
            Code.USAGE,
            "A shard is one part of several.",
            given=f"--shard {shard}",
            expected="K/N with K from 1 to N, as 2/4",
        )
    return tuple(instances)[int(part) - 1 :: int(parts)]
