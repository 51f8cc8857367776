"""The maps of controls: what they say exists, has its form, and is what the rules say themselves."""

from __future__ import annotations

import re

import pytest

from landform.checks.checkov_engine import rule_types
from landform.policies.catalogue import catalogue
from landform.policies.controls import controls_of, standards, type_of
from landform.policies.rules import OWN

FORMS = {
    "fsbp": r"[A-Z][A-Za-z0-9]+\.[1-9][0-9]*",
    "security-hub": r"[A-Z][A-Za-z0-9]+\.[1-9][0-9]*",
    "cis-3.0": r"CIS v3\.0\.0/[1-5](\.[1-9][0-9]*){1,2}",
    "cis-5.0": r"CIS v5\.0\.0/[1-5](\.[1-9][0-9]*){1,2}",
    "cis-7.0": r"CIS v7\.0\.0/[2-6](\.[1-9][0-9]*){1,2}",
    "nist-800-53-r5": r"NIST\.800-53\.r5 [A-Z]{2}-[1-9][0-9]*(\([1-9][0-9]*\))?",
    "pci-dss-4.0": r"PCI DSS v4\.0/(A[1-3]|[1-9]|1[0-2])(\.[1-9][0-9]*){1,3}",
}
JUDGES = [
    (standard.id, control, judge)
    for standard in standards().values()
    for control, judges in standard.controls.items()
    for judge in judges
]


class TestStandards:
    """``standards``."""

    def test_every_rule_exists(self) -> None:
        """A map names rules that landform or the pinned checkov has."""
        assert {judge.rule for _, _, judge in JUDGES} <= catalogue().keys()

    def test_every_type_is_one_that_the_rule_judges(self) -> None:
        """A rule on one type says something of that type."""
        types = {**rule_types(), **{rule.id: rule.types for rule in OWN.values()}}
        assert not [each for each in JUDGES if each[2].type and each[2].type not in types[each[2].rule]]

    @pytest.mark.parametrize("standard", FORMS)
    def test_every_control_has_the_form_of_its_standard(self, standard: str) -> None:
        """An id is written as its publisher writes it, with the version where numbers change with it."""
        assert [c for c in standards()[standard].controls if not re.fullmatch(FORMS[standard], c)] == []

    def test_forms_are_of_every_standard(self) -> None:
        """No standard goes untested."""
        assert list(FORMS) == list(standards())

    def test_no_control_is_in_two_standards(self) -> None:
        """An id tells its standard."""
        controls = [control for standard in standards().values() for control in standard.controls]
        assert len(controls) == len(set(controls))

    @pytest.mark.parametrize("control", ["ECS.1", "SNS.2", "CloudFront.2", "S3.4", "OpenSearch.1"])
    def test_retired_controls_and_wrong_spellings_are_not_there(self, control: str) -> None:
        """AWS retired them, or writes them otherwise."""
        assert not [standard.id for standard in standards().values() if control in standard.controls]

    @pytest.mark.parametrize(("standard", "least"), [("fsbp", 200), ("cis-7.0", 40), ("nist-800-53-r5", 110)])
    def test_most_controls_have_rules(self, standard: str, least: int) -> None:
        """The maps do not wither unseen."""
        assert sum(bool(judges) for judges in standards()[standard].controls.values()) >= least


class TestControlsOf:
    """``controls_of``."""

    def test_versions_stand_side_by_side(self) -> None:
        """One requirement has another number in each version of a benchmark."""
        assert {"KMS.4", "CIS v3.0.0/3.6", "CIS v5.0.0/3.6", "CIS v7.0.0/4.6"} <= set(
            controls_of("CKV_AWS_7")
        )

    @pytest.mark.parametrize(
        ("resource_type", "control"),
        [
            ("aws_instance", "EC2.8"),
            ("aws_launch_template", "EC2.170"),
            ("aws_launch_configuration", "AutoScaling.3"),
        ],
    )
    def test_a_type_has_its_own(self, resource_type: str, control: str) -> None:
        """One rule on several types goes against the control of the type at hand alone."""
        hub = {"EC2.8", "EC2.170", "AutoScaling.3"}
        assert hub & set(controls_of("CKV_AWS_79", resource_type)) == {control}

    def test_what_no_standard_asks_for(self) -> None:
        """A rule of landform's house alone has none."""
        assert controls_of("LF_IGNORE_ALL") == ()

    @pytest.mark.parametrize(
        "rule", [rule for rule in OWN.values() if rule.controls], ids=lambda rule: rule.id
    )
    def test_agrees_with_what_a_rule_claims(self, rule) -> None:
        """What landform's own rule says of itself is in the maps."""
        assert set(rule.controls) <= set(controls_of(rule.id))


class TestTypeOf:
    """``type_of``."""

    @pytest.mark.parametrize(
        ("address", "expected"),
        [
            ("aws_s3_bucket.b", "aws_s3_bucket"),
            ("data.aws_iam_policy_document.d", "data.aws_iam_policy_document"),
            ("module.store.module.inner.aws_s3_bucket.b", "aws_s3_bucket"),
            ("module.store.data.aws_iam_policy_document.d", "data.aws_iam_policy_document"),
            ("module.store", "module"),
            ("", ""),
        ],
    )
    def test_of_addresses(self, address: str, expected: str) -> None:
        """Resources and data sources differ, and the module that they are in is no type."""
        assert type_of(address) == expected
