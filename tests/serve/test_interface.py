"""The interface as those see it who call it."""

import json

import pytest
from serve_parts import REQUESTS, account

from landform.serve.bodies import MAX_BYTES
from landform.serve.jobs import Status
from landform.vending.request import read_request


def send(server, content, kind="application/yaml", key="K-1"):
    """Send a body as it is."""
    headers = {"Idempotency-Key": key, "Content-Type": kind}
    return server.client.post(REQUESTS, content=content, headers=headers)


class TestCreate:
    """``POST /v1/account-requests``."""

    def test_what_is_accepted_is_kept(self, server):
        """The answer comes after the job is there, and says where."""
        answer = server.ask()
        assert answer.status_code == 202
        job = server.jobs.get(answer.json()["id"])
        assert job.status is Status.ACCEPTED
        assert answer.headers["Location"] == f"{REQUESTS}/{job.id}"
        assert server.client.get(answer.headers["Location"]).json() == answer.json()

    def test_yaml_is_taken_too(self, server):
        """With the text as it came, comments and all: a signature may be over its bytes."""
        text = f"# for the ledger\n{json.dumps(account(), indent=1)}\n"
        assert server.jobs.get(send(server, text).json()["id"]).asked.text == text

    def test_a_repeated_call_is_the_same_job(self, server):
        """However often, and in whatever order the keys of the body are written."""
        first = server.ask()
        again = server.ask(dict(reversed(account().items())))
        assert (again.status_code, again.json()["id"]) == (202, first.json()["id"])
        assert len(server.jobs.page(None, None, 10)) == 1

    def test_a_quoted_key_is_the_same_key(self, server):
        """The header is a string of RFC 8941, and many leave its quotes out."""
        assert server.ask(key="K-7").json()["id"] == server.ask(key='"K-7"').json()["id"]

    @pytest.mark.parametrize(
        ("body", "query"), [(account("other"), ""), (account(), "?dry_run=true"), (account(key="X-1"), "")]
    )
    def test_a_key_is_for_one_request(self, server, body, query):
        """Another body, or another way to do it, is refused, and the first job stays as it is."""
        first = server.ask().json()
        answer = server.client.post(f"{REQUESTS}{query}", json=body, headers={"Idempotency-Key": "K-1"})
        assert (answer.status_code, answer.json()["code"]) == (409, "key-reused")
        assert server.client.get(first["links"]["self"]).json() == first

    def test_a_mistyped_parameter_is_refused(self, server):
        """Whoever wrote ``dry-run`` wanted nothing to be written."""
        answer = server.client.post(
            f"{REQUESTS}?dry-run=true", json=account(), headers={"Idempotency-Key": "K-1"}
        )
        assert (answer.status_code, answer.json()["code"]) == (400, "call-value")
        assert "dry-run" in answer.json()["detail"]
        assert server.jobs.page(None, None, 10) == ()

    def test_two_callers_may_use_one_key(self, server, token):
        """Keys are a caller's own."""
        first = server.ask(headers=token("ci"))
        second = server.ask(account("other"), headers=token("portal"))
        assert first.json()["id"] != second.json()["id"]

    def test_a_new_token_of_a_caller_can_repeat_a_call(self, server, token):
        """Tokens come and go, and a call is still the caller's."""
        assert server.ask(headers=token("ci")).json()["id"] == server.ask(headers=token("ci")).json()["id"]

    @pytest.mark.parametrize("key", [None, "", "two words", "x" * 256, "naïve".encode()])
    def test_a_key_must_be_there_and_be_one(self, server, key):
        """Without one a retried call would be two requests."""
        headers = {} if key is None else {"Idempotency-Key": key}
        answer = server.client.post(REQUESTS, json=account(), headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "call-value")
        assert "Idempotency-Key" in answer.json()["detail"]

    def test_a_request_that_is_badly_written_is_refused_at_once(self, server):
        """Each mistake is told, with its code and what would be right; nothing is kept."""
        answer = server.ask(account(tier=7, emial="x", regions="eu"))
        problem = answer.json()
        assert answer.status_code == problem["status"] == 422
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert len(problem["errors"]) >= 3
        assert all(each["code"].startswith("spec-") and each["detail"] for each in problem["errors"])
        assert server.jobs.page(None, None, 10) == ()

    def test_places_lead_into_yaml(self, server):
        """To a line of what the caller sent. JSON is one line as often as not, and has none."""
        text = json.dumps(account(tier=7), indent=1)
        problem = send(server, text).json()
        assert text.splitlines()[problem["line"] - 1].strip().startswith('"tier"')
        assert "line" not in server.ask(account(tier=7)).json()

    @pytest.mark.parametrize(
        "name", ["../../etc/passwd", "a/b", "org\\x", "nul\u0000", ".", "", "x" * 300, "\u202eevil"]
    )
    def test_a_path_is_no_name(self, server, name):
        """A name becomes a file's name, so it is letters, digits and dashes."""
        answer = server.ask(account(name))
        assert (answer.status_code, answer.json()["code"]) == (422, "spec-value")
        assert server.jobs.page(None, None, 10) == ()

    def test_a_large_body_is_not_taken(self, server):
        """Ten megabytes are refused, whether their length is told beforehand or not."""

        def parts():
            for _ in range(10):
                yield b" " * (1 << 20)

        for content in (b" " * (10 << 20), parts()):
            answer = send(server, content)
            assert (answer.status_code, answer.json()["code"]) == (413, "call-too-large")
            assert answer.json()["expected"] == f"at most {MAX_BYTES // 1024} KiB"

    @pytest.mark.parametrize(
        ("kind", "status"),
        [
            ("text/plain", 415),
            ("application/json; charset=utf-16", 415),
            ("application/x-www-form-urlencoded", 415),
            ("application/json; charset=UTF-8", 202),
        ],
    )
    def test_only_json_and_yaml_are_read(self, server, kind, status):
        """What a form on a page of the web could send is none of them."""
        assert send(server, json.dumps(account()), kind).status_code == status

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"{",
            b"[1, 2]",
            b"null",
            b'{"name": "a", "name": "b"}',
            b'{"a": NaN}',
            b'{"a": 1e999}',
            b'{"a": "\\ud800"}',
            b"\xff\xfe",
            b"[" * 60_000,
            b'{"a":' * 20_000,
        ],
    )
    @pytest.mark.parametrize("kind", ["application/json", "application/yaml"])
    def test_what_is_no_request_is_refused(self, server, content, kind):
        """Whatever it is, the answer is a problem that says so."""
        answer = send(server, content, kind)
        assert answer.status_code in (400, 422)
        assert answer.json()["code"]

    def test_a_yaml_bomb_is_refused(self, server):
        """Aliases of aliases, which would be a billion values."""
        lines = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
        answer = send(server, "\n".join(lines))
        assert (answer.status_code, answer.json()["code"]) == (422, "spec-syntax")

    def test_every_character_of_json_arrives(self, server):
        """JSON's escapes are not all YAML's."""
        purpose = "Ledger \U0001f4b6 \u00e9 \u2028 \x85 end"
        answer = send(server, json.dumps(account(purpose=purpose)), "application/json")
        text = server.jobs.get(answer.json()["id"]).asked.text
        assert read_request(text, "r").values["purpose"] == purpose

    def test_a_whole_number_may_have_a_point(self, server):
        """JSON has one kind of number, and some write all of them so."""
        answer = send(server, json.dumps(account(max_account_days=30.0)), "application/json")
        assert answer.status_code == 202


class TestRead:
    """What is told of requests."""

    def test_requests_come_in_pages(self, server):
        """The newest first, each once."""
        ids = [server.ask(key=f"K-{number}").json()["id"] for number in range(5)]
        seen, before = [], None
        while True:
            query = {"limit": 2} | ({"before": before} if before else {})
            page = server.client.get(REQUESTS, params=query).json()
            seen += [item["id"] for item in page["items"]]
            before = page["before"]
            if before is None:
                break
        assert seen == ids[::-1]

    def test_requests_of_one_status(self, server):
        """Only those that stand so."""
        server.ask()
        assert len(server.client.get(REQUESTS, params={"status": "accepted"}).json()["items"]) == 1
        assert server.client.get(REQUESTS, params={"status": "done"}).json()["items"] == []

    def test_events_after_one(self, server):
        """Who asks again asks for what is new."""
        job = server.ask().json()
        server.jobs.take()
        events = server.client.get(job["links"]["events"]).json()
        assert [event["kind"] for event in events["items"]] == ["accepted", "running"]
        newer = server.client.get(job["links"]["events"], params={"after": 1}).json()["items"]
        assert newer == events["items"][1:]
        assert not events["ended"]

    def test_the_preview_is_there_before_the_end(self, server):
        """And not before it is made."""
        job = server.ask().json()
        assert server.client.get(job["links"]["preview"]).json()["code"] == "no-job"
        server.jobs.take()
        server.jobs.keep_preview(job["id"], {"accounts": ["ledger-dev"]}, None)
        assert server.client.get(job["links"]["preview"]).json() == {"accounts": ["ledger-dev"]}

    @pytest.mark.parametrize("path", ["", "/events", "/preview"])
    def test_an_unknown_request(self, server, path):
        """404, with a code."""
        answer = server.client.get(f"{REQUESTS}/req-0123456789abcdef{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "no-job")

    @pytest.mark.parametrize(
        "query", ["limit=0", "limit=x", "before=-1", "status=lost", "before=99999999999999999999", "page=2"]
    )
    def test_parameters_are_judged(self, server, query):
        """A number that no database counts to is no failure of the server's."""
        answer = server.client.get(f"{REQUESTS}?{query}")
        assert (answer.status_code, answer.json()["code"]) == (400, "call-value")


class TestUnknown:
    """What the interface does not have."""

    def test_a_path(self, server):
        """A problem document, as everything."""
        answer = server.client.get("/v2/account-requests")
        assert (answer.status_code, answer.json()["code"]) == (404, "call-unknown")

    def test_a_method(self, server):
        """With those that there are."""
        answer = server.client.delete(REQUESTS)
        assert (answer.status_code, answer.json()["code"]) == (405, "call-unknown")
        assert answer.headers["Allow"] == "GET, POST"

    @pytest.mark.parametrize("path", ["/docs", "/redoc"])
    def test_there_is_no_page_with_foreign_scripts(self, server, path):
        """FastAPI's own pages fetch scripts from elsewhere."""
        assert server.client.get(path).status_code == 404
