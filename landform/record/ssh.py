"""OpenSSH's keys and the few data types of its wire format (RFC 4251, section 5).

A public key is what stands in an ``authorized_keys`` file without its options; a private key is a file that
``ssh-keygen`` wrote. Nothing here prints or keeps a private key.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

from landform.errors import Code, LandformError, Place

MIN_RSA_BITS = 2048
_CURVES = {"nistp256": hashes.SHA256(), "nistp384": hashes.SHA384(), "nistp521": hashes.SHA512()}
KEY_TYPES = ("ssh-ed25519", *(f"ecdsa-sha2-{curve}" for curve in _CURVES), "ssh-rsa")
"""The types of key that can sign."""

# What cryptography raises for what is no key; the last one for points of a curve in a form that it does not read.
_UNREADABLE = (ValueError, UnsupportedAlgorithm, NotImplementedError)

# The two algorithms that an RSA key of OpenSSH signs with today (RFC 8332).
_RSA = {"rsa-sha2-512": hashes.SHA512(), "rsa-sha2-256": hashes.SHA256()}


def string(data: bytes) -> bytes:
    """A ``string``: its length in four bytes, and its bytes."""
    return len(data).to_bytes(4, "big") + data


class Reader:
    """Reads one value after another from bytes of the wire format."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, count: int) -> bytes:
        """The next bytes.

        Raises:
            ValueError: where there are fewer.
        """
        end = self._at + count
        if end > len(self._data):
            raise ValueError("it ends too early")
        taken, self._at = self._data[self._at : end], end
        return taken

    def number(self) -> int:
        """The next ``uint32``. Raises as ``take`` does."""
        return int.from_bytes(self.take(4), "big")

    def string(self) -> bytes:
        """The next ``string``. Raises as ``take`` does."""
        return self.take(self.number())

    def end(self) -> None:
        """Nothing follows.

        Raises:
            ValueError: where something does.
        """
        if self._at != len(self._data):
            raise ValueError("something follows its end")


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key: its type in OpenSSH's word, and its wire format. Keys are equal whatever was remarked of them."""

    type: str
    blob: bytes

    @classmethod
    def parse(cls, line: str) -> PublicKey:
        """The key in a line of OpenSSH's: a type, the key in base64, and a remark that is not read.

        Raises:
            ValueError: where it is none that can sign, with why.
        """
        type, _, rest = line.strip().partition(" ")
        if type not in KEY_TYPES:
            raise ValueError(f"a key of the type {type[:40]!r} cannot sign here")
        if "\n" in line.strip():
            raise ValueError("it has more than one line")
        try:
            blob = base64.b64decode(rest.split(maxsplit=1)[0] if rest.split() else "", validate=True)
            found = cls(type, blob)
            found._check()
        except _UNREADABLE as error:
            raise ValueError(f"not a public key of OpenSSH: {error}") from None
        return found

    @classmethod
    def of(cls, blob: bytes) -> PublicKey:
        """The key in a wire format.

        Raises:
            ValueError: where it is none that can sign.
        """
        return cls.parse(
            f"{Reader(blob).string().decode('ascii', 'replace')} {base64.b64encode(blob).decode()}"
        )

    @property
    def fingerprint(self) -> str:
        """What ``ssh-keygen -l`` shows of it."""
        return "SHA256:" + base64.b64encode(hashlib.sha256(self.blob).digest()).decode().rstrip("=")

    def __str__(self) -> str:
        return f"{self.type} {base64.b64encode(self.blob).decode()}"

    def signed(self, signature: bytes, data: bytes) -> bool:
        """Whether a signature, in the wire format, is this key's over some data."""
        try:
            reader = Reader(signature)
            algorithm, value = reader.string().decode("ascii"), reader.string()
            reader.end()
            self._verify(algorithm, value, data)
        except (ValueError, InvalidSignature):
            return False
        return True

    def _check(self) -> None:
        key = serialization.load_ssh_public_key(str(self).encode())
        if isinstance(key, rsa.RSAPublicKey) and key.key_size < MIN_RSA_BITS:
            raise ValueError(f"an RSA key of {key.key_size} bits, where {MIN_RSA_BITS} are the least")

    def _verify(self, algorithm: str, value: bytes, data: bytes) -> None:
        key = serialization.load_ssh_public_key(str(self).encode())
        if isinstance(key, ed25519.Ed25519PublicKey) and algorithm == self.type:
            key.verify(value, data)
        elif isinstance(key, ec.EllipticCurvePublicKey) and algorithm == self.type:
            key.verify(_ecdsa_from_wire(value), data, ec.ECDSA(_CURVES[self.type.rpartition("-")[2]]))
        elif isinstance(key, rsa.RSAPublicKey) and algorithm in _RSA:
            key.verify(value, data, padding.PKCS1v15(), _RSA[algorithm])
        else:
            raise ValueError(f"{self.type} does not sign with {algorithm}")


class Signer(Protocol):
    """What can sign: a private key in a file, or one that an agent keeps."""

    @property
    def public(self) -> PublicKey:
        """The public key of what it signs with."""

    def sign(self, data: bytes) -> bytes:
        """A signature over some data, in the wire format."""


class FileKey:
    """A private key that was read from a file."""

    def __init__(self, key: serialization.SSHPrivateKeyTypes) -> None:
        openssh = serialization.PublicFormat.OpenSSH
        line = key.public_key().public_bytes(serialization.Encoding.OpenSSH, openssh).decode()
        self.public = PublicKey.parse(line)
        self._key = key

    def sign(self, data: bytes) -> bytes:
        """A signature over some data, in the wire format."""
        key = self._key
        if isinstance(key, ed25519.Ed25519PrivateKey):
            return string(self.public.type.encode()) + string(key.sign(data))
        if isinstance(key, ec.EllipticCurvePrivateKey):
            made = key.sign(data, ec.ECDSA(_CURVES[self.public.type.rpartition("-")[2]]))
            return string(self.public.type.encode()) + string(_ecdsa_to_wire(made))
        assert isinstance(key, rsa.RSAPrivateKey), "no other key has a public one that can sign"
        return string(b"rsa-sha2-512") + string(key.sign(data, padding.PKCS1v15(), hashes.SHA512()))


def read_key(path: Path, passphrase: Callable[[], str]) -> FileKey:
    """Read a private key as ``ssh-keygen`` writes it.

    Args:
        path: the file.
        passphrase: asked where the key has one.

    Raises:
        LandformError: ``signing-key`` where it cannot be read or cannot sign, or the passphrase is wrong.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _no_key(path, "The key cannot be read.", error.strerror) from None
    try:
        try:
            key = serialization.load_ssh_private_key(data, None)
        except TypeError:
            key = serialization.load_ssh_private_key(data, passphrase().encode())
        return FileKey(key)
    except (*_UNREADABLE, TypeError) as error:
        # What cryptography says of a key tells of its form alone.
        raise _no_key(path, "The key, or its passphrase, is not one that can sign.", str(error)) from None


def _no_key(path: Path, message: str, given: str | None) -> LandformError:
    return LandformError(
        Code.SIGNING_KEY,
        message,
        place=Place(str(path)),
        given=given,
        expected=f"a private key of OpenSSH: {', '.join(KEY_TYPES)}",
        fix="Name another with --key, or make one: ssh-keygen -t ed25519",
    )


def _ecdsa_to_wire(der: bytes) -> bytes:
    return b"".join(string(_mpint(number)) for number in utils.decode_dss_signature(der))


def _ecdsa_from_wire(value: bytes) -> bytes:
    reader = Reader(value)
    r, s = (int.from_bytes(reader.string(), "big") for _ in range(2))
    reader.end()
    if b"".join(string(_mpint(number)) for number in (r, s)) != value:
        raise ValueError("numbers that are not written in the one form")
    return utils.encode_dss_signature(r, s)


def _mpint(number: int) -> bytes:
    """A positive ``mpint``: a leading zero where its first bit would say that it is negative."""
    return number.to_bytes(number.bit_length() // 8 + 1, "big")
