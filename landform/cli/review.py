"""``landform review``: a plan set as a person reads it before approving it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from landform.cli import options
from landform.cli.command import add_command
from landform.cli.console import Out
from landform.cli.forms import form_of, write_form
from landform.cli.project import bundle_folder, project_folder, read_users
from landform.errors import Code, Exit, LandformError, Place

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rich.console import Console

    from landform.plan.plan_set import PlanSet
    from landform.plan.review.model import ClassView, Review
    from landform.policies.plan_rule import PlanRule
    from landform.synth.bundle import Bundle

Format = Literal["human", "markdown", "html", "json"]
RiskName = Literal["R0", "R1", "R2", "R3", "R4"]

_ENDINGS: dict[str, Format] = {"": "human", ".md": "markdown", ".html": "html", ".json": "json"}

EXAMPLES = """
Examples:

  landform review                           the latest plan set, on a screen

  landform review --class 3f2a91            what one class does, in full

  landform review --risk R2                 also the milder concerns

  landform review --all                     every concern, in full

  landform review --explain LF_PLAN_DATA_LOSS

  landform review --output review.html      one file to hand on
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    add_command(app, review, epilog=EXAMPLES)


def review(
    plan_set: options.PlanSet = None,
    wanted: Annotated[
        str | None,
        typer.Option(
            "--class", help="One class in full, by the beginning of its digest.", show_default=False
        ),
    ] = None,
    risk: Annotated[
        RiskName | None,
        typer.Option("--risk", help="Concerns and classes of this risk and above alone.", show_default=False),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Every concern by itself, the milder too, and nothing cut short.")
    ] = False,
    explain: Annotated[
        str | None,
        typer.Option(
            "--explain", help="A rule: what it looks for and what it says here.", show_default=False
        ),
    ] = None,
    out: options.Out = None,
    format: Annotated[
        Format | None,
        typer.Option("--format", "-f", help="From --output's ending, else human.", show_default=False),
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", help="Write it here, not on stdout.")] = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """Show what a plan set would do to every account: classes, risks, new access, outliers.

    Stacks whose plans do the same are one class; what differs in account, Region, addresses and ids alone is the same.
    Exits with 1 where a plan is refused, whoever approves it.
    """
    from landform.plan.review.document import document
    from landform.plan.review.html import html
    from landform.plan.review.markdown import markdown
    from landform.plan.store import find, load

    project = project_folder(directory)
    kind = "json" if json else form_of(format, output, _ENDINGS)
    if (wanted or explain) and kind not in ("human", "json"):
        raise LandformError(
            Code.USAGE,
            "One class or one rule is shown as text or as JSON.",
            given=f"--format {kind}",
            fix="Leave --class or --explain out, or choose --format human or json.",
        )
    found = load(find(project, plan_set))
    rules = _rules(project)
    model = _review(found, bundle_folder(project, out), rules)
    status = Exit.SAID_NO if model.verdict == "refused" else Exit.DONE
    shown = _narrowed(model, rules, risk, wanted, explain)
    said = Out(as_json=kind == "json" and output is None, quiet=quiet)
    human = _human(
        shown,
        rules,
        milder=risk is not None,
        everything=everything,
        one_class=wanted is not None,
        rule=explain,
    )
    others = {"markdown": lambda: markdown(shown), "html": lambda: html(shown)}
    write_form(said, kind, output, lambda: document(shown), human, others)
    return int(status)


def _review(plan_set: PlanSet, folder: Path, rules: Mapping[str, PlanRule]) -> Review:
    from json import loads

    from landform.plan.review.make import review as review_of
    from landform.synth.bundle import Bundle

    bundle = Bundle.load(folder)
    _same_bundle(plan_set, bundle)
    return review_of(plan_set, bundle.stacks, rules, lambda name: loads(bundle.text(name)))


def _same_bundle(plan_set: PlanSet, bundle: Bundle) -> None:
    """Places and identities are those of the bundle that was planned."""
    if plan_set.bundle_digest != bundle.digest:
        raise LandformError(
            Code.PLAN_OUTDATED,
            "The plan set was made from another bundle.",
            place=Place(file=str(bundle.root)),
            given=f"bundle {bundle.digest}",
            expected=f"bundle {plan_set.bundle_digest}",
            fix="Run `landform plan` again, or name the bundle that was planned with --out.",
        )


def _rules(project: Path) -> Mapping[str, PlanRule]:
    """What plan rules say of themselves, by id."""
    from landform.policies.plan_rules import PLAN_RULES

    return {**PLAN_RULES, **{rule.id: rule for rule in read_users(project).plan_rules}}


def _narrowed(
    model: Review, rules: Mapping[str, PlanRule], risk: str | None, wanted: str | None, explain: str | None
) -> Review:
    """The review with what was asked for alone. Its verdict and counts stay those of the whole."""
    from landform.plan.review.make import grants_of
    from landform.policies.plan_rule import Risk

    floor = Risk[risk] if risk else Risk.R0
    issues = [issue for issue in model.issues if issue.risk >= floor]
    classes = [view for view in model.classes if view.folded.risk >= floor]
    if explain:
        issues = [issue for issue in issues if issue.rule == explain]
        if not issues and explain not in rules:
            raise LandformError(Code.NO_MATCH, "There is no such plan rule.", given=explain)
    if wanted:
        classes = [_class(model, wanted)]
        issues = [issue for issue in issues if classes[0].folded.digest in issue.classes]
    stacks = {name for view in classes for name in view.folded.members}
    return replace(
        model,
        issues=tuple(issues),
        grants=tuple(grants_of(issues)),
        undecided=tuple(one for one in model.undecided if stacks.intersection(one.stacks)),
        classes=tuple(classes),
    )


def _class(model: Review, wanted: str) -> ClassView:
    digest = wanted if wanted.startswith("sha256:") else f"sha256:{wanted}"
    found = [view for view in model.classes if view.folded.digest.startswith(digest)]
    if len(found) != 1:
        raise LandformError(
            Code.NO_MATCH,
            "There is no such class, or more than one.",
            given=wanted,
            expected="the beginning of one class's digest",
            fix="Look at the classes of `landform review`.",
        )
    return found[0]


def _human(
    shown: Review,
    rules: Mapping[str, PlanRule],
    *,
    milder: bool,
    everything: bool,
    one_class: bool,
    rule: str | None,
) -> Callable[[Console], None]:
    """What is said to people: a class, a rule, or the whole."""
    from landform.cli import review_text

    if rule is not None:
        return lambda console: review_text.show_rule(console, rules.get(rule), rule, shown.issues)
    if one_class:
        return lambda console: review_text.show_class(console, shown.classes[0])
    issues = shown.issues if milder or everything else shown.decisive
    return lambda console: review_text.show_review(console, shown, issues, everything=everything)
