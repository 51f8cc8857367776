"""What Terraform says went wrong, as values: read from its ``-json`` output, turned into landform's errors.

``validate -json`` answers with one document, the other commands with one JSON object a line, among lines of
plain text. A source snippet, which Terraform adds with the values it evaluated, is never kept: it shows secrets.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from landform.errors import LandformError, LandformErrors, Place
from landform.terraform.failures import OTHER, lock_in, meaning
from landform.terraform.secrets import Secrets

LAST_LINES = 12


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One error or warning of Terraform. ``file`` is relative to the working folder, ``line`` is 1-based."""

    severity: str
    summary: str
    detail: str
    address: str | None
    file: str | None
    line: int | None


PlaceOf = Callable[[Diagnostic], Place]


def parse_diagnostics(output: str, secrets: Secrets) -> tuple[Diagnostic, ...]:
    """The diagnostics in what a ``-json`` command wrote, secrets taken out, each one once."""
    return tuple(dict.fromkeys(_diagnostic(raw, secrets) for raw in _raw(output)))


def _raw(output: str) -> Iterator[dict[str, Any]]:
    for document in _documents(output):
        if document.get("type") == "diagnostic":
            yield document["diagnostic"]
        else:
            yield from document.get("diagnostics", ())


def _documents(output: str) -> Iterator[dict[str, Any]]:
    # A document over several lines starts with a lone brace; a stream has a whole object on each line.
    texts = [output] if output.lstrip().startswith("{\n") else output.splitlines()
    for text in texts:
        if text.lstrip().startswith("{"):
            # The last line of a command that was killed is not whole.
            with contextlib.suppress(ValueError):
                yield json.loads(text)


def _diagnostic(raw: dict[str, Any], secrets: Secrets) -> Diagnostic:
    place = raw.get("range") or {}
    return Diagnostic(
        severity=raw["severity"],
        summary=secrets.scrub(raw["summary"]),
        detail=secrets.scrub(raw.get("detail", "")),
        address=raw.get("address"),
        file=place.get("filename"),
        line=(place.get("start") or {}).get("line"),
    )


def in_folder(folder: Path) -> PlaceOf:
    """Places as files of a working folder, with the resource's address for a construct path."""

    def place(diagnostic: Diagnostic) -> Place:
        file = str(folder / diagnostic.file) if diagnostic.file else str(folder)
        return Place(file=file, line=diagnostic.line, construct_path=diagnostic.address)

    return place


def failure(command: str, diagnostics: Sequence[Diagnostic], output: str, place_of: PlaceOf) -> LandformError:
    """The error for a command that failed: its error diagnostics, or the end of its output where it gave none.

    Args:
        command: Terraform's subcommand.
        diagnostics: what was parsed from its output.
        output: what it wrote as plain text, secrets taken out.
        place_of: where a diagnostic stands.
    """
    errors = [_error(command, d, place_of) for d in diagnostics if d.severity == "error"]
    if len(errors) > 1:
        return LandformErrors(errors)
    if errors:
        return errors[0]
    unexplained = Diagnostic("error", "", "", None, None, None)
    means = meaning(output)
    return LandformError(
        means.code,
        f"`terraform {command}` failed and did not say why."
        if means is OTHER
        else f"`terraform {command}` failed.",
        place=place_of(unexplained),
        given="\n".join(output.strip().splitlines()[-LAST_LINES:]) or "no output",
        fix=means.fix,
    )


def _error(command: str, diagnostic: Diagnostic, place_of: PlaceOf) -> LandformError:
    text = f"{diagnostic.summary}\n{diagnostic.detail}"
    means, lock = meaning(text), lock_in(text)
    return LandformError(
        means.code,
        f"terraform {command}: {diagnostic.summary}",
        place=place_of(diagnostic),
        given=str(lock) if lock else diagnostic.detail or None,
        fix=means.fix.format(id=lock.id) if means.fix and lock else means.fix,
    )
