"""What no statement may say, whoever adds it: refused at synth, on the line that said it."""

from __future__ import annotations

from collections.abc import Sequence

from landform.core import Construct, Ref
from landform.errors import Code, LandformError
from landform.iam import Condition, Principal, Statement
from landform.iam.actions import takes_resource


def narrow(statement: Statement, owner: Construct) -> Statement:
    """A statement of a role's or a managed policy, itself.

    A wildcard resource is taken where a condition narrows it, or where the actions take no resource.

    Raises:
        LandformError: ``argument-value`` where what it allows is not named: actions with wildcards or by
            exclusion, every resource for an action that takes one. ``reference`` for a value of another stack.
    """
    _check_references(statement, owner)
    if statement.effect == "Deny":
        return statement
    _enumerated(statement, owner)
    everything = "*" in statement.resources and not statement.conditions
    wide = [action for action in statement.actions if everything and takes_resource(action)]
    if wide:
        raise LandformError(
            Code.ARGUMENT_VALUE,
            "A policy names the resources that its actions take.",
            place=owner.node.here,
            given=f"{', '.join(wide)} on *",
            expected="ARNs, or a condition that says which resources",
            fix="Use the grants of the resource, or give resources=(arn, ...).",
        )
    return statement


def closed(statement: Statement, owner: Construct) -> Statement:
    """A statement of a resource's policy, itself. The resource is this one, so a wildcard there says nothing.

    Raises:
        LandformError: ``argument-value`` where it allows something to everyone without a condition, or actions
            that are not named. ``reference`` for a value of another stack.
    """
    _check_references(statement, owner)
    if statement.effect == "Deny":
        return statement
    _enumerated(statement, owner)
    everyone = any(str(principal.id) == "*" for principal in statement.principals)
    if everyone and not statement.conditions:
        raise LandformError(
            Code.ARGUMENT_VALUE,
            "A resource's policy allows nothing to everyone.",
            place=owner.node.here,
            given=f"statement {statement.sid} with principal *",
            expected="principals by name, or a condition that says who, as aws:PrincipalOrgID",
        )
    return statement


def own(statement: Statement, arn: str, owner: Construct, refusal: str) -> Statement:
    """A statement of the policy of a resource that AWS lets be about that resource alone, ``closed`` too.

    Raises:
        LandformError: ``argument-value`` with the refusal where it names another resource, and as ``closed``.
    """
    strangers = [str(resource) for resource in statement.resources if resource != arn]
    if strangers:
        raise LandformError(
            Code.ARGUMENT_VALUE,
            refusal,
            place=owner.node.here,
            given=f"statement {statement.sid} on {', '.join(strangers)}",
            expected=arn,
        )
    return closed(statement, owner)


def plain_http_denied(
    actions: Sequence[str], *resources: str | Ref[str], sid: str = "DenyPlainHttp"
) -> Statement:
    """The statement of a resource's policy that denies everyone what does not come over TLS.

    The resource is ``*`` unless given: there the policy's own.
    """
    return Statement(
        sid,
        tuple(actions),
        resources or ("*",),
        effect="Deny",
        principals=(Principal.everyone(),),
        conditions=(Condition("Bool", "aws:SecureTransport", ("false",)),),
    )


def _check_references(statement: Statement, owner: Construct) -> None:
    """In the text of a policy a reference into another stack would name whatever has that address in this one."""
    values = [
        *statement.resources,
        *(principal.id for principal in statement.principals),
        *(value for condition in statement.conditions for value in condition.values),
    ]
    strangers = [v for v in values if isinstance(v, Ref) and v.element.stack is not owner.node.stack]
    if strangers:
        raise LandformError(
            Code.REFERENCE,
            "A policy refers to something that another stack makes.",
            place=owner.node.here,
            given=f"{strangers[0].expression} of stack {strangers[0].element.stack.name!r}",
            expected="literal ARNs, or something of the same stack",
            fix="Grant to Role.from_arn(role.arn), and let the stack of the role add its own half.",
        )


def _enumerated(statement: Statement, owner: Construct) -> None:
    wild = [action for action in statement.actions if "*" in action or "?" in action]
    if wild or statement.not_actions:
        raise LandformError(
            Code.ARGUMENT_VALUE,
            "A policy names each action it allows.",
            place=owner.node.here,
            given=", ".join(wild) or f"everything but {', '.join(statement.not_actions)}",
            expected="actions without wildcards, s3:GetObject",
            fix="Use the grants of the resource, or list the actions.",
        )
