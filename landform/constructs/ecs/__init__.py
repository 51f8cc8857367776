"""Amazon ECS on AWS Fargate: containers that write nowhere, run as nobody and hold no secret in their settings."""

from landform.constructs.ecs.cluster import Cluster
from landform.constructs.ecs.fargate_service import FargateService

__all__ = ["Cluster", "FargateService"]
