"""The files that ``landform check`` reads and writes.

``--report FORMAT=FILE`` is judged before a rule runs, and written when all have.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from landform.cli.console import Out
from landform.cli.project import relative
from landform.errors import Code, LandformError, Place, did_you_mean

if TYPE_CHECKING:
    from landform.checks.run import Report


def is_bundle(path: Path) -> bool:
    """Whether a folder holds a bundle, by its index."""
    from landform.synth.bundle import INDEX

    return (path / INDEX).is_file()


def refuse(**given: object) -> None:
    """Refuse options that mean nothing for what is checked: those that were given.

    Raises:
        LandformError: ``usage``.
    """
    names = [f"--{name}" for name, value in given.items() if value]
    if names:
        suggest = names == ["--suggest"]
        raise LandformError(
            Code.USAGE,
            "The option is for a folder of Terraform."
            if suggest
            else "A folder of Terraform has no accounts, tiers or waivers to choose by.",
            given=" ".join(names),
            fix="Name a folder: landform check FOLDER --suggest." if suggest else "Leave it out.",
        )


def asked_for(values: Sequence[str]) -> Mapping[Path, str]:
    """The form of each file, from ``FORMAT=FILE``; a file is relative to where the command was started.

    Raises:
        LandformError: ``usage`` for a form that is none, or two forms in one file; ``not-writable`` where the file
            has no folder.
    """
    from landform.checks.reports import FORMATS

    files: dict[Path, str] = {}
    for value in values:
        form, _, name = value.partition("=")
        if form not in FORMATS or not name:
            raise LandformError(
                Code.USAGE,
                "A report needs a form and a file.",
                given=f"--report {value}",
                expected=f"FORMAT=FILE, where FORMAT is one of {', '.join(FORMATS)}",
                fix=did_you_mean(form, FORMATS) if name else None,
            )
        path = Path(os.path.abspath(name))
        if path in files:
            raise LandformError(
                Code.USAGE,
                "Two reports cannot be one file.",
                given=f"--report {files[path]}={name} --report {form}={name}",
            )
        if path.is_dir() or not path.parent.is_dir():
            raise LandformError(
                Code.NOT_WRITABLE,
                "The file of a report cannot be written.",
                place=Place(file=name),
                given="a folder" if path.is_dir() else "a file in a folder that is not there",
                fix="Name another one, or make its folder.",
            )
        files[path] = form
    return files


def write_reports(said: Out, report: Report, files: Mapping[Path, str]) -> None:
    """Write every report, each whole or not at all, and none before all are made.

    Raises:
        LandformError: ``not-writable``.
    """
    from landform.checks.reports import FORMATS
    from landform.org.files import write_file

    texts = {path: FORMATS[form](report) for path, form in files.items()}
    for path, text in texts.items():
        write_file(path, text)
        said.notice(f"wrote {relative(path)}")


def text_of(path: Path) -> tuple[str, str]:
    """The text of a baseline's file, and its name for errors.

    Raises:
        LandformError: ``check-baseline`` where it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8"), str(path)
    except (OSError, ValueError) as error:
        raise LandformError(
            Code.CHECK_BASELINE,
            "The baseline cannot be read.",
            place=Place(file=str(path)),
            given=error.strerror if isinstance(error, OSError) else "no UTF-8",
            fix="Make one with `landform check --report json=FILE`.",
        ) from None
