"""landform's own plan rules: what a plan does that somebody should know before it is done.

A module a topic; ``RULES`` is its table. Each rule has examples of plans, which are its tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from landform.policies.plan_rule import PlanRule
from landform.policies.plan_rules import (
    access,
    changes,
    exposure,
    limits,
    loss,
    lowered,
    network,
    trust,
    undone,
)

_TOPICS = (changes, loss, lowered, access, exposure, network, trust, undone, limits)

PLAN_RULES: Mapping[str, PlanRule] = MappingProxyType(
    {rule.id: rule for topic in _TOPICS for rule in topic.RULES}
)
"""landform's own plan rules by id."""
