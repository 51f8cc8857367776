"""A stack's identity taken out of its plan: what is equal afterwards, and what must not be."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_documents import FOREIGN, identity, plan_document, plan_of, policy

from landform.plan.model import Plan
from landform.plan.normalise import Identity, Normaliser, class_digest, normalised
from landform.policies.change import created, updated

WHO = identity()
EMPTY = Plan("payments.app", "payments", "prod", "1.11.4", "1.2", ())

ACCOUNTS = st.builds(
    identity,
    account=st.from_regex(r"[a-z][a-z0-9]{2,12}(-[a-z0-9]{2,6})?", fullmatch=True).filter(
        # The words of the plans themselves.
        lambda name: (
            not set(name.split("-"))
            & {"app", "acme", "logs", "reader", "team", "tcp", "root", "aws", "old", "key"}
        )
    ),
    number=st.integers(1, 10**6),
    region=st.sampled_from(["eu-west-1", "us-east-1", "ap-southeast-2"]),
)


def text(text: str, who: Identity = WHO, plan: Plan = EMPTY) -> str:
    """A text without the identity."""
    return Normaliser(plan, who).text(text)


def digest_of(who: Identity, raw: dict[str, Any] | None = None) -> str:
    """The class digest of the stack's plan in an account."""
    return class_digest(plan_of(who, raw), who)


def values(raw: dict[str, Any]) -> list[tuple[dict[str, Any] | list[Any], Any]]:
    """Where each value stands that a person could have given: (what holds it, its key)."""
    found: list[tuple[dict[str, Any] | list[Any], Any]] = []

    def walk(node: Any) -> None:
        for key, item in list(node.items() if isinstance(node, dict) else enumerate(node)):
            if isinstance(item, dict | list):
                walk(item)
            elif key not in ("id", "arn", "owner", "cost-center", "email", "password"):
                found.append((node, key))

    for entry in raw["resource_changes"]:
        if entry["change"]["actions"] != ["no-op"]:
            walk(entry["change"]["after"])
    return found


class TestText:
    """``Normaliser.text``."""

    @pytest.mark.parametrize(
        ("given_text", "expected"),
        [
            ("payments", "<account>"),
            ("acme-payments-logs", "acme-<account>-logs"),
            ("arn:aws:iam::100000007919:role/payments", "arn:aws:iam::<account-id>:role/<account>"),
            ("100000007919", "<account-id>"),
            ("eu-west-1", "<region>"),
            ("eu-west-1b", "<region>b"),
            ("sqs.eu-west-1.amazonaws.com", "sqs.<region>.amazonaws.com"),
            ("payments-a-very-long-name-0123abcd", "<account>-a-very-long-name-<hash>"),
        ],
    )
    def test_the_identity(self, given_text: str, expected: str) -> None:
        """The account, its id and its Region, wherever they stand as words."""
        assert text(given_text) == expected

    @pytest.mark.parametrize(
        "same",
        [
            "paymentsystem",
            "prepayments",
            "1000000079190",
            "arn:aws:iam::999988887777:role/x",
            "eu-west-12",
            "eu-west-2a",
            "0.0.0.0/0",
            "::/0",
            "203.0.113.0/24",
            "10.0.0.0/8",
            "ami-0123456789abcdef0",
            "tgw-0123456789abcdef0",
            "1.2.3",
            "payments:GetObject",
            "sts:ExternalId 01234567-89ab-cdef-0123-456789abcdef",
        ],
    )
    def test_what_stays(self, same: str) -> None:
        """Parts of words, other accounts, other Regions, the world outside, and what other accounts share."""
        assert text(same) == same

    def test_a_short_name(self) -> None:
        """An account called dev does not rewrite a device."""
        assert text("dev-device-dev", identity("dev")) == "<account>-device-<account>"

    def test_ids_by_order_of_appearance(self) -> None:
        """The same id is the same placeholder."""
        without = Normaliser(EMPTY, WHO)
        ids = ["subnet-0123456789abcdef0", "subnet-0fedcba9876543210", "subnet-0123456789abcdef0"]
        assert list(map(without.text, ids)) == ["<subnet-1>", "<subnet-2>", "<subnet-1>"]

    @pytest.mark.parametrize(
        "stranger", ["vpce-0123456789abcdef0", "vpc-0123456789abcdef0", "AROAABCDEFGHIJKLMNOPQ"]
    )
    def test_what_a_policy_lets_in(self, stranger: str) -> None:
        """An endpoint may be another account's: in a policy it stays, unless the plan shows that it is an own one."""
        said = f'{{"aws:SourceVpce": "{stranger}"}}'
        assert text(said) == said
        without = Normaliser(EMPTY, WHO)
        shown = without.text(stranger)
        assert shown.startswith("<")
        assert without.text(said) == f'{{"aws:SourceVpce": "{shown}"}}'

    def test_addresses_inside(self) -> None:
        """An address of the account's own network is its distance from the network's, with its length."""
        who = identity(networks=("10.7.0.0/16",))
        assert text("10.7.16.0/20", who) == "<network-1>+4096/20"
        assert text("10.7.0.9", who) == "<network-1>+9"
        assert text("10.8.0.0/20", who) == "10.8.0.0/20"
        assert text("10.0.0.0/8", who) == "10.0.0.0/8"

    def test_more_that_is_the_accounts_own(self) -> None:
        """Such as its email, named by who knows it."""
        who = identity(named=(("pay@example.com", "email"),))
        assert text("mailto:pay@example.com", who) == "mailto:<email>"


class TestNormalised:
    """``normalised``."""

    def test_no_trace_of_the_account(self) -> None:
        """Nothing of the identity is left in it."""
        said = json.dumps(normalised(plan_of(WHO), WHO))
        assert not [part for part in ("payments", WHO.account_id, "eu-west-1", "secret-of") if part in said]

    def test_an_own_resource_is_called_by_its_address(self) -> None:
        """However its id sorts among others."""
        found = normalised(plan_of(WHO), WHO)["aws_db_subnet_group.main"]["after"]["subnet_ids"]
        assert set(found) == {f'<aws_subnet.private["{index}"].id>' for index in range(3)}

    def test_owners_are_numbered(self) -> None:
        """An account that is given to another owner is seen."""
        raw = plan_document(WHO)
        change = raw["resource_changes"][1]["change"]
        change["before"]["tags"] = {"owner": "somebody-else"}
        found = normalised(plan_of(WHO, raw), WHO)['aws_subnet.private["0"]']
        assert found["before"]["tags"]["owner"] != found["after"]["tags"]["owner"]

    @pytest.mark.parametrize("account", ["bucket", "security", "iam", "private", "policy"])
    def test_an_account_called_as_an_argument(self, account: str) -> None:
        """Or as a part of a type is of the same class as the others."""
        assert digest_of(identity(account, 5)) == digest_of(WHO)

    def tagged(self, tags: dict[str, str], **spec: str) -> Any:
        """The tags of a new queue as they are in a class, where the spec gives some to every resource."""
        plan = replace(EMPTY, changes=(created("aws_sqs_queue.q", {"tags": tags}),))
        return normalised(plan, replace(WHO, tags=tuple(spec.items())))["aws_sqs_queue.q"]["after"]["tags"]

    def test_what_the_spec_gives_is_no_difference(self) -> None:
        """One account has a tag for its app and another has none, because their specs say so."""
        one = self.tagged({"app": "payments", "a": "b"}, app="payments")
        assert one == self.tagged({"scope": "infra", "a": "b"}, scope="infra")

    def test_a_tag_of_the_spec_that_is_missing_is_seen(self) -> None:
        """Neither one that is taken away nor one that is changed passes for the spec's."""
        whole = self.tagged({"app": "payments", "tier": "prod"}, app="payments", tier="prod")
        assert self.tagged({"tier": "prod"}, app="payments", tier="prod") != whole
        assert self.tagged({"app": "other", "tier": "prod"}, app="payments", tier="prod") != whole

    def test_versions_of_what_is_never_shown(self) -> None:
        """They follow from the content, as a digest does; that there is another one is seen."""
        one, other = (
            normalised(
                replace(
                    EMPTY, changes=(updated("a.p", {"value_wo_version": old}, {"value_wo_version": new}),)
                ),
                WHO,
            )
            for old, new in ((1, 2), (77, 9))
        )
        assert one == other
        assert one["a.p"]["before"] != one["a.p"]["after"]

    def test_what_stays_is_not_in_it(self) -> None:
        """Neither what stays nor what is read."""
        assert "aws_vpc.main" not in normalised(plan_of(WHO), WHO)


class TestClassDigest:
    """``class_digest``."""

    @settings(max_examples=60, deadline=None)
    @given(ACCOUNTS, ACCOUNTS, st.integers(0, 9))
    def test_accounts_are_one_class(self, one: Identity, other: Identity, seed: int) -> None:
        """The same stack in two accounts, with other ids, names, addresses, zones, owners and secrets."""
        raw = plan_document(other, seed=seed, email="other@example.com")
        assert digest_of(one) == digest_of(other, raw)

    @settings(max_examples=40, deadline=None)
    @given(ACCOUNTS, st.sampled_from(["Principal", "Resource", "Condition"]))
    def test_another_account_is_seen(self, who: Identity, where: str) -> None:
        """A policy that lets a foreign account in is another class."""
        raw = plan_document(who)
        given_to = {
            "Principal": {"AWS": f"arn:aws:iam::{FOREIGN}:root"},
            "Resource": f"arn:aws:s3:::{FOREIGN}",
            "Condition": {"StringEquals": {"aws:ResourceAccount": FOREIGN}},
        }
        change = next(one for one in raw["resource_changes"] if one["address"] == "aws_iam_role.reader")[
            "change"
        ]
        document = json.loads(change["after"]["assume_role_policy"])
        document["Statement"][0][where] = given_to[where]
        change["after"]["assume_role_policy"] = policy(*document["Statement"])
        assert digest_of(who, raw) != digest_of(identity())
        assert FOREIGN in json.dumps(normalised(plan_of(who, raw), who))

    @settings(max_examples=200, deadline=None)
    @given(st.data())
    def test_any_value_counts(self, data: st.DataObject) -> None:
        """One value of effect that differs is another class."""
        raw = plan_document(WHO)
        holder, key = data.draw(st.sampled_from(values(raw)))
        # What a plan says in JSON is no float.
        value = data.draw(st.one_of(st.text(max_size=8), st.integers(), st.booleans()))
        if type(holder[key]) is type(value) and holder[key] == value:
            return
        holder[key] = value
        assert digest_of(WHO, raw) != digest_of(WHO)

    @pytest.mark.parametrize("outside", ["203.0.113.0/24", "0.0.0.0/0", "10.0.0.0/8"])
    def test_an_address_outside_is_seen(self, outside: str) -> None:
        """An address outside is never taken for one inside or for another."""
        raw = plan_document(WHO)
        rules = next(one for one in raw["resource_changes"] if one["address"] == "aws_security_group.app")
        for rule in rules["change"]["after"]["ingress"]:
            rule["cidr_blocks"] = [outside]
        assert digest_of(WHO, raw) != digest_of(WHO)

    def test_an_action_counts(self) -> None:
        """What is done counts as much as to what."""
        raw = plan_document(WHO)
        raw["resource_changes"][1]["change"]["actions"] = ["delete", "create"]
        assert digest_of(WHO, raw) != digest_of(WHO)

    def test_a_value_that_becomes_unknown_counts(self) -> None:
        """Not to know a value is no value."""
        raw = plan_document(WHO)
        change = raw["resource_changes"][-1]["change"]
        del change["after"]["kms_key_id"]
        known = copy.deepcopy(raw)
        change["after_unknown"]["kms_key_id"] = True
        assert digest_of(WHO, raw) != digest_of(WHO, known)

    def test_a_tier_is_a_class_of_its_own(self) -> None:
        """Another tier asks for other approvals."""
        assert digest_of(identity(tier="dev")) != digest_of(identity(tier="prod"))

    def test_results_do_not_count(self) -> None:
        """What only AWS sets has no effect: it is one."""
        raw = plan_document(WHO)
        raw["resource_changes"][-1]["change"]["after_unknown"] = {}
        raw["resource_changes"][-1]["change"]["after"]["arn"] = "arn:aws:rds:eu-west-1:1:db:x"
        assert digest_of(WHO, raw) == digest_of(WHO)
