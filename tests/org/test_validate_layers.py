"""The rules of layers, accounts, baselines, waves and outputs: each broken once, told with its place."""

from __future__ import annotations

import pytest

from landform.errors import Code
from landform.org.load import load
from landform.org.resolve import resolve

from .conftest import WAIVER, Project

ORG = "org/org.yaml"
OUS = "org/ous.yaml"
TIER = "org/tiers/dev.yaml"
DEV = "org/accounts/payments-dev.yaml"
STACKS = "org/stacks.yaml"
W = "org/waivers/W-2026-001.yaml"
BASELINE = "org/baselines/workload-13.yaml"
WAVES = "org/waves.yaml"

BASELINE_TEXT = """\
schema: landform/baseline/v1
name: workload
version: "13"
stacks: [base, extra]
params: { network: { size: 23 } }
sunset: 2027-01-31
"""
PIN = 'baseline: { name: workload, version: "13", pin_until: 2027-01-31 }\n'
EXTRA = "  - id: extra\n    construct: a:X\n    opt_in: true\n"
WAVES_TEXT = """\
schema: landform/waves/v1
waves:
  - id: canary
    select: { accounts: [payments-dev] }
    size: 1
  - id: rest
"""


class TestEnforce:
    @pytest.mark.parametrize(
        ("enforced", "given", "place"),
        [
            ("sizing: { log_retention_days: 400 }", "sizing: { log_retention_days: 365 }", "15:31"),
            ("rollout: { approvals: 2 }", "rollout: { approvals: 1 }", "15:23"),
            ("services: [s3]", "services: [s3, ec2]", "15:11"),
            ("tags: { company: acme }", "tags: { company: other }", "15:18"),
            ("sizing: { nat: none }", "enforce: { sizing: { nat: single } }", "15:27"),
            ("backup: { copy_regions: [eu-west-1] }", "backup: { copy_regions: [-eu-west-1] }", "15:25"),
            ("params: { network: { dns: true } }", "stacks: { params: { network: { dns: no } } }", "15:37"),
        ],
    )
    def test_lowering_names_both_places(
        self, project: Project, enforced: str, given: str, place: str
    ) -> None:
        """An account that says less than its organisation enforces is an error, at the account's line."""
        project.add(ORG, f"enforce: {{ {enforced} }}\n")
        project.add(DEV, given + "\n")
        error = project.error()
        assert (error.code, str(error.place)) == (Code.SPEC_ENFORCED, f"{DEV}:{place}")
        assert error.expected is not None
        assert f"{ORG}:10:" in error.expected

    def test_a_tier_that_many_accounts_have_is_told_once(self, project: Project) -> None:
        """One mistake, one error, however many accounts it reaches."""
        project.add(ORG, "enforce: { guard: { fail_on: low } }\n")
        assert [str(error.place) for error in project.errors()] == [
            "org/tiers/dev.yaml:4:36",
            "org/tiers/prod.yaml:4:36",
        ]

    def test_as_strict_or_stricter_is_fine(self, project: Project) -> None:
        """An enforced value is a floor."""
        project.add(ORG, "enforce: { guard: { fail_on: high } }\n")
        assert resolve(load(project.root))


class TestLayerRules:
    @pytest.mark.parametrize(
        ("file", "text", "code", "place"),
        [
            (ORG, "merge: { sizing: { nat: none } }", Code.SPEC_VALUE, "10:25"),
            (DEV, "budget: { alerts: [50%, +80%] }", Code.SPEC_VALUE, "15:19"),
            (DEV, "budget: { alerts: [-80%, +80%] }", Code.SPEC_VALUE, "15:19"),
            (ORG, "backup: { copy_regions: [us-east-1] }", Code.SPEC_REFERENCE, "10:25"),
            (ORG, "region_settings: { us-east-1: { tags: { a: b } } }", Code.SPEC_REFERENCE, "10:20"),
            (ORG, "params: { netwrok: { a: 1 } }", Code.SPEC_REFERENCE, "10:25"),
            (DEV, "defaults: { params: { netwrok: { a: 1 } } }", Code.SPEC_REFERENCE, "15:37"),
            (TIER, "regions: [eu-central-1]", Code.SPEC_REFERENCE, "org/accounts/payments-dev.yaml:13:11"),
            (TIER, "rollout: { freeze: [{ from: 2027-01-03, to: 2026-12-20 }] }", Code.SPEC_VALUE, "8:20"),
            (TIER, "denied_services: [s3, ec2, s3]", Code.SPEC_DUPLICATE, "8:18"),
            (TIER, "tags: { owner: x }", Code.SPEC_VALUE, "8:9"),
            (TIER, "defaults: { tags: { owner: x } }", Code.SPEC_VALUE, "8:21"),
        ],
    )
    def test_one_broken_rule(self, project: Project, file: str, text: str, code: Code, place: str) -> None:
        """Code and place of the one thing that is wrong."""
        project.add(file, text + "\n")
        error = project.error()
        assert (error.code, str(error.place)) == (code, place if "/" in place else f"{file}:{place}")

    def test_a_unit_bounds_regions(self, project: Project) -> None:
        """The error names the layer that does not allow the region."""
        project.edit(OUS, "  - path: Workloads/Dev\n", "  - path: Workloads/Dev\n    regions: [eu-west-1]\n")
        error = project.error()
        assert str(error.place) == f"{DEV}:13:22"
        assert error.message == (
            "The account 'payments-dev' asks for the region eu-central-1, which the unit Workloads/Dev does not allow."
        )
        assert error.expected == f"one of eu-west-1, the `regions` at {OUS}:8:14"
        assert error.fix == f"Remove it here, or allow it in {OUS}."

    def test_tags_of_a_stack_that_differ_only_in_case(self, project: Project) -> None:
        """Tags that meet only in one stack are judged too, once."""
        project.edit(STACKS, ":Network\n", ":Network\n    tags: { Company: x }\n")
        assert [(error.code, str(error.place)) for error in project.errors()] == [
            (Code.SPEC_DUPLICATE, f"{DEV}:1:1"),
            (Code.SPEC_DUPLICATE, "org/accounts/payments-prod.yaml:1:1"),
        ]


class TestAccounts:
    @pytest.mark.parametrize(
        ("org", "tier", "account", "code", "place"),
        [
            ("", "max_data_class: public", "", Code.SPEC_ACCOUNT, "12:13"),
            ("", "max_account_days: 90", "", Code.SPEC_ACCOUNT, "1:1"),
            (
                "",
                "max_account_days: 90",
                "expires: 2027-03-01\nchange: { requested_by: jane, reason: tests, date: 2026-11-20 }",
                Code.SPEC_ACCOUNT,
                "15:10",
            ),
            ("", "max_account_days: 90", "expires: 2027-03-01", Code.SPEC_ACCOUNT, "1:1"),
            (
                "",
                "max_account_days: 90",
                "expires: 2027-02-01\nchange: { requested_by: jane, reason: tests }",
                Code.SPEC_ACCOUNT,
                "16:9",
            ),
            (
                "",
                "",
                "expires: 2026-11-01\nchange: { requested_by: jane, reason: tests, date: 2026-11-20 }",
                Code.SPEC_ACCOUNT,
                "15:10",
            ),
            (
                "",
                "",
                "change: { requested_by: jane, approved_by: [joe, Jane], reason: tests }",
                Code.SPEC_ACCOUNT,
                "15:50",
            ),
            (
                "deploy: { providers: [gitlab] }",
                "",
                "deploy: { provider: github, repo: acme/x, environments: [dev] }",
                Code.SPEC_ACCOUNT,
                "15:21",
            ),
            (
                "deploy: { repositories: [acme/*] }",
                "",
                "deploy: { provider: github, repo: other/x, environments: [dev] }",
                Code.SPEC_ACCOUNT,
                "15:35",
            ),
            ("", "", "deploy: { provider: github, repo: acme/x }", Code.SPEC_ACCOUNT, "15:9"),
            ("naming: { accounts: [management, '*-prod'] }", "", "", Code.SPEC_ACCOUNT, "2:7"),
            (
                "identity: { permission_sets: [ReadOnly] }",
                "",
                "access: [{ group: eng, permission_set: Admin }]",
                Code.SPEC_REFERENCE,
                "15:40",
            ),
            (
                "",
                "",
                "access: [{ group: eng, permission_set: Admin, max_session: 13h }]",
                Code.SPEC_ACCOUNT,
                "15:60",
            ),
            (
                "identity: { max_session: 2h }",
                "",
                "access: [{ group: eng, permission_set: Admin, max_session: 4h }]",
                Code.SPEC_ACCOUNT,
                "15:60",
            ),
            ("", "", 'baseline: { name: workload, version: "13" }', Code.SPEC_REFERENCE, "15:19"),
            ("", "", "stacks: { add: [nothing] }", Code.SPEC_REFERENCE, "15:17"),
            ("", "", "stacks: { add: [base, base] }", Code.SPEC_DUPLICATE, "15:23"),
        ],
    )
    def test_one_broken_rule(
        self, project: Project, org: str, tier: str, account: str, code: Code, place: str
    ) -> None:
        """What an account may not be, by its tier, its organisation, or AWS."""
        for file, text in ((ORG, org), (TIER, tier), (DEV, account)):
            if text:
                project.add(file, text + "\n")
        error = project.error()
        assert (error.code, str(error.place)) == (code, f"{DEV}:{place}")

    def test_email_domains(self, project: Project) -> None:
        """Every account's address is in one of the organisation's domains."""
        project.add(ORG, "naming: { email_domains: [acme.example] }\n")
        project.edit(DEV, "aws+payments-dev@acme.example", "aws@other.example")
        error = project.error()
        assert (error.code, str(error.place)) == (Code.SPEC_ACCOUNT, f"{DEV}:3:8")

    def test_a_date_within_the_days_is_fine(self, project: Project) -> None:
        """Ninety days after the request is the last."""
        project.add(TIER, "max_account_days: 90\n")
        project.add(
            DEV, "expires: 2027-02-18\nchange: { requested_by: jane, reason: tests, date: 2026-11-20 }\n"
        )
        assert resolve(load(project.root))

    def test_a_closed_account_is_not_asked_to_be_put_right(self, project: Project) -> None:
        """A tombstone may break the rules of today."""
        project.add(TIER, "max_data_class: public\nmax_account_days: 9\n")
        project.add(DEV, "status: closed\n")
        project.edit(STACKS, "{ labels: { app: payments-dev } }", "{ ous: [Workloads] }")
        assert resolve(load(project.root))

    def test_a_closed_account_keeps_its_email(self, project: Project) -> None:
        """AWS never gives an address free again."""
        project.edit(DEV, "aws+payments-dev@", "aws+payments-prod@")
        project.add(DEV, "status: closed\n")
        assert Code.SPEC_DUPLICATE in {error.code for error in project.errors()}

    def test_a_requested_account_has_no_id_and_no_stacks(self, project: Project) -> None:
        """Until AWS has made it, an account is in the spec and gives no stack."""
        project.edit("org/accounts/payments-prod.yaml", 'account_id: "300000000003"\n', "status: requested\n")
        found = resolve(load(project.root))
        assert not [each for each in found.instances if each.account.name == "payments-prod"]
        assert [account.status for account in found.accounts][2] == "requested"

    def test_an_account_without_an_id(self, project: Project) -> None:
        """Only a requested account may lack its id."""
        project.edit(DEV, 'account_id: "012345678901"\n', "")
        error = project.error()
        assert (error.code, str(error.place)) == (Code.SPEC_MISSING_KEY, f"{DEV}:1:1")

    def test_a_management_account_without_an_id(self, project: Project) -> None:
        """Every stack reads the management account's id, so it must be there."""
        project.edit("org/accounts/management.yaml", 'account_id: "100000000001"\n', "status: requested\n")
        assert [str(error.place) for error in project.errors()] == [f"{ORG}:4:21", f"{ORG}:5:22"]

    def test_ids_that_a_rule_reads(self, project: Project) -> None:
        """A rule names accounts that exist."""
        project.edit(STACKS, ":App\n", ":App\n    accounts: [payments-tset]\n")
        error = project.error()
        assert (error.code, str(error.place)) == (Code.SPEC_REFERENCE, f"{STACKS}:13:16")


class TestBaselines:
    @pytest.fixture(autouse=True)
    def _baseline(self, project: Project) -> None:
        project.write(BASELINE, BASELINE_TEXT)
        project.add(STACKS, EXTRA)
        project.add(DEV, PIN)

    def test_an_account_has_the_stacks_of_its_baseline(self, project: Project) -> None:
        """A stack that nothing selects stands where the baseline holds it."""
        found = resolve(load(project.root))
        assert [each.key for each in found.instances if each.stack == "extra"] == ["payments-dev.extra"]

    def test_its_params_stand_between_the_rule_and_the_account(self, project: Project) -> None:
        """A baseline's parameter replaces the rule's; the account's own replaces both."""

        def size() -> object:
            found = resolve(load(project.root)).instances
            return next(each for each in found if each.key == "payments-dev.eu-west-1.network").params["size"]

        assert size() == 23
        project.add(DEV, "stacks: { params: { network: { size: 24 } } }\n")
        assert size() == 24

    def test_a_stack_of_the_baseline_cannot_be_skipped(self, project: Project) -> None:
        """Skipping it is an error of the account."""
        project.add(DEV, "stacks: { skip: [extra] }\n")
        error = project.error()
        assert (error.code, str(error.place)) == (Code.SPEC_ACCOUNT, f"{DEV}:16:18")

    @pytest.mark.parametrize("pin", ["", ", pin_until: 2027-02-01"])
    def test_a_pin_past_the_sunset(self, project: Project, pin: str) -> None:
        """An account cannot stay on a version that ends, nor leave open until when it stays."""
        project.edit(DEV, ", pin_until: 2027-01-31", pin)
        error = project.error()
        assert (error.code, error.expected) == (Code.SPEC_ACCOUNT, "pin_until: 2027-01-31 or earlier")

    def test_a_version_that_does_not_exist(self, project: Project) -> None:
        """The versions that there are stand in the error."""
        project.edit(DEV, '"13"', '"12"')
        project.edit(STACKS, EXTRA, "")
        project.edit(BASELINE, "[base, extra]", "[base]")
        error = project.error()
        assert (str(error.place), error.expected) == (f"{DEV}:15:38", "one of 13")

    @pytest.mark.parametrize(
        ("old", "new", "code", "place"),
        [
            ("[base, extra]", "[base, extra, none]", Code.SPEC_REFERENCE, "4:23"),
            ("[base, extra]", "[base, extra, base]", Code.SPEC_DUPLICATE, "4:23"),
            ("network:", "netwrok:", Code.SPEC_REFERENCE, "5:11"),
        ],
    )
    def test_what_it_names_exists(self, project: Project, old: str, new: str, code: Code, place: str) -> None:
        """Stacks, each once."""
        project.edit(BASELINE, old, new)
        error = project.error()
        assert (error.code, str(error.place)) == (code, f"{BASELINE}:{place}")

    def test_its_file_is_named_after_name_and_version(self, project: Project) -> None:
        """One file a version."""
        (project.root / BASELINE).rename(project.root / "org/baselines/workload-14.yaml")
        error = project.error()
        assert (error.code, error.expected) == (Code.SPEC_VALUE, BASELINE)


class TestStacks:
    def test_an_opt_in_stack_goes_where_it_is_added(self, project: Project) -> None:
        """Whatever its selector takes, only accounts that add it have it."""
        project.add(STACKS, EXTRA)
        project.add(DEV, "stacks: { add: [extra] }\n")
        found = resolve(load(project.root))
        assert [each.key for each in found.instances if each.stack == "extra"] == ["payments-dev.extra"]

    def test_an_opt_in_stack_that_nobody_adds(self, project: Project) -> None:
        """A stack that stands nowhere is an error."""
        project.add(STACKS, EXTRA)
        assert project.error().code is Code.SPEC_REFERENCE

    def test_an_account_adds_beyond_the_selector(self, project: Project) -> None:
        """An account gets a stack that its rule selects for others."""
        project.edit(STACKS, "{ labels: { app: payments-dev } }", "{ tiers: [prod], ous: [Workloads] }")
        project.add(DEV, "stacks: { add: [app] }\n")
        keys = [each.key for each in resolve(load(project.root)).instances if each.stack == "app"]
        assert keys == ["payments-dev.app", "payments-prod.app"]

    def test_added_and_skipped(self, project: Project) -> None:
        """One or the other."""
        project.add(DEV, "stacks: { add: [app], skip: [app] }\n")
        assert str(project.error().place) == f"{DEV}:15:17"

    @pytest.mark.parametrize(
        ("outputs", "uses", "place"),
        [
            ("{ vpc_id: string }", "{ network: [vpc] }", "14:23"),
            ("{}", "{ network: [vpc_id] }", "14:23"),
            ("{ vpc_id: string }", "{ base: [vpc_id] }", "14:13"),
            ("{ ids: { list: string, length: 3, len_from: sizing.az_count } }", "{}", "7:21"),
        ],
    )
    def test_outputs_that_are_not_there(self, project: Project, outputs: str, uses: str, place: str) -> None:
        """A stack uses outputs of stacks that it needs, and that these declare."""
        project.edit(STACKS, ":Network\n", f":Network\n    outputs: {outputs}\n")
        project.edit(STACKS, ":App\n", f":App\n    uses: {uses}\n")
        error = project.error()
        assert (error.code, str(error.place)) == (Code.SPEC_OUTPUT, f"{STACKS}:{place}")

    def test_outputs_of_one_region_in_all(self, project: Project) -> None:
        """What is published in the home region is not there in another."""
        project.edit(STACKS, ":Base\n", ":Base\n    outputs: { key: string }\n")
        project.edit(STACKS, ":Network\n", ":Network\n    uses: { base: [key] }\n")
        error = project.error()
        assert error.code is Code.SPEC_OUTPUT
        assert "in each region" in str(error)

    def test_a_length_from_no_setting(self, project: Project) -> None:
        """The length of a list comes from a setting that counts something."""
        text = ":Network\n    outputs: { ids: { list: string, len_from: sizing.nat } }\n"
        project.edit(STACKS, ":Network\n", text)
        error = project.error()
        assert (error.code, error.expected) == (Code.SPEC_REFERENCE, "one of sizing.az_count")

    def test_outputs_that_are_there(self, project: Project) -> None:
        """A contract that is kept says nothing."""
        text = ":Network\n    outputs: { vpc_id: string, ids: { list: string, len_from: sizing.az_count } }\n"
        project.edit(STACKS, ":Network\n", text)
        project.edit(STACKS, ":App\n", ":App\n    uses: { network: [vpc_id, ids] }\n")
        assert resolve(load(project.root))


class TestWaves:
    def test_good_waves(self, project: Project) -> None:
        """Waves are read in their order."""
        project.write(WAVES, WAVES_TEXT)
        spec = load(project.root)
        assert [(wave.id, wave.size) for wave in spec.waves] == [("canary", 1), ("rest", "100%")]
        assert resolve(spec)

    @pytest.mark.parametrize(
        ("old", "new", "code", "place"),
        [
            ("id: rest", "id: canary", Code.SPEC_DUPLICATE, "6:9"),
            ("[payments-dev]", "[payments-dve]", Code.SPEC_REFERENCE, "4:26"),
            ("accounts: [payments-dev]", "labels: { app: none }", Code.SPEC_REFERENCE, "4:13"),
            ("accounts: [payments-dev]", "tiers: [test]", Code.SPEC_REFERENCE, "4:23"),
            ("accounts: [payments-dev]", "ous: [Nowhere]", Code.SPEC_REFERENCE, "4:21"),
        ],
    )
    def test_one_broken_rule(self, project: Project, old: str, new: str, code: Code, place: str) -> None:
        """Ids once; selectors that take something."""
        project.write(WAVES, WAVES_TEXT.replace(old, new))
        error = project.error()
        assert (error.code, str(error.place)) == (code, f"{WAVES}:{place}")


class TestWaivers:
    def test_approvers(self, project: Project) -> None:
        """One of those who may approve has approved."""
        project.edit(TIER, "  max_days: 60\n", "  max_days: 60\n  approvers: [security]\n")
        project.write(W, WAIVER)
        error = project.error()
        assert (error.code, str(error.place)) == (Code.SPEC_WAIVER, f"{W}:11:14")
        project.write(W, WAIVER.replace("[sec-lead]", "[sec-lead, security]"))
        assert resolve(load(project.root)).waivers

    def test_an_accounts_own_days_count(self, project: Project) -> None:
        """Where a layer allows fewer days than the tier, those hold."""
        project.add(DEV, "waivers: { max_days: 10 }\n")
        project.write(W, WAIVER)
        assert project.error().expected == "at most 10 days"

    def test_a_stack_that_is_never_waived(self, project: Project) -> None:
        """A rule can forbid waivers of its own stack."""
        project.edit(STACKS, ":Network\n", ":Network\n    waivers: { never: [CKV_AWS_144] }\n")
        project.write(W, WAIVER)
        assert str(project.error().place) == f"{W}:4:10"

    def test_a_waiver_bound_to_a_resource(self, project: Project) -> None:
        """A digest has its form."""
        project.write(W, WAIVER + "bind: { aws_s3_bucket.x: [sha256:abc] }\n")
        assert project.error().expected == "sha256: and 64 hexadecimal digits"
