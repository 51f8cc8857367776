"""A server as a process, and its worker, which vends without an organisation.

``python serve_process.py server PROJECT PORT`` prints its address once it takes calls.
"""

import sys
from pathlib import Path

from serve_parts import Vendor

from landform.serve.landing import Landing
from landform.serve.run import Settings, serve
from landform.serve.supervisor import Patience
from landform.serve.vendor import account_request
from landform.serve.worker import main


def server(project, port, *options):
    """Serve until a signal comes."""
    state = project / "record" / "serve"
    worker = (
        sys.executable, __file__, "worker",
        "--project", str(project), "--state", str(state), "--landing", "branch",
    )  # fmt: skip
    settings = Settings(
        project, state, port=port, landing=Landing.BRANCH, patience=Patience(job=float(options[0]), ending=20)
    )
    serve(settings, account_request(), worker, _say)


def _say(address):
    sys.stdout.write(f"{address}\n")
    sys.stdout.flush()


class Slow(Vendor):
    """A vendor to whom some accounts mean trouble."""

    def __call__(self, project, requests, *, today, on_step):
        if '"name": "endless"' in requests[0][1]:
            __import__("time").sleep(600)
        if '"name": "deadly"' in requests[0][1]:
            __import__("os")._exit(7)
        return super().__call__(project, requests, today=today, on_step=on_step)


if __name__ == "__main__":
    role, *arguments = sys.argv[1:]
    if role == "worker":
        sys.exit(main(arguments, Slow()))
    server(Path(arguments[0]), int(arguments[1]), *arguments[2:])
