"""The pages of the commands and of the error codes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer
from typer.main import get_command

from landform.cli.main import app as commands
from landform.errors import Code, Exit
from rendering.markdown import table

WIDTH = 100


def errors_page() -> str:
    """Every error code."""
    statuses = [(str(int(status)), status.name.lower().replace("_", " ")) for status in Exit]
    codes = [(f"`{code.slug}`", str(int(code.status)), code.meaning) for code in Code]
    return "\n".join(
        [
            "# Errors\n",
            "An error names its code, the file, line and column or the construct path, what was given, what was "
            "expected and what to do. With `--json` it is one JSON document on stdout.\n",
            "## Exit statuses\n",
            table(("status", "means"), statuses),
            "## Codes\n",
            table(("code", "exit status", "means"), codes),
        ]
    )


def commands_page() -> str:
    """Every command's own help."""
    root = get_command(commands)
    return "\n".join(["# Commands\n", *command_sections(root, "landform", None)])


def command_sections(command: Any, name: str, parent: typer.Context | None) -> Iterator[str]:
    """A command's help, and that of the commands below it."""
    context = command.context_class(command, info_name=name, parent=parent, terminal_width=WIDTH)
    context.help_option_names = ["-h", "--help"]
    yield f"## {context.command_path}\n"
    yield f"```text\n{command.get_help(context).rstrip()}\n```\n"
    children = getattr(command, "commands", {})
    for child in sorted(children):
        yield from command_sections(children[child], child, context)
