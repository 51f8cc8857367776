"""``landform org validate``, ``explain`` and ``schema``."""

import json

import jsonschema
import pytest

DEV = "org/accounts/payments-dev.yaml"


def add(project, file, text):
    path = project / file
    path.write_text(path.read_text() + text)


class TestValidate:
    def test_a_good_spec(self, landform, project):
        """Accounts and stacks are counted, and nothing is wrong."""
        said = landform("org", "validate", "--json", cwd=project)
        assert said.status == 0
        assert (said.document["ok"], said.document["accounts"], said.document["refused"]) == (True, 9, [])

    def test_all_errors_in_one_go(self, landform, project):
        """Two mistakes in two files are two errors."""
        add(project, DEV, "waivers: { max_days: 900 }\n")
        add(project, "org/tiers/dev.yaml", "colour: red\n")
        said = landform("org", "validate", "--json", cwd=project)
        assert said.status == 2
        assert [(error["code"], error["file"]) for error in said.document["errors"]] == [
            ("spec-value", DEV),
            ("spec-unknown-key", "org/tiers/dev.yaml"),
        ]

    def test_what_does_not_count_is_told(self, landform, project):
        """A value that a layer above overrules is a warning, not an error."""
        add(project, DEV, "guard: { fail_on: critical }\n")
        said = landform("org", "validate", cwd=project)
        assert said.status == 0
        assert "guard.fail_on of the account payments-dev does not count" in said.err

    def test_what_does_not_count_many_times(self, landform, project):
        """For people the first twenty are told, and how many there are; JSON has all."""
        for number in range(25):
            text = (project / DEV).read_text().replace("payments-dev", f"copy-{number}")
            text = text.replace('"012345678901"', f'"{900000000000 + number}"').replace(
                "network:", "# network:"
            )
            (project / f"org/accounts/copy-{number}.yaml").write_text(text + "guard: { fail_on: critical }\n")
        said = landform("org", "validate", cwd=project)
        assert (said.status, said.err.count("does not count")) == (0, 20)
        assert "5 values more, 25 in all, do not count; --json has every one" in said.err
        assert len(landform("org", "validate", "--json", cwd=project).document["refused"]) == 25

    def test_what_has_run_out(self, landform, project):
        """On the last day all is well; the day after it is a warning, and with --strict a no."""
        arguments = ("org", "validate", "--strict", "--as-of")
        assert landform(*arguments, "2026-12-20", cwd=project).status == 0
        said = landform(*arguments, "2026-12-21", cwd=project)
        assert (said.status, said.err.count("expired on")) == (1, 6)
        assert (
            "org/waivers/W-2026-001.yaml:16:10: The waiver W-2026-001 expired on 2026-12-20. Remove it"
            in said.err
        )
        assert landform("org", "validate", "--as-of", "2026-12-21", cwd=project).status == 0
        found = landform(*arguments, "2027-04-01", "--json", cwd=project).document["expired"]
        assert [(each["file"].partition("/")[2], each["code"], each["given"]) for each in found[:2]] == [
            ("accounts/analytics-prod.yaml", "spec-expired", "2027-03-31"),
            ("accounts/sandbox-jane.yaml", "spec-expired", "2027-02-15"),
        ]

    def test_what_has_run_out_with_a_closed_account(self, landform, project):
        """A tombstone's last day is long past."""
        add(project, "org/accounts/sandbox-jane.yaml", "status: closed\n")
        said = landform("org", "validate", "--as-of", "2027-03-01", "--json", cwd=project)
        assert {each["file"].partition("/")[2].partition("/")[0] for each in said.document["expired"]} == {
            "waivers"
        }

    def test_an_account_whose_file_is_gone(self, landform, project):
        """Its blocks are still there: nobody has closed it, or given them up."""
        (project / "org/accounts/sandbox-jane.yaml").unlink()
        arguments = ("org", "validate", "--strict", "--as-of", "2026-12-01")
        said = landform(*arguments, cwd=project)
        assert said.status == 1
        assert (
            "org/network.lock.json:60:9: The account 'sandbox-jane' has address blocks and no file."
            in said.err
        )
        (gone,) = landform("org", "validate", "--json", cwd=project).document["removed"]
        assert (gone["code"], gone["given"]) == ("spec-removed", "no org/accounts/sandbox-jane.yaml")
        landform("org", "lock", "--release", "sandbox-jane", "--until", "2027-12-01", cwd=project)
        assert landform(*arguments, cwd=project).status == 0

    def test_a_broken_file_hides_no_rule(self, landform, project):
        """A file that is no YAML and a rule across other files are told together."""
        (project / DEV).write_text("a: [")
        add(project, "org/accounts/payments-prod.yaml", "stacks: { skip: [nothing] }\n")
        said = landform("org", "validate", "--json", cwd=project)
        assert said.status == 2
        assert [(error["code"], error["file"]) for error in said.document["errors"]] == [
            ("spec-syntax", DEV),
            ("spec-reference", "org/accounts/payments-prod.yaml"),
        ]


class TestExplain:
    def test_a_field(self, landform, project):
        """The value, the layers and their lines."""
        said = landform("org", "explain", "payments-dev", "sizing.nat", "--json", cwd=project)
        (field,) = said.document["fields"]
        assert field["value"] == "single"
        assert [(each["layer"], each["outcome"]) for each in field["chain"]][-1][0] == "tier dev"
        assert field["chain"][-1]["file"] == "org/tiers/dev.yaml"

    def test_for_people(self, landform, project):
        """One line a value, one a layer, each with its place."""
        said = landform("org", "explain", "payments-dev", "sizing.nat", cwd=project)
        assert said.out.splitlines()[0] == "sizing.nat = single"
        assert "org/tiers/dev.yaml:" in said.out

    def test_a_misspelt_account(self, landform, project):
        """The account that was meant is guessed among all."""
        said = landform("org", "explain", "payments-dve", "--json", cwd=project)
        assert said.status == 2
        assert said.document["errors"][0]["fix"] == "Did you mean 'payments-dev'?"

    def test_another_accounts_mistake_does_not_hide_this_one(self, landform, project):
        """An account is explained although another's file is broken."""
        add(project, "org/accounts/payments-prod.yaml", "colour: red\n")
        assert landform("org", "explain", "payments-dev", "tier", cwd=project).status == 0


class TestSchema:
    def test_one_kind(self, landform, project):
        """What is printed is a JSON Schema."""
        said = landform("org", "schema", "account", cwd=project)
        jsonschema.Draft202012Validator.check_schema(json.loads(said.out))

    def test_all(self, landform, project):
        """Every kind of file."""
        document = landform("org", "schema", "--json", cwd=project).document
        assert {"account", "network", "waves", "baseline"} <= set(document)

    def test_an_unknown_kind(self, landform, project):
        """The kinds that there are stand in the error."""
        said = landform("org", "schema", "acount", "--json", cwd=project)
        assert said.status == 2
        assert said.document["errors"][0]["fix"] == "Did you mean 'account'?"

    @pytest.mark.parametrize(("kind", "path"), [("account", "../../.schemas/"), ("org", "../.schemas/")])
    def test_the_editors_line(self, landform, project, kind, path):
        """The line leads from a file of that kind to its schema."""
        said = landform("org", "schema", kind, "--write", ".schemas", "--json", cwd=project)
        (line,) = said.document
        assert line["line"] == f"# yaml-language-server: $schema={path}{kind}.json"
        assert json.loads((project / ".schemas" / f"{kind}.json").read_text())["type"] == "object"

    def test_the_line_may_stand_above_the_schema(self, landform, project):
        """A file that begins with the line is still a file of the spec."""
        path = project / DEV
        path.write_text("# yaml-language-server: $schema=../../.schemas/account.json\n" + path.read_text())
        assert landform("org", "validate", cwd=project).status == 0


class TestSizes:
    def test_more_stacks_than_a_tier_lets_be_planned(self, landform, project):
        """The plan of a whole tier is refused before Terraform is looked for."""
        path = project / "org/tiers/prod.yaml"
        path.write_text(path.read_text().replace("max_stacks: 200", "max_stacks: 3"))
        assert "max_stacks: 3" in path.read_text()
        assert landform("synth", "--quiet", cwd=project).status == 0
        said = landform("plan", "--tier", "prod", "--terraform", "/nowhere", "--json", cwd=project)
        assert said.status == 2
        assert said.document["errors"][0]["code"] == "too-many-stacks"
