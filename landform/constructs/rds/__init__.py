"""Amazon RDS: PostgreSQL that is private, encrypted, logged and reached by IAM, as one instance or as a cluster."""

from landform.constructs.rds.aurora_cluster import AuroraCluster
from landform.constructs.rds.postgres_instance import PostgresInstance

__all__ = ["AuroraCluster", "PostgresInstance"]
