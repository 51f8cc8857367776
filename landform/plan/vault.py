"""Keeps Terraform's plan files, which hold secrets in clear, encrypted until they are applied.

A key is 32 bytes, kept outside of the project, so that a project's folder that is handed on (as a pipeline's
artefact, say) gives nothing away. From it come the key that encrypts (AES-256-GCM, NIST SP 800-38D) and the key
with which digests of secret values are made, so that a digest tells nobody which secret it is of.
"""

from __future__ import annotations

import base64
import binascii
import errno
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from landform.digest import sha256
from landform.errors import Code, LandformError, Place

MAGIC = b"landform-plan-1\n"
KEY_BYTES = 32
NONCE_BYTES = 12
KEY_VARIABLE = "LANDFORM_PLAN_KEY"
KEY_FILE = Path("landform/plan.key")


@dataclass(frozen=True, slots=True)
class Vault:
    """Encrypts plan files and digests secret values, with one key of 32 bytes, which no ``repr`` shows."""

    key: bytes = field(repr=False)

    @classmethod
    def from_text(cls, text: str) -> Vault:
        """The vault of a key as base64, as ``LANDFORM_PLAN_KEY`` gives it.

        Raises:
            LandformError: ``plan-key`` where it is not 32 bytes. The text is not told.
        """
        try:
            key = base64.b64decode(text, validate=True)
        except binascii.Error:
            key = b""
        if len(key) != KEY_BYTES:
            raise LandformError(
                Code.PLAN_KEY,
                "The key of the plan files is no key.",
                place=Place(file=KEY_VARIABLE),
                expected=f"{KEY_BYTES} bytes as base64",
                fix="Make one with `openssl rand -base64 32`, and keep it where secrets are kept.",
            )
        return cls(key)

    @classmethod
    def in_file(cls, path: Path) -> Vault:
        """The vault whose key a file holds; a file that is not there is made, for its owner alone.

        Raises:
            LandformError: ``plan-key`` where it cannot be read or made, or holds no key.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            made = base64.b64encode(secrets.token_bytes(KEY_BYTES))
            # A second file that appears whole under the name, or not at all: two runs that begin at once agree.
            part = path.with_name(f"{path.name}.{os.getpid()}")
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                with open(descriptor, "wb") as file:
                    file.write(made)
                if not path.exists():
                    os.link(part, path)
            except FileExistsError:
                pass
            finally:
                part.unlink()
            return cls.from_text(path.read_text(encoding="ascii").strip())
        except (OSError, UnicodeDecodeError) as error:
            raise LandformError(
                Code.PLAN_KEY,
                "The key of the plan files cannot be read or made.",
                place=Place(file=str(path)),
                given=type(error).__name__ if isinstance(error, ValueError) else str(error),
                fix=f"Make the folder writable, or give a key in {KEY_VARIABLE}.",
            ) from None

    def seal(self, source: Path, sealed: Path, label: str) -> str:
        """Encrypt a file into another one and return the SHA-256 of what it held.

        Args:
            source: the file, secrets in clear.
            sealed: where to write, mode 0600.
            label: what it is of; it opens under no other label.

        Raises:
            LandformError: ``disk-full``, ``not-writable``.
        """
        part = sealed.with_name(f"{sealed.name}.part")
        try:
            data = source.read_bytes()
            nonce = secrets.token_bytes(NONCE_BYTES)
            text = AESGCM(self._derived("file")).encrypt(nonce, data, label.encode())
            with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(MAGIC + nonce + text)
            os.replace(part, sealed)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise _not_written(sealed, error) from None
        return sha256(data)

    def open(self, sealed: Path, target: Path, label: str) -> str:
        """Decrypt what ``seal`` wrote into a file of mode 0600, and return the SHA-256 of what it holds.

        Raises:
            LandformError: as ``read``; ``disk-full`` or ``not-writable`` where there is no place for it, and then
                nothing of it is left.
        """
        plain = self.read(sealed, label)
        try:
            target.unlink(missing_ok=True)
            with open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(plain)
        except OSError as error:
            target.unlink(missing_ok=True)
            raise _not_written(target, error) from None
        return sha256(plain)

    def read(self, sealed: Path, label: str) -> bytes:
        """What ``seal`` encrypted, secrets in clear.

        Raises:
            LandformError: ``plan-file`` where the file is gone, cut short, changed, of another stack, or was
                encrypted with another key.
        """
        try:
            data = sealed.read_bytes()
            if not data.startswith(MAGIC):
                raise InvalidTag
            nonce, text = data[len(MAGIC) :][:NONCE_BYTES], data[len(MAGIC) + NONCE_BYTES :]
            return AESGCM(self._derived("file")).decrypt(nonce, text, label.encode())
        except (OSError, InvalidTag, ValueError) as error:
            raise LandformError(
                Code.PLAN_FILE,
                "A saved plan cannot be opened.",
                place=Place(file=str(sealed)),
                given=str(error)
                if isinstance(error, OSError)
                else "a file cut short, changed, or of another key",
                expected="the file that `landform plan` wrote, and the key it was written with",
                fix=f"Plan again; where another machine planned, give its key in {KEY_VARIABLE}.",
            ) from None

    @property
    def digest_key(self) -> bytes:
        """The key for digests of secret values."""
        return self._derived("digest")

    def _derived(self, purpose: str) -> bytes:
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"landform {purpose}".encode()).derive(self.key)


def _not_written(path: Path, error: OSError) -> LandformError:
    return LandformError(
        Code.DISK_FULL if error.errno in (errno.ENOSPC, errno.EDQUOT) else Code.NOT_WRITABLE,
        "A plan file cannot be written.",
        place=Place(file=str(path)),
        given=error.strerror,
        fix="Make room, or give write access to its folder.",
    )
