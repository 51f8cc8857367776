"""The table of secure defaults: what a construct holds, and which published checks that satisfies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Control:
    """One secure default.

    ``checks`` are ids of checkov (``CKV_AWS_19``), of landform's own rules (``LF_BUCKET_KEY``), of AWS Security Hub
    (``S3.8``), and of the CIS AWS Foundations Benchmark in its version 7 (``CIS 3.1.4``). ``tier`` names the setting
    of the tier that sizes it, where one does.
    """

    holds: str
    checks: tuple[str, ...]
    tier: str | None = None


Controls = Mapping[str, tuple[Control, ...]]
"""A service's controls, by the construct's class name."""
