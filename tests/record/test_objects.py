"""Objects: what is kept under its SHA-256 is given back as it was, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from landform.digest import sha256
from landform.errors import Code, LandformError
from landform.record.objects import Objects

DATA = b'{"resource": {}}\n'


@pytest.fixture
def objects(tmp_path: Path) -> Objects:
    return Objects.of(tmp_path)


class TestPut:
    def test_what_was_kept_is_given_back(self, objects: Objects, tmp_path: Path) -> None:
        """Under its SHA-256, in a folder of its first two digits."""
        name = objects.put(DATA)
        assert name == sha256(DATA)
        assert objects.get(name) == DATA
        assert objects.path(name) == tmp_path / "record" / "objects" / name[:2] / name

    def test_an_empty_text_is_a_text(self, objects: Objects) -> None:
        """No bytes have a digest too, and are not the same as no file."""
        name = sha256(b"")
        with pytest.raises(LandformError):
            objects.get(name)
        assert objects.put(b"") == name
        assert objects.get(name) == b""

    def test_what_is_there_is_left(self, objects: Objects) -> None:
        """The file is written once."""
        path = objects.path(objects.put(DATA))
        before = path.stat()
        objects.put(DATA)
        assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
        assert [one.name for one in path.parent.iterdir()] == [path.name]

    def test_what_was_changed_is_not_written_over(self, objects: Objects) -> None:
        """Putting the text again would hide that somebody changed the record."""
        path = objects.path(objects.put(DATA))
        path.chmod(0o644)
        path.write_bytes(b"another")
        with pytest.raises(LandformError) as caught:
            objects.put(DATA)
        assert caught.value.code is Code.OBJECT_BROKEN
        assert path.read_bytes() == b"another"

    def test_a_folder_that_cannot_be_written(self, tmp_path: Path) -> None:
        """Nothing is applied that cannot be kept."""
        (tmp_path / "record").write_text("a file")
        with pytest.raises(LandformError) as caught:
            Objects.of(tmp_path).put(DATA)
        assert caught.value.code is Code.NOT_WRITABLE


class TestGet:
    @pytest.mark.parametrize(
        ("tamper", "given"), [(b"another", sha256(b"another")), (None, "no readable file")]
    )
    def test_what_is_not_what_was_kept_is_refused(
        self, objects: Objects, tamper: bytes | None, given: str
    ) -> None:
        """The error says what is there and what was kept."""
        name = objects.put(DATA)
        path = objects.path(name)
        path.unlink()
        if tamper is not None:
            path.write_bytes(tamper)
        with pytest.raises(LandformError) as caught:
            objects.get(name)
        error = caught.value
        assert error.code is Code.OBJECT_BROKEN
        assert error.place is not None
        assert error.place.file == str(path)
        assert given in str(error.given)
        assert name in str(error.expected)
