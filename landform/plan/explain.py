"""What is known of a plan rule, for who asks about it by its id. What a rule says of a plan is for ``plan.review``."""

from __future__ import annotations

from landform.policies.plan_rule import PlanRule


def rule_document(rule: PlanRule) -> dict[str, str]:
    """All that is known of a plan rule, as a JSON object."""
    return {
        "id": rule.id,
        "title": rule.title,
        "judges": "plans",
        "rationale": rule.rationale,
        "remediation": rule.remediation,
    }
