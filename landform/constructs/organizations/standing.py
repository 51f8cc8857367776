"""What an account's standing takes from it: quarantine until its baseline is there, suspension until it is closed.

Follows "Service control policy examples" of AWS Organizations. Each policy is there whether or not an account stands
in it, so that its text is reviewed once and a change of an account's status is one attachment.
"""

from __future__ import annotations

from collections.abc import Sequence

from landform.constructs.iam.bootstrap_role import BOOTSTRAP_ROLE
from landform.constructs.limits import ROLE_NAME
from landform.constructs.organizations.organization_policy import OrganizationPolicy
from landform.constructs.organizations.organization_tree import AnyOrganizationTree
from landform.constructs.organizations.statements import quarantine_statements, suspension_statements
from landform.constructs.stack import AwsStack
from landform.constructs.state.state_backend import APPLY_ROLE, PLAN_ROLE
from landform.core import Construct
from landform.errors import Code, LandformError


class Quarantine(Construct):
    """Nothing happens in these accounts but what landform does.

    Roles that are made for its baseline are there, and do nothing until the account leaves. AWS's own service-linked
    roles are out of reach of service control policies, so that recorders and detectors work from the first minute.

    Args:
        tree: the organisation.
        accounts: names of the accounts that stand in it; none is right.
        exempt_roles: names of the roles that may do what their own policies allow.

    Raises:
        LandformError: ``argument-value`` for an account that the organisation has not, or for no role at all.

    >>> tree = OrganizationTree(stack, "Tree", units=[], accounts=[MemberAccount("new", "aws+new@acme.example")])
    >>> Quarantine(stack, "Quarantine", tree=tree, accounts=["new"]).exempt_roles
    ('OrganizationAccountAccessRole', 'landform-apply', 'landform-plan')
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        tree: AnyOrganizationTree,
        accounts: Sequence[str] = (),
        exempt_roles: Sequence[str] = (APPLY_ROLE, PLAN_ROLE, BOOTSTRAP_ROLE),
    ) -> None:
        super().__init__(scope, id)
        if not exempt_roles:
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "An account in quarantine that nobody can work in never leaves it.",
                place=self.node.place,
                given="exempt_roles []",
                expected="one or more",
            )
        self.exempt_roles = tuple(sorted(ROLE_NAME.checked(name, self.node.place) for name in exempt_roles))
        self.policy = OrganizationPolicy(
            self,
            "Policy",
            tree=tree,
            kind="scp",
            targets=accounts,
            statements=quarantine_statements(AwsStack.of(self), self.exempt_roles),
            description="Nothing until the account has its baseline.",
        )


class Suspension(Construct):
    """Nothing happens in these accounts any more, whoever asks; what they cost can be read.

    What runs in them goes on running.

    Args:
        tree: the organisation.
        accounts: names of the accounts; none is right.

    Raises:
        LandformError: ``argument-value`` for an account that the organisation has not.

    >>> tree = OrganizationTree(stack, "Tree", units=[], accounts=[MemberAccount("old", "aws+old@acme.example")])
    >>> suspension = Suspension(stack, "Suspension", tree=tree, accounts=["old"])
    """

    def __init__(
        self, scope: Construct, id: str, *, tree: AnyOrganizationTree, accounts: Sequence[str] = ()
    ) -> None:
        super().__init__(scope, id)
        self.policy = OrganizationPolicy(
            self,
            "Policy",
            tree=tree,
            kind="scp",
            targets=accounts,
            statements=suspension_statements(),
            description="Nothing but reading what it costs.",
        )
