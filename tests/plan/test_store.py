"""Plan sets on disk."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from landform.errors import Code, LandformError
from landform.plan.model import Plan
from landform.plan.plan_set import JudgedConcern, JudgedPlan, PlanSet
from landform.plan.store import SET_FILE, begin, find, load, save, sealed_plan
from landform.policies.change import ResourceChange
from landform.policies.plan_rule import Concern, Risk

CHANGE = ResourceChange(
    "aws_sqs_queue.q",
    "aws_sqs_queue",
    "replace",
    (("name",), ("tags", "a", 0)),
    "because",
    {"a": 1},
    {"a": 2},
    {},
)
CONCERN = Concern(
    Risk.R4, "aws_sqs_queue.q", "loses its messages.", ("name",), {"name": "a"}, {"name": "b"}, None, True
)
JUDGED = JudgedPlan(
    plan=Plan("dev.queue", "dev", "dev", "1.11.4", "1.2", (CHANGE,)),
    risk=Risk.R4,
    concerns=(JudgedConcern("LF_PLAN_DATA_LOSS", CONCERN),),
    digest="sha256:1",
    class_digest="sha256:2",
    stack_sha256="3",
    plan_file_sha256="4",
    pending=("prod.network.vpc_id",),
)
PLAN_SET = PlanSet("sha256:b", "1.11.4", "jane", "2026-11-21T10:00:00Z", "sha256:f", {"dev.queue": JUDGED})


def saved(project: Path, plan_set: PlanSet = PLAN_SET) -> Path:
    return save(project, begin(project), plan_set)


class TestSaveAndLoad:
    """``save`` and ``load``."""

    def test_a_plan_set_comes_back(self, tmp_path: Path) -> None:
        """What was saved is what is loaded, concerns and paths and all."""
        assert load(saved(tmp_path)) == PLAN_SET

    def test_plan_files_come_along(self, tmp_path: Path) -> None:
        """What was put into the begun folder is in the plan set's."""
        begun = begin(tmp_path)
        sealed_plan(begun, "dev.queue").write_bytes(b"sealed")
        assert sealed_plan(save(tmp_path, begun, PLAN_SET), "dev.queue").read_bytes() == b"sealed"

    def test_nothing_half_made_stays(self, tmp_path: Path) -> None:
        """After a save there are the plan set and the name of the latest, nothing else."""
        folder = saved(tmp_path)
        assert {path.name for path in folder.parent.iterdir()} == {folder.name, "latest"}

    @pytest.mark.parametrize(
        ("old", "new"), [('"R4"', '"R0"'), ("sha256:1", "sha256:9"), ('"jane"', '"john"'), ("{", "")]
    )
    def test_an_edited_plan_set_is_refused(self, tmp_path: Path, old: str, new: str) -> None:
        """A file whose words are not those of its digest is no plan set."""
        path = saved(tmp_path) / SET_FILE
        path.write_text(path.read_text().replace(old, new, 1))
        with pytest.raises(LandformError) as caught:
            load(path.parent)
        assert caught.value.code is Code.NO_PLAN_SET

    def test_a_newer_format_is_refused(self, tmp_path: Path) -> None:
        """A plan set of a landform to come is not guessed at."""
        path = saved(tmp_path) / SET_FILE
        path.write_text(json.dumps({**json.loads(path.read_text()), "format": "landform/plan-set/v2"}))
        with pytest.raises(LandformError, match="no such plan set"):
            load(path.parent)


class TestDigest:
    """``PlanSet.digest``."""

    def test_the_time_is_not_in_it(self) -> None:
        """The same plans an hour later are the same to approve, under another id."""
        later = replace(PLAN_SET, created="2026-11-21T11:00:00Z")
        assert later.digest == PLAN_SET.digest
        assert later.id != PLAN_SET.id

    @pytest.mark.parametrize(
        "change",
        [
            {"digest": "sha256:9"},
            {"class_digest": "sha256:9"},
            {"risk": Risk.R1},
            {"stack_sha256": "9"},
            {"plan_file_sha256": "9"},
            {"pending": ()},
            {"concerns": ()},
        ],
    )
    def test_whatever_decides_is_in_it(self, change: dict[str, object]) -> None:
        """Every part of a judged plan that an approval rests on changes the digest."""
        other = replace(PLAN_SET, plans={"dev.queue": replace(JUDGED, **change)})
        assert other.digest != PLAN_SET.digest


class TestFind:
    """``find``."""

    def test_the_latest(self, tmp_path: Path) -> None:
        """Without a name, the one that was saved last."""
        saved(tmp_path)
        last = saved(tmp_path, replace(PLAN_SET, requested_by="john"))
        assert find(tmp_path) == last

    def test_the_beginning_of_an_id(self, tmp_path: Path) -> None:
        """Enough of an id to tell it from the others."""
        assert find(tmp_path, saved(tmp_path).name[:6]).name == PLAN_SET.id

    def test_before_any_plan(self, tmp_path: Path) -> None:
        """The error says what makes one."""
        with pytest.raises(LandformError, match="landform plan"):
            find(tmp_path)

    def test_an_unknown_id(self, tmp_path: Path) -> None:
        """The error names those that there are."""
        saved(tmp_path)
        with pytest.raises(LandformError, match=PLAN_SET.id):
            find(tmp_path, "zzz")
