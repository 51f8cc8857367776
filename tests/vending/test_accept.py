"""Requests taken into the spec."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from requests_for_accounts import TODAY, accepted, named, request

from landform.errors import Code, LandformError
from landform.org.load import load
from landform.org.lock import LOCK
from landform.org.resolve import resolve
from landform.vending.accept import accept
from landform.vending.change import SpecChange
from landform.vending.request import read_request

FILE = "org/accounts/ledger-dev.yaml"


def refused(project: Path, *texts: str) -> list[LandformError]:
    with pytest.raises(LandformError) as caught:
        accepted(project, *texts)
    return list(caught.value.each())


def write(project: Path, *texts: str) -> None:
    SpecChange(accepted(project, *texts).files, "vend").write(project)


class TestAccept:
    """``accept``."""

    def test_an_account_and_its_addresses(self, project: Path) -> None:
        """Two files, and the spec with them is good."""
        found = accepted(project, request())
        assert sorted(found.files) == [FILE, LOCK]
        assert found.new == {"ledger-dev"}
        assert resolve(found.spec).instances == resolve(found.before).instances

    def test_the_file_is_the_request(self, project: Path) -> None:
        """Its comments stay; its key, its digest and its day are written down."""
        write(project, request())
        text = (project / FILE).read_text()
        (account,) = [one for one in load(project).accounts if one.name == "ledger-dev"]
        assert "# Theirs alone." in text
        assert account.status == "requested"
        assert account.change is not None
        assert account.change.request is not None
        assert account.change.date == TODAY
        assert account.change.request.key == "CHG-2001"
        assert account.change.request.digest == read_request(request(), "r").digest

    def test_the_same_request_twice(self, project: Path) -> None:
        """Changes nothing the second time."""
        write(project, request())
        again = accepted(project, request())
        assert (again.files, again.new) == ({}, frozenset())
        assert again.accounts[0].name == "ledger-dev"

    def test_a_retried_call_after_the_account_has_moved_on(self, project: Path) -> None:
        """What the account's file says since then is no other request."""
        write(project, request())
        path = project / FILE
        path.write_text(
            path.read_text().replace("status: requested", 'account_id: "900000000009"\nstatus: active')
        )
        assert accepted(project, request()).files == {}

    def test_without_a_key(self, project: Path) -> None:
        """The digest alone makes it harmless."""
        write(project, request(key=""))
        assert accepted(project, request(key="")).files == {}

    def test_a_key_that_was_used(self, project: Path) -> None:
        """For something else: refused, whatever the name."""
        write(project, request())
        (error,) = refused(project, named("other-dev").replace("key-other-dev", "CHG-2001"))
        assert error.code is Code.REQUEST_REPLAYED
        assert "ledger-dev" in str(error.expected)

    def test_an_account_that_is_there(self, project: Path) -> None:
        """Its file is not overwritten by a request that did not make it."""
        (error,) = refused(project, named("payments-dev"))
        assert (error.code, error.place and error.place.line) == (Code.REQUEST, 3)

    @pytest.mark.parametrize(
        ("edits", "code", "line"),
        [
            ({"email": "AWS+payments-prod@acme.example"}, Code.SPEC_DUPLICATE, 4),
            ({"email": "aws@elsewhere.example"}, Code.SPEC_ACCOUNT, 4),
            ({"ou": "Workloads/Prod"}, Code.SPEC_REFERENCE, 6),
            ({"ou": "Nowhere"}, Code.SPEC_REFERENCE, 5),
            ({"tier": "gold"}, Code.SPEC_REFERENCE, 6),
            ({"regions": "[us-east-1]"}, Code.SPEC_REFERENCE, 12),
            ({"network": "{ pool: prod }"}, Code.SPEC_REFERENCE, 13),
            ({"baseline": '{ name: workload, version: "9" }'}, Code.SPEC_REFERENCE, 7),
        ],
    )
    def test_what_breaks_a_rule(self, project: Path, edits: dict[str, str], code: Code, line: int) -> None:
        """Is told with the line of the request."""
        with pytest.raises(LandformError) as caught:
            resolve(accepted(project, request(**edits)).spec)
        places = {
            (error.code, error.place.file, error.place.line) for error in caught.value.each() if error.place
        }
        assert (code, "r1.yaml", line) in places

    def test_a_pool_that_is_full(self, project: Path) -> None:
        """Names the pool and what it still has."""
        path = project / "org/network.yaml"
        path.write_text(path.read_text().replace("10.20.0.0/15", "10.20.0.0/19"))
        (error,) = refused(project, request())
        assert error.code is Code.SPEC_ADDRESSES
        assert error.place is not None
        assert error.place.file == "r1.yaml"

    def test_the_quota_of_accounts(self, project: Path) -> None:
        """No request is taken beyond it; closed accounts do not count."""
        path = project / "org/org.yaml"
        path.write_text(path.read_text() + "max_accounts: 10\n")
        write(project, request())
        (error,) = refused(project, named("other-dev"))
        assert "10 accounts and 1 requested" in str(error.given)
        closed = project / "org/accounts/sandbox-jane.yaml"
        closed.write_text(closed.read_text() + "status: closed\n")
        assert accepted(project, named("other-dev")).new == {"other-dev"}

    def test_nobody_asks(self, project: Path) -> None:
        """A request says who asks, and why."""
        (error,) = refused(project, request(change=""))
        assert error.code is Code.SPEC_MISSING_KEY

    def test_an_address_of_the_organisation(self, project: Path) -> None:
        """Where the request gives none, and the organisation says how they are made."""
        path = project / "org/org.yaml"
        path.write_text(
            path.read_text().replace("naming:\n", "naming:\n  email: aws+{account}@acme.example\n")
        )
        (account,) = accepted(project, request(email="")).accounts
        assert account.email == "aws+ledger-dev@acme.example"

    def test_who_approved(self, project: Path) -> None:
        """Stands in the account's file."""
        digest = read_request(request(), "r").digest
        (account,) = accepted(project, request(), approvals={digest: ("sam", "lee")}).accounts
        assert account.change is not None
        assert account.change.approved_by == ("lee", "sam")


class TestMany:
    """Several requests at once."""

    def test_one_change(self, project: Path) -> None:
        """All or none."""
        found = accepted(project, named("a-dev"), named("b-dev"))
        assert sorted(found.files) == ["org/accounts/a-dev.yaml", "org/accounts/b-dev.yaml", LOCK]

    def test_one_that_is_wrong(self, project: Path) -> None:
        """Keeps all of them out, and every mistake is told."""
        errors = refused(project, named("a-dev"), named("payments-dev"), named("payments-stage"))
        assert [error.place and error.place.file for error in errors] == ["r2.yaml", "r3.yaml"]

    @pytest.mark.parametrize("what", ["name", "key"])
    def test_two_of_one(self, project: Path, what: str) -> None:
        """Name or key."""
        second = (
            named("b-dev").replace("b-dev", "a-dev")
            if what == "name"
            else named("b-dev").replace("key-b", "key-a")
        )
        assert all(error.code is Code.REQUEST for error in refused(project, named("a-dev"), second))

    @settings(max_examples=20, deadline=None)
    @given(st.permutations(["a-dev", "b-dev", "c-dev", "d-dev"]), st.integers(1, 3))
    def test_the_order_does_not_matter(self, order: list[str], cut: int) -> None:
        """The same accounts get the same files, whatever the order they are asked for in at once."""
        from .conftest import EXAMPLE

        spec = load(EXAMPLE)
        read = [read_request(named(name), name) for name in order]
        assert (
            accept(spec, read, today=TODAY).files
            == accept(spec, sorted(read, key=lambda r: r.name), today=TODAY).files
        )

    def test_blocks_are_never_shared(self, project: Path) -> None:
        """One after the other or at once."""
        for name in ("a-dev", "b-dev", "c-dev"):
            write(project, named(name))
        write(project, named("d-dev"), named("e-dev"))
        pools = json.loads((project / LOCK).read_text())["pools"]
        cidrs = [block["cidr"] for pool in pools for block in pool["blocks"]]
        assert len(cidrs) == len(set(cidrs))


def test_the_day_is_the_requests_own(project: Path) -> None:
    """Where it says one."""
    (account,) = accepted(
        project, request(change="{ requested_by: jane, reason: x, date: 2026-10-01 }")
    ).accounts
    assert account.change is not None
    assert account.change.date == dt.date(2026, 10, 1)
