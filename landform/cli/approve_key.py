"""Whose key signs: a file's, or one that the SSH agent keeps. A passphrase is asked for on the terminal alone."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from landform.errors import Code, LandformError, did_you_mean

if TYPE_CHECKING:
    from landform.org.models import Approvers
    from landform.record.ssh import PublicKey, Signer

DEFAULT = Path("~/.ssh/id_ed25519")


def choose_key(approvers: Approvers | None, name: str | None, file: Path | None) -> tuple[str, Signer]:
    """Who approves, and with what.

    Args:
        approvers: those that the bundle names.
        name: who it is to be; whoever's key it is unless given.
        file: a private key; the first of the agent's that is an approver's, or ``~/.ssh/id_ed25519``, unless given.

    Raises:
        LandformError: ``not-approved`` where it is nobody's key; ``signing-key``; ``usage`` where a passphrase cannot
            be asked for.
    """
    from landform.record.ssh import read_key

    owners = _owners(approvers, name)
    if file is None:
        for candidate in _agent():
            if candidate.public in owners:
                return owners[candidate.public], candidate
    path = (file or DEFAULT).expanduser()
    signer = read_key(path, lambda: _passphrase(path))
    if signer.public not in owners:
        raise LandformError(
            Code.NOT_APPROVED,
            f"The key is not one of {name}'s." if name else "The key is nobody's who may approve.",
            given=f"{path}: {signer.public.fingerprint}",
            expected="a key that the bundle has from org/approvers.yaml",
            fix="Name your key with --key; a new one goes into org/approvers.yaml, then synthesise and plan again.",
        )
    return owners[signer.public], signer


def _owners(approvers: Approvers | None, name: str | None) -> dict[PublicKey, str]:
    """Whose each key is; of one person's keys where a name is given."""
    from landform.record.ssh import PublicKey

    people = approvers.people if approvers else ()
    if name is not None and name not in {person.name for person in people}:
        known = [person.name for person in people]
        raise LandformError(
            Code.NOT_APPROVED,
            "The bundle has no approver of this name.",
            given=name,
            expected=f"one of {', '.join(known)}" if known else "a bundle with approvers",
            fix=did_you_mean(name, known)
            or "Add the person to org/approvers.yaml, synthesise and plan again.",
        )
    return {
        PublicKey.parse(line): person.name
        for person in people
        if name in (None, person.name)
        for line in person.keys
    }


def _agent() -> tuple[Signer, ...]:
    from landform.record.agent import agent_keys

    socket = os.environ.get("SSH_AUTH_SOCK")
    if not socket:
        return ()
    try:
        return agent_keys(socket)
    except LandformError:
        # An agent of an old session is no reason not to take the file.
        return ()


def _passphrase(path: Path) -> str:
    from getpass import getpass

    if not sys.stdin.isatty():
        raise LandformError(
            Code.USAGE,
            "The key has a passphrase, which is asked for on a terminal alone.",
            given=str(path),
            fix="Give the key to an SSH agent: ssh-add.",
        )
    return getpass(f"Passphrase of {path}: ")
