"""Waivers in code, on constructs."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from landform.constructs import AwsStack, Waiver, waive
from landform.constructs.s3 import Bucket
from landform.constructs.waiving import waivers_of
from landform.core import App, Construct
from landform.errors import Code, LandformError
from landform.testing import stack_instance

WORDS: dict[str, Any] = {
    "id": "W-2026-021",
    "checks": ("CKV_AWS_144",),
    "reason": "The sources hold it in a second region.",
    "requested_by": "jo",
    "approved_by": ("sam",),
    "ticket": "SEC-9",
    "created": dt.date(2026, 11, 1),
    "expires": dt.date(2026, 12, 1),
}
DIGEST = f"sha256:{'1' * 64}"


@pytest.fixture
def stack() -> AwsStack:
    """A stack of an account."""
    return AwsStack(App(), stack_instance())


class TestWaiver:
    """``Waiver``."""

    @pytest.mark.parametrize(
        ("changes", "code", "given"),
        [
            ({"id": "W-26-1"}, Code.SPEC_VALUE, "W-26-1"),
            ({"checks": ()}, Code.SPEC_VALUE, "[]"),
            ({"checks": "CKV_AWS_144"}, Code.SPEC_VALUE, "CKV_AWS_144"),
            ({"checks": ("CKV_*",)}, Code.SPEC_VALUE, "CKV_*"),
            ({"reason": "no"}, Code.SPEC_VALUE, "no"),
            ({"ticket": ""}, Code.SPEC_VALUE, ""),
            ({"ticket": None}, Code.SPEC_VALUE, "None"),
            ({"approved_by": ()}, Code.SPEC_VALUE, "[]"),
            ({"expires": "soon"}, Code.SPEC_VALUE, "soon"),
            ({"expires": dt.datetime(2026, 12, 1, 12)}, Code.SPEC_VALUE, "2026-12-01T12:00:00"),
            ({"bind": {"aws_s3_bucket.b": ("sha256:1",)}}, Code.SPEC_VALUE, "sha256:1"),
            ({"bind": {"aws_s3_bucket.b": ()}}, Code.SPEC_VALUE, "[]"),
            ({"bind": object}, Code.SPEC_VALUE, "<class 'object'>"),
            ({"approved_by": ("sam", " Jo")}, Code.SPEC_WAIVER, " Jo"),
            ({"expires": dt.date(2026, 10, 31)}, Code.SPEC_WAIVER, "2026-10-31, created 2026-11-01"),
        ],
    )
    def test_what_no_waiver_can_have(self, changes: dict[str, Any], code: Code, given: str) -> None:
        """What the spec would refuse is refused when the waiver is made, at the line that makes it."""

        def make() -> Waiver:
            return Waiver(**{**WORDS, **changes})

        with pytest.raises(LandformError) as caught:
            make()
        assert (caught.value.code, caught.value.given) == (code, given)
        assert str(caught.value.place) == f"test_waiving.py:{make.__code__.co_firstlineno + 1}"

    def test_says_what_was_expected(self) -> None:
        """The words are those of the spec."""
        with pytest.raises(LandformError) as caught:
            Waiver(**{**WORDS, "bind": {"aws_s3_bucket.b": ["sha256:1"]}})
        assert caught.value.message == "The waiver's bind.aws_s3_bucket.b[0] is not what it must be."
        assert caught.value.expected == "sha256: and 64 hexadecimal digits"

    def test_every_mistake_is_told(self) -> None:
        """Two wrong fields are two errors."""
        with pytest.raises(LandformError) as caught:
            Waiver(**{**WORDS, "id": "W", "reason": "no"})
        assert [error.given for error in caught.value.each()] == ["W", "no"]


class TestWaive:
    """``waive`` and ``waivers_of``."""

    def test_covers_all_below(self, stack: AwsStack) -> None:
        """The scope is every resource below the construct, in this stack alone, also what is made later."""
        group = Construct(stack, "Group")
        waive(group, Waiver(**WORDS))
        Bucket(group, "In")
        Bucket(stack, "Out")
        ((waiver, _),) = waivers_of(stack)
        origins = stack.synthesise().origins
        below = {address for address, (path, _) in origins.items() if path.startswith(f"{group.node.path}/")}
        assert set(waiver.scope.resources) == below
        assert 0 < len(below) < len(origins)
        assert waiver.scope.stacks == (stack.name,)

    def test_says_where_it_stands(self, stack: AwsStack) -> None:
        """The construct, and the line that waives, which need not be the one that made the construct."""
        bucket = Bucket(stack, "Data")

        def put() -> None:
            waive(bucket, Waiver(**WORDS))

        put()
        ((_, (place,)),) = waivers_of(stack)
        assert place.construct_path == bucket.node.path
        assert (place.file, place.line) == ("test_waiving.py", put.__code__.co_firstlineno + 1)

    def test_covers_one_resource(self, stack: AwsStack) -> None:
        """A resource of a construct is a construct too."""
        resource = Bucket(stack, "Data").node.try_find_child("Resource")
        assert resource
        waive(resource, Waiver(**WORDS))
        ((waiver, _),) = waivers_of(stack)
        assert [address.partition(".")[0] for address in waiver.scope.resources] == ["aws_s3_bucket"]

    def test_says_what_the_spec_would_say(self, stack: AwsStack) -> None:
        """Every field reaches the waiver that is judged, and what lessens the risk is mitigation."""
        bind = {"aws_s3_bucket.b": [DIGEST]}
        waive(Bucket(stack, "Data"), Waiver(**WORDS, compensating="A nightly export.", bind=bind))
        ((waiver, _),) = waivers_of(stack)
        said = waiver.model_dump(exclude={"schema_", "category", "scope"})
        assert said == {**WORDS, "compensating": "A nightly export.", "bind": {"aws_s3_bucket.b": (DIGEST,)}}
        assert waiver.category == "mitigated"

    def test_one_waiver_on_two_constructs(self, stack: AwsStack) -> None:
        """It is one waiver, of the resources of both, and says where both stand."""
        shared = Waiver(**WORDS)
        for id in ("B", "A"):
            waive(Bucket(stack, id), shared)
        ((waiver, places),) = waivers_of(stack)
        assert {address.split(".")[1][:2] for address in waiver.scope.resources} == {"A_", "B_"}
        assert [place.construct_path for place in places] == [f"{stack.name}/B", f"{stack.name}/A"]

    def test_two_waivers_of_one_id(self, stack: AwsStack) -> None:
        """An id is one waiver's."""
        bucket = Bucket(stack, "Data")
        waive(bucket, Waiver(**WORDS))
        with pytest.raises(LandformError) as caught:
            waive(bucket, Waiver(**{**WORDS, "ticket": "SEC-10"}))
        assert caught.value.code is Code.SPEC_DUPLICATE
        assert caught.value.place
        assert caught.value.place.construct_path == bucket.node.path

    def test_a_construct_without_resources(self, stack: AwsStack) -> None:
        """A waiver of nothing is a mistake."""
        waive(Construct(stack, "Empty"), Waiver(**WORDS))
        with pytest.raises(LandformError) as caught:
            waivers_of(stack)
        assert caught.value.code is Code.SPEC_WAIVER
        assert "without resources" in str(caught.value)

    def test_outside_of_a_stack(self) -> None:
        """Only what is in a stack of an account can be waived."""
        with pytest.raises(LandformError) as caught:
            waive(App(), Waiver(**WORDS))
        assert caught.value.code is Code.NO_STACK

    def test_changes_no_byte_of_the_stack(self, stack: AwsStack) -> None:
        """Terraform reads the same with a waiver and without."""
        bucket = Bucket(stack, "Data")
        before = stack.synthesise().text
        waive(bucket, Waiver(**WORDS))
        assert stack.synthesise().text == before
