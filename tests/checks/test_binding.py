"""What waivers are bound to: a resource's digest, the same in every account, and another after any change."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landform.checks.binding import bind_of, bound_text, digests_of, forms_of, resource_digest
from landform.checks.finding import Finding
from landform.org.models import TierWaivers, Waiver
from landform.policies.waivers import Terms, judge
from landform.synth.bundle import StackRecord

ADDRESS = "aws_s3_bucket.b"
DAY = dt.date(2026, 11, 20)
LIMITS = TierWaivers(max_days=60)


def record(account: str = "pay-prod", account_id: str = "012345678901", **changes: Any) -> StackRecord:
    """A stack of an account, its tags those of the account."""
    name = f"{account}.data"
    made = StackRecord(
        name=name,
        stack="data",
        account=account,
        account_id=account_id,
        tier="prod",
        region="eu-west-1",
        construct="acme:Stack",
        sha256="",
        inputs="",
        dependencies=(),
        waivers=(),
        resources={},
        tags={"account": account, "owner": f"team-{account}", "tier": "prod", "data-class": "internal"},
    )
    return replace(made, **changes)


def body(of: StackRecord, **changes: Any) -> dict[str, Any]:
    """A resource that says where it is in every way."""
    return {
        "bucket": f"acme-{of.account}-data-{of.account_id}",
        "policy": json.dumps({"Principal": f"arn:aws:iam::{of.account_id}:root", "Region": of.region}),
        "rule": [{"enabled": True, "days": 7, "tags": []}],
        "tags": {**of.tags, "construct": f"{of.name}/Data/Resource"},
        **changes,
    }


def digest_of(body: Mapping[str, Any], of: StackRecord) -> str:
    """The digest of a bucket in a stack."""
    return resource_digest({"resource": {"aws_s3_bucket": {"b": body}}}, ADDRESS, of)


def waived(bound_to: Mapping[str, Any], now: Mapping[str, Any], of: StackRecord) -> bool:
    """Whether a waiver of a resource as it was covers the resource as it is."""
    value = {
        "schema": "landform/waiver/v1",
        "id": "W-2026-001",
        "category": "waiver",
        "checks": ["CKV_AWS_18"],
        "scope": {"resources": ["*"]},
        "reason": "Nobody reads what is in it.",
        "requested_by": "jo",
        "approved_by": ["sam"],
        "ticket": "SEC-1",
        "created": "2026-11-01",
        "expires": "2026-11-30",
        "bind": {ADDRESS: [digest_of(bound_to, of)]},
    }
    waiver = Waiver.model_validate_json(json.dumps(value))
    return judge([waiver], finding(of), Terms(DAY, LIMITS, lambda: digest_of(now, of))).waiver is not None


def finding(of: StackRecord, address: str = ADDRESS) -> Finding:
    """A finding in a stack."""
    where = (of.account, of.tier, of.region, of.name)
    return Finding("CKV_AWS_18", "medium", "t", "m", *where, address, "", "", "r")


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.text(max_size=6)
    | st.sampled_from(
        [
            "pay-prod",
            "x-pay-prod-y",
            "012345678901",
            "eu-west-1",
            "eu-west-1a",
            "pay-prod.data",
            "\0",
            "\0account\0",
        ]
    )
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=4) | SCALARS.map(str), inner, max_size=3)
    ),
    max_leaves=8,
)
BODIES = st.dictionaries(st.sampled_from(["bucket", "policy", "tags", "rule", "x"]), VALUES, max_size=4)


def paths(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of everything in a value."""
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield (*at, key)
            yield from paths(value[key], (*at, key))


def changed(value: Any, path: tuple[Any, ...], other: Any) -> Any:
    """A copy with something else at a path, or with nothing there where that is ``DROPPED``."""
    first, *rest = path
    copy = dict(value) if isinstance(value, dict) else list(value)
    if rest:
        copy[first] = changed(value[first], tuple(rest), other)
    elif other is DROPPED:
        del copy[first]
    else:
        copy[first] = other
    return copy


DROPPED = object()

FORMS = {ADDRESS: {f"sha256:{'1' * 64}": ("a.x", "b.x"), f"sha256:{'2' * 64}": ("c.x",)}}
TEXT = (
    "# Asked for in May.\nschema: landform/waiver/v1\nid: W-2026-001  # the first\ncategory: waiver\n"
    'checks: [CKV_AWS_18]\nscope: { resources: ["*"] }\nreason: Nobody reads what is in it.\n'
    "requested_by: jo\napproved_by: [sam]\nticket: SEC-1\ncreated: 2026-11-01\nexpires: 2026-11-30\n"
)
BIND = (
    f"bind:\n  aws_s3_bucket.b:\n    - sha256:{'1' * 64}  # a.x and 1 more\n    - sha256:{'2' * 64}  # c.x\n"
)


class TestResourceDigest:
    """``resource_digest``."""

    def test_is_the_same_in_every_account(self) -> None:
        """What the spec says of a place is no part of what was looked at."""
        here, there = record(), record("lab-two", "999999999999", region="us-east-1")
        assert digest_of(body(here), here) == digest_of(body(there), there)

    @pytest.mark.parametrize(
        "changes", [{"tier": "dev"}, {"tags": {**record().tags, "data-class": "restricted"}}]
    )
    def test_tier_and_class_of_data_count(self, changes: dict[str, Any]) -> None:
        """The same resource for other data, or in another tier, is another, whether it has tags or not."""
        here, there = record(), record(**changes)
        assert digest_of(body(here), here) != digest_of(body(there), there)
        assert digest_of({"bucket": "b"}, here) != digest_of({"bucket": "b"}, there)

    @pytest.mark.parametrize(
        "changes",
        [
            {"bucket": "acme-other-data-012345678901"},
            {"policy": json.dumps({"Principal": "arn:aws:iam::999999999999:root", "Region": "eu-west-1"})},
            {"policy": json.dumps({"Principal": "arn:aws:iam::012345678901:root", "Region": "us-east-1"})},
            {"rule": [{"enabled": "true", "days": 7, "tags": []}]},
            {"tags": {}},
            {"tags": {**record().tags, "owner": "somebody else", "construct": "pay-prod.data/Data/Resource"}},
            {"acl": "public-read"},
        ],
    )
    def test_another_argument_is_another_digest(self, changes: dict[str, Any]) -> None:
        """Another account's id, a text for a boolean, a tag of another value or none: each is a change."""
        here = record()
        assert digest_of(body(here, **changes), here) != digest_of(body(here), here)

    @pytest.mark.parametrize(
        ("mark", "name"),
        [("account", "pay-prod"), ("account_id", "012345678901"), ("stack", "pay-prod.data")],
    )
    def test_no_text_passes_for_a_name(self, mark: str, name: str) -> None:
        """What stands in a digest for a name can be written nowhere else."""
        here = record()
        marked = {"bucket": f"\0{mark}\0"}
        assert digest_of(marked, here) != digest_of({"bucket": name}, here)
        assert digest_of(marked, here) != digest_of({"bucket": ""}, here)

    @given(BODIES, BODIES)
    def test_two_bodies_have_two_digests(self, one: dict[str, Any], other: dict[str, Any]) -> None:
        """Nothing that a resource may hold is lost in its digest."""
        same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
        assert (digest_of(one, record()) == digest_of(other, record())) == same


class TestWaiverOfAMutatedResource:
    """A waiver of a resource that has changed."""

    @given(st.data())
    def test_any_mutation_lapses_it(self, data: st.DataObject) -> None:
        """Whatever of the arguments is changed, added or taken out, the waiver covers the resource no longer."""
        here = record()
        before = body(here)
        path = data.draw(st.sampled_from([*paths(before), ("more",), ("tags", "more"), ("rule", 0, "more")]))
        after = data.draw(st.just(DROPPED) | VALUES)
        if path[-1] == "more" and after is DROPPED:
            path = path[:-1] or ("bucket",)
        mutated = changed(before, path, after)
        unchanged = json.dumps(mutated, sort_keys=True) == json.dumps(before, sort_keys=True)
        assert waived(before, before, here)
        assert waived(before, mutated, here) == unchanged


class TestDigestsOf:
    """``digests_of``."""

    def test_reads_a_stack_once(self) -> None:
        """Findings of one stack after the other read its file once."""
        here, read = record(), []

        class Copies(dict[str, Any]):
            def __getitem__(self, name: str) -> Any:
                read.append(name)
                return super().__getitem__(name)

        copies = Copies({here.name: {"resource": {"aws_s3_bucket": {"b": body(here), "c": {}}}}})
        of = digests_of(copies, {here.name: here})
        assert of(finding(here)) == digest_of(body(here), here)
        assert of(finding(here, "aws_s3_bucket.c")) == digest_of({}, here)
        assert read == [here.name]

    def test_what_is_no_resource_stands_for_the_stack(self) -> None:
        """A provider's digest changes with anything in the stack."""
        here = record()
        copies = [
            {"provider": {"aws": [{"region": "eu-west-1"}]}, "resource": {"t": {"n": {"a": a}}}}
            for a in (1, 2)
        ]
        first, second = (resource_digest(copy, "provider.aws", here) for copy in copies)
        assert first != second


class TestFormsOf:
    """``forms_of`` and ``bind_of``."""

    def test_a_digest_for_each_form(self) -> None:
        """Equal resources of two accounts are one form; another one is a second, everything sorted."""
        stacks = [record(), record("lab-two"), record("lab-three")]
        digests = {stacks[0].name: "sha256:b", stacks[1].name: "sha256:b", stacks[2].name: "sha256:a"}
        forms = forms_of([finding(of) for of in stacks], lambda found: digests[found.stack])
        assert forms == {
            ADDRESS: {"sha256:a": ("lab-three.data",), "sha256:b": ("lab-two.data", "pay-prod.data")}
        }
        assert bind_of(forms) == {ADDRESS: ["sha256:a", "sha256:b"]}


class TestBoundText:
    """``bound_text``."""

    def test_binds_a_file_and_keeps_the_rest(self) -> None:
        """What was written stays, comments too, and each digest says where it was seen."""
        assert bound_text(TEXT, "w.yaml", FORMS) == TEXT + BIND

    def test_binds_anew(self) -> None:
        """What bound it before is gone; a comment above stays."""
        old = TEXT + f"# Looked at in May.\nbind:\n  aws_s3_bucket.b: [sha256:{'9' * 64}]\n"
        made = bound_text(old, "w.yaml", FORMS)
        assert made == f"{TEXT}# Looked at in May.\n{BIND}"
        assert bound_text(made, "w.yaml", FORMS) == made
