import re

import pytest
from reading import at, built, paths, stack_of, statements

from landform.constructs.iam import ImportedRole, Policy, Role, Trust
from landform.constructs.iam.role import FORBIDDEN_POLICIES
from landform.constructs.kms import Key
from landform.core import App
from landform.errors import Code, LandformError
from landform.iam import Condition, Principal, Statement
from landform.iam.evaluate import Verdict, evaluate
from landform.iam.identity import Identity, Request, Resource
from landform.iam.policy import parse_policy
from landform.iam.services import WITHOUT_SOURCE_ACCOUNT

GLUE = [Trust.service("glue.amazonaws.com")]
SIGNED_IN = "arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com"
DEPLOYER = "arn:aws:iam::111111111111:role/acme-deployer"
PUBLISH = Statement("Publish", ("sns:Publish",), ("arn:aws:sns:eu-west-1:012345678901:settled",))


def reader(**arguments):
    return lambda stack: Role(stack, "Reader", **{"trust": GLUE, **arguments})


def trusted(*trust):
    """The statements of the trust policy of a role with this trust."""
    return statements(built(reader(trust=trust)), "Reader/Resource", "assume_role_policy")


def assumed(who, *, organization_id):
    """Whether a principal of an organisation, whose own policies let it, may assume a role that trusts people."""
    trust = Trust.permission_set("Read", account_id="111111111111", organization_id="o-1")
    policy = at(built(reader(trust=[trust])), "Reader/Resource")["assume_role_policy"]
    own = parse_policy('{"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}}')
    return evaluate(
        Request(
            Identity(who, policies=(own,)),
            "sts:AssumeRole",
            Resource("arn:aws:iam::012345678901:role/reader", policy=parse_policy(policy)),
            {"aws:PrincipalOrgID": (organization_id,)},
        )
    ).verdict


class TestRole:
    def test_it_carries_the_accounts_boundary(self):
        """What the role can do at most is not its own to say."""
        assert at(built(reader()), "Reader/Resource")["permissions_boundary"] == (
            "arn:aws:iam::012345678901:policy/acme-permissions-boundary"
        )

    def test_a_role_can_stand_above_the_boundary(self):
        """Only where it is said."""
        assert "permissions_boundary" not in at(built(reader(boundary=False)), "Reader/Resource")

    def test_a_session_lasts_an_hour(self):
        """In seconds, as AWS has it."""
        assert at(built(reader()), "Reader/Resource")["max_session_duration"] == 3600

    @pytest.mark.parametrize("hours", [0, 13, -1, 1.5, True, "2"])
    def test_a_session_that_aws_refuses(self, hours):
        """1 to 12 whole hours."""
        with pytest.raises(LandformError, match="hours a session may last") as caught:
            built(reader(max_session_hours=hours))

        assert (caught.value.given, caught.value.expected) == (repr(hours), "1 to 12")
        assert caught.value.place.file == "test_iam_role.py"

    def test_a_role_nobody_may_assume_is_refused(self):
        """AWS refuses an empty trust policy."""
        with pytest.raises(LandformError, match="needs someone who may assume it") as caught:
            built(reader(trust=[]))

        assert caught.value.code is Code.ARGUMENT_VALUE
        assert caught.value.place.file == "test_iam_role.py"

    @pytest.mark.parametrize("name", ["no good", "a/b", "x" * 65, "r\u00f4le", "a:b"])
    def test_a_name_that_aws_refuses(self, name):
        """64 characters of those IAM takes."""
        with pytest.raises(LandformError, match="refuse this role name") as caught:
            built(reader(role_name=name))

        assert caught.value.given == repr(name)
        assert caught.value.place.file == "test_iam_role.py"

    def test_its_arn_is_literal(self):
        """So that policies of other stacks and accounts can name it."""
        kept = []
        built(lambda stack: kept.append(reader()(stack)))

        assert kept[0].arn == "arn:aws:iam::012345678901:role/acme-payments-prod-data-lake-reader"

    def test_without_grants_it_has_no_policy(self):
        """AWS refuses an empty one."""
        assert "aws_iam_role_policy" not in built(reader())["resource"]

    def test_all_grants_are_one_policy(self):
        """One inline policy, which goes with the role."""

        def build(stack):
            role = reader()(stack)
            role.add_to_policy(PUBLISH)
            role.add_to_policy(Statement("Ask", ("sts:GetCallerIdentity",)))

        document = built(build)

        assert paths(document, "aws_iam_role_policy") == ["Reader/Policy"]
        assert statements(document, "Reader/Policy").keys() == {"Publish", "Ask"}

    def test_more_grants_than_aws_takes_are_refused(self):
        """With both numbers, on the line of the role."""
        wide = Statement("Publish", ("sns:Publish",), tuple(f"arn:aws:sns:::{n:040}" for n in range(300)))

        with pytest.raises(LandformError, match="role policy is longer than AWS takes") as caught:
            built(lambda stack: reader()(stack).add_to_policy(wide))

        assert caught.value.expected == "at most 10240"
        assert caught.value.place.file == "test_iam_role.py"


def publishing(*numbers):
    """Grants on topics, each of a topic of its own under a condition of its own, so that none are merged."""
    return [
        Statement(
            f"Publish{n}",
            ("sns:Publish",),
            (f"arn:aws:sns:eu-west-1:012345678901:topic-{n}-{'x' * 100}",),
            conditions=(Condition("StringEquals", "aws:ResourceTag/n", (str(n),)),),
        )
        for n in numbers
    ]


def written(*granted, **arguments):
    """Where each statement of a role stands, by its id: the construct path of the policy."""

    def build(stack):
        role = reader(**arguments)(stack)
        for statement in granted:
            role.add_to_policy(statement)

    document = built(build)
    policies = [*paths(document, "aws_iam_role_policy"), *paths(document, "aws_iam_policy")]
    return {sid: path for path in policies for sid in statements(document, path)}


class TestManyGrants:
    def test_what_the_inline_policy_has_no_room_for_stands_in_managed_ones(self):
        """Each as long as AWS takes, and none longer."""
        role = written(*publishing(*range(80)))

        assert sorted(set(role.values())) == [
            "Reader/Grants2/Policy/Resource",
            "Reader/Grants3/Policy/Resource",
            "Reader/Policy",
        ]

    def test_each_policy_is_attached(self):
        """A policy that no role carries allows nothing."""

        def build(stack):
            role = reader()(stack)
            for statement in publishing(*range(80)):
                role.add_to_policy(statement)

        document = built(build)

        assert [
            at(document, f"Reader/Grants{n}/Attachment")["policy_arn"].split(".")[1][:15] for n in (2, 3)
        ] == ["Reader_Grants2_", "Reader_Grants3_"]

    def test_nothing_is_lost(self):
        """Every statement stands once."""
        granted = publishing(*range(150))

        assert written(*granted).keys() == {statement.sid for statement in granted}

    @pytest.mark.parametrize("count", [40, 60, 100])
    def test_a_grant_more_moves_no_other(self, count):
        """Moved, it would be missing while Terraform applies."""
        granted = publishing(*range(count + 1))

        assert written(*granted).items() >= written(*granted[:-1]).items()

    def test_a_grant_among_the_first_moves_few(self):
        """Those alone that no longer fit before the end of their policy."""
        granted = publishing(*range(100))
        before, after = written(*granted), written(*granted[:3], *publishing(500), *granted[3:])

        assert sum(before[sid] != after[sid] for sid in before) <= 3

    def test_a_small_grant_fills_what_room_there_is(self):
        """No policy is made for it."""
        small = Statement("Ask", ("sts:GetCallerIdentity",))

        assert written(*publishing(*range(60)), small)["Ask"] == "Reader/Policy"

    def test_the_same_grant_joins_its_statement(self):
        """In the policy where it stands, though an earlier one has room for it."""
        wide = publishing(*range(40))
        again = Statement("Ask", ("sns:Publish",), ("arn:aws:sns:eu-west-1:012345678901:a",))
        first = Statement("Ask", ("sns:Publish",), (f"arn:aws:sns:eu-west-1:012345678901:{'x' * 1500}",))

        def build(stack):
            role = reader()(stack)
            for statement in (*wide, first, again):
                role.add_to_policy(statement)

        policy = statements(built(build), "Reader/Grants2/Policy/Resource")

        assert len(policy["Ask"]["Resource"]) == 2

    def test_references_count_as_what_aws_will_put_there(self):
        """Otherwise a policy that fits here would be refused there."""

        def build(stack):
            role = reader()(stack)
            for n in range(20):
                Key(stack, f"K{n}").grants.decrypt(role, via=f"service{n}.eu-west-1.amazonaws.com")

        document = built(build)
        inline = at(document, "Reader/Policy")["policy"]
        arn = "arn:aws:kms:eu-west-1:012345678901:key/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f"

        assert len(re.sub(r"\$\{[^}]*\}", arn, inline)) <= 10_240

    def test_ten_managed_policies_are_the_most(self):
        """With the role's line, and what to do."""
        with pytest.raises(LandformError, match="more managed policies than AWS takes") as caught:
            written(*publishing(*range(400)), managed_policies=["SecurityAudit"])

        assert caught.value.given.startswith("11 managed policies")
        assert caught.value.expected == "at most 10"
        assert caught.value.place.file == "test_iam_role.py"

    def test_managed_policies_of_the_user_count(self):
        """Ten are taken, eleven are not."""
        with pytest.raises(LandformError, match="more managed policies than AWS takes"):
            built(reader(managed_policies=[f"job-function/Job{n}" for n in range(11)]))


class TestStatementsOfARole:
    @pytest.mark.parametrize("action", ["*", "s3:*", "s3:Get*", "s3:GetObjec?"])
    def test_a_wildcard_action_is_refused(self, action):
        """The next action that AWS makes would be allowed too."""
        with pytest.raises(LandformError, match="names each action it allows") as caught:
            built(lambda stack: reader()(stack).add_to_policy(Statement("Wide", (action,), ("arn:x",))))

        assert caught.value.given == action
        assert caught.value.place.construct_path == "payments-prod.data-lake/Reader"

    def test_everything_but_something_is_refused(self):
        """NotAction with Allow is a wildcard in other words."""
        with pytest.raises(LandformError, match="names each action it allows") as caught:
            built(
                lambda stack: reader()(stack).add_to_policy(
                    Statement("Most", not_actions=("iam:CreateUser",), resources=("arn:x",))
                )
            )

        assert caught.value.given == "everything but iam:CreateUser"

    def test_every_resource_is_refused_where_the_action_takes_one(self):
        """It is also what a statement without resources says."""
        with pytest.raises(LandformError, match="names the resources") as caught:
            built(
                lambda stack: reader()(stack).add_to_policy(
                    Statement("Read", ("s3:GetObject", "s3:ListAllMyBuckets"))
                )
            )

        assert caught.value.given == "s3:GetObject on *"

    def test_every_resource_is_taken_where_the_action_takes_none(self):
        """``s3:ListAllMyBuckets`` is allowed on everything or not at all."""
        document = built(
            lambda stack: reader()(stack).add_to_policy(Statement("List", ("s3:ListAllMyBuckets",)))
        )

        assert statements(document, "Reader/Policy")["List"]["Resource"] == "*"

    def test_every_resource_is_taken_under_a_condition(self):
        """A tag says which resources."""
        tagged = Condition("StringEquals", "aws:ResourceTag/team", ("payments",))
        start = Statement("Start", ("ec2:StartInstances",), conditions=(tagged,))

        document = built(lambda stack: reader()(stack).add_to_policy(start))

        assert statements(document, "Reader/Policy")["Start"]["Resource"] == "*"

    def test_a_statement_that_denies_may_be_wide(self):
        """Denying more is never a risk of access."""
        document = built(
            lambda stack: reader()(stack).add_to_policy(Statement("Deny", ("iam:*",), effect="Deny"))
        )

        assert statements(document, "Reader/Policy")["Deny"]["Action"] == "iam:*"


class TestManagedPolicies:
    @pytest.mark.parametrize(
        ("given", "arn"),
        [
            ("SecurityAudit", "arn:aws:iam::aws:policy/SecurityAudit"),
            ("job-function/ViewOnlyAccess", "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"),
            ("arn:aws:iam::012345678901:policy/own", "arn:aws:iam::012345678901:policy/own"),
        ],
    )
    def test_one_by_name_or_arn(self, given, arn):
        """AWS's own by name, any other by ARN."""
        document = built(reader(managed_policies=[given]))
        (path,) = paths(document, "aws_iam_role_policy_attachment")

        assert at(document, path)["policy_arn"] == arn

    def test_a_policy_of_the_stack_is_attached_by_reference(self):
        """So that Terraform makes the policy before it is attached."""

        def build(stack):
            policy = Policy(stack, "Shared", statements=[PUBLISH])
            reader(managed_policies=[policy])(stack)

        attachment = at(built(build), "Reader/ManagedPolicies/Shared")

        assert attachment["policy_arn"].startswith("${aws_iam_policy.Shared_")

    @pytest.mark.parametrize("name", FORBIDDEN_POLICIES)
    @pytest.mark.parametrize("form", ["{}", "arn:aws:iam::aws:policy/{}"])
    def test_one_that_allows_everything_is_refused(self, name, form):
        """By name or ARN."""
        with pytest.raises(LandformError, match="allows everything") as caught:
            built(reader(managed_policies=[form.format(name)]))

        assert caught.value.given == form.format(name)
        assert caught.value.place.file == "test_iam_role.py"


class TestTrust:
    def test_a_service_is_trusted_for_this_account_alone(self):
        """Otherwise anyone's resource could make the service use the role."""
        assert trusted(Trust.service("glue.amazonaws.com")) == {
            "TrustGlue": {
                "Sid": "TrustGlue",
                "Effect": "Allow",
                "Principal": {"Service": "glue.amazonaws.com"},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"aws:SourceAccount": "012345678901"}},
            }
        }

    def test_a_source_arn_narrows_it_to_a_resource(self):
        """Beside the account, not in its place."""
        arn = "arn:aws:ec2:eu-west-1:012345678901:vpc-flow-log/*"
        (statement,) = trusted(Trust.service("vpc-flow-logs.amazonaws.com", source_arn=arn)).values()

        assert statement["Condition"] == {
            "ArnLike": {"aws:SourceArn": arn},
            "StringEquals": {"aws:SourceAccount": "012345678901"},
        }

    @pytest.mark.parametrize("service", WITHOUT_SOURCE_ACCOUNT)
    def test_a_service_that_sends_no_account_is_trusted_without(self, service):
        """With the condition it could never assume the role."""
        (statement,) = trusted(Trust.service(service)).values()

        assert "Condition" not in statement

    def test_a_role_is_trusted_while_it_is_in_the_organisation(self):
        """An account that left takes no role along."""
        assert trusted(Trust.role(DEPLOYER, organization_id="o-a1b2c3d4e5"))["TrustRole"] == {
            "Sid": "TrustRole",
            "Effect": "Allow",
            "Principal": {"AWS": DEPLOYER},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
        }

    def test_a_permission_set_is_trusted_by_its_account_and_its_role(self):
        """The role's name has an end that AWS chooses, and its path may name a region."""
        trust = Trust.permission_set("ReadOnly", account_id="111111111111", organization_id="o-a1b2c3d4e5")
        path = "arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com"

        assert trusted(trust)["TrustPermissionSet"] == {
            "Sid": "TrustPermissionSet",
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::111111111111:root"},
            "Action": "sts:AssumeRole",
            "Condition": {
                "ArnLike": {
                    "aws:PrincipalArn": [
                        f"{path}/*/AWSReservedSSO_ReadOnly_????????????????",
                        f"{path}/AWSReservedSSO_ReadOnly_????????????????",
                    ]
                },
                "StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"},
            },
        }

    @pytest.mark.parametrize(
        ("role", "verdict"),
        [
            (f"{SIGNED_IN}/eu-west-1/AWSReservedSSO_Read_0123456789abcdef", Verdict.ALLOWED),
            (f"{SIGNED_IN}/AWSReservedSSO_Read_fedcba9876543210", Verdict.ALLOWED),
            (f"{SIGNED_IN}/eu-west-1/AWSReservedSSO_Operator_0123456789abcdef", Verdict.DENIED),
            (f"{SIGNED_IN}/eu-west-1/AWSReservedSSO_Read_Only_0123456789abcdef", Verdict.DENIED),
            (f"{SIGNED_IN}/eu-west-1/AWSReservedSSO_read_0123456789abcdef", Verdict.DENIED),
            (
                f"{SIGNED_IN.replace('111111111111', '222222222222')}/AWSReservedSSO_Read_0123456789abcdef",
                Verdict.DENIED,
            ),
            ("arn:aws:iam::111111111111:role/AWSReservedSSO_Read_0123456789abcdef", Verdict.DENIED),
            ("arn:aws:iam::111111111111:role/eu-west-1/AWSReservedSSO_Read_0123456789abcdef", Verdict.DENIED),
            ("arn:aws:iam::111111111111:user/Read", Verdict.DENIED),
        ],
    )
    def test_people_of_the_permission_set_alone_may_assume_it(self, role, verdict):
        """Not another set's, not one whose name begins alike, not who has named a role of their own so."""
        assert assumed(role, organization_id="o-1") is verdict

    def test_a_role_says_that_it_trusts_an_account(self):
        """checkov looks at the principal alone, so whoever reads its finding is told."""
        people = Trust.permission_set("Read", account_id="111111111111", organization_id="o-1")
        (off,) = stack_of(reader(trust=[*GLUE, people])).switched_off

        assert (off.construct.node.id, off.checks) == ("Reader", ("CKV_AWS_61",))
        assert stack_of(reader()).switched_off == []

    def test_people_of_an_account_that_left_may_not(self):
        """The permission set is another organisation's then."""
        role = f"{SIGNED_IN}/AWSReservedSSO_Read_0123456789abcdef"

        assert assumed(role, organization_id="o-2") is Verdict.DENIED

    @pytest.mark.parametrize("name", ["", "*", "Read?", "a/b", "x" * 33])
    def test_what_is_no_permission_set_is_refused(self, name):
        """A pattern would be many."""
        with pytest.raises(LandformError, match="refuse this name of a permission set") as caught:
            Trust.permission_set(name, account_id="111111111111", organization_id="o-1")

        assert caught.value.place.file == "test_iam_role.py"

    @pytest.mark.parametrize("account_id", ["*", "1", "11111111111?"])
    def test_what_is_no_account_is_refused(self, account_id):
        """Every account's people would be everyone."""
        with pytest.raises(LandformError, match="refuse this id of an account") as caught:
            Trust.permission_set("Read", account_id=account_id, organization_id="o-1")

        assert caught.value.place.file == "test_iam_role.py"

    def test_two_roles_are_two_statements(self):
        """With ids of their own."""
        other = "arn:aws:iam::111111111111:role/acme-other"

        assert trusted(
            Trust.role(DEPLOYER, organization_id="o-1"), Trust.role(other, organization_id="o-1")
        ).keys() == {"TrustRole", "TrustRole2"}

    @pytest.mark.parametrize("arn", ["*", "arn:aws:iam::*:role/x", "arn:aws:iam::111111111111:root"])
    def test_what_is_no_role_is_refused(self, arn):
        """Everyone, every account, or a whole account."""
        with pytest.raises(LandformError, match="not the ARN of one role") as caught:
            Trust.role(arn, organization_id="o-1")

        assert caught.value.place.file == "test_iam_role.py"

    @pytest.mark.parametrize(
        "service", ["*", "glue", "*.amazonaws.com", "evil.example", "", "a b.amazonaws.com"]
    )
    def test_what_is_no_service_is_refused(self, service):
        """A service's principal ends in amazonaws.com."""
        with pytest.raises(LandformError, match="not the principal of an AWS service") as caught:
            Trust.service(service)

        assert caught.value.place.file == "test_iam_role.py"

    @pytest.mark.parametrize("principal", [Principal.everyone(), Principal("AWS", "*")])
    def test_everyone_is_refused(self, principal):
        """Even where the trust is put together by hand."""
        with pytest.raises(LandformError, match="trusted by everyone") as caught:
            built(reader(trust=[Trust("All", principal, ())]))

        assert caught.value.place.file == "test_iam_role.py"

    @pytest.mark.parametrize("subjects", [[], ["*"], ["repo:acme/*", "**"], [""]])
    def test_whoever_signed_up_with_a_provider_is_everyone(self, subjects):
        """An audience names nobody: GitHub gives the same one to every repository there is."""
        provider = "arn:aws:iam::012345678901:oidc-provider/token.actions.githubusercontent.com"
        trust = Trust.web_identity(provider, audience="sts.amazonaws.com", subjects=subjects)

        with pytest.raises(LandformError, match="trusted by everyone"):
            built(reader(trust=[trust]))

    @pytest.mark.parametrize("stranger", ["lambda.amazonaws.com", "*", None, Principal.everyone()])
    def test_what_is_no_trust_is_refused(self, stranger):
        """With what it is."""
        with pytest.raises(LandformError, match="does not say who may assume") as caught:
            built(reader(trust=[Trust.service("glue.amazonaws.com"), stranger]))

        assert caught.value.given == repr(stranger)
        assert caught.value.place.file == "test_iam_role.py"

    @pytest.mark.parametrize("source_arn", ["*", "", "arn:aws:ecs", "ecs:*", 5])
    def test_a_source_that_is_no_arn_is_refused(self, source_arn):
        """A condition that everything meets is none."""
        with pytest.raises(LandformError, match="refuse this ARN of what a service acts for") as caught:
            Trust.service("glue.amazonaws.com", source_arn=source_arn)

        assert caught.value.place.file == "test_iam_role.py"


class TestFromArn:
    def test_it_knows_the_account(self):
        """By which a grant sees that it crosses accounts."""
        assert Role.from_arn(DEPLOYER) == ImportedRole(DEPLOYER, "111111111111")

    @pytest.mark.parametrize(
        "arn", ["", "reader", "arn:aws:iam::111111111111:user/x", "arn:aws:iam::1:role/*"]
    )
    def test_what_is_no_role_is_refused(self, arn):
        """With the line of the user, as there is no construct."""
        with pytest.raises(LandformError, match="not the ARN of one role") as caught:
            Role.from_arn(arn)

        assert caught.value.place.file == "test_iam_role.py"

    def test_it_takes_no_statement(self):
        """Its policy is another's to write."""
        assert Role.from_arn(DEPLOYER).add_to_policy(PUBLISH) is False


def test_a_role_outside_a_stack_is_refused():
    """It has no account."""
    with pytest.raises(LandformError) as caught:
        Role(App(), "Reader", trust=GLUE)

    assert caught.value.code is Code.NO_STACK
