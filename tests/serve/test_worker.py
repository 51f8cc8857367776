"""The worker: jobs to their ends, and what is left where one is cut off."""

import itertools

import pytest
from serve_parts import Vendor, account, refused

from landform.digest import canonical_json
from landform.errors import Code, LandformError
from landform.serve.jobs import MOST_ATTEMPTS, Asked, Status
from landform.serve.landing import Landing, branch_of
from landform.serve.worker import work


class Killed(BaseException):
    """Stands for a worker's death."""


def asked(name="ledger-dev", dry_run=False):
    """A request for an account."""
    text = canonical_json(account(name))
    return Asked("request.json", text, text, dry_run)


@pytest.fixture
def project(tmp_path, git):
    """A project in a repository."""
    folder = tmp_path / "project"
    (folder / "org" / "accounts").mkdir(parents=True)
    (folder / "org" / "org.yaml").write_text("schema: landform/org/v1\n")
    git.commit(folder)
    git(folder, "config", "user.name", "landform")
    git(folder, "config", "user.email", "landform@example.org")
    return folder


@pytest.fixture
def worked(jobs, project):
    """Work until nothing waits: ``worked(vendor)``; how many jobs were ended."""

    def run(vendor=None, landing=Landing.FILES, wanted=lambda: True):
        return work(jobs, project, landing, vendor or Vendor(), wanted)

    return run


def kinds(jobs, job):
    """What happened to a job."""
    return [event.kind for event in jobs.events(job.id)]


class TestWork:
    """Jobs to their ends."""

    def test_files(self, jobs, project, worked):
        """A change goes into the project's files, and its preview is kept."""
        job, _ = jobs.accept("ci", "K-1", asked())
        worked()
        done = jobs.get(job.id)
        assert done.status is Status.DONE
        files = ["org/accounts/ledger-dev.yaml"]
        assert done.result == {"changed": True, "files": files, "branch": None, "commit": None}
        assert (project / files[0]).read_text() == job.asked.text
        assert jobs.preview(job.id)["account"] == "ledger-dev"
        assert kinds(jobs, job) == ["accepted", "running", "step", "preview", "done"]

    def test_branch(self, jobs, project, worked, git):
        """A change is one commit of a branch of its own, and the files here stay as they are."""
        job, _ = jobs.accept("ci", "K-1", asked())
        worked(landing=Landing.BRANCH)
        result = jobs.get(job.id).result
        assert result["commit"] == git(project, "rev-parse", branch_of(job.id))
        assert git(project, "show", f"{result['commit']}:{result['files'][0]}") == job.asked.text.strip()
        assert git(project, "rev-list", "--count", f"main..{branch_of(job.id)}") == "1"
        assert git(project, "status", "--porcelain") == ""

    @pytest.mark.parametrize("landing", Landing)
    def test_a_dry_run_writes_nothing(self, jobs, project, worked, git, landing):
        """It has a preview, and says which files there would be."""
        job, _ = jobs.accept("ci", "K-1", asked(dry_run=True))
        worked(landing=landing)
        result = jobs.get(job.id).result
        assert (result["changed"], result["files"]) == (False, ["org/accounts/ledger-dev.yaml"])
        assert jobs.preview(job.id)
        assert git(project, "status", "--porcelain") == ""
        assert git(project, "branch", "--list", "landform/*") == ""

    def test_the_same_account_twice_changes_nothing(self, jobs, project, worked):
        """Under another key it is another job, which finds everything there."""
        for key in ("K-1", "K-2"):
            jobs.accept("ci", key, asked())
        assert worked() == 2
        second = jobs.page(None, None, 1)[0]
        assert (second.status, second.result["changed"], second.result["files"]) == (Status.DONE, False, [])

    @pytest.mark.parametrize(
        ("code", "status"),
        [
            (Code.REQUEST, Status.REFUSED),
            (Code.SPEC_ACCOUNT, Status.REFUSED),
            (Code.GIT_MISSING, Status.FAILED),
            (Code.TIMED_OUT, Status.FAILED),
        ],
    )
    def test_whose_fault_it_is(self, jobs, worked, code, status):
        """The request's, which is then refused, or the machine's."""
        job, _ = jobs.accept("ci", "K-1", asked())
        worked(Vendor(refused(code)))
        ended = jobs.get(job.id)
        assert (ended.status, ended.result) == (status, None)
        assert ended.problems == [
            {
                "code": code.slug,
                "message": "The email is taken.",
                "given": "a@example.org",
                "fix": "Choose another.",
            }
        ]

    def test_checks_that_do_not_pass_refuse_it(self, jobs, project, worked, git):
        """Nothing is written, and the preview has the findings."""
        job, _ = jobs.accept("ci", "K-1", asked())
        worked(Vendor(ok=False))
        ended = jobs.get(job.id)
        assert (ended.status, ended.problems[0]["given"]) == (Status.REFUSED, "CKV_AWS_18")
        assert jobs.preview(job.id)["findings"]
        assert git(project, "status", "--porcelain") == ""

    def test_a_spec_that_was_changed_by_hand_is_no_fault_of_the_request(self, jobs, project, worked):
        """It was granted, and its branch cannot be made: somebody must look after the server's checkout."""
        (project / "org" / "org.yaml").write_text("changed: true\n")
        job, _ = jobs.accept("ci", "K-1", asked())
        worked(landing=Landing.BRANCH)
        ended = jobs.get(job.id)
        assert (ended.status, ended.problems[0]["given"]) == (Status.FAILED, "org/org.yaml")

    def test_one_that_is_refused_keeps_no_other_back(self, jobs, worked):
        """The queue goes on."""
        for number in range(3):
            jobs.accept("ci", f"K-{number}", asked(f"account-{number}"))
        assert worked(Vendor(refused())) == 3
        assert jobs.counts()[Status.DONE] == 2

    def test_no_other_is_begun_where_none_is_wanted(self, jobs, worked):
        """A server that ends lets the job at hand be finished; the rest waits."""
        for number in range(3):
            jobs.accept("ci", f"K-{number}", asked(f"account-{number}"))
        wanted = itertools.chain([True], itertools.repeat(False))
        assert worked(wanted=lambda: next(wanted)) == 1
        assert jobs.counts()[Status.ACCEPTED] == 2


class TestCutOff:
    """A worker that dies, at each moment of a job."""

    @pytest.mark.parametrize("landing", Landing)
    @pytest.mark.parametrize("moment", ["step", "keep_preview", "done"])
    def test_it_is_taken_up_and_done_once(self, jobs, project, worked, git, monkeypatch, moment, landing):
        """Before anything was written, before the change landed, and after that: in the end it is all the same."""
        job, _ = jobs.accept("ci", "K-1", asked())

        def dies(*_):
            raise Killed

        with monkeypatch.context() as patched:
            patched.setattr(jobs, moment, dies)
            with pytest.raises(Killed):
                worked(landing=landing)
        assert jobs.get(job.id).status is Status.RUNNING
        worked(landing=landing)

        done = jobs.get(job.id)
        assert (done.status, done.attempts) == (Status.DONE, 2)
        assert (done.result["changed"], done.result["files"]) == (True, ["org/accounts/ledger-dev.yaml"])
        assert jobs.preview(job.id)["account"] == "ledger-dev"
        assert kinds(jobs, job).count("done") == 1
        branches = git(project, "branch", "--list", "--format=%(refname:short)", "landform/*").splitlines()
        assert branches == ([branch_of(job.id)] if landing is Landing.BRANCH else [])

    def test_a_branch_that_was_made_is_not_made_again(self, jobs, project, worked, git, monkeypatch):
        """Even where the project has gone on since: who reads the branch may have seen it."""
        job, _ = jobs.accept("ci", "K-1", asked())

        def dies(*_):
            raise Killed

        with monkeypatch.context() as patched:
            patched.setattr(jobs, "done", dies)
            with pytest.raises(Killed):
                worked(landing=Landing.BRANCH)
        made = git(project, "rev-parse", branch_of(job.id))
        git.commit(project)
        vendor = Vendor()
        worked(vendor, landing=Landing.BRANCH)
        assert jobs.get(job.id).result["commit"] == made == git(project, "rev-parse", branch_of(job.id))
        assert vendor.calls == []

    def test_what_no_worker_survives_is_given_up(self, jobs, worked):
        """And what comes after it is done."""
        deadly, _ = jobs.accept("ci", "K-1", asked("deadly"))
        other, _ = jobs.accept("ci", "K-2", asked("other"))
        for _ in range(MOST_ATTEMPTS):
            with pytest.raises(Killed):
                worked(Vendor(Killed()))
        worked()
        assert (jobs.get(deadly.id).status, jobs.get(other.id).status) == (Status.FAILED, Status.DONE)
        assert jobs.get(deadly.id).problems[0]["code"] == "job-stopped"

    def test_what_has_ended_stays_ended(self, jobs, worked):
        """A supervisor that gives up on a job a moment too late changes nothing."""
        job, _ = jobs.accept("ci", "K-1", asked())
        worked()
        jobs.not_done(job.id, Status.FAILED, LandformError(Code.JOB_STOPPED, "Too late."))
        assert jobs.get(job.id).status is Status.DONE
        assert kinds(jobs, job)[-1] == "done"


class TestQueue:
    """Jobs that wait."""

    def test_the_oldest_comes_first(self, jobs, worked):
        """In the order in which they were accepted."""
        names = [f"account-{number}" for number in range(4)]
        for name in names:
            jobs.accept("ci", name, asked(name))
        vendor = Vendor()
        worked(vendor)
        assert [f'"name": "{name}"' in text for name, text in zip(names, vendor.calls, strict=True)] == [
            True
        ] * 4

    def test_too_many_are_told_to_wait(self, jobs, monkeypatch):
        """And one that is there already can still be asked for."""
        monkeypatch.setattr("landform.serve.jobs.MOST_WAITING", 1)
        first, _ = jobs.accept("ci", "K-1", asked())
        with pytest.raises(LandformError) as refusal:
            jobs.accept("ci", "K-2", asked("other"))
        assert refusal.value.code is Code.TOO_MANY_CALLS
        assert jobs.accept("ci", "K-1", asked()) == (first, False)
