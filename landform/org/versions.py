"""The version in a file's ``schema``: an older one can be migrated, a newer one needs a newer landform."""

from __future__ import annotations

import re

from landform.errors import Code, LandformError
from landform.org.document import Document

_SCHEMA = re.compile(r"landform/([a-z][a-z-]*)/v(0|[1-9][0-9]{0,3})")


def kind_and_version(schema: object) -> tuple[str, int] | None:
    """``landform/account/v1`` as ``("account", 1)``; None for what is no schema."""
    match = _SCHEMA.fullmatch(schema) if isinstance(schema, str) else None
    return (match[1], int(match[2])) if match else None


def other_version(document: Document, expected: str, *, steps: bool = True) -> LandformError | None:
    """The error for a file of the right kind in a version that is not read; None for any other ``schema``.

    ``steps`` is whether an older version may be one from which there are steps to this.
    """
    given = kind_and_version(document.value.get("schema"))
    wanted = kind_and_version(expected)
    if given is None or wanted is None or given[0] != wanted[0] or given[1] == wanted[1]:
        return None
    older = given[1] < wanted[1]
    schema = document.value["schema"]
    return LandformError(
        Code.SPEC_VERSION,
        f"The file is of {'an older' if older else 'a newer'} version of its schema.",
        place=document.place("schema"),
        given=document.given("schema"),
        expected=expected,
        fix="Use the landform that wrote it, or a newer one."
        if not older
        else "`landform org migrate` shows it in this version, and writes it with --write."
        if steps
        else f"There is no step from {schema}: correct it if it is a slip, or write the file anew.",
    )
