"""Canonical JSON and digests: the one way landform turns a value into bytes that can be compared."""

from __future__ import annotations

import hashlib
import json

# Made once: a fleet's stacks have a digest each.
_COMPACT = json.JSONEncoder(sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def canonical_json(value: object) -> str:
    """The canonical JSON text of a value: two-space indent, sorted keys, Unicode kept, no trailing newline."""
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)


def compact_json(value: object) -> str:
    """The compact canonical JSON text of a value, of which ``digest`` is the digest: no space, else as above."""
    return _COMPACT.encode(value)


def sha256(data: str | bytes) -> str:
    """The SHA-256 of a text (as UTF-8) or of bytes, as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def digest(value: object) -> str:
    """The digest of a JSON value: ``sha256:`` and the SHA-256 of its compact canonical form."""
    return f"sha256:{sha256(compact_json(value))}"
