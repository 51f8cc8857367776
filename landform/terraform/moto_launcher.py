"""Serves moto on a free port of 127.0.0.1: writes the port as a line, then serves until its input ends.

The input is a pipe that the parent holds open, so that no end of the parent, however sudden, leaves it running.
"""

from __future__ import annotations

import os
import sys
import threading

from moto.core.responses import ActionResult
from moto.server import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from moto.stepfunctions.responses import StepFunctionResponse
from werkzeug.serving import make_server


def main() -> None:
    """Serve until the parent is gone."""
    # Keep connections open: the default, HTTP/1.0, ends each one after its answer, on which Go's client now and
    # then (one plan in fifty) loses the answer with "use of closed network connection".
    MotoRequestHandler.protocol_version = "HTTP/1.1"
    if not hasattr(StepFunctionResponse, "validate_state_machine_definition"):
        StepFunctionResponse.validate_state_machine_definition = _validate_state_machine_definition
    application = DomainDispatcherApplication(create_backend_app)
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=MotoRequestHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    sys.stdin.buffer.read()
    # Handlers may still be at work; what they hold is nobody's.
    os._exit(0)


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
