"""The server as a process: many at once, killed and begun again."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest
from serve_parts import REQUESTS, account

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
WAIT = 120.0


class Process:
    """A server that can be killed and begun again at the same address."""

    def __init__(self, project, job_timeout=600):
        self.project = project
        self.job_timeout = job_timeout
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.running = None

    def start(self):
        """Begin it; it takes calls when this returns."""
        self.running = subprocess.Popen(
            [
                sys.executable, str(HERE / "serve_process.py"), "server",
                str(self.project), str(self.port), str(self.job_timeout),
            ],
            env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(HERE)))},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )  # fmt: skip
        assert self.running.stdout.readline().strip() == self.address, self.running.communicate()
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


@pytest.fixture
def begun(tmp_path, git):
    """Make a project in a repository, and begin a server for it."""
    made = []

    def begin(**options):
        (tmp_path / "org" / "accounts").mkdir(parents=True)
        (tmp_path / "org" / "org.yaml").write_text("schema: landform/org/v1\n")
        git.commit(tmp_path)
        git(tmp_path, "config", "user.name", "landform")
        git(tmp_path, "config", "user.email", "landform@example.org")
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


def ended(process):
    """Wait until nothing waits; the jobs, by the name of their keys."""
    with httpx2.Client(base_url=process.address, timeout=30) as client:
        end = time.monotonic() + WAIT
        while True:
            items = insist(lambda: client.get(REQUESTS)).json()["items"]
            if all(item["status"] in ("done", "refused", "failed") for item in items):
                return items
            assert time.monotonic() < end, items
            time.sleep(0.2)


class TestMany:
    def test_fifty_at_once_through_kills_are_done_once_each(self, begun, git):
        """Each is sent by a client that insists, and sent once more; the server is killed twice, once with its worker.

        In the end there is one job a request, one event that says it is done, and one branch with its account.
        """
        process = begun()
        accepted = []

        def request(number):
            with httpx2.Client(base_url=process.address, timeout=30) as client:
                ids = []
                for _ in range(2):
                    answer = insist(
                        lambda: client.post(
                            REQUESTS,
                            json=account(f"account-{number}"),
                            headers={"Idempotency-Key": f"KEY-{number}"},
                        )
                    )
                    assert answer.status_code == 202, answer.text
                    ids.append(answer.json()["id"])
                    accepted.append(ids[-1])
                return ids

        with ThreadPoolExecutor(50) as pool:
            sent = [pool.submit(request, number) for number in range(50)]
            for moment, worker in ((15, True), (60, False)):
                end = time.monotonic() + WAIT
                while len(accepted) < moment and time.monotonic() < end:
                    time.sleep(0.01)
                process.kill(worker=worker)
                process.start()
            ids = [each.result() for each in sent]

        jobs = {job["id"]: job for job in ended(process)}
        assert all(first == second for first, second in ids)
        assert {first for first, _ in ids} == set(jobs)
        assert len(jobs) == 50
        assert all(job["status"] == "done" and job["result"]["changed"] for job in jobs.values())
        with httpx2.Client(base_url=process.address, timeout=30) as client:
            for job in jobs.values():
                kinds = [event["kind"] for event in client.get(job["links"]["events"]).json()["items"]]
                assert (kinds.count("accepted"), kinds.count("done")) == (1, 1)
        branches = git(process.project, "for-each-ref", "--format=%(refname:short)", "refs/heads/landform")
        assert sorted(branches.splitlines()) == sorted(job["result"]["branch"] for job in jobs.values())
        written = {file for job in jobs.values() for file in job["result"]["files"]}
        assert written == {f"org/accounts/account-{number}.yaml" for number in range(50)}


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
