"""``landform diff`` as people run it."""

import json
import shutil
import sys
from pathlib import Path

import pytest

import landform as package

LEDGER = "acme/payments.py"
ROOT = Path(package.__file__).parents[1]


def edit(project, file, *pairs):
    path = project / file
    text = path.read_text()
    for old, new in pairs:
        assert text.count(old) >= 1
        text = text.replace(old, new)
    path.write_text(text)


def rename(project):
    """Put the ledger's bucket and key below another scope."""
    edit(
        project,
        LEDGER,
        ('ledger = Bucket(self, "Ledger"', 'ledger = Bucket(Construct(self, "Books"), "Ledger"'),
    )


@pytest.fixture
def project(synthesised, tmp_path):
    """The example, synthesised, of one's own."""
    return Path(shutil.copytree(synthesised, tmp_path / "acme"))


class TestDiff:
    """Two bundles."""

    def test_nothing(self, landform, project):
        """A bundle and itself: done, with or without being asked to fail."""
        said = landform("diff", "cdktf.out", "--fail-on-difference", cwd=project)
        assert (said.status, said.out.strip()) == (0, "cdktf.out -> now: no difference in 41 stacks")

    def test_a_revision(self, landform, project, git):
        """The last commit, made in a process of its own, against the bundle that stands there."""
        git.commit(project)
        edit(project, LEDGER, ("keep_days: int = 2557", "keep_days: int = 2000"))
        assert landform("synth", "--quiet", cwd=project).status == 0
        said = landform("diff", "--json", "--fail-on-difference", cwd=project)
        assert said.status == 1
        (entry,) = said.document["changes"]
        assert (said.document["before"]["name"], entry["count"]) == ("HEAD", 3)
        assert [(line["before"], line["after"]) for line in entry["lines"]] == [(2557, 2000)]
        assert landform("diff", cwd=project).status == 0

    def test_two_revisions(self, landform, project, git):
        """Neither is the one that stands there."""
        git.commit(project)
        edit(project, LEDGER, ("keep_days: int = 2557", "keep_days: int = 2000"))
        git.commit(project)
        said = landform("diff", "HEAD", "HEAD~1", "--json", "--stack", "payments-ledger", cwd=project)
        (entry,) = said.document["changes"]
        assert [(line["before"], line["after"]) for line in entry["lines"]] == [(2000, 2557)]
        assert said.document["compared"] == 3

    def test_access_alone(self, landform, project):
        """Exits by that alone, too."""
        shutil.copytree(project / "cdktf.out", project / "before")
        grant = 'ledger.grants.list(reporting, prefix="entries/")'
        more = grant + '\n        ledger.grants.write_objects(reporting, prefix="reports/")'
        edit(project, LEDGER, (grant, more), ("keep_days: int = 2557", "keep_days: int = 2000"))
        assert landform("synth", "--quiet", cwd=project).status == 0
        said = landform("diff", "before", "--access", "--fail-on-difference", "--json", cwd=project)
        assert said.status == 1
        assert said.document["changes"] == []
        assert {each["action"] for each in said.document["access"]} == {
            "kms:GenerateDataKey",
            "s3:AbortMultipartUpload",
        }
        back = landform("diff", "cdktf.out", "before", "--access", "--fail-on-difference", cwd=project)
        assert back.status == 0

    @pytest.mark.parametrize(
        ("file", "begins"),
        [
            ("d.html", "<!DOCTYPE html>"),
            ("d.md", "## landform diff"),
            ("d.json", "{"),
            ("d.txt", "cdktf.out -> now"),
        ],
    )
    def test_a_file(self, landform, project, file, begins):
        """Its ending says the form."""
        assert landform("diff", "cdktf.out", "--output", file, cwd=project).status == 0
        assert (project / file).read_text().startswith(begins)


class TestMoved:
    """What was renamed in code."""

    def test_a_whole_round(self, landform, project):
        """Seen, written, synthesised; then nothing is lost, and no name in AWS is another."""
        shutil.copytree(project / "cdktf.out", project / "before")
        rename(project)
        assert landform("synth", "--quiet", cwd=project).status == 0
        said = landform("diff", "before", cwd=project)
        assert "without a moved block Terraform destroys it" in said.out
        assert "--write-moved" in said.err
        assert landform("diff", "before", "--write-moved", cwd=project).status == 0
        text = (project / "org" / "moved.yaml").read_text()
        assert text.startswith(
            "schema: landform/moved/v1\nmoved:\n  - stack: payments-ledger\n    from: Ledger\n"
        )
        assert landform("synth", "--quiet", cwd=project).status == 0
        found = landform("diff", "before", "--json", cwd=project).document
        assert {each["kind"] for each in found["changes"]} == {"moved"}
        assert all(each["declared"] and not each["lines"] for each in found["changes"])
        assert found["access"] == []
        # Once more, and there is nothing to add.
        assert landform("diff", "before", "--write-moved", cwd=project).status == 0
        assert (project / "org" / "moved.yaml").read_text() == text
        assert landform("org", "fmt", "--check", cwd=project).status == 0

    def test_what_stands_there_stays(self, landform, project):
        """Comments too; an entry that leads to nothing is told."""
        shutil.copytree(project / "cdktf.out", project / "before")
        file = project / "org" / "moved.yaml"
        file.write_text(
            "schema: landform/moved/v1\nmoved:\n  # long ago\n  - stack: data-lake\n    from: Old\n    to: Nowhere\n"
        )
        rename(project)
        assert landform("synth", "--quiet", cwd=project).status == 0
        said = landform("diff", "before", "--write-moved", cwd=project)
        assert "data-lake: Old -> Nowhere leads to nothing" in said.err
        assert "  # long ago\n  - stack: data-lake\n" in file.read_text()
        assert "to: Books/Ledger\n" in file.read_text()


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """A virtual environment with another landform: the interpreter of this one, its own copy of the package."""
    root = tmp_path_factory.mktemp("next")
    shutil.copytree(
        ROOT / "landform", root / "site" / "landform", ignore=shutil.ignore_patterns("__pycache__")
    )
    init = root / "site" / "landform" / "__init__.py"
    init.write_text(init.read_text().replace(package.__version__, "99.1.0"))
    topic = root / "site" / "landform" / "constructs" / "kms" / "key.py"
    text = topic.read_text()
    assert text.count('"enable_key_rotation"') + text.count("enable_key_rotation=") >= 1
    topic.write_text(text.replace("enable_key_rotation=True", "enable_key_rotation=False"))
    (root / "bin").mkdir()
    python = root / "bin" / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH={root / "site"} exec {sys.executable} "$@"\n')
    python.chmod(0o755)
    return root


class TestUpgrade:
    """What another landform would make of the project."""

    def test_versions_and_changes(self, landform, project, environment):
        """Both are named, and what the other does otherwise is told as any other difference."""
        said = landform("diff", "--upgrade", str(environment), "--json", cwd=project)
        assert said.status == 0, said.err
        assert said.document["before"]["generator"] == f"landform {package.__version__}"
        assert said.document["after"]["generator"] == "landform 99.1.0"
        assert {line["path"] for each in said.document["changes"] for line in each["lines"]} == {
            "enable_key_rotation"
        }
        assert not (project / ".landform").exists()

    def test_what_the_other_says(self, landform, project, tmp_path):
        """An error of the other landform is told as one, with whose word it is."""
        error = {"code": "spec-version", "message": "Too old.", "file": "org/org.yaml", "line": 1}
        python = tmp_path / "python"
        python.write_text(
            '#!/bin/sh\ncase "$1" in -c) echo 99.1.0;; '
            f"*) echo '{json.dumps({'errors': [error], 'exit_status': 2})}'; exit 2;; esac\n"
        )
        python.chmod(0o755)
        said = landform("diff", "--upgrade", str(python), cwd=project)
        assert said.status == 2
        assert "error[spec-version]" in said.err
        assert "landform 99.1.0 of" in said.err

    def test_no_landform_there(self, landform, project, tmp_path):
        """An interpreter that cannot import it."""
        python = tmp_path / "python"
        python.write_text("#!/bin/sh\necho 'No module named landform' >&2\nexit 1\n")
        python.chmod(0o755)
        said = landform("diff", "--upgrade", str(python), cwd=project)
        assert said.status == 3
        assert "error[extra-missing]" in said.err
        assert "No module named landform" in said.err

    def test_a_version(self, landform, project):
        """Is no environment; how to make one is said."""
        said = landform("diff", "--upgrade", "2.0.0", cwd=project)
        assert said.status == 2
        assert "pip install landform==2.0.0" in " ".join(said.err.split())


class TestBadInput:
    """What cannot be compared."""

    @pytest.mark.parametrize(
        ("arguments", "code"),
        [
            (["nothing"], "no-revision"),
            (["org"], "no-bundle"),
            (["cdktf.out", "--account", "nobody"], "no-match"),
            (["cdktf.out", "--upgrade", "x"], "usage"),
            (["cdktf.out", "cdktf.out", "--write-moved"], "usage"),
            (["cdktf.out", "--json", "--format", "html"], "usage"),
            (["cdktf.out", "--output", "nowhere/d.html"], "not-writable"),
        ],
    )
    def test_is_refused(self, landform, project, arguments, code):
        """With a code, and what was expected."""
        said = landform("diff", *arguments, cwd=project)
        assert said.status == 2
        assert f"error[{code}]" in said.err or f'"code": "{code}"' in said.out

    def test_no_bundle_of_its_own(self, landform, project, git):
        """The present one has not been made."""
        git.commit(project)
        shutil.rmtree(project / "cdktf.out")
        said = landform("diff", cwd=project)
        assert said.status == 2
        assert "error[no-bundle]" in said.err

    def test_a_tampered_file(self, landform, project):
        """Of a stack that differs."""
        shutil.copytree(project / "cdktf.out", project / "before")
        index = project / "before" / "landform" / "bundle.json"
        document = json.loads(index.read_text())
        document["stacks"]["management.baseline"]["sha256"] = "0" * 64
        index.write_text(json.dumps(document))
        said = landform("diff", "before", cwd=project)
        assert said.status == 1
        assert "error[bundle-tampered]" in said.err
