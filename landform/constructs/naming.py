"""Physical names: known at synth, so that ARNs are literal and policies can be read whole."""

from __future__ import annotations

import re
from collections.abc import Sequence

from landform.digest import sha256

_WORD = re.compile(r"[A-Z][A-Z0-9]*(?=[A-Z][a-z])|[A-Z]?[a-z][a-z0-9]*|[A-Z][A-Z0-9]*|[0-9]+")
_HASH_LENGTH = 8


def kebab(text: str) -> str:
    """``LogArchive`` is ``log-archive``, ``S3Logs`` is ``s3-logs``; what no AWS name takes is dropped."""
    return "-".join(word.lower() for word in _WORD.findall(text))


def physical_name(parts: Sequence[str], max_length: int) -> str:
    """Parts joined with hyphens, a part that repeats the end of the one before left out.

    A name that is too long is cut and ends in eight digits of the SHA-256 of the whole.
    """
    kept: list[str] = []
    for part in filter(None, parts):
        if not kept or not (kept[-1] == part or kept[-1].endswith(f"-{part}")):
            kept.append(part)
    name = "-".join(kept)
    if len(name) <= max_length:
        return name
    return f"{name[: max_length - _HASH_LENGTH - 1].rstrip('-')}-{sha256(name)[:_HASH_LENGTH]}"
