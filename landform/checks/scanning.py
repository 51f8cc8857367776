"""checkov's rules where checkov is: in this process, or in an environment that users named for it.

Which of them has no influence on what is said.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from landform.checks import checkov_engine
from landform.checks.checkov_engine import Scan, scan_graph
from landform.checks.configuration import Configuration, Files, read_graph
from landform.checks.environment import ask
from landform.policies.stopwatch import Stopwatch
from landform.policies.user_rules import UserRules


def scan(
    stacks: Mapping[str, Mapping[str, Any]],
    users: UserRules,
    watch: Stopwatch | None = None,
    *,
    on_progress: Callable[[int, int], None] | None = None,
) -> Scan:
    """What checkov's rules, and users' checks for it, say of scan copies of stacks.

    Args:
        stacks: what ``scan_copy`` made, by stack name.
        users: users' rules, which say where checkov is.
        watch: measures the rules, if there is one.
        on_progress: called with the stacks done and all stacks.

    Raises:
        LandformError: ``extra-missing``; ``checks-environment``.
    """
    if users.checks_python is None:
        checks = tuple(users.checkov.values())
        return checkov_engine.scan(stacks, on_progress=on_progress, checks=checks, watch=watch)
    copies = {name: stacks[name] for name in stacks}
    scanned: Scan
    scanned, seconds = ask(users.checks_python, "scan", copies, _project(users), watch is not None)
    if watch:
        watch.add(seconds)
    if on_progress:
        on_progress(len(stacks), len(stacks))
    return scanned


def scan_folder(files: Files, users: UserRules, watch: Stopwatch | None = None) -> tuple[Scan, Configuration]:
    """What they say of a folder's HCL, and what was read of it.

    Raises:
        LandformError: ``configuration-unreadable``; ``extra-missing``; ``checks-environment``.
    """
    if users.checks_python is None:
        checks = tuple(users.checkov.values())
        return scan_graph(lambda manager: read_graph(manager, files), checks, watch)
    scanned: Scan
    read: Configuration
    scanned, read, seconds = ask(
        users.checks_python, "scan_folder", str(files.root), _project(users), watch is not None
    )
    if watch:
        watch.add(seconds)
    return scanned, read


def rule_types(checks_python: Path | None) -> Mapping[str, tuple[str, ...]]:
    """The block types that each of checkov's rules judges, by its id.

    Raises:
        LandformError: ``extra-missing``; ``checks-environment``.
    """
    if checks_python is None:
        return checkov_engine.rule_types()
    found: Mapping[str, tuple[str, ...]] = ask(checks_python, "rule_types")
    return found


def _project(users: UserRules) -> str | None:
    """Whose checks are read there; none where there are none."""
    return str(users.project) if users.checkov else None
