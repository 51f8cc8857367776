"""What of the server is not installed with landform itself."""

from __future__ import annotations

from importlib.util import find_spec

from landform.errors import Code, LandformError

NEEDED = ("fastapi", "uvicorn", "jwt", "prometheus_client")


def require_serve() -> None:
    """See whether the server's libraries are installed.

    Raises:
        LandformError: ``extra-missing``.
    """
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise LandformError(
            Code.EXTRA_MISSING,
            "The server needs libraries that are not installed.",
            given=f"no {', '.join(missing)}",
            fix="pip install 'landform[serve]'. The command line does the same without: `landform vend`.",
        )
