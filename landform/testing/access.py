"""What the roles of a stack may do, as assertions. ``landform.access`` and ``landform.iam`` decide.

What is allowed under a condition is neither allowed nor denied: ``given`` says what is known of the request, and
the answer is about such requests. Conditions that whoever asks can keep by how the request is sent, as TLS, are no
conditions. Follows "Policy evaluation logic" of the IAM guide.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from landform.access.gather import gather
from landform.access.matrix import Wanted
from landform.access.model import Account, Holdings, Origin, Principal, Target
from landform.access.questions import find_principal, find_targets, known_action
from landform.access.rights import Right, forms, right_to, rights_of
from landform.errors import Code, LandformError
from landform.iam.access import access_of_identity, somewhere, what_can
from landform.iam.policy import Policy
from landform.stacks import StateBackendStack

if TYPE_CHECKING:
    from landform.testing.template import Template

Made = TypeVar("Made", Principal, Target)
Context = Mapping[str, str | tuple[str, ...]]
"""What is known of a request: its condition keys, as ``aws:SourceAccount``, each with its value or values."""


@dataclass(frozen=True)
class RoleAccess:
    """Who can do what in a stack.

    A role is named by its construct path below the stack, its address, its name or its ARN; a resource by its
    construct path, its address or its ARN, also that of something below it, as an object of a bucket. The path of a
    construct means what it makes itself: of several resources below it, the nearest that the action is about.
    """

    holdings: Holdings
    stack: str

    @classmethod
    def of(cls, template: Template, *beside: Template) -> RoleAccess:
        """What can be done in a stack.

        Args:
            template: the stack.
            beside: other stacks that have a say.

        Raises:
            LandformError: for a policy that is none.
        """
        others = {each.record.name: each for each in (_state_backend(template), *beside)}
        return cls(gather(template.bundle(*others.values())), template.record.name)

    def role(self, role: str) -> Principal:
        """A role, with its policies as documents and as ``identity``.

        Raises:
            AssertionError: where a construct makes several.
            LandformError: ``usage`` where nobody has this name.
        """
        return self._found(role)[1]

    def policies(self, role: str) -> tuple[Policy, ...]:
        """The identity policies of a role, as they are read: statements with actions, resources and conditions.

        Raises:
            LandformError: as for ``role``.
        """
        return self.role(role).identity.policies or ()

    def trust_policy(self, role: str) -> Policy:
        """Who may assume a role, as its trust policy says.

        Raises:
            LandformError: as for ``role``.
        """
        arn = self.role(role).arn
        (target,) = (one for one in self.holdings.targets if one.arn == arn)
        return target.documents[0].read(principals=True)

    def arn(self, resource: str) -> str:
        """The ARN of the one resource that a construct path or an address names.

        Raises:
            AssertionError: where it names several.
            LandformError: ``usage`` where it names none that policies are about.
        """
        found = _nearest(find_targets(self.holdings, resource, self._here))
        if len(found) != 1:
            raise AssertionError(
                f"{resource} is {', '.join(one.arn for one in found) or 'not of this stack'}."
            )
        return found[0].arn

    def actions(self, role: str, resource: str | None = None) -> frozenset[str]:
        """Every action that a role may use, under whatever condition, in AWS's capitals.

        Args:
            role: the role.
            resource: on which resources; on any, also of other stacks, unless given.

        Raises:
            LandformError: as for ``role``, and ``usage`` for a resource that the stack has not.
        """
        account, principal = self._found(role)
        if resource is None:
            access = access_of_identity(principal.identity, account.guardrails)
            named = {action for one in what_can(access) for action in one.known_actions()}
            return frozenset(action for action in named if somewhere(access, action))
        return frozenset(
            action
            for target in _nearest(self._targets(resource))
            for right in rights_of(principal.identity, target, self.holdings.guardrails)
            if right.state != "stopped"
            for action in right.actions
        )

    def allows(self, role: str, action: str, resource: str, *, given: Context | None = None) -> None:
        """A role may do an action on a resource, or on something in it where it is named by no ARN.

        Args:
            role: the role.
            action: one action, as ``s3:GetObject``.
            resource: the resource; each, where a construct makes several that the action is about.
            given: what is known of the request.

        Raises:
            AssertionError: where it may not, or under a condition alone; with the reason.
            LandformError: ``usage`` for an action that AWS has not or that is not about such a resource, and as for
                ``role``.
        """
        for target, right in self._rights(role, action, resource, given):
            if right is None:
                may = sorted(self.actions(role, resource))
                raise AssertionError(
                    f"{role} must be allowed {action} on {target.arn}, and no policy allows it. "
                    f"There it may: {', '.join(may) or 'nothing'}."
                )
            if right.state == "stopped":
                raise AssertionError(f"{role} must be allowed {action} on {target.arn}: {right.decision}.")
            if right.state != "allowed":
                guards = "; ".join(map(str, right.decision.guards)) or str(right.decision)
                raise AssertionError(
                    f"{role} is allowed {action} on {right.on} under a condition: {guards}. "
                    "Say with given={...} which requests are meant."
                )

    def denies(self, role: str, action: str, resource: str, *, given: Context | None = None) -> None:
        """A role may not do an action on a resource, nor on anything in it, under no condition.

        Args:
            role: the role.
            action: one action.
            resource: the resource; each, as for ``allows``.
            given: what is known of the request.

        Raises:
            AssertionError: where it may, with the statement that lets it.
            LandformError: as for ``allows``.
        """
        for _, right in self._rights(role, action, resource, given):
            if right and right.state != "stopped":
                raise AssertionError(f"{role} must not be allowed {action} on {right.on}: {right.decision}.")

    def allows_exactly(self, role: str, actions: Iterable[str], resource: str | None = None) -> None:
        """A role may use these actions and no others, under whatever condition.

        Args:
            role: the role.
            actions: each one action.
            resource: as for ``actions``.

        Raises:
            AssertionError: with the actions that are too many and those that are missing.
            LandformError: ``usage`` for an action that AWS has not, and as for ``actions``.
        """
        wanted = {known_action(action) for action in actions}
        found = self.actions(role, resource)
        if found != wanted:
            lines = [f"  - {action}" for action in sorted(wanted - found)]
            lines += [f"  + {action}" for action in sorted(found - wanted)]
            where = f" on {resource}" if resource else ""
            told = "\n".join(lines)
            raise AssertionError(
                f"{role} may use other actions{where} (- must be allowed, + must not):\n{told}"
            )

    @property
    def _here(self) -> Wanted:
        return Wanted(stacks=frozenset({self.stack}))

    def _found(self, role: str) -> tuple[Account, Principal]:
        account, principal = find_principal(self.holdings, role, self._here)
        below = [
            one
            for one in account.principals
            if one.origin.stack == self.stack and one.origin.path.startswith(f"{role}/")
        ]
        found = _nearest(below)
        if len(found) > 1:
            raise AssertionError(
                f"{role} is one of {len(found)} roles: {', '.join(one.origin.path for one in found)}."
            )
        return account, found[0] if found else principal

    def _targets(self, resource: str) -> tuple[Target, ...]:
        return find_targets(self.holdings, resource, self._here) or (_elsewhere(resource),)

    def _rights(
        self, role: str, action: str, resource: str, given: Context | None
    ) -> Iterable[tuple[Target, Right | None]]:
        name, principal = known_action(action), self.role(role)
        fitting = _nearest([target for target in self._targets(resource) if forms(target.shape, name)])
        if not fitting:
            raise LandformError(
                Code.USAGE,
                f"{name} is not about such a resource, so that nobody is ever allowed it there.",
                given=resource,
                expected="a resource that AWS lets a policy name for this action",
            )
        context = {
            key.lower(): (value,) if isinstance(value, str) else value for key, value in (given or {}).items()
        }
        for target in fitting:
            below = resource if resource.startswith(f"{target.arn}") and resource != target.arn else None
            yield (
                target,
                right_to(name, principal.identity, target, self.holdings.guardrails, below, context),
            )


def _nearest(below: Sequence[Made]) -> list[Made]:
    """Of what is below one construct, what it makes itself."""
    depth = min((one.origin.path.count("/") for one in below), default=0)
    return [one for one in below if one.origin.path.count("/") == depth]


def _elsewhere(arn: str) -> Target:
    """What another stack makes: its own policy is not known here."""
    parts = arn.split(":", 5)
    return Target(arn, arn, parts[3], Origin("", "", "", parts[4], "", parts[3], arn))


def _state_backend(template: Template) -> Template:
    """The ready state backend of a stack's account, which makes the permissions boundary."""
    instance = template.instance
    name = "state-backend"
    there = replace(
        instance,
        key=f"{instance.account.name}.{name}",
        stack=name,
        region=instance.organization.home_region,
        regional=False,
        params={},
        outputs={},
        uses={},
        needs=(),
        waivers=(),
        moves={},
    )
    return type(template).of(StateBackendStack, there)
