"""What of the server is not installed with landform itself."""

from __future__ import annotations

from importlib import import_module

from landform.errors import Code, LandformError

NEEDED = ("fastapi", "uvicorn", "jwt", "prometheus_client")


def require_serve() -> None:
    """Import the server's libraries.

    Raises:
        LandformError: ``extra-missing`` where one is not installed.
    """
    for name in NEEDED:
        try:
            import_module(name)
        except ModuleNotFoundError as error:
            raise LandformError(
                Code.EXTRA_MISSING,
                "The server needs libraries that are not installed.",
                given=f"no {error.name}",
                fix="pip install 'landform[serve]'. The command line does the same without: `landform vend`.",
            ) from error
