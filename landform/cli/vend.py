"""``landform vend``: accounts asked for, previewed, and taken into the spec."""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from landform.cli import options
from landform.cli.command import add_command
from landform.cli.console import Out, table
from landform.cli.project import checks_python, project_folder, relative
from landform.cli.vend_flags import Flags, request_text
from landform.cli.working import Choices, OwnCredentials, Sandboxed, clock, working
from landform.errors import Code, Exit, LandformError, Place

if TYPE_CHECKING:
    from rich.console import Console

    from landform.vending.preview import Preview
    from landform.vending.vend import Vended

EXAMPLES = """
Examples:

  landform vend requests/ledger-dev.yaml --dry-run         what it would get; writes nothing

  landform vend requests/*.yaml --commit                   one commit for all, on a branch of its own

  portal | landform vend - --json                          a request from a program

  landform vend --name ledger-dev --like payments-dev --requested-by jane --reason "A team of its own"

  landform vend r.yaml --signature r.yaml.sig              after: ssh-keygen -Y sign -n landform -f KEY r.yaml
"""

PREVIEWS = ".landform/previews"
# More than a request may be, so that what is too large is told, and never read whole.
_MOST = 1024 * 1024


def register(app: typer.Typer) -> None:
    """Add the command."""
    add_command(app, vend, epilog=EXAMPLES, interrupted="nothing was vended")


def vend(
    requests: Annotated[
        list[str] | None,
        typer.Argument(metavar="[REQUEST]...", help="Files of requests; - reads one from stdin."),
    ] = None,
    name: Annotated[str | None, typer.Option("--name", help="Without a file: the account's name.")] = None,
    like: Annotated[
        str | None,
        typer.Option(
            "--like", metavar="ACCOUNT", help="With --name: what an account says, but for what is its own."
        ),
    ] = None,
    values: Annotated[
        list[str],
        typer.Option(
            "--set", metavar="KEY=VALUE", help="With --name: a key of the request, as tier=dev; repeatable."
        ),
    ] = [],  # noqa: B006 - typer copies it
    requested_by: Annotated[str | None, typer.Option("--requested-by", help="With --name: who asks.")] = None,
    reason: Annotated[str | None, typer.Option("--reason", help="With --name: why.")] = None,
    key: Annotated[
        str | None, typer.Option("--key", help="With --name: what makes a second call with it harmless.")
    ] = None,
    signature: Annotated[
        list[Path],
        typer.Option(
            "--signature", help="An approval of the request: a signature over its file; repeatable."
        ),
    ] = [],  # noqa: B006
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing at all.")] = False,
    commit: Annotated[
        bool,
        typer.Option("--commit", help="Make one commit on a branch of its own; files here stay as they are."),
    ] = False,
    branch: Annotated[
        str | None, typer.Option("--branch", help="The branch of --commit; vend/NAME unless given.")
    ] = None,
    previews: Annotated[
        Path | None,
        typer.Option("--previews", help=f"Where the preview is written; {PREVIEWS} unless given."),
    ] = None,
    plan: Annotated[
        bool,
        typer.Option("--plan", help="Plan what changes in accounts that are there, with your credentials."),
    ] = False,
    sandbox: Sandboxed = False,
    own_credentials: OwnCredentials = False,
    terraform: options.Terraform = None,
    plugin_dir: options.PluginDir = None,
    as_of: Annotated[
        dt.datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], metavar="DATE", help="The day of the requests; today unless given."
        ),
    ] = None,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of a preview, and vend nothing.")
    ] = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """Turn requests for accounts into a checked, reviewable change of the spec.

    A request is judged against the whole organisation: its name and address, unit, tier, regions, owner, budget and
    quotas. Its addresses are allotted, and what it adds or changes is synthesised and checked, offline and before there
    is an account. With --sandbox all of it is planned against a local AWS, with --plan the part that is there already.

    The preview is written as Markdown, HTML, JSON and a picture. Then the account's file and its addresses are written
    into the spec, or made a commit. The same request twice changes nothing. Exits with 1, and writes nothing into the
    spec, where the checks do not pass.
    """
    from landform.checks.workers import rules_ahead

    said = Out(as_json=json or schema, quiet=quiet)
    if schema:
        from landform.vending import preview_schema

        said.result(preview_schema.schema(), lambda console: None)
        return int(Exit.DONE)
    _check(commit, branch, dry_run, plan, sandbox, requests, signature)
    project = project_folder(directory)
    day = as_of.date() if as_of else clock().date()
    flags = Flags(name, like, tuple(values), requested_by, reason, key)
    texts = _texts(requests or (), flags, project)
    with (
        rules_ahead(checks_python()) as pool,
        tempfile.TemporaryDirectory(prefix="landform-vend-") as folder,
        _steps(said) as step,
    ):
        # The rules are read while these are.
        from landform.vending.vend import vend as judged
        from landform.vending.waiting import VENDED

        vended = judged(
            project,
            texts,
            today=day,
            out=Path(folder) / "cdktf.out",
            signatures=[(str(path), _read(path)) for path in signature],
            checks_python=checks_python(),
            pool=pool,
            on_step=step,
        )
        if plan or sandbox:
            step("planning")
            choices = Choices(sandbox, own_credentials, terraform, plugin_dir)
            vended = replace(vended, preview=_planned(said, project, vended, choices, everything=sandbox))
    preview = vended.preview
    ok = preview.ok and not any(one.error for one in preview.plans)
    shown = {} if dry_run else _write_previews(project, previews or project / PREVIEWS, preview)
    done = _Done(changed=vended.changed, ok=ok, previews=shown)
    if ok and not dry_run and vended.changed:
        if commit:
            name_of_branch = branch or f"{VENDED}{_label(preview)}"
            done = replace(done, branch=name_of_branch, commit=vended.change.commit(project, name_of_branch))
        else:
            done = replace(done, written=vended.change.write(project))
    difference = vended.change.diff(project) if dry_run else ""
    document = done.as_json() | {"preview": preview.document(), "diff": difference}
    said.result(document, lambda console: _show(console, preview, done, difference, dry_run=dry_run))
    return int(Exit.DONE if ok else Exit.SAID_NO)


@dataclass(frozen=True, slots=True)
class _Done:
    """What became of requests."""

    changed: bool
    ok: bool
    previews: Mapping[str, str]
    written: tuple[str, ...] = ()
    branch: str | None = None
    commit: str | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "changed": self.changed,
            "ok": self.ok,
            "written": list(self.written),
            "branch": self.branch,
            "commit": self.commit,
            "previews": dict(self.previews),
        }


def _check(
    commit: bool,
    branch: str | None,
    dry_run: bool,
    plan: bool,
    sandbox: bool,
    requests: Sequence[str] | None,
    signature: Sequence[Path],
) -> None:
    for wrong, given in (
        (commit and dry_run, "--commit --dry-run"),
        (branch is not None and not commit, "--branch without --commit"),
        (plan and sandbox, "--plan --sandbox"),
        (bool(signature) and len(requests or ()) != 1, "--signature without one request's file"),
        ((requests or []).count("-") > 1, "- twice"),
    ):
        if wrong:
            raise LandformError(Code.USAGE, "These options do not go together.", given=given)


def _texts(files: Sequence[str], flags: Flags, project: Path) -> list[tuple[str, str]]:
    """What errors call each request, and its text."""
    if bool(files) == flags.given:
        raise LandformError(
            Code.USAGE,
            "A request comes from a file, from stdin, or from flags.",
            given="files and flags" if files else "neither",
            expected="landform vend REQUEST.yaml, landform vend -, or landform vend --name NAME ...",
        )
    if flags.given:
        return [("the command line", request_text(flags, project))]
    return [("stdin", _stdin()) if file == "-" else (file, _read(Path(file))) for file in files]


def _stdin() -> str:
    return _decoded("stdin", sys.stdin.buffer.read(_MOST + 1))


def _read(path: Path) -> str:
    from landform.org.files import read_file

    try:
        return _decoded(str(path), read_file(path, _MOST))
    except OSError as error:
        raise LandformError(
            Code.REQUEST, "The file cannot be read.", place=Place(str(path)), given=error.strerror
        ) from None


def _decoded(file: str, data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise LandformError(
            Code.REQUEST,
            "The file is not UTF-8.",
            place=Place(file),
            given=f"the byte 0x{data[error.start]:02x} at {error.start}",
        ) from None


@contextmanager
def _steps(said: Out) -> Iterator[Any]:
    """Each step told as it begins."""
    now = [""]
    with said.watch(lambda: now[0]) as tell:

        def step(text: str) -> None:
            now[0] = text
            tell()

        yield step


def _planned(said: Out, project: Path, vended: Vended, choices: Choices, *, everything: bool) -> Preview:
    """The preview with what Terraform says: of all stacks in a sandbox, of those of accounts that are there in AWS."""
    from landform.plan.planner import plan_stacks
    from landform.vending.preview import PlannedStack

    new = {account.name for account in vended.preview.accounts if account.is_new}
    records = [record for record in vended.bundle.stacks.values() if everything or record.account not in new]
    if not records:
        said.notice("nothing to plan: everything that changes is in accounts that AWS has not made yet")
        return vended.preview
    with working(said, project, vended.bundle, choices) as at:
        results = plan_stacks(at.runner, records)
    plans = []
    for result in results:
        if result.plan is None:
            plans.append(PlannedStack(result.stack, error=str(result.error)))
        else:
            counts = result.plan.counts
            plans.append(
                PlannedStack(result.stack, counts.add, counts.change, counts.replace, counts.destroy)
            )
    return vended.preview.with_plans(plans)


def _label(preview: Preview) -> str:
    """What a preview is called in a file's or a branch's name."""
    first, more = preview.accounts[0].name, len(preview.accounts) - 1
    return f"{first}-and-{more}-more" if more else first


def _write_previews(project: Path, folder: Path, preview: Preview) -> dict[str, str]:
    """Write the preview in every form; the files by form."""
    from landform.digest import canonical_json
    from landform.org.files import make_folder, write_file
    from landform.vending.preview_html import html
    from landform.vending.preview_markdown import markdown
    from landform.vending.preview_svg import picture

    forms = {
        "md": markdown(preview),
        "html": html(preview),
        "json": canonical_json(preview.document()) + "\n",
        "svg": picture(preview),
    }
    make_folder(folder)
    written = {}
    for form, text in forms.items():
        path = folder / f"{_label(preview)}.{form}"
        write_file(path, text)
        written[form] = relative(path)
    return written


def _show(console: Console, preview: Preview, done: _Done, difference: str, *, dry_run: bool) -> None:
    for account in preview.accounts:
        state = "" if account.is_new else " (granted before)"
        budget = f", {account.budget:,} USD a month" if account.budget else ""
        console.print(
            f"[bold]{account.name}[/]{state}: {account.ou}, {account.tier}, {', '.join(account.regions)}{budget}",
            highlight=False,
        )
    rows = [
        [stack.name, str(sum(stack.resources.values())), "baseline" if stack.in_baseline else ""]
        for stack in preview.stacks
    ]
    if rows:
        console.print(table(["stack", "resources", ""], rows))
    for each in preview.addresses:
        full = f" ({each.pool_share:.0%} taken)" if each.nearly_full else ""
        console.print(f"{each.account} in {each.region}: {each.cidr} of {each.pool}{full}", highlight=False)
    for one in preview.plans:
        said = (
            one.error or f"{one.add} to add, {one.change} to change, {one.replace + one.destroy} to destroy"
        )
        console.print(f"plan of {one.stack}: {said}", highlight=False, markup=False)
    open_ones = [one for one in preview.findings if one.state == "failing"]
    for finding in open_ones:
        where = ", ".join(finding.where)
        console.print(
            f"{finding.severity} {finding.rule}: {finding.title} ({where})", highlight=False, markup=False
        )
    verdict = "[green]the checks pass[/]" if preview.ok else f"[red]{len(open_ones)} rules fail[/]"
    waived = sum(one.count for one in preview.findings if one.state == "waived")
    console.print(f"{verdict}: {preview.passed} passed, {waived} findings waived", highlight=False)
    if dry_run and difference:
        console.print(difference, highlight=False, markup=False)
    for form, path in done.previews.items():
        console.print(f"{form}: {path}", style="dim", highlight=False, markup=False)
    console.print(_ending(done, dry_run), highlight=False)


def _ending(done: _Done, dry_run: bool) -> str:
    if not done.changed:
        return "nothing to write: every request was granted before"
    if dry_run:
        return "nothing was written"
    if not done.ok:
        return "nothing was written into the spec"
    if done.commit:
        return f"committed {done.commit[:12]} on {done.branch}"
    return (
        f"wrote {', '.join(done.written)}" if done.written else "nothing to write: the files say it already"
    )
