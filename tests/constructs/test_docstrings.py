"""The examples in docstrings, run as they stand, each with a stack of its own."""

import doctest
from importlib import import_module
from pkgutil import walk_packages

import pytest
from every_construct import SERVICES, constructs_of

import landform.constructs
import landform.iam
from landform.constructs import AwsStack
from landform.constructs.ec2 import Peer, SecurityGroup, Vpc
from landform.constructs.iam import PermissionsBoundary, Policy, Role, Trust
from landform.constructs.kms import Key
from landform.constructs.logs import LogGroup
from landform.constructs.s3 import AccessLogBucket, Bucket, LogArchiveBucket
from landform.constructs.state import StateBackend
from landform.core import App
from landform.iam import Condition, Principal, Statement
from landform.testing import stack_instance

# What a reader of an example has at hand, beside a stack.
NAMES = {
    item.__name__: item
    for item in (
        AccessLogBucket, AwsStack, Bucket, Condition, Key, LogArchiveBucket, LogGroup, Peer,
        PermissionsBoundary, Policy, Principal, Role, SecurityGroup, StateBackend, Statement, Trust, Vpc,
    )
}  # fmt: skip


def examples():
    """Every docstring with examples, of every module of the constructs and of policies."""
    finder = doctest.DocTestFinder(exclude_empty=True)
    for package in (landform.constructs, landform.iam):
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            found = finder.find(import_module(module.name))
            yield from (test for test in found if test.examples)


EXAMPLES = sorted(examples(), key=lambda test: test.name)


@pytest.mark.parametrize("test", EXAMPLES, ids=lambda test: test.name.removeprefix("landform."))
def test_example(test):
    """It runs, and gives what it says."""
    stack = AwsStack(App(), stack_instance())
    test.globs = {**NAMES, "stack": stack, "vpc": None}
    if any("vpc=vpc" in example.source for example in test.examples):
        test.globs["vpc"] = Vpc(stack, "Network", cidr="10.20.0.0/20")
    said = []

    result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=said.append)

    assert not result.failed, "".join(said)
    stack.synthesise()


def test_every_construct_for_users_has_an_example():
    """What a page of the docs shows first."""
    documented = {test.name.rpartition(".")[2] for test in EXAMPLES}
    exported = {construct.__name__ for service in SERVICES for construct in constructs_of(service)}

    assert exported <= documented
