"""A result in one of several forms: to a file, whose ending says which, or on stdout."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from landform.cli.project import relative
from landform.errors import Code, LandformError

if TYPE_CHECKING:
    from rich.console import Console

    from landform.cli.console import Out

F = TypeVar("F", bound=str)

# Columns of a table that is written to a file.
_WIDTH = 160


def form_of(given: F | None, output: Path | None, endings: Mapping[str, F]) -> F:
    """The form that was named, else that of the file's ending.

    Args:
        given: what --format says.
        output: what --output says.
        endings: forms by a file's ending; under the empty one, the form of everything else.
    """
    return given or endings.get(output.suffix if output else "", endings[""])


def one_form_of(given: F | None, output: Path | None, endings: Mapping[str, F], *, as_json: bool) -> F:
    """The same for a command that writes its result once, so that --json names a form too.

    Raises:
        LandformError: ``usage`` where --json and another form or a file were named.
    """
    if as_json and (given not in (None, "json") or output is not None):
        raise LandformError(
            Code.USAGE,
            "--json prints JSON on stdout.",
            given=f"--json --output {output}" if output else f"--json --format {given}",
            fix="Leave --json out.",
        )
    return endings[".json"] if as_json else form_of(given, output, endings)


def write_form(
    said: Out,
    form: str,
    output: Path | None,
    document: Callable[[], Any],
    human: Callable[[Console], None],
    others: Mapping[str, Callable[[], str]],
    width: int = _WIDTH,
) -> None:
    """Write a result once, in one form.

    Args:
        said: the command's voice.
        form: ``human``, ``json``, or one of ``others``.
        output: the file; stdout where there is none.
        document: the result for ``json``.
        human: shows it to people.
        others: the texts of the other forms.
        width: the columns that ``human`` has in a file.

    Raises:
        LandformError: ``not-writable``.
    """
    from landform.digest import canonical_json
    from landform.org.files import write_file

    if output is None and form in ("human", "json"):
        said.result(document(), human)
        return
    if form == "human":
        text = plain(human, width)
    elif form == "json":
        text = canonical_json(document()) + "\n"
    else:
        text = others[form]()
    if output is None:
        sys.stdout.write(text)
    else:
        write_file(output, text)
        said.notice(f"wrote {relative(output)}")


def plain(human: Callable[[Console], None], width: int = _WIDTH) -> str:
    """What is shown to people as a text without colours."""
    from io import StringIO

    from rich.console import Console

    written = StringIO()
    human(Console(file=written, width=width, no_color=True, emoji=False))
    return written.getvalue()
