"""Amazon EC2 Auto Scaling: groups of machines that are replaced before they grow old."""

from landform.constructs.autoscaling.auto_scaling_group import AutoScalingGroup

__all__ = ["AutoScalingGroup"]
