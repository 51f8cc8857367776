"""Requests as they are written."""

from __future__ import annotations

import json

import pytest
from requests_for_accounts import request

from landform.errors import Code, LandformError
from landform.org.models import Account
from landform.vending.request import MAX_BYTES, AccountRequest, read_request

BOMB = "a: &a [x, x, x, x]\nb: &b [*a, *a, *a, *a]\nc: [*b, *b, *b, *b]\n"


def refused(text: str) -> list[LandformError]:
    with pytest.raises(LandformError) as caught:
        read_request(text, "r.yaml")
    return list(caught.value.each())


class TestReadRequest:
    """``read_request``."""

    def test_name_and_key(self) -> None:
        """What identifies it."""
        read = read_request(request(), "r.yaml")
        assert (read.name, read.key) == ("ledger-dev", "CHG-2001")

    def test_json_is_a_request_too(self) -> None:
        """As a program writes it."""
        value = dict(read_request(request(), "r.yaml").document.value)
        assert read_request(json.dumps(value), "r.json").digest == read_request(request(), "r.yaml").digest

    @pytest.mark.parametrize(
        ("name", "same"), [("key", True), ("purpose", False), ("tier", False), ("regions", False)]
    )
    def test_the_digest_is_of_what_it_says(self, name: str, same: bool) -> None:
        """The key is not of it; everything else is."""
        other = {"key": "K-2", "purpose": "another", "tier": "stage", "regions": "[eu-central-1]"}[name]
        before, after = read_request(request(), "r"), read_request(request(**{name: other}), "r")
        assert (before.digest == after.digest) is same

    def test_comments_and_order_are_not_of_the_digest(self) -> None:
        """Nor is how it is written."""
        lines = request().splitlines()
        turned = "\n".join([lines[0], *reversed(lines[1:])]) + "\n# a remark\n"
        assert read_request(turned, "r").digest == read_request(request(), "r").digest

    @pytest.mark.parametrize(
        ("edit", "code"),
        [
            ({"account_id": '"012345678901"'}, Code.SPEC_UNKNOWN_KEY),
            ({"status": "active"}, Code.SPEC_UNKNOWN_KEY),
            ({"life": "[]"}, Code.SPEC_UNKNOWN_KEY),
            ({"name": "../../etc/passwd"}, Code.SPEC_VALUE),
            ({"name": "a/b"}, Code.SPEC_VALUE),
            ({"key": "a b"}, Code.SPEC_VALUE),
            ({"tier": ""}, Code.SPEC_MISSING_KEY),
            ({"schema": "landform/account/v1"}, Code.SPEC_VALUE),
        ],
    )
    def test_what_is_wrong_has_its_line(self, edit: dict[str, str], code: Code) -> None:
        """With the code, and a place in the request."""
        (error,) = refused(request(**edit))
        assert error.code is code
        assert error.place is not None
        assert error.place.file == "r.yaml"
        assert error.place.line

    @pytest.mark.parametrize(
        "text", [BOMB, "schema: [", "- a\n", "", "\x00", "schema: !!python/object:os.system x"]
    )
    def test_what_is_no_request(self, text: str) -> None:
        """Bombs, tags and noise are refused as any file of the spec is."""
        assert all(error.code.slug.startswith("spec-") for error in refused(text))

    def test_too_large(self) -> None:
        """It is not even parsed."""
        (error,) = refused(request(purpose="x" * MAX_BYTES))
        assert error.code is Code.REQUEST
        assert "64 KiB" in str(error.expected)


class TestAccountRequest:
    """``AccountRequest``."""

    def test_its_keys_are_those_of_an_account(self) -> None:
        """But for what AWS and landform give, and the key."""
        assert AccountRequest.model_fields.keys() - {"key"} == Account.model_fields.keys() - {
            "account_id",
            "life",
            "status",
        }
