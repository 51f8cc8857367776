"""Users' rules: read from a project's folder and from packages, and refused with a place where they are none."""

import os
from importlib import metadata

import pytest

from landform.errors import Code, LandformError
from landform.policies import user_rules
from landform.policies.catalogue import catalogue, entry_of, remediation_of
from landform.policies.user_rules import read_rules, rules_digest

MODULE = """from landform.policies.rule import Rule, must_have

RULES = (
    Rule(
        id="ACME_QUEUE_NAME",
        title="A queue has a name",
        severity="low",
        types=("aws_sqs_queue",),
        rationale="People look for it.",
        remediation="Give it a name.",
        judge=must_have("name"),
    ),
)
"""
PLAN_MODULE = """from landform.policies.change import created, destroyed
from landform.policies.plan_rule import Concern, PlanRule, Risk, example_plan


def judge(plan):
    for change in plan.changes:
        if change.destroys and change.type == "acme_ledger":
            yield Concern(Risk.R4, change.address, "is destroyed")


RULES = (
    PlanRule(
        id="ACME_LEDGER_STAYS",
        title="A ledger is never destroyed",
        rationale="It is the only one.",
        remediation="Keep it.",
        judge=judge,
        good=(example_plan(created("acme_ledger.l", {})),),
        bad=(example_plan(destroyed("acme_ledger.l", {})),),
    ),
)
"""
YAML = """schema: landform/rules/v1
rules:
  - id: ACME_QUEUE_FIFO
    title: A queue is first in, first out
    severity: high
    types: [aws_sqs_queue]
    rationale: Orders come one after the other.
    remediation: Set fifo_queue.
    holds: has(resource.fifo_queue) && resource.fifo_queue
"""

HOLDS = "has(resource.fifo_queue) && resource.fifo_queue"


@pytest.fixture
def project(tmp_path):
    """A project with one rule in each language."""
    write(tmp_path, "queues.py", MODULE)
    write(tmp_path, "queues.yaml", YAML)
    return tmp_path


def write(project, name, text):
    """A file of rules."""
    (project / "policies").mkdir(exist_ok=True)
    (project / "policies" / name).write_text(text)


def refused(project):
    """What is wrong with the rules of a project."""
    with pytest.raises(LandformError) as caught:
        read_rules(project)
    return caught.value.each()


class TestReadRules:
    def test_each_has_its_place(self, project):
        """The line of its id."""
        found = read_rules(project).by_id

        assert {id: (str(each.place), each.language) for id, each in found.items()} == {
            "ACME_QUEUE_FIFO": ("policies/queues.yaml:3:9", "CEL"),
            "ACME_QUEUE_NAME": ("policies/queues.py:5", "Python"),
        }

    def test_nothing_is_written(self, project):
        """A folder of the user's stays as it is."""
        read_rules(project)

        assert sorted(os.listdir(project / "policies")) == ["queues.py", "queues.yaml"]

    def test_no_folder(self, tmp_path):
        """Most projects have none."""
        assert not read_rules(tmp_path).by_id

    def test_notes_and_hidden_files_are_left_alone(self, project):
        """As in the spec."""
        write(project, "README.md", "notes")
        write(project, ".swap", "")

        assert len(read_rules(project).by_id) == 2

    def test_a_module_with_a_dataclass(self, project):
        """Dataclasses ask for their module by name."""
        more = "from __future__ import annotations\nfrom dataclasses import dataclass\n"
        write(project, "queues.py", f"{more}{MODULE}\n@dataclass\nclass A:\n    b: int\n")

        assert len(read_rules(project).by_id) == 2

    @pytest.mark.parametrize(
        ("name", "old", "new", "place", "hint"),
        [
            ("queues.py", "RULES = (", "RULES = ((", "policies/queues.py:3", "SyntaxError"),
            ("queues.py", "RULES = (", "import nothing_here\nRULES = (", "policies/queues.py:3", "nothing_here"),
            ("queues.py", "RULES = (", "raise SystemExit(3)\nRULES = (", "policies/queues.py:3", "SystemExit"),
            ("queues.py", '        title="A queue has a name",\n', "", "policies/queues.py:4", "title"),
            ("queues.py", "RULES = ", "RULE = ", "policies/queues.py", "RULES = (Rule"),
            ("queues.py", "    ),\n)", "    )\n)", "policies/queues.py", "Rule"),
            ("queues.py", '"low"', '"lwo"', "policies/queues.py:5", "'low'"),
            ("queues.py", '("aws_sqs_queue",)', '"aws_sqs_queue"', "policies/queues.py:5", "a tuple"),
            ("queues.py", '("aws_sqs_queue",)', "()", "policies/queues.py:5", "at least one type"),
            ("queues.py", 'must_have("name")', "None", "policies/queues.py:5", "a function"),
            ("queues.py", '"Give it a name."', '" "', "policies/queues.py:5", "not empty"),
            ("queues.py", "ACME_QUEUE_NAME", "ACME_QUEUE_FIFO", "policies/queues.yaml:3", "policies/queues.py:5"),
            ("queues.py", "ACME_QUEUE_NAME", "LF_TOPIC_SIGNATURE", "policies/queues.py:5", "LF_"),
            ("queues.py", "ACME_QUEUE_NAME", "CKV_AWS_27", "policies/queues.py:5", "CKV"),
            ("queues.py", "ACME_QUEUE_NAME", "queues", "policies/queues.py:5", "capitals"),
            ("queues.yaml", "severity: high", "severity: hihg", "policies/queues.yaml:5", "'high'"),
            ("queues.yaml", "    title: A queue is first in, first out\n", "", "policies/queues.yaml:3", "title"),
            ("queues.yaml", "holds:", "hold:", "policies/queues.yaml:9", "'holds'"),
            ("queues.yaml", "&& resource.fifo_queue", "&&", "policies/queues.yaml:9", "Syntax error"),
            ("queues.yaml", "&& resource.fifo_queue", "&& (", "policies/queues.yaml:9", "Syntax error"),
            ("queues.yaml", HOLDS, "'true'", "policies/queues.yaml:9", "no variable"),
            ("queues.yaml", "ACME_QUEUE_FIFO", "CKV2_AWS_1", "policies/queues.yaml:3", "CKV"),
            ("queues.yaml", "rules:", "rules: [", "policies/queues.yaml", ""),
            ("queues.yaml", "rules/v1", "rules/v2", "policies/queues.yaml:1", "landform/rules/v1"),
        ],
    )  # fmt: skip
    def test_what_is_no_rule(self, project, name, old, new, place, hint):
        """File and line, and what would be right; exit status 2."""
        text = (project / "policies" / name).read_text()
        assert old in text
        write(project, name, text.replace(old, new, 1))
        errors = refused(project)

        assert any(str(error.place).startswith(place) and hint in str(error) for error in errors), errors
        assert all(error.code.status == 2 for error in errors)

    def test_all_mistakes_in_one_go(self, project):
        """A person corrects them together."""
        write(project, "queues.py", "RULES = (")
        write(project, "queues.yaml", YAML.replace("severity: high", "severity: x"))

        assert len(refused(project)) == 2

    @pytest.mark.parametrize("name", ["queues.yml", "queues.txt", "queues"])
    def test_what_would_not_be_read(self, project, name):
        """A rule that nobody runs looks like one that everybody keeps."""
        write(project, name, YAML)
        (error,) = refused(project)

        assert error.code is Code.POLICY_RULE
        assert str(error.place) == f"policies/{name}"

    def test_a_link_to_itself(self, project):
        """Is said to be unreadable."""
        (project / "policies" / "loop.py").symlink_to("loop.py")
        (error,) = refused(project)

        assert str(error.place) == "policies/loop.py"


@pytest.fixture
def ship(monkeypatch):
    """Let a package ship rules: ``ship(value)`` with what its entry point names."""

    def make(value):
        point = metadata.EntryPoint("acme", value, user_rules.GROUP)
        monkeypatch.setattr(user_rules, "_entry_points", lambda: [point])

    return make


class TestEntryPoints:
    @pytest.mark.parametrize("value", ["acme_rules", "acme_rules:RULES"])
    def test_a_package_ships_rules(self, tmp_path, monkeypatch, ship, value):
        """A module with them, or the tuple itself."""
        (tmp_path / "acme_rules.py").write_text(MODULE)
        monkeypatch.syspath_prepend(tmp_path)
        ship(value)

        assert list(read_rules(tmp_path).by_id) == ["ACME_QUEUE_NAME"]

    def test_a_package_that_cannot_be_imported(self, tmp_path, ship):
        """Its rules are not left out in silence."""
        ship("no_such_package.rules")
        (error,) = refused(tmp_path)

        assert error.code is Code.POLICY_RULE
        assert "no_such_package" in str(error)

    def test_what_is_no_tuple_of_rules(self, tmp_path, ship):
        """Whatever it names."""
        ship("os:sep")

        assert "RULES = (Rule" in str(refused(tmp_path)[0])

    def test_the_group_is_asked_for(self):
        """Of what is installed here, no package ships any."""
        assert user_rules._entry_points() == []


class TestRulesDigest:
    def test_equal_files_are_equal(self, project):
        """However often it is asked for."""
        assert rules_digest(project) == rules_digest(project)

    @pytest.mark.parametrize(("name", "text"), [("queues.py", f"{MODULE}#"), ("more.py", MODULE)])
    def test_a_file_that_changes(self, project, name, text):
        """Or one more."""
        before = rules_digest(project)
        write(project, name, text)

        assert rules_digest(project) != before

    def test_a_package(self, project, ship):
        """Is a part of it."""
        before = rules_digest(project)
        ship("os:sep")

        assert rules_digest(project) != before


class TestCatalogue:
    def test_they_are_listed_beside_the_others(self, project):
        """With all that they say of themselves."""
        users = read_rules(project)

        assert set(catalogue(users)) - set(catalogue()) == {"ACME_QUEUE_FIFO", "ACME_QUEUE_NAME"}
        assert entry_of("ACME_QUEUE_FIFO", users).severity == "high"
        assert remediation_of("ACME_QUEUE_FIFO", users) == "Set fifo_queue."

    def test_another_project_does_not_know_them(self, project):
        """Nothing of them stays in the process."""
        read_rules(project)

        with pytest.raises(LandformError):
            entry_of("ACME_QUEUE_FIFO")


class TestPlanRules:
    def test_they_stand_beside_the_others(self, project):
        """By id, each with its line; what judges stacks does not get them."""
        write(project, "ledgers.py", PLAN_MODULE)
        found = read_rules(project)

        assert {id: str(each.place) for id, each in found.plan.items()} == {
            "ACME_LEDGER_STAYS": "policies/ledgers.py:13"
        }
        assert [rule.id for rule in found.plan_rules] == ["ACME_LEDGER_STAYS"]
        assert list(found.by_id) == ["ACME_QUEUE_FIFO", "ACME_QUEUE_NAME"]
        assert found.found("ACME_LEDGER_STAYS").rule.title == "A ledger is never destroyed"

    @pytest.mark.parametrize(
        ("old", "new", "hint"),
        [
            ("ACME_LEDGER_STAYS", "LF_PLAN_MASS", "LF_"),
            ("ACME_LEDGER_STAYS", "ACME_QUEUE_NAME", "policies/ledgers.py:13"),
            ("judge=judge", "judge=None", "a function of a plan"),
            ('"Keep it."', '""', "not empty"),
            ('good=(example_plan(created("acme_ledger.l", {})),)', "good=[]", "a tuple"),
        ],
    )
    def test_what_is_wrong(self, project, old, new, hint):
        """As with other rules."""
        write(project, "ledgers.py", PLAN_MODULE.replace(old, new))
        (error,) = refused(project)

        assert error.code is Code.POLICY_RULE
        assert hint in str(error)
