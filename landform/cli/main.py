"""The command line: parses, calls a room below, renders. Nothing heavy is imported before a command runs."""

from __future__ import annotations

import itertools
import os
import sys
from pathlib import Path
from typing import Annotated

import click
import typer

from landform.cli import bindings, check, doctor, listing, plan, start, synth
from landform.cli.console import show_errors
from landform.errors import Exit, LandformError

app = typer.Typer(
    name="landform",
    help="Secure-by-default Terraform for whole AWS organisations: synthesised, checked, planned.",
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def _app(
    traceback: Annotated[
        bool, typer.Option("--traceback", help="Show Python's traceback below an error.")
    ] = False,
) -> None:
    pass


for module in (start, listing, synth, check, plan, doctor, bindings):
    module.register(app)


def main() -> None:
    """Run the command line and leave with its exit status."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command line; returns its exit status and lets no exception of a known kind through."""
    try:
        return int(app(arguments, standalone_mode=False) or Exit.DONE)
    except LandformError as error:
        if "--traceback" in arguments:
            import traceback

            traceback.print_exception(error)
        show_errors(error, as_json="--json" in arguments, project=_directory(arguments))
        return int(error.code.status)
    except click.ClickException as error:
        error.show()
        return int(Exit.BAD_INPUT)
    except (KeyboardInterrupt, click.Abort):
        sys.stderr.write("interrupted; nothing that was there before has changed\n")
        return int(Exit.INTERRUPTED)
    except BrokenPipeError:
        # The reader has gone, `landform ls | head`; Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return int(Exit.DONE)


def _directory(arguments: list[str]) -> Path:
    """The folder after ``-C``, for the source lines that errors show."""
    for option, value in itertools.pairwise(arguments):
        if option == "-C":
            return Path(value)
    return Path(".")


if __name__ == "__main__":
    main()
