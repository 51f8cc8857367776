"""Working folders: one a stack, holding a copy of what was synthesised, ready for Terraform.

``terraform init`` of the AWS provider hashes 700 MB, and so does every later command whose lock file holds a
hash. One real ``init`` is run for each distinct set of providers, in a template folder. A stack whose backend is
local takes the template's result: its providers by link, its backend record, and its lock file without the
hashes that were just verified. Any other stack (a remote backend, or modules) has a real ``init`` of its own,
with the template's lock file and hashes. A stamp spares both where nothing changed.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from landform.digest import canonical_json, digest
from landform.errors import Code, LandformError, Place
from landform.terraform.diagnostics import PlaceOf
from landform.terraform.run import NO_SECRETS, Terraform
from landform.terraform.sandbox_state import BACKEND
from landform.terraform.secrets import Secrets, listed

STACK_FILE = "cdk.tf.json"
OVERRIDE_FILE = "landform_sandbox_override.tf.json"
LOCK_FILE = ".terraform.lock.hcl"
STAMP = "landform-init"
TEMPLATES = "templates"
BUILT_IN = "terraform"
LOCK = "landform.lock"
# Seconds between two looks at a lock that another holds.
LOOK = 0.2
_LOCKED = re.compile(r'^provider "([^"]+)" \{\n\s*version\s*=\s*"([^"]+)"', re.MULTILINE)
_HASHES = re.compile(r"^\s*hashes = \[.*?\]\n", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Workdir:
    """The folder under which every stack has its working folder, ``<project>/.landform/terraform``.

    ``providers`` describes where providers come from (a mirror's path, say): where it changes, folders are
    initialised again.
    """

    root: Path
    terraform: Terraform
    providers: str = ""

    def with_environment(self, changes: Mapping[str, str | None]) -> Workdir:
        """The same folders, for Terraform with some variables changed; None takes one away."""
        changed = {**self.terraform.environ, **changes}
        environ = {key: value for key, value in changed.items() if value is not None}
        return replace(self, terraform=replace(self.terraform, environ=environ))

    @contextmanager
    def alone(self, name: str) -> Iterator[None]:
        """Keep a stack's folder, or the templates', from other threads and other landforms; wait for one that has it.

        The lock is the kernel's, so that it goes with the process that held it, however that ended.

        Raises:
            LandformError: ``not-writable``.
            KeyboardInterrupt: where landform is stopped while it waits.
        """
        path = self.root / name / LOCK
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            file = path.open("w")
        except OSError as error:
            raise _not_writable(path.parent, error) from None
        with file:
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    self.terraform.processes.pause(LOOK)
            yield

    def prepare(self, name: str, text: str, override: Mapping[str, Any] | None) -> Path:
        """A stack's working folder, with its text and its override laid in.

        Args:
            name: the stack's name.
            text: its ``cdk.tf.json``, copied as it is.
            override: what to lay over it, or None for nothing.

        Raises:
            LandformError: ``not-writable``.
        """
        folder = self.root / name
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _write(folder / STACK_FILE, text)
            if override is None:
                (folder / OVERRIDE_FILE).unlink(missing_ok=True)
            else:
                _write(folder / OVERRIDE_FILE, canonical_json(override))
        except OSError as error:
            raise _not_writable(folder, error) from None
        return folder

    def template_folder(self, config: Mapping[str, Any], override: Mapping[str, Any] | None) -> Path:
        """Where a stack's template is: the same folder for every stack that can share it."""
        identity = digest([_template_settings(config, override), *self._identity()])
        return self.root / TEMPLATES / identity.removeprefix("sha256:")[:16]

    def template(self, config: Mapping[str, Any], override: Mapping[str, Any] | None) -> Path:
        """The initialised template for a stack: real ``terraform init``, once for each set of providers.

        One after the other, in all landforms of a project: Terraform's plugin cache bears one ``init`` at a time.

        Raises:
            LandformError: ``provider-missing``, ``terraform-failed``.
        """
        settings = _template_settings(config, override)
        folder = self.template_folder(config, override)
        stamp = folder / ".terraform" / STAMP
        with nullcontext() if stamp.exists() else self.alone(TEMPLATES):
            # Another may have made it in the meantime.
            if not stamp.exists():
                folder.mkdir(parents=True, exist_ok=True)
                _write(folder / STACK_FILE, canonical_json({"terraform": settings}))
                self.terraform.init(folder)
                stamp.parent.mkdir(exist_ok=True)
                stamp.touch()
        return folder

    def init(
        self,
        folder: Path,
        template: Path,
        config: Mapping[str, Any],
        override: Mapping[str, Any] | None,
        *,
        secrets: Secrets = NO_SECRETS,
        place_of: PlaceOf | None = None,
    ) -> bool:
        """Make a stack's folder ready to plan; whether anything had to be done.

        Raises:
            LandformError: ``provider-missing``, ``terraform-failed``.
        """
        state = folder / ".terraform"
        stamp = state / STAMP
        wanted = digest(
            [backend_of(config, override), config.get("module"), template.name, *self._identity()]
        )
        if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
            return False
        shutil.rmtree(state, ignore_errors=True)
        state.mkdir()
        if (template / ".terraform" / "providers").exists():
            (state / "providers").symlink_to((template / ".terraform" / "providers").absolute())
        lock = _read(template / LOCK_FILE)
        if _clonable(config, override):
            _write(folder / LOCK_FILE, _HASHES.sub("", lock))
            record = _read(template / ".terraform" / "terraform.tfstate")
            if record:
                _write(state / "terraform.tfstate", record)
        else:
            _write(folder / LOCK_FILE, lock)
            self.terraform.init(folder, secrets=secrets, place_of=place_of)
        _write(stamp, wanted)
        return True

    def _identity(self) -> tuple[str, ...]:
        binary = self.terraform.binary
        return (binary.product, binary.version, self.providers)


def locked_providers(folder: Path) -> dict[str, str]:
    """The version of each provider that an initialised folder is locked to, by its source address."""
    return dict(_LOCKED.findall(_read(folder / LOCK_FILE)))


def required_providers(config: Mapping[str, Any]) -> dict[str, Any]:
    """Every provider that a stack needs, by local name: those it declares, and those its blocks imply."""
    declared: dict[str, Any] = {}
    for block in listed(config.get("terraform", {})):
        for requirements in listed(block.get("required_providers", {})):
            declared.update(requirements)
    types = [*config.get("resource", {}), *config.get("data", {}), *config.get("ephemeral", {})]
    implied = {*config.get("provider", {}), *(name.split("_")[0] for name in types)} - {BUILT_IN}
    return {name: {"source": f"hashicorp/{name}"} for name in sorted(implied)} | declared


def _template_settings(config: Mapping[str, Any], override: Mapping[str, Any] | None) -> dict[str, Any]:
    """The ``terraform`` block of a stack's template: its providers, and its backend where that can be shared."""
    backend = backend_of(config, override)
    shared = {"backend": backend} if backend and _clonable(config, override) else {}
    return {"required_providers": required_providers(config), **shared}


def backend_of(config: Mapping[str, Any], override: Mapping[str, Any] | None) -> dict[str, Any]:
    """The backend in force: the override's replaces the stack's."""
    for document in (override or {}, config):
        for block in listed(document.get("terraform", {})):
            for backend in listed(block.get("backend", [])):
                return dict(backend)
            if "cloud" in block:
                return {"cloud": block["cloud"]}
    return {}


def _clonable(config: Mapping[str, Any], override: Mapping[str, Any] | None) -> bool:
    """Whether a template's ``init`` holds for the stack: only a plain local backend, and no modules to fetch."""
    return backend_of(config, override) in ({}, {"local": {}}, BACKEND) and not config.get("module")


def _not_writable(folder: Path, error: OSError) -> LandformError:
    return LandformError(
        Code.NOT_WRITABLE,
        "A working folder for Terraform cannot be written.",
        place=Place(file=str(folder)),
        given=str(error),
    )


def _write(path: Path, text: str) -> None:
    """Write a text where it differs, whole or not at all."""
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return
    part = path.with_name(f"{path.name}.part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""
