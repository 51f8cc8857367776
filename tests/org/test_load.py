"""The spec's folder read into models."""

from __future__ import annotations

from pathlib import Path

import pytest

from landform.errors import Code, LandformError, Place
from landform.org.load import load

from .conftest import WAIVER, Project

DEV = "org/accounts/payments-dev.yaml"


class TestLoad:
    def test_a_good_spec(self, project: Project) -> None:
        """Every file becomes its model, sorted by name."""
        spec = load(project.root)
        assert [account.name for account in spec.accounts] == ["management", "payments-dev", "payments-prod"]
        assert [tier.name for tier in spec.tiers] == ["dev", "prod"]
        assert [rule.id for rule in spec.stacks] == ["base", "network", "app"]
        assert spec.organization.regions == ("eu-west-1", "eu-central-1")

    def test_a_leading_zero_survives(self, project: Project) -> None:
        """A quoted account id is taken as it stands."""
        assert load(project.root).accounts[1].account_id == "012345678901"

    def test_waivers_have_dates(self, project: Project) -> None:
        """A date is a date, though YAML 1.2 reads it as a text."""
        project.write("org/waivers/W-2026-001.yaml", WAIVER)
        (waiver,) = load(project.root).waivers
        assert (waiver.expires - waiver.created).days == 29

    def test_place(self, project: Project) -> None:
        """The spec knows where each value stands."""
        spec = load(project.root)
        assert spec.place("org/stacks.yaml", "stacks", 1, "id") == Place("org/stacks.yaml", 5, 9)

    def test_hidden_files_and_notes_are_left_alone(self, project: Project) -> None:
        """An editor's files and a README may lie beside the spec."""
        project.write("org/README.md", "# notes")
        project.write("org/accounts/.payments.swp", b"\x00")
        assert len(load(project.root).accounts) == 3

    def test_no_folder(self, tmp_path: Path) -> None:
        """A folder without org/ is no project."""
        with pytest.raises(LandformError) as caught:
            load(tmp_path)
        assert (caught.value.code, caught.value.place) == (Code.SPEC_NOT_FOUND, Place("org"))

    @pytest.mark.parametrize("file", ["org/org.yaml", "org/ous.yaml", "org/stacks.yaml"])
    def test_a_missing_file(self, project: Project, file: str) -> None:
        """A file that must be there is named."""
        (project.root / file).unlink()
        error = project.error()
        assert (error.code, error.place) == (Code.SPEC_NOT_FOUND, Place(file))

    def test_an_empty_folder_of_the_spec_is_missing_folders_and_files(self, tmp_path: Path) -> None:
        """Everything that is missing is told in one go."""
        (tmp_path / "org").mkdir()
        with pytest.raises(LandformError) as caught:
            load(tmp_path)
        assert [str(error.place) for error in caught.value.each()] == [
            "org/accounts",
            "org/org.yaml",
            "org/ous.yaml",
            "org/stacks.yaml",
            "org/tiers",
        ]

    @pytest.mark.parametrize(
        "file", ["org/stack.yaml", "org/accounts/x.yml", "org/accounts/more/x.yaml", "org/waivers/notes.txt"]
    )
    def test_what_would_not_be_read(self, project: Project, file: str) -> None:
        """A file that nobody would read is an error, never silence."""
        project.write(file, "a: 1")
        error = project.error()
        assert error.code is Code.SPEC_NOT_FOUND
        assert file.startswith(str(error.place))

    def test_a_misspelt_file_is_guessed(self, project: Project) -> None:
        """The nearest right name is in the fix."""
        (project.root / "org/stacks.yaml").rename(project.root / "org/stack.yaml")
        assert [error.fix for error in project.errors()] == [
            "Did you mean 'org/stacks.yaml'?",
            "Bring it back, or name the project's folder with -C.",
        ]

    def test_all_errors_in_one_go_sorted_by_place(self, project: Project) -> None:
        """Errors of several files come together, by file and line."""
        project.edit(DEV, "tier: dev", "teir: dev")
        project.edit(DEV, "data_class: internal", "data_class: secret")
        project.edit("org/tiers/dev.yaml", "rank: 20", "rank: 200")
        assert [(error.code, str(error.place)) for error in project.errors()] == [
            (Code.SPEC_MISSING_KEY, f"{DEV}:1:1"),
            (Code.SPEC_UNKNOWN_KEY, f"{DEV}:6:1"),
            (Code.SPEC_VALUE, f"{DEV}:12:13"),
            (Code.SPEC_VALUE, "org/tiers/dev.yaml:3:7"),
        ]

    def test_broken_yaml_in_one_file_does_not_hide_another(self, project: Project) -> None:
        """A syntax error ends the reading of its own file only."""
        project.write(DEV, "a: [")
        project.edit("org/org.yaml", "prefix: acme", "prefix: A")
        assert [error.code for error in project.errors()] == [Code.SPEC_SYNTAX, Code.SPEC_VALUE]


class TestSchema:
    def test_missing(self, project: Project) -> None:
        """Without its schema a file has one error, whatever else is in it."""
        project.edit(DEV, "schema: landform/account/v1\n", "")
        error = project.error()
        assert (error.code, str(error.place)) == (Code.SPEC_MISSING_KEY, f"{DEV}:1:1")
        assert error.fix == "Make `schema: landform/account/v1` the first line."

    def test_not_first(self, project: Project) -> None:
        """The schema is the first key."""
        project.edit(DEV, "schema: landform/account/v1\n", "")
        project.add(DEV, "schema: landform/account/v1\n")
        assert project.error().code is Code.SPEC_MISSING_KEY

    def test_of_another_kind(self, project: Project) -> None:
        """A tier in the accounts' folder is told by its schema."""
        project.edit(DEV, "landform/account/v1", "landform/tier/v1")
        error = project.error()
        assert (error.code, str(error.place)) == (Code.SPEC_VALUE, f"{DEV}:1:9")
        assert error.expected == "landform/account/v1"


class TestFileNames:
    def test_a_name_that_is_not_the_files(self, project: Project) -> None:
        """An account's file carries its name."""
        project.edit(DEV, "name: payments-dev", "name: payments")
        error = project.error()
        assert (error.code, str(error.place)) == (Code.SPEC_VALUE, f"{DEV}:2:7")
        assert error.expected == "org/accounts/payments.yaml"

    def test_a_copy_of_an_account(self, project: Project) -> None:
        """A copied file that keeps its name is a duplicate account."""
        project.write("org/accounts/copy.yaml", (project.root / DEV).read_text())
        error = project.error()
        assert (error.code, str(error.place)) == (Code.SPEC_DUPLICATE, "org/accounts/copy.yaml:2:7")
        assert error.given == f"org/accounts/copy.yaml and {DEV}"

    def test_a_waiver_is_named_after_its_id(self, project: Project) -> None:
        """A waiver's file carries its id."""
        project.write("org/waivers/W-2026-002.yaml", WAIVER)
        assert project.error().expected == "org/waivers/W-2026-001.yaml"


class TestMistakes:
    @pytest.mark.parametrize(
        ("file", "old", "new", "code", "place", "given", "expected", "fix"),
        [
            (
                DEV,
                'account_id: "012345678901"',
                "account_id: 012345678901",
                Code.SPEC_VALUE,
                "4:13",
                "012345678901 (a number)",
                "a quoted string of 12 digits",
                'Write "012345678901" in quotes.',
            ),
            (
                DEV,
                "data_class: internal",
                "data_class: confidental",
                Code.SPEC_VALUE,
                "12:13",
                '"confidental"',
                "one of public, internal, confidential, restricted",
                "Did you mean 'confidential'?",
            ),
            (
                DEV,
                "purpose: something",
                "purpose: true",
                Code.SPEC_VALUE,
                "11:10",
                "true (true or false)",
                "a text that is not empty",
                'Write "true" in quotes.',
            ),
            (
                DEV,
                "labels: { app: payments-dev }",
                "labels: { app: payments-dev, data: true }",
                Code.SPEC_VALUE,
                "14:36",
                "true (true or false)",
                "a text",
                'Write "true" in quotes.',
            ),
            (
                DEV,
                "  contact:",
                "  contcat: x\n  contact:",
                Code.SPEC_UNKNOWN_KEY,
                "9:3",
                "contcat",
                "one of contact, cost_center, phone, security_contact, team",
                "Did you mean 'contact'?",
            ),
            (
                DEV,
                "  team: payments\n",
                "",
                Code.SPEC_MISSING_KEY,
                "8:3",
                None,
                "team: a name of up to 50 lower-case letters, digits and single hyphens, a letter first",
                None,
            ),
            (
                DEV,
                "regions: [eu-west-1, eu-central-1]",
                "regions: eu-west-1",
                Code.SPEC_VALUE,
                "13:10",
                '"eu-west-1"',
                "a list of at least one, each the name of an AWS region, such as eu-west-1",
                None,
            ),
            (
                DEV,
                "regions: [eu-west-1, eu-central-1]",
                "regions: []",
                Code.SPEC_VALUE,
                "13:10",
                "a list",
                "a list of at least one, each the name of an AWS region, such as eu-west-1",
                None,
            ),
            (
                DEV,
                "regions: [eu-west-1, eu-central-1]",
                "regions: [frankfurt]",
                Code.SPEC_VALUE,
                "13:11",
                '"frankfurt"',
                "the name of an AWS region, such as eu-west-1",
                None,
            ),
            (
                DEV,
                "purpose: something",
                'purpose: something\ndeploy: { provider: github, repo: a/b, environments: ["*"] }',
                Code.SPEC_VALUE,
                "12:55",
                '"*"',
                "an environment's name: letters, digits, spaces and _ . / -, a letter or digit first",
                None,
            ),
            (
                "org/stacks.yaml",
                "    needs: [network]\n",
                '    needs: [network]\n    outputs: { "Vpc Id": string }\n',
                Code.SPEC_VALUE,
                "15:16",
                "Vpc Id",
                "the name of an output: lower-case letters, digits and _",
                None,
            ),
            (
                DEV,
                "regions: [eu-west-1, eu-central-1]",
                "regions: [eu-west-1, frankfurt]",
                Code.SPEC_VALUE,
                "13:22",
                '"frankfurt"',
                "the name of an AWS region, such as eu-west-1",
                None,
            ),
            (
                "org/tiers/dev.yaml",
                "rank: 20",
                'rank: "20"',
                Code.SPEC_VALUE,
                "3:7",
                '"20"',
                "a whole number from 0 to 100",
                "Remove the quotes.",
            ),
            (
                "org/tiers/dev.yaml",
                "waivers:\n",
                "sizing: { log_retention_days: 100 }\nwaivers:\n",
                Code.SPEC_VALUE,
                "5:31",
                "100 (a number)",
                "one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, "
                "2922, 3288, 3653",
                None,
            ),
            (
                "org/stacks.yaml",
                "params: { size: 20, dns: true }",
                "params: { size: { a: [1] }, dns: true }",
                Code.SPEC_VALUE,
                "10:21",
                "a mapping",
                "a text, a number, true or false, a list of texts or of whole numbers, or a mapping of texts to texts",
                None,
            ),
            (
                "org/stacks.yaml",
                "construct: acme.app:App",
                "construct: acme.app.App",
                Code.SPEC_VALUE,
                "12:16",
                '"acme.app.App"',
                "a class as package.module:Class",
                None,
            ),
            (
                DEV,
                "purpose: something",
                "purpose: something\nquotas: [{ service: ec2, code: L-1216C47A, value: 512null }]",
                Code.SPEC_VALUE,
                "12:51",
                '"512null"',
                "a whole number from 0 to 10000000000",
                None,
            ),
            (
                "org/org.yaml",
                "prefix: acme",
                'prefix: acme\nstate: { bucket: "{prefix.__class__}" }',
                Code.SPEC_VALUE,
                "9:18",
                '"{prefix.__class__}"',
                "lower-case letters, digits, hyphens, {prefix}, {account}, {account_id}, {region}",
                None,
            ),
        ],
    )
    def test_one_mistake(
        self,
        project: Project,
        file: str,
        old: str,
        new: str,
        code: Code,
        place: str,
        given: str | None,
        expected: str,
        fix: str | None,
    ) -> None:
        """Code, place, given, expected and fix of one thing that is wrong."""
        project.edit(file, old, new)
        error = project.error()
        assert (error.code, str(error.place)) == (code, f"{file}:{place}")
        assert (error.given, error.expected, error.fix) == (given, expected, fix)

    @pytest.mark.parametrize(
        "date", ["20261101", '"1793491200"', "2026-02-30", "2026-11-01T00:00:00", "true"]
    )
    def test_dates(self, project: Project, date: str) -> None:
        """A date is written YYYY-MM-DD and is a day that exists."""
        project.write("org/waivers/W-2026-001.yaml", WAIVER.replace("2026-11-01", date))
        error = project.error()
        assert (error.code, error.expected) == (Code.SPEC_VALUE, "a date as YYYY-MM-DD")
        assert str(error.place) == "org/waivers/W-2026-001.yaml:13:10"

    def test_digits_of_another_script_are_no_account_id(self, project: Project) -> None:
        """An account id has the digits 0 to 9."""
        project.edit(DEV, "012345678901", "\u0660" * 12)
        assert project.error().expected == "a quoted string of 12 digits"

    def test_a_block_that_begins_in_the_middle(self, project: Project) -> None:
        """Where a text or a list may stand, both are said, at the value."""
        pools = "schema: landform/network/v1\npools: [{ name: dev, cidrs: { eu-west-1: 10.20.1.0/16 } }]\n"
        project.write("org/network.yaml", pools)
        error = project.error()
        assert (error.code, str(error.place)) == (Code.SPEC_VALUE, "org/network.yaml:2:42")
        assert error.expected
        assert error.expected.startswith(
            "an IPv4 block from its first address on, such as 10.20.0.0/16 or a list"
        )
