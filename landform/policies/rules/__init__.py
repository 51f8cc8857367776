"""landform's own rules: what checkov does not look at, each a value with its reasons and examples.

A module a topic; ``RULES`` is its table. checkov's rules are not repeated here.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from landform.policies.rule import Rule
from landform.policies.rules import messaging

OWN: Mapping[str, Rule] = MappingProxyType(
    {rule.id: rule for module in (messaging,) for rule in module.RULES}
)
"""landform's own rules by id."""
