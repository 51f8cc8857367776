"""Plan sets on disk: ``<project>/.landform/plans/<id>/``.

``set.json`` holds what would happen, redacted, with its digests and concerns. Terraform's plan files lie beside
it, encrypted, one a stack. A folder appears whole or not at all, and ``latest`` names the newest.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path

from landform.digest import canonical_json
from landform.errors import Code, LandformError, Place
from landform.plan.plan_set import PlanSet

FOLDER = Path(".landform/plans")
SET_FILE = "set.json"
LATEST = "latest"
SEALED = ".plan"


def begin(project: Path) -> Path:
    """A new folder for plan files while they are made; ``save`` gives it its name.

    Raises:
        LandformError: ``not-writable``.
    """
    root = project / FOLDER
    try:
        root.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=".new-", dir=root))
    except OSError as error:
        raise _not_writable(root, error) from None


def sealed_plan(folder: Path, stack: str) -> Path:
    """Where the encrypted plan file of a stack is in a plan set's folder."""
    return folder / f"{stack}{SEALED}"


def save(project: Path, begun: Path, plan_set: PlanSet) -> Path:
    """Put a plan set into its folder, make it the latest, and return the folder.

    Args:
        project: the project's folder.
        begun: the folder from ``begin``, which holds the plan files; it becomes the plan set's.
        plan_set: the plan set.

    Raises:
        LandformError: ``not-writable``.
    """
    folder = project / FOLDER / plan_set.id
    try:
        (begun / SET_FILE).write_text(canonical_json(plan_set.as_json()) + "\n", encoding="utf-8")
        # One of the same id holds the same plans. A run may go by it, so it is never gone, were it for a moment.
        if not folder.exists():
            os.replace(begun, folder)
        part = folder.with_name(f"{LATEST}.part")
        part.write_text(f"{plan_set.id}\n", encoding="utf-8")
        os.replace(part, folder.with_name(LATEST))
    except OSError as error:
        raise _not_writable(folder, error) from None
    return folder


def discard(begun: Path) -> None:
    """Remove a folder from ``begin`` that no plan set came of; nothing where one did."""
    shutil.rmtree(begun, ignore_errors=True)


def find(project: Path, name: str | None = None) -> Path:
    """The folder of a plan set: by its id or the beginning of it, or the latest.

    Raises:
        LandformError: ``no-plan-set``.
    """
    root = project / FOLDER
    if name is None:
        try:
            name = (root / LATEST).read_text(encoding="utf-8").strip()
        except OSError:
            raise _none(root, "no plan set", "Run `landform plan` first.") from None
    names = sorted(
        path.parent.name for path in root.glob(f"*/{SET_FILE}") if not path.parent.name.startswith(".")
    )
    found = [one for one in names if one.startswith(name)]
    if len(found) != 1:
        given = f"{name!r}, which is the beginning of {' and '.join(found)}" if found else repr(name)
        raise _none(root, given, f"One of: {', '.join(names)}." if names else "Run `landform plan` first.")
    return root / found[0]


def load(folder: Path) -> PlanSet:
    """The plan set in a folder.

    Raises:
        LandformError: ``no-plan-set`` where there is none, or it is not what landform wrote.
    """
    path = folder / SET_FILE
    try:
        return PlanSet.from_json(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _none(path, f"{type(error).__name__}: {error}", "Run `landform plan` again.") from None


def _none(path: Path, given: str, fix: str) -> LandformError:
    return LandformError(
        Code.NO_PLAN_SET, "There is no such plan set.", place=Place(file=str(path)), given=given, fix=fix
    )


def _not_writable(path: Path, error: OSError) -> LandformError:
    return LandformError(
        Code.NOT_WRITABLE,
        "The folder for plan sets cannot be written.",
        place=Place(file=str(path)),
        given=str(error),
    )
