"""The server as a process: many at once, killed and begun again."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Network
from itertools import pairwise
from pathlib import Path

import httpx2
import pytest
from requests_for_accounts import named
from serve_parts import REQUESTS, account

from landform.org.lock import LOCK

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
EXAMPLE = ROOT / "examples" / "acme"
MANY = 50
# As long as fifty requests may take on a machine that does other things too.
WAIT = 900.0


class Process:
    """A server that can be killed and begun again at the same address."""

    def __init__(self, project, job_timeout=600):
        self.project = project
        self.job_timeout = job_timeout
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.running = None

    def command(self):
        """What is run."""
        return [
            sys.executable, str(HERE / "serve_process.py"), "server",
            str(self.project), str(self.port), str(self.job_timeout),
        ]  # fmt: skip

    def told(self):
        """The address that it prints once it takes calls."""
        return self.running.stdout.readline().strip()

    def start(self):
        """Begin it; it takes calls when this returns."""
        self.running = subprocess.Popen(
            self.command(),
            env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(HERE)))},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.told() == self.address, self.running.communicate()
        threading.Thread(target=self.running.stderr.read, daemon=True).start()

    def kill(self, *, worker=False):
        """End it as a loss of power does; its worker too, if it has one."""
        self.running.kill()
        self.running.wait()
        if worker:
            with contextlib.suppress(ProcessLookupError, FileNotFoundError, ValueError):
                text = (self.project / "record" / "serve" / "worker.lock").read_text()
                os.kill(json.loads(text)["pid"], signal.SIGKILL)

    def stop(self):
        """Ask it to end; its exit status."""
        self.running.terminate()
        return self.running.wait(timeout=WAIT)


class Command(Process):
    """``landform serve`` itself."""

    def command(self):
        options = ("--port", str(self.port), "--json", "--quiet")
        return [sys.executable, "-m", "landform.cli.main", "serve", "-C", str(self.project), *options]

    def told(self):
        """The address in the document that it prints."""
        lines = []
        while not lines or lines[-1] not in ("", "}\n"):
            lines.append(self.running.stdout.readline())
        return json.loads("".join(lines))["address"]


def repository(project, git):
    """Commit a project, as somebody whom git knows."""
    git.commit(project)
    git(project, "config", "user.name", "landform")
    git(project, "config", "user.email", "landform@example.org")


@pytest.fixture
def begun(tmp_path, git):
    """Make a project in a repository, and begin a server for it."""
    made = []

    def begin(**options):
        (tmp_path / "org" / "accounts").mkdir(parents=True)
        (tmp_path / "org" / "org.yaml").write_text("schema: landform/org/v1\n")
        repository(tmp_path, git)
        made.append(Process(tmp_path, **options))
        made[0].start()
        return made[0]

    yield begin
    for process in made:
        process.kill(worker=True)


def insist(ask):
    """What a client does that must have an answer: it calls until it has one."""
    end = time.monotonic() + WAIT
    while True:
        try:
            answer = ask()
            if answer.status_code not in (429, 503):
                return answer
            time.sleep(float(answer.headers.get("Retry-After", "0.2")))
        except httpx2.TransportError:
            time.sleep(0.05)
        assert time.monotonic() < end


def items(process):
    """The jobs."""
    with httpx2.Client(base_url=process.address, timeout=30) as client:
        return insist(lambda: client.get(REQUESTS)).json()["items"]


def statuses(process):
    """How far each job is."""
    return [item["status"] for item in items(process)]


def until(happened):
    """Wait for something."""
    end = time.monotonic() + WAIT
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.05)


def ended(process):
    """Wait until nothing waits; the jobs."""
    until(lambda: {*statuses(process)} <= {"done", "refused", "failed"})
    return items(process)


@pytest.fixture(scope="module")
def real(tmp_path_factory, git):
    """The example in a repository, and a server that was not begun yet."""
    project = tmp_path_factory.mktemp("many") / "acme"
    ignored = shutil.ignore_patterns("cdktf.out", ".landform", "__pycache__", "record")
    shutil.copytree(EXAMPLE, project, ignore=ignored)
    repository(project, git)
    process = Command(project)
    yield process
    process.kill(worker=True)


@pytest.fixture(scope="module")
def jobs(real):
    """Fifty requests, each sent by a client that insists, and sent once more, while the server is killed three times.

    Twice its worker is killed with it, in the middle of a request; the last time the worker is left.
    """
    real.start()
    accepted = []

    def request(number):
        name = f"account{number}-dev"
        body = named(name, network="{ pool: nonprod, netmask: 24 }").encode()
        headers = {"Idempotency-Key": f"key-{name}", "Content-Type": "application/yaml"}
        with httpx2.Client(base_url=real.address, timeout=30) as client:
            ids = []
            for _ in range(2):
                answer = insist(lambda: client.post(REQUESTS, content=body, headers=headers))
                assert answer.status_code == 202, answer.text
                ids.append(answer.json()["id"])
                accepted.append(ids[-1])
            return ids

    with ThreadPoolExecutor(MANY) as pool:
        sent = [pool.submit(request, number) for number in range(MANY)]
        until(lambda: len(accepted) >= 15)
        real.kill(worker=True)
        real.start()
        ids = [each.result() for each in sent]
    for moment, worker in ((5, True), (20, False)):
        until(lambda moment=moment: statuses(real).count("done") >= moment)
        real.kill(worker=worker)
        real.start()
    found = {job["id"]: job for job in ended(real)}
    assert all(first == second for first, second in ids)
    assert {first for first, _ in ids} == set(found)
    return found


class TestMany:
    """The command itself, with the real vending behind it, in the example's organisation."""

    def test_each_is_done(self, jobs):
        """None is lost, and none is there twice, however often it was sent."""
        assert len(jobs) == MANY
        assert [job["problems"] for job in jobs.values()] == [[]] * MANY
        assert [(job["status"], job["result"]["changed"]) for job in jobs.values()] == [("done", True)] * MANY

    def test_each_is_done_once(self, real, jobs):
        """One event says that it was accepted, and one that it is done."""
        with httpx2.Client(base_url=real.address, timeout=30) as client:
            for job in jobs.values():
                events = insist(lambda job=job: client.get(job["links"]["events"])).json()["items"]
                kinds = [event["kind"] for event in events]
                assert (kinds.count("accepted"), kinds.count("done")) == (1, 1)

    def test_each_has_one_branch(self, real, jobs, git):
        """With its account in it, and nobody else's."""
        named = git(real.project, "for-each-ref", "--format=%(refname:short)", "refs/heads/landform")
        assert sorted(named.splitlines()) == sorted(job["result"]["branch"] for job in jobs.values())
        for job in jobs.values():
            changed = git(real.project, "diff", "--name-only", f"HEAD...{job['result']['branch']}")
            assert sorted(changed.splitlines()) == sorted(job["result"]["files"])
        written = {file for job in jobs.values() for file in job["result"]["files"]}
        assert written == {LOCK, *(f"org/accounts/account{number}-dev.yaml" for number in range(MANY))}

    def test_no_two_have_one_address(self, real, jobs, git):
        """Though none of the branches was merged."""
        blocks = {
            (block["account"], block["cidr"])
            for job in jobs.values()
            for pool in json.loads(git(real.project, "show", f"{job['result']['branch']}:{LOCK}"))["pools"]
            for block in pool["blocks"]
        }
        networks = sorted(IPv4Network(cidr) for _, cidr in blocks)
        assert len([account for account, _ in blocks if account.startswith("account")]) == MANY
        assert not any(one.overlaps(other) for one, other in pairwise(networks))


class TestEnd:
    def test_it_ends_when_it_is_told(self, begun):
        """With what is accepted kept, and the next one goes on with it."""
        process = begun()
        with httpx2.Client(base_url=process.address) as client:
            for number in range(5):
                body, headers = account(f"account-{number}"), {"Idempotency-Key": f"K-{number}"}
                assert client.post(REQUESTS, json=body, headers=headers).status_code == 202
        assert process.stop() == 0
        process.start()
        assert [job["status"] for job in ended(process)] == ["done"] * 5

    def test_what_takes_too_long_is_stopped(self, begun):
        """And fails, and the next one is done."""
        process = begun(job_timeout=2)
        with httpx2.Client(base_url=process.address) as client:
            for name in ("endless", "ledger-dev"):
                client.post(REQUESTS, json=account(name), headers={"Idempotency-Key": name})
        done, endless = ended(process)
        assert (endless["status"], endless["problems"][0]["code"]) == ("failed", "job-stopped")
        assert done["status"] == "done"

    def test_a_worker_that_dies_takes_no_server_with_it(self, begun):
        """Its job is taken up again, as often as makes sense, and the next one is done."""
        process = begun()
        with httpx2.Client(base_url=process.address) as client:
            for name in ("deadly", "ledger-dev"):
                client.post(REQUESTS, json=account(name), headers={"Idempotency-Key": name})
        done, deadly = ended(process)
        assert (deadly["status"], deadly["attempts"]) == ("failed", 5)
        assert done["status"] == "done"

    def test_there_is_one_server(self, begun):
        """A second one for the same folder is refused, and told who has it."""
        process = begun()
        second = Process(process.project)
        with pytest.raises(AssertionError, match="Wait until it ends"):
            second.start()
