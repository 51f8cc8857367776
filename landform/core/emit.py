"""Terraform JSON as cdktf writes it, byte for byte.

cdktf writes with ``json-stable-stringify``: keys sorted as JavaScript sorts strings, by UTF-16 code units; an
empty list or object on two lines; numbers in JavaScript's notation; no newline at the end. ``json.dumps``
differs in all but the last.
"""

from __future__ import annotations

from collections.abc import Callable
from json.encoder import encode_basestring
from typing import Any

_quote: Callable[[str], str] = encode_basestring


def terraform_json(document: Any) -> str:
    """The text of a JSON document in cdktf's form."""
    parts: list[str] = []
    _write(document, "\n", parts.append)
    return "".join(parts)


def _write(value: Any, line: str, out: Callable[[str], None]) -> None:
    if isinstance(value, str):
        out(_quote(value))
    elif isinstance(value, dict):
        if not value:
            out("{" + line + "}")
            return
        inner = line + "  "
        separator = "{" + inner
        keys = sorted(value) if "".join(value).isascii() else sorted(value, key=_utf16)
        for key in keys:
            out(separator + _quote(key) + ": ")
            _write(value[key], inner, out)
            separator = "," + inner
        out(line + "}")
    elif isinstance(value, list):
        if not value:
            out("[" + line + "]")
            return
        inner = line + "  "
        separator = "[" + inner
        for item in value:
            out(separator)
            _write(item, inner, out)
            separator = "," + inner
        out(line + "]")
    elif value is True:
        out("true")
    elif value is False:
        out("false")
    else:
        out(_number(value))


def _utf16(key: str) -> bytes:
    return key.encode("utf-16-be")


def _number(value: int | float) -> str:
    if isinstance(value, int):
        return str(value)
    if value.is_integer() and abs(value) < 1e16:
        return str(int(value))
    # From here on JavaScript's shortest digits are Python's; only where the exponent starts differs.
    mantissa, _, power = repr(value).partition("e")
    if not power:
        return mantissa
    exponent = int(power)
    digits = mantissa.lstrip("-").replace(".", "")
    sign = "-" if value < 0 else ""
    if 0 < exponent < 21:
        return sign + digits.ljust(exponent + 1, "0")
    if -7 < exponent < 0:
        return f"{sign}0.{'0' * (-exponent - 1)}{digits}"
    return f"{mantissa}e{exponent:+d}"
