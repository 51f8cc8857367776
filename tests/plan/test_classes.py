"""Plans folded into classes."""

from __future__ import annotations

import random
from typing import Any

from plan_documents import FOREIGN, identity, judged, plan_document, policy

from landform.plan.classes import Difference, fold, leaves
from landform.plan.normalise import Identity
from landform.plan.plan_set import JudgedPlan
from landform.policies.plan_rule import Risk


def fleet(count: int, **tiers: str) -> tuple[dict[str, JudgedPlan], dict[str, Identity]]:
    """The stack ``app`` in some accounts."""
    who = [identity(f"acc{n:03}", n + 1) for n in range(count)]
    identities = {f"{one.account}.app": one for one in who}
    return {name: judged(one) for name, one in identities.items()}, identities


def with_policy(who: Identity, *statements: Any) -> dict[str, Any]:
    """The stack's plan with another policy of its role."""
    raw = plan_document(who)
    change = next(one for one in raw["resource_changes"] if one["address"] == "aws_iam_role_policy.reader")[
        "change"
    ]
    change["after"]["policy"] = policy(*statements)
    return raw


class TestFold:
    """``fold``."""

    def test_equal_plans_are_one_class(self) -> None:
        """Forty accounts are one line."""
        plans, identities = fleet(40)
        (only,) = fold(plans, identities)
        assert only.members == tuple(sorted(plans))
        assert (only.counts.add, only.counts.change, only.counts.replace) == (3, 5, 1)
        assert only.norm is None

    def test_an_outlier(self) -> None:
        """The account that does something else is named, with what it is that differs and nothing else."""
        plans, identities = fleet(5)
        who = identities["acc003.app"]
        grant = {"Effect": "Allow", "Action": "s3:*", "Resource": f"arn:aws:s3:::{FOREIGN}"}
        plans["acc003.app"] = judged(who, with_policy(who, grant), risk=Risk.R3)
        first, second = fold(plans, identities)
        assert first.members == ("acc003.app",)
        assert (first.risk, first.norm) == (Risk.R3, second.digest)
        assert {one.address for one in first.differences} == {"aws_iam_role_policy.reader"}
        assert Difference(
            "aws_iam_role_policy.reader",
            "after.policy.Statement[0].Resource",
            "arn:aws:s3:::acme-<account>-logs-<account-id>-<region>/*",
            f"arn:aws:s3:::{FOREIGN}",
        ) in first.differences  # fmt: skip

    def test_a_resource_that_others_do_not_change(self) -> None:
        """Is told by its address and what is done."""
        plans, identities = fleet(3)
        who = identities["acc001.app"]
        raw = plan_document(who)
        raw["resource_changes"].pop()
        plans["acc001.app"] = judged(who, raw)
        outlier = next(one for one in fold(plans, identities) if one.norm)
        assert outlier.differences == (Difference("aws_db_instance.db", "action", "create", None),)

    def test_another_terraform(self) -> None:
        """Is a difference, too."""
        plans, identities = fleet(3)
        who = identities["acc001.app"]
        plans["acc001.app"] = judged(who, {**plan_document(who), "terraform_version": "1.12.0"})
        outlier = next(one for one in fold(plans, identities) if one.norm)
        assert outlier.differences == (Difference("", "terraform_version", "1.11.4", "1.12.0"),)

    def test_a_plan_that_does_nothing_is_no_norm(self) -> None:
        """Most accounts have nothing to do: what the others do is compared with each other."""
        plans, identities = fleet(5)
        for name in list(plans)[:4]:
            plans[name] = judged(
                identities[name], {**plan_document(identities[name]), "resource_changes": []}
            )
        assert [(one.norm, len(one.members)) for one in fold(plans, identities)] == [(None, 4), (None, 1)]

    def test_the_riskiest_first(self) -> None:
        """Then the biggest."""
        plans, identities = fleet(6)
        for name, wanted in (("acc001.app", Risk.R4), ("acc002.app", Risk.R2)):
            who = identities[name]
            plans[name] = judged(who, with_policy(who, {"Sid": wanted.name}), risk=wanted)
        assert [(one.risk, len(one.members)) for one in fold(plans, identities)] == [
            (Risk.R4, 1),
            (Risk.R2, 1),
            (Risk.R1, 4),
        ]

    def test_the_order_of_plans_does_not_matter(self) -> None:
        """Equal input, equal classes."""
        plans, identities = fleet(8)
        who = identities["acc007.app"]
        plans["acc007.app"] = judged(who, with_policy(who))
        mixed = dict(random.Random(1).sample(list(plans.items()), 8))
        assert fold(mixed, identities) == fold(plans, identities)

    def test_the_risk_is_the_highest_of_any(self) -> None:
        """One member's risk is the class's."""
        plans, identities = fleet(3)
        plans["acc002.app"] = judged(identities["acc002.app"], risk=Risk.R4)
        assert [one.risk for one in fold(plans, identities)] == [Risk.R4]


class TestLeaves:
    """``leaves``."""

    def test_json_in_texts_is_read(self) -> None:
        """And what is empty is no value."""
        assert leaves({"p": '{"a": [1, {"b": true}]}', "n": None, "e": [], "t": "{x"}) == {
            "p.a[0]": 1,
            "p.a[1].b": True,
            "t": "{x",
        }
