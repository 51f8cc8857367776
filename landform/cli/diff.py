"""``landform diff``: two bundles compared by meaning, without Terraform."""

from __future__ import annotations

import os
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from landform.cli import options
from landform.cli.command import add_command
from landform.cli.console import Out
from landform.cli.forms import one_form_of, write_form
from landform.cli.project import bundle_folder, project_folder
from landform.errors import Code, Exit, LandformError

if TYPE_CHECKING:
    from landform.compare.model import Difference
    from landform.synth.bundle import Bundle

Format = Literal["human", "markdown", "html", "json"]

_ENDINGS: dict[str, Format] = {"": "human", ".md": "markdown", ".html": "html", ".json": "json"}

EXAMPLES = """
Examples:

  landform diff                                the last commit against the present bundle

  landform diff origin/main --fail-on-difference

  landform diff released/ cdktf.out --access   only what access is gained

  landform diff origin/main --write-moved      say in org/moved.yaml what was renamed in code

  landform diff --upgrade ../next              what another landform would make of the project
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    add_command(app, diff, epilog=EXAMPLES)


def diff(
    before: Annotated[
        str, typer.Argument(metavar="[A]", help="A bundle's folder, or a git revision.", show_default="HEAD")
    ] = "",
    after: Annotated[
        str,
        typer.Argument(metavar="[B]", help="The same; the present bundle unless given.", show_default=False),
    ] = "",
    upgrade: Annotated[
        str | None,
        typer.Option(
            "--upgrade",
            metavar="PYTHON",
            help="Compare with what the landform of another virtual environment makes of the project.",
            show_default=False,
        ),
    ] = None,
    access: Annotated[bool, typer.Option("--access", help="Only the access that is gained.")] = False,
    write_moved: Annotated[
        bool, typer.Option("--write-moved", help="Add what moved to org/moved.yaml.")
    ] = False,
    fail_on_difference: Annotated[
        bool, typer.Option("--fail-on-difference", help="Exit with 1 where anything differs.")
    ] = False,
    account: options.Accounts = [],  # noqa: B006 - typer copies defaults
    tier: options.Tiers = [],  # noqa: B006
    stack: options.Stacks = [],  # noqa: B006
    region: options.Regions = [],  # noqa: B006
    out: options.Out = None,
    format: Annotated[
        Format | None,
        typer.Option("--format", "-f", help="From --output's ending, else human.", show_default=False),
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", help="Write it here, not on stdout.")] = None,
    jobs: options.Jobs = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """Compare two bundles by meaning: resources, policies by statement, access gained, providers, outputs, moves.

    Neither Terraform nor credentials are needed. The same difference in many accounts is told once. Exits with 0
    whatever differs; with --fail-on-difference with 1 where something does, with --access where access is gained.
    """
    from landform.compare.run import Selection, compare

    _refuse(before, after, upgrade=upgrade, write_moved=write_moved, access=access)
    form = one_form_of(format, output, _ENDINGS, as_json=json)
    project = project_folder(directory)
    said = Out(as_json=form == "json" and output is None, quiet=quiet)
    sides = _Sides(project, bundle_folder(project, out), jobs)
    with ExitStack() as stack_of, said.progress("comparing") as advance:
        pair = sides.upgraded(stack_of, upgrade) if upgrade else sides.named(stack_of, before, after)
        found = compare(
            *(bundle for _, bundle in pair),
            names=(pair[0][0], pair[1][0]),
            selection=Selection(account, tier, stack, region),
            on_progress=advance,
        )
        _say_moved(said, project, found, pair[1][1], write=write_moved, now=not (after or upgrade))
    shown = replace(found, changes=(), ambiguous=()) if access else found
    _write(said, shown, form, output)
    differs = bool(found.gained) if access else not found.empty
    return int(Exit.SAID_NO if fail_on_difference and differs else Exit.DONE)


def _refuse(before: str, after: str, *, upgrade: str | None, write_moved: bool, access: bool) -> None:
    """Refuse what does not go together."""
    wrong = [
        *([f"{before} {after} --upgrade".replace("  ", " ")] if upgrade and before else []),
        *(["--upgrade --write-moved"] if upgrade and write_moved else []),
        *(["--access --write-moved"] if access and write_moved else []),
        *([f"{after} --write-moved"] if after and write_moved else []),
    ]
    if wrong:
        raise LandformError(
            Code.USAGE,
            "These do not go together.",
            given=wrong[0],
            expected="two bundles, or --upgrade; moves are written for the present bundle, all of them",
            fix="Leave one of them out.",
        )


Named = tuple[str, "Bundle"]


@dataclass(frozen=True, slots=True)
class _Sides:
    """Where the two bundles come from."""

    project: Path
    present: Path
    jobs: int | None

    def named(self, opened: ExitStack, before: str, after: str) -> tuple[Named, Named]:
        """What the arguments name; the present bundle is the one that stands there."""
        from landform.synth.bundle import Bundle

        last = (after, self._of(opened, after)) if after else ("now", Bundle.load(self.present))
        return (before or "HEAD", self._of(opened, before or "HEAD")), last

    def upgraded(self, opened: ExitStack, upgrade: str) -> tuple[Named, Named]:
        """What this landform and another one make of the project."""
        from landform.compare.sources import bundle_by, interpreter

        python = interpreter(upgrade)
        environ = dict(os.environ)
        one, other = (
            opened.enter_context(bundle_by(each, self.project, present=self.present, environ=environ))
            for each in (None, python)
        )
        return ("this landform", one), (upgrade, other)

    def _of(self, opened: ExitStack, name: str) -> Bundle:
        from landform.compare.sources import bundle_of
        from landform.core.app import context_from_json

        context = context_from_json(os.environ.get("CDKTF_CONTEXT_JSON"))
        return opened.enter_context(
            bundle_of(self.project, name, present=self.present, context=context, jobs=self.jobs)
        )


def _say_moved(
    said: Out, project: Path, found: Difference, bundle: Bundle, *, write: bool, now: bool
) -> None:
    """Say, or write, what could stand in ``org/moved.yaml``, and what stands there for nothing."""
    from landform.compare.moved import idle, proposal, write_moved
    from landform.org.load import load

    told = proposal(found, bundle)
    known = load(project).moved if now and (write or (project / "org" / "moved.yaml").is_file()) else ()
    for move in idle(known, bundle):
        said.warning(
            f"org/moved.yaml: {move.stack}: {move.from_} -> {move.to} leads to nothing in the bundle"
        )
    if write:
        added = write_moved(project, known, told)
        for line in added:
            said.notice(f"org/moved.yaml: {line}")
        said.notice(
            "run landform synth to put it into the bundle" if added else "nothing moved that is not said"
        )
    elif told.entries:
        said.notice(
            f"{len(told.entries)} scopes moved in code alone; landform diff --write-moved writes them to org/moved.yaml"
        )
    for stack, was, new in told.unsaid:
        said.warning(
            f"{stack}: {was} -> {new} is no scope of its own: say move_from({was!r}) on the resource in code"
        )


def _write(said: Out, found: Difference, form: Format, output: Path | None) -> None:
    from landform.cli.diff_text import show
    from landform.compare.html import html
    from landform.compare.markdown import markdown

    others = {"markdown": lambda: markdown(found), "html": lambda: html(found)}
    write_form(said, form, output, found.as_json, lambda console: show(console, found), others, width=120)
