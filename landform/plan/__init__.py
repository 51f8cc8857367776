"""What Terraform would do: the stacks of a bundle planned, each plan a frozen value without secrets."""

from landform.plan.model import Counts, Plan
from landform.plan.planner import PlanResult, Progress, plan_stacks
from landform.plan.runner import Runner
from landform.plan.summary import summarise

__all__ = [
    "Counts",
    "Plan",
    "PlanResult",
    "Progress",
    "Runner",
    "plan_stacks",
    "summarise",
]
