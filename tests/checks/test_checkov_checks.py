"""Users' checks for checkov: run beside its own, gone from the process afterwards, refused where they are none."""

import datetime as dt

import pytest

from landform.checks.checkov_checks import read_users
from landform.checks.checkov_engine import scan, shipped_rules
from landform.checks.checkov_surroundings import own_surroundings
from landform.checks.run import check
from landform.errors import LandformError
from landform.policies.user_rules import rules_digest

PYTHON = """from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck


class QueueName(BaseResourceCheck):
    def __init__(self):
        name = "A queue has a good name"
        id = "CKV_ACME_1"
        super().__init__(name=name, id=id, categories=[CheckCategories.NETWORKING], supported_resources=["aws_sqs_*"])

    def scan_resource_conf(self, conf):
        return CheckResult.FAILED if conf.get("name") == ["bad"] else CheckResult.PASSED


check = QueueName()
"""
YAML = """metadata:
  id: CKV2_ACME_1
  name: A queue has a delay
  category: GENERAL_SECURITY
  severity: HIGH
definition:
  cond_type: attribute
  resource_types: [aws_sqs_queue]
  attribute: delay_seconds
  operator: exists
"""
STACKS = {
    "prod-a.queues": {"resource": {"aws_sqs_queue": {"q": {"name": "bad"}}}},
    "prod-b.queues": {"resource": {"aws_sqs_queue": {"q": {"name": "a", "delay_seconds": 3}}}},
}


def write(project, name, text):
    """A file of checks."""
    (project / "policies" / "checkov").mkdir(parents=True, exist_ok=True)
    (project / "policies" / "checkov" / name).write_text(text)


@pytest.fixture
def project(tmp_path):
    """A project with a check of each kind, laid out as checkov's own command line wants it."""
    write(tmp_path, "__init__.py", "")
    write(tmp_path, "queues.py", PYTHON)
    write(tmp_path, "queues.yaml", YAML)
    return tmp_path


def results(checks):
    """What the users' checks say, by check and stack."""
    found = scan(STACKS, checks=checks).results
    return {(each.rule, each.stack): each.outcome for each in found if "ACME" in each.rule}


class TestReadUsers:
    def test_both_kinds(self, project):
        """With place, severity and types; checkov gives none to a check in Python."""
        found = read_users(project).checkov

        assert {id: (str(each.place), each.severity, each.types) for id, each in found.items()} == {
            "CKV2_ACME_1": ("policies/checkov/queues.yaml:2:7", "high", ("aws_sqs_queue",)),
            "CKV_ACME_1": ("policies/checkov/queues.py:8", "medium", ("aws_sqs_*",)),
        }

    def test_they_judge_beside_checkovs_own(self, project):
        """Each resource that they name."""
        assert results(tuple(read_users(project).checkov.values())) == {
            ("CKV_ACME_1", "prod-a.queues"): "failed",
            ("CKV_ACME_1", "prod-b.queues"): "passed",
            ("CKV2_ACME_1", "prod-a.queues"): "failed",
            ("CKV2_ACME_1", "prod-b.queues"): "passed",
        }

    def test_nothing_of_them_stays(self, project):
        """Another project in the same process does not have them, and reading them again is no clash."""
        read_users(project)
        assert results(()) == {}
        assert len(read_users(project).checkov) == 2

    def test_checkovs_own_stay(self, project):
        """Its registries are as they were."""
        with own_surroundings():
            before = shipped_rules().ids
        read_users(project)
        with own_surroundings():
            assert shipped_rules().ids == before

    def test_a_check_that_raises(self, project):
        """Is a crash and not a pass."""
        write(
            project,
            "queues.py",
            PYTHON.replace("return CheckResult", "raise SystemExit(0)\n        return CheckResult"),
        )
        said = scan(STACKS, checks=tuple(read_users(project).checkov.values()))

        crashes = [crash for crash in said.crashes if crash.rule == "CKV_ACME_1"]
        assert [(crash.stack, crash.error) for crash in crashes] == [(name, "SystemExit") for name in STACKS]

    @pytest.mark.parametrize(
        ("name", "old", "new", "place", "hint"),
        [
            ("queues.py", "check = Q", "check = (Q", "queues.py:15", "SyntaxError"),
            ("queues.py", "check = QueueName()", "", "queues.py", "registers no check"),
            ("queues.py", "check = QueueName()", "QueueName(), QueueName()", "queues.py:8", "Two rules"),
            ("queues.py", "CKV_ACME_1", "CKV_AWS_27", "queues.py:8", "checkov's own"),
            ("queues.py", "CKV_ACME_1", "CKV2_ACME_1", "queues.yaml:2", "queues.py:8"),
            ("queues.py", "CKV_ACME_1", "LF_QUEUE", "queues.py:8", "LF_"),
            ("queues.py", "checkov.terraform", "checkov.nothing", "queues.py:2", "nothing"),
            ("queues.py", "checkov.terraform", "checkov.cloudformation", "queues.py:8", "cloudformation"),
            ("queues.yaml", "HIGH", "HIHG", "queues.yaml:5", "'high'"),
            ("queues.yaml", "  name: A queue has a delay\n", "", "queues.yaml", "metadata.name"),
            ("queues.yaml", "definition:", "defintion:", "queues.yaml", "no definition"),
            ("queues.yaml", "exists", "exsists", "queues.yaml:7", "definition"),
            ("queues.yaml", "metadata:", "metadata: [", "queues.yaml", ""),
        ],
    )
    def test_what_is_no_check(self, project, name, old, new, place, hint):
        """File and line, and exit status 2; checkov would leave it out in silence."""
        text = (project / "policies" / "checkov" / name).read_text()
        assert old in text
        write(project, name, text.replace(old, new, 1))
        with pytest.raises(LandformError) as caught:
            read_users(project)
        errors = caught.value.each()

        assert any(str(e.place).startswith(f"policies/checkov/{place}") and hint in str(e) for e in errors), (
            errors
        )
        assert all(error.code.status == 2 for error in errors)

    def test_what_would_not_be_read(self, project):
        """Is an error."""
        write(project, "queues.json", "{}")

        with pytest.raises(LandformError, match="would not be read"):
            read_users(project)

    def test_they_are_in_the_digest(self, project):
        """Of what a cache's key is made of."""
        before = rules_digest(project)
        write(project, "queues.yaml", YAML.replace("exists", "not_exists"))

        assert rules_digest(project) != before


class TestCheck:
    def test_their_findings_are_like_any_other(self, make_bundle, project, monkeypatch):
        """In this process and in others."""
        monkeypatch.setattr("landform.checks.workers.BATCH", 1)
        bundle = make_bundle(STACKS)
        reports = [
            check(
                bundle, list(bundle.stacks.values()), as_of=dt.date(2026, 11, 20), project=project, jobs=jobs
            )
            for jobs in (1, 2)
        ]
        found = {f.rule: (f.severity, f.title, f.stack) for f in reports[0].findings if "ACME" in f.rule}

        assert found == {
            "CKV2_ACME_1": ("high", "A queue has a delay", "prod-a.queues"),
            "CKV_ACME_1": ("medium", "A queue has a good name", "prod-a.queues"),
        }
        assert reports[0].findings == reports[1].findings
