"""The gate over a bundle: findings, waivers, the verdict of each tier, the report as data."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from landform.checks import Report, as_json, check, groups
from landform.digest import digest
from landform.errors import Code, Exit, LandformError
from landform.synth.bundle import Bundle

DAY = dt.date(2026, 11, 20)
# One fails CKV_AWS_27 (medium, no encryption), the other CKV2_AWS_73 (low, with AWS's key).
KEPT = {"lifecycle": {"prevent_destroy": True}}
QUEUE = {
    "resource": {
        "aws_sqs_queue": {"q": {"name": "q", **KEPT}, "k": {"kms_master_key_id": "alias/aws/sqs", **KEPT}}
    }
}
ADMIN = {
    "resource": {
        "aws_iam_role_policy_attachment": {
            "a": {"role": "r", "policy_arn": "arn:aws:iam::aws:policy/AdministratorAccess"}
        }
    }
}
MakeBundle = Callable[..., Bundle]


def waiver(**changes: Any) -> dict[str, Any]:
    """A waiver of the queue's findings, as it stands in a bundle's index."""
    return {
        "schema": "landform/waiver/v1",
        "id": "W-2026-001",
        "category": "waiver",
        "checks": ["CKV_AWS_27", "CKV2_AWS_73"],
        "scope": {"resources": ["aws_sqs_queue.*"]},
        "reason": "A queue for public prices only.",
        "requested_by": "jo",
        "approved_by": ["sam", "kim"],
        "ticket": "SEC-1",
        "created": "2026-11-01",
        "expires": "2026-11-20",
        **changes,
    }


def gate(bundle: Bundle, **options: Any) -> Report:
    """Check every stack of a bundle."""
    return check(bundle, tuple(bundle.stacks.values()), **{"as_of": DAY, **options})


class TestFindings:
    def test_name_place_and_source(self, make_bundle: MakeBundle) -> None:
        """A finding names the account, the address, the construct and the line that made it."""
        found = gate(make_bundle({"prod-a.data": QUEUE})).findings
        finding = next(finding for finding in found if finding.rule == "CKV_AWS_27")
        assert finding.title == "Ensure all data stored in the SQS queue is encrypted"
        assert (finding.severity, finding.account, finding.tier) == ("medium", "prod-a", "prod")
        assert (finding.stack, finding.region, finding.address) == (
            "prod-a.data",
            "eu-west-1",
            "aws_sqs_queue.q",
        )
        assert (finding.construct_path, finding.source) == ("prod-a.data/q", "acme/stacks.py:10")
        assert "kms_master_key_id" in finding.message
        assert "acme/stacks.py:10" in finding.remediation

    def test_are_sorted_and_the_same_each_time(
        self, make_bundle: MakeBundle, insecure: dict[str, Any]
    ) -> None:
        """Findings come worst first, and the order of the stacks does not matter."""
        bundle = make_bundle({"prod-a.data": insecure, "prod-b.data": insecure})
        report = gate(bundle)
        backwards = check(bundle, tuple(bundle.stacks.values())[::-1], as_of=DAY)
        assert json.dumps(as_json(report)) == json.dumps(as_json(backwards))
        order = ("critical", "high", "medium", "low", "info")
        ranks = [order.index(finding.severity) for finding in report.findings]
        assert ranks == sorted(ranks)

    @pytest.mark.parametrize(
        ("block", "value"),
        [
            ("terraform", {"required_version": ">= 1.10"}),
            ("import", [{"to": "aws_sqs_queue.q", "id": "q"}]),
            ("moved", [{"from": "aws_sqs_queue.p", "to": "aws_sqs_queue.q"}]),
            ("removed", [{"from": "aws_sqs_queue.o", "lifecycle": {"destroy": False}}]),
        ],
    )
    def test_no_block_drops_a_stack(self, make_bundle: MakeBundle, block: str, value: Any) -> None:
        """Blocks for which checkov drops a file with status 0 change nothing in the findings."""
        with_block = make_bundle({"prod-a.one": {**QUEUE, block: value}})
        assert {f.rule for f in gate(with_block).findings} == {"CKV_AWS_27", "CKV2_AWS_73"}

    def test_hold_no_value_of_the_stack(self, make_bundle: MakeBundle, insecure: dict[str, Any]) -> None:
        """No password, key or user data of a stack is in the report, whatever the rules say of them."""
        broken = {"aws_ami": {"x": {"ebs_block_device": "hunter2hunter2"}}}
        report = gate(make_bundle({"prod-a.data": insecure, "prod-a.bad": {"resource": broken}}))
        text = json.dumps(as_json(report)) + repr(groups(report))
        assert "CKV_AWS_45" in text
        assert "CKV_AWS_204" in text
        for secret in ("hunter2", "wJalrXUtnFEMI", "AKIAIOSFODNN7EXAMPLE"):
            assert secret not in text

    def test_not_judged_is_critical(self, make_bundle: MakeBundle) -> None:
        """What no rule could judge fails even the most relaxed tier."""
        role = {"assume_role_policy": "${var.trust}"}
        bundle = make_bundle(
            {"sandbox-a.x": {"resource": {"aws_iam_role": {"r": role}}, "variable": {"trust": {}}}}
        )
        report = gate(bundle)
        assert [(f.rule, f.severity, f.address) for f in report.findings if report.fails(f)] == [
            ("LF_COVERAGE", "critical", "aws_iam_role.r")
        ]
        assert not report.ok


class TestTiers:
    def test_fail_on_differs(self, make_bundle: MakeBundle) -> None:
        """The same finding fails a strict tier and is only told of in a relaxed one."""
        report = gate(make_bundle({"prod-a.x": QUEUE, "sandbox-a.x": QUEUE}))
        prod, sandbox = report.tiers
        assert (prod.tier, prod.fail_on, prod.ok, prod.failing, prod.below) == ("prod", "low", False, 2, 0)
        assert (sandbox.tier, sandbox.fail_on, sandbox.ok, sandbox.failing, sandbox.below) == (
            "sandbox",
            "critical",
            True,
            0,
            2,
        )
        assert not report.ok

    def test_fail_on_may_be_given(self, make_bundle: MakeBundle) -> None:
        """A severity given by the caller stands in place of every tier's."""
        bundle = make_bundle({"prod-a.x": QUEUE, "sandbox-a.x": QUEUE})
        assert gate(bundle, fail_on="high").ok
        assert [tier.failing for tier in gate(bundle, fail_on="medium").tiers] == [1, 1]

    def test_a_tier_without_a_guard(self, make_bundle: MakeBundle) -> None:
        """A tier for which nobody said what fails it cannot pass."""
        bundle = replace(make_bundle({"prod-a.x": QUEUE}), tiers={})
        with pytest.raises(LandformError) as caught:
            gate(bundle)
        assert caught.value.code is Code.CHECK_INCOMPLETE
        assert caught.value.code.status is Exit.SAID_NO


class TestWaivers:
    def test_a_waived_finding_does_not_fail(self, make_bundle: MakeBundle) -> None:
        """On the last day of its waiver a finding is reported as waived, with who allowed it."""
        report = gate(make_bundle({"prod-a.x": QUEUE}, waivers=[waiver()]))
        assert report.ok
        assert (report.waived, report.failed) == (2, 0)
        note = report.findings[0].as_json()["waiver"]
        assert note == {
            "id": "W-2026-001",
            "expires": "2026-11-20",
            "approved_by": ["sam", "kim"],
            "reason": "A queue for public prices only.",
        }

    def test_an_expired_waiver_fails_and_says_so(self, make_bundle: MakeBundle) -> None:
        """A day later the finding fails, and its message names the waiver that ended."""
        bundle = make_bundle({"prod-a.x": QUEUE}, waivers=[waiver()])
        report = gate(bundle, as_of=DAY + dt.timedelta(days=1))
        assert not report.ok
        assert all(
            f.message.endswith("Not waived: waiver W-2026-001 expired on 2026-11-20.")
            for f in report.findings
        )

    def test_a_waiver_for_another_resource(self, make_bundle: MakeBundle) -> None:
        """A waiver covers what its scope names and nothing else."""
        other = waiver(scope={"resources": ["aws_sqs_queue.other"]})
        assert gate(make_bundle({"prod-a.x": QUEUE}, waivers=[other])).waived == 0

    def test_a_bound_waiver(self, make_bundle: MakeBundle) -> None:
        """A waiver that is bound to a resource covers it until the resource changes."""
        bind = {"aws_sqs_queue.q": [digest([["prod", None], None, {"name": "q"}])]}
        bound = waiver(checks=["CKV_AWS_27"], bind=bind)
        changed = {"resource": {"aws_sqs_queue": {"q": {"name": "q", "delay_seconds": 1}}}}
        with_comment = {"resource": {"aws_sqs_queue": {"q": {"name": "q", "//": {"metadata": {}}}}}}
        bundle = make_bundle({"prod-a.x": with_comment, "prod-b.x": changed}, waivers=[bound])
        found = {finding.stack: finding for finding in gate(bundle).findings if finding.rule == "CKV_AWS_27"}
        assert found["prod-a.x"].waiver
        assert not found["prod-b.x"].waiver
        assert "Not waived: waiver W-2026-001 is bound to the resource" in found["prod-b.x"].message

    @pytest.mark.parametrize("bind", [{}, {"aws_sqs_queue.k": [f"sha256:{'0' * 64}"]}])
    def test_an_unbound_waiver(self, make_bundle: MakeBundle, bind: dict[str, Any]) -> None:
        """A waiver that is not bound to the resource does not cover it, and the finding says what binds it."""
        report = gate(make_bundle({"prod-a.x": QUEUE}, waivers=[waiver(bind=bind)]))
        (found,) = (finding for finding in report.findings if finding.rule == "CKV_AWS_27")
        assert not found.waiver
        assert "Not waived: waiver W-2026-001 is not bound to this resource;" in found.message
        assert "`landform waivers --bind W-2026-001`" in found.message
        assert report.fails(found)

    def test_a_bundle_without_limits(self, make_bundle: MakeBundle) -> None:
        """A bundle that does not say what its tiers allow has no waivers."""
        bundle = make_bundle({"prod-a.x": QUEUE}, waivers=[waiver()])
        records = [replace(record, waiver_limits=None) for record in bundle.stacks.values()]
        report = check(bundle, records, as_of=DAY)
        assert report.waived == 0

    def test_a_waiver_that_is_none(self, make_bundle: MakeBundle) -> None:
        """A waiver that cannot be read is an error that names the stack, never a pass."""
        bundle = make_bundle({"prod-a.x": QUEUE}, waivers=[waiver(expires="soon")])
        with pytest.raises(LandformError) as caught:
            gate(bundle)
        assert caught.value.code is Code.CHECK_INCOMPLETE
        assert caught.value.given == "prod-a.x: expires"


class TestCounts:
    def test_of_results(self, make_bundle: MakeBundle, insecure: dict[str, Any]) -> None:
        """Every finding is counted once, and what does not apply is not counted as passed."""
        report = gate(make_bundle({"prod-a.x": insecure}))
        assert report.failed == len(report.findings) > 150
        assert report.passed > 50
        assert report.unknown > 0
        assert {"CKV_AWS_41", "CKV2_AWS_6", "CKV_AWS_24"} <= set(report.rules)

    def test_of_types_that_no_rule_names(self, make_bundle: MakeBundle) -> None:
        """Resources nobody judges are counted by type, unlike those that a rule looks at beside another."""
        resources = {"aws_vpc": {"v": {}}, "aws_flow_log": {"v": {"vpc_id": "${aws_vpc.v.id}"}}}
        resources |= {"aws_sqs_queue": {"q": {}}, "aws_ssm_association": {"a": {}, "b": {}}}
        report = gate(make_bundle({"prod-a.x": {"resource": resources}}))
        assert report.unchecked_types == {"aws_ssm_association": 2}
        assert report.resources == 5

    def test_of_an_empty_stack(self, make_bundle: MakeBundle) -> None:
        """A stack without resources passes with nothing found."""
        report = gate(make_bundle({"prod-a.x": {}}))
        assert (report.ok, report.findings, report.stacks) == (True, (), 1)


class TestBadInput:
    def test_a_changed_file(self, make_bundle: MakeBundle, tmp_path: Path) -> None:
        """A file that is not what was synthesised is never checked."""
        bundle = make_bundle({"prod-a.x": QUEUE})
        (tmp_path / "stacks" / "prod-a.x" / "cdk.tf.json").write_text("{}")
        with pytest.raises(LandformError) as caught:
            gate(bundle)
        assert caught.value.code is Code.BUNDLE_TAMPERED

    @pytest.mark.parametrize("text", ["", "[1]", '{"resource": 1}', '{"resource": {"aws_vpc": {"a": "b"}}}'])
    def test_no_terraform(self, make_bundle: MakeBundle, text: str) -> None:
        """A stack that rules cannot read is an error that names the file, never a pass."""
        with pytest.raises(LandformError) as caught:
            gate(make_bundle({"prod-a.x": text}))
        assert caught.value.code is Code.CHECK_INCOMPLETE
        assert str(caught.value.place).endswith("prod-a.x/cdk.tf.json")


class TestGroups:
    def test_one_mistake_in_many_accounts(self, make_bundle: MakeBundle) -> None:
        """The same finding in three accounts is one place with three accounts."""
        report = gate(make_bundle({f"prod-{n}.x": QUEUE for n in "abc"}))
        group = next(group for group in groups(report) if group.rule == "CKV_AWS_27")
        assert (group.count, group.accounts, group.state) == (3, ("prod-a", "prod-b", "prod-c"), "failing")
        (place,) = group.occurrences
        assert (place.address, place.construct_path, place.source) == (
            "aws_sqs_queue.q",
            "q",
            "acme/stacks.py:10",
        )
        assert (place.count, place.stacks) == (3, ("prod-a.x", "prod-b.x", "prod-c.x"))

    def test_failing_before_the_rest(self, make_bundle: MakeBundle) -> None:
        """What fails comes first, then what is below the floor, then what is waived; each by severity."""
        waived = [waiver(checks=["CKV_AWS_27"], scope={"resources": ["*"], "tiers": ["prod"]})]
        report = gate(
            make_bundle({"prod-a.x": QUEUE, "sandbox-a.x": QUEUE, "sandbox-a.y": ADMIN}, waivers=waived)
        )
        assert [(g.state, g.severity, g.rule) for g in groups(report)] == [
            ("failing", "critical", "CKV_AWS_274"),
            ("failing", "low", "CKV2_AWS_73"),
            ("below", "medium", "CKV_AWS_27"),
            ("below", "low", "CKV2_AWS_73"),
            ("waived", "medium", "CKV_AWS_27"),
        ]
        assert [waiver.id for waiver in groups(report)[-1].occurrences[0].waivers] == ["W-2026-001"]


class TestAsJson:
    def test_is_json_with_its_format(self, make_bundle: MakeBundle) -> None:
        """The document names its format, the bundle and the day, and every finding has every key."""
        document = json.loads(json.dumps(as_json(gate(make_bundle({"prod-a.x": QUEUE})))))
        assert (document["format"], document["bundle"], document["as_of"]) == (
            "landform/check/v1",
            "sha256:1",
            "2026-11-20",
        )
        assert document["ok"] is False
        assert document["tiers"]["prod"]["failing"] == 2
        assert set(document["findings"][0]) == {
            "rule",
            "severity",
            "title",
            "message",
            "account",
            "tier",
            "region",
            "stack",
            "address",
            "construct_path",
            "source",
            "remediation",
            "controls",
            "waiver",
            "fingerprint",
            "is_known",
        }


BOUNDS = {
    "data_class": "internal",
    "denied_services": ["sqs"],
    "mandatory_tags": ["owner"],
    "prefix": "acme",
    "regions": ["eu-west-1"],
    "services": None,
}
ASTRAY = {"provider": {"aws": [{"region": "ap-east-1", "allowed_account_ids": ["999999999999"]}]}}
OF_THE_SPEC = {
    "LF_MANDATORY_TAGS",
    "LF_STACK_ACCOUNT",
    "LF_STACK_NAME",
    "LF_STACK_REGION",
    "LF_STACK_SERVICE",
}


class TestBounds:
    """What the spec says of a stack's place, in the bundle's index."""

    def found(self, bundle: Bundle) -> set[str]:
        """The rules on the spec that have findings."""
        report = check(bundle, tuple(bundle.stacks.values()), as_of=DAY)
        return {finding.rule for finding in report.findings} & OF_THE_SPEC

    def test_it_is_held_on_what_somebody_wrote(self, make_bundle: MakeBundle) -> None:
        """A provider that is for elsewhere, a queue without tags."""
        assert self.found(make_bundle({"prod-a.data": {**QUEUE, **ASTRAY}}, bounds=BOUNDS)) == OF_THE_SPEC

    def test_a_bundle_that_does_not_know_it(self, make_bundle: MakeBundle) -> None:
        """Of an older landform: the rules do not apply."""
        assert self.found(make_bundle({"prod-a.data": {**QUEUE, **ASTRAY}})) == set()

    @pytest.mark.parametrize(
        "bounds",
        [
            "eu-west-1",
            {},
            {**BOUNDS, "regions": "eu-west-1"},
            {**BOUNDS, "services": "sqs"},
            {**BOUNDS, "data_class": None},
            {key: value for key, value in BOUNDS.items() if key != "services"},
        ],
    )
    def test_an_index_that_says_something_else(self, make_bundle: MakeBundle, bounds: Any) -> None:
        """It is refused: a rule that does not know its place would pass everything."""
        with pytest.raises(LandformError) as caught:
            self.found(make_bundle({"prod-a.data": QUEUE}, bounds=bounds))

        assert caught.value.code is Code.CHECK_INCOMPLETE


class TestSeverityOfGaps:
    """``LF_COVERAGE`` is as bad as what could not be told."""

    def severities(self, bundle: Bundle) -> set[str]:
        """The severities of the gaps of a bundle."""
        report = check(bundle, tuple(bundle.stacks.values()), as_of=DAY)
        return {each.severity for each in report.findings if each.rule == "LF_COVERAGE"}

    @pytest.mark.parametrize(
        ("resource", "severity"),
        [
            ({"aws_ecr_repository": {"x": {"force_delete": "${var.x}"}}}, "medium"),
            ({"aws_sqs_queue_policy": {"x": {"queue_url": "q", "policy": "${var.x}"}}}, "critical"),
            ({"aws_vpc": {"x": {"dynamic": {"timeouts": {"for_each": "${var.x}", "content": {}}}}}}, "info"),
            ({"aws_ami": {"x": {"ebs_block_device": 5}}}, "critical"),
        ],
    )
    def test_as_the_worst_rule_that_could_not_tell(
        self, make_bundle: MakeBundle, resource: dict[str, Any], severity: str
    ) -> None:
        """A mild rule's unknown is mild, a public policy's is not, and a rule that broke down is critical."""
        stack = {"resource": resource, "variable": {"x": {}}}

        assert self.severities(make_bundle({"prod-a.data": stack})) == {severity}
