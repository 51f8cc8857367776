"""landform's own rules: what checkov does not look at, each a value with its reasons and examples.

A module a topic; ``RULES`` is its table. checkov's rules are not repeated here.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from landform.policies.rule import Rule
from landform.policies.rules import (
    account,
    bounds,
    containers,
    credentials,
    databases,
    deletion,
    delivery,
    detective,
    edge,
    encryption,
    escalation,
    functions,
    grants,
    keys,
    machines,
    messaging,
    network_paths,
    network_stores,
    organizations,
    recovery,
    resolver,
    review,
    secrets,
    sharing,
    storage,
    trust,
)

_TOPICS = (
    account,
    bounds,
    containers,
    credentials,
    databases,
    deletion,
    delivery,
    detective,
    edge,
    encryption,
    escalation,
    functions,
    grants,
    keys,
    machines,
    messaging,
    network_paths,
    network_stores,
    organizations,
    recovery,
    resolver,
    review,
    secrets,
    sharing,
    storage,
    trust,
)

OWN: Mapping[str, Rule] = MappingProxyType({rule.id: rule for topic in _TOPICS for rule in topic.RULES})
"""landform's own rules by id."""
