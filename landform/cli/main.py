"""The command line: parses, calls a room below, renders. Nothing heavy is imported before a command runs."""

from __future__ import annotations

from typing import Annotated

import typer

from landform.cli import (
    access,
    accounts,
    affected,
    apply,
    approve,
    bindings,
    check,
    demo,
    diff,
    doctor,
    drift,
    graph,
    listing,
    new,
    org,
    plan,
    policy,
    review,
    rollback,
    rollout,
    sandbox,
    serve,
    start,
    synth,
    vend,
    waivers,
)
from landform.cli.command import TRACEBACK

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
    # Read where a command ends, which is above every command's own options.
    traceback: Annotated[
        bool, typer.Option(TRACEBACK, help="Show Python's traceback above an error.")
    ] = False,
) -> None:
    pass


for _module in (
    start, demo, new, listing, graph, synth, affected, diff, check, policy, waivers, access, plan, review, approve,
    apply, rollout, rollback, drift, vend, accounts, serve, sandbox, org, doctor, bindings,
):  # fmt: skip
    _module.register(app)


def main() -> None:
    """Run the command line and leave with its exit status."""
    app()


if __name__ == "__main__":
    main()
