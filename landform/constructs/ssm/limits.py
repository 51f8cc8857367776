"""What Parameter Store takes. Source: "Requirements and constraints for parameter names", ``PutParameter``."""

from landform.constructs.limits import Name, Whole

PARAMETER_NAME = Name(
    "parameter name",
    r"(?=.{2,1011}\Z)(?!/(?i:aws|ssm))(/[\w.-]+){1,15}",
    "a path as /payments/endpoint: up to 15 levels of letters, digits and _ . -, not below /aws or /ssm",
)
IMPORTED_PARAMETER_NAME = Name(
    "parameter name", r"(?=.{1,1011}\Z)/?[\w.-]+(/[\w.-]+){0,14}", "a path of letters, digits and _ . -"
)
DESCRIPTION = Name("description of a parameter", r"[^\n]{1,1024}", "1 to 1,024 characters on one line")
VALUE = Name("value of a parameter", r"(?s:.{1,4096})", "1 to 4,096 characters, or a reference")

VALUE_VERSION = Whole("version of a value", 1, 2**53)
