"""What of a stack the rules are shown."""

from __future__ import annotations

from typing import Any

import pytest

from landform.checks.scan_copy import scan_copy


class TestScanCopy:
    def test_keeps_what_rules_judge(self) -> None:
        """Resources, data sources, providers and what is asked of them, modules, variables, locals and outputs."""
        stack = {
            "resource": {"aws_s3_bucket": {"a": {"bucket": "x"}}},
            "data": {"aws_region": {"here": {}}},
            "provider": {"aws": [{"region": "eu-west-1"}]},
            "module": {"m": {"source": "./m"}},
            "variable": {"v": {"type": "string"}},
            "locals": {"l": 1},
            "output": {"o": {"value": "${local.l}"}},
            "terraform": {"required_providers": {"aws": {"source": "hashicorp/aws", "version": "5.100.0"}}},
        }
        assert scan_copy(stack) == stack

    @pytest.mark.parametrize("block", ["terraform", "import", "moved", "removed", "check", "//"])
    def test_drops_what_makes_checkov_drop_the_file(self, block: str) -> None:
        """Blocks that no rule judges and that checkov cannot parse are left out."""
        assert scan_copy({block: [{"a": 1}], "locals": {"l": 1}}) == {"locals": {"l": 1}}

    @pytest.mark.parametrize("block", [{"required_version": ">= 1.5"}, [{"backend": {"s3": {}}}], []])
    def test_keeps_no_other_setting_of_terraform(self, block: Any) -> None:
        """The backend and the required version are judged by no rule."""
        assert scan_copy({"terraform": block, "locals": {"l": 1}}) == {"locals": {"l": 1}}

    def test_drops_comments_at_every_depth(self) -> None:
        """Comments are left out, cdktf's metadata among them."""
        stack = {
            "resource": {"//": "x", "aws_vpc": {"//": "x", "a": {"//": {"metadata": 1}, "b": [{"//": 1}]}}}
        }
        assert scan_copy(stack) == {"resource": {"aws_vpc": {"a": {"b": [{}]}}}}

    @pytest.mark.parametrize(
        "resources",
        [
            [{"aws_vpc": {"a": {"x": 1}}}, {"aws_vpc": {"b": {"x": 2}}}],
            {"aws_vpc": [{"a": {"x": 1}}, {"b": {"x": 2}}]},
            {"aws_vpc": {"a": [{"x": 1}], "b": [{"x": 2}]}},
        ],
    )
    def test_writes_arrays_of_labels_as_objects(self, resources: Any) -> None:
        """The array forms of Terraform's JSON syntax become the one form that checkov reads."""
        assert scan_copy({"resource": resources}) == {"resource": {"aws_vpc": {"a": {"x": 1}, "b": {"x": 2}}}}

    def test_writes_one_provider_as_a_list(self) -> None:
        """A provider that stands alone becomes a list of one."""
        assert scan_copy({"provider": {"aws": {"region": "x"}}}) == {"provider": {"aws": [{"region": "x"}]}}

    @pytest.mark.parametrize(
        "stack",
        [
            {"resource": "x"},
            {"resource": {"aws_vpc": 1}},
            {"resource": {"aws_vpc": {"a": None}}},
            {"provider": {"aws": 1}},
        ],
    )
    def test_refuses_what_is_no_terraform(self, stack: Any) -> None:
        """A block that is no object is an error, never a block that is passed over."""
        with pytest.raises(ValueError, match="an object was expected"):
            scan_copy(stack)

    def test_leaves_the_stack_alone(self) -> None:
        """The stack itself is not changed."""
        stack = {"resource": {"aws_vpc": [{"a": {"//": 1, "x": [1]}}]}}
        scan_copy(stack)
        assert stack == {"resource": {"aws_vpc": [{"a": {"//": 1, "x": [1]}}]}}
