"""Keys that an SSH agent keeps: it signs, and never gives a key away.

Two requests of the agent's protocol are enough: which keys there are, and a signature by one of them
(draft-ietf-sshm-ssh-agent, sections 3.5 and 3.6).
"""

from __future__ import annotations

import socket
from dataclasses import dataclass

from landform.errors import Code, LandformError, Place
from landform.record.ssh import KEY_TYPES, PublicKey, Reader, string

_REQUEST_IDENTITIES, _IDENTITIES_ANSWER = 11, 12
_SIGN_REQUEST, _SIGN_RESPONSE = 13, 14
# The flag that makes an RSA key sign with SHA-512; other keys have no choice.
_RSA_SHA2_512 = 4
# An agent may ask its user to touch a device.
_SECONDS = 120
_MAX_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class AgentKey:
    """A key of an agent: where the agent listens, and the key's public half."""

    agent: str
    public: PublicKey

    def sign(self, data: bytes) -> bytes:
        """A signature over some data, in the wire format.

        Raises:
            LandformError: ``signing-key`` where the agent refuses, or is gone.
        """
        request = string(self.public.blob) + string(data) + _RSA_SHA2_512.to_bytes(4, "big")
        try:
            return _asked(self.agent, _SIGN_REQUEST, request, _SIGN_RESPONSE).string()
        except ValueError:
            raise _refused(self.agent, f"no signature by {self.public.fingerprint}") from None


def agent_keys(agent: str) -> tuple[AgentKey, ...]:
    """The keys of the agent that listens at a socket, in its order, without those that cannot sign here.

    Raises:
        LandformError: ``signing-key`` where no agent answers.
    """
    try:
        answer = _asked(agent, _REQUEST_IDENTITIES, b"", _IDENTITIES_ANSWER)
        blobs = [(answer.string(), answer.string())[0] for _ in range(answer.number())]
        usable = [blob for blob in blobs if Reader(blob).string().decode("ascii", "replace") in KEY_TYPES]
        return tuple(AgentKey(agent, PublicKey.of(blob)) for blob in usable)
    except ValueError as error:
        raise _refused(agent, str(error)) from None


def _asked(agent: str, request: int, body: bytes, expected: int) -> Reader:
    """What the agent answers; a ValueError where it is another kind of answer."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(_SECONDS)
            connection.connect(agent)
            connection.sendall(string(bytes([request]) + body))
            with connection.makefile("rb") as stream:
                length = int.from_bytes(stream.read(4), "big")
                answer = stream.read(min(length, _MAX_BYTES))
    except OSError as error:
        raise _refused(agent, error.strerror or str(error)) from None
    reader = Reader(answer)
    if reader.take(1)[0] != expected:
        raise ValueError("the agent refused")
    return reader


def _refused(agent: str, given: str) -> LandformError:
    return LandformError(
        Code.SIGNING_KEY,
        "The SSH agent does not sign.",
        place=Place(agent),
        given=given,
        fix="See `ssh-add -l`, or name a key's file with --key.",
    )
