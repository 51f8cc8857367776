"""What a type checker sees of a user's file that uses constructs."""

import re
import subprocess
import sys

SOUND = """\
from landform.constructs import AwsStack
from landform.constructs.ec2 import Vpc
from landform.constructs.iam import Role, Trust
from landform.constructs.s3 import Bucket


def ledger(stack: AwsStack) -> None:
    vpc = Vpc(stack, "Vpc", cidr="10.24.0.0/20", nat="single")
    bucket = Bucket(stack, "Ledger", expire_days=400)
    role = Role(stack, "Reader", trust=[Trust.service("glue.amazonaws.com")])
    bucket.grants.read_objects(role, prefix="in/")
"""
# Each a line of its own, and the kind of error that mypy calls it.
WRONG = {
    'Bucket(stack, "A", bucket_nam="acme-ledger")': "call-arg",
    'Bucket(stack, "B", expire_days="400")': "arg-type",
    'Vpc(stack, "C", cidr="10.24.0.0/20", nat="double")': "arg-type",
    'Vpc(stack, "D")': "call-arg",
    'Role(stack, "E", trust=["glue.amazonaws.com"])': "list-item",
    "bucket.grants.read_objects(vpc)": "arg-type",
    "bucket.grants.read_objcts(role)": "attr-defined",
}


def test_mypy_finds_what_is_wrong_with_a_construct(tmp_path):
    """A misspelt name, a wrong type, a value that the service does not know, a grant to no principal: nothing else."""
    user = tmp_path / "user.py"
    user.write_text(SOUND + "".join(f"    {line}\n" for line in WRONG))

    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", str(user)], capture_output=True, text=True, cwd=tmp_path
    )

    first = len(SOUND.splitlines()) + 1
    found = {
        int(line): kind
        for line, kind in re.findall(r"user\.py:(\d+): error: .*\[([\w-]+)\]$", done.stdout, re.M)
    }
    assert found.keys() == set(range(first, first + len(WRONG))), done.stdout
    assert [found[line] for line in sorted(found)] == list(WRONG.values())
