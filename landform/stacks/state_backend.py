"""The first stack of every account: its state, and the boundary that all its roles carry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landform.constructs import AwsStack
from landform.constructs.iam import PermissionsBoundary
from landform.constructs.s3 import Bucket
from landform.constructs.state import StateBackend
from landform.core import Construct
from landform.stacks.replica import ReplicateTo, replica_of

if TYPE_CHECKING:
    from landform.org.fleet import StackInstance


class StateBackendStack(AwsStack):
    """State bucket, key, access log bucket, plan and apply roles, permissions boundary.

    Parameters of the spec:
        replicate_to: where the state is replicated to, as ``{bucket: name, key: ARN}``; false for nowhere.
    """

    def __init__(
        self, scope: Construct, instance: StackInstance, *, replicate_to: ReplicateTo = None
    ) -> None:
        super().__init__(scope, instance)
        PermissionsBoundary(self, "Boundary")
        StateBackend(self, "State", replicate_to=replica_of(self, replicate_to, Bucket.from_name))
