"""``landform access``: questions, answers, and what is refused."""

import json

import pytest

LEDGER = "Ledger"
SETTLEMENT = "acme-payments-prod-payments-ledger-settlement"


def wrong(said, code="usage"):
    """The one error of a command that was refused."""
    assert said.status == 2, said.out
    (error,) = said.document["errors"]
    assert error["code"] == code
    return error


class TestAccess:
    def test_the_matrix(self, landform, synthesised):
        """A block for each principal, a line for each resource, and why."""
        said = landform("access", "--principal", SETTLEMENT, cwd=synthesised)

        assert said.status == 0
        assert SETTLEMENT in said.out
        assert "s3_bucket payments-ledger/Ledger" in said.out
        assert "WriteObjects" in said.out
        assert "if kms:ViaService is s3.eu-west-1.amazonaws.com" in said.out

    def test_json_is_one_document(self, landform, synthesised):
        """Equal accounts are one row with their names."""
        document = landform(
            "access", "--json", "--level", "write", "--resource", "*Ledger*", cwd=synthesised
        ).document

        assert {len(row["accounts"]) for row in document["rows"]} == {3}
        assert {right["level"] for row in document["rows"] for right in row["rights"]} == {"write"}

    def test_a_selection(self, landform, synthesised):
        """By account, as everywhere."""
        document = landform("access", "--json", "--account", "payments-prod", "--principal", "landform-plan",
                            cwd=synthesised).document  # fmt: skip

        assert {name for row in document["rows"] for name in row["accounts"]} == {"payments-prod"}

    def test_who_can(self, landform, synthesised):
        """On a construct of the example: the one role that may delete anything, and why."""
        said = landform("access", "--who-can", "s3:DeleteObject", "--on", LEDGER, cwd=synthesised)

        assert said.status == 0
        assert "yes  landform-apply" in said.out
        assert "PowerUserAccess" in said.out
        assert "settlement" not in said.out

    def test_what_can(self, landform, synthesised):
        """Row by row, then statement by statement."""
        said = landform("access", "--what-can", SETTLEMENT, cwd=synthesised)

        assert said.status == 0
        assert "s3:PutObject" in said.out
        assert "acme/payments.py" in said.out
        assert "s3:DeleteObject" not in said.out

    def test_cross_account(self, landform, synthesised):
        """The half that is missing is named."""
        said = landform("access", "--cross-account", cwd=synthesised)

        assert "acme-deployer" in said.out
        assert "the other account's half is not in the bundle" in said.out

    @pytest.mark.parametrize(
        ("principal", "fail_on", "status"),
        [
            (SETTLEMENT, "escalation", 0),
            (SETTLEMENT, "conditional-escalation", 1),
            ("landform-apply", "escalation", 1),
            ("acme-*-vpc-flow-logs-role", "conditional-escalation", 0),
        ],
    )
    def test_escalations_can_fail(self, landform, synthesised, principal, fail_on, status):
        """A path without conditions, or with."""
        said = landform(
            "access", "--escalations", "--principal", principal, "--fail-on", fail_on, cwd=synthesised
        )

        assert said.status == status

    @pytest.mark.parametrize(
        ("ending", "beginning"),
        [("html", "<!doctype html>"), ("svg", "<svg"), ("csv", "principal,"), ("json", "{")],
    )
    def test_a_file_is_of_the_format_of_its_ending(self, landform, synthesised, tmp_path, ending, beginning):
        """And nothing is on stdout."""
        file = tmp_path / f"access.{ending}"
        said = landform("access", "--principal", SETTLEMENT, "--output", str(file), cwd=synthesised)

        assert said.status == 0
        assert said.out == ""
        assert file.read_text().startswith(beginning)

    def test_the_document_and_the_json_file_are_the_same(self, landform, synthesised, tmp_path):
        """Whichever way it is asked for."""
        file = tmp_path / "access.json"
        landform("access", "--principal", SETTLEMENT, "--output", str(file), cwd=synthesised)
        said = landform("access", "--principal", SETTLEMENT, "--json", cwd=synthesised)

        assert json.loads(file.read_text()) == said.document

    def test_a_file_for_people_and_a_document_for_a_program(self, landform, synthesised, tmp_path):
        """In one run."""
        file = tmp_path / "access.html"
        said = landform("access", "--principal", SETTLEMENT, "--json", "--output", str(file), cwd=synthesised)

        assert said.document["kind"] == "matrix"
        assert file.read_text().startswith("<!doctype html>")


class TestBadInput:
    @pytest.mark.parametrize(
        ("arguments", "given", "hint"),
        [
            (("--what-can", "landform-aply"), "landform-aply", "landform-apply"),
            (("--who-can", "s3:DeletObject", "--on", LEDGER), "s3:DeletObject", "s3:DeleteObject"),
            (("--who-can", "s4:DeleteObject", "--on", LEDGER), "s4:DeleteObject", None),
            (("--who-can", "s3:DeleteObject", "--on", "Ledgr"), "Ledgr", None),
            (("--who-can", "s3:DeleteObject", "--on", "arn:nothing"), "arn:nothing", None),
            (("--who-can", "sqs:SendMessage", "--on", "data-lake/Lake"), "data-lake/Lake", None),
            (("--who-can", "s3:DeleteObject"), "--who-can s3:DeleteObject", "--on"),
            (("--on", LEDGER), "--on Ledger", "--who-can"),
            (("--cross-account", "--escalations"), "--cross-account --escalations", None),
            (("--format", "svg"), "--format svg", "--output"),
            (("--what-can", ""), "", None),
        ],
    )
    def test_what_was_given_and_what_to_do(self, landform, synthesised, arguments, given, hint):
        """The nearest right name where there is one."""
        error = wrong(landform("access", "--json", *arguments, cwd=synthesised))

        assert given in error["given"]
        assert hint is None or hint in error["fix"]

    def test_an_answer_that_is_no_matrix_is_no_picture(self, landform, synthesised):
        """It says what it can be."""
        said = landform("access", "--escalations", "--format", "svg", cwd=synthesised)

        assert said.status == 2
        assert "human or json" in said.err

    def test_no_bundle(self, landform, project):
        """It says to synthesise first."""
        assert "synth" in wrong(landform("access", "--json", cwd=project), "no-bundle")["fix"]

    def test_a_changed_bundle(self, landform, project):
        """What is read is what was synthesised."""
        assert landform("synth", "--quiet", cwd=project).status == 0
        file = project / "cdktf.out" / "stacks" / "payments-prod.baseline" / "cdk.tf.json"
        file.write_text(file.read_text().replace("Allow", "Deny", 1))
        said = landform("access", "--json", cwd=project)

        assert said.status == 1
        assert said.document["errors"][0]["code"] == "bundle-tampered"

    def test_an_empty_selection(self, landform, synthesised):
        """As everywhere."""
        wrong(landform("access", "--json", "--account", "nobody", cwd=synthesised), "no-match")
