"""``landform new construct``."""

import subprocess
import sys

import pytest


class TestConstruct:
    @pytest.mark.parametrize(
        ("name", "resource"),
        [
            ("LedgerTable", "aws_dynamodb_table"),
            ("Alarm", "aws_cloudwatch_metric_alarm"),
            ("Site", "aws_cloudfront_distribution"),
        ],
    )
    def test_what_it_writes_passes_its_own_test(self, landform, project, name, resource):
        """With arguments or without, with grants or without."""
        files = landform("new", "construct", name, "--resource", resource, "--json", cwd=project).document[
            "files"
        ]
        (test,) = [each for each in files if each.startswith("tests/")]

        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", test],
            cwd=project,
            capture_output=True,
            text=True,
            check=False,
        )

        assert done.returncode == 0, done.stdout

    def test_it_has_the_anatomy_of_the_library(self, landform, project):
        """Face, construct, grants, controls; and a test and a page."""
        made = landform("new", "construct", "Jobs", "--resource", "aws_sqs_queue", "--json", cwd=project)

        assert made.document["files"] == [
            "acme/constructs/__init__.py",
            "acme/constructs/jobs/__init__.py",
            "acme/constructs/jobs/controls.py",
            "acme/constructs/jobs/grants.py",
            "acme/constructs/jobs/jobs.py",
            "docs/Jobs.md",
            "tests/test_jobs.py",
        ]

    def test_no_verb_but_delete_deletes(self, landform, project):
        """AWS calls deleting an item a write."""
        landform("new", "construct", "Jobs", "--resource", "aws_dynamodb_table", cwd=project)
        table = (project / "acme/constructs/jobs/grants.py").read_text()

        assert "Delete" not in table.replace(table[table.index("DELETE =") : table.index("LIST =")], "")

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["ledger", "--resource", "aws_sqs_queue"], "[usage]"),
            (["Ledger", "--resource", "aws_sqs_queu"], "aws_sqs_queue"),
            (["Ledger", "--resource", "aws_sqs_queue", "--package", "constructs"], "[usage]"),
            (["Ledger", "--resource", "aws_sqs_queue", "--package", "../up"], "[usage]"),
        ],
    )
    def test_bad_input_writes_nothing(self, landform, project, arguments, said):
        """A name that is none, an unknown type, a package that Python could not import."""
        done = landform("new", "construct", *arguments, cwd=project)

        assert done.status == 2
        assert said in done.err
        assert not (project / "acme/constructs").exists()

    def test_what_is_there_is_kept(self, landform, project):
        """A second one of the name is refused."""
        landform("new", "construct", "Jobs", "--resource", "aws_sqs_queue", cwd=project)
        done = landform("new", "construct", "Jobs", "--resource", "aws_sns_topic", cwd=project)

        assert done.status == 2
        assert "[not-empty]" in done.err
        assert "aws_sns_topic" not in (project / "acme/constructs/jobs/jobs.py").read_text()

    def test_two_packages_must_be_told_apart(self, landform, project):
        """Rather than guess, it asks."""
        (project / "other").mkdir()
        (project / "other/__init__.py").touch()
        done = landform("new", "construct", "Jobs", "--resource", "aws_sqs_queue", cwd=project)

        assert done.status == 2
        assert "--package" in done.err
