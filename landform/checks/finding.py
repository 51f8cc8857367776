"""A finding: one rule that one resource breaks, with everything a person needs to act on it.

It carries the construct path and the source line, because Terraform JSON is nobody's source: the line to change
is in the user's Python. It never carries an attribute's value, so a secret in a stack cannot reach a report.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from landform.digest import digest
from landform.org.models import Severity


@dataclass(frozen=True, slots=True)
class WaiverNote:
    """The waiver that covers a finding. ``expires`` is an ISO date, the last day it holds."""

    id: str
    expires: str
    approved_by: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule broken by one resource of one stack.

    ``stack`` is the stack's full name. ``address`` is Terraform's, in a bundle without an instance key; ``data.``,
    ``provider.`` or ``module.`` in front of what is no managed resource; empty where the whole stack is meant.
    ``construct_path`` and ``source`` (``file:line``) are empty for what no construct made. ``is_known`` says that it
    is in the baseline, and no waiver covers it.
    """

    rule: str
    severity: Severity
    title: str
    message: str
    account: str
    tier: str
    region: str
    stack: str
    address: str
    construct_path: str
    source: str
    remediation: str
    controls: tuple[str, ...] = ()
    waiver: WaiverNote | None = None
    is_known: bool = False

    @property
    def fingerprint(self) -> str:
        """What stays the same while code moves: the digest of rule, stack and construct path.

        The address stands in for the path of what no construct made. Several things that no rule could judge in one
        resource have one fingerprint.
        """
        return digest([self.rule, self.stack, self.construct_path or self.address])

    def as_json(self) -> dict[str, Any]:
        """The finding as a JSON object, every key always there."""
        # A fleet has tens of thousands of findings, and asdict copies every text of each.
        value: dict[str, Any] = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        value["fingerprint"] = self.fingerprint
        value["controls"] = list(self.controls)
        value["waiver"] = self.waiver and {
            **dataclasses.asdict(self.waiver),
            "approved_by": list(self.waiver.approved_by),
        }
        return value
