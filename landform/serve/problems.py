"""Errors as problem documents (RFC 9457): what every error of landform says, and the HTTP status that it has here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from landform.errors import Code, Exit, LandformError

MEDIA_TYPE = "application/problem+json"
_PAGE = "https://github.com/landform/landform/blob/main/docs/errors.md"

_STATUSES: Mapping[Code, int] = {
    Code.CALL_VALUE: 400,
    Code.NOT_AUTHENTICATED: 401,
    Code.NOT_PERMITTED: 403,
    Code.CALL_UNKNOWN: 404,
    Code.NO_JOB: 404,
    Code.CALL_TOO_LARGE: 413,
    Code.CALL_MEDIA_TYPE: 415,
    Code.KEY_REUSED: 409,
    Code.TOO_MANY_CALLS: 429,
}
# It was written anew as YAML, so a line of it is not a line of what the caller sent.
_REWRITTEN = "request.json"
# Of what the server lacks; where it stands is nobody's business but its operator's.
_OURS = (Exit.MISSING, Exit.STOPPED)
_OURS_TOO = (Code.SERVER_STATE, Code.NOT_WRITABLE, Code.IN_USE, Code.SPEC_NOT_FOUND)


def status_of(error: LandformError) -> int:
    """The HTTP status of an error: one of its own, 503 for what the server lacks, 422 for what was sent."""
    if error.code in _STATUSES:
        return _STATUSES[error.code]
    return 503 if error.code.status in _OURS or error.code in _OURS_TOO else 422


def problem(error: LandformError, status: int | None = None) -> dict[str, Any]:
    """An error as a problem document; several in one have a list of all.

    Args:
        error: what is wrong.
        status: the HTTP status, where it is not the error's own.
    """
    shown = status_of(error) if status is None else status
    first, *more = [
        # The paths and the words of the system are for the server's log.
        {key: value for key, value in fields(each).items() if shown != 503 or key in ("code", "message")}
        for each in error.each()
    ]
    document = {
        "type": f"{_PAGE}#{first['code']}",
        "title": error.each()[0].code.meaning,
        "status": shown,
        "detail": first.pop("message"),
        **first,
    }
    if more:
        document["errors"] = [problem(each, shown) for each in error.each()]
    return document


def fields(error: LandformError) -> dict[str, Any]:
    """A single error as a JSON object, for who sent the request that is wrong."""
    found = error.as_json()
    if found.get("file") == _REWRITTEN:
        found = {key: value for key, value in found.items() if key not in ("line", "column")}
    return found


def call_value(
    message: str, given: str | None, expected: str | None = None, fix: str | None = None
) -> LandformError:
    """A call that is formed wrongly."""
    return LandformError(Code.CALL_VALUE, message, given=given, expected=expected, fix=fix)
