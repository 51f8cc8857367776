"""The sandbox that stays up between commands, and whose state a working folder holds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from landform.errors import Code, LandformError
from landform.terraform import Sandbox
from landform.terraform.sandbox_state import STATE, claim
from landform.terraform.standing_sandbox import Record, find, start, stop, use_sandbox

START = (
    "import sys; from pathlib import Path; from landform.terraform.standing_sandbox import start\n"
    "print(start(Path(sys.argv[1])).instance)\n"
)


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project whose sandbox was started by a command that has ended."""
    project = tmp_path_factory.mktemp("standing")
    subprocess.run([sys.executable, "-c", START, str(project)], check=True, stdout=subprocess.DEVNULL)
    yield project
    stop(project)


def queues(sandbox: Sandbox) -> list[str]:
    """The queues that the sandbox knows."""
    keys = {"aws_access_key_id": "x", "aws_secret_access_key": "y"}
    client = boto3.client("sqs", region_name="eu-west-1", endpoint_url=sandbox.url, **keys)
    client.create_queue(QueueName="q")
    return [url.rpartition("/")[2] for url in client.list_queues()["QueueUrls"]]


class TestStart:
    """``start`` and ``find``."""

    def test_it_outlives_the_command(self, standing: Path) -> None:
        """The one that another process started answers, and does what AWS does."""
        record = find(standing)
        assert record is not None
        assert queues(record.sandbox) == ["q"]

    def test_it_is_the_same_one_again(self, standing: Path) -> None:
        """A second start gives what runs."""
        assert start(standing) == find(standing)

    def test_the_record_is_the_owners_alone(self, standing: Path) -> None:
        """It holds the token, which is shown nowhere else."""
        path = standing / ".landform" / "sandbox.json"
        assert path.stat().st_mode & 0o777 == 0o600
        assert json.loads(path.read_text())["token"] not in repr(find(standing))

    def test_two_at_once(self, tmp_path: Path) -> None:
        """Two starts at the same time lead to one sandbox."""
        found: list[Record] = []
        threads = [threading.Thread(target=lambda: found.append(start(tmp_path))) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        stop(tmp_path)
        assert len(found) == 2
        assert found[0] == found[1]

    def test_a_record_of_another_server(self, standing: Path, tmp_path: Path) -> None:
        """A port that another sandbox has by now is not taken for the recorded one; the notice says what is lost."""
        record = find(standing)
        assert record is not None
        (tmp_path / ".landform").mkdir()
        path = tmp_path / ".landform" / "sandbox.json"
        path.write_text(json.dumps({"pid": 1, "port": record.port, "instance": "gone", "token": "t"}))
        notices: list[str] = []
        assert find(tmp_path, notices.append) is None
        assert "all that was applied there" in notices[0]
        assert not path.exists()

    @pytest.mark.parametrize("text", ["{", "[]", '{"pid": 1}'])
    def test_a_record_that_is_none(self, tmp_path: Path, text: str) -> None:
        """It is removed with a notice."""
        (tmp_path / ".landform").mkdir()
        (tmp_path / ".landform" / "sandbox.json").write_text(text)
        notices: list[str] = []
        assert find(tmp_path, notices.append) is None
        assert len(notices) == 1

    def test_a_project_that_cannot_be_written(self, tmp_path: Path) -> None:
        """The error names the folder."""
        (tmp_path / ".landform").write_text("a file")
        with pytest.raises(LandformError) as caught:
            start(tmp_path)
        assert caught.value.code is Code.NOT_WRITABLE


class TestStop:
    """``stop``."""

    def test_it_ends(self, tmp_path: Path) -> None:
        """The server, its record and what it knew are gone."""
        started = start(tmp_path)
        assert stop(tmp_path) == started
        assert find(tmp_path) is None
        assert stop(tmp_path) is None

    def test_another_token_does_not_stop_it(self, standing: Path, tmp_path: Path) -> None:
        """Who only knows its port cannot end it."""
        record = find(standing)
        assert record is not None
        sent = f"import http.client as h; c = h.HTTPConnection('127.0.0.1', {record.port}); "
        sent += "c.request('POST', '/moto-api/landform', headers={'Authorization': 'guess'}); "
        sent += "print(c.getresponse().status)"
        said = subprocess.run([sys.executable, "-c", sent], capture_output=True, text=True, check=True)
        assert said.stdout.strip() == "403"
        assert find(standing) == record

    def test_its_project_is_deleted(self, tmp_path: Path) -> None:
        """A server whose record is gone ends by itself."""
        record = start(tmp_path)
        (tmp_path / ".landform" / "sandbox.json").unlink()
        deadline = time.monotonic() + 60
        while Path(f"/proc/{record.pid}").exists() and not zombie(record.pid):
            assert time.monotonic() < deadline, "it stays"
            time.sleep(0.1)


class TestUseSandbox:
    """``use_sandbox``."""

    def test_the_one_that_runs(self, standing: Path) -> None:
        """It is used, and stays."""
        with use_sandbox(standing) as used:
            pass
        record = find(standing)
        assert record is not None
        assert record.sandbox == used

    def test_one_for_the_block(self, tmp_path: Path) -> None:
        """Without one that stays up, there is one as long as it is needed, and no record."""
        with use_sandbox(tmp_path) as used:
            assert queues(used) == ["q"]
        assert find(tmp_path) is None


class TestClaim:
    """``claim``."""

    def test_the_same_sandbox_again(self, tmp_path: Path) -> None:
        """Its state stays."""
        claim(tmp_path, "one")
        (tmp_path / STATE).write_text("{}")
        assert claim(tmp_path, "one") == ()
        assert (tmp_path / STATE).exists()

    def test_another_sandbox(self, tmp_path: Path) -> None:
        """The state of the former is not taken, and a notice says so."""
        claim(tmp_path, "one")
        for name in (STATE, f"{STATE}.backup"):
            (tmp_path / name).write_text("{}")
        assert ["forgotten" in notice for notice in claim(tmp_path, "two")] == [True]
        assert os.listdir(tmp_path) == ["sandbox.instance"]

    def test_nothing_applied(self, tmp_path: Path) -> None:
        """Where there was no state nothing is told."""
        claim(tmp_path, "one")
        assert claim(tmp_path, "two") == ()

    def test_a_state_of_the_users_own(self, tmp_path: Path) -> None:
        """A local state that is no sandbox's is left alone."""
        (tmp_path / "terraform.tfstate").write_text("{}")
        claim(tmp_path, "one")
        assert (tmp_path / "terraform.tfstate").exists()


def zombie(pid: int) -> bool:
    """Whether a process has ended and only waits to be asked for its status."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
