"""Snapshots beside tests."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from landform.errors import Code, LandformError
from landform.testing import assert_snapshot
from landform.testing.snapshots import UPDATE


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody asks for snapshots to be written, on a machine that is no CI's."""
    monkeypatch.delenv(UPDATE, raising=False)
    monkeypatch.delenv("CI", raising=False)


class TestAssertSnapshot:
    """``assert_snapshot``."""

    def test_none_is_there(self, tmp_path: Path) -> None:
        """It fails, says how to write it, and writes nothing."""
        with pytest.raises(AssertionError, match=f"`{UPDATE}=1 python -m pytest`"):
            assert_snapshot({"a": 1}, tmp_path / "a.json")
        assert list(tmp_path.iterdir()) == []

    def test_written_and_compared(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """As canonical JSON: the order of keys does not matter."""
        path = tmp_path / "snapshots" / "a.json"
        with monkeypatch.context() as asked:
            asked.setenv(UPDATE, "1")
            assert_snapshot({"b": [1], "a": "ü"}, path)
        assert path.read_text(encoding="utf-8") == '{\n  "a": "ü",\n  "b": [\n    1\n  ]\n}\n'
        assert_snapshot(json.loads('{"a": "ü", "b": [1]}'), path)

    def test_another_value(self, tmp_path: Path) -> None:
        """A diff, from what was kept to what came out; the file stays."""
        path = tmp_path / "a.json"
        path.write_text('{\n  "a": 1\n}\n', encoding="utf-8")
        with pytest.raises(AssertionError, match=r'-  "a": 1\n\+  "a": 2'):
            assert_snapshot({"a": 2}, path)
        assert path.read_text(encoding="utf-8") == '{\n  "a": 1\n}\n'

    def test_a_long_difference(self, tmp_path: Path) -> None:
        """It is cut, and says how much more there is."""
        path = tmp_path / "a.json"
        path.write_text("[]\n", encoding="utf-8")
        with pytest.raises(AssertionError, match=r"and \d+ more lines$"):
            assert_snapshot(list(range(200)), path)

    def test_not_in_continuous_integration(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """There nobody looks at what is written."""
        monkeypatch.setenv("CI", "true")
        monkeypatch.setenv(UPDATE, "1")
        with pytest.raises(LandformError) as caught:
            assert_snapshot({}, tmp_path / "a.json")
        assert caught.value.code is Code.USAGE
        assert list(tmp_path.iterdir()) == []

    def test_no_json(self, tmp_path: Path) -> None:
        """A snapshot is JSON."""
        with pytest.raises(LandformError, match="A snapshot is JSON"):
            assert_snapshot({}, tmp_path / "a.txt")
