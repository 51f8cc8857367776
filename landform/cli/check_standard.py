"""``landform check --standard``: how each control of a published standard fares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from landform.cli.console import table
from landform.errors import Code, LandformError, did_you_mean

if TYPE_CHECKING:
    from rich.console import Console

    from landform.checks.standard import ControlCoverage, State
    from landform.policies.controls import Standard

_COLUMNS = ("control", "state", "passed", "failed", "waived", "unknown", "rules")
_SHOWN: tuple[State, ...] = ("fail", "waived", "unknown", "pass")


def asked_standard(name: str) -> Standard:
    """The standard of an id.

    Raises:
        LandformError: ``usage`` where there is no map of it.
    """
    from landform.policies.controls import standards

    known = standards()
    if name not in known:
        raise LandformError(
            Code.USAGE,
            "There is no map of such a standard.",
            given=f"--standard {name}",
            expected=f"one of {', '.join(known)}",
            fix=did_you_mean(name.lower(), known),
        )
    return known[name]


def show_coverage(console: Console, standard: Standard, controls: Sequence[ControlCoverage]) -> None:
    """Print a table of the controls that rules spoke of, and name those that nobody has judged."""
    by_state = Counter(control.state for control in controls)
    console.print(f"[bold]{standard.name}[/]", highlight=False, soft_wrap=True)
    rows = [
        [
            each.control,
            each.state,
            *map(str, (each.passed, each.failed, each.waived, each.unknown, len(each.rules))),
        ]
        for state in _SHOWN
        for each in controls
        if each.state == state
    ]
    if rows:
        console.print(table(_COLUMNS, rows))
    counts = ", ".join(f"{by_state[state]} {state}" for state in _SHOWN)
    console.print(
        f"{len(controls)} controls: {counts}, {by_state['nothing to judge']} with rules and nothing to judge, "
        f"{by_state['no rule']} without a rule, which nobody has judged",
        highlight=False,
        soft_wrap=True,
    )
    unjudged = ", ".join(each.control for each in controls if each.state == "no rule")
    if unjudged:
        console.print(f"[dim]not judged: {unjudged}[/]", highlight=False, soft_wrap=True)
