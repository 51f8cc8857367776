"""A customer managed policy: the sink that several roles share."""

from __future__ import annotations

from collections.abc import Iterable

from landform.constructs.stack import AwsStack
from landform.core import Construct, Lazy
from landform.errors import Code, LandformError, Place
from landform.iam import PolicyDocument, Statement
from landform.resources.aws.iam_policy import IamPolicy


class Policy(Construct):
    """A managed policy of enumerated statements.

    Args:
        statements: what it allows or denies; grants can add more.
        policy_name: from the construct path unless given.
        description: what the policy is for.

    Raises:
        LandformError: ``argument-value`` for a statement that allows every action.
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
        self.policy_name = policy_name or stack.physical_name(self, 128)
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

    def add_to_policy(self, statement: Statement) -> None:
        """Add a statement."""
        self.document.add(enumerated(statement, self.node.place))

    def _validate(self) -> list[str]:
        return [] if self.document else ["A policy needs at least one statement."]


def enumerated(statement: Statement, place: Place) -> Statement:
    """The statement itself, if it names what it allows.

    Raises:
        LandformError: ``argument-value`` where an action it allows has a wildcard.
    """
    wild = [action for action in statement.actions if "*" in action]
    if statement.effect == "Allow" and wild:
        raise LandformError(
            Code.ARGUMENT_VALUE,
            "A policy names each action it allows.",
            place=place,
            given=", ".join(wild),
            expected="actions without wildcards, s3:GetObject",
            fix="Use the grants of the resource, or list the actions.",
        )
    return statement
