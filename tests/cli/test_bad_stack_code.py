"""What a user's own stack may get wrong, each mistake as the command line tells it.

The line that did it, what was given and what is allowed; exit status 2 and no traceback.
"""

import re

import pytest

STACK = """\
from landform.constructs import AwsStack
from landform.constructs.ec2 import LaunchTemplate, Peer, SecurityGroup, Vpc
from landform.constructs.iam import Policy, Role, Trust
from landform.constructs.s3 import Bucket
from landform.iam import Principal, Statement


def statement(n):
    return Statement(f"S{n}", ("sns:Publish",), (f"arn:aws:sns:::{n:050}",))


class PaymentsLedger(AwsStack):
    def __init__(self, scope, instance, *, keep_days=2557):
        super().__init__(scope, instance)
        vpc = Vpc(self, "Vpc", cidr="10.24.0.0/20")
        ledger = Bucket(self, "Ledger")
        group = SecurityGroup(self, "Group", vpc=vpc, description="ledger")
"""

# The mistake, on a line of its own or in the middle of one, the code, and parts of what was given and what is allowed.
MISTAKES = {
    "a bucket name that aws would refuse": (
        'Bucket(self, "Data", bucket_name="Acme_Ledger")',
        "argument-value",
        "'Acme_Ledger'",
        "3 to 63 lower-case letters",
    ),
    "an address block outside of the account's pool": (
        'Vpc(self, "Other", cidr="192.168.0.0/20")',
        "argument-value",
        "'192.168.0.0/20'",
        "10.24.0.0/14",
    ),
    "a peer that is no network": (
        'group.allow_from(Peer.cidr("10.0.0.1/8"), 5432)',
        "argument-value",
        "'10.0.0.1/8'",
        "10.0.0.0/8",
    ),
    "a port range upside down": (
        'group.allow_from(Peer.cidr("10.0.0.0/8"), (9000, 8000))',
        "argument-value",
        "(9000, 8000)",
        "the first and the last as (8000, 8100)",
    ),
    "a port range upside down that nobody is let in on": (
        'LaunchTemplate(self, "Workers", vpc=vpc, port=(9000, 8000))',
        "argument-value",
        "(9000, 8000)",
        "the first and the last as (8000, 8100)",
    ),
    "a policy past aws's size limit": (
        'Policy(self, "Wide", statements=[statement(n) for n in range(99)])',
        "argument-value",
        "characters in 99 statements",
        "at most 6144",
    ),
    "a grant to something that has no principal": (
        "ledger.grants.read_objects(vpc)",
        "argument-value",
        "<Vpc payments-prod.payments-ledger/Vpc>",
        "a Role, a Policy, or Role.from_arn(...)",
    ),
    "two constructs of one id": (
        'Bucket(self, "Ledger")',
        "duplicate-id",
        "'Ledger'",
        "an id unique within",
    ),
    "a role trusted by everyone": (
        'Role(self, "Open", trust=[Trust("Anyone", Principal.everyone(), ())])',
        "argument-value",
        "principal *",
        "a service, the ARN of a role",
    ),
    "a role trusted by what is no trust": (
        'Role(self, "Open", trust=["*"])',
        "argument-value",
        "'*'",
        "a Trust",
    ),
    "an enum value that the service does not know": (
        'Vpc(self, "Other", cidr="10.25.0.0/20", nat="double")',
        "argument-value",
        "'double'",
        "none, single, per_az",
    ),
    "an escape hatch to an argument that does not exist": (
        'ledger.resource.add_override("force_destory", True)',
        "unknown-argument",
        "force_destory",
        "force_destroy",
    ),
    "an escape hatch of the wrong type": (
        'ledger.resource.add_override("force_destroy", "perhaps")',
        "argument-type",
        "'perhaps' (str)",
        "a bool",
    ),
    "a mandatory tag that is taken away": (
        'ledger.resource.add_override("tags.owner", None)',
        "argument-value",
        "tags account,",
        "owner with a value",
    ),
    "a mandatory tag that is empty": (
        'ledger.resource.add_override("tags.owner", "")',
        "argument-value",
        "'owner' = ''",
        "a value: the tag is mandatory",
    ),
    "a mandatory tag of another form": (
        'ledger.resource.add_override("tags", {"data-class": "secretish"})',
        "argument-value",
        "'data-class' = 'secretish'",
        "public, internal, confidential, restricted",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_on_its_own_line(landform, project, mistake):
    """One error, with the user's line, what was given and what is allowed."""
    line, code, given, expected = MISTAKES[mistake]
    (project / "acme" / "payments.py").write_text(f"{STACK}        {line}\n")

    said = landform("synth", "--quiet", "-s", "payments-prod.payments-ledger", cwd=project)

    assert said.status == 2
    assert said.out == ""
    assert re.findall(r"^error\[([\w-]+)\]", said.err, re.M) == [code]
    assert f"--> acme/payments.py:{len(STACK.splitlines()) + 1}" in said.err
    assert given in said.err.partition("given: ")[2].partition("\n")[0]
    assert expected in said.err.partition("expected: ")[2].partition("\n")[0]
    assert not (project / "cdktf.out").exists()
