"""The interface: its paths, and what stands behind each.

Annotations here are values, not texts: FastAPI reads them, and they name what a function around them was given.
"""

import datetime as dt
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path as Folder
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Header, Path, Query, Request, Response
from fastapi.openapi.utils import get_openapi
from fastapi.security import HTTPBearer

from landform import __version__
from landform.errors import Code, LandformError
from landform.org.load import require_spec
from landform.serve import answers
from landform.serve.audit import Audit
from landform.serve.bodies import JSON, YAML, read_body
from landform.serve.callers import Caller, Scope
from landform.serve.documents import (
    AccountRequestJob,
    CreateQuery,
    Event,
    Events,
    EventsQuery,
    Health,
    JobPage,
    NoQuery,
    PageQuery,
    Problem,
    Version,
    openapi_form,
)
from landform.serve.frame import Application, Frame
from landform.serve.gate import CalledTooOften, Gate
from landform.serve.jobs import Asked, Jobs
from landform.serve.metrics import MEDIA_TYPE, Metrics
from landform.serve.problems import MEDIA_TYPE as PROBLEM
from landform.serve.supervisor import Supervisor
from landform.serve.vendor import Form

Identity = Annotated[
    str, Path(pattern="^req-[0-9a-f]{16}$", description="the id of an account request", alias="id")
]


@dataclass(frozen=True, slots=True)
class Service:
    """What the interface stands on.

    Attributes:
        project: the folder whose accounts are asked for.
        jobs, audit: what is kept.
        gate: who may call.
        form: what a request looks like.
        supervisor: who has the work done; None where somebody else does.
        clock: the time, in UTC.
    """

    project: Folder
    jobs: Jobs
    audit: Audit
    gate: Gate
    form: Form
    supervisor: Supervisor | None
    clock: Callable[[], dt.datetime]


def create_app(service: Service) -> Application:
    """The interface as an ASGI application."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        if service.supervisor is not None:
            service.supervisor.start()
        yield
        if service.supervisor is not None:
            await service.supervisor.stop()

    metrics = Metrics(service.jobs)
    app = FastAPI(
        title="landform",
        version=__version__,
        description="Account requests: from a request to a checked, reviewable change.",
        lifespan=lifespan,
        # Its pages fetch scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    answers.register(app)
    app.include_router(_requests(service))
    app.include_router(_operations(service, metrics))
    _describe(app, service.form)
    return Frame(app, service.audit, metrics, service.clock)


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {"description": "a problem (RFC 9457)", "content": {PROBLEM: {"schema": schema}}}
        for status in statuses
    }


def _admitted(service: Service, scope: Scope) -> Callable[[Request], Caller]:
    def admitted(request: Request) -> Caller:
        client = request.client.host if request.client else "unknown"
        request.state.audited = True
        try:
            caller = service.gate.admit(request.headers, client)
        except CalledTooOften as error:
            # Who has no token cannot fill the disk with lines that say so.
            request.state.audited = error.caller is not None
            raise
        request.state.caller, request.state.credential = caller.name, caller.credential
        caller.need(scope)
        return caller

    return admitted


def _requests(service: Service) -> APIRouter:
    router = APIRouter(
        prefix="/v1/account-requests",
        tags=["account requests"],
        dependencies=[Depends(HTTPBearer(auto_error=False))],
    )
    reader = Depends(_admitted(service, Scope.READ))
    jobs = service.jobs

    @router.post(
        "",
        status_code=202,
        operation_id="createAccountRequest",
        summary="Ask for an account",
        responses={
            202: {"headers": {"Location": {"description": "where it is", "schema": {"type": "string"}}}},
            **_problems(400, 401, 403, 409, 413, 415, 422, 429, 503),
        },
    )
    def create(
        request: Request,
        response: Response,
        caller: Annotated[Caller, Depends(_admitted(service, Scope.WRITE))],
        body: Annotated[tuple[str, str], Depends(read_body)],
        key: Annotated[
            str,
            Header(
                alias="Idempotency-Key",
                pattern='^("[A-Za-z0-9_.:@/+=-]{1,255}"|[A-Za-z0-9_.:@/+=-]{1,255})$',
                description="names this request: sent again with the same body it is the same request",
            ),
        ],
        query: Annotated[CreateQuery, Query()],
    ) -> AccountRequestJob:
        """Take an account request in. Once it is answered with 202 it is kept, and will be worked at.

        What is wrong with the request by itself is refused at once; what is wrong with it in this organisation (an
        email that is taken, a unit that is not there) is what its job says.
        """
        text, file = body
        asked = Asked(file, text, service.form.read(text, file), query.dry_run)
        job, _ = jobs.accept(caller.name, key.strip('"'), asked)
        request.state.target = job.id
        if service.supervisor is not None:
            service.supervisor.wake()
        document = AccountRequestJob.of(job)
        response.headers["Location"] = document.links.self
        return document

    @router.get(
        "",
        operation_id="listAccountRequests",
        summary="List account requests",
        dependencies=[reader],
        responses=_problems(400, 401, 403, 429, 503),
    )
    def page(query: Annotated[PageQuery, Query()]) -> JobPage:
        """Account requests, the newest first."""
        found = jobs.page(query.status, query.before, query.limit)
        return JobPage(
            items=list(map(AccountRequestJob.of, found)),
            before=found[-1].number if len(found) == query.limit else None,
        )

    of_one = _problems(400, 401, 403, 404, 429, 503)

    @router.get(
        "/{id}",
        operation_id="getAccountRequest",
        summary="How an account request stands",
        dependencies=[reader],
        responses=of_one,
    )
    def one(request: Request, identity: Identity, query: Annotated[NoQuery, Query()]) -> AccountRequestJob:
        """One account request."""
        request.state.target = identity
        return AccountRequestJob.of(jobs.get(identity))

    @router.get(
        "/{id}/events",
        operation_id="getAccountRequestEvents",
        summary="What happened to an account request",
        dependencies=[reader],
        responses=of_one,
    )
    def events(request: Request, identity: Identity, query: Annotated[EventsQuery, Query()]) -> Events:
        """What happened to an account request, step by step."""
        request.state.target = identity
        # In this order: what ends it comes with its last event.
        ended = jobs.get(identity).status.ended
        return Events(items=list(map(Event.of, jobs.events(identity, query.after))), ended=ended)

    @router.get(
        "/{id}/preview",
        operation_id="getAccountRequestPreview",
        summary="What an account request brings",
        dependencies=[reader],
        responses=of_one,
    )
    def preview(request: Request, identity: Identity, query: Annotated[NoQuery, Query()]) -> dict[str, Any]:
        """The preview: what the account gets. It is there once a request was worked out, before it is done."""
        request.state.target = identity
        document = jobs.preview(identity)
        if document is None:
            raise LandformError(
                Code.NO_JOB,
                "The request has no preview.",
                given=identity,
                fix="Ask again while it is accepted or running; one that was refused may never have had one.",
            )
        return dict(document)

    return router


def _operations(service: Service, metrics: Metrics) -> APIRouter:
    router = APIRouter(tags=["operations"])

    @router.get("/healthz", operation_id="health", summary="Whether the server answers")
    def health() -> Health:
        """The process is there, and answers."""
        return Health(status="ok")

    @router.get(
        "/readyz",
        operation_id="readiness",
        summary="Whether requests would be worked at",
        responses=_problems(503),
    )
    def ready() -> Health:
        """The database answers, the project is there, and workers are begun."""
        service.jobs.waiting()
        require_spec(service.project)
        if service.supervisor is not None and not service.supervisor.is_alive:
            raise LandformError(Code.JOB_STOPPED, "No worker would be begun.")
        return Health(status="ready")

    @router.get("/version", operation_id="version", summary="Which landform this is")
    def version() -> Version:
        """landform's version."""
        return Version(version=__version__)

    @router.get(
        "/metrics",
        operation_id="metrics",
        summary="Figures for Prometheus",
        dependencies=[
            Depends(HTTPBearer(auto_error=False)),
            Depends(_admitted(service, Scope.METRICS)),
        ],
        response_class=Response,
        responses={
            200: {"content": {"text/plain": {"schema": {"type": "string"}}}},
            **_problems(401, 403, 429, 503),
        },
    )
    def figures() -> Response:
        """Calls, how long they took, and account requests by how they stand."""
        return Response(metrics.text(), media_type=MEDIA_TYPE)

    return router


def _describe(app: FastAPI, form: Form) -> None:
    """Put the request's own schema into the served document: its body is read by landform, not by FastAPI."""
    own, definitions = openapi_form(form.schema())

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            found = get_openapi(
                title=app.title, version=app.version, description=app.description, routes=app.routes
            )
            schemas = found["components"]["schemas"]
            # FastAPI would describe its own errors, which are not what is answered.
            for unused in ("HTTPValidationError", "ValidationError"):
                schemas.pop(unused, None)
            problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas |= problem.pop("$defs", {}) | {"AccountRequest": own} | definitions
            schemas.setdefault("Problem", problem)
            content = {"schema": {"$ref": "#/components/schemas/AccountRequest"}}
            found["paths"]["/v1/account-requests"]["post"]["requestBody"] = {
                "required": True,
                "content": {JSON: content, YAML: content},
            }
            for path in found["paths"].values():
                for operation in path.values():
                    answered = operation["responses"].get("422", {})
                    if JSON in answered.get("content", {}):
                        del operation["responses"]["422"]
            app.openapi_schema = found
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # as FastAPI's documentation extends it
