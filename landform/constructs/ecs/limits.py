"""What Amazon ECS takes. Sources: ``RegisterTaskDefinition``, ``CreateService`` and "Task CPU and memory"."""

from collections.abc import Mapping, Sequence
from typing import Literal

from landform.constructs.limits import Name, Whole

CLUSTER_NAME = Name("cluster name", r"[\w-]{1,255}", "1 to 255 letters, digits and _ -")
SERVICE_NAME = Name("service name", r"[\w-]{1,255}", "1 to 255 letters, digits and _ -")
ENVIRONMENT_NAME = Name(
    "name of an environment variable", r"[A-Za-z_]\w{0,254}", "1 to 255 letters, digits and _, no digit first"
)
USER = Name(
    "user of a container",
    r"(?!0+(?::|\Z))(?!root(?::|\Z))[a-z0-9_][\w.-]*(?::[\w.-]+)?",
    "a user that is not root, and a group: 1000:1000",
)
WRITABLE_PATH = Name("path in a container", r"(?:/[\w.-]+)+", "an absolute path, /tmp")
PORT = Whole("port of a container", 1, 65_535)
DESIRED_COUNT = Whole("number of tasks", 0, 5_000)

Cpu = Literal[256, 512, 1024, 2048, 4096, 8192, 16384]
Architecture = Literal["X86_64", "ARM64"]

# Memory in MiB that Fargate has for each CPU, in units of a 1,024th of a processor.
FARGATE_SIZES: Mapping[Cpu, Sequence[int]] = {
    256: (512, 1024, 2048),
    512: range(1024, 4096 + 1, 1024),
    1024: range(2048, 8192 + 1, 1024),
    2048: range(4096, 16_384 + 1, 1024),
    4096: range(8192, 30_720 + 1, 1024),
    8192: range(16_384, 61_440 + 1, 4096),
    16384: range(32_768, 122_880 + 1, 8192),
}

# What an AWS SDK or the ECS agent takes credentials from ("ECS.8" of Security Hub).
CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "ECS_ENGINE_AUTH_DATA")
