"""The cache of folders of Terraform: it saves work, and never changes what is said."""

import datetime as dt
import json
import subprocess
import sys

import pytest

from landform.checks.folder import check_folder
from landform.checks.folder_cache import FolderCache, folder_cache_of
from landform.checks.reports import FORMATS

DAY = dt.date(2026, 11, 20)
MARK = "mark-7f3a9c-hunter2"
MAIN = f"""variable "rotate" {{}}
resource "aws_kms_key" "k" {{
  enable_key_rotation = var.rotate
  description         = "{MARK}"
}}
module "queues" {{
  source = "./queues"
}}
module "foreign" {{
  source = "terraform-aws-modules/sqs/aws"
}}
"""
QUEUE = 'resource "aws_sqs_queue" "q" {\n  name = "q"\n}\n'
JSON = json.dumps({"resource": {"aws_sns_topic": {"t": {"name": MARK}}}})


@pytest.fixture
def root(tmp_path):
    """A folder of HCL with a module in it, values of variables, and a folder of JSON."""
    root = tmp_path / "root"
    for name, text in (
        ("main.tf", MAIN),
        ("terraform.tfvars", "rotate = true\n"),
        ("queues/main.tf", QUEUE),
        ("topics/main.tf.json", JSON),
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


@pytest.fixture
def place(tmp_path):
    """Where the cache is."""
    return tmp_path / "cache"


def checked(root, cache=None):
    """The gate's report."""
    return check_folder(root, as_of=DAY, fail_on="medium", cache=cache)


def used(root, place, engine="e"):
    """A check with the cache as a new run finds it: how often it was of use, and the report."""
    cache = FolderCache(place, engine=engine)
    report = checked(root, cache)
    return cache.as_json(), report


def failing(report):
    """What fails: rule and address."""
    return {(finding.rule, finding.address) for finding in report.findings}


KNOWN = {"hits": 3, "misses": 0}
NEW = {"hits": 0, "misses": 3}


class TestReport:
    def test_is_the_same_byte_for_byte(self, root, place):
        """Uncached, filling the cache and from the cache, with every source."""
        filling, first = used(root, place)
        known, second = used(root, place)
        reports = [checked(root), first, second]

        assert (filling, known) == (NEW, KNOWN)
        assert ("CKV_AWS_27", "module.queues.aws_sqs_queue.q") in failing(first)
        assert len({report.findings for report in reports}) == 1
        for form in FORMATS.values():
            assert len({form(report) for report in reports}) == 1

    def test_needs_no_checkov(self, root, place):
        """Where the folder is known, checkov is not even imported."""
        used(root, place)
        code = (
            "import datetime, pathlib, sys\n"
            "from landform.checks.folder import check_folder\n"
            "from landform.checks.folder_cache import FolderCache\n"
            f"cache = FolderCache(pathlib.Path({str(place)!r}), engine='e')\n"
            f"check_folder(pathlib.Path({str(root)!r}), as_of=datetime.date(2026, 11, 20), fail_on='low',"
            " cache=cache)\n"
            "print(cache.hits, [name for name in sys.modules if name.startswith('checkov')])\n"
        )
        ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

        assert ran.stdout.strip() == "3 []"


class TestKey:
    @pytest.mark.parametrize(
        ("name", "text", "rule"),
        [
            ("terraform.tfvars", "rotate = false\n", ("CKV_AWS_7", "aws_kms_key.k")),
            ("queues/more.tf", QUEUE.replace('"q"', '"r"'), ("CKV_AWS_27", "module.queues.aws_sqs_queue.r")),
            ("x.auto.tfvars.json", '{"rotate": false}', ("CKV_AWS_7", "aws_kms_key.k")),
            (
                "topics/main.tf.json",
                JSON.replace('"t"', '"u"'),
                ("CKV_AWS_26", "aws_sns_topic.u"),
            ),
        ],
    )
    def test_a_file_that_changed_or_came(self, root, place, name, text, rule):
        """Another folder: it is judged anew, and what was said of the former one is gone."""
        _, before = used(root, place)
        (root / name).write_text(text)
        found, after = used(root, place)

        assert found == NEW
        assert rule in failing(after) - failing(before)
        assert len(list(place.rglob("*.json"))) == 1

    def test_another_engine(self, root, place):
        """What another engine said is not believed."""
        used(root, place)

        assert used(root, place, "other")[0] == NEW

    def test_another_rule_of_the_project(self, root, tmp_path):
        """The project's rules judge the folder too."""
        checked(root, folder_cache_of(tmp_path, root))
        (tmp_path / "policies").mkdir()
        (tmp_path / "policies" / "own.py").write_text("RULES = ()\n")
        cache = folder_cache_of(tmp_path, root)
        checked(root, cache)

        assert cache.hits == 0

    def test_another_folder_keeps_its_own(self, root, tmp_path):
        """Checking one forgets nothing of the other."""
        checked(root, folder_cache_of(tmp_path, root))
        checked(root / "queues", folder_cache_of(tmp_path, root / "queues"))
        cache = folder_cache_of(tmp_path, root)
        checked(root, cache)

        assert cache.as_json() == KNOWN

    @pytest.mark.parametrize("is_there", [True, False])
    def test_a_module_beside_the_folder_is_not_kept(self, root, place, is_there):
        """It may change, or come, without any file of the folder changing."""
        beside = root.parent / "beside"
        if is_there:
            beside.mkdir()
            (beside / "main.tf").write_text(QUEUE)
        (root / "more.tf").write_text('module "beside" {\n  source = "../beside"\n}\n')
        _, before = used(root, place)
        beside.mkdir(exist_ok=True)
        (beside / "main.tf").write_text(QUEUE.replace('"q"', '"new"'))
        found, after = used(root, place)

        assert found["hits"] == 0
        assert ("CKV_AWS_27", "module.beside.aws_sqs_queue.new") in failing(after) - failing(before)


class TestEntry:
    def test_that_is_not_whole(self, root, place):
        """One that was changed is none; it is made anew."""
        used(root, place)
        (entry,) = place.rglob("*.json")
        whole = entry.read_bytes()
        entry.write_bytes(whole.replace(b"CKV_AWS_27", b"CKV_AWS_99", 1))

        assert used(root, place)[0] == NEW
        assert entry.read_bytes() == whole

    def test_holds_no_value(self, root, place):
        """Ids, addresses and lines, and nothing of what stands there."""
        used(root, place)
        (entry,) = place.rglob("*.json")

        assert b"aws_kms_key.k" in entry.read_bytes()
        assert MARK.encode() not in entry.read_bytes()

    def test_cannot_be_written(self, root, place):
        """The report is the same, and the cache says why."""
        place.write_text("a file")
        cache = FolderCache(place, engine="e")

        assert checked(root, cache) == checked(root)
        assert cache.entries.unwritable
