"""Drift without what nobody changed."""

from __future__ import annotations

from typing import Any

import pytest

from landform.plan.drift import without_noise
from landform.policies.change import created, destroyed, unchanged, updated


def real(type: str, before: dict[str, Any], after: dict[str, Any]) -> list[tuple[Any, Any]]:
    """What is left of a change outside: before and after."""
    return [(one.before, one.after) for one in without_noise([updated(f"{type}.x", before, after)])]


class TestWithoutNoise:
    """``without_noise``."""

    @pytest.mark.parametrize(
        ("type", "before", "after"),
        [
            ("aws_sqs_queue", {"tags": None}, {"tags": {}}),
            ("aws_sqs_queue", {"policy": None}, {"policy": ""}),
            ("aws_sqs_queue", {}, {"policy": None}),
            ("aws_sqs_queue", {"tags_all": {}}, {"tags_all": {"a": "b"}}),
            ("aws_sqs_queue", {"url": "a"}, {"url": "b"}),
            (
                "aws_db_instance",
                {"vpc_security_group_ids": ["a", "b"]},
                {"vpc_security_group_ids": ["b", "a"]},
            ),
            (
                "aws_security_group",
                {"ingress": [{"from_port": 1, "description": None}, {"from_port": 2}]},
                {"ingress": [{"from_port": 2}, {"from_port": 1, "description": ""}]},
            ),
            ("aws_lb", {"access_logs": [{"prefix": None}]}, {"access_logs": [{"prefix": ""}]}),
        ],
    )
    def test_noise(self, type: str, before: dict[str, Any], after: dict[str, Any]) -> None:
        """Null against empty, the order of sets, and what nobody can set."""
        assert real(type, before, after) == []

    @pytest.mark.parametrize(
        ("type", "before", "after"),
        [
            ("aws_kms_key", {"enable_key_rotation": True}, {"enable_key_rotation": False}),
            ("aws_sqs_queue", {"delay_seconds": 5}, {"delay_seconds": 0}),
            ("aws_sqs_queue", {"fifo_queue": None}, {"fifo_queue": False}),
            ("aws_sqs_queue", {"tags": {}}, {"tags": {"a": "b"}}),
            ("aws_db_instance", {"vpc_security_group_ids": ["a"]}, {"vpc_security_group_ids": ["a", "b"]}),
            ("aws_lb", {"access_logs": [{"enabled": True}]}, {"access_logs": [{"enabled": False}]}),
            ("acme_thing", {"a": [1, 2]}, {"a": [2, 1]}),
        ],
    )
    def test_what_somebody_did(self, type: str, before: dict[str, Any], after: dict[str, Any]) -> None:
        """False and 0 are values; the order of a list means something, and of what is not known too."""
        assert real(type, before, after) == [(before, after)]

    def test_only_what_was_changed_differs(self) -> None:
        """So that a rule that compares both sees no noise."""
        before = {"tags": None, "enable_key_rotation": True, "arn": "a"}
        after = {"tags": {}, "enable_key_rotation": False, "arn": "b"}
        assert real("aws_kms_key", before, after) == [(before, {**before, "enable_key_rotation": False})]

    def test_removed_and_quiet(self) -> None:
        """What was destroyed outside stays; what did not change goes."""
        gone = destroyed("aws_sqs_queue.q", {"name": "q"})
        made = created("aws_sqs_queue.p", {"name": "p"})
        assert without_noise([gone, unchanged("aws_sqs_queue.r", {}), made]) == (gone, made)
