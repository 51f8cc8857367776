"""What Lambda takes. Sources: CreateFunction of the API reference, "Lambda quotas", "Lambda runtimes"."""

from typing import Literal

from landform.constructs.limits import Name, Whole

Runtime = Literal[
    "java17",
    "java21",
    "nodejs22.x",
    "provided.al2023",
    "python3.11",
    "python3.12",
    "python3.13",
    "ruby3.3",
    "ruby3.4",
]
"""The runtimes that AWS still mends, of those that the provider knows; any other is an image's."""

Architecture = Literal["arm64", "x86_64"]
HttpMethod = Literal["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"]

FUNCTION_NAME = Name("function name", r"[\w-]{1,64}", "1 to 64 letters, digits, _ and -")
CODE_SIGNING_CONFIG_ARN = Name(
    "ARN of a code signing configuration",
    r"arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:code-signing-config:csc-[a-z0-9]{17}",
    "arn:aws:lambda:eu-west-1:123456789012:code-signing-config:csc- and 17 letters and digits",
)
HANDLER = Name("handler", r"[^\s]{1,128}", "1 to 128 characters without spaces, for example app.handler")
OBJECT_KEY = Name("key of an object", r".{1,1024}", "1 to 1024 characters", "Name the package in the bucket.")
OBJECT_VERSION = Name(
    "version of an object",
    r"(?!null\Z)[\w.+/=-]{1,1024}",
    "the version id that S3 gave the object",
    "Pass the version that was tested: the key alone would run whatever lies there.",
)
IMAGE_URI = Name(
    "URI of an image",
    r"[0-9]{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/[a-z0-9][a-z0-9._/-]*"
    r"(:(?!latest\Z)[\w][\w.-]{0,127}|@sha256:[0-9a-f]{64})",
    "an image of Amazon ECR by its digest or by a tag other than latest",
    "123456789012.dkr.ecr.eu-west-1.amazonaws.com/settle@sha256:... runs what was tested.",
)
VARIABLE_NAME = Name(
    "name of an environment variable",
    r"(?!(_HANDLER|_X_AMZN_TRACE_ID|LAMBDA_\w+)\Z)"
    r"(?!AWS_(REGION|DEFAULT_REGION|EXECUTION_ENV|LAMBDA_\w+|ACCESS_KEY|ACCESS_KEY_ID|SECRET_ACCESS_KEY|"
    r"SESSION_TOKEN)\Z)"
    r"[A-Za-z]\w+",
    "a letter, then letters, digits and _, and none that Lambda sets itself",
)
ORIGIN = Name(
    "origin",
    r"https://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?",
    "one site over TLS, https://app.example.com",
    "An origin of * would let every site call the function from a browser.",
)

MEMORY_MB = Whole("amount of memory in MB", 128, 10_240)
TIMEOUT_SECONDS = Whole("number of seconds a function may run", 1, 900)
RESERVED_CONCURRENCY = Whole("number of executions at once", 0, 100_000)
BATCH_SIZE = Whole("number of messages in a batch", 1, 10)

ENVIRONMENT_BYTES = 4_096
"""What names and values of all environment variables may take together."""
