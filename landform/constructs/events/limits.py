"""What EventBridge takes. Sources: CreateEventBus, PutRule and PutTargets of the API reference."""

from landform.constructs.limits import Name

EVENT_BUS_NAME = Name(
    "event bus name",
    r"(?!default\Z)[\w.-]{1,256}",
    "1 to 256 letters, digits and _ . -, other than default",
)
IMPORTED_EVENT_BUS_NAME = Name("event bus name", r"[\w.-]{1,256}", "1 to 256 letters, digits and _ . -")
RULE_NAME = Name("rule name", r"[\w.-]{1,64}", "1 to 64 letters, digits and _ . -")
SCHEDULE = Name(
    "schedule",
    r"rate\((1 (minute|hour|day)|(?!1 )[1-9][0-9]* (minutes|hours|days))\)|cron\(\S+( \S+){5}\)",
    "rate(1 hour), rate(5 minutes) or cron(0 4 * * ? *)",
)
SOURCE = Name(
    "source of events", r"(?!aws\.)[\w./-]{1,256}", "1 to 256 letters, digits and _ . / -, not below aws."
)
MESSAGE_GROUP_ID = Name("message group", r"[!-~]{1,128}", "1 to 128 letters, digits and punctuation")

PATTERN_CHARACTERS = 2_048
"""How long an event pattern may be, as JSON."""
MAX_TARGETS = 5
"""How many targets a rule can have."""
