"""Snapshots: a value as canonical JSON in a file beside the test, so that a review shows what changed in it.

A snapshot is written where ``LANDFORM_UPDATE_SNAPSHOTS`` is set to ``1``, and never otherwise: a test that wrote what
it compares with would pass whatever it got. In continuous integration, where ``CI`` is set, nothing is written at all.
"""

from __future__ import annotations

import difflib
import os
from pathlib import Path

from landform.digest import canonical_json
from landform.errors import Code, LandformError, Place

UPDATE = "LANDFORM_UPDATE_SNAPSHOTS"
"""The environment variable that has snapshots written: ``1``."""

_LINES = 80


def assert_snapshot(value: object, path: Path) -> None:
    """Compare a value with the one that was kept.

    Args:
        value: what JSON can say: the ``document`` of a ``Template``, a resource's ``body``, sorted actions.
        path: the file, which goes into version control; ``Path(__file__).parent / "snapshots/reports.json"``.

    Raises:
        AssertionError: where there is no such file, or the value is another one; with what differs.
        LandformError: ``usage`` where snapshots are to be written in continuous integration, or to what is no
            ``.json`` file.
    """
    if path.suffix != ".json":
        raise LandformError(
            Code.USAGE,
            "A snapshot is JSON.",
            place=Place(file=str(path)),
            given=path.name,
            expected="a file whose name ends in .json",
        )
    text = f"{canonical_json(value)}\n"
    if os.environ.get(UPDATE) == "1":
        _write(path, text)
        return
    how = f"{UPDATE}=1 python -m pytest"
    try:
        kept = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise AssertionError(f"There is no snapshot {path}. Write it with `{how}`, and look at it.") from None
    if kept != text:
        raise AssertionError(
            f"{path} is not what came out. If the change is meant: `{how}`.\n{_difference(kept, text)}"
        )


def _write(path: Path, text: str) -> None:
    if os.environ.get("CI"):
        raise LandformError(
            Code.USAGE,
            "Snapshots are not written in continuous integration.",
            place=Place(file=str(path)),
            given=f"{UPDATE}=1 and CI={os.environ['CI']}",
            fix="Write them on a machine where somebody looks at them, and commit them.",
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _difference(kept: str, text: str) -> str:
    lines = list(
        difflib.unified_diff(
            kept.splitlines(), text.splitlines(), "the snapshot", "what came out", lineterm=""
        )
    )
    more = [f"… and {len(lines) - _LINES} more lines"] if len(lines) > _LINES else []
    return "\n".join([*lines[:_LINES], *more])
