"""``landform check``: its reports, its rules, its baseline."""

import csv
import json
import re
import shutil
from xml.etree import ElementTree

import jsonschema
import pytest

MARK = "mark-7f3a9c-hunter2"


@pytest.fixture(scope="module")
def weakened(tmp_path_factory, synthesised, landform):
    """The example with a bucket that keeps no versions, made on a line with secrets in it; synthesised."""
    project = tmp_path_factory.mktemp("weakened") / "acme"
    shutil.copytree(synthesised, project)
    path = project / "acme" / "payments.py"
    text = path.read_text().replace(
        'ledger = Bucket(self, "Ledger", expire_days=keep_days)\n',
        f'ledger = Bucket(self, "Ledger", expire_days=keep_days or len("{MARK}"))  # {MARK}\n'
        '        versions = ledger.node.try_find_child("Versioning")\n'
        '        versions.add_override("versioning_configuration.0.status", "Suspended")\n',
    )
    path.write_text(text)
    assert landform("synth", "--quiet", "-s", "payments-ledger", cwd=project).status == 0
    return project


FORMS = ("csv", "html", "json", "junit", "markdown", "sarif")


@pytest.fixture(scope="module")
def said(landform, weakened, tmp_path_factory):
    """One run that writes every report, and their texts."""
    folder = tmp_path_factory.mktemp("reports")
    wanted = [option for form in FORMS for option in ("--report", f"{form}={folder / form}")]
    said = landform("check", "--as-of", "2026-11-20", "-s", "payments-ledger", *wanted, cwd=weakened)
    return said, {form: (folder / form).read_text() for form in FORMS}


class TestReports:
    """``--report``, and what is on the terminal."""

    def test_all_are_written_though_the_gate_says_no(self, said):
        """A failing check has exit status 1 and every report, each in its own form."""
        run, texts = said
        assert run.status == 1
        assert run.err.count("wrote ") == len(FORMS)
        assert json.loads(texts["json"])["format"] == "landform/check/v1"
        assert json.loads(texts["sarif"])["version"] == "2.1.0"
        assert ElementTree.fromstring(texts["junit"]).tag == "testsuites"
        assert all("CKV_AWS_21" in text for text in (run.out, *texts.values()))

    def test_the_users_line_is_shown(self, said, weakened):
        """People see the line to change, and what to do about it once."""
        run, _ = said
        (line,) = [line for line in run.out.splitlines() if "ledger = Bucket(" in line]
        number = int(line.split("|")[0])
        assert "ledger = Bucket(" in (weakened / "acme" / "payments.py").read_text().splitlines()[number - 1]
        assert run.out.count(" fix: ") == 1
        assert "s3.Bucket" in run.out

    def test_timings(self, landform, weakened):
        """For people and for programs; what else is said stays the same."""
        arguments = ("check", "--as-of", "2026-11-20", "-s", "payments-ledger", "--no-cache")
        plain = landform(*arguments, "--json", cwd=weakened).document
        timed = landform(*arguments, "--json", "--timings", cwd=weakened).document
        shown = landform(*arguments, "--timings", cwd=weakened).out
        schema = landform("check", "--schema", cwd=weakened).document
        jsonschema.validate(timed, schema)
        timings = timed.pop("timings")

        assert timed == plain
        assert timings == sorted(timings, key=lambda each: (-each["seconds"], each["rule"]))
        assert {"CKV_AWS_21"} <= {each["rule"] for each in timings if each["failed"]}
        assert f"{len(timings)} rules took" in shown

    def test_a_secret_on_the_line_is_not_shown(self, said, weakened):
        """A literal on the user's line is in no report and not on the terminal."""
        run, texts = said
        assert MARK in (weakened / "acme" / "payments.py").read_text()
        assert all(MARK not in text for text in (run.out, run.err, *texts.values()))

    @pytest.mark.parametrize(
        ("arguments", "code", "hint"),
        [
            (("--report", "sarif"), "usage", "FORMAT=FILE"),
            (("--report", "sarrif=x"), "usage", "'sarif'"),
            (("--report", "csv=x", "--report", "html=./x"), "usage", "one file"),
            (("--report", "csv=nowhere/x"), "not-writable", "nowhere/x"),
            (("--report", "csv=."), "not-writable", "a folder"),
        ],
    )
    def test_what_cannot_be_written(self, landform, synthesised, arguments, code, hint):
        """What is wrong with a report is said before any rule runs, and nothing is written."""
        before = sorted(synthesised.iterdir())
        said = landform("check", *arguments, cwd=synthesised)
        assert said.status == 2
        assert code in said.err
        assert hint in said.err
        assert sorted(synthesised.iterdir()) == before

    def test_the_schema_is_published(self, landform, tmp_path, said):
        """``--schema`` prints the schema that the JSON report follows, and needs no project."""
        _, texts = said
        schema = landform("check", "--schema", cwd=tmp_path).document
        jsonschema.Draft202012Validator(schema).validate(json.loads(texts["json"]))


class TestBaseline:
    """``--baseline``."""

    def test_a_former_report(self, landform, weakened, said, tmp_path):
        """What a former report has does not fail, and the verdict counts it."""
        _, texts = said
        (tmp_path / "old.json").write_text(texts["json"])
        again = landform(
            *("check", "--as-of", "2026-11-20", "-s", "payments-ledger"),
            *("--baseline", str(tmp_path / "old.json")),
            cwd=weakened,
        )
        assert again.status == 0
        assert "1 known" in again.out
        assert "0 findings of the baseline are gone" in again.out

    @pytest.mark.parametrize("name", ["none.json", "cdktf.json", "."])
    def test_what_is_no_report(self, landform, synthesised, name):
        """A file that is not there, or is another one, is refused before any rule runs."""
        said = landform("check", "--baseline", name, cwd=synthesised)
        assert said.status == 2
        assert "check-baseline" in said.err
        assert name in said.err


class TestRules:
    """``--explain`` and ``--rules``."""

    def test_one_of_landforms(self, landform, tmp_path):
        """An own rule is explained with what breaks it and what keeps it, without a project."""
        said = landform("check", "--explain", "LF_TOPIC_SIGNATURE", "--json", cwd=tmp_path).document
        assert (said["engine"], said["types"]) == ("landform", ["aws_sns_topic"])
        assert all(said[key] for key in ("title", "severity", "rationale", "remediation", "good", "bad"))

    def test_one_of_checkovs(self, landform, tmp_path):
        """A rule of checkov's has severity, title, what it judges, and the construct that keeps it."""
        said = landform("check", "--explain", "CKV_AWS_27", cwd=tmp_path)
        assert said.status == 0
        for text in ("medium", "SQS queue is encrypted", "aws_sqs_queue", "sqs.Queue"):
            assert text in said.out

    def test_one_that_is_not_there(self, landform, tmp_path):
        """An unknown id is an error that names the nearest."""
        said = landform("check", "--explain", "LF_TOPIC_SIGNATUR", cwd=tmp_path)
        assert said.status == 2
        assert "LF_TOPIC_SIGNATURE" in said.err

    def test_all_of_them(self, landform, tmp_path):
        """Every rule is listed once, the worst first."""
        rows = landform("check", "--rules", "--json", cwd=tmp_path).document
        ranks = [["critical", "high", "medium", "low", "info"].index(row["severity"]) for row in rows]
        assert ranks == sorted(ranks)
        assert len({row["id"] for row in rows}) == len(rows) > 400
        assert {"LF_COVERAGE", "CKV_AWS_27", "LF_TOPIC_SIGNATURE"} <= {row["id"] for row in rows}


class TestStandard:
    """``--standard``."""

    def test_shows_its_findings_and_controls(self, landform, weakened, tmp_path):
        """What goes against it, in its own controls, and what nobody has judged; the verdict is the whole gate's."""
        path = tmp_path / "hub.csv"
        run = landform(
            "check",
            *("--as-of", "2026-11-20", "-s", "payments-ledger"),
            *("--standard", "security-hub", "--report", f"csv={path}"),
            cwd=weakened,
        )
        assert run.status == 1
        assert "CKV_AWS_21" in run.out
        assert re.search(r"S3\.14 +fail", run.out)
        assert re.search(r"not judged: .*CloudTrail\.7", run.out)
        with path.open(newline="") as file:
            assert {row["control"] for row in csv.DictReader(file)} >= {"S3.14"}
        assert "CIS" not in path.read_text()

    def test_the_verdict_stays(self, landform, weakened):
        """A standard that nothing goes against does not pass the gate."""
        run = landform(
            "check",
            *("--as-of", "2026-11-20", "-s", "payments-ledger", "--standard", "cis-7.0"),
            cwd=weakened,
        )
        assert run.status == 1
        assert "CKV_AWS_21" not in run.out

    def test_one_that_has_no_map(self, landform, tmp_path):
        """The standards that there are are named."""
        run = landform("check", "--standard", "cis-8.0", cwd=tmp_path)
        assert run.status == 2
        assert "cis-7.0" in run.err


QUEUE = 'resource "aws_sqs_queue" "orders" {\n  name = "orders"\n}\n'


class TestFolder:
    """``check FOLDER``: Terraform that landform did not write."""

    @pytest.fixture
    def folder(self, tmp_path):
        """A folder with a queue in HCL."""
        (tmp_path / "main.tf").write_text(QUEUE)
        return tmp_path

    def test_people_see_the_line_and_what_would_replace_it(self, landform, folder):
        """With --suggest, which of the findings would go too."""
        said = landform("check", str(folder), "--suggest", cwd=folder)
        assert said.status == 1
        assert "main.tf:1" in said.out
        assert '1 | resource "aws_sqs_queue" "orders" {' in said.out
        assert "landform.constructs.sqs.Queue would replace it: CKV_AWS_27" in said.out

    def test_programs_get_the_published_form(self, landform, folder):
        """The same as for a bundle, and the suggestions where they are asked for."""
        schema = json.loads(landform("check", "--schema", cwd=folder).out)
        for options in ((), ("--suggest",)):
            document = json.loads(landform("check", str(folder), "--json", *options, cwd=folder).out)
            jsonschema.validate(document, schema)
            assert ("suggestions" in document) is bool(options)

    def test_what_was_said_is_kept_in_the_project(self, landform, project, tmp_path):
        """Where somebody stands in one, and never in the folder."""
        folder = tmp_path / "legacy"
        folder.mkdir()
        (folder / "main.tf").write_text(QUEUE)
        asked = ("check", str(folder), "--as-of", "2026-11-20", "--json")
        said = [landform(*asked, *more, cwd=project).document for more in ((), (), ("--no-cache",))]
        outside = landform(*asked, cwd=folder).document
        caches = [document.pop("cache") for document in (*said, outside)]

        assert caches == [{"hits": 0, "misses": 1}, {"hits": 1, "misses": 0}, None, None]
        assert said[0] == said[1] == said[2]
        assert [path.name for path in folder.iterdir()] == ["main.tf"]

    def test_the_floor_can_be_given(self, landform, folder):
        """It is medium otherwise."""
        assert landform("check", str(folder), "--fail-on", "critical", cwd=folder).status == 0

    def test_every_report_can_be_written(self, landform, folder, tmp_path):
        """As of a bundle."""
        wanted = [option for form in FORMS for option in ("--report", f"{form}={tmp_path / form}")]
        assert landform("check", str(folder), *wanted, cwd=folder).status == 1
        assert all((tmp_path / form).read_text() for form in FORMS)

    def test_a_bundle_can_be_named_too(self, landform, synthesised):
        """By its folder."""
        said = landform(
            "check",
            "acme/cdktf.out",
            "--as-of",
            "2026-11-20",
            "-s",
            "payments-ledger",
            cwd=synthesised.parent,
        )
        assert said.status == 0
        assert "pass" in said.out

    @pytest.mark.parametrize(
        ("options", "code", "words"),
        [
            (["nowhere"], "spec-not-found", "nowhere"),
            (["empty"], "configuration-unreadable", "no Terraform in this folder"),
            (["broken"], "configuration-unreadable", "broken/main.tf"),
            ([".", "--account", "a"], "usage", "--account"),
            ([".", "--waived"], "usage", "--waived"),
            (["--suggest"], "usage", "landform check FOLDER --suggest"),
        ],
    )
    def test_what_is_refused(self, landform, folder, options, code, words):
        """With status 2, the place and what to do."""
        (folder / "empty").mkdir()
        (folder / "broken").mkdir()
        (folder / "broken" / "main.tf").write_text('resource "aws_sqs_queue" {')
        said = landform("check", *options, cwd=folder)
        assert said.status == 2
        assert code in said.err
        assert words in said.err


class TestCache:
    """``.landform/cache/checks``, and ``--no-cache``."""

    @pytest.fixture
    def alone(self, synthesised, tmp_path):
        """The example, synthesised, with a cache of its own."""
        return shutil.copytree(synthesised, tmp_path / "acme", ignore=shutil.ignore_patterns(".landform"))

    def test_says_again_what_it_said(self, landform, alone, tmp_path):
        """The second check judges nothing and reports the same; without the cache nothing is read or kept."""
        written = []

        def run(*options):
            written.append(tmp_path / f"{len(written)}.json")
            said = landform(
                *("check", "--as-of", "2026-11-20", "-s", "payments-ledger", "--json"),
                *("--report", f"json={written[-1]}", *options),
                cwd=alone,
            )
            return said.document

        without = run("--no-cache")
        assert not (alone / ".landform").exists()
        first, second = run(), run()
        stacks = first["counts"]["stacks"]
        assert without.pop("cache") is None
        assert first.pop("cache") == {"hits": 0, "misses": stacks}
        assert second.pop("cache") == {"hits": stacks, "misses": 0}
        assert without == first == second
        assert len({path.read_bytes() for path in written}) == 1
        assert json.loads(written[0].read_text()) == without

    def test_follows_the_schema(self, landform, alone):
        """What ``--json`` prints, the cache's use included, is what the schema says."""
        said = landform("check", "-s", "payments-ledger", "--json", cwd=alone).document
        schema = landform("check", "--schema", cwd=alone).document
        jsonschema.Draft202012Validator(schema).validate(said)
        assert said["cache"]["misses"] > 0

    def test_cannot_be_written(self, landform, alone):
        """A cache that cannot be kept is a notice, and the check goes on."""
        (alone / ".landform").write_text("a file")
        said = landform("check", "-s", "payments-ledger", cwd=alone)
        assert said.status in (0, 1)
        assert "nothing is kept for the next check: .landform/cache/checks" in said.err
