"""A server in a folder, without a network: its parts, and a client that calls it."""

import datetime as dt
import time

import pytest
from serve_parts import NOW, Clock, Server
from starlette.testclient import TestClient

from landform.serve.app import Service, create_app
from landform.serve.audit import Audit
from landform.serve.callers import Scope
from landform.serve.database import Database
from landform.serve.gate import Gate
from landform.serve.jobs import Jobs
from landform.serve.limits import Limits, Rate
from landform.serve.tokens import Tokens
from landform.serve.vendor import account_request

PLENTY = Rate(per_minute=60_000, burst=60_000)


@pytest.fixture
def clock():
    """A clock that stands, until a test moves it."""
    return Clock(NOW)


@pytest.fixture
def database(tmp_path):
    """An empty database."""
    with Database.open(tmp_path / "state") as opened:
        yield opened


@pytest.fixture
def jobs(database, clock):
    """No jobs yet."""
    return Jobs(database, clock)


@pytest.fixture
def tokens(database):
    """No tokens yet."""
    return Tokens(database)


@pytest.fixture
def serving(database, jobs, tokens, clock, tmp_path):
    """Make a server: ``serving(rate=..., failures=..., exposed=..., verifier=...)``, whose jobs nobody works at."""
    opened = []

    def make(rate=PLENTY, failures=PLENTY, exposed=False, verifier=None):
        project = tmp_path / "project"
        (project / "org").mkdir(parents=True, exist_ok=True)
        audit = Audit(database)
        gate = Gate(
            tokens,
            verifier,
            exposed,
            clock,
            Limits(rate, time.monotonic),
            Limits(failures, time.monotonic),
        )
        app = create_app(Service(project, jobs, audit, gate, account_request(), None, clock))
        client = TestClient(app, base_url="http://localhost", raise_server_exceptions=False)
        opened.append(client.__enter__())
        return Server(client, app, jobs, tokens, audit, project)

    yield make
    for client in opened:
        client.__exit__(None, None, None)


@pytest.fixture
def server(serving):
    """A server for this machine alone, where no token was ever made."""
    return serving()


@pytest.fixture
def token(tokens):
    """Make a token: ``token("ci", Scope.READ)``; the header that carries it."""

    def make(caller="ci", *scopes):
        lasts = dt.timedelta(days=30)
        _, text = tokens.create(caller, frozenset(scopes or Scope), lasts, by="test", now=NOW)
        return {"Authorization": f"Bearer {text}"}

    return make
