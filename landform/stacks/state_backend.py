"""The first stack of every account: its state, and the boundary that all its roles carry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landform.constructs import AwsStack
from landform.constructs.iam import PermissionsBoundary
from landform.constructs.state import StateBackend
from landform.core import Construct

if TYPE_CHECKING:
    from landform.org.fleet import StackInstance


class StateBackendStack(AwsStack):
    """State bucket, key, access log bucket, plan and apply roles, permissions boundary."""

    def __init__(self, scope: Construct, instance: StackInstance) -> None:
        super().__init__(scope, instance)
        PermissionsBoundary(self, "Boundary")
        StateBackend(self, "State")
