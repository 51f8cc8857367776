"""``landform org fmt``, ``org migrate`` and ``org diff``."""

import pytest

OLD = """\
schema: landform/account/v0
name: payments-dev
email: aws+payments-dev@acme.example
id: 600000000006
ou: Workloads/Dev
tier: dev
owner: payments
contact: payments@acme.example
cost_center: "4711"
purpose: dev
data_class: internal
regions: [eu-west-1]
network: { pool: dev }
labels: { app: payments, data: "true" }
"""
DEV = "org/accounts/payments-dev.yaml"
JANE = "org/accounts/sandbox-jane.yaml"


class TestFmt:
    """``landform org fmt``."""

    def test_the_example_is_formatted(self, landform, project):
        """What a new project begins with needs no second commit."""
        said = landform("org", "fmt", "--check", cwd=project)
        assert (said.status, said.err) == (0, "")

    def test_check_says_no_and_writes_nothing(self, landform, project):
        """With the file's name."""
        path = project / "org/ous.yaml"
        path.write_text(path.read_text().replace("path: Security", "path:   Security"))
        before = path.read_text()
        said = landform("org", "fmt", "--check", "--json", cwd=project)
        assert (said.status, said.document["changed"]) == (1, ["org/ous.yaml"])
        assert path.read_text() == before

    def test_writes(self, landform, project):
        """And then there is nothing left to write."""
        path = project / "org/ous.yaml"
        text = path.read_text()
        path.write_text(text.replace("path: Security", "path:   Security"))
        assert "wrote org/ous.yaml" in landform("org", "fmt", cwd=project).out
        assert path.read_text() == text

    def test_a_file_that_is_no_yaml(self, landform, project):
        """The error has its place."""
        (project / "org/ous.yaml").write_text("a: [\n")
        said = landform("org", "fmt", cwd=project)
        assert said.status == 2
        assert "org/ous.yaml:" in said.err


class TestMigrate:
    """``landform org migrate``."""

    def test_shows_and_then_writes(self, landform, project):
        """A diff first, the file only with --write."""
        (project / DEV).write_text(OLD)
        said = landform("org", "migrate", cwd=project)
        assert said.status == 0
        assert '+account_id: "600000000006"' in said.out
        assert (project / DEV).read_text() == OLD
        document = landform("org", "migrate", "--write", "--json", cwd=project).document
        assert document["written"] is True
        assert (project / DEV).read_text() == document["files"][0]["after"]
        assert "every file is of this version" in landform("org", "migrate", cwd=project).out

    def test_a_newer_version(self, landform, project):
        """Is not this landform's to read."""
        (project / DEV).write_text(OLD.replace("v0", "v9"))
        said = landform("org", "migrate", cwd=project)
        assert said.status == 2
        assert "error[spec-version]" in said.err


class TestDiff:
    """``landform org diff``."""

    @pytest.fixture
    def committed(self, project, git):
        git.commit(project)
        return project

    def test_since_the_last_commit(self, landform, committed):
        """Equal consequences are told once."""
        path = committed / "org/tiers/prod.yaml"
        path.write_text(path.read_text().replace("az_count: 3", "az_count: 2"))
        said = landform("org", "diff", cwd=committed)
        assert said.status == 0
        assert "~ tier prod\n    sizing.az_count: 3 -> 2\n" in said.out
        assert said.out.count("settings.sizing.az_count: 3 -> 2") == 1
        assert "6 accounts: " in said.out

    def test_a_file_that_is_gone_fails_the_check(self, landform, committed):
        """And without --check it is told."""
        (committed / JANE).unlink()
        assert landform("org", "diff", cwd=committed).status == 0
        said = landform("org", "diff", "--check", cwd=committed)
        assert said.status == 1
        assert "error[spec-removed]" in said.out
        assert "3 stacks go: baseline, network, state-backend" in said.out

    def test_two_revisions(self, landform, committed, git):
        """The files as they are now do not matter."""
        path = committed / JANE
        path.write_text(path.read_text().replace("ou: Sandbox", "status: suspended\nou: Sandbox"))
        git.commit(committed)
        path.write_text("broken: [\n")
        document = landform("org", "diff", "HEAD~1", "HEAD", "--json", cwd=committed).document
        (account,) = document["accounts"]
        assert account["changes"] == [{"field": "status", "before": None, "after": "suspended"}]
        assert len(account["stacks"]["removed"]) == 3

    def test_two_folders(self, landform, project, tmp_path):
        """No repository is needed."""
        other = tmp_path / "other"
        landform("init", str(other), cwd=tmp_path)
        (other / JANE).write_text((other / JANE).read_text().replace("team: ", "team: x-"))
        said = landform("org", "diff", str(project), str(other), cwd=tmp_path)
        assert said.status == 0
        assert "owner.team" in said.out

    @pytest.mark.parametrize("revision", ["nope", "--", "HEAD~9"])
    def test_no_such_revision(self, landform, committed, revision):
        """The error says so."""
        said = landform("org", "diff", "--json", "--", revision, cwd=committed)
        assert said.status == 2
        assert said.document["errors"][0]["code"] == "no-revision"
