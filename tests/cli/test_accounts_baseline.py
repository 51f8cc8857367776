"""``landform accounts baseline`` as a user runs it."""

import csv
import io
import json
import shutil
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "landing-zone"


@pytest.fixture(scope="module")
def zone(tmp_path_factory, landform):
    """A copy of the landing zone, two accounts of it synthesised."""
    folder = tmp_path_factory.mktemp("zone") / "zone"
    ignored = shutil.ignore_patterns("cdktf.out", ".landform", "__pycache__")
    shutil.copytree(EXAMPLE, folder, ignore=ignored)
    assert landform("synth", "-q", "-a", "orders-*", cwd=folder).status == 0
    return folder


class TestAccountsBaseline:
    def test_a_line_for_each_account(self, landform, zone):
        """With its version, and the newest."""
        said = landform("accounts", "baseline", cwd=zone)

        assert said.status == 0
        (line,) = [line for line in said.out.splitlines() if line.startswith("billing-dev")]
        assert "workload 2" in line
        assert "2027-06-30" in line

    def test_every_item_of_an_account_that_is_named(self, landform, zone):
        """And why it lacks what it lacks."""
        said = landform("accounts", "baseline", "-a", "billing-dev", cwd=zone)

        assert "not in workload 2: workload 3 has it" in said.out
        assert "step default-vpcs" in said.out

    def test_json_is_one_document(self, landform, zone):
        """Nothing else is on stdout."""
        document = landform("accounts", "baseline", "--json", "-t", "dev", cwd=zone).document

        assert document["format"] == "landform/accounts-baseline/v1"
        assert {row["account"] for row in document["accounts"]} == {"billing-dev", "orders-dev"}
        assert len(document["items"]) == 47

    def test_what_was_synthesised_and_not_applied(self, landform, zone):
        """And what is not in the bundle."""
        document = landform("accounts", "baseline", "--json", cwd=zone).document
        standing = {row["account"]: row["standing"] for row in document["accounts"]}

        assert (standing["orders-dev"], standing["billing-dev"]) == ("never", "unknown")

    def test_outdated_accounts_alone(self, landform, zone):
        """Those that are not on the newest version."""
        document = landform("accounts", "baseline", "--json", "--outdated", cwd=zone).document

        assert [row["account"] for row in document["accounts"]] == ["analytics-prod", "billing-dev"]

    def test_the_ending_says_the_form(self, landform, zone, tmp_path):
        """CSV, HTML and JSON."""
        for name in ("b.csv", "b.html", "b.json"):
            assert landform("accounts", "baseline", "--output", str(tmp_path / name), cwd=zone).status == 0

        assert next(csv.reader(io.StringIO((tmp_path / "b.csv").read_text())))[0] == "account"
        assert (tmp_path / "b.html").read_text().startswith("<!DOCTYPE html>")
        assert json.loads((tmp_path / "b.json").read_text())["accounts"]

    def test_an_account_that_there_is_not_is_refused(self, landform, zone):
        """As every selection is."""
        said = landform("accounts", "baseline", "-a", "nobody", cwd=zone)

        assert said.status == 2
        assert "no-match" in said.err

    def test_json_and_a_file_do_not_go_together(self, landform, zone):
        """--json prints on stdout."""
        said = landform("accounts", "baseline", "--json", "--output", "b.csv", cwd=zone)

        assert said.status == 2
        assert said.document["errors"][0]["code"] == "usage"
