"""The project a command works on: its folder, its fleet, its bundle."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from landform.errors import Code, LandformError, Place

if TYPE_CHECKING:
    from landform.cli.console import Out
    from landform.org.fleet import Fleet, StackInstance
    from landform.policies.user_rules import UserRules
    from landform.synth.bundle import Bundle, StackRecord

CHECKS_PYTHON = "LANDFORM_CHECKS_PYTHON"


def project_folder(directory: Path) -> Path:
    """The project's folder, absolute.

    Raises:
        LandformError: ``spec-not-found`` where there is no such folder.
    """
    if not directory.is_dir():
        raise LandformError(
            Code.SPEC_NOT_FOUND,
            "There is no such folder.",
            place=Place(file=str(directory)),
            fix="Name the project's folder with -C, or make one with `landform init`.",
        )
    return Path(os.path.abspath(directory))


def read_fleet(project: Path, accounts: Sequence[str] = ()) -> Fleet:
    """The project's organisation, resolved; of thousands of accounts only some (globs) where they are enough."""
    from landform.org.load import load
    from landform.org.resolve import resolve

    return resolve(load(project, accounts=accounts), only=accounts)


def accounts_away(said: Out, project: Path) -> set[str]:
    """The accounts in which nobody can work: those that the spec says are suspended or closed."""
    from landform.org.load import load
    from landform.org.spec import ROOT

    # What stands in accounts can be looked at from the record alone.
    if not (project / ROOT).is_dir():
        return set()
    try:
        return {each.name for each in load(project).accounts if each.status in ("suspended", "closed")}
    except LandformError as error:
        said.warning(f"The spec cannot be read, so no account is left out: {error.each()[0].message}")
        return set()


def in_use(
    said: Out, project: Path, records: Sequence[StackRecord], accounts: Sequence[str]
) -> tuple[StackRecord, ...]:
    """Stacks of a bundle without those of accounts in which nobody can work, unless one is named by its very name.

    A bundle may be older than the spec: an account that was suspended since has its stacks there still.

    Raises:
        LandformError: ``no-match`` where none is left.
    """
    from landform.org.select import no_match

    away = accounts_away(said, project) - {*accounts}
    left = sorted({record.account for record in records if record.account in away})
    if not left:
        return tuple(records)
    said.notice(f"Left out, because they are suspended or closed: {', '.join(left)}.")
    kept = tuple(record for record in records if record.account not in away)
    if not kept:
        raise no_match(accounts=[f"other than {', '.join(left)}"])
    return kept


def selected(
    fleet: Fleet, accounts: Sequence[str], tiers: Sequence[str], stacks: Sequence[str], regions: Sequence[str]
) -> tuple[StackInstance, ...]:
    """The stack instances that the options select."""
    from landform.org.select import select

    return select(fleet, accounts=accounts, tiers=tiers, stacks=stacks, regions=regions)


def read_bundle(
    folder: Path, accounts: Sequence[str], tiers: Sequence[str], stacks: Sequence[str], regions: Sequence[str]
) -> tuple[Bundle, tuple[StackRecord, ...]]:
    """A bundle and the stacks of it that the options select."""
    from landform.synth.bundle import Bundle

    bundle = Bundle.load(folder)
    return bundle, bundle.select(accounts=accounts, tiers=tiers, stacks=stacks, regions=regions)


def checks_python() -> Path | None:
    """The interpreter in whose environment checkov is, as the environment variable names it; None is this one."""
    named = os.environ.get(CHECKS_PYTHON)
    # Links stay: that of a virtual environment leads out of it.
    return Path(os.path.abspath(named)) if named else None


def read_users(project: Path) -> UserRules:
    """The project's own rules and those of installed packages; checks for checkov are read where checkov is.

    Raises:
        LandformError: ``policy-rule`` and ``spec-...`` for rules that are none, ``checks-environment``.
    """
    from landform.checks.checkov_checks import read_users

    return read_users(project, checks_python())


def bundle_folder(project: Path, out: Path | None) -> Path:
    """The bundle's folder: what ``--out`` says, relative to the project, or what the cdktf command lines say.

    They name it in ``CDKTF_OUTDIR``, relative to where they were started.
    """
    if out is not None:
        return project / out
    named = os.environ.get("CDKTF_OUTDIR")
    return Path(os.path.abspath(named)) if named else project / "cdktf.out"


def relative(path: Path) -> str:
    """A path as a person would type it here."""
    try:
        return os.path.relpath(path)
    except ValueError:
        return str(path)
