"""Why a plan is of its class, rule by rule: what each looks for, what it costs, what to do, and where it was seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from landform.plan.plan_set import JudgedConcern
from landform.policies.plan_rule import PlanRule, Risk
from landform.policies.plan_rules import PLAN_RULES
from landform.synth.bundle import StackRecord

FORMAT = "landform/plan-explanation/v1"


def explained(
    risk: Risk,
    concerns: Sequence[JudgedConcern],
    record: StackRecord,
    rules: Mapping[str, PlanRule] = PLAN_RULES,
) -> dict[str, Any]:
    """Every concern of a plan with its rule and the way to what it was seen in, as a JSON object.

    ``evidence`` leads from the address over the construct to the line of the user's code that made it, and names the
    arguments that decide. ``raised`` says that the tier asks for a higher class than the concerns do.

    Args:
        risk: the class of the plan.
        concerns: as they were judged.
        record: the stack, which knows where each resource was made.
        rules: every rule that judged, by id; users' rules too.
    """
    highest = max((one.concern.risk for one in concerns), default=Risk.R0)
    return {
        "format": FORMAT,
        "stack": record.name,
        "risk": risk.name,
        "raised": risk > highest,
        "concerns": [_concern(one, record, rules) for one in concerns],
    }


def _concern(one: JudgedConcern, record: StackRecord, rules: Mapping[str, PlanRule]) -> dict[str, Any]:
    concern, rule = one.concern, rules[one.rule]
    made = record.resources.get(concern.address.partition("[")[0])
    found = {
        "rule": rule.id,
        "title": rule.title,
        "risk": concern.risk.name,
        "refused": concern.refused and one.waiver is None,
        "waiver": one.waiver,
        "message": concern.message,
        "witness": concern.witness,
        "evidence": {
            "address": concern.address,
            "construct": made.construct_path if made else "",
            "source": made.source if made else "",
            "keys": list(concern.keys),
            "before": dict(concern.before or {}),
            "after": dict(concern.after or {}),
        },
        "rationale": rule.rationale,
        "remediation": rule.remediation,
    }
    return {key: value for key, value in found.items() if value is not None}


def explanation_lines(document: Mapping[str, Any]) -> Iterator[str]:
    """What ``explained`` gave, as lines of text."""
    yield f"{document['stack']} is {document['risk']}" + (
        ", raised by its tier" if document["raised"] else ""
    )
    for each in document["concerns"]:
        evidence = each["evidence"]
        state = " REFUSED" if each["refused"] else f" waived by {each['waiver']}" if "waiver" in each else ""
        yield ""
        yield f"{each['risk']}{state}  {each['rule']}  {each['title']}"
        yield f"  {evidence['address'] or 'the plan'} {each['message']}"
        where = " <- ".join(filter(None, (evidence["construct"], evidence["source"])))
        told = {
            "where": where,
            "keys": ", ".join(evidence["keys"]),
            "witness": each.get("witness", ""),
            "why": each["rationale"],
            "fix": each["remediation"],
        }
        yield from (f"  {label}: {text}" for label, text in told.items() if text)


def rule_document(rule: PlanRule) -> dict[str, str]:
    """All that is known of a plan rule, as a JSON object."""
    return {
        "id": rule.id,
        "title": rule.title,
        "judges": "plans",
        "rationale": rule.rationale,
        "remediation": rule.remediation,
    }
