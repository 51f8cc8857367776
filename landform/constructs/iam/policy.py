"""A customer managed policy: the sink that several roles share."""

from __future__ import annotations

from collections.abc import Iterable

from landform.constructs.limits import POLICY_NAME
from landform.constructs.stack import AwsStack
from landform.constructs.statements import narrow
from landform.core import Construct, Lazy, Ref
from landform.iam import PolicyDocument, Statement
from landform.resources.aws.iam_policy import IamPolicy


class Policy(Construct):
    """A managed policy of enumerated statements.

    Args:
        statements: what it allows or denies; grants can add more.
        policy_name: from the construct path unless given.
        description: what the policy is for.

    Raises:
        LandformError: ``argument-value`` for a name AWS would refuse, and for a statement that does not name what
            it allows.

    >>> publish = Policy(stack, "Publish")
    >>> publish.add_to_policy(Statement("Publish", ("sns:Publish",), (stack.arn("sns", "settled"),)))
    True
    >>> role = Role(stack, "Worker", trust=[Trust.service("glue.amazonaws.com")], managed_policies=[publish])
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        statements: Iterable[Statement] = (),
        policy_name: str | None = None,
        description: str | None = None,
    ) -> None:
        super().__init__(scope, id)
        stack = AwsStack.of(self)
        self.account_id = stack.account_id
        self.policy_name = POLICY_NAME.checked(policy_name or stack.physical_name(self, 128), self.node.place)
        self.arn = stack.arn("iam", f"policy/{self.policy_name}", region="")
        self.document = PolicyDocument("managed policy")
        for statement in statements:
            self.add_to_policy(statement)
        self.resource = IamPolicy(
            self,
            "Resource",
            name=self.policy_name,
            description=description or self.node.path,
            policy=Lazy(lambda: self.document.to_json(self.node.place)),
        )
        self.node.add_validation(self._validate)

    @staticmethod
    def from_name(scope: Construct, id: str, policy_name: str) -> ImportedPolicy:
        """A policy of this account that another stack makes, for roles to carry.

        Raises:
            LandformError: ``argument-value`` for a name AWS would refuse.
        """
        return ImportedPolicy(scope, id, policy_name)

    @property
    def attached_arn(self) -> Ref[str]:
        """Its ARN, as what attaches it names it: a reference, so that Terraform makes the policy first."""
        return self.resource.arn

    @property
    def principal_arn(self) -> str:
        """The policy's ARN, which stands for the roles that carry it."""
        return self.arn

    def add_to_policy(self, statement: Statement) -> bool:
        """Add a statement; grants call this. True, because it is taken."""
        self.document.add(narrow(statement, self))
        return True

    def _validate(self) -> list[str]:
        return [] if self.document else ["A policy needs at least one statement."]


class ImportedPolicy(Construct):
    """A managed policy of this account that another stack makes; what it allows is its owner's to write."""

    def __init__(self, scope: Construct, id: str, policy_name: str) -> None:
        super().__init__(scope, id)
        self.policy_name = POLICY_NAME.checked(policy_name, self.node.place)
        self.attached_arn = AwsStack.of(self).arn("iam", f"policy/{policy_name}", region="")


AnyPolicy = Policy | ImportedPolicy
"""A managed policy made here, or one from elsewhere."""
