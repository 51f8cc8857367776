"""``landform org import`` and ``landform org drift``: the spec and what AWS Organizations says."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from landform.cli import options
from landform.cli.command import add_command
from landform.cli.console import Out, table
from landform.cli.project import project_folder
from landform.errors import Code, Exit, LandformError

if TYPE_CHECKING:
    from landform.org.drift import Difference

IMPORT_EXAMPLES = """
Examples:

  landform org import --name acme --region eu-west-1 --owner platform --out acme

  landform org import --role-arn arn:aws:iam::100000000001:role/landform-read --update -C acme
"""
DRIFT_EXAMPLES = """
Examples:

  landform org drift --role-arn arn:aws:iam::100000000001:role/landform-read

Exit status 1 where AWS and the spec differ.
"""


def register(org_app: typer.Typer) -> None:
    """Add the commands."""
    add_command(org_app, import_, name="import", epilog=IMPORT_EXAMPLES)
    add_command(org_app, drift, epilog=DRIFT_EXAMPLES)


def import_(
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The project's folder, made if there is none.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="The organisation's name; AWS has none.")] = None,
    region: Annotated[
        list[str], typer.Option("--region", "-r", help="A region in use, the home region first; repeatable.")
    ] = [],  # noqa: B006 - typer copies defaults
    owner: Annotated[
        str | None, typer.Option(help="The team of accounts whose tags name none (owner, team).")
    ] = None,
    contact: Annotated[
        str | None, typer.Option(help="The owners' address; the account's own unless given.")
    ] = None,
    cost_center: Annotated[
        str, typer.Option(help="Of accounts whose tags name none (cost-center).")
    ] = "unassigned",
    default_tier: Annotated[
        str, typer.Option(help="The accounts' tier, made strict if there is none.")
    ] = "prod",
    data_class: Annotated[
        Literal["public", "internal", "confidential", "restricted"],
        typer.Option(help="Of accounts whose tags name none (data-class)."),
    ] = "restricted",
    prefix: Annotated[
        str | None, typer.Option(help="The prefix of names; from the name unless given.")
    ] = None,
    log_archive: Annotated[
        str | None, typer.Option(help="The log archive's account; the one so named unless given.")
    ] = None,
    update: Annotated[
        bool, typer.Option("--update", help="Bring what AWS knows into files that are there already.")
    ] = False,
    role_arn: options.RoleArn = None,
    profile: options.Profile = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """Write an existing AWS organisation as a spec: units, accounts, tags, service control policies.

    What AWS cannot know comes from tags, from these options, or is the strictest possible. No file that is there is
    overwritten; with --update only what AWS knows changes in it.
    """
    from landform.org.imported import Answers
    from landform.org.importing import import_organization
    from landform.org.living import open_session, read_organization

    said = Out(as_json=json, quiet=quiet)
    project = _made(out) if out else project_folder(directory)
    name, regions = _known_or_given(project, name, region)
    living = read_organization(open_session(role_arn=role_arn, profile=profile))
    done = import_organization(
        project,
        living,
        Answers(
            name=name,
            regions=regions,
            owner=owner,
            contact=contact,
            cost_center=cost_center,
            tier=default_tier,
            data_class=data_class,
            prefix=prefix,
            log_archive=log_archive,
        ),
        update=update,
    )
    document = {
        "organization_id": living.id,
        "accounts": len(living.accounts),
        "written": list(done.written),
        "updated": list(done.updated),
        "kept": list(done.kept),
    }
    said.result(document, lambda console: _show_import(console, document))
    return int(Exit.DONE)


def drift(
    role_arn: options.RoleArn = None,
    profile: options.Profile = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """Say where the living organisation and the spec differ; which of the two is right is yours to say."""
    from landform.org.drift import differences
    from landform.org.living import open_session, read_organization
    from landform.org.load import load

    said = Out(as_json=json, quiet=quiet)
    spec = load(project_folder(directory))
    living = read_organization(open_session(role_arn=role_arn, profile=profile))
    found = differences(spec, living)
    document = {
        "organization_id": living.id,
        "accounts": len(living.accounts),
        "differences": [_shown(difference) for difference in found],
    }
    said.result(document, lambda console: _show_drift(console, document))
    return int(Exit.SAID_NO if found else Exit.DONE)


def _made(out: Path) -> Path:
    from landform.org.files import make_folder

    make_folder(out)
    return project_folder(out)


def _known_or_given(project: Path, name: str | None, regions: list[str]) -> tuple[str, tuple[str, ...]]:
    """The organisation's name and regions: the spec's where there is one, else what was said."""
    from landform.org.load import load
    from landform.org.spec import ORGANIZATION

    if (project / ORGANIZATION).exists():
        there = load(project).organization
        return there.name, tuple(regions) or there.regions
    if name is None or not regions:
        raise LandformError(
            Code.USAGE,
            "AWS Organizations knows neither the organisation's name nor its regions.",
            expected="--name NAME and --region REGION, the home region first",
        )
    return name, tuple(regions)


def _show_import(console: Any, document: Mapping[str, Any]) -> None:
    for kind in ("written", "updated"):
        for file in document[kind]:
            console.print(f"{kind}: {file}", highlight=False)
    console.print(
        f"{document['organization_id']}: {document['accounts']} accounts; {len(document['written'])} files written, "
        f"{len(document['updated'])} updated, {len(document['kept'])} kept as they are",
        highlight=False,
    )


def _shown(difference: Difference) -> dict[str, Any]:
    place = difference.place
    return {
        "code": difference.drift.slug,
        "subject": difference.subject,
        "spec": difference.spec,
        "living": difference.living,
        "file": place.file if place else None,
        "line": place.line if place else None,
    }


def _show_drift(console: Any, document: Mapping[str, Any]) -> None:
    rows = [
        [
            row["code"],
            row["subject"],
            row["spec"] or "-",
            row["living"] or "-",
            f"{row['file']}:{row['line']}" if row["file"] else "",
        ]
        for row in document["differences"]
    ]
    if rows:
        console.print(table(["code", "subject", "spec", "AWS", "where"], rows))
    console.print(f"{len(rows)} differences in {document['accounts']} accounts", highlight=False)
