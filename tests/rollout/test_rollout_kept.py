"""Bundles in the record: kept whole before anything of them is applied, and written again byte for byte."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from records import Project

from landform.errors import Code, LandformError
from landform.record.objects import Objects
from landform.rollout.kept import keep_applied, kept, kept_bundles, pointer, restore
from landform.synth.bundle import INDEX, STACK_FILE, Bundle

EXAMPLE = Path(__file__).parents[2] / "examples" / "acme"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.fixture
def bundle(project: Project) -> Bundle:
    return project.bundle("one", {"dev.queue": 1, "prod.queue": 2})


@pytest.fixture(scope="module")
def synthesised(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """A bundle of the example, as ``landform synth`` writes it."""
    out = tmp_path_factory.mktemp("kept") / "out"
    command = [
        "-m",
        "landform.cli.main",
        "synth",
        "-C",
        str(EXAMPLE),
        "-o",
        str(out),
        "-a",
        "payments-dev",
        "-q",
    ]
    subprocess.run([sys.executable, *command], check=True, stdout=subprocess.DEVNULL)
    return Bundle.load(out)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


class TestKeepApplied:
    def test_a_bundle_is_kept_whole(self, project: Project, bundle: Bundle) -> None:
        """Its other stacks too: what is checked and planned again is a whole bundle."""
        keep_applied(project.root, bundle, ["dev.queue"])
        objects = Objects.of(project.root)
        assert all(objects.get(record.sha256) for record in bundle.stacks.values())
        assert kept_bundles(project.root) == (bundle.digest,)

    def test_what_does_not_change_is_kept_once(self, project: Project, bundle: Bundle) -> None:
        """A second bundle adds its index and the stack that differs."""
        keep_applied(project.root, bundle, bundle.stacks)
        before = set(files(project.root / "record" / "objects"))
        second = project.bundle("two", {"dev.queue": 1, "prod.queue": 3})
        keep_applied(project.root, second, second.stacks)
        assert len(set(files(project.root / "record" / "objects")) - before) == 2

    def test_a_stack_that_the_bundle_lacks(self, project: Project, bundle: Bundle) -> None:
        """It is named before anything is kept."""
        with pytest.raises(LandformError) as caught:
            keep_applied(project.root, bundle, ["dev.other"])
        assert (caught.value.code, caught.value.given) == (Code.NO_MATCH, "dev.other")
        assert kept_bundles(project.root) == ()

    @pytest.mark.parametrize("file", ["manifest.json", INDEX, f"stacks/prod.queue/{STACK_FILE}"])
    def test_what_was_edited_is_not_kept(self, project: Project, bundle: Bundle, file: str) -> None:
        """A bundle that was changed by hand is not applied, so it is not kept."""
        path = bundle.root / file
        path.write_text(path.read_text().replace("2", "3") + "\n")
        if file == INDEX:
            path.write_text(path.read_text().replace("dev.queue", "dev.cue"))
        with pytest.raises(LandformError) as caught:
            keep_applied(project.root, bundle, ["dev.queue"])
        assert caught.value.code is Code.BUNDLE_TAMPERED
        assert kept_bundles(project.root) == ()


class TestRestore:
    def test_it_is_the_same_byte_for_byte(self, project: Project, synthesised: Bundle) -> None:
        """Of a bundle that landform synthesised every file comes back, and no other."""
        keep_applied(project.root, synthesised, synthesised.stacks)
        again = restore(project.root, synthesised.digest, project.root / "again")
        assert files(again.root) == files(synthesised.root)
        assert again.stacks == Bundle.load(again.root).stacks == synthesised.stacks

    def test_what_stood_there_goes(self, project: Project, bundle: Bundle) -> None:
        """Nothing of an older bundle is among it."""
        keep_applied(project.root, bundle, bundle.stacks)
        into = project.root / ".landform" / "rollback" / "x"
        (into / "stacks" / "old").mkdir(parents=True)
        restore(project.root, bundle.digest, into)
        assert files(into) == files(bundle.root)
        assert [one.name for one in into.parent.iterdir()] == ["x"]

    def test_a_stack_is_gone_from_the_record(self, project: Project, bundle: Bundle) -> None:
        """Nothing is written: half a bundle is none."""
        keep_applied(project.root, bundle, bundle.stacks)
        Objects.of(project.root).path(bundle.stacks["prod.queue"].sha256).unlink()
        with pytest.raises(LandformError) as caught:
            restore(project.root, bundle.digest, project.root / "again")
        assert caught.value.code is Code.OBJECT_BROKEN
        assert not list(project.root.glob("*again*"))

    def test_an_index_of_another_bundle(self, project: Project, bundle: Bundle) -> None:
        """What leads to the index can be edited; the index says itself which bundle's it is."""
        second = project.bundle("two", {"dev.queue": 5})
        for one in (bundle, second):
            keep_applied(project.root, one, one.stacks)
        path = pointer(project.root, bundle.digest)
        path.write_text(pointer(project.root, second.digest).read_text())
        with pytest.raises(LandformError) as caught:
            kept(project.root, bundle.digest)
        assert caught.value.code is Code.OBJECT_BROKEN

    @pytest.mark.parametrize("text", ["", "[]", json.dumps({"format": "x"})])
    def test_what_leads_to_no_index(self, project: Project, bundle: Bundle, text: str) -> None:
        """A file that landform did not write is told as such."""
        keep_applied(project.root, bundle, bundle.stacks)
        pointer(project.root, bundle.digest).write_text(text)
        with pytest.raises(LandformError) as caught:
            kept(project.root, bundle.digest)
        assert caught.value.code is Code.OBJECT_BROKEN

    def test_a_bundle_that_was_never_applied(self, project: Project, bundle: Bundle) -> None:
        """Those that were are named."""
        keep_applied(project.root, bundle, bundle.stacks)
        with pytest.raises(LandformError) as caught:
            restore(project.root, "sha256:0", project.root / "again")
        assert caught.value.code is Code.NOTHING_APPLIED
        assert bundle.digest in str(caught.value.expected)
