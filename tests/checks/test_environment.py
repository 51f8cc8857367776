"""checkov in an environment of its own: what is said is the same, and what cannot be used there is refused."""

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from test_checkov_checks import PYTHON, YAML, write

from landform import __version__
from landform.checks import environment
from landform.checks.cache import project_engine
from landform.checks.checkov_checks import read_users
from landform.checks.environment import ask, greeting
from landform.checks.folder import check_folder
from landform.checks.reports import FORMATS
from landform.checks.run import check
from landform.checks.scanning import rule_types
from landform.errors import Code, LandformError
from landform.policies.stopwatch import Stopwatch
from landform.policies.user_rules import UserRules

ROOT = Path(__file__).parents[2]
DAY = dt.date(2026, 11, 20)
STACKS = {
    "prod-a.queues": {
        "resource": {
            "aws_sqs_queue": {"q": {"name": "bad"}},
            "aws_iam_policy": {"p": {"name": "p", "policy": '${file("p.json")}'}},
        }
    },
    "prod-b.queues": {"resource": {"aws_sqs_queue": {"q": {"name": "a", "delay_seconds": 3}}}},
}
OWN_RULE = """import sys
from landform.policies.rule import Breach, Rule

assert "landform.checks.isolated" not in sys.orig_argv, "this is run where the project's packages are"

RULES = (Rule(id="ACME_HERE", title="Here", severity="low", types=("aws_sqs_queue",), rationale="A.",
              remediation="B.", judge=lambda block: [Breach("is here", ("name",))]),)
"""
HCL = """
variable "names" {
  default = ["a", "b"]
}
locals {
  names = toset(var.names)
}
resource "aws_sqs_queue" "q" {
  for_each = local.names
  name     = each.key
}
module "m" {
  source = "./queue"
  name   = "c"
}
module "far" {
  source = "terraform-aws-modules/sqs/aws"
}
"""
MODULE = 'variable "name" {}\nresource "aws_sqs_queue" "q" {\n  name = var.name\n}\n'


def script(path, line):
    """A program that stands in for another environment's Python."""
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)
    return path


@pytest.fixture(scope="module")
def named(tmp_path_factory):
    """The Python of another environment: this one's, which is told where landform is."""
    path = tmp_path_factory.mktemp("environment") / "python"
    return script(path, f'PYTHONPATH={ROOT} exec {sys.executable} "$@"')


@pytest.fixture
def impostor(tmp_path):
    """``impostor(code)``: an interpreter that runs some code in place of what it is asked to run."""

    def made(code):
        head = "import json, sys\nfrom multiprocessing.connection import Connection\n"
        (tmp_path / "code.py").write_text(f"{head}asked = Connection(int(sys.argv[-1]))\n{code}\n")
        return script(
            tmp_path / "impostor", f'PYTHONPATH={ROOT} exec {sys.executable} {tmp_path / "code.py"} "$@"'
        )

    return made


@pytest.fixture
def project(tmp_path):
    """A project with checks for checkov and a rule in Python."""
    write(tmp_path, "queues.py", PYTHON)
    write(tmp_path, "queues.yaml", YAML)
    (tmp_path / "policies" / "here.py").write_text(OWN_RULE)
    return tmp_path


def hello(**versions):
    """Code that says who it is."""
    said = {"landform": __version__, "checkov": "3.3.30", "python": "3", **versions}
    return f"asked.send_bytes(json.dumps({said!r}).encode())"


def is_running(process):
    """Whether a process is there, and more than an entry that nobody has read."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True).stdout
    return bool(state.strip()) and not state.startswith("Z")


class TestCheck:
    """The gate over a bundle."""

    @pytest.fixture
    def reports(self, make_bundle, project, named, monkeypatch):
        """In this process, in another environment, and in two processes that have one each."""
        monkeypatch.setattr("landform.checks.workers.BATCH", 1)
        bundle = make_bundle(STACKS)
        records = tuple(bundle.stacks.values())

        def checked(**options):
            return check(bundle, records, as_of=DAY, project=project, **options)

        return [
            checked(jobs=1),
            checked(jobs=1, checks_python=named),
            checked(jobs=2, checks_python=named),
        ]

    def test_is_the_same_byte_for_byte(self, reports):
        """Where checkov is has no influence on any form of the report, and neither has the number of processes."""
        rules = {finding.rule for finding in reports[0].findings}
        assert rules >= {"CKV_AWS_27", "CKV_ACME_1", "CKV2_ACME_1", "ACME_HERE", "LF_COVERAGE"}
        for form in FORMATS.values():
            assert len({form(report) for report in reports}) == 1

    def test_measures_the_rules_there(self, make_bundle, named):
        """The seconds of checkov's rules come from where they were run."""
        bundle, watch = make_bundle(STACKS), Stopwatch()
        check(bundle, tuple(bundle.stacks.values()), as_of=DAY, jobs=1, checks_python=named, watch=watch)
        assert watch.seconds["CKV_AWS_27"] > 0

    def test_a_check_that_is_none_is_the_same_error(self, project, named):
        """What is wrong with a check for checkov is said with the code and the place that it has here."""
        write(project, "queues.yaml", YAML.replace("severity: HIGH", "severity: AWFUL"))
        with pytest.raises(LandformError) as here:
            read_users(project)
        _forget(named)
        with pytest.raises(LandformError) as there:
            read_users(project, named)
        assert there.value.place is not None
        assert there.value.as_json() == here.value.as_json()


class TestFolder:
    """The gate over a folder of HCL, which checkov's parser reads there."""

    @pytest.fixture
    def folder(self, tmp_path):
        """A folder with a local module, one that is not here, and a set."""
        (tmp_path / "tf" / "queue").mkdir(parents=True)
        (tmp_path / "tf" / "main.tf").write_text(HCL)
        (tmp_path / "tf" / "queue" / "main.tf").write_text(MODULE)
        (tmp_path / "tf" / "more.tf.json").write_text('{"resource": {"aws_sns_topic": {"t": {"name": "t"}}}}')
        return tmp_path / "tf"

    def test_is_the_same_byte_for_byte(self, folder, named):
        """Where it is read has no influence on any form of the report."""
        here, there = (
            check_folder(folder, as_of=DAY, fail_on="low", users=UserRules(checks_python=python))
            for python in (None, named)
        )
        assert {finding.address for finding in here.findings} >= {"module.m.aws_sqs_queue.q", "module.far"}
        for form in FORMATS.values():
            assert form(here) == form(there)

    def test_what_is_no_terraform_is_the_same_error(self, folder, named):
        """A file that cannot be read there is named as it is here."""
        (folder / "broken.tf").write_text("resource {")
        said = []
        for python in (None, named):
            with pytest.raises(LandformError) as caught:
                check_folder(folder, as_of=DAY, fail_on="low", users=UserRules(checks_python=python))
            said.append(caught.value.as_json())
        assert said[0]["file"] == str(folder / "broken.tf")
        assert said[0] == said[1]


class TestEngine:
    """What the cache is kept under."""

    def test_holds_the_other_environment(self, tmp_path, named, impostor):
        """What one environment's checkov said is not what another one's says, nor this one's."""
        other = impostor(f"{hello()}\nfrom landform.checks.environment import Said\nasked.recv()\n"
                         "asked.send(Said('another engine'))\nasked.recv()")  # fmt: skip
        engines = [project_engine(tmp_path, python) for python in (None, named, other)]
        assert len(set(engines)) == 3
        assert project_engine(tmp_path, named) == engines[1]


class TestTypes:
    """What checkov's rules judge."""

    def test_are_those_of_the_environment(self, named):
        """The other side says what this one says, of the same checkov."""
        assert rule_types(named) == rule_types(None)


class TestAsk:
    """What is refused."""

    @pytest.mark.parametrize(
        ("code", "message", "given"),
        [
            (hello(landform="0.0.9"), "another landform", "landform 0.0.9"),
            (hello(checkov=None), "no checkov", "landform without checkov"),
            ("asked.send_bytes(b'garbage')", "no landform", "exit status 0; it said nothing"),
            ("asked.send_bytes(b'[]')", "no landform", "exit status 0; it said nothing"),
            ("sys.exit('no room')", "no landform", "exit status 1; no room"),
        ],
    )
    def test_refuses_another_side(self, impostor, code, message, given):
        """Another landform, no checkov, and what is no landform: each is said, with what is expected."""
        with pytest.raises(LandformError, match=message) as caught:
            greeting(impostor(code))
        error = caught.value
        assert (error.code, error.given) == (Code.CHECKS_ENVIRONMENT, given)
        assert f"landform {__version__}" in str(error.expected)
        assert f"landform[checks]=={__version__}" in str(error.fix)

    @pytest.mark.parametrize(
        ("code", "given"),
        [
            ("asked.recv()\nsys.exit(7)", "exit status 7; EOFError"),
            ("asked.recv()\nasked.send_bytes(b'garbage')", "exit status 0; UnpicklingError"),
            ("asked.recv()\nasked.send([])\nasked.recv()", "no answer, but list"),
        ],
    )
    def test_fails_closed(self, impostor, code, given):
        """A side that ends, or says what is no answer, gives an error and never a result."""
        with pytest.raises(LandformError, match="broke down") as caught:
            ask(impostor(f"{hello()}\n{code}"), "scan", {}, None, False)
        assert (caught.value.code, caught.value.given) == (Code.CHECKS_ENVIRONMENT, given)

    def test_says_what_is_raised_there_by_name(self, named):
        """What an exception says may hold a value of a stack, so its name alone comes over."""
        with pytest.raises(LandformError, match="broke down") as caught:
            ask(named, "hunter2")
        assert caught.value.given == "KeyError"
        assert "hunter2" not in str(caught.value)

    def test_refuses_what_is_not_there(self, tmp_path):
        """An interpreter that does not exist."""
        with pytest.raises(LandformError, match="cannot be started") as caught:
            greeting(tmp_path / "nobody")
        assert caught.value.code is Code.CHECKS_ENVIRONMENT
        assert "No such file" in str(caught.value.given)

    def test_is_of_its_own_environment(self, tmp_path, monkeypatch):
        """What leads this interpreter to its packages does not lead that one to them."""
        seen = tmp_path / "seen"
        monkeypatch.setenv("PYTHONPATH", "/ours")
        monkeypatch.setenv("PYTHONHOME", "/ours")
        with pytest.raises(LandformError):
            greeting(script(tmp_path / "python", f'echo "$1 $PYTHONPATH$PYTHONHOME" > {seen}'))
        assert seen.read_text() == "-P \n"


class TestEnd:
    """How the other side ends."""

    def test_ends_with_what_started_it(self, named):
        """Killed while it is asked, a process leaves nothing behind."""
        code = (
            "import os, sys; from pathlib import Path; from landform.checks import environment as e;"
            "started = e._started(Path(sys.argv[1]), os.getpid()); print(started.process.pid, flush=True);"
            "sys.stdin.read()"
        )
        with subprocess.Popen(
            [sys.executable, "-c", code, str(named)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"},
        ) as starter:
            other = int(starter.stdout.readline())
            assert is_running(other)
            starter.send_signal(signal.SIGKILL)
        deadline = time.monotonic() + 30
        while is_running(other):
            assert time.monotonic() < deadline
            time.sleep(0.1)


def _forget(python):
    """Start the environment anew the next time: it reads a project's checks once."""
    environment._started.cache_clear()
    assert greeting(python).landform == __version__
