"""The body of a call: read up to a limit, in a time, and as a text of YAML or JSON."""

from __future__ import annotations

import asyncio
import json
import math
from email.message import Message
from typing import Any

from starlette.requests import ClientDisconnect, Request

from landform.errors import Code, LandformError
from landform.serve.problems import call_value

MAX_BYTES = 128 * 1024
"""Twice what a request may have: JSON may write a character as six."""
SECONDS = 30.0
"""How long a body may take to arrive."""

JSON = "application/json"
YAML = "application/yaml"
_FILES = {JSON: "request.json", YAML: "request.yaml"}


async def read_body(request: Request) -> tuple[str, str]:
    """The body as a text that is YAML (of which JSON is a part), and what errors call it.

    Raises:
        LandformError: ``call-media-type``; ``call-too-large``, before more of it is read; ``call-value`` for one that
            does not arrive, is not UTF-8, or is no JSON.
    """
    kind = media_type(request.headers.get("content-type", ""))
    if kind not in _FILES:
        raise LandformError(
            Code.CALL_MEDIA_TYPE,
            "An account request is JSON or YAML, in UTF-8.",
            given=kind or "no Content-Type",
            expected=f"{JSON} or {YAML}",
        )
    try:
        async with asyncio.timeout(SECONDS):
            data = await _limited(request)
    except TimeoutError:
        raise call_value("The body did not arrive in time.", f"more than {SECONDS:.0f} s") from None
    except ClientDisconnect:
        raise call_value("The body did not arrive.", "a closed connection") from None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise call_value("The body is not UTF-8.", f"byte {error.start}", "UTF-8") from None
    return (as_yaml(text) if kind == JSON else text), _FILES[kind]


def media_type(header: str) -> str:
    """The type of a Content-Type header; empty where it names a charset other than UTF-8."""
    message = Message()
    message["content-type"] = header
    charset = message.get_param("charset", "utf-8")
    if not isinstance(charset, str) or charset.lower() not in ("utf-8", "utf8"):
        return ""
    return message.get_content_type() if header else ""


def as_yaml(text: str) -> str:
    """A text of JSON as one that YAML reads as the same: not every escape of JSON's is one of YAML's.

    Raises:
        LandformError: ``call-value``.
    """
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_number, parse_float=_number)
        if isinstance(value, dict) and "schema" in value:
            # It comes first in a file, and JSON's objects have no order.
            value = {"schema": value.pop("schema"), **value}
        written = json.dumps(value, ensure_ascii=False, indent=2)
        written.encode("utf-8")
    except RecursionError:
        raise call_value("The body is nested too deeply.", None, "an account request") from None
    except ValueError as error:
        raise call_value("The body is no JSON.", str(error), "an account request as JSON") from None
    # Characters that YAML takes only as escapes (YAML 1.2.2, section 5.1), which JSON writes as they are.
    return "".join(_escaped(character) for character in written)


def _escaped(character: str) -> str:
    point = ord(character)
    raw = 0x7F <= point <= 0x9F or character in "\u2028\u2029\ufeff\ufffe\uffff"
    return f"\\u{point:04x}" if raw else character


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is there twice")
    return found


def _number(text: str) -> int | float:
    """A number with a point. One with nothing behind it is a whole one (JSON Schema, "integer")."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is too large")
    return int(number) if number.is_integer() else number


def _no_number(constant: str) -> float:
    raise ValueError(f"{constant} is no number of JSON's")


async def _limited(request: Request) -> bytes:
    told = request.headers.get("content-length", "")
    if told.isdecimal() and int(told) > MAX_BYTES:
        raise _too_large(f"{told} bytes")
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_BYTES:
            raise _too_large(f"more than {MAX_BYTES} bytes")
        parts.append(part)
    return b"".join(parts)


def _too_large(given: str) -> LandformError:
    return LandformError(
        Code.CALL_TOO_LARGE,
        "The body is larger than any account request.",
        given=given,
        expected=f"at most {MAX_BYTES // 1024} KiB",
        fix="Send one account's request.",
    )
