"""What checkov runs in: without its variables and threads, with the caller's streams, and its log kept to itself."""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

from landform.errors import Code, LandformError

_ENVIRONMENT = re.compile(
    r"(CHECKOV|CKV|BC|PRISMA|RENDER|CREATE)_|EXTERNAL_MODULES_DIR$|MAX_WILDCARD_ARR_SIZE$|TF_SPLIT_GRAPH$|TF_VAR_"
)


def require_checkov() -> None:
    """Import checkov.

    Raises:
        LandformError: ``extra-missing`` where it is not installed.
    """
    try:
        import checkov  # noqa: F401  # it is only asked whether it is there
    except ModuleNotFoundError as error:
        raise LandformError(
            Code.EXTRA_MISSING,
            "Checks need checkov, which is not installed.",
            fix="pip install 'landform[checks]', or name the Python of an environment that has it in"
            " LANDFORM_CHECKS_PYTHON.",
        ) from error


@contextmanager
def own_surroundings() -> Iterator[list[str]]:
    """Surroundings in which the same stacks give the same findings everywhere; gives the places that log an error."""
    with _own_environment(), _same_streams(), _captured_log() as log:
        yield log


@contextmanager
def _own_environment() -> Iterator[None]:
    """No variable of checkov's and no value of Terraform's: the same stacks give the same findings everywhere."""
    hidden = {name: value for name, value in os.environ.items() if _ENVIRONMENT.match(name)}
    for name in hidden:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(hidden)


@contextmanager
def _same_streams() -> Iterator[None]:
    """The caller's stdout and stderr: importing checkov wraps both, to reset colours at every write."""
    streams = sys.stdout, sys.stderr
    try:
        yield
    finally:
        sys.stdout, sys.stderr = streams


@contextmanager
def _captured_log() -> Iterator[list[str]]:
    """What checkov logs as an error, as the places that logged it; nothing of it is printed.

    The message is dropped: checkov writes whole resources into it, secrets and all.
    """
    places: list[str] = []

    class Places(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            dropped = str(record.msg).startswith("Failed to add block")
            # A rule's own exception is raised as well, and is a crash with an address.
            if dropped or (record.levelno >= logging.ERROR and record.funcName != "log_check_error"):
                places.append(f"{record.module}.{record.funcName}")

    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    root.handlers = [Places()]
    root.setLevel(logging.WARNING)
    try:
        yield places
    finally:
        root.handlers = handlers
        root.setLevel(level)


class _Inline:
    """An executor that works in the caller's thread, so that what fails is raised and the order is fixed."""

    def submit(self, function: Callable[..., Any], *args: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(function(*args))
        return future


@contextmanager
def no_threads() -> Iterator[None]:
    """checkov's graph rules without their thread pools, which swallow every exception."""
    from checkov.common.checks_infra.solvers.attribute_solvers import base_attribute_solver as module

    pool = module.ThreadPoolExecutor
    module.ThreadPoolExecutor = _Inline
    try:
        yield
    finally:
        module.ThreadPoolExecutor = pool
