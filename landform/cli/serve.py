"""``landform serve``: account requests over HTTP, and the tokens of those who make them."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Annotated

import typer

from landform.cli import options, serve_token
from landform.cli.command import add_command, add_default
from landform.cli.console import Out, table
from landform.cli.project import checks_python, project_folder
from landform.cli.serve_token import State, state_folder
from landform.errors import Code, Exit, LandformError

EXAMPLES = """
Examples:

  landform serve                                   for this machine alone, on port 8470

  landform serve token create ci --scope request:write --scope request:read --expires 30d

  landform serve --host 10.0.0.5 --tls-certificate server.pem --tls-key server.key

  landform serve --oidc-issuer https://login.example.org --oidc-audience landform

  curl -H "Authorization: Bearer $TOKEN" -H "Idempotency-Key: REQ-4711" -H "Content-Type: application/yaml" \\
    --data-binary @request.yaml http://127.0.0.1:8470/v1/account-requests
"""
AUDIT_EXAMPLES = """
Examples:

  landform serve audit

  landform serve audit --json | jq '.[] | select(.status == 401)'
"""
LANDINGS = ("branch", "files")


def register(app: typer.Typer) -> None:
    """Add the group, whose own command is the server."""
    group = typer.Typer()
    add_default(
        group,
        serve,
        epilog=EXAMPLES,
        interrupted="what was accepted is kept, and worked at by the next server",
    )
    serve_token.register(group)
    add_command(group, audit, epilog=AUDIT_EXAMPLES)
    app.add_typer(group, name="serve")


def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option("--host", help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="The port; 0 takes any that is free.")
    ] = 8470,
    landing: Annotated[
        str,
        typer.Option(
            "--into",
            metavar="|".join(LANDINGS),
            help="Where a change goes: a branch with one commit, or the project's own files.",
        ),
    ] = "branch",
    state: State = None,
    tls_certificate: Annotated[
        Path | None,
        typer.Option("--tls-certificate", help="A certificate in PEM, with its chain.", show_default=False),
    ] = None,
    tls_key: Annotated[
        Path | None, typer.Option("--tls-key", help="The certificate's key, in PEM.", show_default=False)
    ] = None,
    oidc_issuer: Annotated[
        str | None,
        typer.Option("--oidc-issuer", help="An identity provider whose tokens hold.", show_default=False),
    ] = None,
    oidc_audience: Annotated[
        str, typer.Option("--oidc-audience", help="What its tokens must be for.", show_default=False)
    ] = "",
    rate: Annotated[
        int, typer.Option("--rate", min=1, max=100_000, help="Calls a minute, for each caller.")
    ] = 240,
    job_timeout: Annotated[
        int,
        typer.Option(
            "--job-timeout", min=1, metavar="SECONDS", help="How long one request may be worked at."
        ),
    ] = 900,
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """Take account requests over HTTP, vend them one after the other, and tell how they stand.

    Listens on this machine alone unless --host says otherwise, and elsewhere only where callers can show who they are:
    with a token (`landform serve token create`) or one of an identity provider. As long as no token was ever made,
    nobody on this machine needs one.

    Requests are kept in record/serve/ until they are done, over restarts and kills. The interface describes itself at
    /openapi.json. With --json the address is printed as a document once calls are taken.
    """
    from landform.serve.extra import require_serve

    require_serve()

    from landform.serve.landing import Landing
    from landform.serve.limits import Rate
    from landform.serve.oidc import Provider
    from landform.serve.run import Settings, Tls
    from landform.serve.run import serve as run
    from landform.serve.supervisor import Patience, worker_command
    from landform.serve.vendor import account_request

    said = Out(as_json=json, quiet=quiet)
    if landing not in LANDINGS:
        raise LandformError(
            Code.USAGE, "A change goes elsewhere.", given=f"--into {landing}", expected=" or ".join(LANDINGS)
        )
    if (tls_certificate is None) != (tls_key is None):
        raise LandformError(Code.USAGE, "A certificate and its key are given together, or neither.")
    if oidc_audience and not oidc_issuer:
        raise LandformError(Code.USAGE, "An audience needs --oidc-issuer.", given=oidc_audience)
    project = project_folder(directory)
    settings = Settings(
        project=project,
        state=state_folder(project, state),
        host=host,
        port=port,
        landing=Landing(landing),
        provider=Provider(oidc_issuer, oidc_audience) if oidc_issuer else None,
        tls=Tls(tls_certificate, tls_key) if tls_certificate and tls_key else None,
        rate=Rate(rate, max(1, rate // 2)),
        patience=Patience(job=float(job_timeout)),
    )
    if settings.exposed and settings.tls is None:
        said.warning(
            "tokens and requests go over the network as they are: let a proxy speak TLS, or give --tls-..."
        )
    logging.basicConfig(
        level=logging.WARNING if quiet else logging.INFO,
        stream=sys.stderr,
        format="%(asctime)s %(levelname)s %(message)s",
    )

    def listening(address: str) -> None:
        document = {"address": address, "state": str(settings.state), "into": landing}
        said.result(
            document, lambda console: console.print(f"landform listens at {address}", highlight=False)
        )
        sys.stdout.flush()

    run(
        settings,
        account_request(),
        worker_command(project, settings.state, settings.landing, checks_python()),
        listening,
    )
    return int(Exit.DONE)


def audit(
    state: State = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """Show who called what, when, and what came of it. Tokens are not in it, only their ids."""
    from landform.serve.audit import Audit
    from landform.serve.database import Database

    said = Out(as_json=json, quiet=quiet)
    with Database.open(state_folder(project_folder(directory), state)) as database:
        entries = list(Audit(database).entries())
    rows = [
        [
            entry.at,
            entry.caller or "-",
            entry.action,
            entry.target or "",
            str(entry.status or ""),
            entry.code or "",
        ]
        for entry in entries
    ]
    columns = ("when", "who", "what", "about", "status", "error")
    said.result([entry.as_json() for entry in entries], lambda console: console.print(table(columns, rows)))
    return int(Exit.DONE)
