"""``landform new``: begins a construct in the anatomy of the library."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from landform.cli import options
from landform.cli.command import add_command
from landform.cli.console import Out
from landform.cli.project import project_folder
from landform.errors import Code, Exit, LandformError, Place

EXAMPLES = """
Examples:

  landform new construct LedgerTable --resource aws_dynamodb_table

  landform new construct Alarm --resource aws_cloudwatch_metric_alarm --package acme/constructs
"""

FACE = '"""Constructs of this project."""\n'


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Begin something new in a project.", no_args_is_help=True)
    add_command(group, construct, epilog=EXAMPLES)
    app.add_typer(group, name="new")


def construct(
    name: Annotated[str, typer.Argument(help="The construct's class name, as LedgerTable.")],
    resource: Annotated[str, typer.Option("--resource", help="The resource type that it makes.")],
    package: Annotated[
        str | None,
        typer.Option(
            help="The folder of the constructs; `constructs` in the project's one package unless given."
        ),
    ] = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """Write a construct: its folder with grants and controls, its test and its page of the docs.

    The arguments come from the provider's schema, the grants' actions from AWS's service authorization reference.
    It synthesises and passes its test at once, and promises little yet.
    """
    from landform.scaffold import construct_files
    from landform.schema.pack import shipped_pack

    project = project_folder(directory)
    package = package or _package(project)
    files = construct_files(shipped_pack(resource.partition("_")[0]), resource, name, package)
    files |= {face: FACE for face in _faces(package) if not (project / face).exists()}
    _write(project, files)
    made = sorted(files)
    Out(as_json=json, quiet=quiet).result(
        {"construct": name, "resource": resource, "files": made},
        lambda console: console.print(
            "\n".join(
                [*made, f"next: python -m pytest {next(each for each in made if each.startswith('tests/'))}"]
            ),
            highlight=False,
        ),
    )
    return int(Exit.DONE)


def _package(project: Path) -> str:
    """The folder of constructs in the one package that the project has."""
    found = sorted(
        path.parent.name
        for path in project.glob("*/__init__.py")
        if path.parent.name not in ("tests", "docs")
    )
    if len(found) == 1:
        return f"{found[0]}/constructs"
    raise LandformError(
        Code.USAGE,
        "It is not clear which package the construct belongs to.",
        place=Place(file=str(project)),
        given=", ".join(found) or "a folder without a package",
        expected="one package",
        fix="Say which with --package, as --package acme/constructs.",
    )


def _faces(package: str) -> list[str]:
    parts = package.split("/")
    return [f"{'/'.join(parts[:depth])}/__init__.py" for depth in range(1, len(parts) + 1)]


def _write(project: Path, files: dict[str, str]) -> None:
    """Write all files, or none where one is there already."""
    there = [name for name in sorted(files) if (project / name).exists()]
    if there:
        raise LandformError(
            Code.NOT_EMPTY,
            "A file of this construct is there already.",
            place=Place(file=there[0]),
            fix="Give the construct another name, or delete what is there.",
        )
    try:
        for name, text in files.items():
            path = project / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise LandformError(
            Code.NOT_WRITABLE,
            "The construct cannot be written.",
            place=Place(file=str(project)),
            given=error.strerror,
        ) from None
