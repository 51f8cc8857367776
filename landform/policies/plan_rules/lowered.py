"""Protection that a plan lowers: against deletion, of encryption, of logs, of what can be taken back.

A plan is held against the tables of ``guarded``: it is spoken of where an argument protected before and protects less
afterwards. How a resource is made is no business of these
rules: the checks over the stack look at that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

from landform.policies.change import ResourceChange, created, destroyed, updated
from landform.policies.plan_rule import Concern, PlanRule, PlanView, Risk, example_plan
from landform.policies.plan_rules.guarded import (
    DELETION,
    ENCRYPTION,
    ENCRYPTION_TYPES,
    LOGGING,
    LOGGING_TYPES,
    RECOVERY,
    RECOVERY_TYPES,
    Guarded,
    Values,
)
from landform.policies.plan_rules.values import acting, body_of, is_unknown, paths_of, values_at


def _lowered(
    table: Sequence[Guarded], types: frozenset[str], switched_off: str
) -> Callable[[PlanView], Iterator[Concern]]:
    """A judgement by a table of arguments, and of types that protect by being there."""

    # The plans of a fleet have the same arguments over and over.
    @lru_cache(maxsize=65_536)
    def guarded(argument: str) -> Guarded | None:
        return next((row for row in table if matcher(row.pattern)(argument)), None)

    def judge(view: PlanView) -> Iterator[Concern]:
        for change in acting(view):
            if change.action in ("update", "replace"):
                yield from _arguments(change, guarded)
            elif change.action in ("delete", "forget") and change.type in types:
                yield Concern(Risk.R3, change.address, f"is taken away: {switched_off}")

    return judge


def _arguments(change: ResourceChange, guarded: Callable[[str], Guarded | None]) -> Iterator[Concern]:
    for path in paths_of(change.before, change.after, change.unknown):
        row = guarded(f"{change.type}.{path}")
        # What a tag is called means nothing.
        if row is None or path.startswith(("tags.", "tags_all.")):
            continue
        before, after = values_at(change.before, path), values_at(change.after, path)
        unknown = is_unknown(change, path)
        if unknown and row.open and row.lowers(before, ()):
            message = f"has a {path} that is known only after apply, and it protected before"
            yield Concern(Risk.R3, change.address, message, (path,), {path: _one(before)})
        elif not unknown and row.lowers(before, after):
            message = f"is protected less: {path} goes from {_word(before)} to {_word(after)}"
            yield Concern(
                Risk.R3, change.address, message, (path,), {path: _one(before)}, {path: _one(after)}
            )


@lru_cache(maxsize=1_024)
def matcher(pattern: str) -> Callable[[str], bool]:
    """``*`` in front of a path is every type, at whatever depth the path begins."""
    if pattern.startswith("*."):
        ending = re.compile(r"[a-z0-9_.]+\." + re.escape(pattern[2:]).replace(r"\*", ".*"))
        return lambda text: ending.fullmatch(text) is not None
    return lambda text: fnmatchcase(text, pattern)


def _one(values: Values) -> Any:
    return values[0] if len(values) == 1 else list(values) or None


def _word(values: Values) -> str:
    """A value in words; of blocks, that there are some."""
    if not values:
        return "nothing"
    return ", ".join(
        "a block"
        if isinstance(value, Mapping)
        else str(value).lower()
        if isinstance(value, bool)
        else str(value)
        for value in values
    )


def _recovery(view: PlanView) -> Iterator[Concern]:
    yield from _lowered(RECOVERY, RECOVERY_TYPES, "what it kept or copied can be taken back no longer")(view)
    made = {
        name
        for change in acting(view, "aws_s3_bucket")
        if change.action == "create"
        for name in values_at(change.after, "bucket")
    }
    for change in acting(view, "aws_s3_bucket_lifecycle_configuration"):
        bucket = values_at(change.after, "bucket")
        if change.action != "create" or is_unknown(change, "bucket") or made.issuperset(bucket):
            continue
        for path in ("rule.expiration.days", "rule.noncurrent_version_expiration.noncurrent_days"):
            if days := values_at(change.after, path):
                message = f"deletes what lies in a bucket that is there already, after {min(days)} days"
                yield Concern(Risk.R3, change.address, message, (path,), None, {path: min(days)})


def _prevented(config: Mapping[str, Any] | None, address: str) -> bool:
    body = body_of(config, address)
    return body is not None and True in values_at(body, "lifecycle.prevent_destroy")


def _deletion(view: PlanView) -> Iterator[Concern]:
    yield from _lowered(DELETION, frozenset(), "")(view)
    # Terraform keeps prevent_destroy in the configuration alone: no plan shows that it went.
    for type, named in (view.previous or {}).get("resource", {}).items():
        for address in (f"{type}.{name}" for name in named):
            if _prevented(view.previous, address) and not _prevented(view.config, address):
                yield Concern(
                    Risk.R3, address, "is no longer kept from being destroyed", ("lifecycle.prevent_destroy",)
                )


_KEPT = {"resource": {"aws_s3_bucket": {"b": {"lifecycle": {"prevent_destroy": True}}}}}

RULES = (
    PlanRule(
        id="LF_PLAN_DELETION_GUARD",
        title="Protection against deletion stays",
        rationale="It is lowered in one plan so that the next can destroy, and the next looks like any other.",
        remediation="Leave it, or lower it and destroy in one plan that says so in its approval.",
        judge=_deletion,
        good=(
            example_plan(
                updated(
                    "aws_lb.l", {"enable_deletion_protection": False}, {"enable_deletion_protection": True}
                )
            ),
            example_plan(
                updated("aws_kms_key.k", {"deletion_window_in_days": 7}, {"deletion_window_in_days": 30})
            ),
            example_plan(created("aws_s3_bucket.b", {"force_destroy": True})),
            example_plan(previous=_KEPT, config=_KEPT),
        ),
        bad=(
            example_plan(
                updated(
                    "aws_lb.l", {"enable_deletion_protection": True}, {"enable_deletion_protection": False}
                )
            ),
            example_plan(
                updated("aws_db_instance.d", {"skip_final_snapshot": False}, {"skip_final_snapshot": True})
            ),
            example_plan(updated("aws_s3_bucket.b", {"force_destroy": None}, {"force_destroy": True})),
            example_plan(
                updated("aws_kms_key.k", {"deletion_window_in_days": 30}, {"deletion_window_in_days": 7})
            ),
            example_plan(
                updated(
                    "aws_lb.l", {"enable_deletion_protection": True}, {}, {"enable_deletion_protection": True}
                )
            ),
            example_plan(previous=_KEPT, config={"resource": {"aws_s3_bucket": {"b": {}}}}),
        ),
    ),
    PlanRule(
        id="LF_PLAN_ENCRYPTION",
        title="Encryption is not lowered",
        rationale="What is written from then on lies or travels open to whoever reaches the disk or the wire.",
        remediation="Leave it on. To change a key, name the new one in the same plan.",
        judge=_lowered(
            ENCRYPTION, ENCRYPTION_TYPES, "what is written from now on is encrypted as AWS chooses, or not"
        ),
        good=(
            example_plan(updated("aws_sqs_queue.q", {"kms_master_key_id": "a"}, {"kms_master_key_id": "b"})),
            example_plan(updated("aws_sqs_queue.q", {"tags": {"kms_key_id": "a"}}, {"tags": {}})),
            example_plan(
                updated("aws_sqs_queue.q", {"kms_master_key_id": "a"}, {}, {"kms_master_key_id": True})
            ),
        ),
        bad=(
            example_plan(updated("aws_sqs_queue.q", {"kms_master_key_id": "a"}, {"kms_master_key_id": None})),
            example_plan(
                updated("aws_kms_key.k", {"enable_key_rotation": True}, {"enable_key_rotation": False})
            ),
            example_plan(
                updated(
                    "aws_instance.i",
                    {"metadata_options": [{"http_tokens": "required"}]},
                    {"metadata_options": [{"http_tokens": "optional"}]},
                )
            ),
            example_plan(destroyed("aws_s3_bucket_server_side_encryption_configuration.b", {"bucket": "b"})),
        ),
    ),
    PlanRule(
        id="LF_PLAN_LOGGING",
        title="Logs and detectors are not lowered",
        rationale="What is done from then on leaves no trace, or a shorter one: an intruder does that first.",
        remediation="Leave them on. To move them, start the new one before the old one goes.",
        judge=_lowered(LOGGING, LOGGING_TYPES, "what it recorded or raised is recorded no longer"),
        good=(
            example_plan(
                updated("aws_cloudwatch_log_group.l", {"retention_in_days": 30}, {"retention_in_days": 0})
            ),
        ),
        bad=(
            example_plan(
                updated("aws_cloudwatch_log_group.l", {"retention_in_days": 0}, {"retention_in_days": 30})
            ),
            example_plan(updated("aws_cloudtrail.t", {"enable_logging": True}, {"enable_logging": False})),
            example_plan(destroyed("aws_flow_log.f", {})),
        ),
    ),
    PlanRule(
        id="LF_PLAN_RECOVERY",
        title="Backups, versions and what else can be taken back are not lowered",
        rationale="The backup that is not made is missed on the day it is needed, and old ones go at once.",
        remediation="Leave them. To keep less, say in the approval who needs no more.",
        judge=_recovery,
        good=(
            example_plan(
                created("aws_s3_bucket.b", {"bucket": "b"}),
                created(
                    "aws_s3_bucket_lifecycle_configuration.l",
                    {"bucket": "b", "rule": [{"expiration": [{"days": 7}]}]},
                ),
            ),
            example_plan(
                updated("aws_db_instance.d", {"backup_retention_period": 7}, {"backup_retention_period": 35})
            ),
        ),
        bad=(
            example_plan(
                updated("aws_db_instance.d", {"backup_retention_period": 35}, {"backup_retention_period": 0})
            ),
            example_plan(
                updated(
                    "aws_s3_bucket_versioning.v",
                    {"versioning_configuration": [{"status": "Enabled", "mfa_delete": "Disabled"}]},
                    {"versioning_configuration": [{"status": "Suspended", "mfa_delete": "Disabled"}]},
                )
            ),
            example_plan(
                updated(
                    "aws_s3_bucket_versioning.v",
                    {"versioning_configuration": [{"mfa_delete": "Enabled"}]},
                    {"versioning_configuration": [{"mfa_delete": "Disabled"}]},
                )
            ),
            example_plan(destroyed("aws_backup_selection.s", {})),
            example_plan(
                created(
                    "aws_s3_bucket_lifecycle_configuration.l",
                    {"bucket": "b", "rule": [{"expiration": [{"days": 7}]}]},
                )
            ),
            example_plan(updated("aws_dynamodb_table.t", {"ttl": []}, {"ttl": [{"enabled": True}]})),
        ),
    ),
)
