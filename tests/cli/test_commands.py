"""The commands, as processes: what they print, where, and how they end."""

import json
import os
import subprocess
import sys

import pytest

COMMANDS = (
    "init",
    "demo",
    "ls",
    "graph",
    "affected",
    "diff",
    "version",
    "synth",
    "check",
    "waivers",
    "waive",
    "plan",
    "review",
    "serve",
    "doctor",
    "bindings",
)


class TestHelp:
    """Help for people."""

    @pytest.mark.parametrize("command", COMMANDS)
    def test_every_command_explains_itself(self, landform, tmp_path, command):
        """``--help`` says what a command does and names --json."""
        said = landform(command, "--help", cwd=tmp_path)
        assert said.status == 0
        assert "--json" in said.out

    def test_nothing_heavy_is_imported_for_help(self):
        """Start-up is the product's feel: no checkov, boto3, pydantic, cdktf or rich before a command needs it."""
        script = (
            "import sys\nfrom landform.cli.main import app\ntry:\n    app(['--help'])\nexcept SystemExit:\n    pass\n"
            "heavy = {'checkov', 'boto3', 'pydantic', 'fastapi', 'cdktf', 'rich', 'ruamel', 'moto', 'zipfile'}\n"
            "sys.exit(', '.join(sorted(heavy & set(sys.modules))) or 0)\n"
        )
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


class TestInit:
    """``landform init``."""

    def test_the_new_project_synthesises_checks_and_tests_green(self, landform, tmp_path):
        """What a new user does first works at once, with waivers dated from today."""
        assert landform("init", "acme2", cwd=tmp_path).status == 0
        project = tmp_path / "acme2"
        assert landform("synth", cwd=project).status == 0
        assert landform("check", cwd=project).status == 0
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q"], cwd=project, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout

    def test_a_folder_with_something_in_it_is_left_alone(self, landform, tmp_path):
        """Nothing is written over."""
        (tmp_path / "mine").mkdir()
        (tmp_path / "mine" / "notes.txt").write_text("keep")
        said = landform("init", "mine", cwd=tmp_path)
        assert said.status == 2
        assert "error[not-empty]" in said.err
        assert os.listdir(tmp_path / "mine") == ["notes.txt"]


class TestLs:
    """``landform ls``."""

    def test_lists_every_stack_and_what_it_waits_for(self, landform, project):
        """One row a stack instance, as JSON."""
        rows = {row["name"]: row for row in landform("ls", "--json", cwd=project).document}
        assert len(rows) == 41
        assert rows["payments-prod.baseline"]["needs"] == ["payments-prod.state-backend"]

    def test_selects_by_glob(self, landform, project):
        """Options of one kind add up, options of different kinds narrow down."""
        rows = landform("ls", "--json", "-a", "pay*", "-t", "prod", "-s", "net*", cwd=project).document
        assert [row["name"] for row in rows] == [
            "payments-prod.eu-central-1.network",
            "payments-prod.eu-west-1.network",
        ]

    def test_a_reader_that_leaves_is_no_error(self, project):
        """``landform ls | head -1`` ends quietly."""
        command = f"{sys.executable} -m landform.cli.main ls | head -1"
        done = subprocess.run(command, shell=True, cwd=project, capture_output=True, text=True)
        assert done.stderr == ""


class TestSynth:
    """``landform synth``."""

    def test_json_is_the_only_thing_on_stdout(self, landform, project):
        """A program reads one document; notices are elsewhere."""
        document = landform("synth", "--json", cwd=project).document
        assert len(document["stacks"]) == 41
        assert document["bundle"]["digest"].startswith("sha256:")

    def test_remarks_are_shown_where_they_are_asked_for(self, landform, project):
        """What a tier switches off is in the manifest; whoever synthesises all day sees how many there are."""
        assert "No interface endpoints" in landform("synth", "--remarks", cwd=project).err
        said = landform("synth", cwd=project).err
        assert "remarks in the manifest" in said
        assert "No interface endpoints" not in said

    def test_quiet_says_no_notice(self, landform, project):
        """Not even how many remarks there are."""
        assert landform("synth", "--quiet", cwd=project).err == ""

    def test_shards_are_the_whole(self, landform, project):
        """The parts of a selection cover it, each stack once."""
        parts = [
            set(landform("synth", "--json", "--shard", f"{k}/3", cwd=project).document["stacks"])
            for k in (1, 2, 3)
        ]
        assert sum(map(len, parts)) == len(set.union(*parts)) == 41

    def test_verify_says_no_and_writes_nothing(self, landform, project):
        """A changed bundle is exit status 1, and stays as it is."""
        landform("synth", "--quiet", cwd=project)
        path = project / "cdktf.out" / "stacks" / "management.baseline" / "cdk.tf.json"
        path.write_text("{}")
        said = landform("synth", "--verify", "--json", cwd=project)
        assert said.status == 1
        assert said.document["differences"] == {"management.baseline": "changed"}
        assert path.read_text() == "{}"

    def test_cdktfs_environment_is_honoured(self, landform, project, tmp_path):
        """CDKTF_OUTDIR names the folder, relative to where the command was started."""
        said = landform("synth", "--quiet", "-C", str(project), cwd=tmp_path, CDKTF_OUTDIR="elsewhere")
        assert said.status == 0
        assert (tmp_path / "elsewhere" / "manifest.json").exists()

    def test_cdktfs_context_reaches_constructs(self, landform, project):
        """CDKTF_CONTEXT_JSON is the context of every app."""
        path = project / "acme" / "payments.py"
        path.write_text(
            path.read_text().replace(
                "ledger = Bucket(self,",
                'self.node.annotate("warn", self.node.try_get_context("hello"))\n        ledger = Bucket(self,',
            )
        )
        said = landform("synth", cwd=project, CDKTF_CONTEXT_JSON='{"hello": "from outside"}')
        assert "from outside" in said.err

    def test_colour_is_off_where_it_is_not_wanted(self, landform, project):
        """NO_COLOR is honoured even where colour is forced."""
        assert "\x1b[" not in landform("ls", cwd=project, NO_COLOR="1", FORCE_COLOR="").out


class TestCheck:
    """``landform check``."""

    def test_the_example_is_clean(self, landform, synthesised):
        """Every account and tier passes, and every exception is a waiver that stands in the report."""
        said = landform("check", "--as-of", "2026-11-20", "--json", cwd=synthesised)
        assert said.status == 0
        report = said.document
        assert set(report["tiers"]) == {"sandbox", "dev", "stage", "prod"}
        assert report["counts"]["failed"] == 0
        assert all(finding["waiver"] for finding in report["findings"])
        assert {finding["rule"] for finding in report["findings"]} == {
            "CKV_AWS_18",
            "CKV_AWS_117",
            "CKV2_AWS_34",
            "CKV_AWS_144",
            "CKV_AWS_145",
        }

    def test_expired_waivers_do_not_cover(self, landform, synthesised):
        """The day after they end, prod fails, and the finding says why."""
        said = landform("check", "--as-of", "2026-12-21", "--json", cwd=synthesised)
        assert said.status == 1
        assert not said.document["tiers"]["prod"]["ok"]
        assert any("expired on 2026-12-20" in finding["message"] for finding in said.document["findings"])

    def test_a_finding_names_the_users_line(self, landform, project):
        """A weakened bucket fails the gate, at the line that made it."""
        path = project / "acme" / "payments.py"
        text = path.read_text().replace(
            "audit = LogGroup",
            'ledger.node.try_find_child("Versioning").add_override("versioning_configuration.0.status", "Suspended")\n'
            "        audit = LogGroup",
        )
        path.write_text(text)
        assert landform("synth", "--quiet", "-s", "payments-ledger", cwd=project).status == 0
        said = landform("check", "--as-of", "2026-11-20", "--json", cwd=project)
        assert said.status == 1
        found = [f for f in said.document["findings"] if f["rule"] == "CKV_AWS_21"]
        assert {f["account"] for f in found} == {"payments-dev", "payments-stage", "payments-prod"}
        line = int(found[0]["source"].removeprefix("acme/payments.py:"))
        assert "Bucket(" in text.splitlines()[line - 1]

    def test_people_see_one_entry_for_many_accounts(self, landform, synthesised):
        """The human report folds accounts together."""
        said = landform("check", "--as-of", "2026-12-21", "-t", "prod", cwd=synthesised)
        assert said.out.count("CKV_AWS_144") == 1
        assert "FAIL  prod" in said.out

    def test_fail_on_overrides_the_tiers(self, landform, synthesised):
        """``--fail-on critical`` passes what is merely medium."""
        said = landform("check", "--as-of", "2026-12-21", "--fail-on", "critical", cwd=synthesised)
        assert said.status == 0


class TestOther:
    """``doctor``, ``version``, ``bindings``."""

    def test_doctor_names_what_it_took(self, landform, tmp_path):
        """A document with a state for everything it looked at."""
        lines = {line["what"]: line for line in landform("doctor", "--json", cwd=tmp_path).document}
        assert {
            "landform",
            "checkov",
            "Terraform",
            "AWS provider",
            "Schema pack",
            "moto",
            "regopy",
            "Node.js",
        } <= set(lines)
        assert lines["checkov"]["state"] == "ok"

    def test_doctor_ends_with_3_where_terraform_is_missing(self, landform, tmp_path):
        """A named Terraform that is not there is missing, and the line says so."""
        said = landform("doctor", "--terraform", "/nowhere/terraform", cwd=tmp_path)
        assert said.status == 3
        assert "missing" in said.out

    def test_version(self, landform, tmp_path):
        """landform's version and its schema packs'."""
        assert landform("version", "--json", cwd=tmp_path).document["schema_packs"] == {
            "hashicorp/aws": "5.100.0"
        }

    def test_bindings_for_a_type_of_the_shipped_provider(self, landform, tmp_path):
        """A generated module can be imported and used."""
        said = landform(
            "bindings", "aws_sqs_queue", "--data", "aws_region", "--out", "mine", "--json", cwd=tmp_path
        )
        assert said.document["modules"] == ["data_region.py", "sqs_queue.py"]
        script = "from mine.sqs_queue import SqsQueue; from mine.data_region import DataRegion; print(SqsQueue.TYPE)"
        done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True)
        assert done.stdout == "aws_sqs_queue\n", done.stderr

    def test_bindings_for_another_provider_bring_its_pack(self, landform, tmp_path):
        """From Terraform's schema document: a pack beside the modules, and modules that use it."""
        schema = {
            "provider": {"block": {}},
            "resource_schemas": {
                "toy_box": {"block": {"attributes": {"name": {"type": "string", "required": True}}}}
            },
        }
        document = {"provider_schemas": {"registry.terraform.io/toys/toy": schema}}
        (tmp_path / "schema.json").write_text(json.dumps(document))
        said = landform(
            "bindings", "toy_box", "--schema", "schema.json", "--provider", "toys/toy", "--version", "1.0.0",
            "--out", "toys", cwd=tmp_path,
        )  # fmt: skip
        assert said.status == 0, said.err
        script = (
            "from landform.core import App, Stack, Backend\nfrom toys.box import Box\n"
            "s = Stack(App(), 's')\nBackend(s, 'local', {})\nprint(Box(s, 'B', name='n').block()['name'])\n"
        )
        done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True)
        assert done.stdout == "n\n", done.stderr
