"""``landform graph`` and ``landform affected``."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

DOCS = Path(__file__).parents[2] / "docs"


def edit(project, file, old, new):
    path = project / file
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


class TestGraph:
    """``landform graph``."""

    @pytest.mark.parametrize(
        ("name", "start"),
        [
            ("fleet.svg", "<svg "),
            ("fleet.dot", "digraph"),
            ("fleet.mmd", '---\ntitle: "acme: 41 stacks in 9'),
        ],
    )
    def test_the_ending_says_the_format(self, landform, project, name, start):
        """Nothing on stdout, a notice on stderr."""
        said = landform("graph", "--output", name, cwd=project)
        assert (said.status, said.out) == (0, "")
        assert name in said.err
        assert (project / name).read_text().startswith(start)

    def test_stdout_without_a_file(self, landform, project):
        """Mermaid unless another format is named."""
        assert "flowchart LR" in landform("graph", cwd=project).out
        assert ElementTree.fromstring(landform("graph", "-f", "svg", cwd=project).out).tag.endswith("svg")

    @pytest.mark.parametrize("by", ["account", "tier", "wave"])
    def test_json_holds_every_stack(self, landform, project, by):
        """However it is grouped."""
        document = landform("graph", "--by", by, "--json", cwd=project).document
        stacks = [
            key for group in document["groups"] for node in group["stacks"] for key in node["instances"]
        ]
        assert len(stacks) == len(set(stacks)) == 41

    def test_selects_as_ls_does(self, landform, project):
        """By account, tier, stack and region."""
        document = landform("graph", "-a", "pay*", "-t", "prod", "-s", "net*", "--json", cwd=project).document
        (group,) = document["groups"]
        assert group["accounts"] == ["payments-prod"]
        assert [node["stack"] for node in group["stacks"]] == ["network"]

    def test_a_file_that_cannot_be_written(self, landform, project):
        """The error names it."""
        said = landform("graph", "--output", "absent/fleet.svg", cwd=project)
        assert said.status == 2
        assert "error[not-writable]" in said.err

    def test_an_unknown_grouping_is_a_usage_error(self, landform, project):
        """With the ones there are."""
        said = landform("graph", "--by", "colour", cwd=project)
        assert said.status == 2
        assert "account" in said.err


class TestAffected:
    """``landform affected``."""

    @pytest.fixture
    def committed(self, project, git):
        git.commit(project)
        return project

    def test_names_for_a_script(self, landform, committed):
        """One a line, and nothing else, since the last commit."""
        edit(committed, "org/tiers/stage.yaml", "az_count: 2", "az_count: 1")
        said = landform("affected", "--names", cwd=committed)
        assert (said.status, said.err) == (0, "")
        assert said.out.splitlines() == [
            "payments-stage.eu-central-1.network",
            "payments-stage.eu-west-1.network",
            "payments-stage.payments-zone",
        ]

    def test_people_see_alike_stacks_once(self, landform, committed):
        """With the field, the values, what differs, and what does not."""
        edit(committed, "org/tiers/prod.yaml", "az_count: 3", "az_count: 2")
        said = landform("affected", cwd=committed)
        assert said.status == 0
        assert said.out.count("settings.sizing.az_count: 3 -> 2") == 1
        assert "7 of 41 stacks affected since HEAD: 6 differ, 1 need one that does" in said.out
        assert "more with other inputs and the same result" in said.out

    def test_json_against_a_bundle(self, landform, project):
        """The folder is relative to the project, as --out is."""
        landform("synth", "--quiet", "--out", "released", cwd=project)
        edit(project, "org/accounts/payments-dev.yaml", 'cost_center: "4711"', 'cost_center: "4712"')
        document = landform(
            "affected", "--base", "released", "-s", "baseline", "--json", cwd=project
        ).document
        (stack,) = document["stacks"]
        assert (stack["name"], stack["how"]) == ("payments-dev.baseline", "changed")
        assert {"kind": "spec", "field": "tags.cost-center", "before": "4711", "after": "4712"} in stack[
            "reasons"
        ]

    def test_the_environments_context_is_an_input(self, landform, project):
        """As it is for synth."""
        landform("synth", "--quiet", cwd=project, CDKTF_CONTEXT_JSON='{"a": "b"}')
        said = landform("affected", "-b", "cdktf.out", "--json", cwd=project, CDKTF_CONTEXT_JSON='{"a": "b"}')
        assert said.document["equal"] == []
        assert len(landform("affected", "-b", "cdktf.out", "--json", cwd=project).document["equal"]) == 41

    def test_no_repository_and_no_bundle(self, landform, project):
        """The error says what a base is."""
        said = landform("affected", "--json", cwd=project)
        assert said.status == 2
        assert said.document["errors"][0]["code"] == "no-revision"

    def test_names_and_json_do_not_go_together(self, landform, project):
        """One thing on stdout."""
        said = landform("affected", "--names", "--json", cwd=project)
        assert said.status == 2
        assert said.document["errors"][0]["code"] == "usage"


class TestDocs:
    """``docs/fleet.md``."""

    def test_its_picture_is_the_examples(self, landform, project):
        """Drawn by the command it describes."""
        said = landform("graph", "--format", "svg", cwd=project)
        assert said.out == (DOCS / "fleet.svg").read_text(encoding="utf-8")

    @pytest.mark.parametrize("command", ["graph", "affected", "org diff", "org fmt", "org migrate"])
    def test_it_names_every_option(self, landform, project, command):
        """Those that other commands do not have."""
        text = (DOCS / "fleet.md").read_text(encoding="utf-8")
        known = {"--json", "--quiet", "--help", "--jobs", "--account", "--tier", "--stack", "--region"}
        shown = set(
            re.findall(
                r"--[a-z]+", landform(*command.split(), "--help", cwd=project).out.split("Examples")[0]
            )
        )
        assert [option for option in sorted(shown - known) if option not in text] == []
