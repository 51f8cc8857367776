"""What Terraform would do: the stacks of a bundle planned, each plan a frozen value without secrets."""

from landform.plan.model import Action, Counts, Plan, ResourceChange
from landform.plan.planner import PlanResult, Progress, plan_bundle
from landform.plan.summary import summarise

__all__ = [
    "Action",
    "Counts",
    "Plan",
    "PlanResult",
    "Progress",
    "ResourceChange",
    "plan_bundle",
    "summarise",
]
