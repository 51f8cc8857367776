"""``landform serve`` as a process, with the real vending behind it."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest

ROOT = Path(__file__).parents[2]
LANDING_ZONE = ROOT / "examples" / "landing-zone"
REQUEST = LANDING_ZONE / "requests" / "ledger-dev.yaml"
REQUESTS = "/v1/account-requests"
# To a process that runs this, no library of the server's is installed.
BLOCKED = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"fastapi", "uvicorn", "starlette", "jwt", "prometheus_client"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Blocked())
from landform.cli.main import main
main()
"""


@pytest.fixture
def landing_zone(tmp_path, git):
    """The landing zone in a repository of its own."""
    folder = tmp_path / "zone"
    ignored = shutil.ignore_patterns("cdktf.out", ".landform", "__pycache__", "record")
    shutil.copytree(LANDING_ZONE, folder, ignore=ignored)
    git.commit(folder)
    git(folder, "config", "user.name", "landform")
    git(folder, "config", "user.email", "landform@example.org")
    return folder


@contextlib.contextmanager
def serving(folder, *options):
    """A server; gives a client that calls it, and ends it with a signal."""
    with subprocess.Popen(
        [sys.executable, "-m", "landform.cli.main", "serve", "--port", "0", "--json", "--quiet", *options],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            lines = []
            while not lines or lines[-1] != "}\n":
                lines.append(process.stdout.readline())
                assert lines[-1], process.stderr.read()
            with httpx2.Client(base_url=json.loads("".join(lines))["address"], timeout=60) as client:
                yield client
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=60)


def until_ended(client, headers, path):
    """A request, once nothing will happen to it any more."""
    end = time.monotonic() + 300
    while time.monotonic() < end:
        job = client.get(path, headers=headers).json()
        if job["status"] not in ("accepted", "running"):
            return job
        time.sleep(0.3)
    raise AssertionError(client.get(f"{path}/events", headers=headers).text)


class TestServe:
    """``landform serve``."""

    def test_a_request_becomes_a_branch(self, landform, landing_zone, git):
        """From a token to a commit that can be reviewed: judged, synthesised and checked as by ``landform vend``."""
        scopes = ("--scope", "request:write", "--scope", "request:read")
        made = landform("serve", "token", "create", "portal", *scopes, "--json", cwd=landing_zone).document
        headers = {"Authorization": f"Bearer {made['token']}"}
        with serving(landing_zone) as client:
            kind = {"Idempotency-Key": "CHG-2001", "Content-Type": "application/yaml"}
            text = REQUEST.read_bytes()
            answer = client.post(REQUESTS, content=text, headers=headers | kind)
            assert answer.status_code == 202, answer.text
            job = until_ended(client, headers, answer.headers["Location"])
            assert job["status"] == "done", job
            preview = client.get(job["links"]["preview"], headers=headers).json()
            # The same name under another key, and another purpose: it can be seen only from the whole organisation.
            taken = text.replace(b"name: ledger-dev", b"name: billing-dev").replace(b"CHG-2001", b"CHG-2002")
            answer = client.post(
                REQUESTS, content=taken, headers=headers | kind | {"Idempotency-Key": "CHG-2002"}
            )
            refused = until_ended(client, headers, answer.headers["Location"])
        assert preview["accounts"][0]["name"] == "ledger-dev"
        assert preview["ok"]
        assert "org/accounts/ledger-dev.yaml" in job["result"]["files"]
        file = git(landing_zone, "show", f"{job['result']['branch']}:org/accounts/ledger-dev.yaml")
        assert "name: ledger-dev" in file
        assert git(landing_zone, "status", "--porcelain") == ""
        assert (refused["status"], refused["problems"][0]["code"]) == ("refused", "request")
        audit = landform("serve", "audit", "--json", cwd=landing_zone).document
        assert [line["action"] for line in audit][:2] == ["token create", "server began"]
        assert audit[-1]["action"] == "server ended"
        assert made["token"] not in json.dumps(audit)

    @pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "example.org"])
    def test_it_is_not_reached_by_others_without_authentication(self, landform, tmp_path, host):
        """No token was made, and no provider named: it refuses to begin."""
        said = landform("serve", "--host", host, "--json", "--quiet", cwd=tmp_path)
        assert (said.status, said.document["errors"][0]["code"]) == (2, "server-exposed")

    def test_a_token_that_has_ended_is_no_authentication(self, landform, tmp_path):
        """Revoked, it lets nobody in, so nobody could call."""
        made = landform(
            "serve", "token", "create", "ci", "--scope", "request:read", "--json", cwd=tmp_path
        ).document
        assert landform("serve", "token", "revoke", made["id"], cwd=tmp_path).status == 0
        said = landform("serve", "--host", "0.0.0.0", "--json", "--quiet", cwd=tmp_path)
        assert said.document["errors"][0]["code"] == "server-exposed"

    def test_an_address_that_this_machine_has_not(self, landform, tmp_path):
        """With a token it may listen there, and cannot."""
        (tmp_path / "org").mkdir()
        landform("serve", "token", "create", "ci", "--scope", "request:read", cwd=tmp_path)
        said = landform("serve", "--host", "192.0.2.7", "--into", "files", "--json", "--quiet", cwd=tmp_path)
        assert (said.status, said.document["errors"][0]["code"]) == (3, "server-address")

    @pytest.mark.parametrize(
        "options",
        [
            ("--into", "main"),
            ("--tls-key", "server.key"),
            ("--oidc-audience", "landform"),
            ("--oidc-issuer", "http://login.example.org", "--oidc-audience", "landform"),
            ("--oidc-issuer", "https://login.example.org"),
        ],
    )
    def test_options_that_say_nothing_good(self, landform, tmp_path, options):
        """They are refused before anything is begun."""
        said = landform("serve", *options, "--json", cwd=tmp_path)
        assert (said.status, said.document["errors"][0]["code"]) == (2, "usage")
        assert not (tmp_path / "record").exists()

    def test_branches_need_a_repository(self, landform, tmp_path):
        """It is said when the server begins, and not to each who asks."""
        said = landform("serve", "--json", cwd=tmp_path)
        assert (said.status, said.document["errors"][0]["code"]) == (2, "no-revision")

    def test_a_repository_without_a_spec(self, landform, tmp_path, git):
        """No request could be granted there, so the server does not begin."""
        git.commit(tmp_path)
        said = landform("serve", "--port", "0", "--json", cwd=tmp_path)
        assert (said.status, said.document["errors"][0]["code"]) == (2, "spec-not-found")

    def test_a_database_of_something_else(self, landform, tmp_path):
        """It is left as it is."""
        (tmp_path / "record" / "serve").mkdir(parents=True)
        path = tmp_path / "record" / "serve" / "serve.sqlite"
        path.write_text("notes\n" * 200)
        said = landform("serve", "--json", cwd=tmp_path)
        assert (said.status, said.document["errors"][0]["code"]) == (2, "server-state")
        assert path.read_text() == "notes\n" * 200

    def test_options_before_a_command_of_the_group(self, landform, tmp_path):
        """They would do nothing, so they are refused."""
        assert landform("serve", "--port", "1", "token", "list", cwd=tmp_path).status == 2


class TestToken:
    """``landform serve token``."""

    def test_it_is_printed_once(self, landform, tmp_path):
        """On stdout alone, so that it can be given on; only a hash is kept."""
        scopes = ("--scope", "request:read", "--expires", "12h")
        said = landform("serve", "token", "create", "ci", *scopes, cwd=tmp_path)
        assert said.out.startswith("landform_")
        assert said.out.strip() not in said.err
        shown = landform("serve", "token", "list", cwd=tmp_path)
        assert "active" in shown.out
        assert said.out.strip() not in shown.out

    def test_the_folder_is_for_its_owner_and_not_for_git(self, landform, tmp_path, git):
        """Hashes of tokens belong to this machine."""
        git.commit(tmp_path)
        landform("serve", "token", "create", "ci", "--scope", "request:read", cwd=tmp_path)
        folder = tmp_path / "record" / "serve"
        assert folder.stat().st_mode & 0o777 == 0o700
        assert (folder / "serve.sqlite").stat().st_mode & 0o777 == 0o600
        assert git(tmp_path, "status", "--porcelain") == ""

    @pytest.mark.parametrize(
        ("arguments", "code"),
        [
            (("create", "ci", "--scope", "admin"), "token"),
            (("create", "../ci", "--scope", "request:read"), "token"),
            (("create", "ci", "--scope", "request:read", "--expires", "10y"), "usage"),
            (("create", "ci", "--scope", "request:read", "--expires", "999d"), "token"),
            (("revoke", "0123456789abcdef"), "token"),
        ],
    )
    def test_what_cannot_be(self, landform, tmp_path, arguments, code):
        """It is refused with its code."""
        said = landform("serve", "token", *arguments, "--json", cwd=tmp_path)
        assert (said.status, said.document["errors"][0]["code"]) == (2, code)


class TestWithout:
    """Where the server's libraries are not installed."""

    def run(self, *arguments, cwd):
        """Run ``landform``."""
        path = f"{ROOT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
        return subprocess.run(
            [sys.executable, "-c", BLOCKED, *arguments],
            cwd=cwd,
            env={**os.environ, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            timeout=120,
        )

    def test_the_server_says_what_is_missing(self, tmp_path):
        """And how to do without."""
        said = self.run("serve", "--json", cwd=tmp_path)
        error = json.loads(said.stdout)["errors"][0]
        assert (said.returncode, error["code"]) == (3, "extra-missing")
        assert "landform[serve]" in error["fix"]

    @pytest.mark.parametrize(
        "arguments", [("serve", "--help"), ("serve", "token", "list"), ("serve", "audit"), ("version",)]
    )
    def test_all_else_works(self, tmp_path, arguments):
        """Nothing else needs them."""
        said = self.run(*arguments, cwd=tmp_path)
        assert said.returncode == 0, said.stderr
