"""The preview as data: of its schema, the same every time, and with nothing of the machine that made it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from requests_for_accounts import TODAY, request

from landform.digest import digest
from landform.vending.preview import FORMAT, Preview
from landform.vending.preview_html import html
from landform.vending.preview_markdown import markdown
from landform.vending.preview_schema import schema
from landform.vending.preview_svg import picture
from landform.vending.vend import vend

from .conftest import EXAMPLE
from .previews import many, preview

_SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


def written(shown: Preview) -> dict[str, Any]:
    """The document as a file has it."""
    found: dict[str, Any] = json.loads(json.dumps(shown.document()))
    return found


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Preview, Preview]]:
    """The example's request, previewed twice on a machine that knows a secret: anew, and from what is kept."""
    root = tmp_path_factory.mktemp("real")
    project = Path(
        shutil.copytree(
            EXAMPLE, root / "acme", ignore=shutil.ignore_patterns("cdktf.out", ".landform", "__pycache__")
        )
    )
    with pytest.MonkeyPatch.context() as machine:
        machine.setenv("AWS_SECRET_ACCESS_KEY", _SECRET)

        def run(out: str) -> Preview:
            return vend(project, [("r.yaml", request())], today=TODAY, out=root / out).preview

        yield run("one"), run("two")


class TestSchema:
    """``schema``."""

    @pytest.mark.parametrize("shown", [preview(), many(3)], ids=["one", "many"])
    def test_previews_are_of_it(self, shown: Preview) -> None:
        """Whatever they hold."""
        jsonschema.Draft202012Validator.check_schema(schema())
        jsonschema.Draft202012Validator(schema()).validate(written(shown))

    def test_a_real_preview_is_of_it(self, runs: tuple[Preview, Preview]) -> None:
        """Of the example's organisation."""
        jsonschema.Draft202012Validator(schema()).validate(written(runs[0]))

    def test_what_it_does_not_know_is_refused(self) -> None:
        """A field that is new needs a word in the schema."""
        validator = jsonschema.Draft202012Validator(schema())
        assert not validator.is_valid({**written(preview()), "more": 1})
        assert not validator.is_valid(
            {key: value for key, value in written(preview()).items() if key != "ok"}
        )

    def test_it_is_of_the_format(self) -> None:
        """A reader finds the one by the other."""
        assert schema()["$id"] == FORMAT == written(preview())["format"]


class TestDocument:
    """``Preview.document``."""

    def test_it_is_the_same_on_two_runs(self, runs: tuple[Preview, Preview]) -> None:
        """Whether the checks were kept or made anew."""
        assert json.dumps(runs[0].document()) == json.dumps(runs[1].document())

    def test_it_knows_nothing_of_the_machine(self, runs: tuple[Preview, Preview], tmp_path: Path) -> None:
        """No secret of its environment, no path of its disk."""
        text = json.dumps(runs[0].document())
        assert _SECRET not in text
        assert str(tmp_path.parent) not in text
        assert str(Path.home()) not in text

    def test_its_digest_is_of_all_else(self) -> None:
        """So that what was approved can be told from what was changed since."""
        found = preview().document()
        assert found.pop("digest") == digest(found)
        assert preview(unchanged=8).document()["digest"] != preview().document()["digest"]

    def test_tiers_are_by_rank(self, runs: tuple[Preview, Preview]) -> None:
        """As every picture of the organisation colours them."""
        assert runs[0].tiers == ("sandbox", "dev", "stage", "prod")


class TestForms:
    """What people read of a real preview."""

    def test_every_form_is_of_the_account(self, runs: tuple[Preview, Preview]) -> None:
        """The same block stands in all of them."""
        shown = runs[0]
        assert all(shown.addresses[0].cidr in form(shown) for form in (markdown, html, picture))
