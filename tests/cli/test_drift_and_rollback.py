"""``landform drift`` and ``landform rollback`` over stacks that real Terraform applied to a sandbox, in which somebody
changes things by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bundles import write_bundle
from records import ACCOUNTS, Project
from somebody import client_in

from landform.plan import Runner
from landform.plan.store import find, load
from landform.record.events import EventKind
from landform.record.ledger import LEDGER, Ledger
from landform.record.objects import Objects
from landform.synth.bundle import Bundle
from landform.terraform import Binary, Mirror, Sandbox
from landform.terraform.standing_sandbox import start, stop

STACKS = ("dev.queue", "prod.queue")
SECRET = "hunter2hunter2"
# Only what is critical fails a check: the queues are as small as can be.
TIERS = {tier: {"rank": 1, "guard": {"fail_on": "critical"}} for tier in ("dev", "prod")}
BLOCKS: dict[str, Any] = {
    "terraform": {
        "required_providers": {"aws": {"source": "hashicorp/aws", "version": "5.100.0"}},
        "backend": {"s3": {"bucket": "state", "key": "k", "region": "eu-west-1"}},
    },
    "provider": {"aws": [{"region": "eu-west-1"}]},
}


def document(account: str, seconds: int) -> dict[str, Any]:
    """A queue that is named after its account, and a secret."""
    queue = {"name": f"work-{account}", "visibility_timeout_seconds": seconds}
    secret = {"name": "/db/password", "type": "SecureString", "value": SECRET}
    return BLOCKS | {"resource": {"aws_sqs_queue": {"q": queue}, "aws_ssm_parameter": {"s": secret}}}


class Applied:
    """Two accounts in a sandbox that stays up, with a stack applied to each; and hands in the accounts."""

    def __init__(self, root: Path, sandbox: Sandbox, binary: Binary, mirror: Mirror) -> None:
        self.project = Project(root, sandbox.instance)
        self.sandbox = sandbox
        self.settings = {"project": root, "binary": binary, "mirror": mirror, "sandbox": sandbox}

    def apply(self, run: str, seconds: int, *stacks: str) -> Bundle:
        """Plan and apply stacks of a bundle, and record it as a run."""
        documents = {name: document(name.partition(".")[0], seconds) for name in STACKS}
        bundle = write_bundle(self.project.root / run, documents, ACCOUNTS, TIERS)
        runner = Runner.begin(bundle, **self.settings)
        for name in stacks:
            with runner.at_work(runner.prepare(bundle.stacks[name]), "apply") as at:
                at.terraform.plan(at.folder, at.folder / "raw.plan", secrets=at.secrets)
                assert at.terraform.apply(at.folder, at.folder / "raw.plan", secrets=at.secrets).error is None
        self.project.run(run, bundle, stacks)
        return bundle

    def client(self, service: str, account: str) -> Any:
        """A client of one account."""
        return client_in(self.sandbox.url, ACCOUNTS[account][0], service)

    def set_timeout(self, account: str, seconds: int) -> None:
        """Change the queue of an account."""
        sqs = self.client("sqs", account)
        url = sqs.get_queue_url(QueueName=f"work-{account}")["QueueUrl"]
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": str(seconds)})

    def set_secret(self, account: str, value: str) -> None:
        """Change the secret of an account."""
        ssm = self.client("ssm", account)
        ssm.put_parameter(Name="/db/password", Value=value, Type="SecureString", Overwrite=True)

    def destroy(self, account: str) -> None:
        """Remove all that the stack made in an account."""
        sqs = self.client("sqs", account)
        sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName=f"work-{account}")["QueueUrl"])
        self.client("ssm", account).delete_parameter(Name="/db/password")

    def events(self) -> list[Any]:
        """The drift that the ledger knows."""
        with Ledger.open(self.project.root / LEDGER) as ledger:
            return [(event.stack, event.body) for event in ledger.events(kind=EventKind.DRIFT_FOUND)]


@pytest.fixture(scope="module")
def looks(
    terraform_binary: Binary, provider_mirror: Mirror, tmp_path_factory: pytest.TempPathFactory, landform: Any
) -> Iterator[dict[str, Any]]:
    """What each look says: after hands were in both accounts, again in one, when that is turned back, and when an
    account is emptied. With the events of the ledger after each. Then a second run is taken back."""
    root = tmp_path_factory.mktemp("drift")
    said: dict[str, Any] = {}
    try:
        applied = Applied(root, start(root).sandbox, terraform_binary, provider_mirror)
        said["first"] = applied.apply("r1", 30, *STACKS)

        def look(name: str, *options: str) -> None:
            said[name] = landform("drift", "--sandbox", "--by", "ci", "-o", "r1", *options, cwd=root)
            said[f"{name} events"] = applied.events()

        applied.set_timeout("dev", 900)
        applied.set_timeout("prod", 900)
        applied.set_secret("prod", "another-secret")
        look("changed", "--json")
        look("again", "-a", "dev", "--no-fail")
        applied.set_timeout("dev", 30)
        applied.set_timeout("prod", 30)
        applied.set_secret("prod", SECRET)
        look("back", "--json")
        applied.destroy("prod")
        look("emptied", "-a", "prod", "--format", "markdown")
        applied.apply("r2", 60, "dev.queue")
        said["rollback"] = landform(
            "rollback", "--sandbox", "--json", "--by", "jane", cwd=root, XDG_STATE_HOME=str(root / "state")
        )
        said["root"] = root
        yield said
    finally:
        stop(root)


@pytest.mark.terraform
class TestDrift:
    def test_the_same_change_is_told_once(self, looks: dict[str, Any]) -> None:
        """Two accounts whose queues have other names are one class, with what was changed and that it is undone."""
        found = looks["changed"]
        assert found.status == 1
        queue, secret = found.document["classes"]
        side = {"path": "visibility_timeout_seconds", "before": "30", "after": "900"}
        assert queue["members"] == list(STACKS)
        assert (queue["resource"]["address"], queue["resource"]["action"]) == ("aws_sqs_queue.q", "update")
        assert queue["resource"]["sides"] == [side]
        assert queue["resource"]["next"] == "update"
        assert queue["resource"]["undone"] == [{**side, "before": "900", "after": "30"}]
        assert (secret["members"], secret["resource"]["address"]) == (["prod.queue"], "aws_ssm_parameter.s")

    def test_a_secret_is_seen_and_not_shown(self, looks: dict[str, Any]) -> None:
        """That it was changed is drift; neither value is anywhere."""
        said = looks["changed"]
        assert SECRET not in said.out + said.err
        assert "another-secret" not in said.out + said.err
        assert said.document["classes"][1]["resource"]["sides"] == []

    def test_the_ledger_is_told_once(self, looks: dict[str, Any]) -> None:
        """An event a stack with the same class for the same drift, and none for a second look."""
        events = looks["changed events"]
        assert [stack for stack, _ in events] == list(STACKS)
        assert events[0][1]["addresses"] == ["aws_sqs_queue.q"]
        assert looks["again events"] == events
        assert SECRET not in json.dumps(events)

    def test_it_is_told_to_people(self, looks: dict[str, Any]) -> None:
        """In a selection of accounts; --no-fail says so with 0."""
        said = looks["again"]
        assert said.status == 0
        assert "aws_sqs_queue.q was changed outside; the next apply undoes it" in said.out
        assert "visibility_timeout_seconds: 30 -> 900" in said.out
        assert "1 stack looked at, 1 stack drifted" in said.out

    def test_what_was_turned_back_is_none(self, looks: dict[str, Any]) -> None:
        """Nothing is left that would be called drift by mistake."""
        said = looks["back"]
        assert said.status == 0, said.out
        assert said.document["classes"] == []
        assert [one["other"] for one in said.document["stacks"]] == [[], []]
        assert looks["back events"] == looks["again events"]

    def test_a_stack_that_vanished(self, looks: dict[str, Any]) -> None:
        """All of it is gone: one entry, and a new event."""
        said = looks["emptied"]
        assert said.status == 1
        assert "### vanished: nothing that was applied is there" in said.out
        assert "aws\\_sqs" not in said.out
        assert len(looks["emptied events"]) == 3


@pytest.mark.terraform
class TestRollback:
    def test_what_was_before_is_planned(self, looks: dict[str, Any]) -> None:
        """Of the bundle before the run exactly the stack that goes back is planned and judged, as a plan set."""
        said = looks["rollback"]
        assert said.status == 0, said.out + said.err
        document = said.document
        assert (document["run"], document["bundle"]) == ("r2", looks["first"].digest)
        assert [one["stack"] for one in document["returns"]] == ["dev.queue"]
        plan_set = load(find(looks["root"], document["plan"]["plan_set"]["id"]))
        assert (plan_set.bundle_digest, plan_set.requested_by) == (looks["first"].digest, "jane")
        assert list(plan_set.plans) == ["dev.queue"]
        (change,) = [one for one in plan_set.plans["dev.queue"].plan.changes if one.acts]
        assert (change.address, change.action) == ("aws_sqs_queue.q", "update")
        assert change.before["visibility_timeout_seconds"] == 60
        assert change.after["visibility_timeout_seconds"] == 30

    def test_nothing_is_applied(self, looks: dict[str, Any]) -> None:
        """It is a plan set that is applied like any other, from the restored bundle."""
        document = looks["rollback"].document
        assert document["restored"].endswith(f".landform/rollback/{looks['first'].digest[7:19]}")
        assert (
            document["next"]
            == f"landform review --out {Path(document['restored']).relative_to(looks['root'])}"
        )


class TestWithoutTerraform:
    """What is told before, or instead of, any plan."""

    @pytest.fixture
    def project(self, tmp_path: Path) -> Project:
        """A project in which a bundle was applied to AWS."""
        made = Project(tmp_path)
        made.run("r1", made.bundle("cdktf.out", {"dev.queue": 1}), ["dev.queue"])
        return made

    def test_no_ledger(self, landform: Any, tmp_path: Path) -> None:
        """Nothing was applied, so nothing can have drifted."""
        said = landform("drift", "--json", cwd=tmp_path)
        assert (said.status, said.document["errors"][0]["code"]) == (2, "nothing-applied")

    def test_the_sandbox_has_ended(self, landform: Any, project: Project) -> None:
        """What was applied there is gone with it."""
        said = landform("drift", "--sandbox", cwd=project.root)
        assert (said.status, "No sandbox runs" in said.err) == (2, True)

    def test_an_object_is_gone(self, landform: Any, project: Project) -> None:
        """Nobody knows what was applied."""
        record = Bundle.load(project.root / "cdktf.out").stacks["dev.queue"]
        Objects.of(project.root).path(record.sha256).unlink()
        said = landform("drift", "--json", cwd=project.root)
        assert (said.status, said.document["errors"][0]["code"]) == (1, "object-broken")

    def test_a_stack_that_was_not_applied(self, landform: Any, project: Project) -> None:
        """The selection is over what was applied."""
        said = landform("drift", "-s", "topic", cwd=project.root)
        assert (said.status, "no-match" in said.err) == (2, True)

    def test_a_bundle_that_was_edited(self, landform: Any, tmp_path: Path) -> None:
        """The file is named with both digests, even where nothing was applied yet."""
        bundle = Project(tmp_path).bundle("cdktf.out", {"dev.queue": 1})
        path = bundle.folder("dev.queue") / "cdk.tf.json"
        path.write_text(path.read_text().replace("1", "2"))
        said = landform("drift", "--json", cwd=tmp_path)
        assert said.status == 1
        (edited,) = said.document["edited"]
        assert (edited["file"], edited["stack"]) == ("stacks/dev.queue/cdk.tf.json", "dev.queue")
        assert edited["expected"] == bundle.stacks["dev.queue"].sha256 != edited["given"]
