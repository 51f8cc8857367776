"""How the interface answers to what is wrong: always a problem document, whoever found it."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import compile_path

from landform.errors import Code, LandformError, raise_all
from landform.serve.gate import CalledTooOften
from landform.serve.problems import MEDIA_TYPE, call_value, problem, status_of

log = logging.getLogger("landform.serve")

# Of what a caller sent, in an answer.
_LONGEST = 100


def register(app: FastAPI) -> None:
    """Answer to each kind of error."""
    app.add_exception_handler(LandformError, _told)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _unknown)
    app.add_exception_handler(Exception, _ours)


def _answer(request: Request, error: LandformError, status: int, headers: dict[str, str]) -> JSONResponse:
    request.state.code = error.each()[0].code.slug
    return JSONResponse(problem(error, status), status, headers, MEDIA_TYPE)


def _told(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, LandformError)
    status, headers = status_of(error), {}
    if status == 503:
        log.error("%s", error)
    if status == 401:
        # RFC 6750, section 3: no error is named to who sent no token.
        wrong = ', error="invalid_token"' if "authorization" in request.headers else ""
        headers["WWW-Authenticate"] = f'Bearer realm="landform"{wrong}'
    if status == 429:
        headers["Retry-After"] = str(error.seconds if isinstance(error, CalledTooOften) else 60)
    return _answer(request, error, status, headers)


def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    try:
        raise_all([_field(each) for each in error.errors()])
    except LandformError as found:
        return _answer(request, found, status_of(found), {})
    raise error


def _field(error: dict[str, Any]) -> LandformError:
    kind, name = error["loc"][0], error["loc"][-1]
    given = None if error["type"] == "missing" else str(error.get("input"))[:_LONGEST]
    return call_value(f"The {kind} parameter {name} is wrong.", given, error["msg"])


def _unknown(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if error.status_code == 405 and (methods := _methods(request)):
        # RFC 9110, section 15.5.6: all of the path's methods. A route knows only its own.
        headers["Allow"] = ", ".join(sorted(methods))
    found = LandformError(
        Code.CALL_UNKNOWN,
        f"{HTTPStatus(error.status_code).phrase}.",
        given=f"{request.method} {request.url.path}"[:_LONGEST],
        expected=headers.get("Allow"),
        fix="/openapi.json has what there is.",
    )
    return _answer(request, found, error.status_code, headers)


def _methods(request: Request) -> set[str]:
    """The methods that the served document has for a path."""
    return {
        method.upper()
        for path, calls in request.app.openapi()["paths"].items()
        if compile_path(path)[0].match(request.url.path)
        for method in calls
    }


def _ours(request: Request, error: Exception) -> JSONResponse:
    """What is a mistake in landform; the traceback is in the log."""
    document = {
        "type": "about:blank",
        "title": HTTPStatus.INTERNAL_SERVER_ERROR.phrase,
        "status": 500,
        "detail": "landform made a mistake; its log has the details.",
    }
    return JSONResponse(document, 500, media_type=MEDIA_TYPE)
