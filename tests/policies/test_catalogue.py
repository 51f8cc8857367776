"""Every rule by its id."""

import pytest

from landform.errors import Code, LandformError
from landform.policies.catalogue import catalogue, entry_of, remediation_of
from landform.policies.rules import OWN
from landform.policies.severity import COVERAGE, table


class TestCatalogue:
    def test_has_every_rule_of_a_severity(self):
        """The catalogue and the severities are about the same rules, and agree."""
        assert {rule: entry.severity for rule, entry in catalogue().items()} == dict(table())

    def test_every_rule_has_a_title(self):
        """No rule is nameless, and landform's own say why."""
        assert all(entry.title for entry in catalogue().values())
        assert all(entry.rationale for entry in catalogue().values() if entry.engine == "landform")


class TestEntryOf:
    def test_names_the_nearest(self):
        """An id that is none is refused with the one that was meant, whatever its case."""
        with pytest.raises(LandformError) as caught:
            entry_of("ckv_aws_144x")
        assert caught.value.code is Code.USAGE
        assert "CKV_AWS_144" in caught.value.fix


class TestRemediationOf:
    @pytest.mark.parametrize("rule", OWN)
    def test_landforms_own_say_it_themselves(self, rule):
        """An own rule's remediation is its own."""
        assert remediation_of(rule) == OWN[rule].remediation

    def test_what_was_not_judged(self):
        """What no rule could judge can be written so that one can."""
        assert "literals" in remediation_of(COVERAGE)

    def test_a_construct_that_keeps_it(self):
        """A check of checkov's that a construct satisfies names the construct and what it holds."""
        assert "sqs.Queue" in remediation_of("CKV_AWS_27")
        assert "encrypted" in remediation_of("CKV_AWS_27")

    def test_a_check_that_no_construct_is_about(self):
        """Any other says at least where to look."""
        assert "title" in remediation_of("CKV_AZURE_1")
