"""``landform approve`` and ``landform approvals``."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from approvals import KEYS, judged, make_bundle, plans
from cryptography.hazmat.primitives import serialization

from landform.plan.plan_set import JudgedConcern, PlanSet
from landform.plan.store import begin, save
from landform.policies.plan_rule import Concern, Risk
from landform.record.events import EventKind
from landform.record.ledger import LEDGER, Ledger

CONCERN = JudgedConcern("LF_PLAN_X", Concern(Risk.R2, "aws_sqs_queue.q", "is \x1b[2Kchanged."))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a bundle, a plan set of it, and the keys of its people; no agent, and a home of its own."""
    make_bundle(tmp_path / "cdktf.out")
    store(tmp_path, plans())
    for name in KEYS:
        write_key(tmp_path / name, name)
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path


def write_key(path: Path, name: str, passphrase: bytes | None = None) -> None:
    how = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    path.write_bytes(
        KEYS[name]._key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, how)
    )
    path.chmod(0o600)


def store(project: Path, plan_set: PlanSet) -> None:
    save(project, begin(project), plan_set)


class TestApprove:
    """``landform approve``."""

    def test_from_nothing_to_approved(self, landform, folder):
        """One person approves everything; then everything may be applied."""
        before = landform("approvals", "--json", cwd=folder)
        assert [each["approved"] for each in before.document["stacks"]] == [False] * 3
        said = landform(
            *("approve", "--all", "--key", "jane", "--ticket", "CHG-1", "--yes", "--json"), cwd=folder
        )
        assert said.status == 0, said.err
        assert said.document["approver"] == "jane"
        assert said.document["key"] == KEYS["jane"].public.fingerprint
        assert sorted(said.document["stacks"]) == ["a.app", "b.app", "c.app"]
        assert (folder / said.document["file"]).is_file()
        after = landform("approvals", "--json", cwd=folder).document
        assert [each["approved"] for each in after["stacks"]] == [True] * 3
        assert after["approvals"][0]["state"] == "counts for 3 of 3 plans"
        assert "3 of 3 plans may be applied" in landform("approvals", cwd=folder).out

    @pytest.mark.parametrize("given", ["sha256:class-b", "class-bc"])
    def test_a_class_by_the_beginning_of_its_digest(self, landform, folder, given):
        """With its algorithm or without."""
        said = landform("approve", "--class", given, "--key", "jane", "--yes", "--json", cwd=folder)
        assert sorted(said.document["stacks"]) == ["b.app", "c.app"]

    @pytest.mark.parametrize("given", ["sha256:class", "sha256:x"])
    def test_a_beginning_of_two_classes_or_of_none(self, landform, folder, given):
        """A slip approves nothing."""
        said = landform("approve", "--class", given, "--key", "jane", "--yes", cwd=folder)
        assert said.status == 2
        assert "no-match" in said.err

    def test_only_what_is_not_riskier(self, landform, folder):
        """The risk that was named is the highest."""
        store(folder, plans(judged("a.app", Risk.R1), judged("b.app", Risk.R2), judged("c.app", Risk.R3)))
        said = landform(*("approve", "--risk-up-to", "R2", "--key", "jane", "--yes", "--json"), cwd=folder)
        assert sorted(said.document["stacks"]) == ["a.app", "b.app"]

    def test_what_nobody_can_approve_is_left_out_and_said(self, landform, folder):
        """Everything means everything that can be."""
        store(folder, plans(judged("a.app"), judged("b.app", pending=("net.id",))))
        said = landform("approve", "--all", "--key", "jane", "--yes", "--json", cwd=folder)
        assert sorted(said.document["stacks"]) == ["a.app"]
        assert "b.app" in said.err

    @pytest.mark.parametrize(
        ("asked", "status", "slug"),
        [
            (("--yes", "--key", "jane"), 2, "usage"),
            (("--all", "--class", "x", "--yes", "--key", "jane"), 2, "usage"),
            (("--risk-up-to", "R9", "--yes", "--key", "jane"), 2, "usage"),
            (("--all", "--key", "jane"), 2, "usage"),
            (("--all", "--key", "jane", "--json"), 2, "usage"),
            (("--all", "--yes", "--key", "jane", "--expires", "soon"), 2, "usage"),
            (("--all", "--yes", "--key", "jane", "--expires", "8d"), 2, "usage"),
            (("--all", "--yes", "--key", "none"), 2, "signing-key"),
            (("--all", "--yes"), 2, "signing-key"),
            (("--all", "--yes", "--key", "stranger"), 1, "not-approved"),
            (("--all", "--yes", "--key", "jane", "--as", "lee"), 1, "not-approved"),
            (("--all", "--yes", "--key", "jane", "--as", "jnae"), 1, "not-approved"),
            (("--all", "--yes", "--key", "sam"), 1, "not-approved"),
            (("--all", "--yes", "--key", "old"), 1, "not-approved"),
        ],
    )
    def test_what_is_refused_writes_nothing(self, landform, folder, asked, status, slug):
        """With the code that says why."""
        said = landform("approve", *asked, cwd=folder)
        assert said.status == status
        assert slug in said.err + said.out
        assert not (folder / "record").exists()

    def test_a_key_with_a_passphrase_without_a_terminal(self, landform, folder):
        """It is never taken from an argument or the environment."""
        write_key(folder / "jane", "jane", b"correct horse")
        said = landform("approve", "--all", "--yes", "--key", "jane", cwd=folder)
        assert said.status == 2
        assert "ssh-add" in said.err

    def test_the_default_key_is_that_of_the_home(self, landform, folder):
        """As ssh has it."""
        (folder / "home/.ssh").mkdir(parents=True)
        write_key(folder / "home/.ssh/id_ed25519", "lee")
        said = landform("approve", "--all", "--yes", "--json", cwd=folder)
        assert said.document["approver"] == "lee"

    def test_an_approval_anchors_the_ledger(self, landform, folder):
        """A ledger that was put back to an earlier day is found."""
        at = datetime.now(UTC).isoformat()
        with Ledger.open(folder / LEDGER) as ledger:
            ledger.append(EventKind.RUN_STARTED, at=at, run="r1")
        landform("approve", "--all", "--yes", "--key", "jane", cwd=folder)
        assert all(
            each["approved"] for each in landform("approvals", "--json", cwd=folder).document["stacks"]
        )
        for path in (folder / LEDGER.parent).glob("ledger.sqlite*"):
            path.unlink()
        after = landform("approvals", "--json", cwd=folder).document
        assert "no longer holds the event 1" in after["approvals"][0]["state"]


class TestTerminal:
    """What a person sees before they sign."""

    @pytest.mark.parametrize(("answer", "status"), [(b"y\n", 0), (b"n\n", 1), (b"\n", 1)])
    def test_a_person_is_shown_the_plans_and_asked(self, folder, answer, status):
        """Yes alone is yes; what is shown cannot move the cursor."""
        store(folder, plans(replace(judged("a.app"), concerns=(CONCERN,)), judged("b.app")))
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "landform.cli.main", "approve", "--all", "--key", "jane"],
            cwd=folder,
            stdin=theirs,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        os.write(ours, answer)
        _, err = process.communicate(timeout=60)
        os.close(ours)
        os.close(theirs)
        assert process.returncode == status, err
        shown = err.decode()
        assert "aws_sqs_queue.q is \ufffd[2Kchanged." in shown
        assert "asked for by kim" in shown
        assert KEYS["jane"].public.fingerprint in shown
        assert (folder / "record/approvals").exists() == (status == 0)


class TestApprovals:
    """``landform approvals``."""

    def test_a_broken_file_is_listed_with_why(self, landform, folder):
        """It is not passed over."""
        (folder / "record/approvals").mkdir(parents=True)
        (folder / "record/approvals/x.json").write_text("{}")
        said = landform("approvals", "--json", cwd=folder).document
        assert said["approvals"][0]["file"] == "x.json"
        assert "no approval" in said["approvals"][0]["state"]

    def test_an_approval_of_other_plans_says_so(self, landform, folder):
        """After the plans have changed."""
        landform("approve", "--all", "--yes", "--key", "jane", cwd=folder)
        store(folder, plans(*(judged(stack, digest="sha256:new") for stack in ("a.app", "b.app"))))
        said = landform("approvals", "--json", cwd=folder).document
        assert said["approvals"][0]["state"] == "the plan is another one than was approved"

    @pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="ssh-keygen is not installed")
    def test_what_is_signed_is_what_ssh_keygen_verifies(self, landform, folder):
        """An auditor checks a record without landform's own code for signatures."""
        made = landform("approve", "--all", "--yes", "--key", "jane", "--json", cwd=folder).document
        signed = landform("approvals", "--show-signed", made["id"][:6], cwd=folder).out
        (folder / "allowed").write_text(f"jane {KEYS['jane'].public}\n")
        (folder / "signature").write_text(json.loads((folder / made["file"]).read_text())["signature"])
        asked = ["-I", "jane", "-n", "landform", "-s", str(folder / "signature")]
        subprocess.run(
            ["ssh-keygen", "-Y", "verify", "-f", str(folder / "allowed"), *asked],
            input=signed.encode(),
            check=True,
            capture_output=True,
        )

    def test_an_id_of_nothing(self, landform, folder):
        """Is an error that says where ids are listed."""
        said = landform("approvals", "--show-signed", "0", cwd=folder)
        assert said.status == 2
        assert "landform approvals" in said.err
