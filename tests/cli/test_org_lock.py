"""``landform org lock`` as a person and as CI runs it."""

import json
import subprocess

import pytest

LOCK = "org/network.lock.json"


def edit(project, file, old, new):
    """Change a file of the project."""
    path = project / file
    text = path.read_text()
    assert old in text, f"{old!r} is not in {file}"
    path.write_text(text.replace(old, new, 1))


def add_account(project, name, account_id):
    """One more account that wants a network of the pool ``prod``."""
    text = (project / "org/accounts/analytics-prod.yaml").read_text()
    text = text.replace("analytics-prod", name).replace("600000000006", account_id)
    (project / f"org/accounts/{name}.yaml").write_text(text)


def git(folder, *arguments):
    """Run git in a repository."""
    return subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@t", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def repository(project):
    """The project as a git repository on ``main``."""
    git(project, "init", "-q", "-b", "main")
    git(project, "add", "-A")
    git(project, "commit", "-q", "-m", "x")
    return project


@pytest.fixture
def merged(landform, repository):
    """Two branches that both allotted from one pool, merged: git's markers are in the lock file."""
    git(repository, "checkout", "-q", "-b", "other")
    for branch, name, account_id in (
        ("other", "billing-prod", "910000000001"),
        ("main", "orders-prod", "920000000002"),
    ):
        git(repository, "checkout", "-q", branch)
        add_account(repository, name, account_id)
        assert landform("org", "lock", cwd=repository).status == 0
        git(repository, "add", "-A")
        git(repository, "commit", "-q", "-m", name)
    assert git(repository, "merge", "other").returncode != 0
    assert "<<<<<<<" in (repository / LOCK).read_text()
    return repository


class TestLock:
    """Allotting."""

    def test_the_example_is_locked(self, landform, project):
        """Nothing is due in the example, and nothing is written."""
        before = (project / LOCK).read_bytes()
        said = landform("org", "lock", "--json", cwd=project)
        assert said.status == 0
        assert said.document["changed"] is False
        assert said.document["allotted"] == []
        assert (project / LOCK).read_bytes() == before

    def test_a_new_account(self, landform, project):
        """Its stacks cannot be synthesised before it has its blocks, and can after."""
        add_account(project, "orders-prod", "910000000001")
        said = landform("synth", "--json", cwd=project)
        assert (said.status, said.document["errors"][0]["code"]) == (2, "spec-addresses")
        said = landform("org", "lock", "--json", cwd=project)
        assert said.status == 0
        assert [(each["account"], each["region"], each["cidr"]) for each in said.document["allotted"]] == [
            ("orders-prod", "eu-central-1", "10.28.32.0/20"),
            ("orders-prod", "eu-west-1", "10.24.32.0/20"),
        ]
        assert landform("ls", "--account", "orders-prod", cwd=project).status == 0

    def test_for_people(self, landform, project):
        """What was allotted, and how full the pools are."""
        add_account(project, "orders-prod", "910000000001")
        said = landform("org", "lock", cwd=project)
        assert "allotted: orders-prod in eu-west-1 (prod), 10.24.32.0/20" in said.out
        assert "largest free" in said.out
        assert f"{LOCK}: written" in said.out

    def test_a_pool_that_is_nearly_full(self, landform, project):
        """A warning on stderr says which, and how large a block is left."""
        edit(project, "org/network.yaml", "10.24.0.0/14", "10.24.0.0/19")
        for command in ("lock", "validate"):
            said = landform("org", command, "--quiet", cwd=project)
            assert said.status == 0
            assert "the pool prod is 100% full in eu-west-1; no block is free" in said.err

    def test_an_exhausted_pool(self, landform, project):
        """Nothing is written where one account gets nothing."""
        edit(project, "org/network.yaml", "10.24.0.0/14", "10.24.0.0/19")
        add_account(project, "orders-prod", "910000000001")
        before = (project / LOCK).read_bytes()
        said = landform("org", "lock", "--json", cwd=project)
        assert (said.status, said.document["errors"][0]["code"]) == (2, "spec-addresses")
        assert said.document["errors"][0]["file"] == "org/accounts/orders-prod.yaml"
        assert (project / LOCK).read_bytes() == before

    def test_changed_by_hand(self, landform, project):
        """A lock file that somebody edited is refused by every command."""
        edit(project, LOCK, "10.24.16.0/20", "10.24.48.0/20")
        for command in (["org", "lock"], ["ls"]):
            said = landform(*command, "--json", cwd=project)
            assert (said.status, said.document["errors"][0]["code"]) == (2, "spec-lock")
            assert said.document["errors"][0]["line"]

    def test_a_lock_file_that_is_gone(self, landform, repository):
        """What was committed and is not there is not begun anew: every account would get another VPC."""
        (repository / LOCK).unlink()
        said = landform("org", "lock", "--json", cwd=repository)
        (error,) = said.document["errors"]
        assert (said.status, error["code"], error["file"]) == (2, "spec-lock", LOCK)
        assert "git checkout HEAD -- org/network.lock.json" in error["fix"]
        assert not (repository / LOCK).exists()

    def test_no_pools(self, landform, project):
        """An organisation without networks has nothing to lock, and gets no file but an empty one."""
        for path in (project / "org/accounts").iterdir():
            lines = path.read_text().splitlines(keepends=True)
            path.write_text("".join(line for line in lines if not line.startswith("network:")))
        (project / LOCK).unlink()
        (project / "org/network.yaml").unlink()
        said = landform("org", "lock", "--json", cwd=project)
        assert said.status == 0
        assert json.loads((project / LOCK).read_text())["pools"] == []


class TestCheck:
    """Judging without writing, as CI does."""

    def test_all_is_well(self, landform, repository):
        """Status 0, and how full the pools are."""
        said = landform("org", "lock", "--check", "--base", "HEAD", "--json", cwd=repository)
        assert said.status == 0
        assert (said.document["missing"], said.document["lost"]) == ([], [])
        assert {"pool", "region", "addresses", "taken", "share", "largest"} == said.document["headroom"][
            0
        ].keys()

    def test_something_missing(self, landform, project):
        """Status 1, and what; nothing is written."""
        add_account(project, "orders-prod", "910000000001")
        before = (project / LOCK).read_bytes()
        said = landform("org", "lock", "--check", "--json", cwd=project)
        assert said.status == 1
        assert {each["region"] for each in said.document["missing"]} == {"eu-west-1", "eu-central-1"}
        assert (project / LOCK).read_bytes() == before

    def test_a_lost_block(self, landform, repository):
        """A block that the base has and the file has not: somebody's VPC would be given away."""
        (repository / LOCK).unlink()
        (repository / "org/accounts/payments-stage.yaml").unlink()
        git(repository, "commit", "-q", "-a", "-m", "gone")
        assert landform("org", "lock", "--quiet", cwd=repository).status == 0
        said = landform("org", "lock", "--check", "--base", "HEAD~1", cwd=repository)
        assert said.status == 1
        assert "lost: payments-stage in eu-west-1 (nonprod), 10.20.16.0/20 of HEAD~1" in said.out

    def test_an_unknown_base(self, landform, repository):
        """A revision that git does not know."""
        said = landform("org", "lock", "--check", "--base", "nowhere", "--json", cwd=repository)
        assert (said.status, said.document["errors"][0]["code"]) == (2, "no-revision")


class TestResolve:
    """Settling a merge."""

    def test_the_conflict_is_named(self, landform, merged):
        """Every command says what happened and what to run."""
        said = landform("ls", cwd=merged)
        assert said.status == 2
        assert "spec-lock-conflict" in said.err
        assert "landform org lock --resolve" in said.err

    def test_settled(self, landform, merged):
        """One account keeps its blocks, the other gets new ones; the command says which, and all is well again."""
        said = landform("org", "lock", "--resolve", "--json", cwd=merged)
        assert said.status == 0
        assert [(each["account"], each["before"], each["after"]) for each in said.document["moved"]] == [
            ("orders-prod", "10.28.32.0/20", "10.28.48.0/20"),
            ("orders-prod", "10.24.32.0/20", "10.24.48.0/20"),
        ]
        assert said.document["allotted"] == []
        assert landform("org", "lock", "--check", "--base", "main~1", cwd=merged).status == 0
        assert landform("ls", cwd=merged).status == 0

    def test_the_base_stays(self, landform, merged):
        """With --base the branch that is named keeps what it has."""
        said = landform("org", "lock", "--resolve", "--base", "main", cwd=merged)
        assert said.status == 0
        assert "moved: billing-prod in eu-west-1 (prod), from 10.24.32.0/20 to 10.24.48.0/20" in said.out
        assert "orders-prod" not in said.out

    def test_a_change_by_hand(self, landform, repository):
        """What was changed by hand is taken back to what is committed."""
        before = (repository / LOCK).read_text()
        edit(repository, LOCK, "10.24.16.0/20", "10.24.48.0/20")
        said = landform("org", "lock", "--resolve", cwd=repository)
        assert said.status == 0
        assert "restored: payments-prod in eu-west-1 (prod), 10.24.16.0/20" in said.out
        assert (repository / LOCK).read_text() == before

    def test_nothing_to_settle(self, landform, project):
        """On a whole file it changes nothing."""
        said = landform("org", "lock", "--resolve", "--json", cwd=project)
        assert (said.status, said.document["changed"], said.document["moved"]) == (0, False, [])


class TestRelease:
    """Giving blocks up."""

    def test_a_closed_account(self, landform, project):
        """Its blocks stay in the file with the date, nobody gets them before, somebody may after."""
        edit(project, "org/accounts/payments-stage.yaml", "tier: stage", "tier: stage\nstatus: closed")
        said = landform(
            "org", "lock", "--release", "payments-stage", "--until", "2027-06-30", "--json", cwd=project
        )
        assert said.status == 0
        assert [(each["cidr"], each["reserved_until"]) for each in said.document["released"]] == [
            ("10.22.16.0/20", "2027-06-30"),
            ("10.20.16.0/20", "2027-06-30"),
        ]
        text = (project / "org/accounts/payments-dev.yaml").read_text()
        text = text.replace("payments-dev", "orders-dev").replace("012345678901", "910000000001")
        (project / "org/accounts/orders-dev.yaml").write_text(text)
        said = landform("org", "lock", "--as-of", "2027-07-01", "--json", cwd=project)
        assert {each["cidr"] for each in said.document["allotted"]} == {"10.20.16.0/20", "10.22.16.0/20"}

    def test_an_account_in_use(self, landform, project):
        """An open account's blocks cannot be given up."""
        said = landform(
            "org", "lock", "--release", "payments-dev", "--until", "2027-06-30", "--json", cwd=project
        )
        assert (said.status, said.document["errors"][0]["code"]) == (2, "usage")


class TestUsage:
    """Options that do not go together."""

    @pytest.mark.parametrize(
        "arguments",
        [
            ["--check", "--resolve"],
            ["--check", "--ipam", "ipam-pool-1"],
            ["--release", "payments-dev"],
            ["--until", "2027-01-01"],
            ["--base", "HEAD"],
            ["--as-of", "tomorrow"],
        ],
    )
    def test_refused(self, landform, project, arguments):
        """Status 2, and nothing is written."""
        before = (project / LOCK).read_bytes()
        assert landform("org", "lock", *arguments, cwd=project).status == 2
        assert (project / LOCK).read_bytes() == before

    def test_ipam_without_credentials(self, landform, project):
        """Nobody signed in: status 3 and what to do."""
        add_account(project, "orders-prod", "910000000001")
        nobody = {
            "AWS_ACCESS_KEY_ID": "",
            "AWS_SECRET_ACCESS_KEY": "",
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        said = landform("org", "lock", "--ipam", "ipam-pool-1", "--json", cwd=project, **nobody)
        assert (said.status, said.document["errors"][0]["code"]) == (3, "aws-refused")
