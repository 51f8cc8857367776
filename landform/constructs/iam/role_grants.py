"""Where the grants of a role are written: into its own policy, and when that is full, into managed policies.

AWS takes 10,240 characters of a role's own policy, 6,144 of a managed one and ten managed policies on a role ("IAM
and AWS STS quotas"). What was granted stays where it was written when more is granted later: a statement that moved
from one policy to another would be missing for a moment while Terraform applies the two.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from landform.constructs.iam.policy import Policy
from landform.core import Construct, Lazy
from landform.errors import Code, LandformError
from landform.iam import PolicyDocument, Statement
from landform.iam.document import REFERENCE_CHARACTERS, SIZE_LIMITS
from landform.resources.aws.iam_role import IamRole
from landform.resources.aws.iam_role_policy import IamRolePolicy
from landform.resources.aws.iam_role_policy_attachment import IamRolePolicyAttachment

MAX_MANAGED_POLICIES = 10

# The frame of a document, and what one more statement adds beside its own text: a comma, a number after its id.
_FRAME = 50
_BETWEEN = 10


@dataclass(slots=True)
class _Part:
    """One of the policies, and a length that it does not reach: it spares most of the measuring."""

    document: PolicyDocument
    below: int = _FRAME

    def takes(self, statement: Statement, length: int) -> bool:
        limit = SIZE_LIMITS[self.document.kind]
        return self.below + length <= limit or self.document.takes(statement)


class RoleGrants:
    """The policies that a role's grants are written into, in the order in which they are granted.

    Args:
        role: the construct that they belong to.
        resource: the role itself.
        attached: how many managed policies the role carries beside them.
    """

    def __init__(self, role: Construct, resource: IamRole, attached: int) -> None:
        self._role = role
        self._resource = resource
        self._attached = attached
        self._parts: list[_Part] = []

    def add(self, statement: Statement) -> None:
        """Write a statement into the first policy that has it but for its resources, or has room for it.

        Raises:
            LandformError: ``argument-value`` where the role would carry more managed policies than AWS takes.
        """
        length = _length(statement)
        room = [part for part in self._parts if part.takes(statement, length)]
        part = next((part for part in room if part.document.merges(statement)), None)
        part = part or (room[0] if room else self._more())
        part.document.add(statement)
        part.below += length

    def _more(self) -> _Part:
        if self._parts:
            part = _Part(self._managed(len(self._parts) + 1))
        else:
            part = _Part(PolicyDocument("role policy"))
            IamRolePolicy(
                self._role,
                "Policy",
                name="grants",
                role=self._resource.name,
                policy=Lazy(lambda: part.document.to_json(self._role.node.place)),
            )
        self._parts.append(part)
        return part

    def _managed(self, number: int) -> PolicyDocument:
        check_attached(self._role, self._attached + len(self._parts))
        scope = Construct(self._role, f"Grants{number}")
        policy = Policy(scope, "Policy", description=f"Grants of {self._role.node.path}, part {number}.")
        IamRolePolicyAttachment(scope, "Attachment", role=self._resource.name, policy_arn=policy.resource.arn)
        return policy.document


def check_attached(role: Construct, count: int) -> None:
    """Judge how many managed policies a role carries.

    Raises:
        LandformError: ``argument-value`` where AWS takes no more.
    """
    if count > MAX_MANAGED_POLICIES:
        raise LandformError(
            Code.ARGUMENT_VALUE,
            "The role carries more managed policies than AWS takes.",
            place=role.node.here,
            given=f"{count} managed policies, those that its grants fill among them",
            expected=f"at most {MAX_MANAGED_POLICIES}",
            fix="Grant on fewer, wider prefixes, or spread the grants over several roles.",
        )


def _length(statement: Statement) -> int:
    """As many characters as the statement can add to a document, or more."""
    text = json.dumps(statement.render(), separators=(",", ":"), ensure_ascii=False)
    return len(text) + text.count("${") * REFERENCE_CHARACTERS + _BETWEEN
