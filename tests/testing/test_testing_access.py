"""Assertions on what roles may do."""

from __future__ import annotations

import json

import pytest

from landform.constructs import AwsStack
from landform.constructs.iam import Role, Trust
from landform.core import App, Construct
from landform.errors import Code, LandformError
from landform.iam import Condition, Statement
from landform.resources import CheckedResource
from landform.testing import RoleAccess, Template, stack_instance


class TestActions:
    """``RoleAccess.actions``."""

    def test_everywhere(self, access: RoleAccess) -> None:
        """Every action of its policies, the key's too."""
        found = access.actions("Worker")
        assert {"s3:PutObject", "sqs:DeleteMessage", "kms:GenerateDataKey"} <= found
        assert "s3:GetObject" not in found

    def test_on_a_resource(self, access: RoleAccess) -> None:
        """No others."""
        assert access.actions("Worker", "Jobs") == {"sqs:DeleteMessage"}

    def test_what_the_boundary_denies(self) -> None:
        """It is none of them: the boundary of the state backend is looked at."""
        stack = AwsStack(App(), stack_instance())
        role = Role(stack, "Wide", trust=[Trust.service("glue.amazonaws.com")])
        role.add_to_policy(Statement("Leave", ("organizations:LeaveOrganization", "sqs:ListQueues")))
        assert Template.from_stack(stack).access().actions("Wide") == {"sqs:ListQueues"}


class TestAllowsExactly:
    """``RoleAccess.allows_exactly``."""

    def test_these(self, access: RoleAccess) -> None:
        """In whatever capitals."""
        access.allows_exactly("Worker", ["SQS:deletemessage"], "Jobs")

    def test_others(self, access: RoleAccess) -> None:
        """Those that are missing, then those that are too many."""
        with pytest.raises(AssertionError, match=r"- sqs:PurgeQueue\n  \+ sqs:DeleteMessage$"):
            access.allows_exactly("Worker", ["sqs:PurgeQueue"], "Jobs")

    def test_an_action_that_is_none(self, access: RoleAccess) -> None:
        """AWS has not got it."""
        with pytest.raises(LandformError) as caught:
            access.allows_exactly("Worker", ["sqs:DeleteMessages"], "Jobs")
        assert "sqs:DeleteMessage" in (caught.value.fix or "")


class TestAllows:
    """``RoleAccess.allows``."""

    def test_what_is_granted(self, access: RoleAccess) -> None:
        """On the queue, and on something in the bucket."""
        access.allows("Worker", "sqs:DeleteMessage", "Jobs")
        access.allows("Worker", "s3:PutObject", "Lake")
        access.allows("Worker", "s3:PutObject", f"{access.arn('Lake')}/in/a.json")

    @pytest.mark.parametrize("action", ["s3:GetObject", "s3:DeleteObject"])
    def test_what_is_not(self, access: RoleAccess, action: str) -> None:
        """What it may do there is told."""
        with pytest.raises(AssertionError, match=r"no policy allows it. There it may: .*s3:PutObject"):
            access.allows("Worker", action, "Lake")

    def test_elsewhere_in_the_bucket(self, access: RoleAccess) -> None:
        """The grant is below one prefix."""
        with pytest.raises(AssertionError, match="no policy allows it"):
            access.allows("Worker", "s3:PutObject", f"{access.arn('Lake')}/out/a.json")

    def test_under_a_condition(self, access: RoleAccess) -> None:
        """It is no answer, until the test says which requests it means."""
        asked = ("Worker", "kms:GenerateDataKey", "LakeKey")
        with pytest.raises(
            AssertionError, match=r"under a condition: .*kms:ViaService s3.eu-west-1.amazonaws.com"
        ):
            access.allows(*asked)
        lake = access.arn("Lake")
        through = {"kms:ViaService": "s3.eu-west-1.amazonaws.com", "kms:EncryptionContext:aws:s3:arn": lake}
        access.allows(*asked, given=through)

    def test_what_the_boundary_stops(self) -> None:
        """The reason is told."""
        stack = AwsStack(App(), stack_instance())
        role = Role(stack, "Wide", trust=[Trust.service("glue.amazonaws.com")])
        other = "arn:aws:iam::012345678901:role/other"
        role.add_to_policy(Statement("Unbind", ("iam:DeleteRolePermissionsBoundary",), (other,)))
        with pytest.raises(AssertionError, match="denied: no permissions boundary allows it"):
            Template.from_stack(stack).access().allows("Wide", "iam:DeleteRolePermissionsBoundary", other)

    @pytest.mark.parametrize(
        ("role", "action", "resource"),
        [
            ("Worker", "sqs:DeleteMessage", "Lake"),
            ("Worker", "sqs:Delete", "Jobs"),
            ("Nobody", "sqs:DeleteMessage", "Jobs"),
            ("Worker", "sqs:DeleteMessage", "Bills"),
        ],
    )
    def test_a_question_that_is_none(self, access: RoleAccess, role: str, action: str, resource: str) -> None:
        """Its answer would be no, for ever."""
        with pytest.raises(LandformError) as caught:
            access.denies(role, action, resource)
        assert caught.value.code is Code.USAGE


class TestDenies:
    """``RoleAccess.denies``."""

    def test_what_nothing_allows(self, access: RoleAccess) -> None:
        """On the bucket, and outside of the prefix."""
        access.denies("Worker", "s3:DeleteObject", "Lake")
        access.denies("Worker", "s3:PutObject", f"{access.arn('Lake')}/out/a.json")

    def test_what_is_allowed(self, access: RoleAccess) -> None:
        """The statement that allows it is told."""
        with pytest.raises(
            AssertionError, match=r"on .*/in/.*: allowed by aws_iam_role_policy.*WriteObjects"
        ):
            access.denies("Worker", "s3:PutObject", "Lake")

    def test_what_is_allowed_under_a_condition(self, access: RoleAccess) -> None:
        """It is not denied; of requests that do not keep the condition it is."""
        asked = ("Worker", "kms:GenerateDataKey", "LakeKey")
        with pytest.raises(AssertionError, match="must not be allowed"):
            access.denies(*asked)
        access.denies(*asked, given={"kms:ViaService": "sqs.eu-west-1.amazonaws.com"})


class TestPolicies:
    """``RoleAccess.policies`` and ``trust_policy``."""

    def test_identity_policies(self, access: RoleAccess) -> None:
        """As they are read."""
        (policy,) = access.policies("Worker")
        assert "DeleteMessages" in {statement.sid for statement in policy.statements}

    def test_trust_policy(self, access: RoleAccess) -> None:
        """Who may assume it."""
        (statement,) = access.trust_policy("Worker").statements
        assert statement.principals is not None
        assert [str(one) for one in statement.principals.named] == ["Service glue.amazonaws.com"]


class TestArn:
    """``RoleAccess.arn``."""

    def test_of_a_construct(self, access: RoleAccess) -> None:
        """That of what it makes itself; its key and its dead-letter queue are further below."""
        assert access.arn("Jobs") == "arn:aws:sqs:eu-west-1:012345678901:acme-payments-prod-jobs"
        assert access.arn("Jobs/DeadLetters").endswith(":acme-payments-prod-jobs-dead-letters")

    def test_several(self) -> None:
        """They are told."""
        stack = AwsStack(App(), stack_instance())
        both = Construct(stack, "Both")
        for name in ("A", "B"):
            CheckedResource(both, name, "aws_sqs_queue", {"name": name})
        with pytest.raises(AssertionError, match=r"^Both is .*:A, .*:B\.$"):
            Template.from_stack(stack).access().arn("Both")


class TestRole:
    """``RoleAccess.role``."""

    def test_of_a_construct(self, access: RoleAccess) -> None:
        """By its path, its address and its name."""
        role = access.role("Worker")
        assert role.name == "acme-payments-prod-jobs-worker"
        assert access.role(role.name) == access.role(role.origin.address) == access.role(role.arn) == role

    def test_several(self) -> None:
        """It is no answer to take one of them."""
        stack = AwsStack(App(), stack_instance())
        both = Construct(stack, "Both")
        for name in ("A", "B"):
            Role(both, name, trust=[Trust.service("glue.amazonaws.com")])
        with pytest.raises(AssertionError, match="Both is one of 2 roles: Both/A/Resource, Both/B/Resource"):
            Template.from_stack(stack).access().role("Both")


class TestBeside:
    """``Template.access`` with other stacks."""

    def test_a_boundary_of_another_stack(self, template: Template) -> None:
        """A stack that is given in place of the ready state backend has the say."""
        other = AwsStack(App(), stack_instance(stack="state-backend"))
        with pytest.raises(AssertionError, match="landform:Unread"):
            template.access(Template.from_stack(other)).allows("Worker", "sqs:DeleteMessage", "Jobs")

    def test_an_scp(self, template: Template) -> None:
        """A policy of the organisation that a stack attaches to the account denies here, too."""
        management = stack_instance(stack="guard", account="management", account_id="111111111111")
        other = AwsStack(App(), management)
        content = {"Statement": [{"Effect": "Deny", "Action": "sqs:DeleteMessage", "Resource": "*"}]}
        policy = CheckedResource(
            other, "Scp", "aws_organizations_policy", {"name": "no", "content": json.dumps(content)}
        )
        CheckedResource(
            other,
            "ScpHere",
            "aws_organizations_policy_attachment",
            {"policy_id": f"${{{policy.address}.id}}", "target_id": template.instance.account.account_id},
        )
        access = template.access(Template.from_stack(other))
        access.denies("Worker", "sqs:DeleteMessage", "Jobs")


def test_conditions_are_shown() -> None:
    """A statement of one's own with a condition is allowed under it."""
    stack = AwsStack(App(), stack_instance())
    role = Role(stack, "Tagged", trust=[Trust.service("glue.amazonaws.com")])
    condition = Condition("StringEquals", "aws:PrincipalTag/team", ("payments",))
    queue = "arn:aws:sqs:eu-west-1:012345678901:other"
    role.add_to_policy(Statement("Purge", ("sqs:PurgeQueue",), (queue,), conditions=(condition,)))
    access = Template.from_stack(stack).access()
    access.allows("Tagged", "sqs:PurgeQueue", queue, given={"aws:PrincipalTag/team": "payments"})
    access.denies("Tagged", "sqs:PurgeQueue", queue, given={"aws:PrincipalTag/team": "billing"})
