"""``landform policy``: the rules of the project and of installed packages, listed and tested."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from landform.cli import options
from landform.cli.command import add_command
from landform.cli.console import Out, table
from landform.cli.project import project_folder, read_users
from landform.errors import Exit, Place

if TYPE_CHECKING:
    from rich.console import Console

TEST_EXAMPLES = """
Examples:

  landform policy test                      every rule of policies/ and of installed packages

  landform policy test --json | jq .failed  for a program
"""


def register(app: typer.Typer) -> None:
    """Add the group and its commands."""
    policy = typer.Typer(no_args_is_help=True, help="The project's own rules: listed, and tested.")
    add_command(policy, list_rules, name="list")
    add_command(policy, run_examples, name="test", epilog=TEST_EXAMPLES)
    app.add_typer(policy, name="policy")


def list_rules(
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """List the rules in policies/ and those of installed packages, with where each stands."""

    said = Out(as_json=json, quiet=quiet)
    users = read_users(project_folder(directory))
    document = [
        *(
            _row(found.rule.id, found.rule.severity, found.language, found.place, found.rule.title)
            for found in users.by_id.values()
        ),
        *(
            # How bad it is is said of each plan, and not by the rule.
            _row(found.rule.id, "-", "Python, over plans", found.place, found.rule.title)
            for found in users.plan.values()
        ),
        *(
            _row(check.id, check.severity, "checkov", check.place, check.title)
            for check in users.checkov.values()
        ),
    ]
    columns = ("severity", "id", "language", "place", "title")
    rows = [[row[column] for column in columns] for row in document]
    said.result(
        document,
        lambda console: console.print(table(columns, rows) if rows else "no rules in policies/ or packages"),
    )
    return int(Exit.DONE)


def _row(id: str, severity: str, language: str, place: Place, title: str) -> dict[str, str]:
    return {"id": id, "severity": severity, "language": language, "place": str(place), "title": title}


def run_examples(
    rule: Annotated[
        list[str], typer.Argument(metavar="[RULE]...", help="Ids of rules; all of them unless given.")
    ] = [],  # noqa: B006 - typer copies defaults
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """Run every rule over its own examples: the good must pass, the bad must fail, and each rule needs both.

    Exits with 1 where a rule does not do as its examples say. Checks for checkov have no examples, and are named.
    """
    from landform.policies.examples import plan_problems, problems
    from landform.policies.user_rules import UserPlanRule

    said = Out(as_json=json, quiet=quiet)
    users = read_users(project_folder(directory))
    chosen = [users.found(id) for id in rule] or [*users.by_id.values(), *users.plan.values()]
    said_of = [
        (found, plan_problems(found.rule) if isinstance(found, UserPlanRule) else problems(found.rule))
        for found in chosen
    ]
    failed = {found.rule.id: (found, told) for found, told in said_of if told}
    document = {
        "rules": [found.rule.id for found in chosen],
        "failed": [
            {"id": id, "place": str(found.place), "problems": list(told)}
            for id, (found, told) in failed.items()
        ],
        "untested": [] if rule else list(users.checkov),
    }

    def human(console: Console) -> None:
        from rich.markup import escape

        for id, (found, told) in failed.items():
            console.print(f"[red]FAIL[/]  {id}  [dim]{escape(str(found.place))}[/]", highlight=False)
            for problem in told:
                console.print(f"      {escape(problem)}", highlight=False, soft_wrap=True)
        if document["untested"]:
            checks = ", ".join(users.checkov)
            console.print(f"checks for checkov have no examples: {checks}", highlight=False, soft_wrap=True)
        console.print(f"{len(chosen) - len(failed)} rules do as their examples say, {len(failed)} do not")

    said.result(document, human)
    return int(Exit.SAID_NO if failed else Exit.DONE)
