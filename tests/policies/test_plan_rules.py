"""landform's plan rules: each by its own examples, and their tables beside the shipped schema."""

import re
from itertools import chain

import pytest

from landform.org.models import PlanGuard
from landform.policies.change import created, destroyed, replaced, unchanged, updated
from landform.policies.examples import plan_problems
from landform.policies.plan_rule import PlanRule, Risk, concerns_of, example_plan
from landform.policies.plan_rules import (
    PLAN_RULES,
    access,
    exposure,
    guarded,
    holders,
    lowered,
    network,
    trust,
)
from landform.policies.plan_rules.loss import loss_table
from landform.schema.pack import shipped_pack

PACK = shipped_pack("aws")
KEEPS = re.compile(
    r"deletion_protection|skip_final|final_snapshot|final_backup|force_destroy|force_delete"
    r"|recovery_window|deletion_window|termination_protection"
)
DOCUMENT = '{{"Version":"2012-10-17","Statement":{{"Effect":"Allow",{}}}}}'


def policy(**elements):
    """A policy of one statement."""
    return DOCUMENT.format(",".join(f'"{name}":"{value}"' for name, value in elements.items()))


def said(rule, *changes, **fields):
    """The concerns of a rule about a plan."""
    return concerns_of(PLAN_RULES[rule], example_plan(*changes, **fields))


@pytest.fixture(scope="module")
def paths():
    """Every argument and block of the provider, with its type in front."""

    def walk(block, path):
        yield from (f"{path}.{name}" for name in block.attributes)
        for name, nested in block.blocks.items():
            yield f"{path}.{name}"
            yield from walk(nested.block, f"{path}.{name}")

    return frozenset(chain.from_iterable(walk(PACK.resource(type), type) for type in PACK.resource_types))


class TestEveryRule:
    """What is asked of each."""

    @pytest.mark.parametrize("rule", PLAN_RULES.values(), ids=lambda rule: rule.id)
    def test_its_examples(self, rule):
        """It speaks of what is bad, is silent about what is good, and has both."""
        assert plan_problems(rule) == ()

    @pytest.mark.parametrize("rule", PLAN_RULES.values(), ids=lambda rule: rule.id)
    def test_its_words(self, rule):
        """The title is a line, reasons and remedies are sentences."""
        assert rule.id.startswith("LF_PLAN_")
        assert not rule.title.endswith(".")
        assert rule.rationale.endswith(".")
        assert rule.remediation.endswith(".")

    @pytest.mark.parametrize("rule", PLAN_RULES.values(), ids=lambda rule: rule.id)
    def test_its_concerns(self, rule):
        """Each goes on after an address, and names a resource of the plan or none."""
        for plan in rule.bad:
            for concern in concerns_of(rule, plan):
                assert not concern.message.endswith(".")
                assert concern.message[0].islower() or concern.message[0].isdigit()


class TestLossTable:
    """``loss_table``."""

    def test_no_type_is_forgotten(self):
        """A type that has something to keep it from being lost is in the table, whatever the provider adds."""
        keeps = {t for t in PACK.resource_types if any(map(KEEPS.search, PACK.resource(t).attributes))}
        assert keeps - loss_table().keys() == set()

    def test_every_type_is_the_providers(self):
        """A misspelt type would be one that is lost unseen."""
        assert loss_table().keys() - {*PACK.resource_types} == set()

    def test_the_words_of_a_loss(self):
        """What is lost is named, and whether something of it is kept."""
        (concern,) = said("LF_PLAN_DATA_LOSS", destroyed("aws_db_instance.d", {"skip_final_snapshot": True}))
        assert concern.message == "is destroyed, without a last snapshot: the database is lost"
        assert (concern.risk, concern.keys) == (Risk.R4, ("skip_final_snapshot",))

    @pytest.mark.parametrize("type", [t for t, kept in loss_table().items() if kept.loss == "data"])
    def test_each_type_with_data(self, type):
        """To destroy it, or to make it again, is of the highest class."""
        for change in (destroyed(f"{type}.x", {}), replaced(f"{type}.x", {"a": 1}, {"a": 2})):
            assert [concern.risk for concern in said("LF_PLAN_DATA_LOSS", change)] == [Risk.R4]

    @pytest.mark.parametrize("type", [t for t, kept in loss_table().items() if kept.loss == "identity"])
    def test_each_type_that_others_know(self, type):
        """Its id is gone for good."""
        assert [c.risk for c in said("LF_PLAN_IDENTITY_LOSS", destroyed(f"{type}.x", {}))] == [Risk.R4]


class TestTables:
    """The tables of arguments."""

    @pytest.mark.parametrize("table", ["DELETION", "ENCRYPTION", "LOGGING", "RECOVERY"])
    def test_guarded_arguments_are_the_providers(self, table, paths):
        """A pattern that meets no argument guards nothing."""
        rows = getattr(guarded, table)
        idle = [row.pattern for row in rows if not any(map(lowered.matcher(row.pattern), paths))]
        assert idle == []

    def test_opening_arguments_are_the_providers(self, paths):
        """What is behind a map's name is a key of it."""
        asked = {f"{type}.{path}" for type, path in exposure.EXPOSES}
        asked |= {f"{type}.{path}" for type, path in [*trust.ARGUMENTS, *trust.SWITCHES, *holders.LISTS]}
        assert {path for path in asked if path not in paths and path.rpartition(".")[0] not in paths} == set()

    def test_types_are_the_providers(self):
        """Of every table."""
        named = {
            *network.CONNECTS, *network.SINGLE_RULES, *network.ROUTES, *trust.WHOLE, *holders.ATTACHMENTS,
            *access.OPAQUE, *guarded.ENCRYPTION_TYPES, *guarded.LOGGING_TYPES, *guarded.RECOVERY_TYPES,
        }  # fmt: skip
        assert named - {*PACK.resource_types} == set()


class TestChange:
    """``LF_PLAN_CHANGE``."""

    @pytest.mark.parametrize(
        ("change", "risk"),
        [
            (unchanged("aws_x.a", {"a": 1}), None),
            (
                updated("aws_x.a", {"tags": {}, "a": 1}, {"tags": {"b": "c"}, "a": 1}, {"tags_all": True}),
                None,
            ),
            (created("aws_x.a", {}), Risk.R1),
            (updated("aws_x.a", {"a": 1}, {"a": 2}), Risk.R2),
            (updated("aws_x.a", {"a": 1}, {}, {"a": True}), Risk.R2),
            (destroyed("aws_x.a", {}), Risk.R2),
            (replaced("aws_x.a", {"a": 1}, {"a": 2}), Risk.R2),
        ],
    )
    def test_the_class_of_an_action(self, change, risk):
        """Tags alone are nothing; what is made is R1; every other change is R2."""
        assert [c.risk for c in said("LF_PLAN_CHANGE", change)] == ([] if risk is None else [risk])

    def test_many_are_told_once(self):
        """A review lists them itself."""
        (concern,) = said("LF_PLAN_CHANGE", *(created(f"aws_x.a{n}", {}) for n in range(3)))
        assert concern.message == "3 resources are made"


class TestAccess:
    """``LF_PLAN_ACCESS`` and ``LF_PLAN_UNPROVEN``."""

    ROLE = unchanged("aws_iam_role.r", {"name": "worker", "arn": "arn:aws:iam::111111111111:role/worker"})

    def test_the_witness_is_a_request(self):
        """An action of today, on a resource."""
        before = {"role": "worker", "policy": policy(Action="s3:GetObject", Resource="arn:aws:s3:::a/*")}
        after = {"role": "worker", "policy": policy(Action="s3:*Object", Resource="arn:aws:s3:::a/*")}
        (concern,) = said("LF_PLAN_ACCESS", self.ROLE, updated("aws_iam_role_policy.p", before, after))
        assert concern.risk is Risk.R3
        assert concern.address == "aws_iam_role_policy.p"
        assert re.match(r"s3:\w+Object on arn:aws:s3:::a/", concern.witness)

    def test_a_deny_of_another_policy_goes(self):
        """The policies of one identity are judged together."""
        reads = {"role": "worker", "policy": policy(Action="s3:GetObject", Resource="*")}
        deny = {"role": "worker", "policy": policy(Action="s3:*", Resource="*").replace("Allow", "Deny")}
        found = said(
            "LF_PLAN_ACCESS",
            self.ROLE,
            unchanged("aws_iam_role_policy.p", reads),
            destroyed("aws_iam_role_policy.d", deny),
        )
        assert [concern.address for concern in found] == ["aws_iam_role_policy.p"]

    def test_an_attachment_by_reference(self):
        """A policy and a role that are both made by the plan find each other by the stack's references."""
        config = {
            "resource": {
                "aws_iam_role_policy_attachment": {
                    "a": {"role": "${aws_iam_role.n.name}", "policy_arn": "${aws_iam_policy.p.arn}"}
                }
            }
        }
        found = said(
            "LF_PLAN_ACCESS",
            created("aws_iam_role.n", {"name": "new"}),
            created(
                "aws_iam_policy.p", {"policy": policy(Action="s3:GetObject", Resource="*")}, {"arn": True}
            ),
            created("aws_iam_role_policy_attachment.a", {"role": "new"}, {"policy_arn": True}),
            config=config,
        )
        assert [(c.address, c.message.startswith("lets new do s3:GetObject")) for c in found] == [
            ("aws_iam_policy.p", True)
        ]

    def test_administrator(self):
        """The one policy of AWS's whose content is known by its name."""
        arn = "arn:aws:iam::aws:policy/AdministratorAccess"
        change = created("aws_iam_role_policy_attachment.a", {"role": "worker", "policy_arn": arn})
        assert len(said("LF_PLAN_ACCESS", self.ROLE, change)) == 1
        assert said("LF_PLAN_UNPROVEN", self.ROLE, change) == ()

    def test_an_attached_policy_that_nobody_has_seen(self):
        """It may allow anything."""
        values = {"role": "worker", "policy_arn": "arn:aws:iam::111111111111:policy/theirs"}
        (concern,) = said("LF_PLAN_UNPROVEN", created("aws_iam_role_policy_attachment.a", values))
        assert "theirs, which is not in the plan" in concern.message

    def test_an_attachment_that_stays(self):
        """What it allows, it allowed before."""
        values = {"role": "worker", "policy_arn": "arn:aws:iam::111111111111:policy/theirs"}
        assert said("LF_PLAN_UNPROVEN", unchanged("aws_iam_role_policy_attachment.a", values)) == ()

    def test_a_new_key_that_its_account_rules(self):
        """The answer is left to the policies of identities."""
        own = policy(Action="kms:*", Resource="*").replace(
            '"Effect"', '"Principal":{"AWS":"arn:aws:iam::111111111111:root"},"Effect"'
        )
        assert said("LF_PLAN_ACCESS", created("aws_kms_key.k", {"policy": own})) == ()
        other = own.replace("111111111111", "999999999999")
        assert len(said("LF_PLAN_ACCESS", created("aws_kms_key.k", {"policy": other}))) == 1

    def test_everyone(self):
        """A policy that asks nothing of who calls."""
        text = policy(Action="sqs:SendMessage", Resource="*", Principal="*")
        (concern,) = said("LF_PLAN_ACCESS", created("aws_sqs_queue_policy.p", {"policy": text}))
        assert concern.message == "lets everyone do sqs:SendMessage, and nothing is asked of them"

    def test_a_permission_of_a_function(self):
        """A statement of a function's policy, written argument by argument."""
        values = {"principal": "*", "action": "lambda:InvokeFunction", "function_name": "f"}
        assert len(said("LF_PLAN_ACCESS", created("aws_lambda_permission.p", values))) == 1

    @pytest.mark.parametrize("type", sorted(holders.POLICY_PLACES))
    def test_an_unknown_policy_is_never_of_a_low_class(self, type):
        """Of every type that has one, where the stack sets it or cannot be asked."""
        for _, path in holders.POLICY_PLACES[type]:
            unknown = True
            for step in reversed(path.split(".")):
                unknown = {step: unknown}
            risks = [c.risk for c in said("LF_PLAN_UNPROVEN", created(f"{type}.x", {}, unknown))]
            assert risks
            assert min(risks) >= Risk.R3


class TestMass:
    """``LF_PLAN_MASS``."""

    def test_a_replacement_counts_for_both(self):
        """It destroys, and it changes."""
        limits = PlanGuard(max_destroy=0, max_changes=0)
        found = said("LF_PLAN_MASS", replaced("aws_x.a", {"a": 1}, {"a": 2}), limits=limits)
        assert [(concern.risk, concern.refused) for concern in found] == [(Risk.R4, True), (Risk.R3, True)]

    def test_what_is_made_does_not_count(self):
        """Else no stack could ever be applied for the first time."""
        assert said("LF_PLAN_MASS", created("aws_x.a", {}), limits=PlanGuard(max_changes=0)) == ()


class TestForeign:
    """``LF_PLAN_FOREIGN``."""

    @pytest.mark.parametrize(
        ("arn", "refused"),
        [
            ("arn:aws:sqs:eu-west-1:111111111111:q", False),
            ("arn:aws:iam::111111111111:role/r", False),
            ("arn:aws:s3:::bucket", False),
            ("arn:aws:acm:us-east-1:111111111111:certificate/c", False),
            ("arn:aws:sqs:eu-north-1:111111111111:q", True),
            ("arn:aws:sqs:eu-west-1:999999999999:q", True),
        ],
    )
    def test_where_a_resource_is(self, arn, refused):
        """Account and region are those of its ARN."""
        found = said("LF_PLAN_FOREIGN", updated("aws_x.a", {"arn": arn, "n": 1}, {"arn": arn, "n": 2}))
        assert [concern.refused for concern in found] == [True] * refused

    def test_a_region_of_the_stacks_providers(self):
        """A replica is where its provider says."""
        config = {"provider": {"aws": [{"region": "eu-west-1"}, {"alias": "b", "region": "eu-north-1"}]}}
        values = {"arn": "arn:aws:sqs:eu-north-1:111111111111:q"}
        assert said("LF_PLAN_FOREIGN", updated("aws_x.a", values, {**values, "n": 1}), config=config) == ()


class TestConcernsOf:
    """``concerns_of``."""

    @pytest.mark.parametrize("said", [["words"], [True], [None]])
    def test_what_is_no_concern(self, said):
        """It would look like silence, which is a pass."""
        rule = PlanRule(id="A_B", title="t", rationale="r", remediation="m", judge=lambda view: said)
        with pytest.raises(TypeError):
            concerns_of(rule, example_plan())
