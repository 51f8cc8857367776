"""What the interface answers with, as models: the served OpenAPI document is made of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from landform.serve.jobs import PAGE, Job, JobEvent, Status

# What SQLite and JavaScript both count up to.
MOST = 2**53 - 1


class NoQuery(BaseModel):
    """No parameters. One that a call does not have is refused: a mistyped ``dry_run`` would write."""

    model_config = ConfigDict(extra="forbid")


class CreateQuery(NoQuery):
    """How a request is to be worked at."""

    dry_run: bool = Field(default=False, description="make a preview, and write nothing")


class PageQuery(NoQuery):
    """Which requests."""

    status: Status | None = Field(default=None, description="only those that stand so")
    before: int | None = Field(default=None, ge=1, le=MOST, description="only those before this number")
    limit: int = Field(default=PAGE, ge=1, le=PAGE, description="how many at most")


class EventsQuery(NoQuery):
    """Which events."""

    after: int = Field(default=0, ge=0, le=MOST, description="only those after this number")


class Problem(BaseModel):
    """An error (RFC 9457): what is wrong, where it stands, and what to do."""

    model_config = ConfigDict(extra="forbid")

    type: str = Field(description="a page about the code")
    title: str = Field(description="what the code means")
    status: int = Field(description="the HTTP status")
    detail: str = Field(description="what is wrong, in one sentence")
    code: str | None = Field(default=None, description="one of landform's error codes")
    file: str | None = None
    line: int | None = None
    column: int | None = None
    construct_path: str | None = None
    given: str | None = None
    expected: str | None = None
    fix: str | None = Field(default=None, description="what to do")
    errors: list[Problem] = Field(default=[], description="each of several errors")


class Refusal(BaseModel):
    """Why a request was refused or failed."""

    code: str
    message: str
    file: str | None = None
    line: int | None = None
    column: int | None = None
    construct_path: str | None = None
    given: str | None = None
    expected: str | None = None
    fix: str | None = None


class Result(BaseModel):
    """What came of a request."""

    changed: bool = Field(description="whether anything was written")
    files: list[str] = Field(description="the files of the change, relative to the project")
    branch: str | None = Field(description="the branch that has the change")
    commit: str | None = Field(description="its commit there")


class Links(BaseModel):
    """Where more is to be had."""

    self: str
    events: str
    preview: str


class AccountRequestJob(BaseModel):
    """An account request on its way."""

    id: str
    number: int = Field(description="its place in the queue, and in pages of requests")
    status: Status = Field(
        description="accepted: it waits; running; done; refused: the request is at fault; failed: the server is"
    )
    caller: str
    dry_run: bool
    attempts: int = Field(description="how often a worker took it up")
    accepted_at: str
    started_at: str | None
    ended_at: str | None
    result: Result | None = Field(description="of a request that is done")
    problems: list[Refusal] = Field(description="of one that was refused or failed")
    links: Links

    @classmethod
    def of(cls, job: Job) -> AccountRequestJob:
        """A job's document."""
        here = f"/v1/account-requests/{job.id}"
        return cls(
            id=job.id,
            number=job.number,
            status=job.status,
            caller=job.caller,
            dry_run=job.asked.dry_run,
            attempts=job.attempts,
            accepted_at=job.accepted_at,
            started_at=job.started_at,
            ended_at=job.ended_at,
            result=Result(**job.result) if job.status is Status.DONE and job.result else None,
            problems=[Refusal(**each) for each in job.problems],
            links=Links(self=here, events=f"{here}/events", preview=f"{here}/preview"),
        )


class JobPage(BaseModel):
    """Some account requests, the newest first."""

    items: list[AccountRequestJob]
    before: int | None = Field(
        description="asks for those after these, as ?before=; null where there are none"
    )


class Event(BaseModel):
    """One thing that happened to a request."""

    seq: int
    at: str = Field(description="ISO 8601 in UTC")
    kind: str = Field(description="accepted, running, step, preview, done, refused or failed")
    message: str

    @classmethod
    def of(cls, event: JobEvent) -> Event:
        """An event's document."""
        return cls(seq=event.seq, at=event.at, kind=event.kind, message=event.message)


class Events(BaseModel):
    """What happened to a request, the oldest first."""

    items: list[Event]
    ended: bool = Field(description="whether nothing will happen any more")


class Version(BaseModel):
    """Which landform it is."""

    version: str


class Health(BaseModel):
    """Whether the server can do its work."""

    status: str


def openapi_form(schema: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """A model's JSON Schema, and its definitions for the document's components."""
    own = dict(schema)
    return own, own.pop("$defs", {})
