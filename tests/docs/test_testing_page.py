"""The page about tests of stacks says what the helpers do."""

import ast
import re
from pathlib import Path

import pytest

from landform import testing
from landform.testing import Match, RoleAccess, Template

ROOT = Path(__file__).parents[2]
SILENT = {"RoleAccess", "bundle", "holdings", "stack", "synthesise", "synthesise_json", "view"}
"""What others of landform use, and the types of what the helpers give."""
PAGE = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")


class TestThePage:
    def test_the_examples(self, monkeypatch):
        """They run, one after the other, in the root of the repository, and what they assert holds."""
        monkeypatch.chdir(ROOT)
        monkeypatch.syspath_prepend(str(ROOT / "examples" / "acme"))
        monkeypatch.delenv("LANDFORM_UPDATE_SNAPSHOTS", raising=False)
        names = {}
        blocks = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
        for block in blocks:
            exec(compile(ast.parse(block), "testing.md", "exec"), names)
        assert len(blocks) > 8

    @pytest.mark.parametrize("of", [testing, Match, Template, RoleAccess], ids=lambda of: of.__name__)
    def test_every_helper_is_told(self, of):
        """By its name, but for what the page needs no word of."""
        public = {name for name in getattr(of, "__all__", vars(of)) if not name.startswith("_")}
        told = {name for name in public if re.search(rf"\b{name}\b", PAGE)}
        assert public - told <= SILENT
