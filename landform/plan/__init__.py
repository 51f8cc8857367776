"""What Terraform would do: the stacks of a bundle planned, each plan a frozen value without secrets."""

from landform.plan.model import Counts, Plan
from landform.plan.planner import PlanResult, Progress, plan_bundle
from landform.plan.summary import summarise

__all__ = [
    "Counts",
    "Plan",
    "PlanResult",
    "Progress",
    "plan_bundle",
    "summarise",
]
