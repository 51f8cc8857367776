"""Keys: who of other accounts uses one, and whether a copy is kept as well as its source."""

from __future__ import annotations

import json
from typing import Any

import pytest

from landform.policies.engine import judged
from landform.policies.result import Result
from landform.policies.rules import OWN
from landform.policies.view import StackView, Surroundings

KEY = "${aws_kms_key.k.arn}"
QUEUE: dict[str, Any] = {"aws_sqs_queue": {"q": {"kms_master_key_id": "alias/aws/sqs"}}}


def outcome(
    rule: str, address: str, resources: dict[str, Any], around: Surroundings | None = None, **beside: Any
) -> str:
    """What a rule says of one block of a stack."""
    view = StackView("a.s", {"resource": resources, **beside}, surroundings=around)
    said = (each for each in judged(view, (OWN[rule],)) if isinstance(each, Result))
    return next(each.outcome for each in said if each.address == address)


class TestSharedKey:
    """``LF_KEY_SHARED``."""

    def of(self, *statements: dict[str, Any], around: Surroundings | None = None) -> str:
        """What it says of a key with a policy."""
        policy = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
        return outcome("LF_KEY_SHARED", "aws_kms_key.k", {"aws_kms_key": {"k": {"policy": policy}}}, around)

    def allow(self, account: str, action: str = "kms:*") -> dict[str, Any]:
        """A statement for a whole account."""
        principal = {"AWS": f"arn:aws:iam::{account}:root"}
        return {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*"}

    def test_its_own_account(self) -> None:
        """Without it nobody could change the key."""
        assert self.of(self.allow("111122223333")) == "passed"

    def test_the_spec_says_which_account_it_is_in(self) -> None:
        """A key that another account alone may use is not its own."""
        around = Surroundings("444455556666", (), ())

        assert self.of(self.allow("111122223333"), around=around) == "failed"

    def test_two_that_may_do_everything(self) -> None:
        """One of them is another account, whichever it is."""
        assert self.of(self.allow("111122223333"), self.allow("444455556666")) == "failed"

    def test_a_deny(self) -> None:
        """It lets nobody in."""
        denied = {**self.allow("444455556666"), "Effect": "Deny"}

        assert self.of(self.allow("111122223333"), denied) == "passed"


class TestCopyWeaker:
    """``LF_COPY_WEAKER``."""

    @pytest.mark.parametrize(
        ("queue", "letters", "expected"),
        [
            ({"kms_master_key_id": KEY}, {"kms_master_key_id": KEY}, "passed"),
            ({"kms_master_key_id": KEY}, {"kms_master_key_id": "alias/aws/sqs"}, "failed"),
            ({"kms_master_key_id": KEY}, {}, "failed"),
            ({}, {"sqs_managed_sse_enabled": False}, "failed"),
            ({"sqs_managed_sse_enabled": False}, {}, "passed"),
        ],
    )
    def test_dead_letters(self, queue: dict[str, Any], letters: dict[str, Any], expected: str) -> None:
        """A queue of the same stack that a queue's dead letters go to."""
        redrive = json.dumps({"deadLetterTargetArn": "${aws_sqs_queue.d.arn}", "maxReceiveCount": 3})
        queues = {"q": {**queue, "redrive_policy": redrive}, "d": letters}

        assert outcome("LF_COPY_WEAKER", "aws_sqs_queue.q", {"aws_sqs_queue": queues}) == expected

    @pytest.mark.parametrize(
        ("of_replicas", "of_the_target", "expected"),
        [(None, None, "failed"), (KEY, None, "passed"), (None, KEY, "passed")],
    )
    def test_replicas_of_a_bucket(
        self, of_replicas: str | None, of_the_target: str | None, expected: str
    ) -> None:
        """By the key of the replication, or else by the target's own."""

        def encrypted(bucket: str, key: str | None) -> dict[str, Any]:
            by = {"kms_master_key_id": key, "sse_algorithm": "aws:kms"}
            return {"bucket": bucket, "rule": {"apply_server_side_encryption_by_default": by}}

        destination: dict[str, Any] = {"bucket": "${aws_s3_bucket.target.arn}"}
        if of_replicas:
            destination["encryption_configuration"] = {"replica_kms_key_id": of_replicas}
        resources = {
            "aws_s3_bucket": {"source": {}, "target": {}},
            "aws_s3_bucket_server_side_encryption_configuration": {
                "source": encrypted("${aws_s3_bucket.source.id}", KEY),
                "target": encrypted("${aws_s3_bucket.target.id}", of_the_target),
            },
            "aws_s3_bucket_replication_configuration": {
                "r": {"bucket": "${aws_s3_bucket.source.id}", "rule": [{"destination": destination}]}
            },
        }

        address = "aws_s3_bucket_replication_configuration.r"
        assert outcome("LF_COPY_WEAKER", address, resources) == expected

    @pytest.mark.parametrize(("key", "expected"), [(None, "failed"), (KEY, "passed")])
    def test_copies_of_backups(self, key: str | None, expected: str) -> None:
        """The vault that a plan copies to, beside the one that it keeps its backups in."""
        rule = {
            "target_vault_name": "${aws_backup_vault.main.name}",
            "copy_action": [{"destination_vault_arn": "${aws_backup_vault.copy.arn}"}],
        }
        resources = {
            "aws_backup_vault": {"main": {"kms_key_arn": KEY}, "copy": {"kms_key_arn": key}},
            "aws_backup_plan": {"p": {"rule": [rule]}},
        }

        assert outcome("LF_COPY_WEAKER", "aws_backup_plan.p", resources) == expected

    @pytest.mark.parametrize(("key", "expected"), [({}, "failed"), ({"kms_key_id": KEY}, "passed")])
    def test_the_copy_of_a_snapshot(self, key: dict[str, str], expected: str) -> None:
        """What it is a copy of is kept as the volume is."""
        resources = {
            "aws_ebs_volume": {"v": {"encrypted": True, "kms_key_id": KEY}},
            "aws_ebs_snapshot": {"s": {"volume_id": "${aws_ebs_volume.v.id}"}},
            "aws_ebs_snapshot_copy": {"c": {"source_snapshot_id": "${aws_ebs_snapshot.s.id}", **key}},
        }

        assert outcome("LF_COPY_WEAKER", "aws_ebs_snapshot_copy.c", resources) == expected

    def test_backups_of_a_database_elsewhere(self) -> None:
        """Without a key of its own a replication takes AWS's."""
        resources = {
            "aws_db_instance": {"d": {"kms_key_id": KEY}},
            "aws_db_instance_automated_backups_replication": {
                "r": {"source_db_instance_arn": "${aws_db_instance.d.arn}"}
            },
        }

        address = "aws_db_instance_automated_backups_replication.r"
        assert outcome("LF_COPY_WEAKER", address, resources) == "failed"


class TestAwsKey:
    """``LF_AWS_KEY``."""

    @pytest.mark.parametrize(
        ("data_class", "expected"),
        [("restricted", "failed"), ("confidential", "failed"), ("internal", "passed")],
    )
    def test_by_the_data_of_the_account(self, data_class: str, expected: str) -> None:
        """For data of no harm, AWS's key does."""
        around = Surroundings("111122223333", (), (), data_class=data_class)

        assert outcome("LF_AWS_KEY", "aws_sqs_queue.q", QUEUE, around) == expected

    def test_an_alias_that_is_looked_up(self) -> None:
        """The data source names it, and the resource the data source."""
        around = Surroundings("111122223333", (), (), data_class="restricted")
        queue = {"aws_sqs_queue": {"q": {"kms_master_key_id": "${data.aws_kms_alias.a.target_key_arn}"}}}
        looked_up = {"aws_kms_alias": {"a": {"name": "alias/aws/sqs"}}}

        assert outcome("LF_AWS_KEY", "aws_sqs_queue.q", queue, around, data=looked_up) == "failed"
