"""Placeholders for what other stacks have not published yet."""

from __future__ import annotations

import json
from typing import Any

import pytest

from landform.errors import Code, LandformError
from landform.plan.pending import is_placeholder, with_placeholders

VPC = "/landform/dev/network/vpc_id"
READER: dict[str, Any] = {
    "data": {
        "aws_ssm_parameter": {"vpc": {"name": VPC}, "own": {"name": "/own"}},
        "aws_caller_identity": {"me": {}},
    },
    "resource": {
        "aws_security_group": {
            "g": {
                "vpc_id": "${data.aws_ssm_parameter.vpc.insecure_value}",
                "name": "${data.aws_ssm_parameter.vpc_other.value}",
                "depends_on": ["data.aws_ssm_parameter.vpc"],
                "tags": {"own": "${data.aws_ssm_parameter.own.value}"},
            }
        }
    },
}


def waits(name: str) -> str | None:
    return "dev.network" if name == VPC else None


class TestWithPlaceholders:
    """``with_placeholders``."""

    def test_nothing_waits_nothing_changes(self) -> None:
        """A stack whose parameters are all there is planned as it was synthesised."""
        assert with_placeholders(READER, lambda _: None) == (READER, ())

    def test_a_reader_reads_the_placeholder(self) -> None:
        """Every way to refer to the parameter refers to the placeholder, and a longer name is left alone."""
        document, pending = with_placeholders(READER, waits)
        group = document["resource"]["aws_security_group"]["g"]
        assert group == {
            "vpc_id": "${terraform_data.landform_pending__vpc.output}",
            "name": "${data.aws_ssm_parameter.vpc_other.value}",
            "depends_on": ["terraform_data.landform_pending__vpc"],
            "tags": {"own": "${data.aws_ssm_parameter.own.value}"},
        }
        assert pending == ("dev.network",)

    def test_other_data_sources_stay(self) -> None:
        """What is there is still read."""
        document, _ = with_placeholders(READER, waits)
        assert document["data"] == {
            "aws_ssm_parameter": {"own": {"name": "/own"}},
            "aws_caller_identity": {"me": {}},
        }

    def test_the_document_is_not_changed(self) -> None:
        """The bundle's document is as before."""
        before = json.dumps(READER)
        with_placeholders(READER, waits)
        assert json.dumps(READER) == before

    def test_a_kind_without_a_block_goes(self) -> None:
        """Terraform refuses an empty ``data``."""
        document, _ = with_placeholders({"data": {"aws_ssm_parameter": {"vpc": {"name": VPC}}}}, waits)
        assert "data" not in document

    def test_more_than_the_value_is_refused(self) -> None:
        """Nobody knows the version of a parameter that is not there."""
        reader = {
            "data": {"aws_ssm_parameter": {"vpc": {"name": VPC}}},
            "output": {"v": {"value": "${data.aws_ssm_parameter.vpc.version}"}},
        }
        with pytest.raises(LandformError) as caught:
            with_placeholders(reader, waits)
        assert caught.value.code is Code.REFERENCE

    def test_nobody_can_pass_for_a_placeholder(self) -> None:
        """A resource of the placeholders' name is refused, or it would be taken for one."""
        taken = {**READER, "resource": {"terraform_data": {"landform_pending__x": {}}}}
        with pytest.raises(LandformError, match="keeps for placeholders"):
            with_placeholders(taken, waits)

    def test_is_placeholder(self) -> None:
        """A placeholder is known by its address."""
        assert is_placeholder("terraform_data.landform_pending__vpc")
        assert not is_placeholder("terraform_data.mine")
