"""What the stacks of a bundle were made from, kept beside them."""

import json

import pytest

from landform.digest import sha256
from landform.org.facts import facts
from landform.synth.bundle import Bundle
from landform.synth.recorded import RECORDED, Recorded, recorded_text
from landform.synth.run import synth


class TestRecorded:
    """The file ``landform/inputs.json``."""

    def test_gives_back_what_each_stack_was_made_from(self, fleet, tmp_path):
        """All parts of all stacks, whatever is shared."""
        text = recorded_text(fleet.instances, {"a.py": "x"})
        (tmp_path / RECORDED).parent.mkdir()
        (tmp_path / RECORDED).write_text(text)
        read = Recorded.read(tmp_path, sha256(text))
        assert read.code == {"a.py": "x"}
        for instance in fleet.instances:
            assert read.facts(instance.key) == facts(instance)

    def test_what_is_shared_stands_once(self, fleet):
        """Thousands of stacks have a few dozen settings."""
        values = json.loads(recorded_text(fleet.instances, {}))["values"]
        assert sum(1 for value in values.values() if isinstance(value, dict) and "guard" in value) <= 9

    def test_is_in_the_bundles_digest(self, fleet, ledgers, project, tmp_path):
        """The index has the SHA-256 of it."""
        bundle = synth(fleet, ledgers, project=project, out=tmp_path / "out").bundle
        assert bundle.recorded == sha256((tmp_path / "out" / RECORDED).read_bytes())
        assert Bundle.load(tmp_path / "out").recorded == bundle.recorded

    @pytest.mark.parametrize("text", ["", "[]", "{}", "not json"])
    def test_one_that_cannot_be_read_says_nothing(self, tmp_path, text):
        """What would be explained by it stays unexplained."""
        (tmp_path / RECORDED).parent.mkdir()
        (tmp_path / RECORDED).write_text(text)
        assert Recorded.read(tmp_path, sha256(text)).facts("x") is None

    def test_one_that_was_changed_says_nothing(self, fleet, tmp_path):
        """It is not the one of the index."""
        (tmp_path / RECORDED).parent.mkdir()
        (tmp_path / RECORDED).write_text(recorded_text(fleet.instances, {}) + " ")
        key = fleet.instances[0].key
        assert Recorded.read(tmp_path, sha256(recorded_text(fleet.instances, {}))).facts(key) is None
