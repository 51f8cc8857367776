"""How long stacks take, and how much is left."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from plan_documents import identity, record

from landform.errors import Code, LandformError
from landform.plan.pace import FILE, Pace, expected, keep_seconds, read_seconds


class TestKeepSeconds:
    """``keep_seconds`` and ``read_seconds``."""

    def test_what_is_kept_is_read(self, tmp_path: Path) -> None:
        """What is known of other stacks stays."""
        keep_seconds(tmp_path, {"a.app": 3.0, "b.app": 5.0})
        keep_seconds(tmp_path, {"b.app": 7.0})
        assert read_seconds(tmp_path) == {"a.app": 3.0, "b.app": 7.0}

    @pytest.mark.parametrize("text", ["", "[]", '{"a": null}', "{"])
    def test_a_damaged_file(self, tmp_path: Path, text: str) -> None:
        """Is as none, and is made anew."""
        keep_seconds(tmp_path, {"a.app": 3.0})
        (tmp_path / FILE).write_text(text)
        assert read_seconds(tmp_path) == {}
        keep_seconds(tmp_path, {"a.app": 4.0})
        assert read_seconds(tmp_path) == {"a.app": 4.0}

    def test_a_folder_that_cannot_be_written(self, tmp_path: Path) -> None:
        """Is told."""
        (tmp_path / ".landform").write_text("a file")
        with pytest.raises(LandformError) as caught:
            keep_seconds(tmp_path, {"a.app": 3.0})
        assert caught.value.code is Code.NOT_WRITABLE


class TestExpected:
    """``expected``."""

    def test_by_kind(self) -> None:
        """A stack that was never planned takes what others of its kind do; another kind, what is usual."""
        apps = [record(identity(name)) for name in "abc"]
        other = replace(apps[0], name="d.net", stack="net")
        found = expected([*apps, other], {"a.app": 2.0, "b.app": 6.0})
        assert found == {"a.app": 2.0, "b.app": 6.0, "c.app": 4.0, "d.net": 4.0}

    def test_nothing_known(self) -> None:
        """All are equal."""
        assert expected([record(identity("a"))], {}) == {"a.app": 1.0}


class TestPace:
    """``Pace``."""

    def test_nothing_tells_yet(self) -> None:
        """Until the first has ended."""
        pace = Pace({"a": 1.0}, jobs=2)
        pace.begin("a", 0.0)
        assert pace.left(5.0) is None

    def test_what_ended_tells_the_speed(self) -> None:
        """Twice as slow as the last time, two at once: what waits and what runs is shared."""
        pace = Pace({"a": 1.0, "b": 2.0, "c": 3.0, "d": 3.0}, jobs=2)
        pace.begin("a", 0.0)
        pace.begin("b", 0.0)
        pace.end("a", 2.0)
        assert pace.left(2.0) == (2.0 + 6.0 + 6.0) / 2

    def test_no_shorter_than_the_longest(self) -> None:
        """However many run at once."""
        pace = Pace({"a": 1.0, "b": 30.0}, jobs=20)
        pace.begin("a", 0.0)
        pace.begin("b", 0.0)
        pace.end("a", 1.0)
        assert pace.left(1.0) == 29.0

    def test_the_end(self) -> None:
        """Nothing is left."""
        pace = Pace({"a": 1.0}, jobs=1)
        pace.begin("a", 0.0)
        pace.end("a", 3.0)
        assert pace.left(3.0) == 0.0
