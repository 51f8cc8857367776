"""cdktf's and cdktn's command lines, from npm, drive a landform project: for real, with what they really are.

They are installed once into ``.cache/npm`` of the repository (300 MB each). cdktf's holds a compiled part for
Node.js 16 to 22; cdktn's asks for 22.19 or newer.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

import pytest

from landform.errors import LandformError
from landform.interop.node import find_node

pytestmark = [pytest.mark.node, pytest.mark.terraform]

ROOT = Path(__file__).parents[2]
CACHE = ROOT / ".cache" / "npm"
# The package, and the versions of Node.js that it runs on: from, and below.
TOOLS = {
    "cdktf": ("cdktf-cli@0.21.0", (16, 0), (23, 0)),
    "cdktn": ("cdktn-cli@0.24.0", (22, 19), (100, 0)),
}
QUIET = {"CHECKPOINT_DISABLE": "1", "CI": "1", "NO_COLOR": "1"}

PROGRAM = """\
import os

from landform.core import App, Backend, Provider, Resource, Stack
from landform.core.app import context_from_json

app = App(context=context_from_json(os.environ.get("CDKTF_CONTEXT_JSON")))


def stack(name):
    made = Stack(app, name)
    Backend(made, "s3", {"bucket": "state", "key": name, "region": "eu-west-1"})
    Provider(made, "aws", "aws", {"region": "eu-west-1"}, source="hashicorp/aws", version="5.100.0")
    Resource(made, "jobs", "aws_sqs_queue", {"name": app.node.try_get_context("queue")})
    return made


stack("acme.app").add_dependency(stack("acme.net"))
app.synth(os.environ["CDKTF_OUTDIR"])
"""


@cache
def nodes() -> dict[tuple[int, ...], str]:
    """The Node.js binaries of this machine by version: the one on PATH, and the package's."""
    found = {}
    for environment in ({"PATH": os.environ["PATH"]}, {"PATH": ""}):
        try:
            node = find_node(environment)
        except LandformError:
            continue
        version = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
        found[tuple(int(part) for part in version.strip("v\n").split("."))] = node
    return found


def node_for(tool: str) -> str:
    _, least, below = TOOLS[tool]
    fitting = [node for version, node in nodes().items() if least <= version < below]
    if not fitting:
        pytest.skip(f"{tool} runs on Node.js from {least} and below {below}; here: {sorted(nodes())}")
    return fitting[0]


def npm() -> list[str]:
    """npm's command; the package's own launcher does not find npm."""
    on_path = shutil.which("npm")
    if on_path:
        return [on_path]
    node = find_node({"PATH": ""})
    return [node, str(Path(node).parents[1] / "lib/node_modules/npm/bin/npm-cli.js")]


@cache
def installed(tool: str) -> str | None:
    """Install a tool where it is missing; what npm says where it cannot."""
    package = TOOLS[tool][0]
    folder = CACHE / package
    if folder.exists():
        return None
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE, prefix=".new-") as new:
        Path(new, "package.json").write_text('{"private": true}')
        done = subprocess.run(
            [*npm(), "install", "--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=1", package],
            cwd=new,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            return f"npm could not install {package}: {done.stderr.strip()[-300:]}"
        Path(new, "node_modules").rename(Path(new, "done"))
        folder.mkdir()
        Path(new, "done").rename(folder / "node_modules")
    return None


@pytest.fixture(params=TOOLS)
def run(request, tmp_path_factory):
    """Runs one of the two command lines in a folder, and returns what it prints."""
    tool = request.param
    node = node_for(tool)
    problem = installed(tool)
    if problem:
        pytest.skip(problem)
    script = CACHE / TOOLS[tool][0] / "node_modules" / ".bin" / tool
    home = tmp_path_factory.mktemp("home")

    def in_folder(folder, *arguments):
        environment = {name: value for name, value in os.environ.items() if name != "TF_CLI_CONFIG_FILE"}
        environment |= QUIET | {"HOME": str(home), "PYTHONPATH": str(ROOT)}
        environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
        done = subprocess.run(
            [node, script, *arguments],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return in_folder


@pytest.fixture
def project(tmp_path):
    """A project whose app is a script with two stacks, one waiting for the other."""
    (tmp_path / "main.py").write_text(PROGRAM)
    settings = {
        "language": "python",
        "app": f"{sys.executable} main.py",
        "projectId": "5a2c0d9e-2f3b-4d57-9a35-0f0a9d8f7b11",
        "sendCrashReports": "false",
        "context": {"queue": "from-cdktf-json"},
    }
    (tmp_path / "cdktf.json").write_text(json.dumps(settings))
    return tmp_path


class TestProjectOfTwoStacks:
    def test_list(self, run, project):
        """Both stacks, with the folders that landform wrote."""
        lines = re.findall(r"^(acme\.\w+) +(\S+)$", run(project, "list"), re.MULTILINE)

        assert sorted(lines) == [
            ("acme.app", "cdktf.out/stacks/acme.app"),
            ("acme.net", "cdktf.out/stacks/acme.net"),
        ]

    def test_synth_into_a_folder_with_context(self, run, project):
        """CDKTF_OUTDIR and CDKTF_CONTEXT_JSON arrive, and the files stay as landform wrote them."""
        said = run(project, "synth", "--output", "elsewhere")

        assert "acme.app, acme.net" in said
        written = json.loads((project / "elsewhere/stacks/acme.net/cdk.tf.json").read_text())
        assert written["resource"]["aws_sqs_queue"]["jobs"]["name"] == "from-cdktf-json"
        manifest = json.loads((project / "elsewhere/manifest.json").read_text())
        assert manifest["stacks"]["acme.app"]["dependencies"] == ["acme.net"]


class TestExample:
    def test_synth_is_landforms_own(self, run, tmp_path):
        """The shipped example, by its cdktf.json: the bytes that ``landform synth`` writes."""
        ours, theirs = tmp_path / "ours", tmp_path / "theirs"
        for folder in (ours, theirs):
            ignored = shutil.ignore_patterns("cdktf.out", ".landform", "__pycache__")
            shutil.copytree(ROOT / "examples" / "acme", folder, ignore=ignored)
        run(theirs, "synth")
        subprocess.run(
            [sys.executable, "-c", "from landform.cli.main import main; main()", "synth", "--quiet"],
            cwd=ours,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            check=True,
        )

        assert bundle(theirs / "cdktf.out") == bundle(ours / "cdktf.out")


def bundle(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
