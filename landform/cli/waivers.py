"""``landform waivers`` and ``landform waive``: the exceptions, and a new one."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from landform.cli import options
from landform.cli.command import add_command
from landform.cli.console import Out, table
from landform.cli.project import bundle_folder, checks_python, project_folder, read_users, relative
from landform.errors import Code, Exit, LandformError

if TYPE_CHECKING:
    from landform.checks.run import Report
    from landform.synth.bundle import Bundle, ResourceRecord, StackRecord

WAIVERS_EXAMPLES = """
Examples:

  landform waivers                      all of them, the next to end first

  landform waivers --fail-on-expired    exit status 1 where one has ended

  landform waivers --bind W-2026-014    bind it to the resources that it is about, as they are in the bundle
"""

WAIVE_EXAMPLES = """
Examples:

  landform waive CKV_AWS_18 aws_s3_bucket.Logs_1A2B3C4D --stack log-archive.logs --days 30 \\
    --reason "The log bucket cannot log into itself." --requested-by jo --approved-by sam --ticket SEC-142

With --in-code it is printed as Python, to be put beside the construct.
"""

AsOf = Annotated[
    dt.datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="The day waivers are judged for; today unless given."),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    add_command(app, waivers, epilog=WAIVERS_EXAMPLES)
    add_command(app, waive, epilog=WAIVE_EXAMPLES)


def waivers(
    fail_on_expired: Annotated[
        bool, typer.Option("--fail-on-expired", help="Exit with 1 where a waiver has ended.")
    ] = False,
    bind: Annotated[
        list[str] | None,
        typer.Option("--bind", metavar="ID", help="Bind a waiver to what it is about, anew; repeatable."),
    ] = None,
    as_of: AsOf = None,
    out: options.Out = None,
    jobs: options.Jobs = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """List the waivers: how long each holds, and what of the bundle it covers.

    A waiver is active where it covers a finding; else it has expired or not begun, is refused (the findings that it is
    about say why) or is unused. Runs the gate over the stacks that have waivers; without a bundle only days and files
    are known.

    --bind writes into waivers' files what they are about, and prints it for those in code. It needs a bundle of the
    whole organisation.
    """
    from landform.checks.waiver_use import uses, written
    from landform.org.load import load
    from landform.org.spec import WAIVERS

    said = Out(as_json=json, quiet=quiet)
    project = project_folder(directory)
    folder = bundle_folder(project, out)
    day = as_of.date() if as_of else dt.date.today()
    if bind:
        from landform.cli.waivers_bind import bind_waivers

        return bind_waivers(said, project, folder, bind, day, jobs)
    spec, bundle = load(project), _bundle(said, folder)
    report = _report(said, project, bundle, day, jobs) if bundle else None
    found = uses(written(spec, bundle.stacks.values() if bundle else ()), report, day)
    rows = [
        [
            use.waiver.id,
            use.state,
            str(use.days_left),
            "yes" if use.waiver.bind else "no",
            f"{len(use.resources)} in {len(use.stacks)} stacks",
            " ".join(use.waiver.checks),
            "\n".join(dict.fromkeys(place.source for place in use.written.places))
            if use.written.is_in_code
            else WAIVERS,
        ]
        for use in found
    ]
    columns = ("id", "state", "days left", "bound", "covers", "checks", "written")
    said.result([use.as_json() for use in found], lambda console: console.print(table(columns, rows)))
    expired = any(use.state == "expired" for use in found)
    return int(Exit.SAID_NO if fail_on_expired and expired else Exit.DONE)


def waive(
    rule: Annotated[str, typer.Argument(metavar="RULE", help="The rule's id.")],
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="The resource's Terraform address.")],
    stack: Annotated[str, typer.Option("--stack", "-s", help="The stack's full name.")],
    reason: Annotated[str, typer.Option("--reason", help="Why the rule may be broken here.")],
    requested_by: Annotated[str, typer.Option("--requested-by", help="Who asks for it.")],
    approved_by: Annotated[
        list[str], typer.Option("--approved-by", help="Who allows it, and does not ask for it; repeatable.")
    ],
    ticket: Annotated[str, typer.Option("--ticket", help="Where it was talked over.")],
    compensating: Annotated[
        str | None, typer.Option("--compensating", help="What else lessens the risk.", show_default=False)
    ] = None,
    days: Annotated[
        int | None, typer.Option("--days", min=0, help="How long; as long as the tier allows unless given.")
    ] = None,
    in_code: Annotated[
        bool, typer.Option("--in-code", help="Print it as Python in place of writing a file.")
    ] = False,
    as_of: AsOf = None,
    out: options.Out = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """Write a waiver of one rule for one resource, bound to the resource as it is in the bundle.

    It lapses when the resource changes, or when its days are over. What the tier does not allow is not written.
    """
    from landform.checks.waive import bound_waiver, next_id, waiver_code, waiver_text
    from landform.checks.waiver_use import written
    from landform.org.files import make_folder, write_file
    from landform.org.load import load
    from landform.org.spec import waiver_file
    from landform.synth.bundle import Bundle

    said = Out(as_json=json, quiet=quiet)
    project = project_folder(directory)
    spec = load(project)
    bundle = Bundle.load(bundle_folder(project, out))
    record = _one_stack(bundle, stack)
    day = as_of.date() if as_of else dt.date.today()
    words = {
        "reason": reason,
        "requested_by": requested_by,
        "approved_by": approved_by,
        "ticket": ticket,
        **({"compensating": compensating} if compensating else {}),
    }
    waiver = bound_waiver(
        bundle,
        record,
        rule,
        address,
        id=next_id((known.waiver.id for known in written(spec, bundle.stacks.values())), day.year),
        created=day,
        days=days,
        words=words,
        users=read_users(project),
    )
    if in_code:
        code, made = waiver_code(waiver), _made(record, address)
        said.result(
            {"code": code, "made": made.as_json(), "waiver": waiver.model_dump(mode="json", by_alias=True)},
            lambda console: console.print(
                f"# waive(construct, waiver) from landform.constructs; the construct is {made.construct_path},\n"
                f"# made at {made.source}, or one that it stands below.\n{code}",
                highlight=False,
                markup=False,
                soft_wrap=True,
            ),
        )
        return int(Exit.DONE)
    file = waiver_file(waiver.id)
    make_folder((project / file).parent, "folder of waivers")
    write_file(project / file, waiver_text(waiver))
    said.notice("`landform synth` takes it up")
    said.result(
        {"file": file, "waiver": waiver.model_dump(mode="json", by_alias=True)},
        lambda console: console.print(f"wrote {relative(project / file)}", highlight=False, soft_wrap=True),
    )
    return int(Exit.DONE)


def _bundle(said: Out, folder: Path) -> Bundle | None:
    from landform.synth.bundle import Bundle

    try:
        return Bundle.load(folder)
    except LandformError as error:
        if error.code is not Code.NO_BUNDLE:
            raise
        said.notice(
            "no bundle: what the waivers cover, and those in code, are not known before `landform synth`"
        )
        return None


def _report(said: Out, project: Path, bundle: Bundle, day: dt.date, jobs: int | None) -> Report:
    """What the gate says of the stacks that have waivers."""
    from landform.checks.cache import cache_of
    from landform.checks.run import check

    records = [record for record in bundle.stacks.values() if record.waivers]
    with said.progress("checking") as advance:
        return check(
            bundle,
            records,
            as_of=day,
            on_progress=advance,
            jobs=jobs,
            project=project,
            checks_python=checks_python(),
            cache=cache_of(project, checks_python()),
        )


def _made(record: StackRecord, address: str) -> ResourceRecord:
    if address in record.resources:
        return record.resources[address]
    raise LandformError(
        Code.USAGE,
        "Only resources and data sources can be waived in code.",
        given=f"{address} of {record.name}",
        expected="the address of one",
        fix="Leave --in-code out: a file of the spec can waive everything.",
    )


def _one_stack(bundle: Bundle, name: str) -> StackRecord:
    found = bundle.select(stacks=[name])
    if len(found) > 1:
        raise LandformError(
            Code.USAGE,
            "A waiver is bound to one resource, and so to one stack.",
            given=f"--stack {name}, which matches {len(found)} stacks",
            expected="the full name of a stack",
            fix=f"Take one of them, such as {found[0].name}.",
        )
    return found[0]
