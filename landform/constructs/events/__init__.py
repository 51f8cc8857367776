"""Amazon EventBridge: event buses for the organisation alone, and rules that lose no event."""

from landform.constructs.events.event_bus import EventBus
from landform.constructs.events.rule import Rule

__all__ = ["EventBus", "Rule"]
