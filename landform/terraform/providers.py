"""Where providers come from: a filesystem mirror on this machine, or the registry.

Terraform looks into a few mirror folders of its own accord; landform looks into the same ones and a few more,
decides once, and writes the decision into the CLI configuration of its own runs. The layout is Terraform's:
``<root>/<host>/<namespace>/<type>/<version>/<platform>/`` unpacked, or
``<root>/<host>/<namespace>/<type>/terraform-provider-<type>_<version>_<platform>.zip`` packed.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from landform.errors import Code, LandformError, Place

ENVIRONMENT_VARIABLE = "LANDFORM_PLUGIN_DIR"
LAYOUT = "<root>/registry.terraform.io/<namespace>/<type>/<version>/<platform>/"
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64", "AMD64": "amd64"}


@dataclass(frozen=True, slots=True)
class Mirror:
    """A folder that holds providers: its versions by address, newest last, and why it was taken."""

    path: Path
    reason: str
    providers: Mapping[str, tuple[str, ...]]


def platform_name() -> str:
    """This machine's platform as Terraform writes it: ``linux_amd64``."""
    machine = platform.machine()
    return f"{sys.platform}_{_ARCHITECTURES.get(machine, machine)}"


def find_mirror(
    plugin_dir: Path | None = None,
    *,
    project: Path | None = None,
    environ: Mapping[str, str] = os.environ,
    home: Path | None = None,
    opt: Path = Path("/opt"),
) -> Mirror | None:
    """The mirror to use, or None where providers come from the registry.

    Looked for in this order: ``plugin_dir``, ``LANDFORM_PLUGIN_DIR``, Terraform's implied mirror folders (the
    project's ``terraform.d/plugins``, the home folder's, the data folders'), then the children of ``opt``.

    Raises:
        LandformError: ``provider-missing`` where a folder was named that holds no provider for this platform.
    """
    named = (
        (plugin_dir, "--plugin-dir"),
        (
            Path(environ[ENVIRONMENT_VARIABLE]) if environ.get(ENVIRONMENT_VARIABLE) else None,
            ENVIRONMENT_VARIABLE,
        ),
    )
    for path, source in named:
        if path is not None:
            return _required(path, source)
    candidates = (
        *((path, "one of Terraform's implied mirror folders") for path in implied(project, environ, home)),
        *((path, f"a folder of providers under {opt}") for path in _children(opt)),
    )
    return next(
        (mirror for path, reason in candidates if (mirror := _mirror(path, reason)) is not None), None
    )


def implied(project: Path | None, environ: Mapping[str, str], home: Path | None) -> tuple[Path, ...]:
    """The folders in which Terraform looks for a mirror by itself, in its order."""
    home = home or Path.home()
    of_project = (project / "terraform.d" / "plugins",) if project else ()
    if sys.platform == "darwin":
        support = Path("Library/Application Support/io.terraform/plugins")
        return (*of_project, home / ".terraform.d" / "plugins", home / support, Path("/") / support)
    data_home = environ.get("XDG_DATA_HOME") or str(home / ".local" / "share")
    data_dirs = environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    shared = (
        Path(folder) / "terraform" / "plugins" for folder in (data_home, *data_dirs.split(":")) if folder
    )
    return (*of_project, home / ".terraform.d" / "plugins", *shared)


def _required(path: Path, source: str) -> Mirror:
    mirror = _mirror(path, source)
    if mirror is None:
        raise LandformError(
            Code.PROVIDER_MISSING,
            f"The folder named by {source} holds no provider for {platform_name()}.",
            place=Place(file=str(path)),
            expected=LAYOUT,
            fix="Fill it with `terraform providers mirror`, or leave the option out to use the registry.",
        )
    return mirror


def _mirror(path: Path, reason: str) -> Mirror | None:
    found: dict[str, set[str]] = {}
    for address, version in _unpacked(path):
        found.setdefault(address, set()).add(version)
    for address, version in _packed(path):
        found.setdefault(address, set()).add(version)
    if not found:
        return None
    providers = {address: tuple(sorted(found[address], key=_by_number)) for address in sorted(found)}
    return Mirror(path.absolute(), reason, providers)


def _unpacked(path: Path) -> Iterator[tuple[str, str]]:
    for folder in path.glob(f"*.*/*/*/*/{platform_name()}"):
        yield folder.parents[1].relative_to(path).as_posix(), folder.parent.name


def _packed(path: Path) -> Iterator[tuple[str, str]]:
    for archive in path.glob(f"*.*/*/*/terraform-provider-*_{platform_name()}.zip"):
        yield archive.parent.relative_to(path).as_posix(), archive.name.split("_")[1]


def _by_number(version: str) -> tuple[tuple[int, str], ...]:
    return tuple((int(part) if part.isdigit() else -1, part) for part in version.split("."))


def _children(folder: Path) -> tuple[Path, ...]:
    return tuple(sorted(path.parent for path in folder.glob("*/registry.terraform.io")))
