"""The answers as data: one JSON document each, of format ``landform/access/v1``, and the matrix as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from landform.access import words
from landform.access.edges import Edge
from landform.access.labels import action_patterns
from landform.access.matrix import Row, Who
from landform.access.model import Holdings, Origin, Target
from landform.access.paths import Escalation, conditions_of
from landform.access.questions import WhatCan, WhoCan
from landform.access.rights import LEVELS, Right
from landform.iam.access import Permission
from landform.iam.policy import Names

FORMAT = "landform/access/v1"
TAKEN_FOR_GRANTED = (
    "Requests come over TLS of a version that AWS's tools use: a deny of others is told, and is no condition.",
    "Requests about a resource go to its own Region.",
    "Every level of the organisation has FullAWSAccess; what SCPs and RCPs of the bundle deny is counted.",
)
"""What every answer rests on."""


def matrix_json(holdings: Holdings, rows: Sequence[Row]) -> dict[str, Any]:
    """The matrix."""
    return {**_head(holdings, "matrix"), "levels": list(LEVELS.values()), "rows": [_row(row) for row in rows]}


def who_can_json(holdings: Holdings, answer: WhoCan) -> dict[str, Any]:
    """Who can do one action."""
    return {
        **_head(holdings, "who-can"),
        "action": answer.action,
        "on": answer.on,
        "in_the_bundle": answer.known,
        "rows": [_row(row) for row in answer.rows],
    }


def what_can_json(holdings: Holdings, answer: WhatCan) -> dict[str, Any]:
    """What one principal can do."""
    principal = answer.principal
    return {
        **_head(holdings, "what-can"),
        "principal": {
            "id": principal.arn,
            "kind": principal.kind,
            "name": principal.name,
            "account": answer.account.name,
            "boundary": principal.boundary.name if principal.boundary else None,
            "unread": list(principal.unread),
            **_origin(principal.origin),
        },
        "rows": [_row(row) for row in answer.rows],
        "permissions": [_permission(one) for one in answer.permissions],
    }


def edges_json(holdings: Holdings, found: Sequence[Edge]) -> dict[str, Any]:
    """Access from account to account."""
    return {
        **_head(holdings, "cross-account"),
        "edges": [
            {
                "source": edge.source,
                "source_account": edge.source_account,
                "target": edge.target,
                "target_accounts": list(edge.target_accounts),
                "halves": edge.halves,
                "rights": [_right(right, edge.target) for right in edge.rights],
                "named": list(edge.patterns),
            }
            for edge in found
        ],
    }


def escalations_json(holdings: Holdings, found: Sequence[Escalation]) -> dict[str, Any]:
    """Escalation paths that are open."""
    return {
        **_head(holdings, "escalations"),
        "principals": [
            {
                "principal": _who(one.who),
                "accounts": list(one.accounts),
                "administrator": one.administrator,
                "paths": [
                    {
                        "id": path.path.id,
                        "kind": path.path.kind,
                        "gives": path.path.gives,
                        "needs": path.path.needs,
                        "conditions": [words.condition(guard) for guard in conditions_of(path)],
                        "steps": [
                            {
                                "action": step.action,
                                "by": [words.statement_name(found.statement) for found in step.found],
                                "on": step.found[0].point.resource,
                            }
                            for step in path.steps
                        ],
                        "sources": list(path.path.sources),
                    }
                    for path in one.paths
                ],
            }
            for one in found
        ],
    }


def _head(holdings: Holdings, kind: str) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "kind": kind,
        "bundle": holdings.digest,
        "taken_for_granted": list(TAKEN_FOR_GRANTED),
        "notes": list(holdings.notes),
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        "principal": _who(row.who),
        "resource": _target(row.target),
        "accounts": list(row.accounts),
        "levels": {level: state for level in LEVELS.values() if (state := row.state(level))},
        "rights": [_right(right, row.target.arn) for right in row.rights],
    }


def _right(right: Right, arn: str) -> dict[str, Any]:
    return {
        "level": right.level,
        "state": right.state,
        "actions": list(right.actions),
        "on": right.on,
        "parts": words.parts(right, arn),
        **words.why(right),
    }


def _who(who: Who) -> dict[str, Any]:
    return {
        "id": who.identity.id,
        "kind": who.kind,
        "name": who.name,
        "account": who.account or who.identity.account,
        "unread": list(who.unread),
        **(_origin(who.origin) if who.origin else {}),
    }


def _target(target: Target) -> dict[str, Any]:
    return {
        "arn": target.arn,
        "type": target.origin.type,
        "account": target.origin.account,
        "account_id": target.origin.account_id,
        "tier": target.origin.tier,
        "region": target.region,
        "unread": list(target.unread),
        **_origin(target.origin),
    }


def _origin(origin: Origin) -> dict[str, Any]:
    return {
        "stack": origin.stack,
        "address": origin.address,
        "construct_path": origin.construct_path,
        "source": origin.source,
    }


def _permission(permission: Permission) -> dict[str, Any]:
    return {
        "policy": permission.statement.policy,
        "sid": permission.statement.sid,
        "actions": {_which(permission.actions): list(action_patterns(permission))},
        "resources": {_which(permission.resources): list(permission.resources.patterns)},
        "conditions": [words.condition(guard) for guard in permission.guards],
        "limited_by": [[words.statement_name(s) for s in layer] for layer in permission.limits],
        "denied_in_part_by": [words.statement_name(s) for s in permission.unless],
    }


def _which(names: Names) -> str:
    return "all_but" if names.excluded else "any_of"


_COLUMNS = (
    "principal", "kind", "principal_account", "principal_arn", "resource", "type", "accounts", "count", "level",
    "state", "actions", "parts", "allowed_by", "denied_if", "stopped_by",
)  # fmt: skip


def matrix_csv(rows: Iterable[Row]) -> str:
    """The matrix as CSV: a line for each right, lists separated by ``; ``."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for row in rows:
        for right in row.rights:
            decision = right.decision
            stopped = words.stopped_by(decision) if right.state == "stopped" else []
            cells = (
                row.who.name, row.who.kind, row.who.account or row.who.identity.account or "", row.who.identity.id,
                row.target.arn, row.target.origin.type, "; ".join(row.accounts), len(row.accounts), right.level,
                right.state, "; ".join(right.actions), "; ".join(words.parts(right, row.target.arn)),
                "; ".join(words.allowed_by(decision)),
                "; ".join(words.denied_unless(decision)), "; ".join(stopped),
            )  # fmt: skip
            writer.writerow([_plain(cell) for cell in cells])
    return text.getvalue()


def _plain(cell: object) -> object:
    # A spreadsheet takes a cell that begins like this for a formula.
    text = str(cell)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else cell
