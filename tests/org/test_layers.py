"""The layers of a spec, from the organisation down to the stack, as its files say them."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landform.errors import Code
from landform.org.combine import Outcome
from landform.org.fleet import Fleet, StackInstance
from landform.org.layers import strictest
from landform.org.load import load
from landform.org.resolve import resolve

from .conftest import Project

ORG = "org/org.yaml"
OUS = "org/ous.yaml"
TIER = "org/tiers/dev.yaml"
DEV = "org/accounts/payments-dev.yaml"
STACKS = "org/stacks.yaml"
UNIT = "  - path: Workloads/Dev\n"


def fleet(project: Project) -> Fleet:
    return resolve(load(project.root))


def instance(project: Project, key: str) -> StackInstance:
    return next(each for each in fleet(project).instances if each.key == key)


def days(project: Project, key: str = "payments-dev.base") -> int:
    return instance(project, key).tier.sizing.log_retention_days


def chain(project: Project, field: str, key: str = "payments-dev.base") -> list[tuple[str, str, str]]:
    return [
        (link.said.layer, link.said.channel.name.lower(), link.outcome.value)
        for link in instance(project, key).provenance[field]
    ]


class TestLayers:
    def test_landforms_own_defaults_are_the_farthest(self, project: Project) -> None:
        """Where nobody says anything, landform's default holds, and says so."""
        assert days(project) == 365
        assert chain(project, "sizing.log_retention_days") == [("landform", "defaults", "set")]

    @pytest.mark.parametrize(
        ("file", "old", "new"),
        [
            (ORG, "prefix: acme", "prefix: acme\nsizing: { log_retention_days: 400 }"),
            (ORG, "prefix: acme", "prefix: acme\ndefaults: { sizing: { log_retention_days: 400 } }"),
            (
                ORG,
                "prefix: acme",
                "prefix: acme\nregion_settings: { eu-west-1: { sizing: { log_retention_days: 400 } } }",
            ),
            (OUS, UNIT, UNIT + "    sizing: { log_retention_days: 400 }\n"),
            (TIER, "waivers:\n", "sizing: { log_retention_days: 400 }\nwaivers:\n"),
            (DEV, "purpose:", "sizing: { log_retention_days: 400 }\npurpose:"),
            (STACKS, ":Base\n", ":Base\n    sizing: { log_retention_days: 400 }\n"),
        ],
    )
    def test_every_layer_counts(self, project: Project, file: str, old: str, new: str) -> None:
        """Organisation, unit, tier, region, account and stack can each say it."""
        project.edit(file, old, new)
        assert days(project) == 400

    def test_a_stack_says_it_for_itself_alone(self, project: Project) -> None:
        """What a stack's rule says does not reach the account's other stacks."""
        project.edit(STACKS, ":App\n", ":App\n    sizing: { log_retention_days: 400 }\n")
        assert (days(project, "payments-dev.app"), days(project)) == (400, 365)

    def test_a_region_says_it_for_itself_alone(self, project: Project) -> None:
        """What a region says does not reach the account's other regions."""
        project.add(ORG, "region_settings: { eu-central-1: { sizing: { log_retention_days: 400 } } }\n")
        assert days(project, "payments-dev.eu-central-1.network") == 400
        assert days(project, "payments-dev.eu-west-1.network") == 365

    def test_the_whole_chain(self, project: Project) -> None:
        """Each layer's word, what became of it, and where it stands."""
        project.add(ORG, "defaults: { sizing: { log_retention_days: 30 } }\n")
        project.edit(OUS, UNIT, UNIT + "    sizing: { log_retention_days: 400 }\n")
        project.edit(TIER, "waivers:\n", "sizing: { log_retention_days: 90 }\nwaivers:\n")
        project.edit(DEV, "purpose:", "sizing: { log_retention_days: 400 }\npurpose:")
        project.edit(STACKS, ":Base\n", ":Base\n    enforce: { sizing: { log_retention_days: 545 } }\n")
        assert days(project) == 545
        assert chain(project, "sizing.log_retention_days") == [
            ("landform", "defaults", "set"),
            ("organisation", "defaults", "set"),
            ("unit Workloads/Dev", "values", "set"),
            ("tier dev", "values", "refused"),
            ("account payments-dev", "values", "kept"),
            ("stack base", "enforce", "set"),
        ]
        places = [
            link.said.place
            for link in instance(project, "payments-dev.base").provenance["sizing.log_retention_days"]
        ]
        assert [f"{place.file}:{place.line}:{place.column}" for place in places[1:]] == [
            f"{ORG}:10:43",
            f"{OUS}:8:35",
            f"{TIER}:5:31",
            f"{DEV}:11:31",
            f"{STACKS}:5:46",
        ]

    def test_units_count_from_the_root_down(self, project: Project) -> None:
        """A unit above is farther than the one below it."""
        project.edit(OUS, "path: Workloads\n", "path: Workloads\n    sizing: { nat: none }\n")
        project.edit(OUS, UNIT, UNIT + "    sizing: { nat: per_az }\n")
        assert instance(project, "payments-dev.base").tier.sizing.nat == "per_az"
        assert instance(project, "payments-prod.base").tier.sizing.nat == "none"

    def test_nothing_says_nothing(self, project: Project) -> None:
        """A key without a value leaves what stands above."""
        project.edit(OUS, UNIT, UNIT + "    sizing: { log_retention_days: 400, nat: ~ }\n")
        project.edit(DEV, "purpose:", "sizing:\npurpose:")
        assert chain(project, "sizing.nat") == [("landform", "defaults", "set")]

    def test_the_effective_tier(self, project: Project) -> None:
        """The tier of an instance is as strict as its account; the fleet's tier is the tier's own."""
        project.edit(DEV, "purpose:", "guard: { level: strict, plan: { max_destroy: 0 } }\npurpose:")
        found = fleet(project)
        mine = next(each for each in found.instances if each.key == "payments-dev.base")
        assert (mine.tier.guard.level, mine.tier.guard.plan.max_destroy) == ("strict", 0)
        assert mine.tier is next(each for each in found.instances if each.key == "payments-dev.app").tier
        assert [tier.guard.level for tier in found.tiers] == ["standard", "standard"]

    def test_settings(self, project: Project) -> None:
        """A stack reads everything resolved, as values with types."""
        project.add(ORG, "services: [s3, ec2, kms]\nbackup: { plan: daily, retention_days: 35 }\n")
        project.add(DEV, "budget: { monthly_usd: 900, alerts: [50%, 100%] }\nservices: [s3]\n")
        read = instance(project, "payments-dev.base").settings
        assert (read.services, read.backup.plan, read.backup.retention_days) == (("s3",), "daily", 35)
        assert (read.budget.monthly_usd, read.budget.alerts) == (900, ("50%", "100%"))
        assert read.regions == ("eu-west-1", "eu-central-1")
        assert read.network.egress is None

    def test_the_organisation_of_an_instance_has_no_layer(self, project: Project) -> None:
        """What the organisation says of settings is read resolved, so it changes only whom it reaches."""
        project.add(ORG, "region_settings: { eu-central-1: { sizing: { nat: none } } }\n")
        before = {each.key: each.digest for each in fleet(project).instances}
        project.edit(ORG, "nat: none", "nat: per_az")
        after = {each.key: each.digest for each in fleet(project).instances}
        assert {key for key in before if before[key] != after[key]} == {
            "payments-dev.eu-central-1.network",
            "payments-prod.eu-central-1.network",
        }
        assert instance(project, "payments-dev.base").organization.region_settings == {}

    def test_tags_of_a_region_and_a_stack(self, project: Project) -> None:
        """Tags come from all six layers."""
        project.add(ORG, "region_settings: { eu-central-1: { tags: { place: frankfurt } } }\n")
        project.edit(STACKS, ":Network\n", ":Network\n    tags: { kind: network }\n")
        tags = instance(project, "payments-dev.eu-central-1.network").tags
        assert (tags["place"], tags["kind"], tags["layer"]) == ("frankfurt", "network", "dev-unit")
        assert "place" not in instance(project, "payments-dev.eu-west-1.network").tags

    def test_labels_of_a_unit_select(self, project: Project) -> None:
        """A selector sees the labels that the layers above give an account."""
        project.edit(OUS, UNIT, UNIT + "    labels: { size: small }\n")
        project.edit(STACKS, "{ labels: { app: payments-dev } }", "{ labels: { size: small } }")
        keys = [each.key for each in fleet(project).instances if each.stack == "app"]
        assert keys == ["payments-dev.app"]

    def test_params_of_all_layers(self, project: Project) -> None:
        """A rule's parameters are defaults; the nearest layer that gives a value wins."""
        project.edit(TIER, "waivers:\n", "params: { network: { size: 21, dns: false } }\nwaivers:\n")
        project.add(DEV, "stacks: { params: { network: { size: 22 } } }\n")
        key = "payments-dev.eu-west-1.network"
        assert instance(project, key).params == {"size": 22, "dns": False}
        assert chain(project, "params.network.size", key) == [
            ("stack network", "defaults", "set"),
            ("tier dev", "values", "set"),
            ("account payments-dev", "values", "set"),
        ]

    def test_params_of_a_region(self, project: Project) -> None:
        """A region gives a stack's parameters there."""
        project.add(ORG, "region_settings: { eu-central-1: { params: { network: { size: 24 } } } }\n")
        assert instance(project, "payments-dev.eu-central-1.network").params["size"] == 24
        assert instance(project, "payments-dev.eu-west-1.network").params["size"] == 20

    def test_the_order_of_files_is_irrelevant(self, project: Project) -> None:
        """A spec read in another order gives the same stacks."""
        project.edit(DEV, "purpose:", "sizing: { nat: none }\npurpose:")
        spec = load(project.root)
        turned = dataclasses.replace(spec, accounts=spec.accounts[::-1], tiers=spec.tiers[::-1])
        assert resolve(turned).instances == resolve(spec).instances

    def test_provenance_ends_at_the_value(self, project: Project) -> None:
        """For every field of every stack, the last thing set is what a stack reads."""
        project.edit(OUS, UNIT, UNIT + "    defaults: { sizing: { nat: none } }\n")
        project.add(DEV, "sizing: { log_retention_days: 400, az_count: 3 }\n")
        for each in fleet(project).instances:
            sizing = each.settings.sizing.model_dump()
            for field in ("az_count", "nat", "log_retention_days", "deletion_protection"):
                links = [link for link in each.provenance[f"sizing.{field}"] if link.outcome is Outcome.SET]
                assert links[-1].said.value == sizing[field]

    DAYS = st.sampled_from([1, 30, 365, 400, 731])

    @settings(max_examples=60, deadline=None)
    @given(
        said=st.dictionaries(
            st.tuples(
                st.sampled_from([ORG, OUS, TIER, DEV, STACKS]), st.sampled_from(["", "defaults", "enforce"])
            ),
            DAYS,
            max_size=6,
        )
    )
    def test_no_file_weakens_another(
        self, tmp_path_factory: pytest.TempPathFactory, said: dict[tuple[str, str], int]
    ) -> None:
        """Whatever five files say in three channels, the value is as strict as each of them or an error names two."""
        project = Project(tmp_path_factory.mktemp("layers"))
        indent = {OUS: "    ", STACKS: "    "}
        for file in {file for file, _ in said}:
            lines = ""
            for (at, channel), value in said.items():
                if at == file:
                    text = f"sizing: {{ log_retention_days: {value} }}"
                    lines += indent.get(file, "") + (f"{channel}: {{ {text} }}" if channel else text) + "\n"
            if file in (OUS, STACKS):
                anchor = {OUS: UNIT, STACKS: "    construct: landform.stacks:Base\n"}[file]
                project.edit(file, anchor, anchor + lines)
            else:
                project.add(file, lines)
        order = [ORG, OUS, TIER, DEV, STACKS]
        lowered = any(
            channel != "defaults" and value < enforced
            for (above, kind), enforced in said.items()
            for (near, channel), value in said.items()
            if kind == "enforce" and order.index(near) > order.index(above)
        )
        if lowered:
            assert {error.code for error in project.errors()} == {Code.SPEC_ENFORCED}
        else:
            bound = [value for (_, channel), value in said.items() if channel != "defaults"]
            assert days(project) >= max(bound, default=0)


class TestStrictest:
    def test_one_tier_in_several_places(self, project: Project) -> None:
        """The bundle's gate is as strict as the strictest place of a tier."""
        found = fleet(project).tiers[0]
        loose = found.guard.model_copy(update={"fail_on": "high", "frameworks": ("pci",)})
        strict = found.guard.model_copy(update={"level": "strict", "fail_on": "low"})
        merged = strictest(
            [found.model_copy(update={"guard": loose}), found.model_copy(update={"guard": strict})]
        )
        assert (merged.guard.level, merged.guard.fail_on) == ("strict", "low")
        assert merged.guard.frameworks == ("pci",)

    def test_the_example(self) -> None:
        """Equal tiers stay what they are."""
        found = resolve(load(Path(__file__).parents[2] / "examples/acme")).tiers
        assert strictest([found[0], found[0]]) is found[0]
