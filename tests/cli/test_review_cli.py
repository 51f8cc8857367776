"""``landform review``, as a process, on plan sets that were saved."""

from pathlib import Path

import pytest
from bundles import write_bundle
from plan_documents import identity, judged

from landform.plan.plan_set import JudgedConcern, PlanSet
from landform.plan.store import begin, save
from landform.policies.plan_rule import Concern, Risk

ACCOUNTS = {f"pay-{n}": identity(f"pay-{n}", n + 1) for n in range(4)}


def saved(project: Path, *, refused: bool = False, bundle: str | None = None) -> PlanSet:
    """A project with a bundle and a plan set of it."""
    made = write_bundle(
        project / "cdktf.out",
        {f"{name}.app": {} for name in ACCOUNTS},
        {name: (who.account_id, who.tier) for name, who in ACCOUNTS.items()},
    )
    concern = Concern(Risk.R4 if refused else Risk.R2, "aws_s3_bucket.logs", "is replaced", refused=refused)
    plans = {
        f"{name}.app": judged(who, None, JudgedConcern("LF_X", concern)) for name, who in ACCOUNTS.items()
    }
    found = PlanSet(bundle or made.digest, "1.11.4", "ana", "2026-05-01T10:00:00Z", "sha256:f", plans)
    save(project, begin(project), found)
    return found


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder that is a project."""
    (tmp_path / "org").mkdir()
    return tmp_path


class TestReview:
    """``landform review``."""

    def test_the_latest_plan_set(self, landform, project):
        """A class is one line, and the digest is there to be approved."""
        found = saved(project)
        said = landform("review", cwd=project)
        assert said.status == 0, said.err
        assert said.out.startswith("TO APPROVE")
        assert found.digest in said.out
        assert "4 stacks in 4 accounts, 1 class" in said.out

    def test_a_plan_that_is_refused(self, landform, project):
        """Is a status of its own, for a pipeline."""
        saved(project, refused=True)
        assert landform("review", cwd=project).status == 1

    def test_json(self, landform, project):
        """One document, by --json and by --format."""
        found = saved(project)
        assert landform("review", found.id[:6], "--json", cwd=project).document["plan_set"]["id"] == found.id
        assert landform("review", "--format", "json", cwd=project).document["format"] == "landform/review/v1"

    @pytest.mark.parametrize(
        ("file", "begins"), [("r.md", "## landform review"), ("r.html", "<!DOCTYPE html>"), ("r.json", "{")]
    )
    def test_a_file(self, landform, project, file, begins):
        """In the form that its ending says."""
        saved(project)
        said = landform("review", "--output", file, cwd=project)
        assert (said.status, said.out) == (0, "")
        assert (project / file).read_text().startswith(begins)

    def test_one_class(self, landform, project):
        """In full, by the beginning of its digest."""
        found = saved(project)
        digest = next(iter(found.plans.values())).class_digest.removeprefix("sha256:")
        said = landform("review", "--class", digest[:8], cwd=project)
        assert "replace aws_s3_bucket.logs" in said.out
        assert "pay-3.app" in said.out

    def test_no_such_class(self, landform, project):
        """Is bad input."""
        saved(project)
        said = landform("review", "--class", "zz", cwd=project)
        assert said.status == 2
        assert "error[no-match]" in said.err

    def test_milder_concerns(self, landform, project):
        """Are shown where they are asked for."""
        saved(project)
        assert "is replaced" not in landform("review", cwd=project).out
        assert "is replaced" in landform("review", "--risk", "R2", cwd=project).out

    def test_all(self, landform, project):
        """Shows every concern, the milder too."""
        saved(project)
        assert "is replaced" in landform("review", "--all", cwd=project).out

    def test_a_rule(self, landform, project):
        """What it says of this plan set; a rule that nobody knows is bad input."""
        saved(project)
        assert "is replaced" in landform("review", "--explain", "LF_X", cwd=project).out
        assert landform("review", "--explain", "LF_Y", cwd=project).status == 2

    def test_another_bundle(self, landform, project):
        """A plan set of another bundle is not reviewed with the lines of this one."""
        saved(project, bundle="sha256:other")
        said = landform("review", cwd=project)
        assert said.status == 1
        assert "error[plan-outdated]" in said.err

    def test_no_plan_set(self, landform, project):
        """There is nothing to review before there is a plan."""
        assert "error[no-plan-set]" in landform("review", cwd=project).err

    def test_one_class_is_no_page(self, landform, project):
        """Options that do not go together are told."""
        saved(project)
        said = landform("review", "--class", "a", "--format", "html", cwd=project)
        assert said.status == 2
        assert "error[usage]" in said.err
