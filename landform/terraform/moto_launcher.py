"""Serves moto on a free port of 127.0.0.1, until the one who started it is gone or says to stop.

Its input is a pipe that the parent holds open, so that no end of the parent, however sudden, leaves it running. The
first line names the server (``{"path": ..., "instance": ..., "token": ...}``); the port is answered as a line. A second
line, if one comes, is the path of a record: from then on the server outlives its parent, for as long as that file
names it.
"""

from __future__ import annotations

import hmac
import json
import logging
import os
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from moto.core.responses import ActionResult
from moto.organizations.models import FakeDelegatedAdministrator, FakeRoot, FakeServiceAccess
from moto.server import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from moto.stepfunctions.responses import StepFunctionResponse
from werkzeug.serving import make_server

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
# What AWS Organizations takes and moto does not know of: services that an organisation trusts, those that an account
# administers for it, and types of policies that its root turns on.
TRUSTED = ("iam.amazonaws.com", "malware-protection.guardduty.amazonaws.com")
ADMINISTERED = (
    "config.amazonaws.com",
    "detective.amazonaws.com",
    "inspector2.amazonaws.com",
    "securityhub.amazonaws.com",
)
POLICY_TYPES = ("DECLARATIVE_POLICY_EC2",)
# Seconds between two looks at the record.
LOOK = 3.0


def main() -> None:
    """Serve until the parent is gone; with a record, until it is gone or somebody says stop."""
    # Keep connections open: the default, HTTP/1.0, ends each one after its answer, on which Go's client now and
    # then (one plan in fifty) loses the answer with "use of closed network connection".
    MotoRequestHandler.protocol_version = "HTTP/1.1"
    # A line for each request would fill the log of a server that stays.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    if not hasattr(StepFunctionResponse, "validate_state_machine_definition"):
        StepFunctionResponse.validate_state_machine_definition = _validate_state_machine_definition
    for known, more in (
        (FakeServiceAccess.TRUSTED_SERVICES, TRUSTED),
        (FakeDelegatedAdministrator.SUPPORTED_SERVICES, ADMINISTERED),
        (FakeRoot.SUPPORTED_POLICY_TYPES, POLICY_TYPES),
    ):
        known.extend(name for name in more if name not in known)
    orders = sys.stdin.buffer
    name = json.loads(orders.readline())
    stopped = threading.Event()
    application = _named(DomainDispatcherApplication(create_backend_app), name, stopped)
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=MotoRequestHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    record = orders.readline().decode().strip()
    while record and _names(Path(record), name["instance"]) and not stopped.wait(LOOK):
        pass
    # Handlers may still be at work; what they hold is nobody's.
    os._exit(0)


def _named(application: Application, name: dict[str, str], stopped: threading.Event) -> Application:
    """The application, which also says who it is (GET) and stops for one who knows the token (POST)."""

    def named(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] != name["path"]:
            return application(environ, start_response)
        status = "200 OK"
        if environ["REQUEST_METHOD"] == "POST":
            if hmac.compare_digest(environ.get("HTTP_AUTHORIZATION", ""), name["token"]):
                stopped.set()
            else:
                status = "403 Forbidden"
        body = name["instance"].encode()
        start_response(status, [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
        return [body]

    return named


def _names(record: Path, instance: str) -> bool:
    """Whether the record is still there and still this server's."""
    try:
        return instance in record.read_text(encoding="utf-8")
    except OSError:
        return False


def _validate_state_machine_definition(self: StepFunctionResponse) -> ActionResult:
    """ValidateStateMachineDefinition, which the provider calls in each plan of a state machine and moto has no
    answer for: moto's own parser of the Amazon States Language says whether it takes the definition."""
    from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser, ASLParserException

    try:
        AmazonStateLanguageParser.parse(self._get_param("definition"))
        diagnostics = []
    except ASLParserException as error:
        diagnostics = [{"severity": "ERROR", "code": "SCHEMA_VALIDATION_FAILED", "message": str(error)}]
    result = "FAIL" if diagnostics else "OK"
    return ActionResult({"result": result, "diagnostics": diagnostics, "truncated": False})


if __name__ == "__main__":
    main()
