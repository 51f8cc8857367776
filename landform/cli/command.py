"""How a command ends: its exit status, or an error in the user's frame, never a traceback they did not ask for."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import typer

from landform.cli.console import show_errors
from landform.errors import Exit, LandformError

TRACEBACK = "--traceback"


def add_command(
    app: typer.Typer,
    function: Callable[..., int],
    *,
    name: str | None = None,
    epilog: str | None = None,
    interrupted: str = "nothing that was there before has changed",
) -> None:
    """Add a function to an app as a command; what it returns is the exit status.

    ``interrupted`` is what is true after Ctrl-C.
    """

    @functools.wraps(function)
    def command(*arguments: Any, **options: Any) -> None:
        raise typer.Exit(_ended(function, arguments, options, interrupted))

    app.command(name=name, epilog=epilog)(command)


def add_default(group: typer.Typer, function: Callable[..., int], *, epilog: str, interrupted: str) -> None:
    """Make a function what a group does where none of its commands is named. See ``add_command``.

    Its argument ``context`` is the call's.
    """

    @functools.wraps(function)
    def command(*arguments: Any, context: typer.Context, **options: Any) -> None:
        if context.invoked_subcommand is None:
            raise typer.Exit(_ended(function, arguments, {"context": context, **options}, interrupted))
        sources = map(context.get_parameter_source, context.params)
        if any(source is not None and source.name == "COMMANDLINE" for source in sources):
            # They would be taken, and do nothing.
            context.fail(f"Options stand behind {context.invoked_subcommand}.")

    group.callback(invoke_without_command=True, epilog=epilog)(command)


def _ended(
    function: Callable[..., int], arguments: tuple[Any, ...], options: dict[str, Any], interrupted: str
) -> int:
    try:
        status = int(function(*arguments, **options))
        sys.stdout.flush()
        return status
    except LandformError as error:
        if TRACEBACK in sys.argv:
            import traceback

            traceback.print_exception(error)
        show_errors(error, as_json=options.get("json", False), project=options.get("directory", Path(".")))
        return int(error.code.status)
    except KeyboardInterrupt:
        sys.stderr.write(f"interrupted; {interrupted}\n")
        # `python -m` ends with the signal where it came inside an `exec` of a text, as dataclasses are made by,
        # although it was caught here; CPython forgets that at the next one.
        exec("")
        return int(Exit.INTERRUPTED)
    except BrokenPipeError:
        # The reader has gone, as in `landform ls | head`; Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return int(Exit.DONE)
