"""``landform org``: the spec judged, explained and described."""

from __future__ import annotations

import datetime as dt
import json as jsonlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from landform.cli import options, org_diff, org_fmt, org_living, org_lock
from landform.cli.command import add_command
from landform.cli.console import Out
from landform.cli.project import project_folder
from landform.errors import Code, Exit, LandformError, did_you_mean

if TYPE_CHECKING:
    from rich.console import Console

    from landform.org.explain import Explained

# Of one kind, for people.
MOST_WARNINGS = 20

EXPLAIN_EXAMPLES = """
Examples:

  landform org explain payments-prod                      every field of the account

  landform org explain payments-prod guard.fail_on        one setting, and every layer's word on it

  landform org explain payments-prod tags                 all of its tags

  landform org explain payments-prod backup -r eu-west-1  with what its region says
"""

SCHEMA_EXAMPLES = """
Examples:

  landform org schema account                   the schema of an account's file

  landform org schema --write .landform/schemas  all of them as files, and the line for each kind of file

The line goes above the file's first; editors with yaml-language-server then check and complete it.
"""


def register(app: typer.Typer) -> None:
    """Add the group and its commands."""
    org = typer.Typer(no_args_is_help=True, help="The organisation's spec: judged, explained, kept in order.")
    add_command(org, validate)
    add_command(org, explain, epilog=EXPLAIN_EXAMPLES)
    add_command(org, schema, epilog=SCHEMA_EXAMPLES)
    for module in (org_diff, org_fmt, org_lock, org_living):
        module.register(org)
    app.add_typer(org, name="org")


def validate(
    as_of: Annotated[
        dt.datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], metavar="DATE", help="The day to judge last days by; today unless given."
        ),
    ] = None,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Status 1 where a last day has passed, or an account's file is gone."),
    ] = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """Judge the whole spec, every rule of it, and tell all that is wrong in one go.

    What a layer says and cannot have, because a layer above is stricter, is told too, which waivers, pinned
    baselines and accounts have run out, and which accounts have address blocks and no file; these are no errors.
    """
    from landform.org.expired import expired
    from landform.org.leaves import dotted
    from landform.org.resolve import judge
    from landform.org.validate_network import abandoned_blocks

    said = Out(as_json=json, quiet=quiet)
    judged = judge(project_folder(directory))
    fleet = judged.fleet
    over = list(expired(judged.spec, as_of.date() if as_of else dt.date.today()))
    gone = list(abandoned_blocks(judged.spec))
    overruled = [
        {
            "field": dotted(each.path),
            "layer": each.said.layer,
            "given": each.said.value,
            "holds": each.holds,
            "place": str(each.said.place),
        }
        for each in judged.refused
    ]
    org_lock.warn_of_full_pools(said, judged.spec.lock, judged.spec.pools)
    if not json:
        _warn(said, [_overruled(each) for each in overruled], "values", "do not count")
        _warn(said, [f"{each.place}: {each.message} {each.fix}" for each in over], "last days", "have passed")
        _warn(said, [f"{each.place}: {each.message} {each.fix}" for each in gone], "accounts", "have no file")
    document = {
        "ok": True,
        "accounts": len(fleet.accounts),
        "stacks": len(fleet.instances),
        "refused": overruled,
        "expired": [each.as_json() for each in over],
        "removed": [each.as_json() for each in gone],
        "digest": fleet.digest,
    }
    said.result(
        document,
        lambda console: console.print(
            f"[green]the spec is good[/]: {len(fleet.accounts)} accounts, {len(fleet.instances)} stacks",
            highlight=False,
        ),
    )
    return int(Exit.SAID_NO if strict and (over or gone) else Exit.DONE)


def _warn(said: Out, warnings: Sequence[str], what: str, that: str) -> None:
    """Tell people of one kind of thing; of thousands only the first few."""
    for each in warnings[:MOST_WARNINGS]:
        said.warning(each)
    if len(warnings) > MOST_WARNINGS:
        more = len(warnings) - MOST_WARNINGS
        said.warning(f"{more:,} {what} more, {len(warnings):,} in all, {that}; --json has every one")


def _overruled(each: Mapping[str, Any]) -> str:
    return (
        f"{each['place']}: {each['field']} of the {each['layer']} does not count: "
        f"{_text(each['given'])} is weaker than {_text(each['holds'])}, which a layer above says"
    )


def explain(
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="The account's name.")],
    field: Annotated[
        str | None,
        typer.Argument(metavar="[FIELD]", help="A field, or the start of several.", show_default=False),
    ] = None,
    region: Annotated[
        str | None, typer.Option("--region", "-r", help="With that region's layer.", show_default=False)
    ] = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """Say what holds in an account, and for each value which layers set, merged, kept or refused it, and where."""
    from landform.org.explain import explain as explained
    from landform.org.load import load

    said = Out(as_json=json, quiet=quiet)
    project = project_folder(directory)
    spec = load(project, accounts=[account])
    if account not in {each.name for each in spec.accounts}:
        # Only the whole spec knows which name was meant.
        spec = load(project)
    found = explained(spec, account, field, region=region)
    document = {"account": account, "fields": [each.as_json() for each in found]}
    said.result(document, lambda console: _show(console, found))
    return int(Exit.DONE)


def schema(
    kind: Annotated[
        str | None, typer.Argument(metavar="[KIND]", help="One kind of file.", show_default=False)
    ] = None,
    write: Annotated[
        Path | None,
        typer.Option("--write", help="Write them as files into this folder.", show_default=False),
    ] = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """Print the JSON Schema of each kind of file, or write them where an editor finds them."""
    from landform.org.jsonschema import MODELS, json_schemas

    said = Out(as_json=json, quiet=quiet)
    if kind is not None and kind not in MODELS:
        raise LandformError(
            Code.USAGE,
            "There is no such kind of file.",
            given=kind,
            expected=f"one of {', '.join(MODELS)}",
            fix=did_you_mean(kind, MODELS),
        )
    schemas = {name: each for name, each in json_schemas().items() if kind in (None, name)}
    if write is None:
        document = schemas[kind] if kind else schemas
        text = jsonlib.dumps(document, indent=2, ensure_ascii=False)
        said.result(
            document, lambda console: console.print(text, highlight=False, markup=False, soft_wrap=True)
        )
        return int(Exit.DONE)
    lines = _write(project_folder(directory), write, schemas)
    text = "\n".join(f"{each['files']}\n  {each['line']}" for each in lines)
    said.result(lines, lambda console: console.print(text, highlight=False, markup=False, soft_wrap=True))
    return int(Exit.DONE)


def _write(project: Path, folder: Path, schemas: dict[str, dict[str, Any]]) -> list[dict[str, str]]:
    """Write schemas as files; for each kind, the first line of its files."""
    from landform.org.files import make_folder, write_file
    from landform.org.jsonschema import FILES

    target = project / folder
    make_folder(target)
    lines = []
    for kind, document in schemas.items():
        write_file(target / f"{kind}.json", jsonlib.dumps(document, indent=2, ensure_ascii=False) + "\n")
        path = Path(os.path.relpath(target / f"{kind}.json", (project / FILES[kind]).parent)).as_posix()
        lines.append({"kind": kind, "files": FILES[kind], "line": f"# yaml-language-server: $schema={path}"})
    return lines


def _show(console: Console, found: list[Explained]) -> None:
    for each in found:
        console.print(
            f"[bold]{_escaped(each.field)}[/] = {_escaped(_text(each.value))}",
            highlight=False,
            soft_wrap=True,
        )
        for link in each.chain:
            said = link.said
            where = f"  {said.place}" if said.place.file else ""
            console.print(
                f"  {link.outcome.value:8}{said.channel.name.lower():9}"
                f"{_escaped(f'{said.layer}: {_text(said.value)}')}[dim]{_escaped(where)}[/]",
                highlight=False,
                soft_wrap=True,
            )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else jsonlib.dumps(value, ensure_ascii=False)


def _escaped(text: str) -> str:
    from rich.markup import escape

    return escape(text)
