"""The landing zone that is shipped: every scope of the baseline, good, clean and in one form."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from landform.access.gather import gather
from landform.access.matrix import Wanted
from landform.access.questions import who_can
from landform.checks.run import check
from landform.iam.evaluate import Verdict, evaluate
from landform.iam.identity import Identity, Request, Resource
from landform.iam.policy import parse_policy
from landform.org.fleet import Fleet
from landform.org.format import format_spec
from landform.org.resolve import judge
from landform.stacks.baseline import ITEMS
from landform.synth.bundle import Bundle
from landform.synth.run import synth

EXAMPLE = Path(__file__).parents[1] / "examples" / "landing-zone"
# While its waivers hold.
DAY = dt.date(2026, 11, 22)


@pytest.fixture(scope="module")
def fleet() -> Fleet:
    """The organisation, resolved."""
    return judge(EXAMPLE).fleet


@pytest.fixture(scope="module")
def bundle(fleet: Fleet, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """All of it, synthesised."""
    out = tmp_path_factory.mktemp("landing-zone") / "cdktf.out"
    return synth(fleet, fleet.instances, project=EXAMPLE, out=out).bundle


def _resources(bundle: Bundle, stack: str, type: str) -> dict[str, dict[str, Any]]:
    """The resources of a type in a stack, by name."""
    found: dict[str, dict[str, Any]] = json.loads(bundle.text(stack))["resource"][type]
    return found


def _named(bundle: Bundle, stack: str, type: str, name: str) -> dict[str, Any]:
    """The resource of a type whose name AWS sees."""
    (body,) = (each for each in _resources(bundle, stack, type).values() if each["name"] == name)
    return body


class TestLandingZone:
    """``examples/landing-zone``."""

    def test_twelve_accounts(self, fleet: Fleet) -> None:
        """Each with a baseline."""
        assert len(fleet.accounts) == 12
        assert all(account.baseline for account in fleet.accounts)

    def test_its_files_are_in_one_form(self) -> None:
        """As ``landform org fmt`` writes them."""
        assert format_spec(EXAMPLE)[0] == []

    def test_the_checks_pass(self, bundle: Bundle) -> None:
        """In every tier, with each exception waived."""
        report = check(bundle, tuple(bundle.stacks.values()), as_of=DAY, project=EXAMPLE)
        assert [group for group in report.tiers if not group.ok] == []

    @pytest.mark.parametrize(
        ("permission_set", "role", "verdict"),
        [
            ("ReadOnly", "auditor", Verdict.ALLOWED),
            ("ReadOnly", "support", Verdict.DENIED),
            ("Operator", "auditor", Verdict.DENIED),
            ("Operator", "support", Verdict.ALLOWED),
            ("Administrator", "auditor", Verdict.DENIED),
        ],
    )
    def test_people_become_what_their_permission_set_is_for(
        self, fleet: Fleet, bundle: Bundle, permission_set: str, role: str, verdict: Verdict
    ) -> None:
        """From the security account in any other: the trust of the role and the permission set's own policy agree."""
        trust = _named(bundle, "orders-prod.global-baseline", "aws_iam_role", f"northwind-{role}")
        policies = _resources(bundle, "management.identity", "aws_ssoadmin_permission_set_inline_policy")
        own = [body["inline_policy"] for name, body in policies.items() if name.startswith(permission_set)]
        path = "role/aws-reserved/sso.amazonaws.com/eu-west-1"
        who = f"arn:aws:iam::100000000003:{path}/AWSReservedSSO_{permission_set}_0123456789abcdef"
        organization = (fleet.organization.organization_id,)

        decision = evaluate(
            Request(
                Identity(who, policies=tuple(map(parse_policy, own))),
                "sts:AssumeRole",
                Resource(
                    f"arn:aws:iam::100000000009:role/northwind-{role}",
                    policy=parse_policy(trust["assume_role_policy"]),
                ),
                {"aws:PrincipalOrgID": organization, "aws:ResourceOrgID": organization},
            )
        )

        assert decision.verdict is verdict

    @pytest.mark.parametrize(
        ("account_id", "permission_set", "verdict"),
        [
            ("100000000001", "Administrator", Verdict.ALLOWED),
            ("100000000001", "ReadOnly", Verdict.DENIED),
            ("100000000003", "Administrator", Verdict.DENIED),
        ],
    )
    def test_the_role_of_the_first_hour_is_for_rescuers(
        self, fleet: Fleet, bundle: Bundle, account_id: str, permission_set: str, verdict: Verdict
    ) -> None:
        """Of the management account, and no longer for whoever may assume roles there."""
        name = "OrganizationAccountAccessRole"
        trust = _named(bundle, "orders-prod.global-baseline", "aws_iam_role", name)["assume_role_policy"]
        path = "role/aws-reserved/sso.amazonaws.com/eu-west-1"
        who = f"arn:aws:iam::{account_id}:{path}/AWSReservedSSO_{permission_set}_0123456789abcdef"
        own = parse_policy('{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}')
        organization = (fleet.organization.organization_id,)

        decision = evaluate(
            Request(
                Identity(who, policies=(own,)),
                "sts:AssumeRole",
                Resource(f"arn:aws:iam::100000000009:role/{name}", policy=parse_policy(trust)),
                {"aws:PrincipalOrgID": organization, "aws:ResourceOrgID": organization},
            )
        )

        assert decision.verdict is verdict

    def test_the_access_that_is_shown_has_them(self, bundle: Bundle) -> None:
        """Those who have it for good: a permission set on approval alone is nobody's."""
        found = gather(bundle)

        for role, names in {"auditor": {"ReadOnly"}, "support": set()}.items():
            arn = f"arn:aws:iam::100000000009:role/northwind-{role}"
            rows = who_can(found, "sts:AssumeRole", arn, Wanted()).rows
            assert {row.who.name for row in rows if row.who.kind == "permission set" and row.reaches} == names

    def test_every_scope_of_the_baseline_is_there(self, bundle: Bundle) -> None:
        """Each stack that a row of the baseline names stands in it."""
        made = {record.construct.partition(":")[2] for record in bundle.stacks.values()}
        assert {item.stack for item in ITEMS if item.stack} <= made | {"AccountBaseline"}

    def test_every_network_finds_a_pool(self, bundle: Bundle) -> None:
        """One that the stack of the pools makes, by what both say of it."""
        documents = {name: json.loads(bundle.text(name)) for name in bundle.stacks}
        made = documents["shared-network.address-pools"]["resource"]["aws_vpc_ipam_pool"].values()
        pools = {pool["description"] for pool in made}
        networks = {name: found for name, found in documents.items() if name.endswith(".network")}
        sought = {}
        for name, network in networks.items():
            (pool,) = network["data"]["aws_vpc_ipam_pool"].values()
            wanted = {each["name"]: each["values"][0] for each in pool["filter"]}
            sought[name] = wanted["description"]
        assert len(pools) == 8
        assert sought.keys() == networks.keys()
        assert set(sought.values()) <= pools
