import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from landform.core.app import MANIFEST, is_cdktf_file
from landform.core.outdir import OutputFolder
from landform.errors import Code, LandformError


def opened(target):
    return OutputFolder(target, marker=MANIFEST, owned=is_cdktf_file)


def write(target, files):
    with opened(target) as folder:
        for path, text in files.items():
            folder.write(path, text)


def stopped(target, exception):
    with opened(target) as folder:
        folder.write(MANIFEST, "2")
        raise exception


def read(folder):
    return {str(p.relative_to(folder)): p.read_text() for p in folder.rglob("*") if p.is_file()}


FIRST = {MANIFEST: "1", "stacks/a/cdk.tf.json": "a1", "stacks/b/cdk.tf.json": "b1"}
SECOND = {MANIFEST: "2", "stacks/a/cdk.tf.json": "a2", "stacks/c/cdk.tf.json": "c2"}


@pytest.fixture
def target(tmp_path):
    return tmp_path / "work" / "cdktf.out"


def leftovers(target):
    return sorted(path.name for path in target.parent.iterdir() if path != target)


class TestWritten:
    def test_new_folder(self, target):
        """Parents are made as well."""
        write(target, FIRST)

        assert read(target) == FIRST

    def test_replaced_whole(self, target):
        """What is no longer written is gone, and nothing is left beside the folder."""
        write(target, FIRST)
        write(target, SECOND)

        assert read(target) == SECOND
        assert not (target / "stacks/b").exists()
        assert leftovers(target) == []

    def test_folder_that_is_empty_is_taken(self, target):
        """A user may have made it."""
        target.mkdir(parents=True)
        write(target, FIRST)

        assert read(target) == FIRST

    def test_link_to_a_folder_stays_a_link(self, target, tmp_path):
        """The folder it leads to is replaced."""
        real = tmp_path / "elsewhere"
        real.mkdir()
        target.parent.mkdir()
        target.symlink_to(real)
        write(target, FIRST)
        write(target, SECOND)

        assert target.is_symlink()
        assert read(real) == SECOND


class TestWrittenInParts:
    def parts(self, target, text):
        with opened(target) as folder:
            folder.write(MANIFEST, "1")
            folder.write_parts("stacks/a/cdk.tf.json", iter(text))

    def test_the_parts_are_one_file(self, target):
        """Each byte as it came, line ends too."""
        self.parts(target, ["a\r\n", "", "\u00fc\n"])

        assert (target / "stacks/a/cdk.tf.json").read_bytes() == "a\r\n\u00fc\n".encode()

    def test_the_same_text_leaves_the_file(self, target):
        """A folder in which nothing changed is not touched."""
        self.parts(target, ["a", "1"])
        before = (target / "stacks/a/cdk.tf.json").stat()
        self.parts(target, ["a1"])
        after = (target / "stacks/a/cdk.tf.json").stat()

        assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
        assert leftovers(target) == []

    def test_another_text_replaces_it(self, target):
        """Of the same length too."""
        self.parts(target, ["a1"])
        self.parts(target, ["a2"])

        assert (target / "stacks/a/cdk.tf.json").read_text() == "a2"

    def test_parts_that_fail_change_nothing(self, target):
        """What stood there stays."""
        write(target, FIRST)
        with pytest.raises(ZeroDivisionError):
            self.parts(target, (str(1 // (1 - number)) for number in range(2)))

        assert read(target) == FIRST
        assert leftovers(target) == []


class TestUnchanged:
    def test_nothing_is_touched(self, target):
        """Not the files, not the folder."""
        write(target, FIRST)
        paths = [target, *(target / path for path in FIRST)]
        before = [(path.stat().st_ino, path.stat().st_mtime_ns) for path in paths]
        write(target, FIRST)

        assert [(path.stat().st_ino, path.stat().st_mtime_ns) for path in paths] == before
        assert leftovers(target) == []

    def test_equal_file_among_changed_ones_stays_the_same_file(self, target):
        """Tools that watch by time see only what changed."""
        write(target, FIRST)
        before = (target / "stacks/a/cdk.tf.json").stat()
        write(target, {**FIRST, MANIFEST: "other"})
        after = (target / "stacks/a/cdk.tf.json").stat()

        assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
        assert (target / MANIFEST).read_text() == "other"

    def test_one_file_less_is_a_change(self, target):
        """Though no byte of the others changed."""
        write(target, FIRST)
        fewer = {path: text for path, text in FIRST.items() if "b" not in path}
        write(target, fewer)

        assert read(target) == fewer

    def test_kept_file_is_taken_over(self, target):
        """A stack that was not synthesised anew stands as it stood."""
        write(target, FIRST)
        before = (target / "stacks/a/cdk.tf.json").stat().st_ino
        with opened(target) as folder:
            folder.write(MANIFEST, "2")
            folder.keep("stacks/a/cdk.tf.json")

        assert read(target) == {MANIFEST: "2", "stacks/a/cdk.tf.json": "a1"}
        assert (target / "stacks/a/cdk.tf.json").stat().st_ino == before


class TestForeignFiles:
    def test_are_carried_over(self, target):
        """Terraform's working files and a local state survive a synthesis."""
        write(target, FIRST)
        foreign = {
            "stacks/a/terraform.tfstate": "state",
            "stacks/a/.terraform/providers/x": "binary",
            "stacks/b/.terraform.lock.hcl": "lock",
            "notes.txt": "mine",
        }
        for path, text in foreign.items():
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            (target / path).write_text(text)
        (target / "link").symlink_to("notes.txt")
        write(target, SECOND)

        assert (target / "link").is_symlink()
        assert read(target) == {**SECOND, **foreign, "link": "mine"}

    def test_foreign_folder_is_refused(self, target):
        """It would be replaced."""
        target.mkdir(parents=True)
        (target / "thesis.txt").write_text("years of work")

        with pytest.raises(LandformError) as caught:
            write(target, FIRST)

        assert caught.value.code is Code.NOT_EMPTY
        assert read(target) == {"thesis.txt": "years of work"}
        assert leftovers(target) == []


class TestNotWritable:
    def test_file_in_the_way(self, target):
        """The target is a file."""
        target.parent.mkdir()
        target.write_text("a file")

        with pytest.raises(LandformError) as caught:
            write(target, FIRST)

        assert caught.value.code is Code.NOT_WRITABLE
        assert caught.value.place.file == str(target)
        assert target.read_text() == "a file"

    def test_file_in_the_way_of_a_parent(self, target):
        """The folder cannot be made."""
        target.parent.write_text("a file")

        with pytest.raises(LandformError) as caught:
            write(target, FIRST)

        assert caught.value.code is Code.NOT_WRITABLE

    def test_file_in_the_way_of_a_file(self, target):
        """Two paths that cannot both be: the folder stays as it was."""
        write(target, FIRST)

        with pytest.raises(LandformError) as caught:
            write(target, {MANIFEST: "2", "stacks": "a file", "stacks/a": "x"})

        assert caught.value.code is Code.NOT_WRITABLE
        assert read(target) == FIRST


class TestNotFinished:
    @pytest.mark.parametrize("exception", [ValueError, KeyboardInterrupt, SystemExit])
    def test_exception_leaves_the_old_folder(self, target, exception):
        """Whatever stops the writing, nothing of it shows."""
        write(target, FIRST)

        with pytest.raises(exception):
            stopped(target, exception)

        assert read(target) == FIRST
        assert leftovers(target) == []

    def test_exception_makes_no_folder_where_none_was(self, target):
        """A first run that fails leaves nothing."""
        with pytest.raises(ValueError):
            stopped(target, ValueError)

        assert leftovers(target) == []
        assert not target.exists()

    def test_crash_between_the_renames_is_mended(self, target):
        """The old folder was moved away, the new one not yet put in its place."""
        write(target, FIRST)
        target.rename(target.parent / ".cdktf.out.old")
        with pytest.raises(ValueError):
            stopped(target, ValueError)

        assert read(target) == FIRST
        assert leftovers(target) == []

    def test_crash_before_foreign_files_moved_is_mended(self, target):
        """The new folder is in place, what others put into the old one not yet."""
        write(target, SECOND)
        old = target.parent / ".cdktf.out.old"
        write(old, FIRST)
        (old / "stacks/a/terraform.tfstate").write_text("state")
        write(target, SECOND)

        assert read(target) == {**SECOND, "stacks/a/terraform.tfstate": "state"}
        assert leftovers(target) == []

    def test_folder_of_a_killed_run_is_dropped(self, target):
        """Nobody holds it any more."""
        write(target, FIRST)
        (target.parent / ".cdktf.out.new-1").mkdir()
        (target.parent / ".cdktf.out.new-1" / "half").write_text("x")
        write(target, SECOND)

        assert leftovers(target) == []


class TestAtOnce:
    def test_folder_of_a_running_process_is_left_alone(self, target):
        """Two runs at once: the later one to finish is the one that stands."""
        code = (
            "import sys; from pathlib import Path; from core.test_outdir import *;"
            "folder = opened(Path(sys.argv[1])); folder.__enter__(); folder.write(MANIFEST, 'other');"
            "print('ready', flush=True); sys.stdin.readline(); folder.__exit__(None, None, None)"
        )
        other = subprocess.Popen(
            [sys.executable, "-c", code, str(target)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[1]), *sys.path])},
        )
        assert other.stdout.readline() == "ready\n"
        write(target, FIRST)
        assert read(target) == FIRST
        other.communicate("go\n")

        assert other.returncode == 0
        assert read(target) == {MANIFEST: "other"}
        assert leftovers(target) == []

    def test_interrupt_while_another_thread_runs(self, target):
        """A thread takes the signal although the main thread holds it back: one whole folder remains."""
        code = (
            "import os, signal, sys, threading, time\n"
            "from pathlib import Path\n"
            "from core.test_outdir import *\n"
            "threading.Thread(target=time.sleep, args=(30,), daemon=True).start()\n"
            "threading.Thread(target=lambda: [time.sleep(0.05), print('ready', flush=True)], daemon=True).start()\n"
            "while True:\n"
            "    write(Path(sys.argv[1]), FIRST); write(Path(sys.argv[1]), SECOND)\n"
        )
        for _ in range(5):
            assert run_until(code, target, signal.SIGINT) in (FIRST, SECOND)


class TestKilled:
    def test_at_any_time_a_whole_bundle_remains(self, target):
        """kill -9 while two bundles are written in turn: the next run finds one of them, whole."""
        code = (
            "import sys, threading\n"
            "from pathlib import Path\n"
            "from core.test_outdir import *\n"
            "write(Path(sys.argv[1]), FIRST)\n"
            "print('ready', flush=True)\n"
            "while True:\n"
            "    write(Path(sys.argv[1]), SECOND); write(Path(sys.argv[1]), FIRST)\n"
        )
        found = [run_until(code, target, signal.SIGKILL) for _ in range(12)]

        assert all(bundle in (FIRST, SECOND) for bundle in found)
        assert leftovers(target) == []


def run_until(code, target, signal_number):
    """Run code, stop it at a random time after it says that it is ready, and read what the next run finds."""
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(target)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[1]), *sys.path])},
    )
    assert process.stdout.readline() == "ready\n"
    time.sleep(random.uniform(0, 0.02))
    process.send_signal(signal_number)
    process.wait()
    process.stdout.close()
    with pytest.raises(ValueError):
        stopped(target, ValueError)
    return read(target)


def test_threads_may_write_two_folders(tmp_path):
    """Two folders beside each other do not wait for each other for good."""
    threads = [threading.Thread(target=write, args=(tmp_path / name, FIRST)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert read(tmp_path / "a") == read(tmp_path / "b") == FIRST
