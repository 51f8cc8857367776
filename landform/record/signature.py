"""Signatures in OpenSSH's own format, so that ``ssh-keygen -Y verify -n landform`` verifies them too.

The format is OpenSSH's ``PROTOCOL.sshsig``: an armored envelope with the public key, a namespace, which keeps a
signature for one purpose from being taken for another, and a signature over the SHA-512 of what was signed. Only the
one spelling of an envelope that OpenSSH writes is taken, so that no byte of it can be changed.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Collection
from dataclasses import dataclass

from landform.errors import Code, LandformError
from landform.record.ssh import PublicKey, Reader, Signer, string

NAMESPACE = "landform"
_MAGIC = b"SSHSIG"
_VERSION = 1
_HASHES = {"sha512": hashlib.sha512, "sha256": hashlib.sha256}
_BEGIN, _END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
# OpenSSH's own width.
_COLUMNS = 70


@dataclass(frozen=True, slots=True)
class _Envelope:
    public: PublicKey
    namespace: str
    hash: str
    signature: bytes

    def text(self) -> str:
        body = _MAGIC + _VERSION.to_bytes(4, "big")
        for part in (self.public.blob, self.namespace.encode(), b"", self.hash.encode(), self.signature):
            body += string(part)
        armored = base64.b64encode(body).decode()
        lines = [armored[at : at + _COLUMNS] for at in range(0, len(armored), _COLUMNS)]
        return "\n".join([_BEGIN, *lines, _END, ""])


def sign(signer: Signer, data: bytes) -> str:
    """An armored signature over some data.

    Raises:
        LandformError: ``signing-key`` where an agent refuses.
    """
    return _Envelope(signer.public, NAMESPACE, "sha512", signer.sign(_signed("sha512", data))).text()


def verify(signature: str, data: bytes, allowed: Collection[PublicKey]) -> PublicKey:
    """The key that signed some data.

    Raises:
        LandformError: ``signature`` where it is no signature, is for something else, is by a key that is not
            allowed, or does not hold.
    """
    envelope = _opened(signature)
    if envelope.namespace != NAMESPACE:
        raise _refused("The signature is for another purpose.", f"namespace {envelope.namespace[:80]!r}")
    if envelope.public not in allowed:
        raise _refused("The signature is by a key that nobody here has.", envelope.public.fingerprint)
    if not envelope.public.signed(envelope.signature, _signed(envelope.hash, data)):
        raise _refused("The signature does not hold: something was changed.", envelope.public.fingerprint)
    return envelope.public


def _signed(hash: str, data: bytes) -> bytes:
    parts = (NAMESPACE.encode(), b"", hash.encode(), _HASHES[hash](data).digest())
    return _MAGIC + b"".join(string(part) for part in parts)


def _opened(signature: str) -> _Envelope:
    try:
        first, *lines, last = signature.splitlines()
        if (first, last) != (_BEGIN, _END):
            raise ValueError("it does not begin and end as one")
        reader = Reader(base64.b64decode("".join(lines), validate=True))
        if reader.take(len(_MAGIC)) != _MAGIC or reader.number() != _VERSION:
            raise ValueError("it is of another format or version")
        public = PublicKey.of(reader.string())
        namespace, _, hash = (reader.string().decode() for _ in range(3))
        found = _Envelope(public, namespace, hash, reader.string())
        reader.end()
        if hash not in _HASHES:
            raise ValueError(f"the hash {hash[:40]!r} is not known")
        if found.text() != signature:
            raise ValueError("it is not written in the one form")
    except ValueError as error:
        raise _refused("This is no signature of OpenSSH's.", str(error)) from None
    return found


def _refused(message: str, given: str) -> LandformError:
    return LandformError(
        Code.SIGNATURE,
        message,
        given=given,
        expected=f"an SSH signature of the namespace {NAMESPACE!r} by a key of org/approvers.yaml",
        fix="Have it signed again.",
    )
