"""Folders that are made for files."""

from __future__ import annotations

from pathlib import Path

import pytest

from landform.errors import Code, LandformError
from landform.org.files import make_folder


class TestMakeFolder:
    """``make_folder``."""

    def test_with_all_above_it_and_twice(self, tmp_path: Path) -> None:
        """What is there already is left."""
        folder = tmp_path / "org/accounts"
        make_folder(folder)
        (folder / "shop.yaml").write_text("")
        make_folder(folder)
        assert [each.name for each in folder.iterdir()] == ["shop.yaml"]

    def test_a_file_is_in_the_way(self, tmp_path: Path) -> None:
        """It is said what cannot be made, and where."""
        (tmp_path / "org").write_text("")
        with pytest.raises(LandformError) as caught:
            make_folder(tmp_path / "org/waivers", "folder of waivers")
        error = caught.value
        assert (error.code, error.message) == (Code.NOT_WRITABLE, "The folder of waivers cannot be made.")
        assert error.place
        assert error.place.file == str(tmp_path / "org/waivers")
