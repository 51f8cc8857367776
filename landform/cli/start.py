"""``landform init`` and ``landform demo``: a project to begin with, and the whole walk over it."""

from __future__ import annotations

import datetime as dt
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import landform
from landform.cli import options
from landform.cli.command import add_command
from landform.cli.console import Out
from landform.cli.project import checks_python, relative
from landform.cli.working import Choices, who
from landform.errors import Code, Exit, LandformError, Place

if TYPE_CHECKING:
    from rich.console import Console

_DATE = re.compile(r"^(created|expires): (\d{4}-\d{2}-\d{2})$", re.MULTILINE)
_LITTER = ("cdktf.out", ".landform", "__pycache__", ".*_cache")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    add_command(app, init)
    add_command(app, demo)


def init(
    directory: Annotated[
        Path, typer.Argument(help="The folder to make; the current one unless given.")
    ] = options.HERE,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> int:
    """Write a project that synthesises, checks and tests green at once.

    It is the example organisation: nine accounts in four tiers and two regions, with a stack of its own. Rename
    it, delete what you do not need. The waivers in it are dated from today.
    """
    files = write_project(directory)
    Out(as_json=json, quiet=quiet).result(
        {"project": str(directory), "files": files}, lambda console: _show_init(console, directory, files)
    )
    return int(Exit.DONE)


def demo(
    directory: Annotated[
        Path, typer.Argument(help="The folder to work in; kept, and used again next time.")
    ] = Path("landform-demo"),
    jobs: options.Jobs = None,
    terraform: options.Terraform = None,
    plugin_dir: options.PluginDir = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> int:
    """Run the example organisation through synth, check and a plan in the sandbox.

    Real Terraform and the real AWS provider, against a local AWS. No cloud account is needed.
    """
    from landform.checks.report import as_json, groups
    from landform.checks.run import check
    from landform.cli.check_report import show_report
    from landform.cli.plan import make_plan_set, show_planned
    from landform.cli.project import read_fleet
    from landform.cli.synth import show_synth
    from landform.synth.run import synth

    said = Out(as_json=json, quiet=quiet)
    if not (directory / "org").is_dir():
        write_project(directory)
    project = directory.resolve()
    started = time.monotonic()
    fleet = read_fleet(project)
    with said.progress("synthesising") as advance:
        made = synth(fleet, fleet.instances, project=project, out=project / "cdktf.out", on_progress=advance)
    synthesised = time.monotonic() - started
    bundle, records = made.bundle, tuple(made.bundle.stacks.values())
    if not json:
        said.result(
            None,
            lambda console: _show_step(
                console, f"1. The organisation {fleet.organization.name}, synthesised"
            ),
        )
        said.result(None, lambda console: show_synth(console, made, synthesised))
    with said.progress("checking") as advance:
        report = check(
            bundle,
            records,
            as_of=dt.date.today(),
            on_progress=advance,
            project=project,
            checks_python=checks_python(),
        )
    if not json:
        said.result(None, lambda console: _show_step(console, "2. Checked"))
        said.result(
            None,
            lambda console: show_report(
                console, report, groups(report), project=project, show_waived=False, suggested=None
            ),
        )
    started = time.monotonic()
    choices = Choices(sandbox=True, terraform=terraform, plugin_dir=plugin_dir)
    planned = make_plan_set(said, project, bundle, records, choices, by=who(None), jobs=jobs)
    seconds = time.monotonic() - started
    document = {"bundle": bundle.digest, "check": as_json(report), "plan": planned.as_json()}

    def human(console: Console) -> None:
        _show_step(console, "3. Planned with Terraform, in the sandbox")
        show_planned(console, planned, seconds, details=False)
        console.print(f"\nThe project is {relative(project)}. Change something there and run this again.")

    said.result(document, human)
    return int(Exit.DONE if report.ok and planned.ok else Exit.SAID_NO)


def write_project(folder: Path) -> list[str]:
    """Copy the example into a folder, its waivers dated from today; returns the files, relative.

    Raises:
        LandformError: ``not-empty`` where something is there already, ``not-writable``.
    """
    if folder.is_dir() and any(entry.name != ".git" for entry in folder.iterdir()):
        raise LandformError(
            Code.NOT_EMPTY,
            "The folder is not empty.",
            place=Place(file=str(folder)),
            expected="an empty folder, or one that is not there yet",
            fix="Name another folder: `landform init NAME`.",
        )
    from shutil import copytree, ignore_patterns

    try:
        copytree(_example(), folder, ignore=ignore_patterns(*_LITTER), dirs_exist_ok=True)
        for waiver in sorted((folder / "org" / "waivers").glob("*.yaml")):
            waiver.write_text(_dated(waiver.read_text(encoding="utf-8"), dt.date.today()), encoding="utf-8")
    except OSError as error:
        raise LandformError(
            Code.NOT_WRITABLE,
            "The project cannot be written.",
            place=Place(file=str(folder)),
            given=error.strerror or str(error),
        ) from None
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def _example() -> Path:
    package = Path(landform.__file__).parent
    shipped, in_repository = package / "example", package.parent / "examples" / "acme"
    return shipped if shipped.is_dir() else in_repository


def _dated(text: str, today: dt.date) -> str:
    """A waiver's text, created today and expiring as many days later as it was written with."""
    dates = {key: dt.date.fromisoformat(value) for key, value in _DATE.findall(text)}
    shift = today - dates["created"]
    return _DATE.sub(lambda match: f"{match[1]}: {dt.date.fromisoformat(match[2]) + shift}", text)


def _show_init(console: Console, folder: Path, files: list[str]) -> None:
    console.print(f"[green]wrote[/] {len(files)} files into {folder}", highlight=False)
    console.print(f"next: cd {folder} && landform synth && landform check", highlight=False)


def _show_step(console: Console, title: str) -> None:
    console.print(f"\n[bold]{title}[/]", highlight=False)
