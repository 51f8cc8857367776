"""Processes that share out work: none outlives the one that started it."""

import signal
import subprocess
import sys

import pytest

SCRIPT = """import multiprocessing, os, sys, time
from landform.core.processes import worker_pool

def work(number):
    # One write, which none of the others comes between.
    os.write(1, b"at work\\n")
    time.sleep(600)

if __name__ == "__main__":
    multiprocessing.set_start_method(sys.argv[1])
    with worker_pool(3) as pool:
        list(pool.imap(work, range(3)))
"""


@pytest.fixture
def script(tmp_path):
    """A program that has three processes do something long."""
    path = tmp_path / "script.py"
    path.write_text(SCRIPT)
    return path


class TestWorkerPool:
    @pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
    def test_what_is_killed_leaves_no_process(self, script, method, number):
        """The last holder of the output is gone: its end can be read."""
        with subprocess.Popen([sys.executable, script, method], stdout=subprocess.PIPE, text=True) as process:
            assert [process.stdout.readline() for _ in range(3)] == ["at work\n"] * 3
            process.send_signal(number)
            rest, _ = process.communicate(timeout=20)

        assert (process.returncode, rest) == (-number, "")

    def test_an_interrupt_ends_all(self, script):
        """The program says so, and its processes say nothing."""
        with subprocess.Popen(
            [sys.executable, script, "fork"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as process:
            assert [process.stdout.readline() for _ in range(3)] == ["at work\n"] * 3
            process.send_signal(signal.SIGINT)
            _, told = process.communicate(timeout=20)

        assert told.count("KeyboardInterrupt") == 1
