"""Waivers in code: the exception beside the construct that it is for.

The same waiver as a file of the spec in ``org/waivers/``, without a scope: the construct is the scope. It stands in the
bundle's index, not in what Terraform reads, and is held to the same terms.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from pydantic import ValidationError

from landform.constructs.stack import AwsStack
from landform.core.construct import Construct, user_place
from landform.core.element import Managed
from landform.errors import Code, LandformError, Place, raise_all
from landform.org import models
from landform.org.jsonschema import schema_at
from landform.org.mistakes import dotted, in_words
from landform.org.problems import own_approval


@dataclass(frozen=True)
class Waiver:
    """A check that may fail, for a reason, until a date. ``waive`` says of which construct.

    Args:
        id: such as ``W-2026-021``; no file in ``org/waivers/`` may have it.
        checks: ids of the checks.
        reason: why, in at least 10 characters.
        requested_by: who asks for it.
        approved_by: who allows it; whoever asks is not among them.
        ticket: where it was talked over.
        created: the first day it holds.
        expires: the last.
        compensating: what covers the risk instead.
        bind: the digests of the resources that were looked at, by Terraform address, as
            ``landform waivers --bind ID`` prints them. Without it nothing is waived.

    Raises:
        LandformError: ``spec-value`` for what no waiver can have, ``spec-waiver`` for one that ends before it begins or
            is approved by who asks for it; at the line that made it.
    """

    id: str
    checks: Sequence[str]
    reason: str
    requested_by: str
    approved_by: Sequence[str]
    ticket: str
    created: dt.date
    expires: dt.date
    compensating: str | None = None
    bind: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _scoped(self, "stack", ("resource",), user_place())


@dataclass(frozen=True, slots=True)
class Waived:
    """A waiver on a construct, and the user's line that put it there."""

    waiver: Waiver
    construct: Construct
    place: Place


WaiversInCode = tuple[tuple[models.Waiver, tuple[Place, ...]], ...]
"""Waivers as the spec would say them, each with where it stands in the code."""


def waive(construct: Construct, waiver: Waiver) -> None:
    """Waive checks for the resources of a construct: for it and all below it, also what is made later.

    One waiver may stand on several constructs.

    Raises:
        LandformError: ``no-stack`` outside of an ``AwsStack``; ``spec-duplicate`` where the stack has another waiver of
            the id.
    """
    stack = AwsStack.of(construct)
    place = construct.node.here
    for other in stack.waived:
        if other.waiver.id == waiver.id and other.waiver != waiver:
            raise LandformError(
                Code.SPEC_DUPLICATE,
                "Two waivers of the stack have one id.",
                place=place,
                given=f"{waiver.id}, first at {other.place}",
                expected="an id for each waiver",
                fix="Give one of the two another id.",
            )
    stack.waived.append(Waived(waiver, construct, place))


def waivers_of(stack: AwsStack) -> WaiversInCode:
    """The waivers in a stack's code, sorted by id: each as the spec would say it, and where it stands.

    Raises:
        LandformError: ``spec-waiver`` for one on a construct without resources.
    """
    by_id: dict[str, list[Waived]] = {}
    errors = []
    for waived in stack.waived:
        if not _addresses(waived.construct):
            errors.append(
                LandformError(
                    Code.SPEC_WAIVER,
                    "The waiver is on a construct without resources.",
                    place=waived.place,
                    given=waived.waiver.id,
                    expected="a construct that makes at least one resource or data source",
                    fix="Put it on the construct whose resource the check finds.",
                )
            )
        by_id.setdefault(waived.waiver.id, []).append(waived)
    raise_all(errors)
    return tuple(
        (
            _scoped(
                each[0].waiver,
                stack.name,
                sorted({address for waived in each for address in _addresses(waived.construct)}),
                each[0].place,
            ),
            tuple(waived.place for waived in each),
        )
        for _, each in sorted(by_id.items())
    )


def _scoped(waiver: Waiver, stack: str, resources: Sequence[str], place: Place) -> models.Waiver:
    """A waiver in code as the spec would say it of some resources of a stack.

    Raises:
        LandformError: ``spec-value``, ``spec-waiver``.
    """
    value: dict[str, Any] = {
        "schema": "landform/waiver/v1",
        "category": "mitigated" if waiver.compensating else "waiver",
        "scope": {"stacks": [stack], "resources": list(resources)},
        **{each.name: getattr(waiver, each.name) for each in fields(waiver)},
    }
    try:
        # The models are strict: dates and tuples are understood in JSON, not in Python's own lists and strings.
        made = models.Waiver.model_validate_json(json.dumps(value, default=_plain))
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False)
        problems = [
            LandformError(
                Code.SPEC_VALUE,
                f"The waiver's {dotted(each['loc'])} is not what it must be.",
                place=place,
                given=str(each["input"]),
                expected=in_words(schema_at(models.Waiver, each["loc"])),
            )
            for each in details
            # A list is also called too short because of what is wrong in it.
            if not any(other["loc"][:-1] == each["loc"] for other in details)
        ]
        raise_all(problems)
        raise
    problems = [
        LandformError(
            Code.SPEC_WAIVER,
            "Who asks for a waiver cannot approve it.",
            place=place,
            given=name,
            expected="somebody else",
        )
        for _, name in own_approval(made.requested_by, made.approved_by)
    ]
    if made.expires < made.created:
        problems.append(
            LandformError(
                Code.SPEC_WAIVER,
                "The waiver expires before it begins.",
                place=place,
                given=f"{made.expires.isoformat()}, created {made.created.isoformat()}",
                expected="a date after `created`",
            )
        )
    raise_all(problems)
    return made


def _addresses(construct: Construct) -> list[str]:
    return [each.address for each in construct.node.find_all() if isinstance(each, Managed)]


def _plain(value: object) -> object:
    # What JSON does not know: dates, and things that are no value of a waiver, which the model refuses as texts.
    return value.isoformat() if isinstance(value, dt.date) else repr(value)
