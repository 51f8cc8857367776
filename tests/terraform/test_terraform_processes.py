"""Children never outlive what they were started for."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from landform.terraform.processes import Processes

# A child with a child of its own, as Terraform has its provider; both write their ids, the inner one ignores Ctrl-C.
FAMILY = (
    "import os, signal, subprocess, sys, time\n"
    "inner = 'import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); time.sleep(600)'\n"
    "child = subprocess.Popen([sys.executable, '-c', inner])\n"
    "open(sys.argv[1] + '.part', 'w').write(f'{os.getpid()} {child.pid}')\n"
    "os.rename(sys.argv[1] + '.part', sys.argv[1])\n"
    "time.sleep(600)\n"
)
# A parent that runs that family.
PARENT = (
    "import sys; from pathlib import Path; from landform.terraform.processes import Processes; import os\n"
    "Processes().run([sys.executable, '-c', sys.argv[1], sys.argv[2]], cwd=Path('.'), env=os.environ, timeout=600)\n"
)

# A parent that runs a shell script.
SHELL = (
    "import sys; from pathlib import Path; from landform.terraform.processes import Processes; import os\n"
    "Processes().run(['sh', '-c', sys.argv[1]], cwd=Path('.'), env=os.environ, timeout=600, grace=60)\n"
)


def until(condition: Callable[[], bool]) -> None:
    """Wait for something that must come; fail where it does not within a minute."""
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.02)


def ids(path: Path) -> list[int]:
    """The process ids that a family wrote."""
    until(path.exists)
    return [int(text) for text in path.read_text().split()]


def gone(pid: int) -> bool:
    """Whether a process runs no more (one that nobody has waited for yet runs no more either)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


@pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="/proc is missing, which tells what still runs"
)
class TestProcesses:
    """``Processes``."""

    def test_ctrl_c_ends_the_whole_family(self, tmp_path: Path) -> None:
        """After Ctrl-C in the parent neither the child nor its own child is left."""
        told = tmp_path / "ids"
        parent = subprocess.Popen(
            [sys.executable, "-c", PARENT, FAMILY, str(told)], stderr=subprocess.DEVNULL
        )
        family = ids(told)
        parent.send_signal(signal.SIGINT)
        assert parent.wait(60) != 0
        until(lambda: all(map(gone, family)))

    def test_a_killed_parent_takes_the_whole_family_along(self, tmp_path: Path) -> None:
        """After ``kill -9`` of the parent, which can stop nothing any more, neither child is left."""
        told = tmp_path / "ids"
        with subprocess.Popen([sys.executable, "-c", PARENT, FAMILY, str(told)]) as parent:
            family = ids(told)
            parent.kill()
        until(lambda: all(map(gone, family)))

    def test_a_killed_parent_lets_the_child_save_its_state(self, tmp_path: Path) -> None:
        """The child hears of it as of Ctrl-C, and has its grace to end in order."""
        saved = tmp_path / "saved"
        child = f"trap 'sleep 1; echo saved > {saved}; exit' INT; echo $$ > {tmp_path}/ids; while :; do sleep 0.1; done"
        with subprocess.Popen([sys.executable, "-c", SHELL, child]) as parent:
            ids(tmp_path / "ids")
            parent.kill()
        until(saved.exists)

    def test_lines_are_told_as_they_come(self, tmp_path: Path) -> None:
        """Each line is told while the child still runs."""
        lines: list[str] = []

        def told(line: str) -> None:
            lines.append(line)
            (tmp_path / line).touch()

        script = "echo one; while [ ! -e one ]; do sleep 0.02; done; echo two; printf three"
        done = Processes().run(["sh", "-c", script], cwd=tmp_path, env=os.environ, timeout=60, on_line=told)
        assert (lines, done.stdout) == (["one", "two"], "one\ntwo\nthree")

    def test_what_a_stopped_child_says_is_still_told(self, tmp_path: Path) -> None:
        """What it writes within its grace is read, be it ever so much."""
        lines: list[str] = []
        script = "trap 'seq 50000; exit' INT; echo up; while :; do sleep 0.05; done"
        with pytest.raises(subprocess.TimeoutExpired):
            Processes().run(
                ["sh", "-c", script], cwd=tmp_path, env=os.environ, timeout=1, grace=60, on_line=lines.append
            )
        assert (lines[0], lines[-1], len(lines)) == ("up", "50000", 50001)

    def test_stop_ends_what_runs_in_another_thread(self, tmp_path: Path) -> None:
        """``stop`` ends a child that another thread waits for, and that thread hears of it."""
        processes, told, heard = Processes(), tmp_path / "ids", []

        def work() -> None:
            try:
                processes.run(
                    [sys.executable, "-c", FAMILY, str(told)], cwd=tmp_path, env=os.environ, timeout=600
                )
            except KeyboardInterrupt:
                heard.append("interrupt")

        thread = threading.Thread(target=work)
        thread.start()
        family = ids(told)
        processes.stop()
        thread.join(60)
        assert heard == ["interrupt"]
        until(lambda: all(map(gone, family)))

    def test_a_pause_ends_with_stop(self) -> None:
        """Who waits hears of ``stop`` at once."""
        processes = Processes()
        threading.Timer(0.1, processes.stop).start()
        with pytest.raises(KeyboardInterrupt):
            processes.pause(600)

    def test_nothing_starts_after_stop(self, tmp_path: Path) -> None:
        """A command that comes after ``stop`` is not run."""
        processes = Processes()
        processes.stop()
        with pytest.raises(KeyboardInterrupt):
            processes.run(["touch", "made"], cwd=tmp_path, env=os.environ, timeout=60)
        assert not (tmp_path / "made").exists()

    def test_a_timeout_ends_the_whole_family(self, tmp_path: Path) -> None:
        """A child that takes too long is ended with its own child."""
        told = tmp_path / "ids"
        argv = [sys.executable, "-c", FAMILY, str(told)]
        with pytest.raises(subprocess.TimeoutExpired):
            Processes().run(argv, cwd=tmp_path, env=os.environ, timeout=2)
        family = ids(told)
        until(lambda: all(map(gone, family)))

    def test_files_are_the_owners_alone(self, tmp_path: Path) -> None:
        """What a child writes can be read by nobody else."""
        Processes().run(["touch", "made"], cwd=tmp_path, env=os.environ, timeout=60)
        assert (tmp_path / "made").stat().st_mode & 0o777 == 0o600
