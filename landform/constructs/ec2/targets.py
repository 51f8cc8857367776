"""What a load balancer forwards to, as those that register with it need to know it."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from landform.core import Ref
from landform.errors import Code, LandformError, Place


@runtime_checkable
class TargetGroup(Protocol):
    """A target group of Elastic Load Balancing, by its ARN."""

    @property
    def arn(self) -> str | Ref[str]:
        """The target group's ARN."""
        ...


def checked_target_group(target_group: TargetGroup, place: Place) -> TargetGroup:
    """The target group itself.

    Raises:
        LandformError: ``argument-value`` for what has no ARN.
    """
    if isinstance(target_group, TargetGroup):
        return target_group
    raise LandformError(
        Code.ARGUMENT_VALUE,
        "This is nothing to register with.",
        place=place,
        given=repr(target_group),
        expected="a target group",
    )
