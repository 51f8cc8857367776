"""Bad input is half the product: each mistake ends with the right status, one clear message and no traceback."""

import json

import pytest


def edit(project, file, old, new):
    """Change a file of the project."""
    path = project / file
    text = path.read_text()
    assert old in text, f"{old!r} is not in {file}"
    path.write_text(text.replace(old, new, 1))


class TestSpec:
    """One mistake in the organisation's spec."""

    @pytest.mark.parametrize(
        ("file", "old", "new", "code", "hint"),
        [
            ("org/accounts/payments-prod.yaml", "purpose:", "porpose:", "spec-unknown-key", "purpose"),
            ("org/accounts/payments-prod.yaml", "tier: prod", "tier: prd", "spec-reference", "prod"),
            ("org/accounts/payments-prod.yaml", "tier: prod", "tier: [prod", "spec-syntax", None),
            ("org/accounts/payments-prod.yaml", "name: payments-prod", "name: payments-dev", "spec-duplicate", None),
            ("org/stacks.yaml", "landform.stacks:Network", "landform.stacks:Netwrk", "stack-class", "Network"),
            ("org/stacks.yaml", "acme.payments:PaymentsLedger", "acme.paymnts:PaymentsLedger", "stack-class", None),
        ],
    )  # fmt: skip
    def test_code_place_and_hint(self, landform, project, file, old, new, code, hint):
        """The error names the file and line, and the nearest right name where there is one."""
        edit(project, file, old, new)
        said = landform("synth", "--json", cwd=project)
        assert said.status == 2
        errors = said.document["errors"]
        matching = [error for error in errors if error["code"] == code]
        assert matching, errors
        assert matching[0]["file"]
        assert matching[0]["line"]
        if hint:
            assert hint in matching[0]["fix"]
        assert not (project / "cdktf.out").exists()

    def test_an_unquoted_account_id(self, landform, project):
        """A number where a string must be is shown as it was written."""
        path = next(
            path
            for path in sorted((project / "org" / "accounts").glob("*.yaml"))
            if 'account_id: "' in path.read_text()
        )
        text = path.read_text()
        account_id = text.partition('account_id: "')[2][:12]
        path.write_text(text.replace(f'"{account_id}"', account_id))
        said = landform("synth", cwd=project)
        assert said.status == 2
        assert account_id in said.err
        assert "quoted string of 12 digits" in said.err

    def test_a_line_that_nobody_would_read(self, landform, project):
        """Of a very long line the part that matters is shown."""
        (project / "org/accounts/payments-dev.yaml").write_text(f"a: {'x' * 5000} [: {'y' * 5000}\n")
        said = landform("org", "validate", cwd=project)
        assert said.status == 2
        (shown,) = [line for line in said.err.splitlines() if line.startswith("     1 |")]
        assert "xxx [: yyy" in shown
        assert len(shown) < 250

    def test_no_spec_at_all(self, landform, tmp_path):
        """A folder without org/ says what to do."""
        said = landform("synth", cwd=tmp_path)
        assert said.status == 2
        assert "spec-not-found" in said.err

    def test_no_folder_at_all(self, landform, tmp_path):
        """-C of a folder that is not there."""
        assert "spec-not-found" in landform("synth", "-C", "nowhere", cwd=tmp_path).err


class TestStackCode:
    """One mistake in a stack class."""

    def test_an_argument_terraform_would_refuse(self, landform, project):
        """A bucket name S3 does not take, at the user's line, with the line itself."""
        edit(
            project,
            "acme/payments.py",
            'Bucket(self, "Ledger",',
            'Bucket(self, "Ledger", bucket_name="Not_A_Name",',
        )
        said = landform("synth", cwd=project)
        assert said.status == 2
        assert "error[argument-value]" in said.err
        assert "acme/payments.py:" in said.err
        assert 'bucket_name="Not_A_Name"' in said.err
        assert said.err.count("error[") == 1

    def test_a_parameter_the_class_does_not_take(self, landform, project):
        """The spec's parameters are the class's keyword arguments."""
        edit(
            project,
            "org/stacks.yaml",
            "construct: acme.payments:PaymentsLedger",
            "construct: acme.payments:PaymentsLedger\n    params: { keep_dais: 5 }",
        )
        said = landform("synth", "--json", cwd=project)
        (error,) = said.document["errors"]
        assert error["code"] == "stack-class"
        assert error["fix"] == "Did you mean 'keep_days'?"

    def test_traceback_on_demand(self, landform, project):
        """``--traceback`` shows the way to the line, for those who ask."""
        edit(project, "acme/payments.py", "ledger = Bucket", "raise KeyError('x')\n        ledger = Bucket")
        import subprocess
        import sys

        command = [sys.executable, "-m", "landform.cli.main", "--traceback", "synth"]
        done = subprocess.run(command, cwd=project, capture_output=True, text=True)
        assert done.returncode == 2
        assert "KeyError: 'x'" in done.stderr


class TestFiles:
    """Folders and files that cannot be used."""

    def test_an_output_folder_that_cannot_be_written(self, landform, project):
        """A file stands where the folder should be."""
        (project / "blocked").write_text("")
        said = landform("synth", "--out", "blocked/out", cwd=project)
        assert said.status == 2
        assert "not-writable" in said.err

    def test_an_output_folder_that_holds_something_else(self, landform, project):
        """Nobody's files are replaced."""
        said = landform("synth", "--out", "org", cwd=project)
        assert said.status == 2
        assert "not-empty" in said.err
        assert (project / "org" / "org.yaml").exists()

    @pytest.mark.parametrize("command", ["check", "plan"])
    def test_no_bundle(self, landform, project, command):
        """Before the first synth there is nothing to check or plan."""
        said = landform(command, cwd=project)
        assert said.status == 2
        assert "no-bundle" in said.err
        assert "landform synth" in said.err

    def test_a_tampered_bundle(self, landform, project):
        """A file changed by hand is not checked: exit status 1."""
        landform("synth", "--quiet", "-s", "payments-ledger", cwd=project)
        path = project / "cdktf.out" / "stacks" / "payments-dev.payments-ledger" / "cdk.tf.json"
        path.write_text(path.read_text() + " ")
        said = landform("check", cwd=project)
        assert said.status == 1
        assert "bundle-tampered" in said.err


class TestOptions:
    """Options that make no sense."""

    @pytest.mark.parametrize(
        ("arguments", "hint"),
        [
            (("synth", "--shard", "5/4"), "K/N"),
            (("synth", "--shard", "x"), "K/N"),
            (("synth", "--jobs", "0"), "--jobs"),
            (("synth", "--acount", "x"), "--account"),
            (("sinth",), "synth"),
            (("ls", "--account", "nobody"), "no-match"),
            (("check", "--fail-on", "terrible"), "--fail-on"),
            (("check", "--as-of", "yesterday"), "--as-of"),
            (("bindings",), "usage"),
            (("bindings", "aws_sqs_queu"), "aws_sqs_queue"),
            (("bindings", "x_y", "--schema", "none.json"), "--version"),
        ],
    )
    def test_status_and_hint(self, landform, project, arguments, hint):
        """Exit status 2, and the message names what was wrong."""
        said = landform(*arguments, cwd=project)
        assert said.status == 2
        assert hint in said.err

    def test_context_that_is_no_json(self, landform, project):
        """What cdktf's command line passes is checked too."""
        said = landform("synth", cwd=project, CDKTF_CONTEXT_JSON="{")
        assert said.status == 2
        assert "CDKTF_CONTEXT_JSON" in said.err

    def test_errors_are_json_where_asked(self, landform, tmp_path):
        """With --json an error is a document, too, and the only thing on stdout."""
        said = landform("synth", "--json", cwd=tmp_path)
        assert said.status == 2
        assert json.loads(said.out)["errors"][0]["code"] == "spec-not-found"


class TestMachine:
    """Something this machine lacks."""

    def test_a_terraform_that_is_not_there(self, landform, synthesised):
        """Exit status 3, and how to get one."""
        said = landform("plan", "--sandbox", "--terraform", "/nowhere/terraform", cwd=synthesised)
        assert said.status == 3
        assert "terraform-missing" in said.err

    def test_a_mirror_without_providers(self, landform, synthesised, tmp_path):
        """Exit status 3, and what was expected there."""
        said = landform("plan", "--sandbox", "--plugin-dir", str(tmp_path), cwd=synthesised)
        assert said.status == 3
        assert "provider-missing" in said.err
