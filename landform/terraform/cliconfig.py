"""Terraform's CLI configuration, written for landform's own runs.

Terraform reads one such file, named by ``TF_CLI_CONFIG_FILE`` or found in the home folder, and warns in every
call where the named file does not exist. landform writes its own file: the settings it needs, then the user's
text unchanged, so that credentials and hosts still hold. A setting that the user's text has is the user's: a
``provider_installation`` block of theirs is the whole truth about where providers come from.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from landform.errors import Code, LandformError, Place
from landform.terraform.providers import Mirror

ENVIRONMENT_VARIABLE = "TF_CLI_CONFIG_FILE"
FILE = "terraform.tfrc"


@dataclass(frozen=True, slots=True)
class UserConfig:
    """The user's own CLI configuration: its text, the files it came from, and what to tell about it."""

    text: str
    files: tuple[Path, ...]
    notices: tuple[str, ...]

    def sets(self, name: str) -> bool:
        """Whether the text has a setting or block of this name at its top level."""
        return re.search(rf"^\s*{name}\s*[={{]", self.text, re.MULTILINE) is not None


@dataclass(frozen=True, slots=True)
class CliConfig:
    """The file that was written for landform's runs, and what to tell about it, once."""

    path: Path
    notices: tuple[str, ...]


def user_config(environ: Mapping[str, str] = os.environ, home: Path | None = None) -> UserConfig:
    """The user's configuration: the file that ``TF_CLI_CONFIG_FILE`` names, else ``~/.terraformrc`` and
    ``~/.terraform.d/*.tfrc``.

    Raises:
        LandformError: ``terraform-failed`` where a file is there and cannot be read.
    """
    named = environ.get(ENVIRONMENT_VARIABLE)
    if named and not Path(named).is_file():
        notice = (
            f"{ENVIRONMENT_VARIABLE} names {named}, which does not exist; it is left out of Terraform's runs."
        )
        return UserConfig("", (), (notice,))
    home = home or Path.home()
    found = (
        [Path(named)] if named else [home / ".terraformrc", *sorted((home / ".terraform.d").glob("*.tfrc"))]
    )
    files = tuple(path for path in found if path.is_file())
    return UserConfig("\n".join(map(_read, files)), files, ())


def write_cli_config(
    folder: Path, *, mirror: Mirror | None, user: UserConfig, plugin_cache: Path | None = None
) -> CliConfig:
    """Write the configuration for landform's runs into a folder.

    Args:
        folder: where the file goes; made where it is missing.
        mirror: the mirror to install from; the registry serves every provider that the mirror has not.
        user: the user's configuration, taken along.
        plugin_cache: where downloads from the registry are kept. Not used beside a mirror, whose providers
            Terraform links to and never copies.
    """
    settings = [] if user.sets("disable_checkpoint") else ["disable_checkpoint = true"]
    notices = list(user.notices)
    own_installation = user.sets("provider_installation")
    if own_installation:
        notices.append(
            f"{' and '.join(map(str, user.files))} has its own provider_installation, which decides where "
            "providers come from." + (f" The mirror {mirror.path} is not used." if mirror else "")
        )
    elif mirror:
        settings.append(_installation(mirror))
    elif plugin_cache and not user.sets("plugin_cache_dir"):
        plugin_cache.mkdir(parents=True, exist_ok=True)
        settings.append(f"plugin_cache_dir = {json.dumps(str(plugin_cache.absolute()))}")
    path = folder.absolute() / FILE
    folder.mkdir(parents=True, exist_ok=True)
    # The user's text may hold tokens.
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write("\n".join([*settings, user.text]).rstrip() + "\n")
    return CliConfig(path, tuple(notices))


def _installation(mirror: Mirror) -> str:
    addresses = json.dumps(list(mirror.providers))
    return (
        "provider_installation {\n"
        "  filesystem_mirror {\n"
        f"    path    = {json.dumps(str(mirror.path))}\n"
        f"    include = {addresses}\n"
        "  }\n"
        "  direct {\n"
        f"    exclude = {addresses}\n"
        "  }\n"
        "}"
    )


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LandformError(
            Code.TERRAFORM_FAILED,
            "Your Terraform CLI configuration cannot be read.",
            place=Place(file=str(path)),
            given=str(error),
            fix=f"Make the file readable, or name another with {ENVIRONMENT_VARIABLE}.",
        ) from None
