"""What would replace a resource written by hand: nothing is suggested that is not there."""

import pytest
from every_construct import build, constructs_of
from reading import stack_of

from landform.checks.finding import Finding
from landform.checks.suggest import CONSTRUCTS, Suggestion, suggestions, terraform_type


def finding(address, rule, stack="."):
    """A finding of a resource."""
    return Finding(
        rule=rule,
        severity="low",
        title="t",
        message="m",
        account="",
        tier="",
        region="",
        stack=stack,
        address=address,
        construct_path="",
        source="main.tf:1",
        remediation="r",
    )


@pytest.fixture(scope="module")
def made():
    """The types that each construct of the specimens makes, by class name."""
    found = {}
    for construct in stack_of(build, tier="prod").node.find_all():
        types = {each.terraform_type for each in construct.node.find_all() if hasattr(each, "terraform_type")}
        found.setdefault(type(construct).__name__, set()).update(types)
    return found


class TestTable:
    @pytest.mark.parametrize("name", CONSTRUCTS)
    def test_the_construct_is_exported(self, name):
        """So that it can be imported as the suggestion says."""
        service, construct = CONSTRUCTS[name]

        assert construct in {each.__name__ for each in constructs_of(service)}

    @pytest.mark.parametrize("name", CONSTRUCTS)
    def test_the_construct_makes_the_type(self, made, name):
        """Otherwise it would replace nothing."""
        assert name in made[CONSTRUCTS[name][1]]


class TestSuggestions:
    def test_what_goes_and_what_is_left(self):
        """By the controls of the construct."""
        (said,) = suggestions(
            [finding("aws_s3_bucket.b", "CKV_AWS_21"), finding("aws_s3_bucket.b", "CKV_AWS_144")]
        )

        assert said == Suggestion(
            stack=".",
            address="aws_s3_bucket.b",
            source="main.tf:1",
            construct="landform.constructs.s3.Bucket",
            gone=("CKV_AWS_21",),
            left=("CKV_AWS_144",),
        )

    def test_those_that_lose_most_come_first(self):
        """Then by place."""
        found = suggestions(
            [
                finding("aws_sqs_queue.q", "CKV_AWS_27"),
                finding("module.m.aws_s3_bucket.b", "CKV_AWS_21"),
                finding("module.m.aws_s3_bucket.b", "CKV_AWS_18"),
            ]
        )

        assert [each.address for each in found] == ["module.m.aws_s3_bucket.b", "aws_sqs_queue.q"]

    def test_nothing_for_what_no_construct_makes(self):
        """Nor for a data source of the same name."""
        assert not suggestions(
            [finding("aws_dms_endpoint.e", "CKV_AWS_296"), finding("data.aws_s3_bucket.b", "X")]
        )

    @pytest.mark.parametrize(
        ("address", "expected"),
        [
            ("aws_s3_bucket.b", "aws_s3_bucket"),
            ('module.a["x.y"].module.b[0].aws_s3_bucket.b', "aws_s3_bucket"),
            ("module.a.module.b.aws_s3_bucket.b", "aws_s3_bucket"),
            ("data.aws_s3_bucket.b", ""),
            ("module.a", ""),
            ("", ""),
        ],
    )
    def test_the_type_of_an_address(self, address, expected):
        """Behind the modules."""
        assert terraform_type(address) == expected
