"""The shipped example, whole: Terraform takes every stack of it, and the demo runs from start to end."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from landform.org.load import load
from landform.org.resolve import resolve
from landform.synth.run import synth

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "acme"
# What the sandbox says that it cannot do.
SANDBOX_NOTICES = (
    "is left out of the sandbox",
    "are not seen in the sandbox",
    "is planned as new",
)


@pytest.fixture(scope="session")
def bundle(tmp_path_factory):
    """The example's bundle."""
    fleet = resolve(load(EXAMPLE))
    return synth(
        fleet, fleet.instances, project=EXAMPLE, out=tmp_path_factory.mktemp("example") / "out"
    ).bundle


class TestBundle:
    """What the example promises about itself."""

    def test_six_accounts_four_tiers_two_regions(self, bundle):
        """The example is an organisation, not a snippet."""
        records = bundle.stacks.values()
        assert len({record.account for record in records}) >= 6
        assert {record.tier for record in records} == {"sandbox", "dev", "stage", "prod"}
        assert {record.region for record in records} == {"eu-west-1", "eu-central-1"}

    def test_every_taggable_resource_carries_the_mandatory_tags(self, bundle):
        """In every account and tier, on every resource whose type takes tags."""
        from landform.schema.pack import shipped_pack

        pack = shipped_pack("aws")
        mandatory = {"owner", "cost-center", "data-class", "account", "tier", "construct"}
        for name in bundle.stacks:
            for terraform_type, blocks in json.loads(bundle.text(name))["resource"].items():
                if pack.resource(terraform_type).taggable:
                    assert all(mandatory <= set(block["tags"]) for block in blocks.values()), (
                        name,
                        terraform_type,
                    )

    def test_no_policy_allows_an_action_by_wildcard(self, bundle):
        """Identity policies of every stack name each action they allow."""
        for name in bundle.stacks:
            resources = json.loads(bundle.text(name))["resource"]
            for policy in resources.get("aws_iam_role_policy", {}).values():
                for statement in json.loads(policy["policy"])["Statement"]:
                    actions = statement["Action"]
                    assert not any(
                        "*" in action for action in ([actions] if isinstance(actions, str) else actions)
                    )


class TestWheel:
    """What is installed with landform."""

    def test_brings_every_file_of_the_example(self):
        """The files that pyproject.toml names are those that git keeps."""
        settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
        named = settings["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
        kept = subprocess.run(
            ["git", "ls-files", "examples/acme"], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.split()
        assert {
            name for name in kept if not any(name == n or name.startswith(f"{n}/") for n in named)
        } == set()
        assert all((ROOT / name).exists() for name in named)


@pytest.mark.terraform
class TestTerraform:
    """Real Terraform and the real AWS provider."""

    def test_the_demo_runs_from_start_to_end(self, tmp_path):
        """``landform demo``: every step of the walk as one document; then its sandbox and its keys are gone."""
        done = subprocess.run(
            [sys.executable, "-m", "landform.cli.main", "demo", "walk", "--json"],
            cwd=tmp_path,
            env={**os.environ, "XDG_STATE_HOME": str(tmp_path / "state"), "TMPDIR": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=1200,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        document = json.loads(done.stdout)
        assert document["check"]["ok"]
        total = document["plan"]["total"]
        assert (total["stacks"], total["failed"]) == (44, 0)
        assert (total["change"], total["replace"], total["destroy"]) == (0, 0, 0)
        # What else Terraform noticed would be a warning; a plan validates before anything else.
        notices = {notice for one in document["plan"]["stacks"] for notice in one["notices"]}
        assert {notice for notice in notices if not any(map(notice.__contains__, SANDBOX_NOTICES))} == set()
        assert document["rollout"]["stacks"] == {
            "payments-dev.hello": "failed",
            "payments-prod.hello": "pending",
            "payments-stage.hello": "pending",
        }
        assert set(document["resume"]["stacks"].values()) == {"applied"}
        assert [one["stack"] for one in document["plan again"]["stacks"]] == ["payments-dev.hello"]
        assert [one["members"] for one in document["drift"]["classes"]] == [["payments-dev.hello"]]
        assert document["apply rollback"]["stacks"] == {"payments-dev.hello": "applied"}
        assert not (tmp_path / "walk/.landform/sandbox.json").exists()
        assert not list(tmp_path.glob("landform-demo-*"))
