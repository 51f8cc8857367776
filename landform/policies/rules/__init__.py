"""landform's own rules: what checkov does not look at, each a value with its reasons and examples.

A module a topic; ``RULES`` is its table. checkov's rules are not repeated here.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from landform.policies.rule import Rule
from landform.policies.rules import (
    containers,
    databases,
    deletion,
    encryption,
    functions,
    machines,
    messaging,
    recovery,
    secrets,
    storage,
)

_TOPICS = (
    containers,
    databases,
    deletion,
    encryption,
    functions,
    machines,
    messaging,
    recovery,
    secrets,
    storage,
)

OWN: Mapping[str, Rule] = MappingProxyType({rule.id: rule for topic in _TOPICS for rule in topic.RULES})
"""landform's own rules by id."""
