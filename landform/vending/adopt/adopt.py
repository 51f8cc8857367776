"""An account that exists already becomes one of the spec, and its stacks take over what stands in it.

Nothing of AWS's changes here: what comes of it is a change of the spec, and a bundle to plan. The status of an account
with something in it is ``active`` from the first: to quarantine it would stop what runs there.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from landform.errors import Code, LandformError
from landform.org.fleet import StackInstance
from landform.org.format import format_text
from landform.org.imported import Answers, new_account
from landform.org.living import LivingOrganization
from landform.org.load import load
from landform.org.models import Account
from landform.org.resolve import resolve
from landform.org.round_trip import read_round_trip, written
from landform.org.spec import IMPORTS, ROOT, OrgSpec, account_file
from landform.synth.bundle import Bundle
from landform.synth.run import synth
from landform.vending.adopt.entries import with_entries, without_entries
from landform.vending.adopt.search import Search, search
from landform.vending.change import SpecChange
from landform.vending.steps.step import InAccount


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be adopted.

    Attributes:
        name: the account's, in the spec.
        account_id: AWS's; empty where the spec has it.
        stacks: ids of the stacks that take over; all of the account's where none is named.
        applied: full names of stacks that landform applied there already, which have nothing to take over.
    """

    name: str
    account_id: str = ""
    stacks: tuple[str, ...] = ()
    applied: Collection[str] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Adoption:
    """What came of it: the change of the spec, what was found, and the bundle with the ``import`` blocks."""

    change: SpecChange
    account: Account
    search: Search
    bundle: Bundle


def adopt(
    project: Path,
    wanted: Wanted,
    *,
    out: Path,
    enter: Callable[[OrgSpec, Account], InAccount],
    living: Callable[[], tuple[LivingOrganization, Answers]],
    skip: Mapping[str, str] | None = None,
    on_step: Callable[[str], None] = lambda _: None,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Adoption:
    """Work out how an account is taken over. Writes nothing into the project.

    Args:
        project: the project's folder.
        wanted: which account, and what of it.
        out: where the bundle goes.
        enter: opens the account.
        living: reads AWS Organizations, and says what that does not know; asked where the spec lacks the account.
        skip: types that are not looked for, and why.
        on_step, on_progress: told how it goes.

    Raises:
        LandformError: ``spec-immutable`` where the spec has another id for the account, ``no-match`` where there is
            no such account or no such stack of it, and what reading, synthesising and AWS raise.
    """
    spec = load(project)
    text = _account_text(project, spec, wanted, living)
    files = {account_file(wanted.name): text}
    on_step("synthesising")
    with _trial(project) as trial:
        _write(trial, files)
        after = load(trial)
        account = next(each for each in after.accounts if each.name == wanted.name)
        fleet = resolve(after)
        instances = _instances(fleet.instances, wanted)
        bundle = synth(replace(fleet, instances=instances), instances, project=project, out=out).bundle
        at = enter(after, account)
        on_step("looking")
        found = search(bundle, tuple(bundle.stacks.values()), at, skip=skip, on_progress=on_progress)
        if found.found:
            files[IMPORTS] = with_entries(_text(project / IMPORTS), [each.entry for each in found.found])
            on_step("synthesising what is taken over")
            _write(trial, files)
            fleet = resolve(load(trial))
            instances = _instances(fleet.instances, wanted)
            bundle = synth(replace(fleet, instances=instances), instances, project=project, out=out).bundle
    title = f"Adopt account {wanted.name}"
    body = f"{len(found.found)} resources of its stacks take over what stands in {account.account_id}."
    return Adoption(SpecChange(files, title, body), account, found, bundle)


def finish(
    project: Path, name: str, taken_over: Callable[[str], Collection[tuple[str, str]]]
) -> tuple[SpecChange, tuple[str, ...]]:
    """The spec without the imports of an account that were applied; and those that were not, as ``stack: path``.

    Args:
        project: the project's folder.
        name: the account's.
        taken_over: of a stack, the (construct path, id) pairs that it was last applied with.
    """
    spec = load(project)
    applied, left = set(), []
    for each in spec.imports:
        if each.stack.partition(".")[0] != name:
            continue
        if (each.to, each.id) in taken_over(each.stack):
            applied.add((each.stack, each.to))
        else:
            left.append(f"{each.stack}: {each.to}")
    text = _text(project / IMPORTS)
    files = {IMPORTS: without_entries(text, applied)} if text and applied else {}
    change = SpecChange(files, f"Account {name} is adopted", f"{len(applied)} imports were applied.")
    return change, tuple(left)


def applied_imports(stack: str, document: Mapping[str, Any]) -> set[tuple[str, str]]:
    """What a stack's document takes over: construct paths below the stack, and ids."""
    found = set()
    for block in document.get("import", []):
        terraform_type, name = block["to"].split(".")
        path = document["resource"][terraform_type][name]["//"]["metadata"]["path"]
        found.add((path.removeprefix(f"{stack}/"), block["id"]))
    return found


def _account_text(
    project: Path,
    spec: OrgSpec,
    wanted: Wanted,
    living: Callable[[], tuple[LivingOrganization, Answers]],
) -> str:
    """The account's file as it will be."""
    known = next((each for each in spec.accounts if each.name == wanted.name), None)
    if known is None:
        if not wanted.account_id:
            raise LandformError(
                Code.NO_MATCH,
                "The spec has no such account.",
                given=wanted.name,
                expected="an account of the spec, or the id of one that AWS knows",
                fix="Give --account-id.",
            )
        organization, answers = living()
        return format_text(
            new_account(organization, wanted.account_id, wanted.name, answers), account_file(wanted.name)
        )
    text = _text(project / account_file(known.name)) or ""
    if known.account_id:
        if wanted.account_id not in ("", known.account_id):
            raise LandformError(
                Code.SPEC_IMMUTABLE,
                "The account has another id in the spec.",
                place=spec.place(account_file(known.name), "account_id"),
                given=wanted.account_id,
                expected=known.account_id,
                fix="An account keeps its id. Name the other account, or write a file for this one.",
            )
        return text
    document = read_round_trip(text)
    document["account_id"] = DoubleQuotedScalarString(wanted.account_id)
    document["status"] = "active"
    return format_text(written(document), account_file(known.name))


def _instances(instances: Sequence[StackInstance], wanted: Wanted) -> tuple[StackInstance, ...]:
    of_account = [each for each in instances if each.account.name == wanted.name]
    chosen = tuple(
        each
        for each in of_account
        if (not wanted.stacks or each.stack in wanted.stacks) and each.key not in wanted.applied
    )
    unknown = set(wanted.stacks) - {each.stack for each in of_account}
    if unknown or not chosen:
        raise LandformError(
            Code.NO_MATCH,
            "There is nothing of the account that could take something over.",
            given=", ".join(sorted(unknown)) or wanted.name,
            expected="stacks of the account that landform has not applied there: "
            + (", ".join(sorted({each.stack for each in of_account})) or "it has none"),
            fix="See `landform ls --account " + wanted.name + "`.",
        )
    return chosen


@contextmanager
def _trial(project: Path) -> Iterator[Path]:
    """A folder with a copy of the spec."""
    with tempfile.TemporaryDirectory(prefix="landform-adopt-") as folder:
        shutil.copytree(project / ROOT, Path(folder) / ROOT)
        yield Path(folder)


def _write(folder: Path, files: Mapping[str, str]) -> None:
    for file, text in files.items():
        (folder / file).write_text(text, encoding="utf-8")


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None
