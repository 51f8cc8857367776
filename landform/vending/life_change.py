"""A step of an account's life as a change of its file: judged first, then one status, one entry in ``life``.

Everything else in the file stays as it was written, comments too. What the spec is afterwards is resolved before
anything is given: a step that would leave a spec that is none is refused with the spec's own errors.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from landform import markdown
from landform.errors import Code, LandformError, Place, raise_all
from landform.org.document import parse
from landform.org.format import format_text
from landform.org.load import model_of
from landform.org.models import Account, Status
from landform.org.resolve import resolve
from landform.org.round_trip import read_round_trip, written
from landform.org.spec import OrgSpec, account_file
from landform.vending.change import SpecChange
from landform.vending.life import TRANSITIONS, Facts, Lacking, Transition, Verb, judge, step_of


@dataclass(frozen=True, slots=True)
class Said:
    """Who has a step taken, why, where that is written, and on which day."""

    by: str
    reason: str
    date: dt.date
    ticket: str | None = None

    def entry(self, **came_to: str) -> dict[str, Any]:
        """An entry of ``life``: what the account came to, and all of this."""
        said = {"by": self.by, "reason": self.reason, "ticket": self.ticket, "date": self.date}
        return {**came_to, **{key: value for key, value in said.items() if value is not None}}


@dataclass(frozen=True, slots=True)
class Step:
    """A step that an account takes.

    Attributes:
        account: its name.
        verb: what is done: a verb of the table, or ``move``.
        before, after: the status, or the unit.
        said: who and why.
        change: what is written.
        spec: the spec afterwards.
    """

    account: str
    verb: str
    before: str
    after: str
    said: Said
    change: SpecChange
    spec: OrgSpec


def next_step(account: Account, verb: Verb) -> Transition | None:
    """The step that a command takes in an account; None where the account is already where it leads.

    Raises:
        LandformError: ``account-life`` where none leads there from the account's status.
    """
    step = step_of(verb, account.status)
    if step is not None:
        return step
    if any(each.verb == verb and each.after == account.status for each in TRANSITIONS):
        return None
    raise LandformError(
        Code.ACCOUNT_LIFE,
        f"An account that is {account.status} cannot take the step `{verb}`.",
        place=Place(account_file(account.name)),
        given=f"{account.name}: status {account.status}",
        expected=" or ".join(each.before for each in TRANSITIONS if each.verb == verb),
        fix=_ways(account.status),
    )


def check(step: Transition, facts: Facts) -> None:
    """Judge a step.

    Raises:
        LandformError: ``account-life``, one for each condition that is not met.
    """
    raise_all([_unmet(step, facts.account, lacking) for lacking in judge(step, facts)])


def take(spec: OrgSpec, step: Transition, facts: Facts, said: Said) -> Step:
    """Take a step, once all that it needs is met.

    Args:
        spec: the whole spec.
        step: from ``next_step``.
        facts: of the account.
        said: who and why.

    Raises:
        LandformError: ``account-life`` for each condition that is not met; ``spec-...`` where the spec would break
            its rules afterwards.
    """
    check(step, facts)
    account = facts.account
    values: dict[str, Any] = {"status": step.after}
    if not account.account_id and facts.aws is not None and facts.aws.id:
        values["account_id"] = DoubleQuotedScalarString(facts.aws.id)
    after, file, text = changed(spec, account, values, said.entry(status=step.after))
    resolve(after, only=[account.name])
    title = f"{account.name}: {step.verb}, {step.before} -> {step.after}"
    change = SpecChange({file: text}, title, body_of(said, step.does, step.undoes))
    return Step(account.name, step.verb, step.before, step.after, said, change, after)


def changed(
    spec: OrgSpec, account: Account, values: Mapping[str, Any], entry: Mapping[str, Any]
) -> tuple[OrgSpec, str, str]:
    """The spec with other values in one account's file, the file, and its text.

    Args:
        spec: the whole spec.
        account: of it.
        values: what the file is to say, by key.
        entry: what is added to ``life``.

    Raises:
        LandformError: ``spec-...`` where the file would be none of an account.
    """
    file = account_file(account.name)
    tree = read_round_trip(spec.documents[file].text)
    tree.update(values)
    tree.setdefault("life", []).append(dict(entry))
    text = format_text(written(tree), file)
    document = parse(text, file)
    model = model_of(document, Account)
    after = replace(
        spec,
        accounts=tuple(model if each.name == account.name else each for each in spec.accounts),
        documents={**spec.documents, file: document},
    )
    return after, file, text


def combined(steps: Sequence[Step]) -> SpecChange:
    """Some steps, one after the other, as one change."""
    files = {file: text for step in steps for file, text in step.change.files.items()}
    if len(steps) == 1:
        return steps[0].change
    title = f"{len(steps)} steps of accounts: {', '.join(dict.fromkeys(step.verb for step in steps))}"
    body = "\n\n".join(f"{step.change.title}\n\n{step.change.body}" for step in steps)
    return SpecChange(files, title, body)


def body_of(said: Said, *lines: str) -> str:
    """The rest of a commit's message: why, what follows, and who asked."""
    asked = f"Asked for by {markdown.text(said.by)}" + (
        f", {markdown.text(said.ticket)}." if said.ticket else "."
    )
    return "\n\n".join([markdown.text(said.reason), *filter(None, lines), asked])


def _unmet(step: Transition, account: Account, lacking: Lacking) -> LandformError:
    return LandformError(
        Code.ACCOUNT_LIFE,
        f"The account {account.name!r} cannot become {step.after}: {lacking.condition}.",
        place=Place(account_file(account.name)),
        given=lacking.given,
        expected=lacking.meaning,
        fix=lacking.fix,
    )


def _ways(status: Status) -> str | None:
    ways: Sequence[str] = [f"`{each.verb}` to {each.after}" for each in TRANSITIONS if each.before == status]
    return f"From {status} lead: {', '.join(ways)}." if ways else f"No step leads from {status}."
