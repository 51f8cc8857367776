"""checkov's rules over scan copies: the traps of its own JSON runner, one by one."""

from __future__ import annotations

import json
import logging
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landform.checks.checkov_engine import BATCH, Scan, rule_types, scan
from landform.checks.copies import ScanCopies
from landform.checks.judgement import joined, judge, judge_each
from landform.checks.scan_copy import scan_copy
from landform.checks.workers import shared_summaries
from landform.errors import LandformError
from landform.policies.result import UNREADABLE
from landform.policies.severity import checkov_rules
from landform.synth.bundle import Bundle


def policy(action: str | list[str], resource: str, **more: Any) -> str:
    """An IAM policy of one statement, as text."""
    statement = {"Effect": "Allow", "Action": action, "Resource": resource, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def failed(scanned: Scan, stack: str = "a.s") -> set[tuple[str, str]]:
    """The rules that fail in a stack, with the address."""
    return {(r.rule, r.address) for r in scanned.results if r.outcome == "failed" and r.stack == stack}


def run(resources: dict[str, Any], **more: Any) -> Scan:
    """Scan one stack of these resources."""
    return scan({"a.s": scan_copy({"resource": resources, **more})})


class TestRuleTypes:
    def test_every_listed_rule_judges_something(self) -> None:
        """Each AWS rule of the table is one that checkov runs, on types that it names."""
        types = rule_types()
        assert all(types[rule] for rule in checkov_rules())
        assert types["CKV_AWS_27"] == ("aws_sqs_queue",)
        assert types["CKV_AWS_41"] == ("provider.aws",)


WIDE = {"aws_iam_policy": {"p": {"name": "p", "policy": policy("*", "*")}}}
NARROW = {"aws_iam_policy": {"p": {"name": "p", "policy": policy("s3:GetObject", "arn:aws:s3:::b/*")}}}
IAM_RULES = {"CKV_AWS_286", "CKV_AWS_287", "CKV_AWS_288", "CKV_AWS_289", "CKV_AWS_290", "CKV_AWS_355"}


class TestPoliciesAreRead:
    @pytest.mark.parametrize(
        ("rule", "resource_type", "body"),
        [
            ("CKV_AWS_33", "aws_kms_key", {"policy": policy("kms:*", "*", Principal="*")}),
            ("CKV_AWS_387", "aws_sqs_queue_policy", {"policy": policy("sqs:*", "*", Principal="*")}),
            ("CKV_AWS_62", "aws_iam_policy", {"policy": policy("*", "*")}),
            ("CKV_AWS_63", "aws_iam_role_policy", {"policy": policy("*", "arn:aws:s3:::b")}),
            ("CKV_AWS_286", "aws_iam_policy", {"policy": policy("iam:*", "*")}),
            ("CKV2_AWS_40", "aws_iam_policy", {"policy": policy("iam:*", "*")}),
            (
                "CKV_AWS_60",
                "aws_iam_role",
                {"assume_role_policy": policy("sts:AssumeRole", "*", Principal={"AWS": "*"})},
            ),
        ],
    )
    def test_in_json_text(self, rule: str, resource_type: str, body: dict[str, Any]) -> None:
        """A policy that is a JSON string is judged by what it says."""
        assert (rule, f"{resource_type}.x") in failed(run({resource_type: {"x": body}}))

    def test_that_cannot_be_read_is_a_crash(self) -> None:
        """An IAM rule that passes over a policy it cannot read is reported."""
        scanned = run({"aws_iam_policy": {"p": {"policy": "${var.policy}"}}}, variable={"policy": {}})
        assert {crash.error for crash in scanned.crashes} == {UNREADABLE}
        assert {crash.rule for crash in scanned.crashes} == IAM_RULES


class TestStacksAreApart:
    @pytest.mark.parametrize("batch", [1, 2])
    @pytest.mark.parametrize("names", [("a.s", "b.s"), ("b.s", "a.s")])
    def test_same_names_in_two_stacks(self, names: tuple[str, str], batch: int) -> None:
        """A wide and a narrow policy of one name are each judged by their own text, in either order."""
        wide, narrow = names
        scanned = scan({wide: {"resource": WIDE}, narrow: {"resource": NARROW}}, batch=batch)
        assert {rule for rule, _ in failed(scanned, wide)} >= IAM_RULES
        assert failed(scanned, narrow) == set()

    def test_one_call_after_another(self) -> None:
        """Nothing of one run is left for the next in the same process."""
        assert failed(run(NARROW)) == set()
        assert {rule for rule, _ in failed(run(WIDE))} >= IAM_RULES
        assert failed(run(NARROW)) == set()

    def test_batches_change_nothing(self, insecure: dict[str, Any]) -> None:
        """One graph of three stacks gives what three graphs give."""
        copy = scan_copy(insecure)
        stacks = {"a.s": copy, "b.s": {"resource": WIDE}, "c.s": copy}
        assert scan(stacks, batch=1) == scan(stacks, batch=3)

    def test_graph_rules_do_not_join_stacks(self) -> None:
        """A public access block in one stack is none for the bucket of the same name in another."""
        bucket = {"aws_s3_bucket": {"b": {"bucket": "x"}}}
        keys = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
        block = {"bucket": "${aws_s3_bucket.b.id}", **dict.fromkeys(keys, True)}
        scanned = scan(
            {
                "a.s": {"resource": bucket},
                "b.s": {"resource": {**bucket, "aws_s3_bucket_public_access_block": {"b": block}}},
            }
        )
        assert ("CKV2_AWS_6", "aws_s3_bucket.b") in failed(scanned, "a.s")
        assert ("CKV2_AWS_6", "aws_s3_bucket.b") not in failed(scanned, "b.s")


class TestAddresses:
    def test_hold_the_type(self) -> None:
        """Two resources of one name and different types keep their own results."""
        scanned = run({"aws_sqs_queue": {"x": {"name": "x"}}, "aws_sns_topic": {"x": {"name": "x"}}})
        assert {("CKV_AWS_27", "aws_sqs_queue.x"), ("CKV_AWS_26", "aws_sns_topic.x")} <= failed(scanned)

    def test_of_data_sources_and_providers(self) -> None:
        """Data sources and providers have Terraform's address, a provider's alias in it."""
        scanned = scan(
            {
                "a.s": {
                    "data": {
                        "aws_iam_policy_document": {
                            "d": {"statement": [{"actions": ["*"], "resources": ["*"]}]}
                        }
                    },
                    "provider": {"aws": [{}, {"alias": "b", "access_key": "AKIAIOSFODNN7EXAMPLE"}]},
                }
            }
        )
        assert ("CKV_AWS_49", "data.aws_iam_policy_document.d") in failed(scanned)
        assert ("CKV_AWS_41", "provider.aws.b") in failed(scanned)
        assert ("CKV_AWS_41", "provider.aws") not in failed(scanned)

    def test_of_instances_are_the_resource(self) -> None:
        """Instances of ``count`` and ``for_each`` are judged as one resource, by the worst of them."""
        scanned = run(
            {
                "aws_sqs_queue": {"c": {"count": 2, "name": "x"}},
                "aws_ebs_volume": {"f": {"for_each": {"a": True, "b": False}, "encrypted": "${each.value}"}},
            }
        )
        assert {("CKV_AWS_27", "aws_sqs_queue.c"), ("CKV_AWS_3", "aws_ebs_volume.f")} <= failed(scanned)
        assert {r.address for r in scanned.results} == {"aws_sqs_queue.c", "aws_ebs_volume.f"}


NO_BLOCK = {"aws_ami": {"x": {"ebs_block_device": 5}}}
NO_LIST = {"aws_security_group": {"x": {"ingress": [{"from_port": {"a": 1}, "cidr_blocks": 1}]}}}


class TestCrashes:
    def test_of_a_rule_of_one_resource(self) -> None:
        """A rule that raises is a crash of that rule at that resource, not a rule that said nothing."""
        (crash,) = run(NO_BLOCK).crashes
        assert (crash.rule, crash.address, crash.error) == ("CKV_AWS_204", "aws_ami.x", "AttributeError")

    def test_of_a_rule_of_the_graph(self) -> None:
        """A graph rule that raises is a crash of that rule in the stack."""
        assert ("CKV2_AWS_7", "") in {(crash.rule, crash.address) for crash in run(NO_LIST).crashes}

    @pytest.mark.parametrize("broken", [NO_BLOCK, NO_LIST])
    def test_belong_to_their_stack_alone(self, broken: dict[str, Any]) -> None:
        """The other stacks of the batch are judged as if the broken one were not there."""
        scanned = scan({"a.s": {"resource": WIDE}, "b.s": {"resource": broken}, "c.s": {"resource": NARROW}})
        assert {crash.stack for crash in scanned.crashes} == {"b.s"}
        assert failed(scanned, "a.s") == failed(run(WIDE))


class TestOutsideWorld:
    def test_environment_and_network_are_not_used(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, insecure: dict[str, Any]
    ) -> None:
        """checkov's variables and configuration files change nothing, and no connection is opened."""
        volumes = {"for_each": {"a": True, "b": False}, "encrypted": "${each.value}"}
        resources = {**insecure["resource"], "aws_ebs_volume": {"each": volumes}}
        expected = run(resources)
        (tmp_path / ".checkov.yaml").write_text("skip-check: [CKV_AWS_62]\n")
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("BC_API_KEY", "key")
        monkeypatch.setenv("CHECKOV_GRAPH_FRAMEWORK", "NETWORKX")
        monkeypatch.setenv("CHECKOV_ENABLE_FOREACH_HANDLING", "False")
        monkeypatch.setattr(socket, "socket", None)
        assert run(resources) == expected
        assert [path.name for path in tmp_path.iterdir()] == [".checkov.yaml"]
        assert os.environ["BC_API_KEY"] == "key"

    def test_nothing_is_printed(self, capfd: pytest.CaptureFixture[str]) -> None:
        """checkov's own log and progress bars stay silent, a crash included, and logging is as before."""
        handlers = list(logging.getLogger().handlers)
        run(NO_BLOCK)
        assert capfd.readouterr() == ("", "")
        assert logging.getLogger().handlers == handlers

    def test_the_callers_streams_are_left(self) -> None:
        """The import of checkov, which wraps stdout and stderr, leaves the caller's as they were."""
        code = (
            "import sys; from landform.checks.checkov_engine import scan; before = sys.stdout, sys.stderr;"
            "scan({'a.s': {'resource': {'aws_vpc': {'a': {}}}}}); print((sys.stdout, sys.stderr) == before)"
        )
        ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert (ran.stdout.strip(), ran.stderr) == ("True", "")

    def test_progress_is_told(self) -> None:
        """The caller hears after each batch how many stacks are done."""
        told: list[tuple[int, int]] = []
        scan({n: {"resource": NARROW} for n in "abc"}, on_progress=lambda *now: told.append(now), batch=2)
        assert told == [(2, 3), (3, 3)]

    def test_no_stacks(self) -> None:
        """No stack gives no result."""
        assert scan({}).results == ()


class TestImport:
    def test_checkov_is_not_imported_before_it_runs(self) -> None:
        """Importing the room is cheap: checkov's two seconds are paid by the call that needs it."""
        code = "import sys, landform.checks; print(sorted(m for m in sys.modules if m.startswith('checkov')))"
        ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert ran.stdout.strip() == "[]"


TYPES = (
    "aws_s3_bucket",
    "aws_iam_policy",
    "aws_security_group",
    "aws_kms_key",
    "aws_db_instance",
    "aws_lb_listener",
)
ARGUMENTS = """
    policy ingress tags count for_each dynamic port protocol cidr_blocks from_port default_action type
    storage_encrypted engine bucket acl depends_on lifecycle
"""
NAMES = st.sampled_from(ARGUMENTS.split())
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-1, 70000)
    | st.sampled_from(["", "*", "${var.x}", "true", "{", "[]"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)


class TestAnyStack:
    @settings(max_examples=40, deadline=None)
    @given(st.dictionaries(st.sampled_from(TYPES), st.dictionaries(NAMES, VALUES, max_size=5), min_size=1))
    def test_gives_a_result_or_a_crash(self, bodies: dict[str, Any]) -> None:
        """Whatever a resource holds, a rule judges it or it is known that none did; nothing is raised."""
        stack = scan_copy(
            {"resource": {kind: {"x": body} for kind, body in bodies.items()}, "variable": {"x": {}}}
        )
        scanned = scan({"a.s": stack})
        answered = {r.address for r in scanned.results} | {c.address for c in scanned.crashes}
        assert "" in answered or answered >= {f"{kind}.x" for kind in bodies}


class TestShared:
    """The scan shared out among processes."""

    def test_several_processes_say_what_one_says(self, make_bundle: Callable[..., Bundle]) -> None:
        """How the work is divided has no influence on the result."""
        bucket = {"resource": {"aws_s3_bucket": {"logs": {"bucket": "logs"}}}}
        copies = ScanCopies(make_bundle({f"prod-{number:03d}.s": bucket for number in range(2 * BATCH + 1)}))
        alone = list(shared_summaries(copies, jobs=1))

        assert [name for name, _ in alone] == sorted(copies)
        assert all(summary.failed for _, summary in alone)
        assert list(shared_summaries(copies, jobs=2)) == alone

    def test_a_process_says_what_it_cannot_read(self, make_bundle: Callable[..., Bundle]) -> None:
        """A stack that another process cannot read is the same error."""
        stacks = {f"prod-{number:03d}.s": {"resource": {}} for number in range(BATCH)}
        copies = ScanCopies(make_bundle({**stacks, "prod-x.s": "{"}))
        with pytest.raises(LandformError, match="not the Terraform JSON"):
            list(shared_summaries(copies, jobs=2))


class TestEach:
    """The judgement of each stack by itself."""

    def test_is_its_part_of_all(self, insecure: dict[str, Any], careful: dict[str, Any]) -> None:
        """What is said of each stack is what is said of all, stack by stack."""
        copies = {f"a.{number}": scan_copy(insecure if number % 2 else careful) for number in range(3)}
        assert joined([judgement for _, judgement in judge_each(copies)]) == judge(copies)
