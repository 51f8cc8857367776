"""From a fleet to a bundle: whole or not at all, the same bytes every time, and nothing done twice."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from landform.errors import Code, LandformError
from landform.org.load import load
from landform.org.models import Rollout
from landform.org.resolve import resolve
from landform.plan.approved import approvers_of, rollout_of
from landform.synth.bundle import INDEX, Bundle
from landform.synth.run import differences, synth


def tree(folder):
    """Every file of a folder: its bytes, its inode and when it was written."""
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_ino, path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


class TestSynth:
    """The bundle that is written."""

    def test_holds_a_file_a_stack_a_manifest_and_an_index(self, fleet, ledgers, project, tmp_path):
        """What cdktf writes, and landform's index beside it."""
        synth(fleet, ledgers, project=project, out=tmp_path / "out")
        expected = {f"stacks/{instance.key}/cdk.tf.json" for instance in ledgers}
        assert set(tree(tmp_path / "out")) == {
            "manifest.json",
            "landform/bundle.json",
            "landform/inputs.json",
            *expected,
        }

    def test_the_index_says_where_a_resource_came_from(self, fleet, ledgers, project, tmp_path):
        """Construct path, and the user's file and line."""
        bundle = synth(fleet, ledgers, project=project, out=tmp_path / "out").bundle
        record = bundle.stacks["payments-prod.payments-ledger"].resources["aws_s3_bucket.Ledger_B7379752"]
        assert record.construct_path == "payments-prod.payments-ledger/Ledger/Resource"
        line = int(record.source.removeprefix("acme/payments.py:"))
        assert "Bucket(" in (project / "acme" / "payments.py").read_text().splitlines()[line - 1]

    def test_the_index_names_no_time_and_no_folder(self, fleet, ledgers, project, tmp_path):
        """Nothing of this machine is in the bundle."""
        synth(fleet, ledgers, project=project, out=tmp_path / "out")
        text = "".join(path.read_text() for path in (tmp_path / "out").rglob("*") if path.is_file())
        assert str(tmp_path) not in text
        assert os.uname().nodename not in text

    def test_again_rewrites_no_file(self, fleet, ledgers, project, tmp_path):
        """Where nothing changed, every file stays the same file, whether kept or made anew."""
        synth(fleet, ledgers, project=project, out=tmp_path / "out")
        before = tree(tmp_path / "out")
        again = synth(fleet, ledgers, project=project, out=tmp_path / "out")
        assert again.made == ()
        synth(fleet, ledgers, project=project, out=tmp_path / "out", fresh=True)
        assert tree(tmp_path / "out") == before

    def test_again_says_the_same_remarks(self, fleet, ledgers, project, tmp_path):
        """What a kept stack's constructs remarked is in the manifest."""
        first = synth(fleet, ledgers, project=project, out=tmp_path / "out")
        again = synth(fleet, ledgers, project=project, out=tmp_path / "out")
        assert first.annotations
        assert sorted(again.annotations, key=str) == sorted(first.annotations, key=str)

    def test_changed_code_makes_every_stack_anew(self, fleet, ledgers, project, tmp_path):
        """A line of stack code is an input."""
        synth(fleet, ledgers, project=project, out=tmp_path / "out")
        with (project / "acme" / "__init__.py").open("a") as file:
            file.write("# changed\n")
        assert len(synth(fleet, ledgers, project=project, out=tmp_path / "out").made) == len(ledgers)

    def test_a_file_changed_by_hand_is_made_anew(self, fleet, ledgers, project, tmp_path):
        """The bundle is what the code gives, whatever somebody wrote into it."""
        before = synth(fleet, ledgers, project=project, out=tmp_path / "out").bundle
        path = before.folder("payments-dev.payments-ledger") / "cdk.tf.json"
        path.write_text("{}")
        again = synth(fleet, ledgers, project=project, out=tmp_path / "out")
        assert again.made == ("payments-dev.payments-ledger",)
        assert again.bundle.digest == before.digest

    def test_several_processes_give_the_same_bytes(self, fleet, ledgers, project, tmp_path):
        """How the work is divided is not an input."""
        one = synth(fleet, ledgers, project=project, out=tmp_path / "one", jobs=1)
        two = synth(fleet, ledgers, project=project, out=tmp_path / "two", jobs=2)
        assert one.bundle.digest == two.bundle.digest
        names = tree(tmp_path / "one")
        assert {name: names[name][0] for name in names} == {
            n: v[0] for n, v in tree(tmp_path / "two").items()
        }

    def test_a_bundle_of_a_selection_waits_for_nothing_outside_it(self, fleet, ledgers, project, tmp_path):
        """The manifest names only stacks that it holds; the index keeps every dependency."""
        bundle = synth(fleet, ledgers, project=project, out=tmp_path / "out").bundle
        manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
        assert all(entry["dependencies"] == [] for entry in manifest["stacks"].values())
        assert bundle.stacks["payments-dev.payments-ledger"].dependencies == ("payments-dev.baseline",)

    def test_a_stack_that_is_gone_leaves_the_bundle(self, fleet, ledgers, project, tmp_path):
        """Its file goes, and what Terraform put beside it stays."""
        synth(fleet, ledgers, project=project, out=tmp_path / "out")
        gone = tmp_path / "out" / "stacks" / ledgers[0].key
        (gone / ".terraform").mkdir()
        (gone / ".terraform" / "mark").write_text("x")
        synth(fleet, ledgers[1:], project=project, out=tmp_path / "out")
        assert not (gone / "cdk.tf.json").exists()
        assert (gone / ".terraform" / "mark").read_text() == "x"


class TestDeterminism:
    """Two synths in different folders, with a different environment and hash seed, give the same bytes."""

    def test_folder_environment_and_hash_seed_do_not_matter(self, project, tmp_path):
        """Promise one, over the whole example."""
        import shutil

        other = tmp_path / "elsewhere" / "deep" / "copy"
        shutil.copytree(project, other)
        folders = {
            project: {"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo"},
            other: {"PYTHONHASHSEED": "99", "LANG": "C"},
        }
        for folder, environment in folders.items():
            subprocess.run(
                [sys.executable, "-m", "landform.cli.main", "synth", "--quiet"],
                cwd=folder,
                env={**os.environ, **environment},
                check=True,
                stdout=subprocess.DEVNULL,
            )
        one, two = (
            {name: values[0] for name, values in tree(folder / "cdktf.out").items()} for folder in folders
        )
        assert one == two


class TestFailures:
    """What is wrong in stack code, said in its author's frame; the old bundle stays whole."""

    def broken(self, project, text):
        """Put text in place of the example's stack module."""
        path = project / "acme" / "payments.py"
        path.write_text(text)

    def error(self, fleet, ledgers, project, tmp_path):
        """The error of a synth in a process of its own, where the module was not imported before."""
        script = (
            "import sys, json\n"
            "from pathlib import Path\n"
            "from landform.org.load import load\nfrom landform.org.resolve import resolve\n"
            "from landform.errors import LandformError\n"
            "from landform.synth.run import synth\n"
            "project = Path(sys.argv[1])\nfleet = resolve(load(project))\n"
            "instances = [i for i in fleet.instances if i.stack == 'payments-ledger']\n"
            "try:\n    synth(fleet, instances, project=project, out=Path(sys.argv[2]))\n"
            "except LandformError as error:\n    print(json.dumps([e.as_json() for e in error.each()]))\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", script, str(project), str(tmp_path / "out")],
            capture_output=True,
            text=True,
            check=True,
        )
        return json.loads(done.stdout)

    @pytest.mark.parametrize(
        ("text", "code", "line"),
        [
            ("import nothing_of_this_name\n", "stack-class", 1),
            ("def broken(:\n", "stack-class", 1),
            ("class Other:\n    pass\n", "stack-class", None),
            (
                "from landform.constructs import AwsStack\n"
                "class PaymentsLedger(AwsStack):\n"
                "    def __init__(self, scope, instance):\n"
                "        super().__init__(scope, instance)\n"
                "        raise ValueError('no money')\n",
                "stack-failed",
                5,
            ),
            (
                "from landform.constructs import AwsStack\n"
                "class PaymentsLedger(AwsStack):\n"
                "    def __init__(self, scope, instance, *, size):\n"
                "        super().__init__(scope, instance)\n",
                "stack-class",
                None,
            ),
            (
                "from landform.constructs import AwsStack\n"
                "from landform.resources import CheckedResource\n"
                "class PaymentsLedger(AwsStack):\n"
                "    def __init__(self, scope, instance):\n"
                "        super().__init__(scope, instance)\n"
                "        CheckedResource(self, 'Q', 'aws_sqs_queue', {'nmae': 'x'})\n",
                "unknown-argument",
                6,
            ),
        ],
    )
    def test_names_the_users_file_and_line(self, fleet, ledgers, project, tmp_path, text, code, line):
        """The error is said once, for all accounts, with the line in the user's module."""
        self.broken(project, text)
        (error,) = self.error(fleet, ledgers, project, tmp_path)
        assert error["code"] == code
        if line:
            assert (error["file"], error["line"]) == ("acme/payments.py", line)
        else:
            assert error["file"] == "org/stacks.yaml"
        assert not (tmp_path / "out").exists()

    def test_one_cause_in_many_accounts_is_one_error(self, fleet, ledgers, project, tmp_path):
        """The three ledgers fail alike; the error says how many more there are."""
        self.broken(project, "import nothing_of_this_name\n")
        (error,) = self.error(fleet, ledgers, project, tmp_path)
        assert "and 2 more" in error["given"]

    @pytest.mark.parametrize("params", ['{ domain: "a b" }', "{ ipam_account: nowhere }"])
    def test_what_a_ready_stack_refuses_is_told_of_its_rule(self, project, tmp_path, params):
        """Its parameters are the user's lines, and not those of landform's own stacks."""
        path = project / "org" / "stacks.yaml"
        text = path.read_text().replace(
            "    addresses: true\n", f"    addresses: true\n    params: {params}\n"
        )
        path.write_text(text)
        fleet = resolve(load(project))
        networks = [instance for instance in fleet.instances if instance.stack == "network"]

        with pytest.raises(LandformError) as caught:
            synth(fleet, networks, project=project, out=tmp_path / "out")

        place = caught.value.each()[0].place
        line = text.splitlines()[place.line - 1]
        assert (place.file, line.strip()) == ("org/stacks.yaml", "- id: network")

    def test_a_failing_synth_leaves_the_old_bundle(self, fleet, ledgers, project, tmp_path):
        """Whole or not at all."""
        synth(fleet, ledgers, project=project, out=tmp_path / "out")
        before = tree(tmp_path / "out")
        self.broken(project, "import nothing_of_this_name\n")
        assert self.error(fleet, ledgers, project, tmp_path)
        assert tree(tmp_path / "out") == before

    def test_an_interrupt_leaves_the_old_bundle(self, fleet, ledgers, project, tmp_path):
        """Ctrl-C in the middle: the right exit status, no traceback, nothing half-written."""
        command = [sys.executable, "-m", "landform.cli.main", "synth", "--fresh"]
        subprocess.run(command, cwd=project, check=True, capture_output=True)
        before = tree(project / "cdktf.out")
        path = project / "acme" / "payments.py"
        path.write_text(f"import time\ntime.sleep(30)\n{path.read_text()}")
        running = subprocess.Popen(command, cwd=project, stderr=subprocess.PIPE, text=True)
        new = project / f".cdktf.out.new-{running.pid}"
        deadline = time.monotonic() + 20
        while not any(new.glob("stacks/*")) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert new.exists(), "the synth never began to write"
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=20)
        assert running.returncode == 130, said
        assert "Traceback" not in said
        assert tree(project / "cdktf.out") == before
        assert not new.exists()


class TestDifferences:
    """``synth --verify``."""

    def test_an_untouched_bundle_has_none(self, fleet, ledgers, project, tmp_path):
        """What was just written is what the code gives."""
        synth(fleet, ledgers, project=project, out=tmp_path / "out")
        assert differences(fleet, ledgers, project=project, out=tmp_path / "out") == {}

    def test_names_what_is_changed_missing_and_left_over(self, fleet, ledgers, project, tmp_path):
        """Each stack that differs, and how; nothing is written."""
        bundle = synth(fleet, ledgers[:2], project=project, out=tmp_path / "out").bundle
        (bundle.folder(ledgers[0].key) / "cdk.tf.json").write_text("{}")
        before = tree(tmp_path / "out")
        found = differences(fleet, (ledgers[0], ledgers[2]), project=project, out=tmp_path / "out")
        assert found == {
            ledgers[0].key: "changed",
            ledgers[1].key: "left over",
            ledgers[2].key: "missing",
        }
        assert tree(tmp_path / "out") == before


class TestBundle:
    """Reading a bundle."""

    def test_no_bundle(self, tmp_path):
        """A folder without an index is no bundle."""
        with pytest.raises(LandformError) as caught:
            Bundle.load(tmp_path)
        assert caught.value.code is Code.NO_BUNDLE

    @pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "landform/bundle/v9"}', "{"])
    def test_an_index_that_is_none(self, tmp_path, text):
        """A broken or foreign index is refused, not guessed at."""
        (tmp_path / "landform").mkdir()
        (tmp_path / "landform" / "bundle.json").write_text(text)
        with pytest.raises(LandformError) as caught:
            Bundle.load(tmp_path)
        assert caught.value.code is Code.NO_BUNDLE

    def test_a_tampered_file_is_refused(self, fleet, ledgers, project, tmp_path):
        """A stack's text is compared with the digest in the index before anyone reads it."""
        bundle = synth(fleet, ledgers, project=project, out=tmp_path / "out").bundle
        path = bundle.folder(ledgers[0].key) / "cdk.tf.json"
        path.write_text(path.read_text().replace("true", "false", 1))
        with pytest.raises(LandformError) as caught:
            bundle.text(ledgers[0].key)
        assert caught.value.code is Code.BUNDLE_TAMPERED

    def test_a_selection_that_matches_nothing(self, fleet, ledgers, project, tmp_path):
        """It is an error, with what was asked for."""
        bundle = synth(fleet, ledgers, project=project, out=tmp_path / "out").bundle
        with pytest.raises(LandformError) as caught:
            bundle.select(accounts=["nobody"])
        assert caught.value.code is Code.NO_MATCH
        assert "nobody" in caught.value.given


class TestRolloutInTheIndex:
    def test_what_approval_and_rollout_need_is_in_the_index(self, project, fleet, ledgers):
        """Under the bundle's digest: how a tier is rolled out, who may approve, each account's wave."""
        bundle = synth(fleet, ledgers, project=project, out=project / "cdktf.out").bundle
        assert bundle.tiers["prod"]["rollout"]["approvals"] == 2
        assert bundle.tiers["prod"]["rollout"]["freeze"][0]["from"] == "2026-12-20"
        assert {person["name"] for person in bundle.approvers["people"]} == {"jane", "sam", "lee", "kim"}
        assert bundle.waves.keys() == {instance.account.name for instance in ledgers}
        assert bundle.waves["payments-dev"].keys() == {"number", "name", "bake"}

    def test_approval_reads_the_index(self, project, fleet, ledgers):
        """What synth writes of people and of roll-outs is what approval takes them from."""
        bundle = synth(fleet, ledgers, project=project, out=project / "cdktf.out").bundle
        people = approvers_of(bundle)
        assert people == fleet.approvers
        rollout = rollout_of(bundle, "prod")
        assert rollout == next(each for each in ledgers if each.tier.name == "prod").tier.rollout
        assert len(people.named(rollout.approvers)) == 4

    def test_who_may_approve_changes_the_bundles_digest(self, project, fleet, ledgers):
        """Though no stack is another."""
        before = synth(fleet, ledgers, project=project, out=project / "cdktf.out").bundle
        path = project / "org/approvers.yaml"
        path.write_text(path.read_text().replace("until: 2027-12-31", "until: 2028-12-31"))
        changed = resolve(load(project))
        instances = [each for each in changed.instances if each.stack == "payments-ledger"]
        result = synth(changed, instances, project=project, out=project / "cdktf.out")
        assert result.made == ()
        assert result.bundle.digest != before.digest
        assert result.bundle.approvers["people"][3]["until"] == "2028-12-31"

    def test_an_older_bundle_has_none_of_it(self, project, fleet, ledgers):
        """It loads, nobody may approve by it, and a tier is as strict as landform's defaults."""
        out = project / "cdktf.out"
        synth(fleet, ledgers, project=project, out=out)
        index = json.loads((out / INDEX).read_text())
        for key in ("approvers", "waves"):
            del index[key]
        for tier in index["tiers"].values():
            del tier["rollout"]
        (out / INDEX).write_text(json.dumps(index))
        bundle = Bundle.load(out)
        assert (bundle.approvers, bundle.waves, approvers_of(bundle)) == (None, {}, None)
        assert rollout_of(bundle, "prod") == Rollout()
