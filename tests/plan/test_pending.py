"""Placeholders for what other stacks have not published yet."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from bundles import write_bundle

from landform.errors import Code, LandformError
from landform.plan.pending import Upstream, Wait, with_placeholders
from landform.synth.bundle import Bundle

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


def waits(name: str) -> Wait | None:
    return Wait("dev.network", published=False) if name == VPC else None


class TestUpstream:
    """``Upstream.wait``."""

    @pytest.fixture
    def bundle(self, tmp_path: Path) -> Bundle:
        """A network and what reads it, in one account."""
        return write_bundle(tmp_path, {"dev.network": {}, "dev.app": {}}, {"dev": ("111111111111", "dev")})

    def wait(self, bundle: Bundle, applied: Mapping[str, str], parameter: str = VPC) -> Wait | None:
        return Upstream(bundle, applied).wait(bundle.stacks["dev.app"], parameter)

    def test_what_was_never_applied_has_published_nothing(self, bundle: Bundle) -> None:
        """A placeholder has to stand for it."""
        assert self.wait(bundle, {}) == Wait("dev.network", published=False)

    def test_what_changes_has_to_be_applied_first(self, bundle: Bundle) -> None:
        """There is a value to plan with, and it may be an old one."""
        assert self.wait(bundle, {"dev.network": "another"}) == Wait("dev.network", published=True)

    def test_what_is_applied_is_there(self, bundle: Bundle) -> None:
        """Nothing to wait for."""
        assert self.wait(bundle, {"dev.network": bundle.stacks["dev.network"].sha256}) is None

    @pytest.mark.parametrize(
        "parameter", ["/landform/prod/network/x", "/landform/dev/other/x", "/aws/service/ami"]
    )
    def test_a_parameter_of_nobody_here(self, bundle: Bundle, parameter: str) -> None:
        """What no stack of the bundle publishes is read as it is."""
        assert self.wait(bundle, {}, parameter) is None


class TestWithPlaceholders:
    """``with_placeholders``."""

    def test_nothing_waits_nothing_changes(self) -> None:
        """A stack whose parameters are all there is planned as it was synthesised."""
        assert with_placeholders(READER, lambda _: None) == (READER, ())

    def test_an_old_value_is_planned_with(self) -> None:
        """Where there is a value no placeholder stands for it, and the plan waits all the same."""
        document, pending = with_placeholders(READER, lambda _: Wait("dev.network", published=True))
        assert (document, pending) == (READER, ("dev.network",))

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
