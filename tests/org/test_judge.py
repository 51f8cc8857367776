"""All that is wrong with a spec in one go, whatever of it cannot be read."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from landform.errors import Code, LandformError
from landform.org.resolve import judge

from .conftest import WAIVER, Project

EXAMPLE = Path(__file__).parents[2] / "examples/acme/org"
FILES = sorted(path.relative_to(EXAMPLE.parent).as_posix() for path in EXAMPLE.rglob("*.*"))
DEV = "org/accounts/payments-dev.yaml"
PROD = "org/accounts/payments-prod.yaml"


def told(project: Path) -> Sequence[LandformError]:
    with pytest.raises(LandformError) as caught:
        judge(project)
    return caught.value.each()


def places(project: Path) -> list[str]:
    return [str(error.place) for error in told(project)]


class TestJudge:
    def test_a_good_spec(self, project: Project) -> None:
        """What is good is resolved."""
        judged = judge(project.root)
        assert (len(judged.spec.accounts), len(judged.fleet.instances), judged.refused) == (3, 8, [])

    def test_what_does_not_count(self, project: Project) -> None:
        """What a layer could not have is no error, and is told for each account that says it."""
        for file in (DEV, PROD):
            project.add(file, "guard: { fail_on: critical }\n")
        assert [str(each.said.place) for each in judge(project.root).refused] == [
            f"{DEV}:15:19",
            f"{PROD}:15:19",
        ]

    @pytest.mark.parametrize("file", FILES)
    def test_one_broken_file_is_the_only_error(self, tmp_path: Path, file: str) -> None:
        """Nothing is said of other files because of one that cannot be read."""
        shutil.copytree(EXAMPLE, tmp_path / "org")
        (tmp_path / file).write_text("a: [")
        assert [error.place.file for error in told(tmp_path) if error.place] == [file]

    @pytest.mark.parametrize("file", [file for file in FILES if file.endswith(".yaml")])
    def test_a_link_that_leads_nowhere_is_the_only_error(self, tmp_path: Path, file: str) -> None:
        """A file that is there and cannot be opened is not missed elsewhere."""
        shutil.copytree(EXAMPLE, tmp_path / "org")
        (tmp_path / file).unlink()
        (tmp_path / file).symlink_to(tmp_path / "nowhere")
        assert [str(error.place) for error in told(tmp_path)] == [file]

    def test_a_broken_account_hides_no_other_file(self, project: Project) -> None:
        """Rules across files are judged over all files that are good."""
        project.write(DEV, "a: [")
        project.write("org/waivers/W-2026-001.yaml", WAIVER.replace("[sec-lead]", "[jane]"))
        project.edit(PROD, "tier: prod", "tier: prd")
        project.edit("org/org.yaml", "home_region: eu-west-1", "home_region: eu-north-1")
        project.edit("org/stacks.yaml", "needs: [network]", "needs: [netwrk]")
        assert places(project.root) == [
            f"{DEV}:1:5",
            f"{PROD}:6:7",
            "org/org.yaml:6:14",
            "org/stacks.yaml:14:13",
            "org/waivers/W-2026-001.yaml:11:15",
        ]

    def test_a_broken_organisation_hides_only_what_needs_it(self, project: Project) -> None:
        """Units, needs and ids are judged without the organisation."""
        project.write("org/org.yaml", "a: [")
        project.edit(DEV, "ou: Workloads/Dev", "ou: Workloads/Dve")
        project.edit(PROD, '"300000000003"', '"100000000001"')
        project.edit("org/stacks.yaml", ":Base\n", ":Base\n    needs: [base]\n")
        assert places(project.root) == [
            f"{DEV}:5:5",
            f"{PROD}:4:13",
            "org/org.yaml:1:5",
            "org/stacks.yaml:5:12",
        ]

    def test_a_broken_tier_hides_only_what_needs_tiers(self, project: Project) -> None:
        """An account's unit is judged though its tier cannot be."""
        project.write("org/tiers/dev.yaml", "a: [")
        project.edit(DEV, "ou: Workloads/Dev", "ou: Workloads/Dve")
        assert places(project.root) == [f"{DEV}:5:5", "org/tiers/dev.yaml:1:5"]

    def test_an_account_that_is_named_and_broken(self, project: Project) -> None:
        """Who names an account whose file is broken is not told that there is none."""
        project.write("org/accounts/management.yaml", "a: [")
        assert places(project.root) == ["org/accounts/management.yaml:1:5"]

    def test_an_account_under_a_wrong_name(self, project: Project) -> None:
        """Which of two names is right is not known; neither is missed elsewhere."""
        (project.root / "org/accounts/management.yaml").rename(project.root / "org/accounts/root.yaml")
        assert places(project.root) == ["org/accounts/root.yaml:2:7"]

    def test_a_file_in_place_of_a_folder(self, project: Project) -> None:
        """What must be a folder and is none is told, and its accounts are not missed."""
        shutil.rmtree(project.root / "org/accounts")
        project.write("org/accounts", "")
        (error,) = told(project.root)
        assert (error.code, str(error.place), error.given) == (
            Code.SPEC_NOT_FOUND,
            "org/accounts",
            "Not a directory",
        )

    def test_a_link_that_leads_to_itself(self, project: Project) -> None:
        """A loop of links is a file that cannot be read."""
        (project.root / "org/accounts/loop.yaml").symlink_to("loop.yaml")
        assert places(project.root) == ["org/accounts/loop.yaml"]
