"""The examples in docstrings, run as they stand, each with a stack of its own."""

import doctest
from importlib import import_module
from pkgutil import walk_packages

import pytest
from every_construct import SERVICES, constructs_of

import landform.constructs
import landform.iam
from landform.testing.examples import surroundings


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
    stack, test.globs = surroundings("".join(example.source for example in test.examples))
    said = []

    result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=said.append)

    assert not result.failed, "".join(said)
    stack.synthesise()


def test_every_construct_for_users_has_an_example():
    """What a page of the docs shows first."""
    documented = {test.name.rpartition(".")[2] for test in EXAMPLES}
    exported = {construct.__name__ for service in SERVICES for construct in constructs_of(service)}

    assert exported <= documented
