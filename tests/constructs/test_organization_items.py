"""The baseline's rows of the organisation, its security account and its log archive: what they say of stacks is so."""

from __future__ import annotations

from dataclasses import replace

import pytest
from organization_stacks import document_of, instance_of
from test_organization_stacks import WITH_ALL

import landform.stacks
from landform.org.models.organization import Logging
from landform.stacks.baseline.log_archive import LOG_ARCHIVE
from landform.stacks.baseline.organization import ORGANIZATION
from landform.stacks.baseline.security import SECURITY
from landform.testing import stack_instance

ROWS = (*ORGANIZATION, *SECURITY, *LOG_ARCHIVE)
# Of each stack: what turns on all that it can have, and what leaves out all that it can do without.
PARAMETERS = {
    "IdentityAssignments": ({}, {}),
    "LogArchive": ({}, {}),
    "OrganizationStack": (WITH_ALL, {}),
    "OrganizationTrail": ({}, {}),
    "SecurityDelegation": ({"security_account": "security-tooling"},) * 2,
    "SecurityServices": ({}, {"macie": False, "inspector": False}),
}


def instance(name: str, parameters):
    """A stack of a class, as its rule has it."""
    if name == "LogArchive":
        return stack_instance(account="log-archive", stack="log-archive", params=parameters)
    return instance_of(name.lower(), params=parameters)


@pytest.fixture(scope="module")
def types():
    """The resource types in the stack of a class, with everything or little: made once."""
    kept = {}

    def of(name, everything):
        if (name, everything) not in kept:
            parameters = PARAMETERS[name][0 if everything else 1]
            document = document_of(getattr(landform.stacks, name), instance(name, parameters), **parameters)
            kept[name, everything] = set(document["resource"])
        return kept[name, everything]

    return of


class TestRows:
    @pytest.mark.parametrize("everything", [True, False])
    @pytest.mark.parametrize("item", ROWS, ids=lambda item: item.id)
    def test_the_stack_makes_it_or_the_table_says_why_not(self, types, item, everything):
        """With all that a stack can have, and with little."""
        why = item.why_left_out(instance(item.stack, PARAMETERS[item.stack][0 if everything else 1]))

        assert why or set(item.types) <= types(item.stack, everything)

    @pytest.mark.parametrize("item", [row for row in ROWS if row.also], ids=lambda item: item.id)
    def test_what_other_stacks_make_of_it_is_made(self, types, item):
        """Who administers it."""
        for name, more in item.also.items():
            assert set(more) <= types(name, True)

    @pytest.mark.parametrize(
        ("id", "given"),
        [
            ("declarative-policies", WITH_ALL),
            ("cost-allocation", WITH_ALL),
            ("inspector-macie", {}),
        ],
    )
    def test_what_is_asked_for_is_not_left_out(self, id, given):
        """A reason that always holds would be none."""
        (item,) = (row for row in ROWS if row.id == id)

        assert item.why_left_out(instance(item.stack, given)) is None
        assert item.why_left_out(instance(item.stack, PARAMETERS[item.stack][1]))

    @pytest.mark.parametrize("on", [True, False])
    def test_data_events_are_the_organisations_to_say(self, on):
        """On the trail that is there in any case."""
        (item,) = (row for row in ROWS if row.id == "data-events")
        trail = instance("OrganizationTrail", {})
        organization = trail.organization.model_copy(update={"logging": Logging(data_events=on)})

        assert (item.why_left_out(replace(trail, organization=organization)) is None) is on
