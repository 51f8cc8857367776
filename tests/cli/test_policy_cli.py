"""``landform policy``, and users' rules in ``landform check``."""

import pytest

BAD = """schema: landform/rules/v1
rules:
  - id: ACME_WRONG
    title: Wrong by its own examples
    severity: low
    types: [aws_sqs_queue]
    rationale: To be seen to fail.
    remediation: Correct it.
    holds: has(resource.name)
    good:
      - aws_sqs_queue: {q: {delay_seconds: 1}}
    bad:
      - aws_sqs_queue: {q: {delay_seconds: 1}}
"""

PLANS = """from landform.policies.change import destroyed
from landform.policies.plan_rule import PlanRule, example_plan

RULES = (
    PlanRule(
        id="ACME_SILENT",
        title="Says nothing",
        rationale="To be seen to fail.",
        remediation="Correct it.",
        judge=lambda plan: (),
        good=(example_plan(),),
        bad=(example_plan(destroyed("acme_ledger.l", {})),),
    ),
)
"""


@pytest.fixture
def over_plans(tmp_path):
    """A folder with one rule over plans, which fails its example."""
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "plans.py").write_text(PLANS)
    return tmp_path


@pytest.fixture
def folder(tmp_path):
    """A folder with one rule that fails its example."""
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "wrong.yaml").write_text(BAD)
    return tmp_path


class TestList:
    def test_the_examples_rules(self, landform, project):
        """In both languages, with where each stands."""
        rows = landform("policy", "list", "--json", cwd=project).document

        assert {(row["id"], row["language"]) for row in rows} == {
            ("ACME_BUCKET_ENDS", "Python"),
            ("ACME_LOGS_RETENTION", "CEL"),
            ("ACME_SCHEDULE_AT_NIGHT", "Python"),
        }
        assert all(row["place"].startswith("policies/") for row in rows)

    def test_none(self, landform, tmp_path):
        """Says so."""
        said = landform("policy", "list", cwd=tmp_path)

        assert (said.status, said.out.strip()) == (0, "no rules in policies/ or packages")

    def test_rules_over_plans(self, landform, over_plans):
        """They are said to be such."""
        (row,) = landform("policy", "list", "--json", cwd=over_plans).document

        assert (row["id"], row["language"], row["place"]) == (
            "ACME_SILENT",
            "Python, over plans",
            "policies/plans.py:6",
        )


class TestTest:
    @pytest.mark.parametrize("chosen", [(), ("ACME_SILENT",)])
    def test_a_rule_over_plans(self, landform, over_plans, chosen):
        """By its plans, as others by their stacks."""
        said = landform("policy", "test", *chosen, cwd=over_plans)

        assert said.status == 1
        assert "The bad example 1 must have a concern, and has none." in said.out

    def test_the_examples_rules_do_as_they_say(self, landform, project):
        """In both languages, with where each stands."""
        said = landform("policy", "test", "--json", cwd=project)

        assert (said.status, said.document["failed"]) == (0, [])

    def test_what_fails_is_named(self, landform, folder):
        """With its line, and status 1."""
        said = landform("policy", "test", cwd=folder)

        assert said.status == 1
        assert "ACME_WRONG" in said.out
        assert "policies/wrong.yaml:3" in said.out
        assert "The good example 1 must have passed: aws_sqs_queue.q is failed." in said.out

    def test_one_rule(self, landform, folder):
        """Or none of that name."""
        assert landform("policy", "test", "ACME_WRONG", "--json", cwd=folder).document["rules"] == [
            "ACME_WRONG"
        ]
        said = landform("policy", "test", "acme_wrong", cwd=folder)
        assert said.status == 2
        assert "'ACME_WRONG'" in said.err


class TestCheck:
    def test_they_are_explained_and_listed(self, landform, folder):
        """As landform's own are."""
        said = landform("check", "--explain", "ACME_WRONG", "--json", cwd=folder).document
        ids = [row["id"] for row in landform("check", "--rules", "--json", cwd=folder).document]

        assert (said["engine"], said["types"], len(said["good"])) == ("user", ["aws_sqs_queue"], 1)
        assert "ACME_WRONG" in ids

    @pytest.mark.parametrize(
        "command", [("check",), ("check", "--rules"), ("policy", "test"), ("policy", "list")]
    )
    def test_a_pack_with_a_mistake(self, landform, folder, synthesised, command):
        """Is refused with file and line before anything is judged."""
        (folder / "policies" / "wrong.yaml").write_text(
            BAD.replace("has(resource.name)", "has(resource.name")
        )
        (folder / "cdktf.out").symlink_to(synthesised / "cdktf.out")
        said = landform(*command, "--json", cwd=folder)

        assert said.status == 2
        (error,) = said.document["errors"]
        assert (error["code"], error["file"], error["line"]) == ("policy-rule", "policies/wrong.yaml", 9)

    def test_the_example_is_judged_by_its_own(self, landform, synthesised):
        """And keeps them."""
        said = landform("check", "--json", "-s", "payments-ledger", "--as-of", "2026-11-20", cwd=synthesised)

        assert {"ACME_BUCKET_ENDS", "ACME_LOGS_RETENTION"} <= set(said.document["rules"])
        assert said.status == 0
