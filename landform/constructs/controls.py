"""The table of secure defaults: what a construct holds, and which published checks that satisfies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Control:
    """One secure default.

    ``checks`` are ids of checkov (``CKV_AWS_19``), the AWS Foundational Security Best Practices standard
    (``S3.8``) and the CIS AWS Foundations Benchmark (``CIS 3.1.4``). ``tier`` names the setting of the tier that
    sizes it, where one does.
    """

    holds: str
    checks: tuple[str, ...]
    tier: str | None = None


Controls = Mapping[str, tuple[Control, ...]]
"""A service's controls, by the construct's class name."""
