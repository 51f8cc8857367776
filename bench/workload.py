"""The stacks that everyone builds: the same resources, arguments and references, as plain data.

No import of landform or cdktf stands here, so that each worker pays for its own alone.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PROVIDER = ("hashicorp/aws", "5.100.0")
TAGS = {"cost-center": "4711", "data-class": "internal", "owner": "payments", "tier": "prod"}
POLICY = json.dumps(
    {
        "Statement": [
            {
                "Action": "sts:AssumeRole",
                "Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"},
            }
        ],
        "Version": "2012-10-17",
    }
)

# One group of resources; a stack holds as many groups as it takes. ``ref`` names an attribute of another one.
KINDS = 5


def backend(stack: int) -> dict[str, Any]:
    """The arguments of a stack's S3 backend."""
    return {
        "bucket": "acme-tfstate",
        "encrypt": True,
        "key": f"s{stack}/terraform.tfstate",
        "region": "eu-west-1",
    }


def bucket(stack: int, group: int) -> dict[str, Any]:
    """The arguments of a group's aws_s3_bucket."""
    return {"bucket": f"acme-s{stack}-{group}", "force_destroy": False, "tags": TAGS}


def key(stack: int, group: int) -> dict[str, Any]:
    """The arguments of a group's aws_kms_key."""
    return {
        "deletion_window_in_days": 30,
        "description": f"key {group} of stack {stack}",
        "enable_key_rotation": True,
        "tags": TAGS,
    }


def role(stack: int, group: int) -> dict[str, Any]:
    """The arguments of a group's aws_iam_role."""
    return {
        "assume_role_policy": POLICY,
        "max_session_duration": 3600,
        "name": f"acme-s{stack}-{group}",
        "tags": TAGS,
    }


def parameter(stack: int, group: int) -> dict[str, Any]:
    """The arguments of a group's aws_ssm_parameter, but for its value: the bucket's ARN."""
    return {"name": f"/landform/s{stack}/{group}", "type": "String", "tags": TAGS}


def report(build: Callable[[str, int, int], Callable[[], None]]) -> None:
    """Time a worker and print one JSON object: seconds, peak megabytes, and a digest of what was written.

    The worker's arguments are folder, stacks, resources a stack. ``build`` imports what it needs, builds the
    tree and returns what synthesises it.
    """
    folder, stacks, resources = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    start = time.perf_counter()
    synthesise = build(folder, stacks, resources // KINDS)
    built = time.perf_counter()
    synthesise()
    done = time.perf_counter()
    figures = {
        "build": built - start,
        "synth": done - built,
        "total": done - start,
        "megabytes": peak_megabytes(),
        "digest": digest(Path(folder)),
    }
    print(json.dumps(figures))


def peak_megabytes() -> float:
    """The peak of resident memory of this process and of those it started, in MB, each at its own peak."""
    if sys.platform == "linux":
        return _peak_of_tree(os.getpid())
    # Node.js is not counted here.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _peak_of_tree(process: int) -> float:
    # getrusage would tell the peak of whoever started the process where that is higher.
    status = Path(f"/proc/{process}/status").read_text()
    peak = next((line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")), "0")
    return int(peak) / 1024 + sum(_peak_of_tree(child) for child in _children(process))


def _children(process: int) -> list[int]:
    found = Path(f"/proc/{process}/task").glob("*/children")
    return [int(child) for path in found for child in path.read_text().split()]


def digest(folder: Path) -> str:
    """One digest over the stacks' files."""
    total = hashlib.sha256()
    for path in sorted(folder.glob("stacks/*/cdk.tf.json")):
        total.update(path.parent.name.encode() + path.read_bytes())
    return total.hexdigest()
