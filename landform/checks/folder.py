"""The gate over any folder of Terraform, written by a person or a machine: the same rules, the same report.

Each folder with files is a stack, named by its path; a local module is judged where it is called, with the values it
is called with. There is no spec here, so no account, no tier and no waiver: the floor is given.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path

from landform.checks.baseline import Baseline
from landform.checks.configuration import Files, Lines, find_files, read_json
from landform.checks.coverage import module_gaps, unread_module, written_twice
from landform.checks.folder_cache import FolderCache, FolderJudgement
from landform.checks.judgement import Judgement, joined, judgement
from landform.checks.run import Report, findings_of, report_of
from landform.checks.scanning import scan, scan_folder
from landform.checks.summary import summary_of
from landform.digest import digest, sha256
from landform.org.models import Severity
from landform.policies.stopwatch import Stopwatch
from landform.policies.user_rules import NO_RULES, UserRules
from landform.policies.view import StackView
from landform.synth.bundle import ResourceRecord, StackRecord


def check_folder(
    root: Path,
    *,
    as_of: dt.date,
    fail_on: Severity,
    on_progress: Callable[[int, int], None] | None = None,
    baseline: Baseline | None = None,
    users: UserRules = NO_RULES,
    watch: Stopwatch | None = None,
    cache: FolderCache | None = None,
) -> Report:
    """Run every rule over the Terraform below a folder.

    Args:
        root: the folder.
        as_of: the day of the report.
        fail_on: the lowest severity that fails.
        on_progress: called with the folders done and all folders.
        baseline: what was found before; it does not fail.
        users: users' rules, run too.
        watch: measures the rules, if there is one.
        cache: what was said of the folder before; it has no influence on the report.

    Raises:
        LandformError: ``configuration-unreadable`` for a folder without Terraform, or files that cannot be read.
    """
    files = find_files(root)
    judged = cache.known(files) if cache else None
    if judged is None:
        judged = _judged(files, on_progress, users, watch)
        if cache:
            cache.keep(files, judged)
    names = sorted({*files.hcl, *files.json, *(stack for stack, _ in judged.lines)})
    if on_progress:
        on_progress(len(names), len(names))
    records = {name: _record(name, judged.lines) for name in names}
    return report_of(
        judged.summary,
        findings_of(judged.summary, records, users),
        subject=_digest(files),
        records=tuple(records.values()),
        floors={"": fail_on},
        as_of=as_of,
        baseline=baseline,
        is_looked_at=lambda name: True,
        users=users,
    )


def _judged(
    files: Files,
    on_progress: Callable[[int, int], None] | None,
    users: UserRules,
    watch: Stopwatch | None,
) -> FolderJudgement:
    copies, lines = read_json(files)
    parts: list[Judgement] = []
    is_whole = True
    if files.hcl:
        scanned, read = scan_folder(files, users, watch)
        gaps = [
            *(unread_module(*each) for each in read.unread),
            *(written_twice(*each) for each in read.twice),
        ]
        parts.append(judgement(read.views, scanned, gaps, users, watch))
        lines |= read.lines
        is_whole = read.is_whole
        if on_progress:
            on_progress(len(files.hcl), len({*files.hcl, *files.json}))
    if copies:
        views = [StackView(name, copies[name]) for name in sorted(copies)]
        scanned = scan(copies, users, watch)
        parts.append(judgement(views, scanned, module_gaps(copies), users, watch))
    return FolderJudgement(summary_of(joined(parts)), lines, is_whole)


def _record(name: str, lines: Mapping[tuple[str, str], Lines]) -> StackRecord:
    """A folder as a stack of no account."""
    resources = {
        address: ResourceRecord(construct_path="", source=str(place))
        for (stack, address), place in lines.items()
        if stack == name
    }
    return StackRecord(
        name=name,
        stack=name,
        account="",
        account_id="",
        tier="",
        region="",
        construct="",
        sha256="",
        inputs="",
        dependencies=(),
        waivers=(),
        resources=resources,
    )


def _digest(files: Files) -> str:
    """The digest of all files that were read, by their path."""
    paths = (path for named in (files.hcl, files.json) for group in named.values() for path in group)
    return digest({str(path.relative_to(files.root)): sha256(path.read_bytes()) for path in sorted(paths)})
