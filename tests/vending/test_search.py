"""The stacks of an account gone through, in moto."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from landform.errors import Code, LandformError
from landform.org.load import load
from landform.org.resolve import resolve
from landform.synth.run import synth
from landform.vending.adopt.finders import FINDERS, NOT_SOUGHT
from landform.vending.adopt.search import search

from .living import Clients, inside, refusal

EXAMPLE = Path(__file__).parents[2] / "examples" / "acme"
LACKS = {"aws_accessanalyzer_analyzer": "moto has no IAM Access Analyzer"}


@pytest.fixture(autouse=True)
def account() -> Iterator[None]:
    """An empty account."""
    with mock_aws():
        yield


class TestSearch:
    """``search``, over stacks of the example."""

    @pytest.fixture(scope="class")
    @classmethod
    def bundle(cls, tmp_path_factory: pytest.TempPathFactory) -> Any:
        """The stacks that every account of the example has."""
        fleet = resolve(load(EXAMPLE))
        keys = ("payments-dev.baseline", "payments-dev.state-backend")
        instances = [each for each in fleet.instances if each.key in keys]
        return synth(fleet, instances, project=EXAMPLE, out=tmp_path_factory.mktemp("out") / "b").bundle

    def test_every_type_of_the_baseline_has_an_answer(self, bundle: Any) -> None:
        """How it is found, or why it is not looked for."""
        types = types_of(bundle)
        assert types - FINDERS.keys() - NOT_SOUGHT.keys() == set()

    def test_an_empty_account(self, bundle: Any) -> None:
        """Nothing is found, and everything was looked for or has a reason."""
        found = search(bundle, tuple(bundle.stacks.values()), inside(), skip=LACKS)
        assert (found.found, found.obstacles) == ((), {})
        assert set(found.unsought) == NOT_SOUGHT.keys() & types_of(bundle) | LACKS.keys()

    def test_what_was_found_leads_to_the_construct(self, bundle: Any) -> None:
        """Its path, its address and its id."""
        boto3.client("iam", region_name="us-east-1").create_account_alias(AccountAlias="old")
        (one,) = search(bundle, tuple(bundle.stacks.values()), inside(), skip=LACKS).found
        assert (one.entry.stack, one.entry.to, one.entry.id) == (
            "payments-dev.baseline",
            "Default/Alias",
            "old",
        )
        assert one.address == "aws_iam_account_alias.Alias"

    def test_a_refusal_of_awss_is_told(self, bundle: Any) -> None:
        """What cannot be read is not taken for absent."""

        class Closed:
            def list_account_aliases(self) -> None:
                raise refusal("AccessDenied", "ListAccountAliases")

        record = bundle.stacks["payments-dev.baseline"]
        others = {kind: "" for kind in FINDERS if kind != "aws_iam_account_alias"}
        with pytest.raises(LandformError) as caught:
            search(bundle, [record], inside(Clients({"iam": lambda _: Closed()})), skip=others)
        assert caught.value.code is Code.AWS_REFUSED
        assert "aws_iam_account_alias" in str(caught.value)


def types_of(bundle: Any) -> set[str]:
    """The types of a bundle's resources."""
    return {address.partition(".")[0] for record in bundle.stacks.values() for address in record.resources}
