"""``landform rollout --simulate``, over the example."""

import json
import os
from xml.etree import ElementTree

import pytest
import typer
from typer.testing import CliRunner

from landform.cli import rollout


@pytest.fixture
def simulate(synthesised):
    """``landform rollout ARGUMENTS`` over the synthesised example, as a process would run it."""
    app = typer.Typer()
    rollout.register(app)
    app.callback()(lambda: None)

    def run(*arguments):
        wide = {**os.environ, "COLUMNS": "200"}
        return CliRunner().invoke(app, ["rollout", "-C", str(synthesised), *arguments], env=wide)

    return run


class TestSimulate:
    """What a roll-out would do, without doing it."""

    def test_the_waves_of_the_spec_are_the_steps(self, simulate):
        """Canaries first, tiers by rank, production by percentages."""
        said = simulate("--simulate", "--json", "--at", "2026-11-23T09:00")
        assert said.exit_code == 0
        document = json.loads(said.stdout)
        assert [step["title"] for step in document["steps"]] == [
            "wave 1 canary, dev",
            "wave 2 not-production, sandbox",
            "wave 2 not-production, stage",
            "wave 3 workloads, prod",
            "wave 4 foundation, prod, part 1 of 3",
            "wave 4 foundation, prod, part 2 of 3",
            "wave 4 foundation, prod, part 3 of 3",
        ]
        assert document["stacks"] == {"applied": 41}

    def test_a_failure_halts_with_a_status_of_its_own(self, simulate):
        """And says what it spared."""
        said = simulate("--simulate", "--fail", "payments-dev.baseline", "--at", "2026-11-23T09:00")
        assert said.exit_code == 4
        assert "halted: step 1 (wave 1 canary, dev): failed in 1 of 1 accounts" in said.stdout
        assert "8 accounts untouched" in said.stdout

    def test_the_freeze_window_of_production_is_told(self, simulate):
        """The rest does not wait for it."""
        said = simulate("--simulate", "--at", "2026-12-20T09:00")
        assert "step 4 waits" in said.stdout
        assert said.stdout.count("for the end of a freeze window") == 1

    def test_the_picture_is_written_where_it_is_wanted(self, simulate, tmp_path):
        """As SVG."""
        said = simulate("--simulate", "--output", str(tmp_path / "rollout.svg"), "--quiet")
        assert said.exit_code == 0
        assert ElementTree.parse(tmp_path / "rollout.svg").getroot().tag.endswith("svg")

    def test_without_simulate_nothing_happens(self, simulate):
        """It is an error of usage."""
        assert simulate().exit_code == 2
