"""The published standards that controls are of, told from a control's id."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Standard:
    """A published list of controls, and who publishes it."""

    name: str
    organization: str


_BY_FORM: tuple[tuple[re.Pattern[str], Standard], ...] = (
    (re.compile(r"CIS "), Standard("CIS AWS Foundations Benchmark", "Center for Internet Security")),
    (
        re.compile(r"NIST "),
        Standard("NIST SP 800-53 Revision 5", "National Institute of Standards and Technology"),
    ),
    (re.compile(r"PCI "), Standard("PCI DSS", "PCI Security Standards Council")),
    (
        re.compile(r"[A-Za-z][A-Za-z0-9]*\.[0-9]+$"),
        Standard("AWS Foundational Security Best Practices", "Amazon Web Services"),
    ),
)
_OWN = Standard("Controls of the organisation", "")


def standard_of(control: str) -> Standard:
    """The standard of a control such as ``CIS 5.6`` or ``SQS.1``; one of the organisation's own is of no other."""
    return next((standard for form, standard in _BY_FORM if form.match(control)), _OWN)
