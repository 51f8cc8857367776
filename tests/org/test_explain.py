"""Why an account is what it is."""

from __future__ import annotations

from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest

from landform.errors import Code, LandformError
from landform.org.explain import Explained, explain, refused
from landform.org.load import load
from landform.org.resolve import resolve

from .conftest import Project

ORG = "org/org.yaml"
DEV = "org/accounts/payments-dev.yaml"


def explained(project: Project, field: str | None = None, **options: Any) -> list[Explained]:
    return explain(load(project.root), "payments-dev", field, **options)


def said(project: Project, field: str, **options: Any) -> list[str]:
    (found,) = explained(project, field, **options)
    return [f"{link.outcome.value} {link.said.layer} {link.said.place}".strip() for link in found.chain]


class TestExplain:
    def test_a_field_that_only_the_account_has(self, project: Project) -> None:
        """What is the account's own stands at its line."""
        (found,) = explained(project, "owner.team")
        assert found.value == "payments"
        assert said(project, "owner.team") == [f"set account payments-dev {DEV}:8:9"]

    def test_a_setting(self, project: Project) -> None:
        """Every layer's word, from the weakest to the strongest."""
        project.add(DEV, "guard: { fail_on: high }\n")
        assert said(project, "guard.fail_on") == [
            "set tier dev org/tiers/dev.yaml:4:36",
            f"refused account payments-dev {DEV}:15:19",
        ]

    def test_the_start_of_several(self, project: Project) -> None:
        """A name that is the start of others stands for all of them."""
        assert [each.field for each in explained(project, "guard")] == [
            "guard.fail_on",
            "guard.level",
            "guard.skip_requires_waiver",
        ]

    def test_tags(self, project: Project) -> None:
        """landform's own tags are there too."""
        assert {each.field: each.value for each in explained(project, "tags")} == {
            "tags.above": "workloads",
            "tags.account": "payments-dev",
            "tags.company": "acme",
            "tags.cost-center": "4711",
            "tags.data-class": "internal",
            "tags.layer": "dev-unit",
            "tags.managed-by": "landform",
            "tags.owner": "payments",
            "tags.tier": "dev",
        }

    def test_params(self, project: Project) -> None:
        """A stack's parameters, with the rule's and the account's word."""
        project.add(DEV, "stacks: { params: { network: { size: 24 } } }\n")
        assert said(project, "params.network.size") == [
            "set stack network org/stacks.yaml:10:21",
            f"set account payments-dev {DEV}:15:38",
        ]

    def test_a_region(self, project: Project) -> None:
        """What a region says is there when the region is named."""
        project.add(ORG, "region_settings: { eu-central-1: { sizing: { nat: none } } }\n")
        assert said(project, "sizing.nat") == ["set landform"]
        assert said(project, "sizing.nat", region="eu-central-1") == [
            "set landform",
            f"set region eu-central-1 {ORG}:10:51",
        ]

    @pytest.mark.parametrize(
        ("account", "value", "told"),
        [
            ("", True, ["set stack app org/stacks.yaml:13:13"]),
            (
                "stacks: { skip: [app] }",
                False,
                ["set stack app org/stacks.yaml:13:13", f"set account payments-dev {DEV}:15:18"],
            ),
            (
                "status: quarantined",
                False,
                ["set stack app org/stacks.yaml:13:13", f"set account payments-dev {DEV}:15:9"],
            ),
            ("stacks: { add: [app] }", True, [f"set account payments-dev {DEV}:15:17"]),
        ],
    )
    def test_stacks(self, project: Project, account: str, value: bool, told: list[str]) -> None:
        """Who gave a stack, and who took it."""
        project.add(DEV, account + "\n")
        (found,) = explained(project, "stacks.app")
        assert found.value is value
        assert said(project, "stacks.app") == told

    def test_status_that_nobody_said(self, project: Project) -> None:
        """landform's default says that it is one."""
        assert said(project, "status") == ["set landform"]

    def test_addresses(self) -> None:
        """Blocks come from the lock file."""
        spec = load(Path(__file__).parents[2] / "examples/acme")
        (found,) = explain(spec, "payments-prod", "params.network.cidrs")
        assert str(found.chain[-1].said.place) == "org/network.lock.json"

    def test_values_are_those_of_the_stacks(self, project: Project) -> None:
        """What is explained is what a stack reads."""
        project.add(DEV, "sizing: { nat: none, log_retention_days: 30 }\n")
        stacks = {each.key: each for each in resolve(load(project.root)).instances}
        sizing = stacks["payments-dev.base"].settings.sizing
        for each in explained(project, "sizing"):
            name = each.field.removeprefix("sizing.").replace("class", "class_")
            assert each.value == attrgetter(name)(sizing)

    def test_a_spec_that_breaks_a_rule_is_explained(self, project: Project) -> None:
        """Who must put an enforced value right looks here."""
        project.add(ORG, "enforce: { sizing: { nat: none } }\n")
        project.add(DEV, "sizing: { nat: single }\n")
        assert project.error().code is Code.SPEC_ENFORCED
        (found,) = explained(project, "sizing.nat")
        assert found.value == "none"

    def test_an_account_whose_tier_is_unknown_is_explained(self, project: Project) -> None:
        """What can be said is said."""
        project.edit(DEV, "tier: dev", "tier: dve")
        assert [each.value for each in explained(project, "tier")] == ["dve"]

    @pytest.mark.parametrize(
        ("account", "field", "region", "fix"),
        [
            ("payments-dve", None, None, "Did you mean 'payments-dev'?"),
            ("payments-dev", "guard.fail", None, "Did you mean 'guard.fail_on'?"),
            ("payments-dev", None, "eu-west-2", "Did you mean 'eu-west-1'?"),
        ],
    )
    def test_what_is_not_there(
        self, project: Project, account: str, field: str | None, region: str | None, fix: str
    ) -> None:
        """The nearest right name is in the fix."""
        with pytest.raises(LandformError) as caught:
            explain(load(project.root), account, field, region=region)
        assert (caught.value.code, caught.value.fix) == (Code.NO_MATCH, fix)


class TestRefused:
    def test_what_does_not_count(self, project: Project) -> None:
        """A weaker value that no layer enforces against is told with what holds instead."""
        project.add(DEV, "waivers: { max_days: 90 }\n")
        (found,) = refused(load(project.root))
        assert (found.said.value, found.holds, str(found.said.place)) == (90, 60, f"{DEV}:15:22")

    def test_nothing(self, project: Project) -> None:
        """A spec in which every word counts."""
        assert refused(load(project.root)) == []
