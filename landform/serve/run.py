"""The server as a process: what it is told, what it refuses to be, and its life from beginning to end."""

from __future__ import annotations

import datetime as dt
import getpass
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import uvicorn

from landform.errors import Code, LandformError
from landform.org.load import require_spec
from landform.org.revision import resolve_revision
from landform.record.exclusive import Owner, exclusive
from landform.record.moments import stamp
from landform.serve.addresses import is_loopback
from landform.serve.app import Service, create_app
from landform.serve.audit import Audit, Entry
from landform.serve.database import Database
from landform.serve.frame import Application
from landform.serve.gate import Gate
from landform.serve.jobs import Jobs
from landform.serve.landing import Landing
from landform.serve.limits import Limits, Rate
from landform.serve.oidc import Provider, Verifier
from landform.serve.supervisor import Patience, Supervisor
from landform.serve.tokens import Tokens
from landform.serve.vendor import Form

PORT = 8470
LOCK = "serve.lock"
"""Beside the database: one server at a time."""
FAILURES = Rate(per_minute=30, burst=10)
"""How often somebody without a token that holds may try, from one address."""
CALLS = Rate(per_minute=240, burst=120)
"""How often a caller may call."""
# Of calls at once; one that comes then is told so, with 503.
_MOST_CALLS = 512


@dataclass(frozen=True, slots=True)
class Tls:
    """A certificate, with those that signed it, and its key: files in PEM."""

    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True)
class Settings:
    """What a server is told.

    Attributes:
        project: the folder whose accounts are asked for.
        state: the folder of its database.
        host, port: where it listens; port 0 is any.
        landing: where changes go.
        provider: an identity provider whose tokens hold as well.
        tls: with what it speaks TLS.
        rate: how often each caller may call.
        patience: how long things may take.
    """

    project: Path
    state: Path
    host: str = "127.0.0.1"
    port: int = PORT
    landing: Landing = Landing.BRANCH
    provider: Provider | None = None
    tls: Tls | None = None
    rate: Rate = CALLS
    patience: Patience = field(default_factory=Patience)

    @property
    def exposed(self) -> bool:
        """Whether others than this machine reach it."""
        return not is_loopback(self.host)


def now() -> dt.datetime:
    """The time, in UTC."""
    return dt.datetime.now(dt.UTC)


def serve(settings: Settings, form: Form, worker: Sequence[str], on_listening: Callable[[str], None]) -> None:
    """Serve until a signal says to end.

    Args:
        settings: what the server is told.
        form: what an account request looks like.
        worker: how a worker is begun.
        on_listening: is told the server's address, once calls are taken.

    Raises:
        LandformError: ``server-exposed`` where others reach it and nobody could have a token; ``in-use`` where another
            server has the folder; ``no-revision`` where changes are to be branches, and there is no repository;
            ``spec-not-found`` where there is no organisation; ``server-address``, ``server-state``, ``not-writable``,
            ``git-missing``.
    """
    owner = Owner(f"serve-{os.getpid()}", os.getpid(), getpass.getuser(), socket.gethostname())
    with Database.open(settings.state) as database, exclusive(settings.state / LOCK, owner):
        check_exposure(settings, Tokens(database))
        if settings.landing is Landing.BRANCH:
            # Where there is no commit there can be no branch, which no request should have to find out.
            resolve_revision(settings.project, "HEAD")
        require_spec(settings.project)
        with _listening(settings) as listening:
            audit = Audit(database)
            audit.add(Entry(stamp(now()), "server began", caller=owner.user))
            address = _address(settings, listening)
            app = application(settings, database, form, worker)
            server = _Server(_configuration(settings, app), lambda: on_listening(address))
            with _outlived(signal.SIGTERM, signal.SIGINT):
                server.run(sockets=[listening])
            audit.add(Entry(stamp(now()), "server ended", caller=owner.user))


def check_exposure(settings: Settings, tokens: Tokens) -> None:
    """Refuse to be reached by others where nobody could show who they are.

    Raises:
        LandformError: ``server-exposed``.
    """
    if not settings.exposed or settings.provider is not None:
        return
    if not any(token.state(now()) == "active" for token in tokens.all()):
        raise LandformError(
            Code.SERVER_EXPOSED,
            "Others would reach the server, and nobody could show who they are.",
            given=f"--host {settings.host}, and no token that holds",
            expected="a loopback address, a token, or an identity provider",
            fix="Make a token with `landform serve token create`, or name a provider with --oidc-issuer.",
        )


def application(settings: Settings, database: Database, form: Form, worker: Sequence[str]) -> Application:
    """The interface with everything that stands behind it."""
    jobs = Jobs(database, now)
    gate = Gate(
        tokens=Tokens(database),
        verifier=Verifier(settings.provider) if settings.provider else None,
        exposed=settings.exposed,
        clock=now,
        calls=Limits(settings.rate, time.monotonic),
        failures=Limits(FAILURES, time.monotonic),
    )
    supervisor = Supervisor(jobs, worker, settings.patience, now)
    return create_app(Service(settings.project, jobs, Audit(database), gate, form, supervisor, now))


class _Server(uvicorn.Server):
    """uvicorn's server, which tells when it takes calls."""

    def __init__(self, config: uvicorn.Config, on_listening: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_listening = on_listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_listening()


@contextmanager
def _outlived(*signals: signal.Signals) -> Iterator[None]:
    """Go on after signals that uvicorn ends at: it raises them once more when it has ended."""
    before = {each: signal.signal(each, lambda *_: None) for each in signals}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _configuration(settings: Settings, app: Application) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        # Logging is the caller's; calls are in the audit log.
        log_config=None,
        access_log=False,
        server_header=False,
        # Who calls is who is connected: what a header says of it anybody can say.
        proxy_headers=False,
        limit_concurrency=_MOST_CALLS,
        timeout_graceful_shutdown=10,
        ssl_certfile=settings.tls.certificate if settings.tls else None,
        ssl_keyfile=settings.tls.key if settings.tls else None,
    )


def _listening(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=512)
    except (OSError, OverflowError) as error:
        raise LandformError(
            Code.SERVER_ADDRESS,
            "The server cannot listen here.",
            given=f"{settings.host}, port {settings.port}: {error}",
            fix="Name another address with --host, or a port with --port; 0 takes any that is free.",
        ) from None


def _address(settings: Settings, listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    return f"{'https' if settings.tls else 'http'}://{shown}:{port}"
