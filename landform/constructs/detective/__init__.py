"""What sees: AWS CloudTrail, Config, GuardDuty, Security Hub, Macie, and alarms on what a trail records."""

from landform.constructs.detective.detective_baseline import DetectiveBaseline
from landform.constructs.detective.trail import Trail

__all__ = ["DetectiveBaseline", "Trail"]
