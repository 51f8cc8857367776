"""Who can do what: each level, each state, and what is behind it."""

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from policy_stacks import allow, deny, policy, role, stack

from landform.access.matrix import Wanted, matrix
from landform.access.model import Document, Origin, Principal, Target
from landform.access.questions import what_can_principal, who_can
from landform.access.rights import LEVELS, forms, right_to, rights_of
from landform.iam import actions as table
from landform.iam.evaluate import Verdict, evaluate
from landform.iam.identity import Request

BUCKET = ("aws_s3_bucket", "B", {"bucket": "b"})
OBJECTS = "arn:aws:s3:::b/*"
ROLE = "arn:aws:iam::111111111111:role/app"


def app(*statements, bucket=(), **arguments):
    """A role with some statements, and a bucket with some."""
    resources = [BUCKET, ("aws_iam_role", "App", role(**arguments))]
    if statements:
        resources.append(("aws_iam_role_policy", "P", {"role": "app", "policy": policy(*statements)}))
    if bucket:
        resources.append(("aws_s3_bucket_policy", "P", {"bucket": "b", "policy": policy(*bucket)}))
    return stack(*resources)


def row(holdings, *statements, who="app", **more):
    """The row of the role and the bucket."""
    rows = matrix(holdings({"ledger.app": app(*statements, **more)}))
    return next((r for r in rows if r.who.name == who and r.target.origin.type == "aws_s3_bucket"), None)


class TestMatrix:
    @pytest.mark.parametrize(
        ("action", "level"),
        [
            ("s3:ListBucket", "list"),
            ("s3:GetObject", "read"),
            ("s3:PutObject", "write"),
            ("s3:PutObjectTagging", "tag"),
            ("s3:PutBucketPolicy", "permissions"),
        ],
    )
    def test_an_action_is_of_the_level_that_aws_says(self, holdings, action, level):
        """One of each."""
        found = row(holdings, allow(action, ["arn:aws:s3:::b", OBJECTS]))

        assert {one: found.state(one) for one in LEVELS.values() if found.state(one)} == {level: "allowed"}

    def test_nothing_is_no_row(self, holdings):
        """A role without policies."""
        assert row(holdings) is None

    def test_an_action_on_objects_is_not_one_on_the_bucket(self, holdings):
        """AWS asks for the bucket's own ARN to list it."""
        assert row(holdings, allow("s3:ListBucket", OBJECTS)) is None

    def test_a_condition_is_a_guard_and_no_reason_to_say_no(self, holdings):
        """The state says so, and the decision what it asks for."""
        found = row(
            holdings, allow("s3:GetObject", OBJECTS, Condition={"StringEquals": {"aws:PrincipalTag/t": "x"}})
        )

        assert found.state("read") == "allowed if"
        assert [guard.key for guard in found.rights[0].decision.guards] == ["aws:PrincipalTag/t"]

    def test_a_deny_of_plain_http_is_no_condition(self, holdings):
        """Who asks comes over TLS; the deny is kept in what is told."""
        tls = deny("s3:*", OBJECTS, Principal="*", Condition={"Bool": {"aws:SecureTransport": "false"}})
        found = row(holdings, allow("s3:GetObject", OBJECTS), bucket=[tls])

        assert found.state("read") == "allowed"
        assert found.rights[0].decision.unless

    def test_another_deny_with_conditions_is_one(self, holdings):
        """Who asks cannot choose its network."""
        network = deny(
            "s3:*", OBJECTS, Principal="*", Condition={"StringNotEquals": {"aws:SourceVpc": "vpc-1"}}
        )
        found = row(holdings, allow("s3:GetObject", OBJECTS), bucket=[network])

        assert found.state("read") == "allowed if"

    def test_what_a_deny_takes_away_is_stopped(self, holdings):
        """The policy that gives it is a fact, and so is the one that takes it."""
        found = row(holdings, allow("s3:GetObject", OBJECTS), bucket=[deny("s3:*", OBJECTS, Principal="*")])

        assert found.state("read") == "stopped"
        assert not found.reaches
        assert found.rights[0].decision.denied_by[0].policy == "aws_s3_bucket_policy.P"

    def test_what_a_boundary_does_not_allow_is_stopped(self, holdings):
        """It is told which layer is missing."""
        limits = "arn:aws:iam::111111111111:policy/limits"
        made = app(allow(["s3:GetObject", "s3:PutObject"], OBJECTS), permissions_boundary=limits)
        made["resource"]["aws_iam_policy"] = {"L": {"name": "limits", "policy": policy(allow("s3:Get*"))}}
        rows = matrix(holdings({"ledger.app": made}), Wanted(resources="aws_s3_bucket.B"))
        (found,) = rows

        assert (found.state("read"), found.state("write")) == ("allowed", "stopped")
        assert [r.decision.missing for r in found.rights if r.state == "stopped"] == [
            ("permissions boundary",)
        ]

    def test_a_deny_of_what_was_never_given_is_nothing(self, holdings):
        """A role is not told to be stopped from what it has not."""
        found = row(
            holdings,
            allow("s3:GetObject", "arn:aws:s3:::b/in/*"),
            bucket=[deny("s3:*", OBJECTS, Principal="*")],
        )

        assert {right.actions for right in found.rights} == {("s3:GetObject",)}

    def test_an_scp_stops(self, holdings):
        """The organisation's policies are in the bundle of the management account."""
        organization = stack(
            ("aws_organizations_policy", "P", {"name": "p", "content": policy(deny("s3:GetObject"))}),
            (
                "aws_organizations_policy_attachment",
                "A",
                {"policy_id": "${aws_organizations_policy.P.id}", "target_id": "111111111111"},
            ),
        )
        stacks = {"root.org": organization, "ledger.app": app(allow("s3:GetObject", OBJECTS))}
        found = next(r for r in matrix(holdings(stacks)) if r.who.name == "app")

        assert found.state("read") == "stopped"

    @pytest.mark.parametrize(
        ("named", "state"),
        [("arn:aws:iam::111111111111:root", "allowed"), ("arn:aws:iam::111111111111:user/x", "stopped")],
    )
    def test_a_key_leaves_to_its_account_what_its_policy_says(self, holdings, named, state):
        """Without that, a role's own policy is not enough."""
        key = policy(allow("kms:*", Principal={"AWS": named}))
        use = policy(allow("kms:Decrypt", "${aws_kms_key.K.arn}"))
        made = stack(
            ("aws_kms_key", "K", {"policy": key}),
            ("aws_iam_role", "App", role()),
            ("aws_iam_role_policy", "P", {"role": "app", "policy": use}),
        )
        rows = matrix(holdings({"ledger.app": made}), Wanted(principals="app"))

        assert [found.state("write") for found in rows] == [state]

    def test_whom_only_a_resource_names_has_a_row(self, holdings):
        """A service, an account outside, everyone."""
        bucket = [
            allow("s3:PutObject", OBJECTS, Principal={"Service": "logs.amazonaws.com"}),
            allow("s3:GetObject", OBJECTS, Principal={"AWS": "999999999999"}),
            allow("s3:GetObject", "arn:aws:s3:::b/public/*", Principal="*"),
        ]
        rows = matrix(holdings({"ledger.app": app(bucket=bucket)}), Wanted(resources="aws_s3_bucket.B"))

        assert {(r.who.kind, r.who.name) for r in rows} >= {
            ("service", "logs.amazonaws.com"),
            ("account", "account 999999999999"),
            ("everyone", "everyone"),
        }

    def test_whose_principal_calls_is_no_condition_of_a_key(self, holdings):
        """KMS knows it of every request."""
        own = {"StringEquals": {"kms:CallerAccount": "111111111111"}}
        key = policy(allow("kms:*", Principal={"AWS": "arn:aws:iam::111111111111:root"}, Condition=own))
        use = policy(allow("kms:Decrypt", "${aws_kms_key.K.arn}"))
        made = stack(
            ("aws_kms_key", "K", {"policy": key}),
            ("aws_iam_role", "App", role()),
            ("aws_iam_role_policy", "P", {"role": "app", "policy": use}),
        )
        rows = matrix(holdings({"ledger.app": made}), Wanted(principals="app"))

        assert [found.state("write") for found in rows] == ["allowed"]

    def test_a_resource_policy_that_is_not_there_is_a_condition(self, holdings):
        """It may let everyone in."""
        made = app()
        made["resource"]["aws_s3_bucket_policy"] = {
            "P": {"bucket": "b", "policy": "${data.aws_iam_policy_document.d.json}"}
        }
        rows = matrix(holdings({"ledger.app": made}), Wanted(principals="everyone"))

        assert [found.state("read") for found in rows] == ["allowed if"]

    def test_accounts_under_other_guardrails_are_not_equal(self, holdings):
        """Though all that they make is."""
        organization = stack(
            ("aws_organizations_policy", "P", {"name": "p", "content": policy(deny("s3:GetObject"))}),
            (
                "aws_organizations_policy_attachment",
                "A",
                {"policy_id": "${aws_organizations_policy.P.id}", "target_id": "111111111111"},
            ),
        )
        made = app(allow("s3:GetObject", OBJECTS))
        stacks = {"root.org": organization, "ledger.app": made, "lake.app": made}
        rows = matrix(holdings(stacks), Wanted(principals="app"))

        assert {(found.accounts, found.state("read")) for found in rows} == {
            (("ledger",), "stopped"),
            (("lake",), "allowed"),
        }

    def test_a_policy_that_is_not_there_is_a_condition(self, holdings):
        """On every resource of its account."""
        made = app()
        made["resource"]["aws_iam_role_policy_attachment"] = {
            "A": {"role": "app", "policy_arn": "arn:aws:iam::111111111111:policy/elsewhere"}
        }
        rows = matrix(holdings({"ledger.app": made}), Wanted(resources="aws_s3_bucket.B"))

        assert {rows[0].state(level) for level in LEVELS.values()} == {"allowed if"}

    def test_equal_accounts_are_told_once(self, holdings):
        """With their names; a third that differs is told apart."""
        stacks = {
            f"{name}.app": stack(
                ("aws_s3_bucket", "B", {"bucket": f"b-{name}"}),
                ("aws_iam_role", "App", role()),
                (
                    "aws_iam_role_policy",
                    "P",
                    {"role": "app", "policy": policy(allow(action, f"arn:aws:s3:::b-{name}/*"))},
                ),
            )
            for name, action in (
                ("ledger", "s3:GetObject"),
                ("lake", "s3:GetObject"),
                ("root", "s3:PutObject"),
            )
        }
        rows = matrix(holdings(stacks), Wanted(resources="aws_s3_bucket.B"))

        assert sorted(r.accounts for r in rows) == [("lake", "ledger"), ("root",)]


class TestWanted:
    def test_a_stack_selects_rows_of_its_principals_and_resources(self, holdings):
        """Whatever stack the other one is in."""
        stacks = {
            "ledger.data": stack(BUCKET, ("aws_s3_bucket", "C", {"bucket": "c"})),
            "ledger.app": stack(
                ("aws_iam_role", "App", role()),
                (
                    "aws_iam_role_policy",
                    "P",
                    {"role": "app", "policy": policy(allow("s3:GetObject", OBJECTS))},
                ),
            ),
            "ledger.other": stack(
                ("aws_iam_role", "Other", role("other")),
                (
                    "aws_iam_role_policy",
                    "P",
                    {"role": "other", "policy": policy(allow("s3:GetObject", "arn:aws:s3:::c/*"))},
                ),
            ),
        }
        rows = matrix(holdings(stacks), Wanted(frozenset({"ledger.app"}), resources="aws_s3_*"))

        assert [(r.who.name, r.target.arn) for r in rows] == [("app", "arn:aws:s3:::b")]

    def test_levels_and_globs(self, holdings):
        """Each narrows."""
        found = holdings({"ledger.app": app(allow(["s3:GetObject", "s3:PutObject"], OBJECTS))})

        assert {r.level for row in matrix(found, Wanted(levels=("write",))) for r in row.rights} == {"write"}
        assert matrix(found, Wanted(principals="a?p"))
        assert not matrix(found, Wanted(principals="x*"))
        assert not matrix(found, Wanted(resources="arn:aws:sqs:*"))


class TestForms:
    @pytest.mark.parametrize(
        ("shape", "action", "expected"),
        [
            ("arn:aws:s3:::x", "s3:ListBucket", ("",)),
            ("arn:aws:s3:::x", "s3:GetObject", ("/*",)),
            ("arn:aws:s3:::x", "sqs:SendMessage", ()),
            ("arn:aws:dynamodb:eu-west-1:111111111111:table/x", "dynamodb:Query", ("", "/index/*")),
            ("arn:aws:logs:eu-west-1:111111111111:log-group:x", "logs:CreateLogStream", (":log-stream:*",)),
            ("arn:aws:logs:eu-west-1:111111111111:log-group:x", "logs:PutRetentionPolicy", ("", ":*")),
            ("arn:aws:iam::111111111111:role/x", "sts:AssumeRole", ("",)),
        ],
    )
    def test_what_an_action_is_about_follows_the_arn(self, shape, action, expected):
        """After the resource types of AWS's reference."""
        assert sorted(forms(shape, action)) == sorted(expected)


ACTIONS = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket", "s3:PutBucketPolicy")
RESOURCES = ("*", "arn:aws:s3:::b", "arn:aws:s3:::b/*", "arn:aws:s3:::b/in/*", "arn:aws:s3:::other/*")
CONDITIONS = ({}, {"Bool": {"aws:SecureTransport": "false"}}, {"StringEquals": {"aws:PrincipalTag/t": "x"}})
SETTLED = tuple(
    {"aws:SecureTransport": (tls,), "aws:PrincipalTag/t": (tag,)}
    for tls, tag in itertools.product(("true", "false"), ("x", "y"))
)
"""What a request can say of the keys of these conditions."""
statements = st.builds(
    lambda effect, actions, resources, condition: {
        "Effect": effect,
        "Action": actions,
        "Resource": resources,
        **({"Condition": condition} if condition else {}),
    },
    st.sampled_from(("Allow", "Allow", "Deny")),
    st.lists(st.sampled_from((*ACTIONS, "s3:*", "s3:Get*", "*")), min_size=1, max_size=3, unique=True),
    st.lists(st.sampled_from(RESOURCES), min_size=1, max_size=2, unique=True),
    st.sampled_from(CONDITIONS),
)
policies = st.lists(statements, min_size=1, max_size=3)


class TestAgreement:
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(identity=policies, boundary=st.none() | policies, attached=st.none() | policies)
    def test_every_answer_is_what_iam_decides(self, identity, boundary, attached):
        """The matrix, the question on one action, and the evaluation of the request that is shown."""
        principal, target = self.pair(identity, boundary, attached)
        rights = rights_of(principal.identity, target, {})
        said = {action: right for right in rights for action in right.actions}
        for action in ACTIONS:
            alone = right_to(action, principal.identity, target, {})
            assert (alone.state if alone else None) == (said[action].state if action in said else None)
            if alone and alone.state != "stopped":
                request = Request(
                    principal.identity,
                    action,
                    type(target.resource)(alone.on, target.resource.account, target.resource.policy),
                    target.context,
                )
                assert evaluate(request).verdict is alone.decision.verdict

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(identity=policies, boundary=st.none() | policies, attached=st.none() | policies)
    def test_nothing_that_iam_allows_is_left_out(self, identity, boundary, attached):
        """On the bucket, on an object of each prefix, whatever the request says of itself."""
        principal, target = self.pair(identity, boundary, attached)
        for action, below in itertools.product(ACTIONS, ("", "/x", "/in/x")):
            on_objects = forms(target.shape, action) != ("",)
            if bool(below) != on_objects:
                continue
            resource = type(target.resource)(target.arn + below, "111111111111", target.resource.policy)
            # With every condition settled, as by a request: an allow and a deny of one condition give nothing.
            verdicts = {
                evaluate(Request(principal.identity, action, resource, {**target.context, **settled})).verdict
                for settled in SETTLED
            }
            found = right_to(action, principal.identity, target, {})
            if Verdict.ALLOWED in verdicts:
                assert found
                assert found.state != "stopped"
            if verdicts == {Verdict.ALLOWED}:
                assert found.state == "allowed"

    def pair(self, identity, boundary, attached):
        """A principal and a bucket with these policies."""
        origin = Origin("ledger.app", "app", "ledger", "111111111111", "prod", "eu-west-1", "aws_x.y")
        principal = Principal(
            "role",
            ROLE,
            origin,
            (Document("identity", policy(*identity)),),
            Document("boundary", policy(*boundary)) if boundary else None,
        )
        documents = ()
        if attached:
            documents = (
                Document("bucket", policy(*({**one, "Principal": {"AWS": ROLE}} for one in attached))),
            )
        return principal, Target("arn:aws:s3:::b", "arn:aws:s3:::x", "eu-west-1", origin, documents)

    def test_who_can_and_what_can_agree_on_the_example(self, example):
        """Whatever a principal is told to be able to do, it is among those who can."""
        principal = next(
            p for p in example.principals if p.name == "acme-payments-prod-payments-ledger-settlement"
        )
        what = what_can_principal(example, principal.arn, Wanted())
        said = {
            (action, row.target.arn): right.state
            for row in what.rows
            for right in row.rights
            for action in right.actions
        }
        assert len(said) > 5
        for (action, arn), state in said.items():
            answer = who_can(example, action, arn, Wanted())
            states = [row.rights[0].state for row in answer.rows if row.who.identity.id == principal.arn]
            assert states == [state]


class TestExample:
    def test_the_ledgers_roles_can_do_what_they_were_granted_and_no_more(self, example):
        """As the example's stack says it."""
        rows = matrix(example, Wanted(principals="acme-payments-prod-payments-ledger-*"))
        said = {
            (row.who.name.rpartition("-")[2], row.target.origin.path): {
                level: state for level in LEVELS.values() if (state := row.state(level))
            }
            for row in rows
            if row.reaches
        }

        assert said == {
            ("reporting", "Ledger/Resource"): {"list": "allowed if", "read": "allowed"},
            ("reporting", "LedgerKey/Resource"): {"write": "allowed if"},
            ("settlement", "Audit/Resource"): {"write": "allowed"},
            ("settlement", "Ledger/Resource"): {"list": "allowed", "write": "allowed", "tag": "allowed"},
            ("settlement", "LedgerKey/Resource"): {"write": "allowed if"},
        }

    def test_nothing_is_open_to_everyone(self, example):
        """Nor to an account that is not the organisation's."""
        kinds = {row.who.kind for row in matrix(example) if row.reaches}

        assert kinds == {"role", "service"}

    def test_the_boundary_keeps_itself(self, example):
        """The role that applies may write policies, and not the one that bounds it."""
        rows = matrix(
            example, Wanted(principals="landform-apply", resources="*:policy/acme-permissions-boundary")
        )
        stopped = {
            a for row in rows for right in row.rights if right.state == "stopped" for a in right.actions
        }

        assert "iam:CreatePolicyVersion" in stopped

    def test_every_action_is_one_of_aws(self, example):
        """And of the level that it stands under."""
        for row in matrix(example):
            for right in row.rights:
                assert all(LEVELS[table.find_action(name).level] == right.level for name in right.actions)
