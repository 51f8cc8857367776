"""A cluster. Follows "Amazon ECS clusters", "ECS Exec" and "Customer managed keys for Fargate ephemeral storage"."""

from __future__ import annotations

from landform.constructs.ecs.limits import CLUSTER_NAME
from landform.constructs.kms import Key
from landform.constructs.kms.key import AnyKey
from landform.constructs.logs import LogGroup
from landform.constructs.stack import AwsStack
from landform.core import Construct
from landform.iam import Condition
from landform.resources.aws.ecs_cluster import (
    Configuration,
    ConfigurationExecuteCommandConfiguration,
    ConfigurationExecuteCommandConfigurationLogConfiguration,
    ConfigurationManagedStorageConfiguration,
    EcsCluster,
    Setting,
)
from landform.resources.aws.ecs_cluster_capacity_providers import (
    DefaultCapacityProviderStrategy,
    EcsClusterCapacityProviders,
)

FARGATE = "fargate.amazonaws.com"


class Cluster(Construct):
    """A cluster on Fargate: watched, and whatever is run in its containers by hand is logged.

    Args:
        cluster_name: from the construct path unless given.
        key: the key of its tasks' storage and of its logs; one of its own is made unless given.

    Raises:
        LandformError: ``argument-value`` for a name that ECS would refuse.

    >>> Cluster(stack, "Apps").arn
    'arn:aws:ecs:eu-west-1:012345678901:cluster/acme-payments-prod-data-lake-apps'
    """

    def __init__(
        self, scope: Construct, id: str, *, cluster_name: str | None = None, key: AnyKey | None = None
    ) -> None:
        super().__init__(scope, id)
        stack = AwsStack.of(self)
        self.cluster_name = CLUSTER_NAME.checked(
            cluster_name or stack.physical_name(self, 255), self.node.place
        )
        self.arn = stack.arn("ecs", f"cluster/{self.cluster_name}")
        self.key: AnyKey = key or Key(self, "Key", description=f"tasks of {self.cluster_name}")
        self._let_fargate_in(stack)
        self.log_group = LogGroup(self, "CommandLogs", key=self.key)
        self.resource = EcsCluster(
            self,
            "Resource",
            name=self.cluster_name,
            setting=[Setting(name="containerInsights", value="enabled")],
            configuration=Configuration(
                execute_command_configuration=ConfigurationExecuteCommandConfiguration(
                    kms_key_id=self.key.arn,
                    logging="OVERRIDE",
                    log_configuration=ConfigurationExecuteCommandConfigurationLogConfiguration(
                        cloud_watch_encryption_enabled=True,
                        cloud_watch_log_group_name=self.log_group.resource.name,
                    ),
                ),
                managed_storage_configuration=ConfigurationManagedStorageConfiguration(
                    fargate_ephemeral_storage_kms_key_id=self.key.arn
                ),
            ),
        )
        EcsClusterCapacityProviders(
            self,
            "CapacityProviders",
            cluster_name=self.resource.name,
            capacity_providers=["FARGATE"],
            default_capacity_provider_strategy=[
                DefaultCapacityProviderStrategy(capacity_provider="FARGATE", weight=1)
            ],
        )

    @staticmethod
    def from_name(scope: Construct, id: str, cluster_name: str) -> ImportedCluster:
        """A cluster of this account and region that another stack makes.

        Raises:
            LandformError: ``argument-value`` for a name that ECS would refuse.
        """
        return ImportedCluster(scope, id, cluster_name)

    def _let_fargate_in(self, stack: AwsStack) -> None:
        context = "kms:EncryptionContext:aws:ecs"
        this_cluster = (
            Condition("StringEquals", f"{context}:clusterAccount", (stack.account_id,)),
            Condition("StringEquals", f"{context}:clusterName", (self.cluster_name,)),
        )
        self.key.allow_service(
            FARGATE,
            sid="FargateEncryptsStorage",
            actions=("kms:GenerateDataKeyWithoutPlaintext",),
            conditions=this_cluster,
        )
        self.key.allow_service(
            FARGATE,
            sid="FargateReadsStorage",
            actions=("kms:CreateGrant",),
            conditions=(
                *this_cluster,
                Condition("ForAllValues:StringEquals", "kms:GrantOperations", ("Decrypt",)),
            ),
        )


class ImportedCluster(Construct):
    """A cluster that another stack makes in this account and region."""

    def __init__(self, scope: Construct, id: str, cluster_name: str) -> None:
        super().__init__(scope, id)
        self.cluster_name = CLUSTER_NAME.checked(cluster_name, self.node.place)
        self.arn = AwsStack.of(self).arn("ecs", f"cluster/{cluster_name}")
        self.key: AnyKey | None = None


AnyCluster = Cluster | ImportedCluster
"""A cluster made here, or one from elsewhere."""
