"""Writing a waiver: for one rule and one resource of one stack, bound to the resource as it is."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from typing import Any

import yaml
from pydantic import ValidationError

from landform.checks.binding import resource_digest
from landform.checks.scan_copy import scan_copy
from landform.checks.waived import limits_of
from landform.errors import Code, LandformError, Place, did_you_mean, raise_all
from landform.org.format import format_text
from landform.org.models import Waiver
from landform.org.spec import waiver_file
from landform.policies.catalogue import entry_of
from landform.policies.user_rules import NO_RULES, UserRules
from landform.policies.view import StackView
from landform.policies.waivers import Terms, broken_terms
from landform.synth.bundle import Bundle, StackRecord


def bound_waiver(
    bundle: Bundle,
    record: StackRecord,
    rule: str,
    address: str,
    *,
    id: str,
    created: dt.date,
    days: int | None,
    words: Mapping[str, Any],
    users: UserRules = NO_RULES,
) -> Waiver:
    """A waiver of a rule for one resource, bound to the resource as it is in the bundle.

    Args:
        bundle: what was synthesised.
        record: the stack of the resource.
        rule: the rule's id.
        address: the resource's Terraform address.
        id: the waiver's, as ``W-2026-014``.
        created: its first day.
        days: how long it holds; as long as the tier allows unless given.
        words: the rest of the waiver's fields: its reason, who asked for it, who approved it, the ticket.
        users: users' rules, which can be waived as others can.

    Raises:
        LandformError: ``usage`` for a rule that is none; ``reference`` for a resource that the stack does not hold;
            ``spec-value`` for fields that no waiver may have; ``spec-waiver`` where the tier allows no such waiver;
            ``bundle-tampered``.
    """
    copy = scan_copy(json.loads(bundle.text(record.name)))
    known = StackView(record.name, copy).by_address
    if address not in known:
        raise LandformError(
            Code.REFERENCE,
            "The stack holds no such resource.",
            place=Place(file=record.name),
            given=address,
            expected="a Terraform address, such as aws_s3_bucket.Logs_1A2B3C4D",
            fix=did_you_mean(address, known),
        )
    digest = resource_digest(copy, address, record)
    limits = limits_of(record)
    longest = limits.max_days if limits else 0
    waiver = _typed(
        {
            "schema": "landform/waiver/v1",
            "id": id,
            "category": "mitigated" if words.get("compensating") else "waiver",
            "checks": [entry_of(rule, users).id],
            "scope": {"stacks": [record.name], "resources": [address]},
            **words,
            "created": created.isoformat(),
            "expires": (created + dt.timedelta(days=longest if days is None else days)).isoformat(),
            "bind": {address: [digest]},
        }
    )
    terms = Terms(created, limits, lambda: digest)
    raise_all(
        [
            LandformError(Code.SPEC_WAIVER, f"{broken[0].upper()}{broken[1:]}.")
            for broken in broken_terms(waiver, rule, address, terms)
        ]
    )
    return waiver


def waiver_text(waiver: Waiver) -> str:
    """A waiver as its file in ``org/waivers/``, in the form that ``landform org fmt`` gives."""
    value = waiver.model_dump(by_alias=True, exclude_defaults=True)
    text = yaml.safe_dump(_listed(value), sort_keys=False, allow_unicode=True, width=100)
    return format_text(text, waiver_file(waiver.id))


def waiver_code(waiver: Waiver) -> str:
    """A waiver as Python: what stands behind the construct in ``waive``."""
    words = {
        "id": waiver.id,
        "checks": waiver.checks,
        "reason": waiver.reason,
        "requested_by": waiver.requested_by,
        "approved_by": waiver.approved_by,
        "ticket": waiver.ticket,
        "created": waiver.created,
        "expires": waiver.expires,
        "compensating": waiver.compensating,
        "bind": waiver.bind,
    }
    lines = "".join(f"    {key}={_code(value)},\n" for key, value in words.items() if value)
    return f"Waiver(\n{lines})\n"


def next_id(taken: Iterable[str], year: int) -> str:
    """The id of a new waiver: one more than the highest of the year."""
    start = f"W-{year}-"
    numbers = [int(id.removeprefix(start)) for id in taken if id.startswith(start)]
    return f"{start}{max(numbers, default=0) + 1:03}"


def _typed(value: Mapping[str, Any]) -> Waiver:
    try:
        return Waiver.model_validate_json(json.dumps(value))
    except ValidationError as error:
        problems = [
            LandformError(
                Code.SPEC_VALUE,
                f"No waiver can have this as its {'.'.join(map(str, each['loc']))}.",
                given=str(each["input"]),
                expected=each["msg"],
            )
            for each in error.errors()
        ]
    raise_all(problems)
    raise AssertionError("pydantic found something wrong and did not say what")


def _code(value: Any) -> str:
    if isinstance(value, dt.date):
        return f"date({value.year}, {value.month}, {value.day})"
    # JSON's texts are Python's, and so are its lists and objects of texts.
    return json.dumps(_listed(value), ensure_ascii=False)


def _listed(value: Any) -> Any:
    """A value with lists in place of tuples, which YAML has no word for."""
    if isinstance(value, dict):
        return {key: _listed(inner) for key, inner in value.items()}
    return [_listed(inner) for inner in value] if isinstance(value, tuple) else value
