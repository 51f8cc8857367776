"""What tests of several rooms share: Terraform, the AWS provider, one local AWS for the whole session, and git."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings

from landform.errors import LandformError
from landform.terraform import Binary, Mirror, Sandbox, find_mirror, find_terraform, start_sandbox

# In CI the same change gives the same verdict; elsewhere every run looks at new examples.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI") == "true":
    settings.load_profile("ci")

REQUIRED = "LANDFORM_REQUIRE_TERRAFORM"
AWS = "registry.terraform.io/hashicorp/aws"


@cache
def missing() -> str | None:
    """What a test marked ``terraform`` lacks on this machine, or None."""
    try:
        find_terraform()
        mirror = find_mirror()
    except LandformError as error:
        return str(error)
    if mirror is None or AWS not in mirror.providers:
        return "no folder on this machine holds the provider hashicorp/aws (see LANDFORM_PLUGIN_DIR)"
    return None


# Rooms whose tests fork come first: what a process has read by then is copied each time, and after a few thousand tests
# that took ten times as long. Then those that take longest, so that no process is left with one of them at the end.
FIRST = (
    "rollout",
    "core",
    "record",
    "cli",
    "constructs",
    "test_example",
    "test_end_to_end",
    "test_organization_life",
    "vending",
    "terraform",
    "org",
    "checks",
    "interop",
    "serve",
)
SAID = "said"
"""The property of a test that holds a line for the end of the run."""


# Before xdist reads the groups.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give each room's tests to one process, where there are several: what a room makes once is made once."""
    if not config.pluginmanager.hasplugin("xdist"):
        return
    tests = Path(__file__).parent
    rooms = {item: item.path.relative_to(tests).parts[0].removesuffix(".py") for item in items}
    for item, room in rooms.items():
        item.add_marker(pytest.mark.xdist_group(room))
    items.sort(key=lambda item: FIRST.index(rooms[item]) if rooms[item] in FIRST else len(FIRST))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests want to have said at the end."""
    for report in terminalreporter.getreports("passed"):
        for name, line in report.user_properties:
            if name == SAID and report.when == "call":
                terminalreporter.line(str(line))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test marked ``terraform`` where something is missing; fail it where that must not be."""
    if item.get_closest_marker("terraform") is not None and missing():
        if os.environ.get(REQUIRED) == "1":
            pytest.fail(f"{REQUIRED}=1 and: {missing()}", pytrace=False)
        pytest.skip(str(missing()))


@pytest.fixture(scope="session", autouse=True)
def _no_repository_around(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A test's folder is in no repository but its own, wherever temporary folders are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path_factory.getbasetemp()))
        yield


@pytest.fixture(scope="session")
def terraform_binary() -> Binary:
    """The Terraform on this machine."""
    return find_terraform()


@pytest.fixture(scope="session")
def provider_mirror() -> Mirror | None:
    """The mirror on this machine, which holds the AWS provider where a test marked ``terraform`` runs."""
    return find_mirror()


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """One local AWS for the whole session."""
    with start_sandbox() as running:
        yield running


class Git:
    """git, as nobody in particular and with nobody's settings."""

    def __call__(self, folder: Path, *arguments: str) -> str:
        """Run git in a folder, and give what it says."""
        names = ("user.name=t", "user.email=t@example.org", "init.defaultBranch=main")
        done = subprocess.run(
            ["git", *(part for name in names for part in ("-c", name)), "-C", str(folder), *arguments],
            check=True,
            capture_output=True,
            text=True,
            env={
                "PATH": os.environ["PATH"],
                "GIT_CONFIG_GLOBAL": os.devnull,
                "GIT_CONFIG_SYSTEM": os.devnull,
            },
        )
        return done.stdout.strip()

    def commit(self, root: Path) -> None:
        """Commit all that is in a folder; make it a repository where it is none."""
        if not (root / ".git").exists():
            self(root, "init", "-q")
        self(root, "add", "-A")
        self(root, "commit", "-q", "--allow-empty", "-m", "a state")


@pytest.fixture(scope="session")
def git() -> Git:
    """Makes repositories: ``git.commit(folder)``, ``git(folder, "status")``."""
    return Git()
