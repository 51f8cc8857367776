"""checkov in an environment of its own: the process that another landform starts there and asks.

``landform.checks.environment`` starts it as ``python -P -m landform.checks.isolated DESCRIPTOR`` and says there how
the two talk. It ends with the process that started it, however that ends.
"""

from __future__ import annotations

import functools
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from landform import __version__
from landform.checks.cache import engine_digest
from landform.checks.checkov_checks import read_checks
from landform.checks.checkov_engine import Scan, rule_types, scan, scan_graph
from landform.checks.configuration import Configuration, find_files, read_graph
from landform.checks.environment import Failed, Said
from landform.errors import LandformError
from landform.policies.stopwatch import Stopwatch
from landform.policies.user_rules import CheckovCheck

Seconds = Mapping[str, float]


def main() -> None:
    """Say which landform and which checkov this is, then answer until nobody asks any more."""
    # Ctrl-C reaches this process too; the one that started it ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_starter, daemon=True).start()
    with Connection(int(sys.argv[1])) as asked:
        # No pickle, which another version of landform would read as something else.
        asked.send_bytes(json.dumps(_greeting()).encode())
        while True:
            try:
                what, arguments = asked.recv()
            except EOFError:
                return
            asked.send(_answer(what, arguments))


def _greeting() -> dict[str, str | None]:
    from importlib.metadata import PackageNotFoundError, version

    try:
        checkov: str | None = version("checkov")
    except PackageNotFoundError:
        checkov = None
    return {"landform": __version__, "checkov": checkov, "python": sys.version.split()[0]}


def _end_with_starter() -> None:
    # A pipe that the starter holds; it is closed when it is gone.
    os.read(0, 1)
    os._exit(1)


def _answer(what: str, arguments: tuple[Any, ...]) -> Said | Failed | LandformError:
    try:
        return Said(_ANSWERS[what](*arguments))
    except LandformError as error:
        return error
    except Exception as error:  # noqa: BLE001  # it is raised where it was asked for
        # The name alone: what an exception says may hold a value of a stack.
        return Failed(type(error).__name__)


def _scan(
    stacks: Mapping[str, Mapping[str, Any]], project: str | None, measure: bool
) -> tuple[Scan, Seconds]:
    watch = Stopwatch() if measure else None
    return scan(stacks, checks=_checks(project), watch=watch), watch.seconds if watch else {}


def _scan_folder(root: str, project: str | None, measure: bool) -> tuple[Scan, Configuration, Seconds]:
    watch = Stopwatch() if measure else None
    files = find_files(Path(root))
    scanned, read = scan_graph(lambda manager: read_graph(manager, files), _checks(project), watch)
    # checkov's graph stays where checkov is.
    return scanned, replace(read, graph=None), watch.seconds if watch else {}


def _checks_alone(project: str) -> tuple[CheckovCheck, ...]:
    """The checks without checkov's objects."""
    return tuple(replace(check, check=None) for check in _checks(project))


@functools.cache
def _checks(project: str | None) -> tuple[CheckovCheck, ...]:
    return read_checks(Path(project)) if project is not None else ()


_ANSWERS: Mapping[str, Callable[..., Any]] = {
    "engine": engine_digest,
    "scan": _scan,
    "scan_folder": _scan_folder,
    "rule_types": rule_types,
    "checks": _checks_alone,
}


if __name__ == "__main__":
    main()
