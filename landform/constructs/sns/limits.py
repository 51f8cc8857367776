"""What SNS takes. Source: CreateTopic and Subscribe of the API reference."""

from landform.constructs.limits import Name, Whole

TOPIC_NAME = Name("topic name", r"[\w-]{1,256}", "1 to 256 letters, digits, _ and -")
FIFO_TOPIC_NAME = Name(
    "name of a FIFO topic", r"[\w-]{1,251}\.fifo", "1 to 251 letters, digits, _ and -, then .fifo"
)
ANY_TOPIC_NAME = Name("topic name", r"[\w-]{1,256}|[\w-]{1,251}\.fifo", "1 to 256 letters, digits, _ and -")

SAMPLE_PERCENT = Whole("percentage of successful deliveries that is logged", 0, 100)
