"""What Secrets Manager takes. Sources: "AWS Secrets Manager quotas", ``CreateSecret`` and ``RotateSecret``."""

from landform.constructs.limits import Name, Whole

SECRET_NAME = Name("secret name", r"[\w/+=.@-]{1,512}", "1 to 512 letters, digits and / _ + = . @ -")
DESCRIPTION = Name("description of a secret", r"[^\n]{1,2048}", "1 to 2,048 characters on one line")
FUNCTION_ARN = Name(
    "ARN of a function that rotates",
    r"arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:function:[\w-]{1,140}(:[\w$-]{1,128})?",
    "arn:aws:lambda:eu-west-1:123456789012:function: and the function's name",
)

RECOVERY_DAYS = Whole("number of days to wait before a secret is deleted", 7, 30)
# The service takes up to 1,000; CKV_AWS_304 and SecretsManager.4 ask for 90.
ROTATION_DAYS = Whole("number of days between rotations", 1, 90)
