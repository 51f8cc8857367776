"""The rules that hold across the files of a spec: each broken once, told with its place."""

from __future__ import annotations

import pytest

from landform.errors import Code
from landform.org.load import load
from landform.org.resolve import resolve

from .conftest import ACCOUNT, WAIVER, Project

ORG = "org/org.yaml"
OUS = "org/ous.yaml"
STACKS = "org/stacks.yaml"
DEV = "org/accounts/payments-dev.yaml"
PROD = "org/accounts/payments-prod.yaml"
W = "org/waivers/W-2026-001.yaml"


class TestValidate:
    @pytest.mark.parametrize(
        ("file", "old", "new", "code", "place"),
        [
            (
                ORG,
                "management_account: management",
                "management_account: managment",
                Code.SPEC_REFERENCE,
                "4:21",
            ),
            (
                ORG,
                "log_archive_account: management",
                "log_archive_account: logs",
                Code.SPEC_REFERENCE,
                "5:22",
            ),
            (ORG, "home_region: eu-west-1", "home_region: us-east-1", Code.SPEC_REFERENCE, "6:14"),
            (ORG, "eu-central-1]", "eu-central-1, eu-west-1]", Code.SPEC_DUPLICATE, "7:36"),
            (ORG, "eu-central-1]", "eu-central-1, us-gov-west-1]", Code.SPEC_VALUE, "7:36"),
            (ORG, "prefix: acme", "prefix: acme\nstate: { region: us-east-1 }", Code.SPEC_REFERENCE, "9:18"),
            (ORG, "prefix: acme", 'prefix: acme\nstate: { bucket: "{prefix}-x" }', Code.SPEC_VALUE, "9:18"),
            (ORG, "company: acme", "owner: acme", Code.SPEC_VALUE, "9:9"),
            (ORG, "company: acme", '"aws:company": acme', Code.SPEC_VALUE, "9:9"),
            (ORG, "company: acme", '"company!": acme', Code.SPEC_VALUE, "9:9"),
            (ORG, "company: acme", '"": acme', Code.SPEC_VALUE, "9:9"),
            (ORG, "company: acme", f"{'k' * 129}: acme", Code.SPEC_VALUE, "9:9"),
            (ORG, "company: acme", "company: acme*", Code.SPEC_VALUE, "9:18"),
            (ORG, "company: acme", f"company: {'v' * 257}", Code.SPEC_VALUE, "9:18"),
            (ORG, "company: acme", 'company: "a\\tb"', Code.SPEC_VALUE, "9:18"),
            (ORG, "prefix: acme", 'prefix: acme\nrepository: "a;b"', Code.SPEC_VALUE, "9:13"),
            (OUS, "path: Security", "path: Security\n  - path: Security", Code.SPEC_DUPLICATE, "4:11"),
            (OUS, "path: Security", "path: Security\n  - path: A/B", Code.SPEC_REFERENCE, "4:11"),
            (OUS, "tiers: [dev]", "tiers: [dev, test]", Code.SPEC_REFERENCE, "8:18"),
            (DEV, "tier: dev", "tier: dve", Code.SPEC_REFERENCE, "6:7"),
            (DEV, "tier: dev", "tier: prod", Code.SPEC_REFERENCE, "6:7"),
            (DEV, '"4711"', '"4711;"', Code.SPEC_VALUE, "10:16"),
            (DEV, "eu-central-1]", "us-east-1]", Code.SPEC_REFERENCE, "13:22"),
            (DEV, "eu-central-1]", "eu-west-1]", Code.SPEC_DUPLICATE, "13:22"),
            (DEV, "labels:", "tags: { Owner: x }\nlabels:", Code.SPEC_DUPLICATE, "14:7"),
            (DEV, "labels:", "stacks: { skip: [nothing] }\nlabels:", Code.SPEC_REFERENCE, "14:18"),
            (
                DEV,
                "labels:",
                "stacks: { params: { netwrok: { a: 1 } } }\nlabels:",
                Code.SPEC_REFERENCE,
                "14:21",
            ),
            (DEV, "labels:", "stacks: { skip: [network] }\nlabels:", Code.SPEC_REFERENCE, "14:18"),
            (PROD, "labels:", "stacks: { params: { app: { a: 1 } } }\nlabels:", Code.SPEC_REFERENCE, "14:21"),
            (PROD, "labels:", "stacks: { skip: [app] }\nlabels:", Code.SPEC_REFERENCE, "14:18"),
            (
                PROD,
                "labels:",
                "stacks: { skip: [network], params: { network: { size: 1 } } }\nlabels:",
                Code.SPEC_REFERENCE,
                "14:38",
            ),
            (STACKS, "needs: [base]", "needs: [bass]", Code.SPEC_REFERENCE, "9:13"),
            (STACKS, "needs: [base]", "needs: [base, base]", Code.SPEC_DUPLICATE, "9:19"),
            (
                STACKS,
                "{ labels: { app: payments-dev } }",
                "{ labels: { app: none } }",
                Code.SPEC_REFERENCE,
                "13:13",
            ),
            (STACKS, "{ labels: { app: payments-dev } }", "{ tiers: [test] }", Code.SPEC_REFERENCE, "13:23"),
            (
                STACKS,
                "{ labels: { app: payments-dev } }",
                "{ accounts: [pay-*] }",
                Code.SPEC_REFERENCE,
                "13:26",
            ),
            (STACKS, "{ labels: { app: payments-dev } }", "{}", Code.SPEC_REFERENCE, "14:13"),
        ],
    )
    def test_one_broken_rule(
        self, project: Project, file: str, old: str, new: str, code: Code, place: str
    ) -> None:
        """Code and place of the one thing that is wrong."""
        project.edit(file, old, new)
        error = project.error()
        assert (error.code, str(error.place)) == (code, f"{file}:{place}")

    def test_regions_of_another_partition(self, project: Project) -> None:
        """Each region is compared with the organisation's partition."""
        project.add(ORG, "partition: aws-cn\n")
        assert [(error.code, str(error.place)) for error in project.errors()] == [
            (Code.SPEC_VALUE, f"{ORG}:7:11"),
            (Code.SPEC_VALUE, f"{ORG}:7:22"),
        ]

    def test_an_unknown_unit_in_a_selector(self, project: Project) -> None:
        """The selector is told, and who needs the stack that now stands nowhere."""
        project.edit(STACKS, "{ ous: [Workloads] }", "{ ous: [Workload] }")
        assert [(error.code, str(error.place)) for error in project.errors()] == [
            (Code.SPEC_REFERENCE, f"{STACKS}:8:21"),
            (Code.SPEC_REFERENCE, f"{STACKS}:14:13"),
        ]

    def test_an_unknown_name_is_guessed(self, project: Project) -> None:
        """The error names what there is and what was probably meant."""
        project.edit(DEV, "tier: dev", "tier: dve")
        error = project.error()
        assert (error.given, error.expected, error.fix) == ("dve", "one of dev, prod", "Did you mean 'dev'?")

    def test_an_unknown_organizational_unit(self, project: Project) -> None:
        """An account's unit must be listed."""
        project.edit(DEV, "ou: Workloads/Dev", "ou: Workloads/Dve")
        error = project.error()
        assert (error.code, str(error.place)) == (Code.SPEC_REFERENCE, f"{DEV}:5:5")
        assert error.fix == "Did you mean 'Workloads/Dev'?"

    def test_a_unit_above_can_forbid_a_tier(self, project: Project) -> None:
        """A tier must be allowed all the way down the path."""
        project.edit(OUS, "tiers: [dev, prod]", "tiers: [prod]")
        error = project.error()
        assert (error.code, str(error.place), error.expected) == (
            Code.SPEC_REFERENCE,
            f"{DEV}:6:7",
            "one of prod",
        )

    @pytest.mark.parametrize(
        ("old", "new", "place"),
        [
            ("012345678901", "100000000001", "4:13"),
            ("aws+payments-dev@acme.example", "AWS+Management@acme.example", "3:8"),
        ],
    )
    def test_accounts_are_unique(self, project: Project, old: str, new: str, place: str) -> None:
        """An id, and an e-mail address in whatever case, belongs to one account; both places are told."""
        project.write(
            "org/accounts/z.yaml", ACCOUNT.format(name="z", id="012345678902", ou="Security", tier="dev")
        )
        project.edit(DEV, old, new)
        error = project.error()
        assert (error.code, str(error.place)) == (Code.SPEC_DUPLICATE, f"{DEV}:{place}")
        assert "first at org/accounts/management.yaml" in str(error.given)

    def test_duplicate_stacks(self, project: Project) -> None:
        """A stack's id is given once."""
        project.add(STACKS, "  - id: base\n    construct: a:B\n")
        error = project.error()
        assert (error.code, str(error.place)) == (Code.SPEC_DUPLICATE, f"{STACKS}:15:9")
        assert error.given == f"base, first at {STACKS}:3:9"

    def test_a_circle(self, project: Project) -> None:
        """The circle is told stack by stack, from the first in the file."""
        project.edit(STACKS, ":Base\n", ":Base\n    needs: [network]\n")
        error = next(error for error in project.errors() if error.code is Code.SPEC_CYCLE)
        assert (str(error.place), error.given) == (f"{STACKS}:5:12", "base -> network -> base")

    def test_a_stack_that_needs_itself(self, project: Project) -> None:
        """The smallest circle."""
        project.edit(STACKS, ":Base\n", ":Base\n    needs: [base]\n")
        error = project.error()
        assert (error.code, error.given) == (Code.SPEC_CYCLE, "base -> base")

    def test_two_circles(self, project: Project) -> None:
        """Each circle is told, and what hangs on to one."""
        project.edit("org/stacks.yaml", ":Base\n", ":Base\n    needs: [network]\n")
        project.add(
            STACKS,
            "  - { id: x, construct: a:X, needs: [y] }\n  - { id: y, construct: a:Y, needs: [x, z] }\n"
            "  - { id: z, construct: a:Z, needs: [y] }\n",
        )
        assert [error.given for error in project.errors() if error.code is Code.SPEC_CYCLE] == [
            "base -> network -> base",
            "x -> y -> x; and around it z",
        ]

    def test_a_needed_stack_that_is_not_there_is_told_once(self, project: Project) -> None:
        """Many accounts, one mistake, one error."""
        project.edit(STACKS, ":Base\n", ":Base\n    select: { ous: [Security] }\n")
        error = project.error()
        assert (error.code, str(error.place)) == (Code.SPEC_REFERENCE, f"{STACKS}:10:13")
        assert error.given == "payments-dev, payments-prod"

    def test_a_missing_mandatory_tag(self, project: Project) -> None:
        """Every account must end up with a value for it; each that does not is told."""
        project.add(ORG, "mandatory_tags: [owner, app]\n")
        project.add(DEV, "tags: { app: x }\n")
        assert [(error.code, str(error.place)) for error in project.errors()] == [
            (Code.SPEC_MISSING_KEY, "org/accounts/management.yaml:1:1"),
            (Code.SPEC_MISSING_KEY, f"{PROD}:1:1"),
        ]

    def test_a_mandatory_tag_with_an_empty_value(self, project: Project) -> None:
        """An empty value is no value."""
        project.add(ORG, "mandatory_tags: [layer]\n")
        project.edit("org/accounts/management.yaml", "labels:", 'tags: { layer: "" }\nlabels:')
        error = project.error()
        assert (error.code, str(error.place)) == (Code.SPEC_MISSING_KEY, "org/accounts/management.yaml:14:7")

    def test_more_tags_than_aws_takes(self, project: Project) -> None:
        """Fifty tags, landform's own among them."""
        many = ", ".join(f"t{number}: x" for number in range(43))
        project.add(DEV, f"tags: {{ {many} }}\n")
        error = project.error()
        assert (error.code, str(error.place), error.given) == (Code.SPEC_VALUE, f"{DEV}:15:7", "52 tags")

    def test_closing_an_account_needs_no_other_change(self, project: Project) -> None:
        """An account that is closed may keep what it said about its stacks."""
        project.edit(PROD, "labels:", "status: closed\nstacks: { params: { network: { size: 1 } } }\nlabels:")
        assert resolve(load(project.root))

    def test_errors_of_several_files_are_sorted(self, project: Project) -> None:
        """All broken rules come in one go, by file and line."""
        project.edit(STACKS, "needs: [network]", "needs: [netwrk]")
        project.edit(DEV, "tier: dev", "tier: prod")
        project.edit(ORG, "home_region: eu-west-1", "home_region: us-east-1")
        assert [str(error.place) for error in project.errors()] == [
            f"{DEV}:6:7",
            f"{ORG}:6:14",
            f"{STACKS}:14:13",
        ]


class TestWaivers:
    @pytest.mark.parametrize(
        ("old", "new", "code", "place"),
        [
            ("2026-11-30", "2027-01-01", Code.SPEC_WAIVER, "14:10"),
            ("2026-11-30", "2026-10-31", Code.SPEC_WAIVER, "14:10"),
            ("approved_by: [sec-lead]", "approved_by: [sec-lead, Jane]", Code.SPEC_WAIVER, "11:25"),
            ("[CKV_AWS_144]", "[CKV_AWS_144, CKV_AWS_53]", Code.SPEC_WAIVER, "4:23"),
            ("[payments-dev]", "[payment-dev]", Code.SPEC_REFERENCE, "6:14"),
            ("[network]", "[netwrok]", Code.SPEC_REFERENCE, "7:12"),
            ("[network]", "[payments-dev.eu-west-2.network]", Code.SPEC_REFERENCE, "7:12"),
            ("accounts: [payments-dev]", "tiers: [test]", Code.SPEC_REFERENCE, "6:11"),
            ("[payments-dev]", "[management]", Code.SPEC_REFERENCE, "6:3"),
            ("[payments-dev]", "[payments-dev]\n  tiers: [prod]", Code.SPEC_REFERENCE, "6:3"),
        ],
    )
    def test_one_broken_rule(self, project: Project, old: str, new: str, code: Code, place: str) -> None:
        """Days, approval, checks that are never waived, a scope that holds nothing."""
        assert WAIVER.count(old) == 1
        project.write(W, WAIVER.replace(old, new))
        error = project.error()
        assert (error.code, str(error.place)) == (code, f"{W}:{place}")

    @pytest.mark.parametrize(("expires", "broken"), [("2026-12-31", False), ("2027-01-01", True)])
    def test_the_longest_time_is_still_fine(self, project: Project, expires: str, broken: bool) -> None:
        """A tier of 60 days takes 60 days and not 61."""
        project.write(W, WAIVER.replace("2026-11-30", expires))
        if broken:
            assert project.error().expected == "at most 60 days"
        else:
            assert resolve(load(project.root)).waivers

    def test_the_strictest_tier_counts(self, project: Project) -> None:
        """A waiver that reaches two tiers lasts as long as the stricter allows."""
        project.write(W, WAIVER.replace("[payments-dev]", "[payments-*]").replace("2026-11-30", "2026-12-15"))
        error = project.error()
        assert (error.given, error.expected) == ("44 days", "at most 30 days")

    def test_a_tier_that_it_does_not_reach_does_not_count(self, project: Project) -> None:
        """The scope's stacks decide which accounts, and so which tiers, a waiver reaches."""
        text = WAIVER.replace("  accounts: [payments-dev]\n", "").replace("[network]", "[app]")
        project.write(W, text.replace("2026-11-30", "2026-12-15"))
        assert resolve(load(project.root)).waivers
