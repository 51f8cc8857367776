"""The gate over Terraform that landform did not write."""

import datetime as dt
import json

import pytest
from hcl import hcl

from landform.checks.baseline import read_baseline
from landform.checks.folder import check_folder
from landform.checks.report import as_json, groups
from landform.checks.suggest import suggestions

DAY = dt.date(2026, 11, 20)
QUEUE = 'resource "aws_sqs_queue" "q" {\n  name = "orders"\n}\n'
SECRET = "hunter2-and-more"
HAND_WRITTEN = """
resource "aws_db_instance" "db" {
  password = "SECRET"
  username = "postgres"
}
resource "aws_vpc" "v" {
  provisioner "local-exec" {
    command = "echo SECRET"
  }
  lifecycle {
    ignore_changes = all
  }
}
data "external" "x" {
  program = ["sh"]
}
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
module "foreign" {
  source = "terraform-aws-modules/sqs/aws"
}
""".replace("SECRET", SECRET)


def checked(folder, **options):
    """The report on a folder."""
    return check_folder(folder, **{"as_of": DAY, "fail_on": "medium", **options})


def failures(report):
    """What fails: rule and address."""
    return {(finding.rule, finding.address) for finding in report.findings}


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """On a file as people write them in a hurry."""
    folder = tmp_path_factory.mktemp("hand")
    (folder / "main.tf").write_text(HAND_WRITTEN)
    return checked(folder)


class TestModules:
    """A module of the folder, called from several places."""

    @pytest.mark.parametrize("careless", ["dev", "prod", "test"])
    def test_two_folders_call_it_by_one_name(self, tmp_path, careless):
        """Each call is judged, and what one of them breaks is broken, whichever was read last."""
        module = 'variable "force" {}\nresource "aws_ecr_repository" "r" {\n  force_delete = var.force\n}\n'
        for folder in ("dev", "prod", "test"):
            (tmp_path / folder).mkdir()
            call = f'module "m" {{\n  source = "../shared"\n  force = {str(folder == careless).lower()}\n}}\n'
            (tmp_path / folder / "main.tf").write_text(call)
        (tmp_path / "shared").mkdir()
        (tmp_path / "shared" / "main.tf").write_text(module)
        found = [each.address for each in checked(tmp_path).findings if each.rule == "LF_FORCED_DELETION"]

        assert found == ["module.m.aws_ecr_repository.r"]


REPOSITORIES = """
resource "aws_ecr_repository" "r" {
  for_each     = { a = true, "b.c" = false, d = true }
  name         = each.key
  force_delete = each.value
}
resource "aws_kms_key" "k" {
  count               = 2
  enable_key_rotation = count.index > 5
}
resource "aws_kms_key" "many" {
  count = var.unsaid
}
variable "unsaid" {}
"""


@pytest.fixture(scope="module")
def instances(tmp_path_factory):
    """The gate over resources with several instances."""
    root = tmp_path_factory.mktemp("instances")
    (root / "main.tf").write_text(REPOSITORIES)
    return checked(root)


class TestInstances:
    """Instances of ``count`` and ``for_each``."""

    def test_landforms_rules_judge_each(self, instances):
        """With its own values, under its own address and the line that all of them have."""
        found = [
            (each.address, each.source) for each in instances.findings if each.rule == "LF_FORCED_DELETION"
        ]

        assert found == [
            ('aws_ecr_repository.r["a"]', "main.tf:2"),
            ('aws_ecr_repository.r["d"]', "main.tf:2"),
        ]

    def test_checkovs_rules_judge_each(self, instances):
        """Under the same addresses."""
        found = {each.address for each in instances.findings if each.rule == "CKV_AWS_136"}

        assert found == {f'aws_ecr_repository.r["{key}"]' for key in ("a", "b.c", "d")}

    def test_each_is_covered(self, instances):
        """What has a number that nobody knows is judged as it was written, and nothing is left out."""
        assert not [
            each for each in instances.findings if each.rule == "LF_COVERAGE" and "r[" in each.address
        ]
        assert instances.resources == 6
        assert ("CKV_AWS_7", "aws_kms_key.many") in failures(instances)

    def test_one_block_is_one_entry(self, instances):
        """However many of its instances break the rule alike; it says how many."""
        (group,) = (each for each in groups(instances) if each.rule == "LF_FORCED_DELETION")
        (entry,) = group.occurrences

        assert (group.count, entry.count, entry.address) == (2, 2, "aws_ecr_repository.r")
        assert entry.message.startswith("aws_ecr_repository.r ")

    def test_one_block_is_one_suggestion(self, instances):
        """A construct replaces what was written, for all of its instances."""
        found = [each.address for each in suggestions(instances.findings) if "ecr" in each.construct]

        assert found == ["aws_ecr_repository.r"]

    def test_an_entry_about_one_names_it(self, tmp_path):
        """There is nothing to fold."""
        (tmp_path / "main.tf").write_text(REPOSITORIES.replace("d = true", "d = false"))
        (group,) = (each for each in groups(checked(tmp_path)) if each.rule == "LF_FORCED_DELETION")

        assert [each.address for each in group.occurrences] == ['aws_ecr_repository.r["a"]']
        assert group.occurrences[0].message.startswith('aws_ecr_repository.r["a"] ')


class TestFindings:
    @pytest.mark.parametrize(
        ("rule", "address", "line"),
        [
            ("CKV_AWS_16", "aws_db_instance.db", 2),
            ("LF_SECRET_IN_CODE", "aws_db_instance.db", 2),
            ("LF_MASTER_NAME", "aws_db_instance.db", 2),
            ("LF_NO_PROVISIONER", "aws_vpc.v", 6),
            ("LF_IGNORE_ALL", "aws_vpc.v", 6),
            ("LF_DATA_EXTERNAL", "data.external.x", 14),
            ("LF_PROVIDER_VERSION", "terraform.required_providers.aws", 17),
            ("LF_COVERAGE", "module.foreign", 22),
        ],
    )
    def test_rules_of_both_engines_with_their_line(self, report, rule, address, line):
        """checkov's and landform's own, and what was not judged."""
        (found,) = (each for each in report.findings if (each.rule, each.address) == (rule, address))

        # The settings of a terraform block have no line of their own.
        assert found.source in (f"main.tf:{line}", "main.tf:1")
        assert (found.account, found.tier, found.stack) == ("", "", ".")

    def test_no_finding_speaks_of_waivers(self, report):
        """There is no organisation whose they would be."""
        assert not any("waive" in finding.remediation for finding in report.findings)

    def test_no_secret_is_in_the_report(self, report):
        """Nor in what is printed of it."""
        assert SECRET not in json.dumps(as_json(report))

    def test_the_floor_is_given(self, tmp_path):
        """A folder has no tier that says which severity fails."""
        (tmp_path / "main.tf").write_text(QUEUE)

        assert not checked(tmp_path, fail_on="medium").ok
        assert checked(tmp_path, fail_on="critical").ok


class TestRecall:
    def test_all_that_the_unpatched_checkov_finds(self, tmp_path, insecure, hcl_failures):
        """In HCL that is wrong in every way, and no rule of checkov's fires that does not fire there."""
        (tmp_path / "main.tf").write_text(hcl(insecure))
        theirs = hcl_failures({"insecure": insecure})["insecure"]
        ours = {
            (rule, address.removeprefix("data.").removeprefix("provider."))
            for rule, address in failures(checked(tmp_path))
            if rule.startswith("CKV")
        }

        assert len(theirs) >= 150
        assert sorted(theirs - ours) == []
        assert sorted(ours - theirs) == []


class TestForms:
    def test_json_and_hcl_give_the_same(self, tmp_path, insecure):
        """The same configuration, written in the two languages of Terraform."""
        for name, text in (("a", hcl(insecure)), ("b", json.dumps(insecure))):
            (tmp_path / name).mkdir()
            (tmp_path / name / ("main.tf" if name == "a" else "main.tf.json")).write_text(text)
        first, second = (failures(checked(tmp_path / name)) for name in ("a", "b"))

        # An expression of HCL is text that checkov's parser has read in its own way.
        assert {each for each in first ^ second if each[0] != "LF_COVERAGE"} == set()

    def test_each_folder_is_a_stack(self, tmp_path):
        """Named by its path."""
        for name in ("network", "data"):
            (tmp_path / name).mkdir()
            (tmp_path / name / "main.tf").write_text(QUEUE)

        report = checked(tmp_path)
        assert report.stacks == 2
        assert {finding.stack for finding in report.findings} == {"network", "data"}

    def test_the_order_of_folders_is_nothing(self, tmp_path):
        """What one folder holds has no influence on another's findings."""
        alone = tmp_path / "alone"
        both = tmp_path / "both"
        for folder, names in ((alone, ["a"]), (both, ["0", "a", "z"])):
            for name in names:
                (folder / name).mkdir(parents=True)
                (folder / name / "main.tf").write_text(QUEUE if name == "a" else HAND_WRITTEN)

        of_a = {(f.rule, f.address) for f in checked(both).findings if f.stack == "a"}
        assert of_a == failures(checked(alone))


class TestReport:
    def test_its_digest_is_that_of_the_files(self, tmp_path):
        """The same for the same, and another for another."""
        (tmp_path / "main.tf").write_text(QUEUE)
        first, again = checked(tmp_path), checked(tmp_path)
        (tmp_path / "main.tf").write_text(QUEUE.replace("orders", "others"))

        assert first == again
        assert checked(tmp_path).bundle != first.bundle

    def test_a_baseline_lets_only_new_findings_fail(self, tmp_path):
        """Of Terraform that nobody dares to change at once."""
        (tmp_path / "main.tf").write_text(QUEUE)
        before = read_baseline(json.dumps(as_json(checked(tmp_path))), "before.json")

        assert checked(tmp_path, baseline=before).ok
        (tmp_path / "more.tf").write_text(QUEUE.replace('"q"', '"new"'))
        assert not checked(tmp_path, baseline=before).ok


class TestWhatLiesAround:
    """Files that belong to the configuration and are none of its ``.tf`` files."""

    @pytest.mark.parametrize("name", ["terraform.tfvars", "prod.auto.tfvars"])
    @pytest.mark.parametrize(("value", "fails"), [("true", False), ("false", True)])
    def test_values_of_variables(self, tmp_path, name, value, fails):
        """Those that Terraform reads by itself."""
        key = 'variable "rotate" {}\nresource "aws_kms_key" "k" {\n  enable_key_rotation = var.rotate\n}\n'
        (tmp_path / "main.tf").write_text(key)
        (tmp_path / name).write_text(f"rotate = {value}\n")

        assert (("CKV_AWS_7", "aws_kms_key.k") in failures(checked(tmp_path))) == fails

    def test_values_of_the_environment(self, tmp_path, monkeypatch):
        """Are no part of a folder: the same one gives the same report everywhere."""
        key = 'variable "rotate" {}\nresource "aws_kms_key" "k" {\n  enable_key_rotation = var.rotate\n}\n'
        (tmp_path / "main.tf").write_text(key)
        expected = checked(tmp_path)
        monkeypatch.setenv("TF_VAR_rotate", "false")

        assert checked(tmp_path) == expected

    @pytest.mark.parametrize("name", ["terragrunt.hcl", ".terraform.lock.hcl"])
    @pytest.mark.parametrize("text", [QUEUE, "not {{ Terraform"])
    def test_files_of_other_programs(self, tmp_path, name, text):
        """Terraform does not read them as configuration, and neither does the gate."""
        (tmp_path / "main.tf").write_text('resource "aws_kms_key" "k" {}\n')
        expected = checked(tmp_path)
        (tmp_path / name).write_text(text)

        assert checked(tmp_path) == expected

    def test_a_module_beside_the_folder(self, tmp_path):
        """Judged where it is called, and found where it lies."""
        for name, text in (
            ("root/main.tf", 'module "m" {\n  source = "../shared/queue"\n}\n'),
            ("shared/queue/main.tf", QUEUE),
        ):
            (tmp_path / name).parent.mkdir(parents=True)
            (tmp_path / name).write_text(text)
        report = checked(tmp_path / "root")
        (found,) = [finding for finding in report.findings if finding.rule == "CKV_AWS_27"]

        assert (found.address, found.source) == ("module.m.aws_sqs_queue.q", "../shared/queue/main.tf:1")
