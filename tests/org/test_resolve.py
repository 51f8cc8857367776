"""The spec expanded into stack instances."""

from __future__ import annotations

import graphlib
import pickle
from pathlib import Path

import pytest

from landform.errors import Code, LandformError, Place
from landform.org.fleet import Fleet, OutputShape, StackInstance
from landform.org.load import load
from landform.org.lock import Lock, write_lock
from landform.org.resolve import resolve

from .conftest import WAIVER, Project
from .networked import add_networks, relock


def fleet(project: Project) -> Fleet:
    return resolve(load(project.root))


def instance(project: Project, key: str) -> StackInstance:
    return next(each for each in fleet(project).instances if each.key == key)


def digests(project: Project) -> dict[str, str]:
    return {each.key: each.digest for each in fleet(project).instances}


class TestResolve:
    def test_keys(self, project: Project) -> None:
        """One instance an account, or one an account and region, sorted by key."""
        assert [each.key for each in fleet(project).instances] == [
            "management.base",
            "payments-dev.app",
            "payments-dev.base",
            "payments-dev.eu-central-1.network",
            "payments-dev.eu-west-1.network",
            "payments-prod.base",
            "payments-prod.eu-central-1.network",
            "payments-prod.eu-west-1.network",
        ]

    @pytest.mark.parametrize(
        ("key", "region", "regional"),
        [
            ("payments-dev.base", "eu-west-1", False),
            ("payments-dev.eu-central-1.network", "eu-central-1", True),
        ],
    )
    def test_region(self, project: Project, key: str, region: str, regional: bool) -> None:
        """A stack of an account lives in the home region, one of a region in that region."""
        found = instance(project, key)
        assert (found.region, found.regional) == (region, regional)

    def test_only_the_accounts_own_regions(self, project: Project) -> None:
        """A regional stack stands where its account is, not wherever the organisation is."""
        project.edit("org/accounts/payments-dev.yaml", "[eu-west-1, eu-central-1]", "[eu-central-1]")
        keys = [each.key for each in fleet(project).instances if each.account.name == "payments-dev"]
        assert keys == ["payments-dev.app", "payments-dev.base", "payments-dev.eu-central-1.network"]

    @pytest.mark.parametrize(
        ("key", "needs"),
        [
            ("payments-dev.base", ()),
            ("payments-dev.eu-central-1.network", ("payments-dev.base",)),
            ("payments-dev.app", ("payments-dev.eu-central-1.network", "payments-dev.eu-west-1.network")),
        ],
    )
    def test_needs(self, project: Project, key: str, needs: tuple[str, ...]) -> None:
        """A regional stack needs the account's one; a stack of the account needs those of all regions."""
        assert instance(project, key).needs == needs

    def test_what_a_stack_publishes(self, project: Project) -> None:
        """A list is as long as the tier's setting says, and what is declared is part of the digest."""
        before = digests(project)
        outputs = "{ vpc_id: string, subnet_ids: { list: string, len_from: sizing.az_count } }"
        project.edit("org/stacks.yaml", "id: network\n", f"id: network\n    outputs: {outputs}\n")
        found = instance(project, "payments-prod.eu-west-1.network")
        zones = found.tier.sizing.az_count
        assert found.outputs == {
            "vpc_id": OutputShape("string"),
            "subnet_ids": OutputShape("string", is_list=True, length=zones),
        }
        changed = {key for key, digest in digests(project).items() if digest != before[key]}
        assert changed == {key for key in before if key.endswith(".network")}

    def test_a_regional_stack_needs_that_of_its_region(self, project: Project) -> None:
        """Region by region, where both are regional."""
        project.edit("org/stacks.yaml", "id: app\n", "id: app\n    per: account_region\n")
        found = instance(project, "payments-dev.eu-central-1.app")
        assert found.needs == ("payments-dev.eu-central-1.network",)

    def test_params_of_an_account_win(self, project: Project) -> None:
        """An account's parameter replaces the rule's; the others stay."""
        project.add("org/accounts/payments-dev.yaml", "stacks: { params: { network: { size: 24 } } }\n")
        assert instance(project, "payments-dev.eu-west-1.network").params == {"size": 24, "dns": True}
        assert instance(project, "payments-prod.eu-west-1.network").params == {"size": 20, "dns": True}

    def test_skip(self, project: Project) -> None:
        """An account does not get what it skips."""
        project.add("org/accounts/payments-dev.yaml", "stacks: { skip: [app] }\n")
        project.edit("org/stacks.yaml", "{ labels: { app: payments-dev } }", "{ ous: [Workloads] }")
        keys = [each.key for each in fleet(project).instances if each.stack == "app"]
        assert keys == ["payments-prod.app"]

    @pytest.mark.parametrize("status", ["suspended", "closed", "quarantined"])
    def test_an_account_that_is_not_active_gets_nothing(self, project: Project, status: str) -> None:
        """A rule takes active accounts unless its selector says otherwise."""
        project.edit("org/accounts/payments-prod.yaml", "ou:", f"status: {status}\nou:")
        assert not [each for each in fleet(project).instances if each.account.name == "payments-prod"]

    def test_quarantined_accounts_where_asked_for(self, project: Project) -> None:
        """A selector can take quarantined accounts."""
        project.edit("org/accounts/payments-prod.yaml", "ou:", "status: quarantined\nou:")
        project.edit("org/stacks.yaml", ":Base\n", ":Base\n    select: { status: [active, quarantined] }\n")
        keys = [each.key for each in fleet(project).instances if each.account.name == "payments-prod"]
        assert keys == ["payments-prod.base"]

    @pytest.mark.parametrize(
        ("selector", "accounts"),
        [
            ("{}", {"management", "payments-dev", "payments-prod"}),
            ("{ accounts: [payments-*] }", {"payments-dev", "payments-prod"}),
            ("{ accounts: [management, payments-dev] }", {"management", "payments-dev"}),
            ("{ tiers: [prod] }", {"management", "payments-prod"}),
            ("{ ous: [Workloads] }", {"payments-dev", "payments-prod"}),
            ("{ ous: [Workloads/*] }", {"payments-dev"}),
            ("{ labels: { app: management } }", {"management"}),
            ("{ tiers: [prod], ous: [Workloads] }", {"payments-prod"}),
        ],
    )
    def test_selectors(self, project: Project, selector: str, accounts: set[str]) -> None:
        """Every key given must match; a unit stands for itself and all below it."""
        project.write(
            "org/stacks.yaml",
            f"schema: landform/stacks/v1\nstacks:\n  - id: x\n    construct: a:X\n    select: {selector}\n",
        )
        assert {each.account.name for each in fleet(project).instances} == accounts

    def test_tags(self, project: Project) -> None:
        """The nearer layer wins, and landform's own tags are there."""
        project.add("org/tiers/dev.yaml", "tags: { from: tier, above: tier }\n")
        project.add("org/accounts/payments-dev.yaml", "tags: { from: account }\n")
        project.add("org/org.yaml", "repository: acme/infra\n")
        assert instance(project, "payments-dev.base").tags == {
            "above": "tier",
            "account": "payments-dev",
            "company": "acme",
            "cost-center": "4711",
            "data-class": "internal",
            "from": "account",
            "layer": "dev-unit",
            "managed-by": "landform",
            "owner": "payments",
            "repository": "acme/infra",
            "tier": "dev",
        }

    def test_the_ids_a_stack_knows(self, project: Project) -> None:
        """Its own account's, the management and the log archive account's, and those that its rule names."""
        project.edit("org/stacks.yaml", ":App\n", ":App\n    accounts: [payments-prod]\n")
        assert instance(project, "payments-dev.base").accounts == {
            "management": "100000000001",
            "payments-dev": "012345678901",
        }
        assert instance(project, "payments-dev.app").accounts["payments-prod"] == "300000000003"

    def test_an_id_that_a_stack_does_not_know(self, project: Project) -> None:
        """A stack that reads another id is told how to get it."""
        with pytest.raises(LandformError) as caught:
            instance(project, "payments-dev.base").accounts["payments-prod"]
        assert caught.value.code is Code.REFERENCE
        assert (
            caught.value.fix
            == "Add it to the stack's `accounts` in org/stacks.yaml: `accounts: [payments-prod]`."
        )

    def test_the_pool_of_an_account(self, networked: Project) -> None:
        """Its blocks in the stack's region; a region's blocks may be one or several."""
        relock(networked)
        for key, pool in {
            "payments-dev.eu-central-1.network": ("10.21.0.0/16",),
            "payments-dev.app": ("10.20.0.0/16",),
            "payments-prod.eu-west-1.network": ("10.24.0.0/16",),
        }.items():
            assert instance(networked, key).address_pool == pool

    def test_the_allocation_that_a_block_has_in_ipam(self, networked: Project) -> None:
        """Known to the stack that gets the block, and to no other; it changes that stack alone."""
        lock = relock(networked)
        before = digests(networked)
        group = "dev", "eu-west-1"
        (block,) = lock.blocks[group]
        allocated = [block.model_copy(update={"ipam": "ipam-pool-alloc-1"})]
        write_lock(networked.root, Lock.of({**lock.blocks, group: allocated}))
        found = {
            each.key: each.ipam_allocation for each in fleet(networked).instances if each.ipam_allocation
        }
        changed = {key for key, after in digests(networked).items() if before[key] != after}
        assert found == {"payments-dev.eu-west-1.network": "ipam-pool-alloc-1"}
        assert changed == found.keys()

    def test_an_account_without_a_pool(self, project: Project) -> None:
        """Its stacks know none."""
        assert {each.address_pool for each in fleet(project).instances} == {()}

    def test_graph(self, project: Project) -> None:
        """Names and needs, as the standard library's sorter takes them."""
        order = list(graphlib.TopologicalSorter(fleet(project).graph).static_order())
        assert len(order) == 8
        assert order.index("payments-dev.base") < order.index("payments-dev.eu-west-1.network")

    def test_source(self, project: Project) -> None:
        """An instance's source is its rule."""
        assert instance(project, "payments-dev.app").source == Place("org/stacks.yaml", 11, 5)

    @pytest.mark.parametrize(
        ("stacks", "keys"),
        [
            ("network", ["payments-dev.eu-central-1.network", "payments-dev.eu-west-1.network"]),
            ("payments-dev.eu-west-1.network", ["payments-dev.eu-west-1.network"]),
        ],
    )
    def test_waivers(self, project: Project, stacks: str, keys: list[str]) -> None:
        """A waiver is with the instances in its scope, by stack id or full name."""
        project.write("org/waivers/W-2026-001.yaml", WAIVER.replace("[network]", f"[{stacks}]"))
        assert [each.key for each in fleet(project).instances if each.waivers] == keys

    def test_a_fleet_can_be_sent_to_another_process(self, project: Project) -> None:
        """Executors pickle instances."""
        found = fleet(project)
        again = pickle.loads(pickle.dumps(found))
        assert again == found
        assert again.instances[0].provenance == found.instances[0].provenance

    def test_the_example(self) -> None:
        """The shipped example resolves: nine accounts, four tiers, two regions."""
        found = resolve(load(Path(__file__).parents[2] / "examples/acme"))
        assert len(found.accounts) == 9
        assert {each.tier.name for each in found.instances} == {"sandbox", "dev", "stage", "prod"}
        assert {each.region for each in found.instances} == {"eu-west-1", "eu-central-1"}

    def test_the_examples_networks_do_not_overlap(self) -> None:
        """No two networks of the example share an address."""
        import ipaddress

        found = resolve(load(Path(__file__).parents[2] / "examples/acme"))
        cidrs = []
        for each in found.instances:
            if each.stack == "network":
                table = each.params["cidrs"]
                assert isinstance(table, dict)
                cidrs.append(ipaddress.ip_network(table[each.region]))
        assert len(cidrs) == 11
        assert not [(a, b) for a in cidrs for b in cidrs if a is not b and a.overlaps(b)]


class TestDigest:
    def test_the_same_spec_in_another_folder(self, project: Project, tmp_path: Path) -> None:
        """Equal files give equal digests, wherever they lie."""
        other = Project(tmp_path / "elsewhere")
        assert fleet(project).digest == fleet(other).digest
        assert digests(project) == digests(other)

    def test_comments_and_the_order_of_keys_do_not_matter(self, project: Project) -> None:
        """A digest is of values, not of text."""
        before = fleet(project).digest
        project.edit("org/accounts/payments-dev.yaml", "purpose: something\n", "")
        project.add("org/accounts/payments-dev.yaml", "purpose: something # here now\n")
        assert fleet(project).digest == before

    def changed(self, project: Project, file: str, old: str, new: str) -> set[str]:
        before = digests(project)
        project.edit(file, old, new)
        after = digests(project)
        return {key for key in before if after[key] != before[key]}

    def test_an_account_changes_its_own_stacks(self, project: Project) -> None:
        """A change in an account's file is a change of that account's stacks alone."""
        changed = self.changed(project, "org/accounts/payments-prod.yaml", "something", "something else")
        assert {key.partition(".")[0] for key in changed} == {"payments-prod"}

    def test_a_pool_that_grows_changes_its_accounts(self, networked: Project) -> None:
        """And in the region alone where it grows."""
        relock(networked)
        changed = self.changed(
            networked, "org/network.yaml", "[10.21.0.0/16]", "[10.21.0.0/16, 10.22.0.0/16]"
        )
        assert changed == {"payments-dev.eu-central-1.network"}

    def test_a_tier_changes_its_accounts(self, project: Project) -> None:
        """A change of a tier reaches the accounts of that tier."""
        changed = self.changed(project, "org/tiers/dev.yaml", "rank: 20", "rank: 21")
        assert {key.partition(".")[0] for key in changed} == {"payments-dev"}

    def test_a_rule_changes_its_stacks(self, project: Project) -> None:
        """A change of a rule reaches the stacks of that rule."""
        changed = self.changed(project, "org/stacks.yaml", "size: 20", "size: 21")
        assert {key.rpartition(".")[2] for key in changed} == {"network"}

    def test_the_organisation_changes_everything(self, project: Project) -> None:
        """A change of the organisation reaches every stack."""
        assert self.changed(project, "org/org.yaml", "prefix: acme", "prefix: acm") == set(digests(project))

    def test_an_account_id_changes_who_may_read_it(self, project: Project) -> None:
        """A stack that cannot read an id is the same whatever the id is."""
        project.edit("org/stacks.yaml", ":App\n", ":App\n    accounts: [payments-prod]\n")
        changed = self.changed(project, "org/accounts/payments-prod.yaml", "300000000003", "300000000004")
        assert {key for key in changed if not key.startswith("payments-prod")} == {"payments-dev.app"}

    def test_a_new_account_changes_no_other(self, project: Project) -> None:
        """Making an account leaves every stack of every other account as it is."""
        before = digests(project)
        text = (project.root / "org/accounts/payments-prod.yaml").read_text()
        new = text.replace("payments-prod", "payments-new").replace("300000000003", "400000000004")
        project.write("org/accounts/payments-new.yaml", new)
        after = digests(project)
        assert {key: after[key] for key in before} == before

    def test_what_a_rule_selects_is_not_read(self, project: Project) -> None:
        """Another selector that takes the same accounts changes nothing."""
        assert self.changed(project, "org/stacks.yaml", "{ ous: [Workloads] }", "{ ous: [Work*] }") == set()

    def test_a_part_of_the_spec_gives_the_same_stacks(self, project: Project) -> None:
        """An account read alone has the stacks, and the digests, that it has among all."""
        spec = load(project.root, accounts=["payments-dev"])
        part = resolve(spec, only=["payments-dev"])
        assert [account.name for account in spec.accounts] == ["management", "payments-dev"]
        assert part.instances == tuple(
            each for each in fleet(project).instances if each.account.name == "payments-dev"
        )

    def test_a_waiver_changes_what_it_reaches(self, project: Project) -> None:
        """A new waiver is a change of the stacks in its scope."""
        before = digests(project)
        project.write("org/waivers/W-2026-001.yaml", WAIVER)
        after = digests(project)
        assert {key for key in before if before[key] != after[key]} == {
            "payments-dev.eu-central-1.network",
            "payments-dev.eu-west-1.network",
        }

    def test_an_account_without_stacks_is_in_the_fleets_digest(self, project: Project) -> None:
        """Closing an account is seen, though its stacks are gone either way."""
        project.edit("org/accounts/payments-prod.yaml", "ou:", "status: suspended\nou:")
        before = fleet(project).digest
        project.edit("org/accounts/payments-prod.yaml", "status: suspended", "status: closed")
        assert fleet(project).digest != before


class TestTree:
    """What a rule with ``tree`` reads."""

    @pytest.fixture
    def tree(self, project: Project) -> Project:
        project.edit("org/stacks.yaml", ":App\n", ":App\n    tree: true\n")
        return project

    def test_all_of_the_organisation(self, tree: Project) -> None:
        """Its units and its accounts, whatever their status."""
        tree.add("org/accounts/payments-prod.yaml", "status: closed\n")
        view = instance(tree, "payments-dev.app").tree
        assert view is not None
        assert [unit.path for unit in view.units] == ["Security", "Workloads", "Workloads/Dev"]
        assert [account.status for account in view.accounts] == ["active", "active", "closed"]

    def test_nobody_else_reads_it(self, tree: Project) -> None:
        """A stack whose rule does not ask has none."""
        assert instance(tree, "payments-dev.base").tree is None

    @pytest.mark.parametrize(
        ("file", "old", "new"),
        [
            ("org/accounts/payments-prod.yaml", "something", "something else"),
            ("org/ous.yaml", "  - path: Security\n", "  - path: Security\n  - path: Spare\n"),
        ],
    )
    def test_it_changes_with_any_part(self, tree: Project, file: str, old: str, new: str) -> None:
        """An account or a unit is a change of the stack that makes it, and of no other account's stacks beside."""
        before = digests(tree)
        tree.edit(file, old, new)
        changed = {key for key, found in digests(tree).items() if before[key] != found}
        assert "payments-dev.app" in changed
        assert not any(key.startswith("management") for key in changed)


class TestPools:
    """What a rule with ``pools`` reads."""

    @pytest.fixture
    def pools(self, project: Project) -> Project:
        project.edit("org/stacks.yaml", ":App\n", ":App\n    pools: true\n")
        add_networks(project)
        project.edit("org/network.yaml", "  - name: prod", "  - { name: spare, cidrs: {} }\n  - name: prod")
        relock(project)
        return project

    def test_as_the_file_has_them(self, pools: Project) -> None:
        """Those that no account of the stack has, too."""
        read = instance(pools, "payments-dev.app").pools
        assert read is not None
        assert [pool.name for pool in read] == ["dev", "spare", "prod"]

    def test_nobody_else_reads_them(self, pools: Project) -> None:
        """A stack whose rule does not ask has none."""
        assert instance(pools, "payments-dev.base").pools is None

    def test_a_changed_pool(self, pools: Project) -> None:
        """The stack that makes it changes, and that alone."""
        before = digests(pools)
        pools.edit(
            "org/network.yaml", "name: spare, cidrs: {}", "name: spare, cidrs: { eu-west-1: 10.99.0.0/16 }"
        )
        relock(pools)
        changed = {key for key, found in digests(pools).items() if before[key] != found}
        assert changed == {key for key in before if key.endswith(".app")}

    def test_another_account(self, pools: Project) -> None:
        """Changes no pool, and so not the stack that makes them."""
        before = digests(pools)
        pools.edit("org/accounts/payments-prod.yaml", "something", "something else")
        after = digests(pools)
        assert after["payments-dev.app"] == before["payments-dev.app"]
