"""What DynamoDB takes. Source: "Quotas in Amazon DynamoDB" and "Supported data types and naming rules"."""

from landform.constructs.limits import Name, Whole

TABLE_NAME = Name("table name", r"[\w.-]{3,255}", "3 to 255 letters, digits and _ . -")
INDEX_NAME = Name("index name", r"[\w.-]{3,255}", "3 to 255 letters, digits and _ . -")
# The service takes any UTF-8; what is not in here needs a placeholder in every expression.
ATTRIBUTE_NAME = Name("attribute name", r"[\w.:-]{1,255}", "1 to 255 letters, digits and _ . : -")
ATTRIBUTE_TYPE = Name("type of a key", r"[SNB]", "S (string), N (number) or B (binary)")
STREAM_VIEW = Name(
    "view of a stream",
    r"KEYS_ONLY|NEW_IMAGE|OLD_IMAGE|NEW_AND_OLD_IMAGES",
    "KEYS_ONLY, NEW_IMAGE, OLD_IMAGE or NEW_AND_OLD_IMAGES",
)

RECOVERY_DAYS = Whole("number of days a table can be restored to", 1, 35)
INDEXES = Whole("number of global secondary indexes", 0, 20)
PROJECTED = Whole("number of attributes that an index projects", 0, 100)
