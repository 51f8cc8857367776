"""What Auto Scaling takes. Source: ``CreateAutoScalingGroup`` of its reference."""

from landform.constructs.limits import Whole

GROUP_SIZE = Whole("number of machines in a group", 0, 10_000)
LIFETIME_DAYS = Whole("number of days that a machine lives", 1, 365)
