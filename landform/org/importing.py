"""A living organisation written into a project: tried out first, then written; nothing that is there is lost."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from landform.errors import Code, LandformError, Place
from landform.org.files import make_folder, write_file
from landform.org.imported import (
    Answers,
    policy_files,
    policy_names,
    spec_files,
    updated_account,
    updated_units,
)
from landform.org.living import LivingOrganization
from landform.org.load import load
from landform.org.own_policies import as_said
from landform.org.resolve import resolve
from landform.org.spec import ORGANIZATION, OUS, ROOT, OrgSpec, account_file


@dataclass(frozen=True, slots=True)
class Import:
    """What an import wrote, changed, and left as it was, by file."""

    written: tuple[str, ...]
    updated: tuple[str, ...]
    kept: tuple[str, ...]


def import_organization(
    project: Path, living: LivingOrganization, answers: Answers, *, update: bool = False
) -> Import:
    """Write a living organisation into a project's ``org/``.

    A file that is there stays; with ``update`` what AWS knows better goes into it, and its comments and all else stay.
    Nothing is ever removed: what AWS no longer has is for ``org drift`` to say.

    Raises:
        LandformError: ``usage`` where something that AWS cannot know was not said; as ``load`` and ``resolve`` do
            where the spec would not be whole afterwards, and then nothing was written; ``not-writable``.
    """
    spec = load(project) if (project / ORGANIZATION).exists() else None
    if spec:
        living = as_said(spec, living)
    files = spec_files(living, answers, spec.accounts if spec else ())
    there = {file: text for file in files if (text := _text(project, file)) is not None}
    kept = there | {file: _text(project, file) or "" for file in _known_files(spec)}
    written = {file: text for file, text in files.items() if file not in there}
    updates = dict(_updates(spec, living, kept)) if spec and update else {}
    updated = {file: text for file, text in updates.items() if text != kept[file]}
    _try_out(project, written | updated)
    for file, text in sorted((written | updated).items()):
        make_folder((project / file).parent)
        write_file(project / file, text)
    return Import(
        written=tuple(sorted(written)),
        updated=tuple(sorted(updated)),
        kept=tuple(sorted(kept.keys() - updated.keys())),
    )


def _known_files(spec: OrgSpec | None) -> Iterator[str]:
    return (account_file(account.name) for account in (spec.accounts if spec else ()))


def _updates(
    spec: OrgSpec, living: LivingOrganization, there: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """The files that AWS has a say in, with what it says."""
    policies = policy_names(living)
    accounts = {account.id: account for account in living.accounts}
    for account in spec.accounts:
        if account.account_id in accounts:
            file = account_file(account.name)
            yield file, updated_account(there[file], accounts[account.account_id], policies)
    yield OUS, updated_units(there[OUS], living)
    yield from ((file, text) for file, text in policy_files(living).items() if file in there)


def _try_out(project: Path, files: Mapping[str, str]) -> None:
    """Resolve the spec as it would be."""
    with tempfile.TemporaryDirectory(prefix="landform-import-") as folder:
        trial = Path(folder)
        if (project / ROOT).is_dir():
            shutil.copytree(project / ROOT, trial / ROOT)
        for file, text in files.items():
            (trial / file).parent.mkdir(parents=True, exist_ok=True)
            (trial / file).write_text(text, encoding="utf-8")
        resolve(load(trial))


def _text(project: Path, file: str) -> str | None:
    try:
        return (project / file).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise LandformError(
            Code.SPEC_NOT_FOUND, "A file of the spec cannot be read.", place=Place(file), given=str(error)
        ) from None
