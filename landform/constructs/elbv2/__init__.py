"""Elastic Load Balancing: application load balancers that speak TLS on both sides, and the bucket of their logs."""

from landform.constructs.elbv2.load_balancer import LoadBalancer
from landform.constructs.elbv2.log_bucket import LoadBalancerLogBucket
from landform.constructs.elbv2.target_group import TargetGroup

__all__ = ["LoadBalancer", "LoadBalancerLogBucket", "TargetGroup"]
