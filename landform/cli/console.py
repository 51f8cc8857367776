"""What a command says and where: results on stdout, progress and notices on stderr, errors in the user's frame."""

from __future__ import annotations

import itertools
import json
import linecache
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from landform.errors import LandformError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress


_SELDOM = 30.0
"""Seconds between two lines of progress in a log."""
# Of a line of the user's file.
_WIDEST = 200
# Of a JSON document, written at once.
_PARTS = 10_000


class Out:
    """A command's voice. With ``as_json`` the only thing on stdout is one document."""

    def __init__(self, *, as_json: bool, quiet: bool) -> None:
        self.as_json = as_json
        self._quiet = quiet

    def notice(self, text: str) -> None:
        """Something worth knowing, on stderr."""
        if not self._quiet:
            _console(stderr=True).print(text, style="dim", highlight=False, markup=False, soft_wrap=True)

    def warning(self, text: str) -> None:
        """Something that may be wrong, on stderr, even where notices are off."""
        console = _console(stderr=True)
        console.print(f"[yellow]warning:[/] {_escaped(text)}", highlight=False, soft_wrap=True)

    def result(self, document: Any, human: Callable[[Console], None]) -> None:
        """The command's result: the document as JSON, or the same for people.

        What is no JSON in it has an ``as_json``, and is asked for it when its turn comes.
        """
        if self.as_json:
            # A fleet's document as one text, and the parts that it is made of, would be most of the memory.
            encoder = json.JSONEncoder(indent=2, sort_keys=True, ensure_ascii=False, default=_as_json)
            parts = iter(encoder.iterencode(document))
            while text := "".join(itertools.islice(parts, _PARTS)):
                sys.stdout.write(text)
            sys.stdout.write("\n")
        else:
            human(_console(stderr=False))

    @contextmanager
    def progress(self, what: str) -> Iterator[Callable[[int, int], None]]:
        """A progress bar; call what it gives with how many are done, and of how many."""
        if self._quiet or not sys.stderr.isatty():
            yield lambda done, total: None
            return
        # Refreshed by hand: a thread that draws would not survive the fork of a worker.
        with _progress() as bar:
            task = bar.add_task(what, total=None)
            last = 0.0

            def advance(done: int, total: int) -> None:
                nonlocal last
                bar.update(task, completed=done, total=total)
                if done == total or time.monotonic() - last > 0.1:
                    last = time.monotonic()
                    bar.refresh()

            yield advance

    @contextmanager
    def watch(self, line: Callable[[], str]) -> Iterator[Callable[[], None]]:
        """A line that says how it goes: drawn anew on a terminal, else told every half a minute.

        Call what it gives whenever something has happened.
        """
        if self._quiet:
            yield lambda: None
        elif sys.stderr.isatty():
            from rich.live import Live
            from rich.text import Text

            # Only for work without workers that are forked: what draws it is a thread.
            with Live(
                get_renderable=lambda: Text(line(), no_wrap=True, overflow="ellipsis"),
                console=_console(stderr=True),
                refresh_per_second=2,
                transient=True,
            ):
                yield lambda: None
        else:
            last = time.monotonic()

            def tell() -> None:
                nonlocal last
                if time.monotonic() - last > _SELDOM:
                    last = time.monotonic()
                    self.notice(line())

            yield tell


def show_errors(error: LandformError, *, as_json: bool, project: Path) -> None:
    """Print an error: every single one with its place, what was given and expected, and what to do."""
    if as_json:
        document = {
            "errors": [single.as_json() for single in error.each()],
            "exit_status": int(error.code.status),
        }
        sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
        return
    console = _console(stderr=True)
    for single in error.each():
        console.print(
            f"[bold red]error\\[{single.code.slug}][/]: {_escaped(single.message)}", highlight=False
        )
        for line in _details(single, project):
            console.print(line, highlight=False, soft_wrap=True)
    if len(error.each()) > 1:
        console.print(f"[red]{len(error.each())} errors[/]", highlight=False)


def _as_json(value: Any) -> Any:
    return value.as_json()


def _details(error: LandformError, project: Path) -> Iterator[str]:
    place = error.place
    if place:
        yield f"  [blue]-->[/] {_escaped(str(place))}"
        if place.file and place.line:
            source = linecache.getline(str(project / place.file), place.line).rstrip()
            if source.strip():
                yield f"  [blue]{place.line:>4} |[/] {_escaped(_near(source, place.column or 1))}"
    for label, text in (("given", error.given), ("expected", error.expected), ("fix", error.fix)):
        if text is not None:
            yield f"  [bold]{label}:[/] {_escaped(text)}"


def _near(source: str, column: int) -> str:
    """The part of a line around a column, for lines that nobody would read whole."""
    if len(source) <= _WIDEST:
        return source
    start = max(0, min(column - _WIDEST // 2, len(source) - _WIDEST))
    end = start + _WIDEST
    return ("..." if start else "") + source[start:end] + ("..." if end < len(source) else "")


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Any:
    """A plain table for a terminal or a pipe."""
    from rich.table import Table

    drawn = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        drawn.add_column(column, overflow="fold")
    for row in rows:
        drawn.add_row(*map(_escaped, row))
    return drawn


def _escaped(text: str) -> str:
    from rich.markup import escape

    return escape(text)


def _console(*, stderr: bool) -> Console:
    from rich.console import Console

    return Console(stderr=stderr, emoji=False)


def _progress() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        auto_refresh=False,
        transient=True,
    )
