"""The tables of controls: nothing is claimed that no rule confirms on the synthesised stack."""

import re
from operator import attrgetter

import pytest
from every_construct import DOCUMENTED, SERVICES, build, constructs_of, service_module
from reading import stack_of

from landform.policies.controls import standards
from landform.policies.severity import severity_of
from landform.testing import TIERS, stack_instance

CONTROLS = {
    construct: controls
    for service in SERVICES
    for construct, controls in service_module(service, "controls").CONTROLS.items()
}
CLAIMS = sorted(
    {
        (construct, check)
        for construct, controls in CONTROLS.items()
        for control in controls
        for check in control.checks
        if check.startswith(("CKV", "LF_"))
    }
)
PUBLISHED = [
    (control, check)
    for controls in CONTROLS.values()
    for control in controls
    for check in control.checks
    if not check.startswith(("CKV", "LF_"))
]
NUMBERS = r"(CKV2?_AWS_\d+|LF_[A-Z0-9_]+|CIS \d+(\.\d+)+|[A-Z][A-Za-z0-9]*\.\d+)"


@pytest.fixture(scope="session")
def places():
    """The construct paths, below the stack, of every construct: by class name."""
    found = {}
    stack = stack_of(build, tier="prod")
    for construct in stack.node.find_all():
        found.setdefault(type(construct).__name__, []).append(construct.node.path.partition("/")[2])
    return found


def benchmark(claim):
    """The id that the maps have for a claim: the tables of controls mean version 7 of the CIS benchmark."""
    return claim.replace("CIS ", "CIS v7.0.0/")


def switched_off(scanned, tier):
    """What the constructs of a tier say is off, each with its construct path below the stack."""
    return [
        (each.construct.node.path.partition("/")[2], each)
        for each in scanned.stacks[f"every-{tier}"].switched_off
    ]


class TestTables:
    @pytest.mark.parametrize("service", SERVICES)
    def test_every_construct_has_controls(self, service):
        """One that a service's face exports is one that an auditor asks about."""
        exported = {construct.__name__ for construct in constructs_of(service)}

        assert exported == service_module(service, "controls").CONTROLS.keys()

    def test_every_check_has_the_form_of_an_id(self):
        """checkov's, landform's own, FSBP's or CIS's."""
        ids = {check for controls in CONTROLS.values() for control in controls for check in control.checks}

        assert not {check for check in ids if not re.fullmatch(NUMBERS, check)}

    def test_every_published_control_exists(self):
        """Security Hub has what is claimed of it, spelled as AWS does, and so has the CIS benchmark."""
        published = {
            control
            for standard in ("fsbp", "security-hub", "cis-7.0")
            for control in standards()[standard].controls
        }

        assert not {claim for _, claim in PUBLISHED if benchmark(claim) not in published}

    def test_published_controls_stand_beside_their_rules(self):
        """A default that names rules, and a control that rules judge, names one of those."""
        judged = {
            control: {judge.rule for judge in judges}
            for standard in standards().values()
            for control, judges in standard.controls.items()
            if judges
        }

        assert not {
            (control.holds, claim)
            for control, claim in PUBLISHED
            if (rules := judged.get(benchmark(claim)))
            and any(check.startswith(("CKV", "LF_")) for check in control.checks)
            and rules.isdisjoint(control.checks)
        }

    def test_every_tier_setting_exists(self):
        """A control that a tier sizes names the setting in the tier's file."""
        tier = stack_instance().tier
        for controls in CONTROLS.values():
            for control in controls:
                if control.tier:
                    assert attrgetter(control.tier)(tier) is not None, control

    @pytest.mark.parametrize("construct", sorted(CONTROLS))
    def test_no_control_stands_twice(self, construct):
        """Each line is one thing."""
        holds = [control.holds for control in CONTROLS[construct]]

        assert len(holds) == len(set(holds))


class TestClaims:
    @pytest.mark.parametrize(("construct", "check"), CLAIMS)
    def test_a_rule_confirms_it(self, scanned, places, construct, check):
        """The check passes on a resource of the construct."""
        mine = [
            result
            for result in scanned.results["every-prod"]
            if result.rule == check
            and any(
                f"{scanned.path('every-prod', result.address)}/".startswith(f"{place}/")
                for place in places[construct]
            )
        ]

        assert "passed" in {result.outcome for result in mine}, "no rule of this id judges the construct"


class TestScan:
    @pytest.mark.parametrize("tier", TIERS)
    def test_every_construct_is_clean(self, scanned, tier):
        """But for what is documented, and what the tier switches off and the construct says so."""
        off = switched_off(scanned, tier)
        unexplained = {
            (check, path)
            for check, path in scanned.failed(f"every-{tier}") - DOCUMENTED
            if not any(check in each.checks and f"{path}/".startswith(f"{place}/") for place, each in off)
        }

        assert not unexplained

    def test_what_is_documented_is_found(self, scanned):
        """A reason that explains nothing is to be taken out."""
        assert scanned.failed("every-prod") >= DOCUMENTED

    @pytest.mark.parametrize("tier", TIERS)
    def test_what_a_tier_switches_off_is_found(self, scanned, tier):
        """By each check that the construct names."""
        failed = scanned.failed(f"every-{tier}")
        unfound = [
            (check, place)
            for place, each in switched_off(scanned, tier)
            for check in each.checks
            if not any(rule == check and f"{path}/".startswith(f"{place}/") for rule, path in failed)
        ]

        assert not unfound

    def test_nothing_was_left_unjudged(self, scanned):
        """Every policy can be read, every resource with a rule has a result, no rule crashed."""
        unjudged = [gap for gap in scanned.judgement.gaps if gap.stack.startswith("every-")]

        assert not unjudged

    def test_what_is_documented_has_a_severity(self):
        """The tiers' guards decide by it."""
        assert {severity_of(rule) for rule, _ in DOCUMENTED} <= {"low", "medium"}
