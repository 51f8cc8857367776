"""``landform org fmt`` and ``landform org migrate``: the spec's files, written anew."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Annotated

import typer

from landform.cli import options
from landform.cli.command import add_command
from landform.cli.console import Out
from landform.cli.project import project_folder
from landform.errors import Exit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from landform.org.format import Rewritten

_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


def register(org_app: typer.Typer) -> None:
    """Add the commands."""
    add_command(org_app, fmt)
    add_command(org_app, migrate)


def fmt(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; status 1 if a file would change.")
    ] = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """Write the spec's files in their one form.

    Two spaces a level, the keys of a model in its order, one blank line at most. Comments, quotes, braces and the
    order of lists stay; what a file says never changes. Where one file cannot be formatted, none is written.
    """
    from landform.org.format import format_spec, write_all
    from landform.org.graph import counted

    said = Out(as_json=json, quiet=quiet)
    project = project_folder(directory)
    changed, files = format_spec(project)
    if not check:
        write_all(project, changed)

    def human(console: Console) -> None:
        for each in changed:
            console.print(f"{'would write' if check else 'wrote'} {each.file}", highlight=False)
        verb = "would change" if check else "changed"
        console.print(f"{len(changed)} of {counted(files, 'file')} {verb}", highlight=False)

    said.result({"ok": not changed, "files": files, "changed": [each.file for each in changed]}, human)
    return int(Exit.SAID_NO if check and changed else Exit.DONE)


def migrate(
    write: Annotated[bool, typer.Option("--write", help="Write the files; else only show them.")] = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """Bring files of older schema versions to this landform's, and show what changes.

    Nothing is written without --write. A file that is migrated is formatted, too, as `landform org fmt` does.
    """
    from landform.org.format import write_all
    from landform.org.graph import counted
    from landform.org.migrate import migrate as migrated

    said = Out(as_json=json, quiet=quiet)
    project = project_folder(directory)
    changed = migrated(project)
    if write:
        write_all(project, changed)

    def human(console: Console) -> None:
        for each in changed:
            for line in _diff(each):
                colour = _COLOURS.get(line[:1])
                console.print(line, style=colour, highlight=False, markup=False, soft_wrap=True)
        verb = "migrated" if write else "to migrate; --write writes what is shown"
        console.print(
            f"{counted(len(changed), 'file')} {verb}" if changed else "every file is of this version",
            highlight=False,
        )

    files = [{"file": each.file, "after": each.after, "diff": "\n".join(_diff(each))} for each in changed]
    said.result({"written": write, "files": files}, human)
    return int(Exit.DONE)


def _diff(each: Rewritten) -> Iterator[str]:
    return difflib.unified_diff(
        each.before.splitlines(), each.after.splitlines(), each.file, each.file, lineterm=""
    )
