"""Who may call, how often, and what the audit log says of it."""

import pytest
from serve_parts import REQUESTS

from landform.errors import Code, LandformError
from landform.serve.callers import Scope
from landform.serve.limits import Rate


class TestCallers:
    """Who may call."""

    def test_without_a_token_once_there_is_one(self, server, token):
        """From the first token on nobody is let in without."""
        assert server.client.get(REQUESTS).status_code == 200
        token("ci")
        answer = server.client.get(REQUESTS)
        assert (answer.status_code, answer.json()["code"]) == (401, "not-authenticated")
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="landform"'

    @pytest.mark.parametrize(
        "headers",
        [
            {"Origin": "https://evil.example"},
            {"Host": "evil.example"},
            {"Host": "127.0.0.1.evil.example:8470"},
            {"X-Forwarded-For": "203.0.113.7"},
            {"Forwarded": "for=203.0.113.7"},
        ],
    )
    def test_without_a_token_from_a_browser_or_a_proxy(self, server, headers):
        """A page of the web makes a browser call localhost; a proxy calls for somebody elsewhere."""
        assert server.client.get(REQUESTS, headers=headers).status_code == 401

    def test_without_a_token_where_others_reach_it(self, serving):
        """Whatever the call says of where it comes from."""
        assert serving(exposed=True).client.get(REQUESTS).status_code == 401

    @pytest.mark.parametrize("value", ["Basic YTpi", "Bearer", "Bearer ", "bearer x y", "landform_x"])
    def test_what_is_no_token(self, server, value):
        """Even where none would be needed."""
        answer = server.client.get(REQUESTS, headers={"Authorization": value})
        assert answer.status_code == 401
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]

    @pytest.mark.parametrize(
        ("scope", "call", "status"),
        [
            (Scope.READ, ("GET", REQUESTS), 200),
            (Scope.WRITE, ("GET", REQUESTS), 403),
            (Scope.METRICS, ("GET", REQUESTS), 403),
            (Scope.READ, ("POST", REQUESTS), 403),
            (Scope.READ, ("GET", "/metrics"), 403),
            (Scope.METRICS, ("GET", "/metrics"), 200),
        ],
    )
    def test_a_token_is_for_its_scopes(self, server, token, scope, call, status):
        """And for nothing else."""
        assert server.client.request(*call, headers=token("ci", scope)).status_code == status

    def test_who_may_not_write_is_told_so_first(self, server, token):
        """The body is not judged before the caller is."""
        answer = server.ask({"schema": "x"}, headers=token("ci", Scope.READ))
        assert (answer.status_code, answer.json()["expected"]) == (403, "request:write")

    @pytest.mark.parametrize("path", ["/healthz", "/readyz", "/version", "/openapi.json"])
    def test_probes_need_no_token(self, server, token, path):
        """Whoever asks whether it is well."""
        token("ci")
        assert server.client.get(path).status_code == 200


class TestLimits:
    """How often."""

    def test_too_many_calls(self, serving):
        """After a burst a caller waits, and is told how long."""
        server = serving(rate=Rate(per_minute=1, burst=2))
        answers = [server.client.get(REQUESTS) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
        assert answers[-1].json()["code"] == "too-many-calls"

    def test_each_caller_has_calls_of_their_own(self, serving, token):
        """One who calls too often keeps nobody else out."""
        server, one, other = serving(rate=Rate(1, 1)), token("one"), token("other")
        answers = [server.client.get(REQUESTS, headers=who).status_code for who in (one, one, other)]
        assert answers == [200, 429, 200]

    def test_guessing_is_slowed_and_keeps_nobody_out(self, serving, token):
        """Who has no token that holds waits; who has one, and the same address, does not."""
        server, good = serving(failures=Rate(1, 2)), token("ci")
        bad = {"Authorization": "Bearer landform_0_0"}
        assert [server.client.get(REQUESTS, headers=bad).status_code for _ in range(3)] == [401, 401, 429]
        assert server.client.get(REQUESTS, headers=good).status_code == 200


class TestAudit:
    """The audit log."""

    def test_a_call_is_a_line(self, server, token):
        """Who, what, about what, and what came of it."""
        job = server.ask(headers=token("ci")).json()["id"]
        server.client.get(f"{REQUESTS}/{job}", headers={"Authorization": "Bearer landform_x"})
        created, refused = server.audit.entries()
        assert (created.caller, created.action, created.target) == ("ci", f"POST {REQUESTS}", job)
        assert (created.status, created.code, created.client) == (202, None, "testclient")
        assert (refused.caller, refused.status, refused.code) == (None, 401, "not-authenticated")

    def test_no_token_is_in_the_database(self, server, token, database):
        """Neither in the log nor anywhere else."""
        headers = token("ci")
        secret = headers["Authorization"].rpartition("_")[2]
        server.ask(headers=headers)
        server.client.get(REQUESTS, headers={"Authorization": f"Bearer wrong{secret}"})
        tables = ("audit", "tokens", "jobs", "events")
        rows = [str(row) for table in tables for row in database.rows(f"SELECT * FROM {table}")]
        assert len(rows) == 5
        assert not any(secret in row for row in rows)

    @pytest.mark.parametrize("statement", ["DELETE FROM audit", "UPDATE audit SET caller = 'x'"])
    def test_it_is_only_ever_added_to(self, server, database, statement):
        """Not even landform can take a line out."""
        server.client.get(REQUESTS)
        with pytest.raises(LandformError), database.transaction() as connection:
            connection.execute(statement)

    def test_a_flood_without_tokens_is_no_line_each(self, serving, token):
        """Who has none cannot fill the disk."""
        server = serving(failures=Rate(1, 2))
        token("ci")
        for _ in range(9):
            server.client.get(REQUESTS)
        assert len(list(server.audit.entries())) == 2

    def test_what_cannot_be_audited_is_not_answered(self, server, monkeypatch):
        """A full disk keeps nothing from the log."""

        def full(entry):
            raise LandformError(Code.DISK_FULL, "The disk is full.")

        monkeypatch.setattr(server.audit, "add", full)
        answer = server.client.get(REQUESTS)
        assert (answer.status_code, answer.json()["code"]) == (503, "disk-full")
        assert "items" not in answer.json()


class TestOperations:
    """For who runs the server."""

    def test_health(self, server):
        """It answers."""
        assert server.client.get("/healthz").json() == {"status": "ok"}

    def test_readiness(self, server):
        """A project that is gone makes it unready, and nothing is said of where it was."""
        assert server.client.get("/readyz").status_code == 200
        (server.project / "org").rmdir()
        answer = server.client.get("/readyz")
        assert answer.status_code == 503
        assert str(server.project) not in answer.text

    def test_metrics(self, server):
        """Requests by how they stand, and calls by what they are; what a caller sends makes no series."""
        server.ask()
        server.client.get("/nowhere/at/all")
        server.client.request("BREW", REQUESTS)
        text = server.client.get("/metrics").text
        assert 'landform_account_requests{status="accepted"} 1.0' in text
        assert 'method="POST",route="/v1/account-requests",status="202"} 1.0' in text
        assert "nowhere" not in text
        assert "BREW" not in text

    @pytest.mark.parametrize("path", [REQUESTS, "/healthz", "/nope"])
    def test_answers_are_not_kept_by_others(self, server, path):
        """What one caller may see is not for a cache."""
        assert server.client.get(path).headers["Cache-Control"] == "no-store"

    def test_a_mistake_of_landforms_is_a_problem_too(self, server, monkeypatch):
        """500, without what went wrong, which is in the log."""
        monkeypatch.setattr(server.jobs, "counts", lambda: 1 / 0)
        answer = server.client.get("/metrics")
        assert (answer.status_code, answer.headers["Content-Type"]) == (500, "application/problem+json")
        assert "division" not in answer.text
        assert [entry.status for entry in server.audit.entries()] == [500]
