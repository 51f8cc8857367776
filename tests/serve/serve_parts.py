"""What tests of the server share."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from landform.errors import Code, LandformError
from landform.serve.audit import Audit
from landform.serve.jobs import Jobs
from landform.serve.tokens import Tokens
from landform.vending.change import SpecChange

NOW = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
REQUESTS = "/v1/account-requests"


@dataclass
class Clock:
    """A clock that goes where a test sets it."""

    at: dt.datetime

    def __call__(self):
        return self.at


@dataclass
class Server:
    """A server and what stands behind it."""

    client: Any
    app: Any
    jobs: Jobs
    tokens: Tokens
    audit: Audit
    project: Path

    def ask(self, body=None, key="K-1", headers=None):
        """Send an account request, which is a good one unless given."""
        return self.client.post(
            REQUESTS,
            json=account() if body is None else body,
            headers={"Idempotency-Key": key, **(headers or {})},
        )


def account(name="ledger-dev", **more):
    """An account request that is well written."""
    return {
        "schema": "landform/account-request/v1",
        "name": name,
        "email": f"aws+{name}@example.org",
        "ou": "Workloads/Dev",
        "tier": "dev",
        "owner": {"team": "ledger", "contact": "ledger@example.org", "cost_center": "4714"},
        "purpose": "Development of the ledger",
        "data_class": "internal",
        "regions": ["eu-west-1"],
        "change": {"requested_by": "jane", "reason": "A team of its own"},
        **more,
    }


@dataclass
class Preview:
    """A preview that says only which account it is of."""

    name: str
    ok: bool = True

    def document(self):
        findings = [] if self.ok else [{"rule": "CKV_AWS_18", "state": "failing"}]
        return {"account": self.name, "findings": findings}


@dataclass
class Vended:
    """What came of a request."""

    change: SpecChange
    preview: Preview

    @property
    def changed(self):
        return bool(self.change.files)


class Vendor:
    """Vends as landform does, without an organisation: an account is the file that its request becomes.

    ``calls`` are the texts that it was given. ``fails`` are raised one after the other, before anything else.
    """

    def __init__(self, *fails, ok=True):
        self.calls = []
        self.fails = list(fails)
        self.ok = ok

    def __call__(self, project, requests, *, today, on_step):
        [(_, text)] = requests
        self.calls.append(text)
        on_step("judging the requests")
        if self.fails:
            raise self.fails.pop(0)
        name = text.split('"name": "')[1].partition('"')[0]
        path = f"org/accounts/{name}.yaml"
        there = (project / path).is_file() and (project / path).read_text() == text
        files = {} if there else {path: text}
        return Vended(SpecChange(files, f"vend {name}", "As asked."), Preview(name, self.ok))


def refused(code=Code.REQUEST):
    """An error that a request is at fault for."""
    return LandformError(code, "The email is taken.", given="a@example.org", fix="Choose another.")
