"""``landform access``: who can do what on which resource, from the bundle alone."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from landform.cli import options
from landform.cli.command import add_command
from landform.cli.console import Out
from landform.cli.forms import form_of, plain
from landform.cli.project import bundle_folder, project_folder, read_bundle, relative
from landform.errors import Code, Exit, LandformError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import Console

    from landform.access.matrix import Row, Wanted
    from landform.access.model import Holdings
    from landform.access.paths import Escalation

Format = Literal["human", "json", "csv", "html", "svg"]


class Level(StrEnum):
    """AWS's access levels, in a word each."""

    LIST = "list"
    READ = "read"
    WRITE = "write"
    TAG = "tag"
    PERMISSIONS = "permissions"


FailOn = Literal["escalation", "conditional-escalation"]

_ENDINGS: dict[str, Format] = {
    "": "human",
    ".json": "json",
    ".csv": "csv",
    ".html": "html",
    ".svg": "svg",
}

EXAMPLES = """
Examples:

  landform access                           everything, equal accounts once

  landform access --tier prod --level write who can change what in prod

  landform access --who-can s3:DeleteObject --on Ledger     and why

  landform access --what-can landform-plan  all that one role can do, and why

  landform access --cross-account           between accounts, both halves

  landform access --escalations --fail-on escalation        a gate

  landform access --output access.html      one file to hand to an auditor
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    add_command(app, access, epilog=EXAMPLES)


def access(
    account: options.Accounts = [],  # noqa: B006 - typer copies defaults
    tier: options.Tiers = [],  # noqa: B006
    stack: options.Stacks = [],  # noqa: B006
    region: options.Regions = [],  # noqa: B006
    out: options.Out = None,
    principal: Annotated[
        str | None, typer.Option("--principal", help="Principals by name or ARN; a glob.", show_default=False)
    ] = None,
    resource: Annotated[
        str | None,
        typer.Option(
            "--resource", help="Resources by ARN, address or construct path; a glob.", show_default=False
        ),
    ] = None,
    level: Annotated[list[Level], typer.Option("--level", help="An access level of AWS's; repeatable.")] = [],  # noqa: B006
    action: Annotated[
        str | None,
        typer.Option("--who-can", help="Who can do this action, as s3:DeleteObject.", show_default=False),
    ] = None,
    on: Annotated[
        str | None,
        typer.Option("--on", help="The resource: ARN, address or construct path.", show_default=False),
    ] = None,
    what_can: Annotated[
        str | None,
        typer.Option("--what-can", help="What this principal can do: name, ARN or path.", show_default=False),
    ] = None,
    cross_account: Annotated[
        bool, typer.Option("--cross-account", help="Access between accounts: both halves, or one.")
    ] = False,
    escalations: Annotated[
        bool, typer.Option("--escalations", help="Privilege escalation: the published paths that are open.")
    ] = False,
    fail_on: Annotated[
        FailOn | None,
        typer.Option("--fail-on", help="Exit 1 where a path is open, without or with conditions."),
    ] = None,
    format: Annotated[
        Format | None,
        typer.Option("--format", "-f", help="From --output's ending, else human.", show_default=False),
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", help="Write it here, not on stdout.")] = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """Say who can do what on which resource, from the synthesised policies alone, and why.

    Every policy of the bundle is read, whatever is selected: identity policies, boundaries, trust and resource
    policies, SCPs and RCPs. A condition never takes access away from the answer; it is told beside it. Needs neither
    credentials nor Terraform. Exits with 1 where --fail-on says so.
    """
    from landform.access.gather import gather
    from landform.access.matrix import Wanted

    kind = _format(format, output, as_json=json)
    _check(action, on, what_can, cross_account, escalations, fail_on, kind)
    said = Out(as_json=json or (kind == "json" and output is None), quiet=quiet)
    bundle, records = read_bundle(bundle_folder(project_folder(directory), out), account, tier, stack, region)
    selected = None if len(records) == len(bundle.stacks) else frozenset(record.name for record in records)
    wanted = Wanted(selected, principal, resource, tuple(one.value for one in level))
    with said.progress("reading policies") as advance:
        holdings = gather(bundle, advance)
    with said.progress("evaluating") as advance:
        answer = _answer(holdings, wanted, action, on, what_can, cross_account, escalations, advance)
    _say(said, kind, output, answer, as_json=json)
    for note in holdings.notes:
        said.notice(note)
    return int(_status(holdings, wanted, fail_on, answer.escalations))


@dataclass(frozen=True)
class _Answer:
    """One answer: as a document, for people, and where it is one as the rows of a matrix."""

    document: dict[str, Any]
    human: Callable[[Console], None]
    rows: Sequence[Row] = ()
    escalations: Sequence[Escalation] | None = None


def _answer(
    holdings: Holdings,
    wanted: Wanted,
    action: str | None,
    on: str | None,
    what_can: str | None,
    cross_account: bool,
    escalations: bool,
    advance: Callable[[int, int], None],
) -> _Answer:
    from landform.access import report
    from landform.cli import access_text as text

    if action is not None and on is not None:
        from landform.access.questions import who_can

        who = who_can(holdings, action, on, wanted, advance)
        return _Answer(report.who_can_json(holdings, who), lambda c: text.who_can(c, who), rows=who.rows)
    if what_can is not None:
        from landform.access.questions import what_can_principal

        what = what_can_principal(holdings, what_can, wanted, advance)
        return _Answer(report.what_can_json(holdings, what), lambda c: text.what_can(c, what), rows=what.rows)
    if cross_account:
        from landform.access.edges import edges

        found = edges(holdings, wanted, advance)
        return _Answer(report.edges_json(holdings, found), lambda c: text.edges(c, found))
    if escalations:
        from landform.access.paths import escalations as search

        open_paths = search(holdings, wanted, advance)
        return _Answer(
            report.escalations_json(holdings, open_paths),
            lambda c: text.escalations(c, open_paths),
            escalations=open_paths,
        )
    from landform.access.matrix import matrix

    rows = matrix(holdings, wanted, advance)
    return _Answer(report.matrix_json(holdings, rows), lambda c: text.matrix(c, holdings, rows), rows=rows)


def _say(said: Out, kind: Format, output: Path | None, answer: _Answer, *, as_json: bool) -> None:
    if output is not None:
        from landform.org.files import write_file

        write_file(output, _text(kind, answer))
        said.notice(f"wrote {relative(output)}")
    if as_json or (output is None and kind in ("human", "json")):
        said.result(answer.document, answer.human)
    elif output is None:
        sys.stdout.write(_text(kind, answer))


def _text(kind: Format, answer: _Answer) -> str:
    rows = answer.rows
    if kind == "json":
        import json

        return json.dumps(answer.document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    if kind == "csv":
        from landform.access.report import matrix_csv

        return matrix_csv(rows)
    if kind == "svg":
        from landform.access.picture import svg

        return svg(rows, "Who can do what")
    if kind == "html":
        from landform.access.page import html

        return html(rows, answer.document)
    return plain(answer.human)


def _format(format: Format | None, output: Path | None, *, as_json: bool) -> Format:
    """The format of the file, or of stdout where there is none."""
    if as_json and output is None:
        if format not in (None, "json"):
            raise LandformError(
                Code.USAGE,
                "--json and another --format do not go together on stdout.",
                given=f"--format {format}",
                fix="Write the other one to a file with --output.",
            )
        return "json"
    return form_of(format, output, _ENDINGS)


def _check(
    action: str | None,
    on: str | None,
    what_can: str | None,
    cross_account: bool,
    escalations: bool,
    fail_on: FailOn | None,
    kind: Format,
) -> None:
    """Refuse options that do not go together."""
    if (action is None) != (on is None):
        raise LandformError(
            Code.USAGE,
            "--who-can and --on go together: an action, and what it is done on.",
            given=f"--who-can {action}" if action is not None else f"--on {on}",
            fix="landform access --who-can s3:DeleteObject --on Ledger",
        )
    asked = [
        name
        for name, given in (
            ("--who-can", action),
            ("--what-can", what_can),
            ("--cross-account", cross_account),
            ("--escalations", escalations),
        )
        if given is not None and given is not False
    ]
    if len(asked) > 1:
        raise LandformError(
            Code.USAGE, "One question at a time.", given=" ".join(asked), expected="one of them"
        )
    if kind in ("csv", "html", "svg") and (cross_account or escalations):
        raise LandformError(
            Code.USAGE,
            "This answer is no matrix.",
            given=f"{asked[0]} as {kind}",
            expected="--format human or json",
        )


def _status(
    holdings: Holdings, wanted: Wanted, fail_on: FailOn | None, found: Sequence[Escalation] | None
) -> Exit:
    if fail_on is None:
        return Exit.DONE
    if found is None:
        from landform.access.paths import escalations

        found = escalations(holdings, wanted)
    failing = [
        one for one in found if one.administrator or (one.certain if fail_on == "escalation" else one.paths)
    ]
    return Exit.SAID_NO if failing else Exit.DONE
