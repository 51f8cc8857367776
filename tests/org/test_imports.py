"""``org/imports.yaml``: what stacks take over."""

import json
import shutil
from pathlib import Path

import pytest

from landform.errors import Code, LandformError
from landform.org.load import load
from landform.org.resolve import resolve
from landform.synth.run import synth

EXAMPLE = Path(__file__).parents[2] / "examples" / "acme"
STACK = "payments-dev.baseline"


@pytest.fixture
def project(tmp_path):
    """The example with some imports: ``project("- {stack: x, to: A, id: b}")`` gives the fleet and its folder."""
    shutil.copytree(EXAMPLE, tmp_path / "acme", ignore=shutil.ignore_patterns("cdktf.out", ".landform"))
    folder = tmp_path / "acme"

    def make(*entries):
        text = "".join(f"  {entry}\n" for entry in entries)
        (folder / "org" / "imports.yaml").write_text(f"schema: landform/imports/v1\nimports:\n{text}")
        return resolve(load(folder)), folder

    return make


def synthesised(fleet, folder):
    """The one stack's document, and its record."""
    instances = [each for each in fleet.instances if each.key == STACK]
    bundle = synth(fleet, instances, project=folder, out=folder / "cdktf.out").bundle
    return json.loads(bundle.text(STACK)), bundle.stacks[STACK]


ALIAS = f"- {{ stack: {STACK}, to: Default/Alias, id: acme-payments-dev }}"


class TestImports:
    """What instances get of it, and what is synthesised."""

    def test_those_of_the_one_stack(self, project):
        """By the path of the resource; no other account has them."""
        fleet, _ = project(ALIAS)
        found = {instance.key: dict(instance.imports) for instance in fleet.instances if instance.imports}
        assert found == {STACK: {"Default/Alias": "acme-payments-dev"}}

    def test_only_it_is_made_anew(self, project):
        """No other stack's digest changes."""
        before = {instance.key: instance.digest for instance in resolve(load(EXAMPLE)).instances}
        fleet, _ = project(ALIAS)
        after = {instance.key: instance.digest for instance in fleet.instances}
        assert {key for key in after if before[key] != after[key]} == {STACK}

    def test_an_import_block(self, project):
        """To the address that the resource has."""
        document, record = synthesised(*project(ALIAS))
        (block,) = document["import"]
        assert block["id"] == "acme-payments-dev"
        assert record.resources[block["to"]].construct_path.endswith("/Default/Alias")


class TestErrors:
    """What is refused."""

    @pytest.mark.parametrize(
        ("entries", "code", "line"),
        [
            (["- { stack: payments-dev.basline, to: A, id: b }"], Code.SPEC_REFERENCE, 3),
            ([ALIAS, ALIAS], Code.SPEC_DUPLICATE, 4),
            (["- { stack: payments-dev, to: A, id: b }"], Code.SPEC_VALUE, 3),
            ([f"- {{ stack: {STACK}, to: A }}"], Code.SPEC_MISSING_KEY, 3),
        ],
    )
    def test_at_its_line(self, project, entries, code, line):
        """By the spec, before anything is made."""
        with pytest.raises(LandformError) as caught:
            project(*entries)
        assert caught.value.code is code
        assert (caught.value.place.file, caught.value.place.line) == ("org/imports.yaml", line)

    def test_a_path_that_leads_to_nothing(self, project):
        """With the path that was meant."""
        fleet, folder = project(f"- {{ stack: {STACK}, to: Default/Alais, id: x }}")
        with pytest.raises(LandformError) as caught:
            synthesised(fleet, folder)
        assert caught.value.code is Code.SPEC_REFERENCE
        assert "Default/Alias" in str(caught.value)
